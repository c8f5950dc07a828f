/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What each kind of collection is walked for. Waiting, as remote_fetch.h; an error is one of the database. */
#ifndef COMPTOIR_FEDERATION_FETCH_JOBS_H
#define COMPTOIR_FEDERATION_FETCH_JOBS_H

#include "federation/remote_fetch.h"

/* Answers to a post, or the posts of a context: those that are not here are wished for, or taken when the page may speak
 * for them. */
enum error fetch_replies(const struct remote_fetch *fetch, struct str uri, struct remote_fetched *ret_fetched) MUST_CHECK;

/* The first page of an actor's outbox: posts and boosts. */
enum error fetch_outbox(const struct remote_fetch *fetch, struct str uri, struct remote_fetched *ret_fetched) MUST_CHECK;

/* actor_uri's pinned posts become those of the collection. */
enum error fetch_featured(const struct remote_fetch *fetch, struct str actor_uri, struct str uri,
	struct remote_fetched *ret_fetched) MUST_CHECK;

/* FEP-8fcf: whom actor_uri takes for its followers here. Ours who are not among them follow no longer; those of whom we
 * know nothing undo their Follow. */
enum error fetch_followers(const struct remote_fetch *fetch, struct str actor_uri, struct str uri,
	struct remote_fetched *ret_fetched) MUST_CHECK;

#endif
