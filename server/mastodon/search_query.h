/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people type into the search for posts: words, "phrases", #tags, @handles, -not, or, and from: has: is: in: language:
 * before: after: during:, each of which may be excluded with a minus. */
#ifndef COMPTOIR_SERVER_MASTODON_SEARCH_QUERY_H
#define COMPTOIR_SERVER_MASTODON_SEARCH_QUERY_H

#include "server/http/request.h"

#include "storage/post_search.h"

/* More is not looked for. */
#define SEARCH_QUERY_MAX_WORDS 48

/* Adds to *search, which has its reader. *ret_is_nothing: nothing can match, such as an author who is not known. */
enum error search_query_read(struct request *request, struct str text, struct post_search *search, bool *ret_is_nothing)
	MUST_CHECK;

#endif
