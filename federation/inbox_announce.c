/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Announce: a boost, a post that a relay has seen, or an activity in a group that the group passes on (FEP-1b12). What
 * is announced is taken by its id only, whatever was sent of it (CHECKLIST A3). */
#include "federation/inbox_post.h"

#include "federation/federation.h"
#include "federation/inbox_group.h"
#include "federation/remote_post.h"

#include "base/mutant.h"
#include "storage/block.h"
#include "storage/reaction.h"
#include "storage/relay.h"
#include "storage/tombstone.h"

#define ID_TRIES 8

/* Boosts are of what is open to everyone, or of one's own (CHECKLIST G4). */
static bool may_boost(const struct inbox_context *context, const struct post *post)
{
	if (post->visibility == POST_PUBLIC || post->visibility == POST_UNLISTED)
		return true;
	return (post->visibility == POST_FOLLOWERS && post->actor_id == context->actor.id) || MUTANT("inbox_announce_open");
}

/* The id of two of one millisecond may be the same; ERROR_CONFLICT is left for a boost that is here. */
static enum error create_boost(struct inbox_context *context, struct boost *boost)
{
	enum error error = ERROR_CONFLICT;
	for (int try = 0; error == ERROR_CONFLICT && try < ID_TRIES; try++) {
		struct boost known;
		boost->id = remote_post_id(context->activity->published_us, context->row->received_us);
		error = boost_create(context->db, context->arena, boost);
		if (error != ERROR_CONFLICT || MUTANT("inbox_announce_id"))
			return error;
		enum error found = boost_find(context->db, context->arena, boost->actor_id, boost->post_id, &known);
		if (found == ERROR_NOT_FOUND)
			found = boost_find_by_uri(context->db, context->arena, boost->uri, &known);
		if (found != ERROR_NOT_FOUND)
			return found ? found : ERROR_CONFLICT;
	}
	return ERROR_UNAVAILABLE;
}

static enum error store_boost(struct inbox_context *context, const struct post *post)
{
	const struct vocab_activity *activity = context->activity;
	int64_t received_us = context->row->received_us;
	struct boost boost = {
		.actor_id = context->actor.id,
		.post_id = post->id,
		.uri = activity->id,
		.visibility = vocab_visibility(&activity->audience, context->actor.followers_url),
		.created_us = activity->published_us < received_us ? activity->published_us : received_us,
	};
	if (boost.visibility == POST_DIRECT)
		return inbox_drop(context, "direct");
	if (post->visibility == POST_FOLLOWERS)
		boost.visibility = POST_FOLLOWERS;
	enum error error = create_boost(context, &boost);
	if (error == ERROR_CONFLICT)
		return inbox_done(context);
	if (error == ERROR_NOT_FOUND)
		return inbox_drop(context, "nowhere");
	if (!error && post->is_local)
		error = notification_add(context->db, context->arena, post->actor_id, NOTIFICATION_BOOST, context->actor.id,
			post->id);
	return error ? error : inbox_done(context);
}

static enum error boost_known(struct inbox_context *context, int64_t post_id, bool is_followed)
{
	struct post post;
	bool is_refused = false;
	enum error error = post_find_any(context->db, context->arena, post_id, &post);
	if (error)
		return error == ERROR_NOT_FOUND ? inbox_drop(context, "nowhere") : error;
	if (!is_followed && !post.is_local)
		return inbox_drop(context, "irrelevant");
	if (!may_boost(context, &post))
		return inbox_drop(context, "not_open");
	error = block_exists(context->db, context->arena, post.actor_id, context->actor.id, &is_refused);
	if (error)
		return error;
	if (is_refused && !MUTANT("inbox_announce_blocked"))
		return inbox_drop(context, "blocked");
	error = tombstone_exists(context->db, context->arena, context->activity->id, &is_refused);
	if (error)
		return error;
	return is_refused ? inbox_drop(context, "undone") : store_boost(context, &post);
}

static enum error announce_post(struct inbox_context *context, struct str uri)
{
	struct post_arrival arrival;
	if (uri.len == 0)
		return inbox_drop(context, "no_id");
	enum error error = inbox_find_arrival(context, uri, &arrival);
	if (error)
		return error;
	bool is_followed = arrival.is_author_followed || context->row->inbox_actor_id != 0;
	if (arrival.post_id != 0)
		return boost_known(context, arrival.post_id, is_followed);
	if (arrival.is_ours || arrival.is_tombstoned)
		return inbox_drop(context, "nowhere");
	if (!is_followed && !MUTANT("inbox_announce_relevance"))
		return inbox_drop(context, "irrelevant");
	return inbox_park(context, uri, FETCH_OBJECT);
}

/* A relay tells of posts; it boosts nothing. */
static enum error take_from_relay(struct inbox_context *context, struct str uri)
{
	struct fetch_wish wish = { .uri = uri, .kind = FETCH_OBJECT };
	if (uri.len == 0)
		return inbox_drop(context, "no_id");
	enum error error = fetch_wish(context->db, context->arena, &wish);
	return error ? error : inbox_done(context);
}

enum error inbox_announce(struct inbox_context *context)
{
	bool is_relay = false;
	if (context->activity->object_count != 1)
		return inbox_drop(context, "no_object");
	const struct vocab_item *item = &context->activity->objects[0];
	switch (item->kind) {
	case VOCAB_KIND_ACTIVITY:
		return inbox_group_activity(context, item->activity);
	case VOCAB_KIND_ID:
	case VOCAB_KIND_OBJECT:
	case VOCAB_KIND_UNKNOWN:
		break;
	case VOCAB_KIND_NONE:
	case VOCAB_KIND_ACTOR:
	case VOCAB_KIND_COLLECTION:
	case VOCAB_KIND_KEY:
		return inbox_drop(context, "type");
	}
	enum error error = relay_is_accepted(context->db, context->arena, context->actor.uri, &is_relay);
	if (error)
		return error;
	return is_relay ? take_from_relay(context, item->id) : announce_post(context, item->id);
}
