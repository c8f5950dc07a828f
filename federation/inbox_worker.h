/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The threads that handle accepted activities. One takes a due row under a lease (for update skip locked), not one
 * whose object has an earlier row waiting; reads it with vocab_in; makes sure that its actor is stored (parks it
 * otherwise); runs the handler of its type and finishes the row in one transaction. What fails is tried again later
 * and, after five crashes or three days, set aside. Parked rows wake when the document that they wait for is stored. */
#ifndef COMPTOIR_FEDERATION_INBOX_WORKER_H
#define COMPTOIR_FEDERATION_INBOX_WORKER_H

#include "base/error.h"
#include "base/str.h"

struct arena;
struct db;
struct federation;
struct inbox_workers;

/* count threads, each with a connection of DB_FEDERATION. */
struct inbox_workers *inbox_workers_start(struct federation *federation, unsigned count);
void inbox_workers_stop(struct inbox_workers **workers); /* accepts NULL */

/* In the transaction that stores the document uri, or finds that it is nowhere: activities parked for it are due. */
enum error inbox_wake_parked(struct db *db, struct arena *arena, struct str uri, bool is_nowhere) __attribute__((warn_unused_result));

#endif
