/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Writes activities, with their object as its id or embedded as the peers of each type want it. */
#include "federation/vocab_out_parts.h"

static void put_object(struct json_out *json, struct arena *arena, const struct vocab_activity_out *activity,
	bool is_brief)
{
	switch (activity->form) {
	case VOCAB_AS_URI:
		json_out_str(json, activity->object_uri);
		break;
	case VOCAB_AS_URIS:
		json_out_array_begin(json);
		for (size_t i = 0; i < activity->object_count; i++)
			json_out_str(json, activity->object_uris[i]);
		json_out_array_end(json);
		break;
	case VOCAB_AS_POST:
		vocab_put_post(json, VOCAB_CONTEXT_NONE, arena, activity->post, is_brief);
		break;
	case VOCAB_AS_ACTOR:
		vocab_put_actor(json, VOCAB_CONTEXT_NONE, arena, activity->actor);
		break;
	case VOCAB_AS_ACTIVITY:
		vocab_put_activity(json, VOCAB_CONTEXT_NONE, arena, activity->activity, is_brief);
		break;
	case VOCAB_AS_TOMBSTONE:
		vocab_put_tombstone(json, VOCAB_CONTEXT_NONE, activity->object_uri);
		break;
	case VOCAB_AS_VOTE:
		vocab_put_vote(json, activity->vote);
		break;
	case VOCAB_AS_HASHTAG:
		vocab_put_hashtag(json, arena, activity->hashtag);
		break;
	case VOCAB_AS_QUOTE_AUTHORIZATION:
		vocab_put_quote_authorization(json, VOCAB_CONTEXT_NONE, activity->authorization);
		break;
	}
}

void vocab_put_activity(struct json_out *json, enum vocab_context context, struct arena *arena,
	const struct vocab_activity_out *activity, bool is_brief)
{
	vocab_begin(json, context, activity->uri, activity->type);
	json_out_key_str(json, "actor", activity->actor_uri);
	if (activity->published_us)
		json_out_key_time_ms(json, "published", activity->published_us);
	vocab_put_addresses(json, &activity->addresses);
	json_out_key(json, "object");
	put_object(json, arena, activity, is_brief);
	if (activity->form == VOCAB_AS_URI && activity->post) {
		json_out_key(json, "instrument");
		vocab_put_post(json, VOCAB_CONTEXT_NONE, arena, activity->post, is_brief);
	}
	vocab_put_given(json, "instrument", activity->instrument_uri);
	vocab_put_given(json, "target", activity->target_uri);
	vocab_put_given(json, "result", activity->result_uri);
	vocab_put_given(json, "content", activity->content);
	json_out_object_end(json);
}

/* The long context only where its terms are used. */
static enum vocab_context context_of(const struct vocab_activity_out *activity)
{
	struct str type = str_from(activity->type);

	switch (activity->form) {
	case VOCAB_AS_POST:
	case VOCAB_AS_HASHTAG:
	case VOCAB_AS_QUOTE_AUTHORIZATION:
		return VOCAB_CONTEXT_POST;
	case VOCAB_AS_ACTOR:
		return VOCAB_CONTEXT_ACTOR;
	case VOCAB_AS_ACTIVITY:
		return context_of(activity->activity);
	case VOCAB_AS_URI:
	case VOCAB_AS_URIS:
	case VOCAB_AS_TOMBSTONE:
	case VOCAB_AS_VOTE:
		break;
	}
	if (str_eq(type, STR_LITERAL("QuoteRequest")) || str_eq(type, STR_LITERAL("EmojiReact")))
		return VOCAB_CONTEXT_POST;
	return VOCAB_CONTEXT_PLAIN;
}

void vocab_write_activity(struct buf *out, struct arena *arena, const struct vocab_activity_out *activity)
{
	struct json_out json;
	size_t begin = out->len;

	json_out_init(&json, out);
	vocab_put_activity(&json, context_of(activity), arena, activity, false);
	if (out->len - begin <= VOCAB_BODY_WISHED_BYTES)
		return;
	out->len = begin;
	json_out_init(&json, out);
	vocab_put_activity(&json, context_of(activity), arena, activity, true);
}

struct vocab_activity_out vocab_create(struct arena *arena, const struct vocab_post *post)
{
	return (struct vocab_activity_out){
		.uri = arena_printf(arena, "%.*s/activity", STR_ARG(post->post->uri)),
		.type = "Create",
		.actor_uri = post->post->actor_uri,
		.published_us = post->post->created_us,
		.addresses = post->addresses,
		.form = VOCAB_AS_POST,
		.post = post,
	};
}

struct vocab_activity_out vocab_announce(const struct actor *actor, const struct boost *boost, struct str post_uri)
{
	return (struct vocab_activity_out){
		.uri = boost->uri,
		.type = "Announce",
		.actor_uri = actor->uri,
		.published_us = boost->created_us,
		.form = VOCAB_AS_URI,
		.object_uri = post_uri,
	};
}
