/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Undo: of what the same actor did before. Peers send what is undone whole, or its id, or a copy whose id they made anew,
 * so it is looked for by its id and then by what it says. What was not here yet is remembered by a tombstone, which its
 * id must deserve: the actor's own origin (CHECKLIST A14, ADVISORIES 38). */
#include "federation/inbox_handler.h"

#include "storage/activity_in_queue.h"
#include "storage/block.h"
#include "storage/follow.h"
#include "storage/notification.h"
#include "storage/reaction.h"
#include "storage/tombstone.h"
#include "base/mutant.h"

struct undone {
	struct str id; /* data NULL for none */
	const struct vocab_activity *activity; /* NULL when only the id was sent */
};

/* What became of one way to look for it. */
enum look {
	LOOK_NOTHING,
	LOOK_UNDONE,
	LOOK_NOT_OWNER, /* there it is, but another one's */
};

static enum error remove_follow(const struct inbox_context *context, int64_t followed_id, enum look *ret_look)
{
	struct db *db = context->db;
	int64_t follower_id = context->actor.id;
	enum error error = follow_remove(db, context->arena, follower_id, followed_id);
	if (error == ERROR_NOT_FOUND)
		return ERROR_NONE;
	if (!error)
		error = notification_remove(db, context->arena, followed_id, NOTIFICATION_FOLLOW, follower_id, 0);
	if (!error)
		error = notification_remove(db, context->arena, followed_id, NOTIFICATION_FOLLOW_REQUEST, follower_id, 0);
	*ret_look = LOOK_UNDONE;
	return error;
}

static enum error look_for_follow(const struct inbox_context *context, struct str id, enum look *ret_look)
{
	struct follow follow;
	enum error error = follow_find_by_uri(context->db, context->arena, id, &follow);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (follow.follower_id != context->actor.id && !MUTANT("inbox_undo_owner")) {
		*ret_look = LOOK_NOT_OWNER;
		return ERROR_NONE;
	}
	return remove_follow(context, follow.followed_id, ret_look);
}

static enum error look_for_block(const struct inbox_context *context, struct str id, enum look *ret_look)
{
	struct block block;
	struct str uri;
	enum error error = block_find_by_uri(context->db, context->arena, id, &block);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (block.blocker_id != context->actor.id && !MUTANT("inbox_undo_block_owner")) {
		*ret_look = LOOK_NOT_OWNER;
		return ERROR_NONE;
	}
	*ret_look = LOOK_UNDONE;
	return block_remove(context->db, context->arena, block.blocker_id, block.blocked_id, &uri);
}

static enum error take_back_notification(const struct inbox_context *context, enum reaction_kind kind, int64_t post_id)
{
	static const enum notification_kind kinds[] = {
		[REACTION_BOOST] = NOTIFICATION_BOOST,
		[REACTION_FAVOURITE] = NOTIFICATION_FAVOURITE,
		[REACTION_EMOJI] = NOTIFICATION_REACTION,
	};
	struct post post;
	enum error error = post_find_any(context->db, context->arena, post_id, &post);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	return notification_remove(context->db, context->arena, post.actor_id, kinds[kind], context->actor.id, post_id);
}

static enum error look_for_reaction(const struct inbox_context *context, struct str id, enum look *ret_look)
{
	enum reaction_kind kind;
	int64_t post_id;
	enum error error = reaction_remove_by_uri(context->db, context->arena, context->actor.id, id, &kind, &post_id);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	*ret_look = LOOK_UNDONE;
	return take_back_notification(context, kind, post_id);
}

/* ---- by what it says ---- */

static enum error look_for_pair(const struct inbox_context *context, const struct vocab_activity *undone, enum look *ret_look)
{
	struct actor other;
	struct str uri;
	enum error error = inbox_find_local(context, undone->objects[0].id, &other);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (undone->type == VOCAB_FOLLOW)
		return remove_follow(context, other.id, ret_look);
	error = block_remove(context->db, context->arena, context->actor.id, other.id, &uri);
	if (!error)
		*ret_look = LOOK_UNDONE;
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error look_at_post(const struct inbox_context *context, const struct vocab_activity *undone, enum look *ret_look)
{
	struct post post;
	struct str uri;
	bool is_boost = undone->type == VOCAB_ANNOUNCE;
	enum error error = post_find_any_by_uri(context->db, context->arena, undone->objects[0].id, &post);
	if (!error)
		error = is_boost ? boost_remove(context->db, context->arena, context->actor.id, post.id, &uri) :
				   favourite_remove(context->db, context->arena, context->actor.id, post.id, &uri);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	*ret_look = LOOK_UNDONE;
	return take_back_notification(context, is_boost ? REACTION_BOOST : REACTION_FAVOURITE, post.id);
}

static enum error look_by_content(const struct inbox_context *context, const struct vocab_activity *undone, enum look *ret_look)
{
	if (undone->object_count != 1 || !undone->objects[0].id.data)
		return ERROR_NONE;
	if (undone->type == VOCAB_FOLLOW || undone->type == VOCAB_BLOCK)
		return look_for_pair(context, undone, ret_look);
	if (undone->type == VOCAB_LIKE || undone->type == VOCAB_ANNOUNCE)
		return look_at_post(context, undone, ret_look);
	return ERROR_NONE;
}

/* ---- by its id ---- */

static bool may_be(const struct undone *undone, enum vocab_activity_type one, enum vocab_activity_type other)
{
	return !undone->activity || undone->activity->type == one || undone->activity->type == other;
}

static enum error look_by_id(const struct inbox_context *context, const struct undone *undone, enum look *ret_look)
{
	enum error error = ERROR_NONE;
	if (!undone->id.data)
		return ERROR_NONE;
	if (may_be(undone, VOCAB_FOLLOW, VOCAB_FOLLOW))
		error = look_for_follow(context, undone->id, ret_look);
	if (!error && *ret_look == LOOK_NOTHING &&
		(may_be(undone, VOCAB_LIKE, VOCAB_ANNOUNCE) || may_be(undone, VOCAB_EMOJI_REACT, VOCAB_EMOJI_REACT)))
		error = look_for_reaction(context, undone->id, ret_look);
	if (!error && *ret_look == LOOK_NOTHING && may_be(undone, VOCAB_BLOCK, VOCAB_BLOCK))
		error = look_for_block(context, undone->id, ret_look);
	return error;
}

static bool can_be_undone(enum vocab_activity_type type)
{
	return type == VOCAB_FOLLOW || type == VOCAB_LIKE || type == VOCAB_ANNOUNCE || type == VOCAB_BLOCK ||
		type == VOCAB_EMOJI_REACT;
}

/* Actors and posts are deleted and not undone; a tombstone would keep every later word of theirs out. */
static enum error is_actor_or_post(const struct inbox_context *context, struct str uri, bool *ret_is)
{
	struct actor actor;
	struct post post;
	enum error error = actor_find_by_uri(context->db, context->arena, uri, &actor);
	if (error == ERROR_NOT_FOUND)
		error = post_find_any_by_uri(context->db, context->arena, uri, &post);
	*ret_is = !error && !MUTANT("inbox_undo_thing");
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error remember(struct inbox_context *context, const struct undone *undone)
{
	bool is_thing = false;
	if (!undone->id.data)
		return inbox_drop(context, "nothing_to_undo");
	if (!inbox_speaks_for(context, undone->id))
		return inbox_drop(context, "foreign");
	enum error error = is_actor_or_post(context, undone->id, &is_thing);
	if (error)
		return error;
	if (is_thing)
		return inbox_drop(context, "no_activity");
	struct tombstone tombstone = { .uri = undone->id };
	error = tombstone_add(context->db, context->arena, &tombstone);
	return error ? error : inbox_done(context);
}

enum error inbox_undo(struct inbox_context *context)
{
	const struct vocab_activity *activity = context->activity;
	if (activity->object_count != 1)
		return inbox_drop(context, "several_objects");
	struct undone undone = { .id = activity->objects[0].id, .activity = activity->objects[0].activity };
	if (undone.activity && !can_be_undone(undone.activity->type))
		return inbox_drop(context, "type");
	if (undone.activity && !str_eq(undone.activity->actor_id, activity->actor_id) && !MUTANT("inbox_undo_actor"))
		return inbox_drop(context, "not_owner");

	enum look look = LOOK_NOTHING;
	enum error error = look_by_id(context, &undone, &look);
	if (!error && look == LOOK_NOTHING && undone.activity)
		error = look_by_content(context, undone.activity, &look);
	if (error)
		return error;
	switch (look) {
	case LOOK_NOTHING:
		return remember(context, &undone);
	case LOOK_NOT_OWNER:
		return inbox_drop(context, "not_owner");
	case LOOK_UNDONE:
		break;
	}
	/* Misskey follows again under the id of the Follow that it took back. */
	if (undone.id.data)
		error = activity_in_forget_follow(context->db, context->arena, undone.id, activity->actor_id);
	return error ? error : inbox_done(context);
}
