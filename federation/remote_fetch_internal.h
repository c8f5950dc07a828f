/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the files of remote_fetch share. */
#ifndef COMPTOIR_FEDERATION_REMOTE_FETCH_INTERNAL_H
#define COMPTOIR_FEDERATION_REMOTE_FETCH_INTERNAL_H

#include "federation/remote_fetch.h"

/* The outcome of a document that was not got. */
void remote_fetch_fail(struct remote_fetched *fetched, const struct fetch_document *document);
void remote_fetch_refuse(struct remote_fetched *fetched, const char *reason);

/* The reader's verdict: false with the outcome set. */
bool remote_fetch_is_readable(struct remote_fetched *fetched, enum error error);

/* An actor's document that was just read from asked_uri. */
enum error remote_fetch_take_actor(const struct remote_fetch *fetch, struct arena *arena, const json_t *document,
	struct str asked_uri, const struct remote_fetch_handle *handle, struct remote_fetched *fetched) MUST_CHECK;

/* In the transaction that stores: activities wait for what was asked and for what it is called. */
enum error remote_fetch_wake(struct db *db, struct arena *arena, struct str asked_uri, struct str id) MUST_CHECK;

/* For an error of the database: leaves no transaction open. */
enum error remote_fetch_end(struct db *db, enum error error) MUST_CHECK;

#endif
