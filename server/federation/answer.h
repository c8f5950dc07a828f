/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the routes of ActivityPub documents share: who asks, whose things are asked for, and how an answer goes out.
 * What everyone may read is kept in the document cache and given to whoever does not sign; what depends on the reader
 * never is. A signature is verified only where more can be seen with it, or where everyone has to sign. */
#ifndef COMPTOIR_SERVER_FEDERATION_ANSWER_H
#define COMPTOIR_SERVER_FEDERATION_ANSWER_H

#include "server/documents.h"
#include "server/federation/signed_get.h"
#include "storage/actor.h"
#include "storage/post.h"

struct ask {
	struct signer viewer; /* actor_uri.data NULL: nobody */
	struct actor actor;  /* of {name} */
	struct post post;    /* visible to the viewer */
	struct str gone_uri; /* what was here and is not any more; data NULL otherwise */
	bool is_answered;    /* nothing is left to do: 401, 410, or a document is awaited */
};

/* Whose thing it is: {name}, the first value. 410 with a Tombstone when that actor is suspended or gone.
 * ERROR_NOT_FOUND for actors that are not ours. */
enum error ask_actor(struct request *request, struct ask *ret_ask) MUST_CHECK;

/* And the post of {id}, the second value. A deleted one is 410; a hidden one and one that never was are
 * ERROR_NOT_FOUND. Also for the paths of pages, /@{name}/{id}. */
enum error ask_post(struct request *request, struct ask *ret_ask) MUST_CHECK;

/* Nobody was known to ask, and something was not there for nobody: verifies a signature, if there is one. True:
 * there is somebody now, so that it is worth looking again; false also when the answer has been written (is_answered). */
bool ask_who(struct request *request, struct ask *ask) MUST_CHECK;

/* The same as ask_post for anyone, whoever asks, and without an answer to what is gone. */
enum error ask_open_post(struct request *request, struct ask *ret_ask) MUST_CHECK;

/* ERROR_NOT_FOUND when an account of a brand was never let say, or boost, that post (storage/release.h). */
enum error ask_release(struct request *request, int64_t post_id, int64_t actor_id) MUST_CHECK;

/* Whether the client wants a page instead of a document. */
bool answer_wants_page(const struct request *request);

/* The cached() of documents under the path itself. True when it was in memory for this reader. */
bool answer_cached(struct request *request) MUST_CHECK;

/* Sends body, which everyone may read (is_open) or only this viewer. */
void answer_document(struct request *request, bool is_open, struct buf *body);

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
