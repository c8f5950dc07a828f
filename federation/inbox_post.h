/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the handlers of activities about posts share. */
#ifndef COMPTOIR_FEDERATION_INBOX_POST_H
#define COMPTOIR_FEDERATION_INBOX_POST_H

#include "federation/inbox_handler.h"
#include "storage/post_relevance.h"

/* Stores a post that the caller believes, forwards it where it answers one of ours, and sets the outcome. is_pushed: only
 * if it concerns somebody here. */
enum error inbox_store_post(struct inbox_context *context, const struct vocab_object *object, bool is_update, bool is_pushed);

/* Creates of posts that their actors wrote, as far as they can be stored together: ret_is_done[i], and the outcome of that
 * context is set. Of the others nothing is written; they are for inbox_create. Of the actors only id and uri need be
 * there. */
enum error inbox_create_many(struct inbox_context *const *contexts, size_t count, bool *ret_is_done);

/* Several, as inbox_create_many; objects[i] is what contexts[i] creates. */
enum error inbox_store_posts(struct inbox_context *const *contexts, const struct vocab_object *const *objects, size_t count,
	bool *ret_is_done);

/* The group of inbox_step.c holds the locks of the object, of what it answers and of what it quotes. */
bool inbox_post_is_locked(const struct inbox_context *context, const struct vocab_object *object);

/* A vote: counted and kept private, never stored as a post. What only looks like one is a post. */
enum error inbox_vote(struct inbox_context *context, const struct vocab_object *object);

/* What is known here about uri, an object that the actor names. */
enum error inbox_find_arrival(const struct inbox_context *context, struct str uri, struct post_arrival *ret_arrival) MUST_CHECK;

/* Not believed as it came: read from its origin, if it concerns somebody here. is_update: also when it is here. */
enum error inbox_wish_for_post(struct inbox_context *context, struct str uri, bool is_update);

/* A public answer in a thread of thread_actor_id goes on to his remote followers, unchanged (ActivityPub 7.1.2), when it
 * carries a proof that they can check themselves. */
enum error inbox_forward(const struct inbox_context *context, struct str object_uri, int64_t thread_actor_id) MUST_CHECK;

#endif
