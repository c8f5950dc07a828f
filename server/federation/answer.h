/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the routes of ActivityPub documents share: who asks, whose things are asked for, and how an answer goes out.
 * What everyone may read is kept in the document cache and given to whoever does not sign; what depends on the reader
 * never is. */
#ifndef COMPTOIR_SERVER_FEDERATION_ANSWER_H
#define COMPTOIR_SERVER_FEDERATION_ANSWER_H

#include "server/documents.h"
#include "storage/actor.h"
#include "storage/post.h"

/* Who asks. */
struct viewer {
	bool is_signed;
	int64_t actor_id;  /* 0: nobody that we know */
	struct str origin; /* "https://host" of who signed */
};

struct ask {
	struct viewer viewer;
	struct actor actor;  /* of {name} */
	struct post post;    /* visible to the viewer */
	struct str gone_uri; /* what was here and is not any more; data NULL otherwise */
	bool is_answered;    /* nothing is left to do: 401, 410, or a document is awaited */
};

/* Who asks. */
enum error ask_viewer(struct request *request, struct ask *ret_ask) MUST_CHECK;

/* And whose thing it is: {name}, the first value. 410 with a Tombstone when that actor is suspended or gone.
 * ERROR_NOT_FOUND for actors that are not ours. */
enum error ask_actor(struct request *request, struct ask *ret_ask) MUST_CHECK;

/* And the post of {id}, the second value. A deleted one is 410; a hidden one and one that never was are
 * ERROR_NOT_FOUND. Also for the paths of pages, /@{name}/{id}. */
enum error ask_post(struct request *request, struct ask *ret_ask) MUST_CHECK;

/* The same for anyone, whoever asks, and without an answer to what is gone. */
enum error ask_open_post(struct request *request, struct ask *ret_ask) MUST_CHECK;

/* Whether the client wants a page instead of a document. */
bool answer_wants_page(const struct request *request);

/* The cached() of documents under the path itself. True when it was in memory for this reader. */
bool answer_cached(struct request *request) MUST_CHECK;

/* Sends body, which everyone may read (is_open) or only this viewer. */
void answer_document(struct request *request, const struct viewer *viewer, bool is_open, struct buf *body);

/* 410. */
void answer_tombstone(struct request *request, struct str uri);

bool post_is_open(const struct post *post);

#define ANSWER_PAGE_ITEMS 20

/* ?page=true, with max_id or min_id of another page. False for a malformed number. */
struct page_wanted {
	bool is_page;
	int64_t before_id, after_id;
};
bool answer_page_wanted(struct request *request, struct page_wanted *ret_wanted) MUST_CHECK;

/* URI?page=true and URI?page=true&NAME=ID. */
struct str answer_page_url(struct request *request, struct str uri, const char *name, int64_t id) MUST_CHECK;

#endif
