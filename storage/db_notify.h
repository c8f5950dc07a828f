/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a connection that listens for NOTIFY needs beside statements: to wait, and to know when it was replaced. */
#ifndef COMPTOIR_STORAGE_DB_NOTIFY_H
#define COMPTOIR_STORAGE_DB_NOTIFY_H

#include "storage/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Counts the connections that db has opened; 0 while there is none. LISTEN belongs to one of them. */
unsigned db_connection_number(const struct db *db);

/* Until fd is readable, the server says something or the time has passed. False when there is no connection (any
 * more). Outside of transactions. */
bool db_wait_notification(struct db *db, int fd, int64_t timeout_ms);

/* The payload of the next one that another session sent, in the arena; false for none. */
bool db_take_notification(struct db *db, struct arena *arena, struct str *ret_payload);

#endif
