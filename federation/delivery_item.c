/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The life of activities and deliveries in memory, and the signature of one attempt. */
#include "federation/delivery_item.h"

#include <string.h>

#define ATTEMPT_LIMIT_BYTES ((size_t)128 * 1024)

struct shared_key *shared_key_ref(struct shared_key *key)
{
	atomic_fetch_add(&key->references, 1);
	return key;
}

void shared_key_unref(struct shared_key **key)
{
	if (*key && atomic_fetch_sub(&(*key)->references, 1) == 1) {
		signing_key_free(&(*key)->key);
		memory_free(*key);
	}
	*key = NULL;
}

struct delivery_activity *delivery_activity_ref(struct delivery_activity *activity)
{
	atomic_fetch_add(&activity->references, 1);
	return activity;
}

void delivery_activity_unref(struct delivery_activity **activity)
{
	if (*activity && atomic_fetch_sub(&(*activity)->references, 1) == 1) {
		struct arena *arena = (*activity)->arena; /* the activity lives in it */
		shared_key_unref(&(*activity)->key);
		arena_free(&arena);
	}
	*activity = NULL;
}

static struct str put(char **at, struct str text)
{
	struct str copy = { *at, text.len };
	if (text.len)
		memcpy(*at, text.data, text.len);
	*at += text.len;
	return copy;
}

struct delivery_item *delivery_item_new(const struct delivery_claim *claim, struct delivery_activity *activity,
	struct str synchronization)
{
	struct delivery_item *item =
		memory_new(sizeof(*item) + claim->inbox_url.len + claim->peer.len + synchronization.len + 1);
	char *at = (char *)(item + 1);
	list_init(&item->link);
	list_init(&item->batch_link);
	item->activity = delivery_activity_ref(activity);
	item->activity_id = claim->activity_id;
	item->inbox_url = put(&at, claim->inbox_url);
	item->peer_name = put(&at, claim->peer);
	item->synchronization = put(&at, synchronization);
	item->attempts = claim->attempts;
	item->first_attempt_us = claim->first_attempt_us;
	item->waits_for = claim->waits_for;
	return item;
}

void delivery_item_free(struct delivery_item **item)
{
	if (!*item)
		return;
	delivery_activity_unref(&(*item)->activity);
	arena_free(&(*item)->arena);
	memory_free(*item);
	*item = NULL;
}

void delivery_item_sign(struct delivery_item *item, int64_t now_us)
{
	const struct delivery_activity *activity = item->activity;
	struct url url;
	if (item->arena)
		arena_reset(item->arena);
	else
		item->arena = arena_new(ATTEMPT_LIMIT_BYTES);
	if (!activity->key || !url_parse(item->arena, item->inbox_url, &url)) {
		item->sign_error = activity->key ? ERROR_BAD_REQUEST : ERROR_NOT_FOUND;
		return;
	}
	const struct signature_outbound outbound = {
		.method = HTTP_POST,
		.url = &url,
		.body_digest = activity->digest,
		.key_id = activity->key_id,
		.now_us = now_us,
	};
	item->sign_error = item->scheme == SIGNATURE_CAVAGE
		? signature_sign_cavage(item->arena, &outbound, activity->key->key, &item->signed_headers)
		: signature_sign_rfc9421(item->arena, &outbound, activity->key->key, &item->signed_headers);
}
