/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Pages from memory: home and local timelines, notifications, single posts. A thread asks the database what was changed since
 * it asked last, once for all requests that came meanwhile, and answers those whose page is still true; the others go on to a
 * worker, which makes the page anew. So no answer is older than its request, whichever process wrote. */
#ifndef COMPTOIR_SERVER_MASTODON_KEPT_PAGES_H
#define COMPTOIR_SERVER_MASTODON_KEPT_PAGES_H

#include "server/entity/page_cache.h"

struct app;
struct kept_pages;
struct request;

struct kept_pages *kept_pages_start(struct app *app) MUST_CHECK;
/* When no request can come any more. Accepts NULL. */
void kept_pages_stop(struct kept_pages **pages);

/* On the loop, or first in a handler: true when the page may be there, and the request waits for the next round, after which
 * it is answered or its handler runs (again). Never for those who are shown less than the account that they read for. */
bool kept_pages_take(struct request *request, const struct page_key *key);

/* A page that is made anew. */
struct page_making {
	struct page_key key;
	uint64_t position;
	struct page_parts parts;
};
/* Before the first question that it is made of. */
void kept_pages_begin(struct request *request, const struct page_key *key, struct page_making *ret_making);
/* Answers with the JSON, which is taken, and keeps it for whoever asks next. */
void kept_pages_respond(struct request *request, const struct page_making *making, const struct page_ids *ids, struct buf *json);

#endif
