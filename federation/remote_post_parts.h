/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What remote_post.c and remote_post_edit.c share: one object on its way to being a post. */
#ifndef COMPTOIR_FEDERATION_REMOTE_POST_PARTS_H
#define COMPTOIR_FEDERATION_REMOTE_POST_PARTS_H

#include "federation/remote_post.h"
#include "federation/remote_post_fields.h"

#include "storage/post_relevance.h"

struct remote_post_job {
	struct db *db;
	struct arena *arena;
	struct federation *federation;
	const struct vocab_object *object;
	const struct remote_post_origin *origin;
	struct str authority;          /* of the object's id */
	struct str in_reply_to, quote; /* data NULL for none */
	struct str *addressed_uris;
	size_t addressed_count;
	const struct addressed_actor *known_actors; /* whichever of several posts' addressed are here; NULL: not asked */
	size_t known_actor_count;
	struct post_arrival arrival;
	struct remote_post_fields fields;
	enum post_visibility visibility;
	int64_t *mentioned_ids;
	bool *is_told; /* by mentioned_ids: a local actor who gets a notification */
	size_t mention_count;
};

/* The steps of remote_post_store, which remote_post_many.c takes for several posts at once.
 * Begin: false with *ret_post for what is refused without a question; else the question to ask.
 * Judge, with job->arrival: false with *ret_post for what needs no row; else fields and visibility are there.
 * Fill: with mentions; the row but for its id. Finish: what belongs to the row that was stored, but for the news. */
bool remote_post_begin(struct remote_post_job *job, struct post_arrival_question *ret_question, struct remote_post *ret_post)
	MUST_CHECK;
bool remote_post_judge(struct remote_post_job *job, struct remote_post *ret_post) MUST_CHECK;
void remote_post_fill(const struct remote_post_job *job, struct post_remote *ret_row);
enum error remote_post_finish(struct remote_post_job *job, const struct post_remote *row, struct remote_post *ret_post)
	MUST_CHECK;
/* After remote_post_finish: those who watch its author are to be told (notification_tell_watchers). */
bool remote_post_is_news(const struct remote_post_job *job);

/* Somebody of ours has to do with it: follows its author, is addressed, or is answered or quoted. */
bool remote_post_concerns_us(const struct post_arrival *arrival, int64_t inbox_actor_id);

/* Fills mentioned_ids and is_told; needs fields and visibility. */
enum error remote_post_find_mentions(struct remote_post_job *job) MUST_CHECK;
enum error remote_post_tell_mentioned(struct remote_post_job *job, int64_t post_id) MUST_CHECK;

/* One step from the object; nothing happens for an empty uri. */
enum error remote_post_wish(struct remote_post_job *job, struct str uri, enum fetch_kind kind) MUST_CHECK;

int64_t remote_post_thread_actor(const struct remote_post_job *job);

/* A version of a post that is here. Newer ones replace it, others may at most change the numbers of its poll. */
enum error remote_post_edit(struct remote_post_job *job, struct remote_post *ret_post) MUST_CHECK;

#endif
