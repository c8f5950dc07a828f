/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What local actors do to other actors and to themselves. */
#include "tests/fed/act.h"

#include "server/action/account_end.h"
#include "server/action/block.h"
#include "server/action/follow.h"
#include "server/action/profile.h"
#include "server/action/report.h"

#include "federation/resolve.h"

#include <stdio.h>
#include <string.h>

/* The first two arguments: a local actor and another one. */
static enum error find_two(struct act *act, struct actor *ret_actor, struct actor *ret_other)
{
	enum error error = act_find_local(act, act->arguments[0], ret_actor);
	return error ? error : act_find_actor(act, act->arguments[1], ret_other);
}

static enum error run_follow(struct act *act)
{
	struct actor follower;
	struct actor followed;
	struct follow follow;
	enum error error = find_two(act, &follower, &followed);
	if (!error)
		error = follow_start(act->db, act->arena, follower.id, followed.id, &follow);
	if (error)
		return error;
	json_out_key_str(act->json, "uri", follow.uri);
	json_out_key_c_string(act->json, "state", follow.state == FOLLOW_ACCEPTED ? "accepted" : "pending");
	return ERROR_NONE;
}

static enum error run_pair(struct act *act,
	enum error (*deed)(struct db *db, struct arena *arena, int64_t actor_id, int64_t other_id))
{
	struct actor actor;
	struct actor other;
	enum error error = find_two(act, &actor, &other);
	return error ? error : deed(act->db, act->arena, actor.id, other.id);
}

static enum error run_unfollow(struct act *act)
{
	return run_pair(act, follow_stop);
}

static enum error run_accept(struct act *act)
{
	return run_pair(act, follow_request_accept);
}

static enum error run_reject(struct act *act)
{
	return run_pair(act, follow_request_reject);
}

static enum error run_remove_follower(struct act *act)
{
	return run_pair(act, follower_remove);
}

static enum error run_block(struct act *act)
{
	return run_pair(act, block_start);
}

static enum error run_unblock(struct act *act)
{
	return run_pair(act, block_stop);
}

#define REPORTED_POSTS_MAX 16

static enum error run_report(struct act *act)
{
	struct actor reporter;
	struct actor target;
	int64_t posts[REPORTED_POSTS_MAX];
	struct report_request request = { .post_ids = posts, .comment = act_argument(act, 2), .is_forwarded = true };
	enum error error = find_two(act, &reporter, &target);
	for (int i = 3; !error && i < act->argument_count; i++) {
		struct post post;
		error = post_find_any_by_uri(act->db, act->arena, act_argument(act, i), &post);
		posts[request.post_count++] = post.id;
	}
	if (error)
		return error;
	int64_t id;
	request.reporter_id = reporter.id;
	request.target_id = target.id;
	error = report_send(act->db, act->arena, &request, &id);
	if (!error)
		json_out_key_id(act->json, "id", id);
	return error;
}

/* KEY=VALUE...: name, bio, locked, discoverable, indexable, hides_collections, bot (yes or no), field (NAME:VALUE). */
static enum error run_profile(struct act *act)
{
	struct actor actor;
	struct str texts[2];
	bool flags[5];
	struct profile_field fields[PROFILE_MAX_FIELDS];
	struct profile_change change = { .fields = fields };
	const struct {
		const char *key;
		const struct str **text;
		const bool **flag;
	} keys[] = { { "name=", &change.display_name, NULL }, { "bio=", &change.bio, NULL }, { "locked=", NULL, &change.is_locked },
		{ "discoverable=", NULL, &change.is_discoverable }, { "indexable=", NULL, &change.is_indexable },
		{ "hides_collections=", NULL, &change.hides_collections }, { "bot=", NULL, &change.is_bot } };
	for (int i = 1; i < act->argument_count; i++) {
		struct str argument = act_argument(act, i);
		struct str value = str_slice(argument, str_index_of(argument, '=', 0) + 1, argument.len);
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			if (!str_starts_with(argument, str_from(keys[k].key)))
				continue;
			if (keys[k].text) {
				texts[k] = value;
				*keys[k].text = &texts[k];
			} else {
				flags[k - 2] = str_eq(value, STR_LITERAL("yes"));
				*keys[k].flag = &flags[k - 2];
			}
		}
		if (str_starts_with(argument, STR_LITERAL("field=")) && change.field_count < PROFILE_MAX_FIELDS) {
			size_t colon = str_index_of(value, ':', 0);
			change.replaces_fields = true;
			fields[change.field_count++] =
				(struct profile_field){ str_slice(value, 0, colon), str_slice(value, colon + 1, value.len) };
		}
	}
	struct profile_fault fault = { 0 };
	enum error error = act_find_local(act, act->arguments[0], &actor);
	if (!error)
		error = profile_update(act->db, act->arena, actor.id, &change, &fault);
	if (fault.field)
		json_out_key_str(act->json, "message", fault.sentence);
	return error;
}

static enum error run_move(struct act *act)
{
	struct actor actor;
	struct actor target;
	struct str message = { 0 };
	enum error error = find_two(act, &actor, &target);
	if (!error)
		error = account_move(act->db, act->arena, actor.id, target.id, &message);
	if (message.len)
		json_out_key_str(act->json, "message", message);
	return error;
}

static enum error run_rotate_keys(struct act *act)
{
	struct actor actor;
	enum error error = act_find_local(act, act->arguments[0], &actor);
	return error ? error : account_rotate_keys(act->db, act->arena, act->secret_box, actor.id);
}

static enum error run_delete_account(struct act *act)
{
	struct actor actor;
	enum error error = act_find_local(act, act->arguments[0], &actor);
	return error ? error : account_delete(act->db, act->arena, actor.id);
}

static enum error run_suspend(struct act *act)
{
	struct actor actor;
	enum error error = act_find_actor(act, act->arguments[0], &actor);
	return error ? error : account_suspend(act->db, act->arena, actor.id);
}

static enum error run_alias(struct act *act)
{
	struct actor actor;
	enum error error = act_find_local(act, act->arguments[0], &actor);
	return error ? error : profile_add_alias(act->db, act->arena, actor.id, act_argument(act, 1));
}

static void write_actor(struct json_out *json, const struct actor *actor)
{
	json_out_key_id(json, "actor_id", actor->id);
	json_out_key_str(json, "uri", actor->uri);
	json_out_key_str(json, "username", actor->username);
	json_out_key_str(json, "domain", actor->domain);
	json_out_key_str(json, "display_name", actor->display_name);
	json_out_key_int(json, "followers", actor->followers_count);
	json_out_key_int(json, "following", actor->following_count);
	json_out_key_bool(json, "is_deleted", actor->is_deleted);
}

/* What the database has, without asking anybody. */
static enum error run_actor(struct act *act)
{
	struct actor actor;
	enum error error = act_find_actor(act, act->arguments[0], &actor);
	if (!error)
		write_actor(act->json, &actor);
	return error;
}

static enum error run_resolve(struct act *act)
{
	struct resolved resolved = { 0 };
	struct actor actor;
	enum error error = act_open_federation(act);
	if (!error)
		error = resolve_any(act->federation, act->db, act->arena, act_argument(act, 0), &resolved);
	if (error)
		return error;
	if (resolved.post_id) {
		json_out_key_id(act->json, "post_id", resolved.post_id);
		return ERROR_NONE;
	}
	error = actor_find_by_id(act->db, act->arena, resolved.actor_id, &actor);
	if (!error)
		write_actor(act->json, &actor);
	return error;
}

const struct act_verb act_actor_verbs[] = {
	{ "follow", "FOLLOWER FOLLOWED", 2, 2, run_follow },
	{ "unfollow", "FOLLOWER FOLLOWED", 2, 2, run_unfollow },
	{ "accept", "NAME FOLLOWER", 2, 2, run_accept },
	{ "reject", "NAME FOLLOWER", 2, 2, run_reject },
	{ "remove-follower", "NAME FOLLOWER", 2, 2, run_remove_follower },
	{ "block", "NAME OTHER", 2, 2, run_block },
	{ "unblock", "NAME OTHER", 2, 2, run_unblock },
	{ "report", "NAME OTHER COMMENT [POST_URI...]", 3, 3 + REPORTED_POSTS_MAX, run_report },
	{ "profile", "NAME KEY=VALUE...", 2, 32, run_profile },
	{ "alias", "NAME URI", 2, 2, run_alias },
	{ "move", "NAME TARGET", 2, 2, run_move },
	{ "rotate-keys", "NAME", 1, 1, run_rotate_keys },
	{ "delete-account", "NAME", 1, 1, run_delete_account },
	{ "suspend", "OTHER", 1, 1, run_suspend },
	{ "actor", "NAME_OR_URI", 1, 1, run_actor },
	{ "resolve", "TEXT", 1, 1, run_resolve },
	{ NULL, NULL, 0, 0, NULL },
};
