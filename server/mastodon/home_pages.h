/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Home timelines from memory. A thread asks the database what was changed since it asked last, once for all requests that
 * came meanwhile, and answers those whose page is still true; the others go on to a worker, which makes the page anew. So
 * no answer is older than its request, whichever process wrote. */
#ifndef COMPTOIR_SERVER_MASTODON_HOME_PAGES_H
#define COMPTOIR_SERVER_MASTODON_HOME_PAGES_H

#include "server/entity/page_cache.h"

struct app;
struct home_pages;
struct request;

struct home_pages *home_pages_start(struct app *app) MUST_CHECK;
/* When no request can come any more. Accepts NULL. */
void home_pages_stop(struct home_pages **pages);

struct page_cache *home_pages_cache(struct home_pages *pages);

/* On the loop: the request waits for the next round. */
void home_pages_take(struct request *request, const struct page_key *key);

#endif
