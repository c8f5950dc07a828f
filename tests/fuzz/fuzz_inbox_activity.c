/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What handlers read of an activity before they ask the database: the handler of its type, reactions, features. */
#include "federation/inbox_feature.h"
#include "federation/inbox_like.h"

#include "base/hashtag.h"
#include "base/json_in.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(2 * VOCAB_ARENA_BYTES);
	struct vocab_rules rules = { .received_us = INT64_C(1795348800000000) };
	struct vocab_activity activity;
	struct inbox_emoji emoji;
	struct inbox_feature feature;
	const char *reason = NULL;
	json_auto_t *document = NULL;

	if (json_in_parse((struct str){ (const char *)data, size }, NULL, &document) ||
		vocab_read_activity(arena, document, &rules, &activity))
		return 0;
	struct inbox_context context = {
		.arena = arena, .activity = &activity, .document = document, .now_us = rules.received_us,
		.actor = { .uri = activity.actor_id, .featured_url = STR_LITERAL("https://mastodon.example/users/ada/collections/featured") },
	};
	if (inbox_read_emoji(&activity, &emoji))
		assert(emoji.text.len >= 2 && emoji.text.len <= 200 && str_is_utf8(emoji.text));
	if (inbox_read_feature(&context, &feature, &reason))
		assert((feature.tag.len > 0) != (feature.post_uri.len > 0) && feature.tag.len <= HASHTAG_MAX_BYTES);
	else
		assert(reason);
	assert(inbox_handler_of(activity.type) || activity.type == VOCAB_ACTIVITY_UNKNOWN || activity.type == VOCAB_DISLIKE ||
		activity.type == VOCAB_JOIN || activity.type == VOCAB_LEAVE);
	return 0;
}
