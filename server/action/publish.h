/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The one function through which every door publishes a post: the APIs, the scheduler, the command line. It
 * decides whether and what; storage/post.h does how, and federation/outbox.h whom it is sent to. */
#ifndef COMPTOIR_SERVER_ACTION_PUBLISH_H
#define COMPTOIR_SERVER_ACTION_PUBLISH_H

#include "server/action/composition.h"
#include "server/action/repetition.h"

#include "storage/post.h"

#define PUBLISH_MAX_CHARACTERS COMPOSITION_MAX_CHARACTERS

struct publish_request {
	int64_t actor_id; /* the local actor who speaks; the caller has checked that this user may */
	int64_t user_id;  /* who wrote it; 0 for none */
	struct str text;
	struct str spoiler_text; /* content warning; empty for none */
	struct str language;     /* BCP 47; empty when unknown */
	enum post_visibility visibility;
	int64_t in_reply_to_id;  /* 0 for none */
	bool is_sensitive;       /* a content warning makes it so */
	const struct composition_poll *poll; /* NULL for none */
	int64_t quote_id;        /* 0 for none */
	enum post_quote_policy quote_policy;
	bool is_markdown;        /* otherwise the text is plain */
	const int64_t *media_ids; /* uploads of the actor, in their order; not with a poll */
	size_t media_count;
	int64_t application_id;  /* 0 for none: what it was written with */
	struct repetition repetition; /* of the request */
	int64_t scheduled_id;    /* 0 for none: the scheduled post that this is, which goes with it */
	/* NULL, or what is written with it, in its transaction, right after the post and before its activity. It runs twice when
	 * the answer to COMMIT was lost and nothing had been committed. What it returns is what publish_post returns; ERROR_CONFLICT
	 * means a key or an id that is taken, so it says otherwise what it refuses. */
	enum error (*follow_up)(struct db *db, struct arena *arena, int64_t post_id, void *owner);
	/* NULL, or likewise what is written last: by then the post was found to be released. */
	enum error (*finish)(struct db *db, struct arena *arena, int64_t post_id, void *owner);
	void *owner; /* of both */
	int64_t id;              /* 0: a new one. Importers give id_at_time(moment) + n, to find it when run again */
};

/* In a transaction of its own: db must not be in one. ERROR_UNPROCESSABLE for what the author can mend, with
 * a sentence for them in *ret_message: empty, too long, a bad language, a bad poll, media that are not there or not
 * ready, what may not be quoted, another request under the same key. ERROR_NOT_FOUND when what it answers or quotes is
 * not there for the author, with a sentence too, ERROR_FORBIDDEN when the author may not publish, ERROR_CONFLICT when the
 * id is taken. After ERROR_NONE the post is committed; of a repeated request it is the post of the first. */
enum error publish_post(struct db *db, struct arena *arena, const struct publish_request *request,
	struct post *ret_post, struct str *ret_message) MUST_CHECK;

/* The same for those who want its id only. */
enum error publish_post_id(struct db *db, struct arena *arena, const struct publish_request *request, int64_t *ret_post_id,
	struct str *ret_message) MUST_CHECK;

/* Whether it could be published as things are, without doing it: the same errors. */
enum error publish_check(struct db *db, struct arena *arena, const struct publish_request *request,
	struct str *ret_message) MUST_CHECK;

#endif
