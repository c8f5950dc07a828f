/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Relationships. Each deed answers how things stand afterwards, also when there was nothing to do. */
#include "server/mastodon/relationships.h"

#include "server/action/block.h"
#include "server/action/follow.h"
#include "server/entity/account.h"
#include "server/entity/relationship.h"
#include "server/mastodon/parameters.h"

#include "base/clock.h"
#include "base/language_tag.h"
#include "storage/mute.h"

#define MUTE_MAX_S (10LL * 366 * 86400)
#define MANY_MAX 500
#define FAMILIAR_MAX 40

enum error handle_relationships(struct request *request)
{
	int64_t *ids;
	struct relation *relations;
	size_t count = parameter_ids(request, "id", MANY_MAX, &ids);
	enum error error = relation_find_many(request->db, request->arena, request->access.actor_id, ids, count,
		parameter_bool(request, "with_suspended", false), &relations, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		relationship_write(json, &relations[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static void write_familiar(struct json_out *json, const struct account_set *accounts, int64_t target_id,
	const struct familiar_follower *items, size_t count)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", target_id);
	json_out_key_array_begin(json, "accounts");
	for (size_t i = 0; i < count; i++)
		if (items[i].target_id == target_id && account_set_has(accounts, items[i].follower_id))
			account_set_write(accounts, json, items[i].follower_id);
	json_out_array_end(json);
	json_out_object_end(json);
}

enum error handle_familiar_followers(struct request *request)
{
	struct reader reader = reader_of(request, FILTER_NONE);
	int64_t *targets;
	struct familiar_follower *items;
	struct account_set *accounts;
	struct account_set *known;
	size_t target_count = parameter_ids(request, "id", FAMILIAR_MAX, &targets);
	size_t count;
	enum error error = relation_list_familiar(request->db, request->arena, request->access.actor_id, targets, target_count,
		&items, &count);
	if (error)
		return error;
	int64_t *followers = arena_alloc_array(request->arena, count, sizeof(*followers));
	for (size_t i = 0; i < count; i++)
		followers[i] = items[i].follower_id;
	error = account_set_load(&reader, followers, count, &accounts);
	if (!error)
		error = account_set_load(&reader, targets, target_count, &known);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < target_count; i++)
		if (account_set_has(known, targets[i]))
			write_familiar(json, accounts, targets[i], items, count);
	json_out_array_end(json);
	return ERROR_NONE;
}

/* Undoing what is not there is fine. */
static enum error respond_after(struct request *request, int64_t other_id, enum error error)
{
	return error && error != ERROR_NOT_FOUND ? error : relationship_respond(request, other_id);
}

enum error handle_account_follow(struct request *request)
{
	int64_t other_id = parameter_path_id(request, 0);
	struct str *languages;
	struct follow follow;
	struct follow_options options = {
		.shows_boosts = parameter_bool_pointer(request, "reblogs"),
		.notifies = parameter_bool_pointer(request, "notify"),
	};
	size_t count = parameter_list(request, "languages", &languages);
	for (size_t i = 0; i < count; i++) {
		struct str language = language_tag_read(request->arena, languages[i]);
		if (language.data && options.language_count < FOLLOW_MAX_LANGUAGES)
			languages[options.language_count++] = language;
	}
	options.languages = languages;
	options.sets_languages = count > 0;
	enum error error = follow_start_with(request->db, request->arena, request->access.actor_id, other_id, &options, &follow);
	return error ? error : relationship_respond(request, other_id);
}

enum error handle_account_unfollow(struct request *request)
{
	int64_t other_id = parameter_path_id(request, 0);
	return respond_after(request, other_id, follow_stop(request->db, request->arena, request->access.actor_id, other_id));
}

enum error handle_account_remove_from_followers(struct request *request)
{
	int64_t other_id = parameter_path_id(request, 0);
	return respond_after(request, other_id,
		follower_remove(request->db, request->arena, request->access.actor_id, other_id));
}

enum error handle_account_block(struct request *request)
{
	int64_t other_id = parameter_path_id(request, 0);
	enum error error = ERROR_NONE;
	if (other_id != request->access.actor_id)
		error = block_start(request->db, request->arena, request->access.actor_id, other_id);
	return error ? error : relationship_respond(request, other_id);
}

enum error handle_account_unblock(struct request *request)
{
	int64_t other_id = parameter_path_id(request, 0);
	return respond_after(request, other_id, block_stop(request->db, request->arena, request->access.actor_id, other_id));
}

enum error handle_account_mute(struct request *request)
{
	int64_t duration_s = parameter_int(request, "duration", 0, 0, MUTE_MAX_S);
	struct mute mute = {
		.muter_id = request->access.actor_id,
		.muted_id = parameter_path_id(request, 0),
		.hides_notifications = parameter_bool(request, "notifications", true),
		.expires_us = duration_s ? clock_now_us() + duration_s * 1000000 : 0,
	};
	enum error error = ERROR_NONE;
	if (mute.muted_id != mute.muter_id)
		error = mute_set(request->db, request->arena, &mute);
	return error ? error : relationship_respond(request, mute.muted_id);
}

enum error handle_account_unmute(struct request *request)
{
	int64_t other_id = parameter_path_id(request, 0);
	return respond_after(request, other_id, mute_remove(request->db, request->arena, request->access.actor_id, other_id));
}

enum error handle_account_note(struct request *request)
{
	int64_t other_id = parameter_path_id(request, 0);
	struct str comment = parameter_text(request, "comment");
	enum error error = note_set(request->db, request->arena, request->access.actor_id, other_id, comment);
	if (error == ERROR_UNPROCESSABLE)
		return refuse(request, "Validation failed: Comment is too long (maximum is 2000 characters)");
	return error ? error : relationship_respond(request, other_id);
}

enum error handle_account_endorse(struct request *request)
{
	int64_t other_id = parameter_path_id(request, 0);
	struct actor other;
	enum error error = actor_find_by_id(request->db, request->arena, other_id, &other);
	if (!error)
		error = endorsement_add(request->db, request->arena, request->access.actor_id, other_id);
	if (error == ERROR_UNPROCESSABLE)
		return refuse(request, "Validation failed: You must be already following the person you want to endorse");
	return error ? error : relationship_respond(request, other_id);
}

enum error handle_account_unendorse(struct request *request)
{
	int64_t other_id = parameter_path_id(request, 0);
	enum error error = endorsement_remove(request->db, request->arena, request->access.actor_id, other_id);
	return error ? error : relationship_respond(request, other_id);
}

enum error handle_follow_request_authorize(struct request *request)
{
	int64_t other_id = parameter_path_id(request, 0);
	enum error error = follow_request_accept(request->db, request->arena, request->access.actor_id, other_id);
	return error ? error : relationship_respond(request, other_id);
}

enum error handle_follow_request_reject(struct request *request)
{
	int64_t other_id = parameter_path_id(request, 0);
	enum error error = follow_request_reject(request->db, request->arena, request->access.actor_id, other_id);
	return error ? error : relationship_respond(request, other_id);
}
