/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Messages from many threads to one, without a lock: senders push on a stack by compare-and-swap, the one
 * reader takes the whole stack at once and turns it round. Nothing is ever popped singly, so the ABA
 * problem cannot arise. */
#ifndef COMPTOIR_BASE_MSGQ_H
#define COMPTOIR_BASE_MSGQ_H

#include "base/loop.h"

#include <stdatomic.h>

struct msgq {
	_Atomic(struct loop_message *) newest;
};

void msgq_init(struct msgq *queue);

/* Any thread. True when the queue was empty: the reader has to be woken, once for all that follow until it
 * takes them. */
bool msgq_push(struct msgq *queue, struct loop_message *message) MUST_CHECK;

/* The reader only: all messages in the order of pushing, linked by next; NULL when there are none. */
struct loop_message *msgq_take_all(struct msgq *queue) MUST_CHECK;

#endif
