/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Brings the database to where requests can be served, on a thread of its own, so that the server listens at
 * once and answers 503 meanwhile: waits for the database with backoff, migrates the embedded cluster (any other
 * is only checked), sets up the instance, opens the key file, starts the federation. */
#ifndef COMPTOIR_SERVER_PREPARE_H
#define COMPTOIR_SERVER_PREPARE_H

#include "base/error.h"
#include "server/app.h"

struct preparation;

/* Done: app_is_prepared. runs_queues: with the workers of the federation role. The calling thread may watch preparation_descriptor (readable when it has ended). */
struct preparation *preparation_start(struct app *app, bool may_migrate, bool runs_queues) MUST_CHECK;
int preparation_descriptor(const struct preparation *preparation);

/* False while it goes on. *ret_error: why it gave up, with *ret_message (lives as long as the preparation);
 * ERROR_NONE when all is well. */
bool preparation_has_ended(struct preparation *preparation, enum error *ret_error, const char **ret_message) MUST_CHECK;

/* Ends the waiting if need be. Accepts NULL. */
void preparation_stop(struct preparation **preparation);

#endif
