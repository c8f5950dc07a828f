/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The thread that gives arriving posts their tickets: once per process that serves the API. Several processes share the
 * work. */
#ifndef COMPTOIR_SERVER_JOBS_TICKET_THREADER_H
#define COMPTOIR_SERVER_JOBS_TICKET_THREADER_H

struct app;
struct ticket_threader;

struct ticket_threader *ticket_threader_start(struct app *app);
/* Accepts NULL; sets it to NULL. */
void ticket_threader_stop(struct ticket_threader **threader);

#endif
