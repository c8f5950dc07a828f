/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The threads that fetch what somebody looks at for the first time, make it anew and keep it. Equal wishes are one fetch. */
#ifndef COMPTOIR_SERVER_MEDIA_FETCHER_H
#define COMPTOIR_SERVER_MEDIA_FETCHER_H

#include "base/error.h"
#include "storage/remote_file.h"

struct app;
struct media_fetcher;
struct request;

/* The app must be prepared and outlive it. */
struct media_fetcher *media_fetcher_start(struct app *app) MUST_CHECK;
/* After the HTTP server has stopped. Accepts NULL. */
void media_fetcher_stop(struct media_fetcher **fetcher);

/* In request_hand_over's give: answers the request when the file is there. It waits in a bounded queue. */
void media_fetcher_answer(struct request *request, struct db *db);

/* Whether a failed one may be tried again. */
bool media_fetcher_is_due(const struct remote_file *file);

/* For the command line: fetches and keeps url now. What it was goes on *ret_file, ready or not. */
enum error media_fetch_now(struct app *app, struct db *db, struct arena *arena, struct str url, struct remote_file *ret_file)
	MUST_CHECK;

#endif
