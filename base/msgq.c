/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The lock-free many-to-one queue behind loop_post. */
#include "base/msgq.h"

void msgq_init(struct msgq *queue)
{
	atomic_init(&queue->newest, NULL);
}

bool msgq_push(struct msgq *queue, struct loop_message *message)
{
	struct loop_message *older = atomic_load_explicit(&queue->newest, memory_order_relaxed);
	do {
		message->next = older;
	} while (!atomic_compare_exchange_weak_explicit(&queue->newest, &older, message, memory_order_release,
		memory_order_relaxed));
	return !older;
}

struct loop_message *msgq_take_all(struct msgq *queue)
{
	struct loop_message *message = atomic_exchange_explicit(&queue->newest, NULL, memory_order_acquire);
	struct loop_message *oldest_first = NULL;
	while (message) {
		struct loop_message *older = message->next;
		message->next = oldest_first;
		oldest_first = message;
		message = older;
	}
	return oldest_first;
}
