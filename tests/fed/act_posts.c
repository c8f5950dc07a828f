/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What local actors do with posts, and what is stored of them. Posts are named by their ids (URIs); "-" stands for an
 * argument that is not given. */
#include "tests/fed/act.h"

#include "server/action/boost.h"
#include "server/action/delete_post.h"
#include "server/action/edit_post.h"
#include "server/action/favourite.h"
#include "server/action/pin_post.h"
#include "server/action/publish.h"
#include "server/action/quoting.h"
#include "server/action/vote.h"

#include "federation/poll_closing.h"

#include <stdlib.h>

#define DEFAULT_POLL_SECONDS 3600
#define MAX_PARTS 16
#define LIST_LIMIT 80

/* An argument that may be missing, with data NULL then. */
static struct str optional(const struct act *act, int index)
{
	struct str text = act_argument(act, index);
	return text.len ? text : (struct str){ 0 };
}

static size_t split(struct str text, char separator, struct str parts[MAX_PARTS])
{
	size_t count = 0;
	for (size_t begin = 0; begin <= text.len && count < MAX_PARTS;) {
		size_t end = str_index_of(text, separator, begin);
		parts[count++] = str_slice(text, begin, end);
		begin = end + 1;
	}
	return count;
}

static int64_t number_of(struct act *act, struct str text)
{
	return strtoll(arena_c_string(act->arena, text), NULL, 10);
}

static enum error find_post_id(struct act *act, struct str uri, int64_t *ret_id)
{
	struct post post;
	*ret_id = 0;
	if (!uri.data)
		return ERROR_NONE;
	enum error error = post_find_any_by_uri(act->db, act->arena, uri, &post);
	if (!error)
		*ret_id = post.id;
	return error;
}

/* The local actor and the post that most verbs begin with. */
static enum error find_both(struct act *act, struct actor *ret_actor, int64_t *ret_post_id)
{
	enum error error = act_find_local(act, act->arguments[0], ret_actor);
	return error ? error : find_post_id(act, str_from(act->arguments[1]), ret_post_id);
}

/* "yes|no", "*|one|two|three" for several choices. False for none. */
static bool read_poll(const struct act *act, int index, struct str options[MAX_PARTS], struct composition_poll *ret_poll)
{
	struct str text = optional(act, index);
	if (!text.data)
		return false;
	*ret_poll = (struct composition_poll){ .options = options, .option_count = split(text, '|', options),
		.duration_s = DEFAULT_POLL_SECONDS };
	if (str_eq(options[0], STR_LITERAL("*"))) {
		ret_poll->is_multiple = true;
		ret_poll->options++;
		ret_poll->option_count--;
	}
	return true;
}

static void tell_refusal(struct act *act, struct str message)
{
	if (message.len)
		json_out_key_str(act->json, "message", message);
}

static enum error run_post(struct act *act)
{
	static const struct {
		const char *name;
		enum post_quote_policy policy;
	} policies[] = { { "anyone", QUOTE_BY_ANYONE }, { "followers", QUOTE_BY_FOLLOWERS }, { "nobody", QUOTE_BY_NOBODY } };
	struct actor author;
	struct post post;
	struct composition_poll poll;
	struct str options[MAX_PARTS];
	struct str message = { 0 };
	struct publish_request request = { .text = str_from(act->arguments[1]), .visibility = POST_PUBLIC,
		.spoiler_text = act_argument(act, 3), .language = act_argument(act, 7) };
	if (act_argument(act, 2).len && !post_visibility_from_name(act_argument(act, 2), &request.visibility))
		return ERROR_BAD_REQUEST;
	if (read_poll(act, 5, options, &poll))
		request.poll = &poll;
	if (request.poll && act_argument(act, 9).len)
		poll.duration_s = number_of(act, act_argument(act, 9));
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		if (str_eq(act_argument(act, 8), str_from(policies[i].name)))
			request.quote_policy = policies[i].policy;
	enum error error = act_find_local(act, act->arguments[0], &author);
	if (!error)
		error = find_post_id(act, optional(act, 4), &request.in_reply_to_id);
	if (!error)
		error = find_post_id(act, optional(act, 6), &request.quote_id);
	if (error)
		return error;
	request.actor_id = author.id;
	error = publish_post(act->db, act->arena, &request, &post, &message);
	tell_refusal(act, message);
	if (error)
		return error;
	json_out_key_id(act->json, "id", post.id);
	json_out_key_str(act->json, "uri", post.uri);
	json_out_key_str(act->json, "html", post.html);
	return ERROR_NONE;
}

static enum error run_edit(struct act *act)
{
	struct actor author;
	struct post post;
	struct composition_poll poll;
	struct str options[MAX_PARTS];
	struct str message = { 0 };
	struct edit_request request = {
		.composition = { .text = str_from(act->arguments[2]), .spoiler_text = act_argument(act, 3), .language = act_argument(act, 5) },
	};
	if (read_poll(act, 4, options, &poll))
		request.composition.poll = &poll;
	enum error error = find_both(act, &author, &request.post_id);
	if (error)
		return error;
	request.actor_id = author.id;
	error = edit_post(act->db, act->arena, &request, &post, &message);
	tell_refusal(act, message);
	if (!error)
		json_out_key_int(act->json, "revision", post.revision);
	return error;
}

static enum error run_delete(struct act *act)
{
	struct actor actor;
	struct post post;
	int64_t post_id;
	enum error error = find_both(act, &actor, &post_id);
	return error ? error : delete_post(act->db, act->arena, actor.id, post_id, false, &post);
}

static enum error run_boost(struct act *act)
{
	struct actor actor;
	struct boost boost;
	int64_t post_id;
	enum post_visibility visibility = POST_PUBLIC;
	if (act_argument(act, 2).len && !post_visibility_from_name(act_argument(act, 2), &visibility))
		return ERROR_BAD_REQUEST;
	enum error error = find_both(act, &actor, &post_id);
	if (!error)
		error = boost_start(act->db, act->arena, actor.id, post_id, visibility, &boost);
	if (!error)
		json_out_key_str(act->json, "uri", boost.uri);
	return error;
}

/* Deeds of an actor on a post that need nothing else. */
static enum error run_simple(struct act *act,
	enum error (*deed)(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id))
{
	struct actor actor;
	int64_t post_id;
	enum error error = find_both(act, &actor, &post_id);
	return error ? error : deed(act->db, act->arena, actor.id, post_id);
}

static enum error run_unboost(struct act *act)
{
	return run_simple(act, boost_stop);
}

static enum error run_favourite(struct act *act)
{
	return run_simple(act, favourite_start);
}

static enum error run_unfavourite(struct act *act)
{
	return run_simple(act, favourite_stop);
}

static enum error run_pin(struct act *act)
{
	return run_simple(act, pin_post);
}

static enum error run_unpin(struct act *act)
{
	return run_simple(act, unpin_post);
}

static enum error run_revoke_quote(struct act *act)
{
	return run_simple(act, quoting_revoke);
}

static enum error run_react(struct act *act)
{
	struct actor actor;
	int64_t post_id;
	enum error error = find_both(act, &actor, &post_id);
	return error ? error : reaction_start(act->db, act->arena, actor.id, post_id, str_from(act->arguments[2]));
}

static enum error run_unreact(struct act *act)
{
	struct actor actor;
	int64_t post_id;
	enum error error = find_both(act, &actor, &post_id);
	return error ? error : reaction_stop(act->db, act->arena, actor.id, post_id, str_from(act->arguments[2]));
}

static enum error run_vote(struct act *act)
{
	struct actor actor;
	int64_t post_id;
	struct str parts[MAX_PARTS];
	int positions[MAX_PARTS];
	size_t count = split(str_from(act->arguments[2]), ',', parts);
	for (size_t i = 0; i < count; i++)
		positions[i] = (int)number_of(act, parts[i]);
	enum error error = find_both(act, &actor, &post_id);
	return error ? error : vote_cast(act->db, act->arena, actor.id, post_id, positions, count);
}

static enum error run_close_polls(struct act *act)
{
	size_t count;
	enum error error = poll_closing_run(act->db, act->arena, 100, &count);
	if (!error)
		json_out_key_int(act->json, "closed", (int64_t)count);
	return error;
}

/* ---- what is stored ---- */

static void write_str(struct json_out *json, const char *key, struct str value)
{
	if (value.data)
		json_out_key_str(json, key, value);
	else
		json_out_key_null(json, key);
}

static void write_post(struct json_out *json, const struct post *post)
{
	static const char *const kinds[] = { "note", "question", "article", "page", "event", "video", "audio", "image", "document" };
	json_out_key_id(json, "id", post->id);
	json_out_key_str(json, "uri", post->uri);
	json_out_key_str(json, "url", post->url);
	json_out_key_str(json, "actor", post->actor_uri);
	json_out_key_bool(json, "local", post->is_local);
	json_out_key_c_string(json, "kind", kinds[post->kind]);
	json_out_key_c_string(json, "visibility", post_visibility_name(post->visibility));
	json_out_key_str(json, "title", post->title);
	json_out_key_str(json, "html", post->html);
	write_str(json, "text", post->text_source);
	json_out_key_str(json, "cw", post->spoiler_text);
	json_out_key_bool(json, "sensitive", post->is_sensitive);
	write_str(json, "language", post->language);
	json_out_key_id(json, "in_reply_to_id", post->in_reply_to_id);
	json_out_key_id(json, "conversation_id", post->conversation_id);
	json_out_key_bool(json, "edited", post->edited_us != 0);
	json_out_key_int(json, "revision", post->revision);
	json_out_key_int(json, "replies", post->replies_count);
	json_out_key_int(json, "boosts", post->boosts_count);
	json_out_key_int(json, "favourites", post->favourites_count);
}

static void write_quote(struct json_out *json, const struct post *post)
{
	static const char *const states[] = {
		[QUOTE_NONE] = "none", [QUOTE_PENDING] = "pending", [QUOTE_ACCEPTED] = "accepted", [QUOTE_REJECTED] = "rejected",
		[QUOTE_REVOKED] = "revoked",
	};
	json_out_key_object_begin(json, "quote");
	write_str(json, "uri", post->quote_uri);
	json_out_key_id(json, "id", post->quote_id);
	json_out_key_c_string(json, "state", states[post->quote_state]);
	write_str(json, "authorization", post->quote_authorization_uri);
	json_out_object_end(json);
}

static void write_details(struct json_out *json, const struct post_details *details)
{
	json_out_key_array_begin(json, "mentions");
	for (size_t i = 0; i < details->mention_count; i++)
		json_out_str(json, details->mentions[i].uri);
	json_out_array_end(json);
	json_out_key_array_begin(json, "tags");
	for (size_t i = 0; i < details->tag_count; i++)
		json_out_str(json, details->tags[i]);
	json_out_array_end(json);
	json_out_key_array_begin(json, "media");
	for (size_t i = 0; i < details->medium_count; i++) {
		json_out_object_begin(json);
		json_out_key_str(json, "type", details->media[i].media_type);
		write_str(json, "url", details->media[i].url);
		json_out_key_str(json, "alt", details->media[i].alt);
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

static void write_poll(struct json_out *json, const struct poll *poll)
{
	json_out_key_object_begin(json, "poll");
	json_out_key_bool(json, "multiple", poll->is_multiple);
	json_out_key_bool(json, "closed", poll->closed_us != 0);
	json_out_key_int(json, "ends_us", poll->ends_us);
	json_out_key_int(json, "voters", poll->voters);
	json_out_key_array_begin(json, "options");
	for (size_t i = 0; i < poll->option_count; i++) {
		json_out_object_begin(json);
		json_out_key_str(json, "title", poll->options[i].title);
		json_out_key_int(json, "votes", poll->options[i].votes);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
}

static enum error write_parent(struct act *act, const struct post *post)
{
	struct post parent = { .uri = post->in_reply_to_uri };
	enum error error = post->in_reply_to_id ? post_find_any(act->db, act->arena, post->in_reply_to_id, &parent) : ERROR_NONE;
	if (!error)
		write_str(act->json, "in_reply_to", parent.uri);
	return error;
}

static enum error run_show(struct act *act)
{
	struct actor viewer;
	struct post post;
	struct post_details details;
	struct poll poll;
	struct str uri = str_from(act->arguments[0]);
	enum error error = ERROR_NONE;
	if (act->argument_count > 1)
		error = act_find_actor(act, act->arguments[1], &viewer);
	if (!error)
		error = act->argument_count > 1 ? post_find_by_uri(act->db, act->arena, viewer.id, uri, &post) :
			post_find_any_by_uri(act->db, act->arena, uri, &post);
	if (!error)
		error = post_load_details(act->db, act->arena, post.id, &details);
	if (error)
		return error;
	write_post(act->json, &post);
	write_details(act->json, &details);
	write_quote(act->json, &post);
	error = write_parent(act, &post);
	if (!error)
		error = poll_find(act->db, act->arena, post.id, &poll);
	if (error == ERROR_NOT_FOUND) {
		json_out_key_null(act->json, "poll");
		return ERROR_NONE;
	}
	if (!error)
		write_poll(act->json, &poll);
	return error;
}

/* What everybody may see, newest first. */
static enum error run_list_by(struct act *act)
{
	struct actor actor;
	struct outbox_item *items;
	size_t count;
	enum error error = act_find_actor(act, act->arguments[0], &actor);
	if (!error)
		error = post_list_outbox(act->db, act->arena, &(struct outbox_page){ .actor_id = actor.id, .limit = LIST_LIMIT }, &items,
			&count);
	if (error)
		return error;
	json_out_key_array_begin(act->json, "posts");
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(act->json);
		json_out_key_bool(act->json, "is_boost", items[i].is_boost);
		if (items[i].is_boost) {
			json_out_key_str(act->json, "uri", items[i].boost_uri);
			json_out_key_str(act->json, "boosted", items[i].boosted_post_uri);
		} else {
			write_post(act->json, &items[i].post);
		}
		json_out_object_end(act->json);
	}
	json_out_array_end(act->json);
	return ERROR_NONE;
}

const struct act_verb act_post_verbs[] = {
	{ "post", "AUTHOR TEXT [VISIBILITY [CW [REPLY_TO_URI [POLL [QUOTE_URI [LANGUAGE [QUOTE_POLICY [POLL_SECONDS]]]]]]]]", 2, 10,
		run_post },
	{ "edit", "AUTHOR URI TEXT [CW [POLL [LANGUAGE]]]", 3, 6, run_edit },
	{ "delete", "AUTHOR URI", 2, 2, run_delete },
	{ "boost", "ACTOR URI [VISIBILITY]", 2, 3, run_boost },
	{ "unboost", "ACTOR URI", 2, 2, run_unboost },
	{ "favourite", "ACTOR URI", 2, 2, run_favourite },
	{ "unfavourite", "ACTOR URI", 2, 2, run_unfavourite },
	{ "react", "ACTOR URI EMOJI", 3, 3, run_react },
	{ "unreact", "ACTOR URI EMOJI", 3, 3, run_unreact },
	{ "vote", "ACTOR URI POSITION[,POSITION...]", 3, 3, run_vote },
	{ "pin", "ACTOR URI", 2, 2, run_pin },
	{ "unpin", "ACTOR URI", 2, 2, run_unpin },
	{ "revoke-quote", "QUOTED_AUTHOR QUOTING_URI", 2, 2, run_revoke_quote },
	{ "close-polls", "", 0, 0, run_close_polls },
	{ "show", "URI [VIEWER]", 1, 2, run_show },
	{ "list-by", "ACTOR", 1, 1, run_list_by },
	{ NULL, NULL, 0, 0, NULL },
};
