/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From an event to frames: which subscriptions it concerns, who of their actors wants it, and each one's own view of it.
 * A question to the database is asked once for all who watch; only the rendering is for each. */
#include "server/stream/hub_internal.h"

#include "server/app.h"
#include "server/entity/announcement.h"
#include "server/entity/notification.h"

#include "base/log.h"
#include "storage/home.h"
#include "storage/stream_access.h"

#include <stdlib.h>

#define SCRATCH_LIMIT_BYTES ((size_t)64 * 1024 * 1024)

/* The subscriptions that an event may go to. */
struct targets {
	struct stream_hub *hub;
	const struct subscription **items;
	size_t count, capacity;
};

static void add_target(struct targets *targets, const struct subscription *subscription)
{
	if (targets->count == targets->capacity) {
		size_t capacity = targets->capacity ? 2 * targets->capacity : 16;
		const struct subscription **items = arena_alloc_array(targets->hub->arena, capacity, sizeof(struct subscription *));
		for (size_t i = 0; i < targets->count; i++)
			items[i] = targets->items[i];
		targets->items = items;
		targets->capacity = capacity;
	}
	targets->items[targets->count++] = subscription;
}

static void add_topic(struct targets *targets, enum stream_kind kind, struct str argument, int64_t actor_id)
{
	const struct stream_name name = { .kind = kind, .argument = argument };
	struct topic *topic = hub_find_topic(targets->hub, stream_topic(targets->hub->arena, &name, actor_id));
	if (!topic)
		return;
	LIST_EACH(&topic->subscriptions, link)
		add_target(targets, LIST_OBJECT(link, struct subscription, of_topic));
}

/* The arguments of all topics of a kind: the ids of lists, or of actors for their own streams. */
static size_t list_topics(struct stream_hub *hub, enum stream_kind kind, int64_t **ret_ids)
{
	size_t cursor = 0, count = 0;
	struct str key;
	void *value;
	int64_t *ids = arena_alloc_array(hub->arena, map_count(hub->topics), sizeof(*ids));
	while (map_next(hub->topics, &cursor, &key, &value)) {
		const struct topic *topic = value;
		const struct subscription *first = LIST_OBJECT(topic->subscriptions.next, struct subscription, of_topic);
		if (first->name.kind != kind)
			continue;
		int64_t id = first->client->actor_id;
		if (kind != STREAM_LIST || str_to_int64(first->name.argument, &id))
			ids[count++] = id;
	}
	*ret_ids = ids;
	return count;
}

static enum error add_homes(struct targets *targets, int64_t id)
{
	struct stream_hub *hub = targets->hub;
	int64_t *watching, *owners;
	size_t count = list_topics(hub, STREAM_USER, &watching), owner_count = 0;
	if (!count)
		return ERROR_NONE;
	enum error error = home_list_owners(hub->db, hub->arena, id, watching, count, &owners, &owner_count);
	for (size_t i = 0; !error && i < owner_count; i++)
		add_topic(targets, STREAM_USER, (struct str){ 0 }, owners[i]);
	return error;
}

static enum error add_lists(struct targets *targets, int64_t id)
{
	struct stream_hub *hub = targets->hub;
	int64_t *watched, *lists;
	size_t count = list_topics(hub, STREAM_LIST, &watched), list_count;
	enum error error = stream_access_lists_with(hub->db, hub->arena, id, watched, count, &lists, &list_count);
	for (size_t i = 0; !error && i < list_count; i++)
		add_topic(targets, STREAM_LIST, arena_printf(hub->arena, "%lld", (long long)lists[i]), 0);
	return error;
}

static void add_public(struct targets *targets, const struct stream_facts *facts)
{
	static const struct str none = { 0 };
	if (!facts->is_open || facts->is_boost)
		return;
	for (size_t i = 0; i < facts->tag_count; i++) {
		add_topic(targets, STREAM_HASHTAG, facts->tags[i], 0);
		if (facts->is_local)
			add_topic(targets, STREAM_HASHTAG_LOCAL, facts->tags[i], 0);
	}
	if (facts->answers_somebody)
		return;
	add_topic(targets, STREAM_PUBLIC, none, 0);
	add_topic(targets, facts->is_local ? STREAM_PUBLIC_LOCAL : STREAM_PUBLIC_REMOTE, none, 0);
	if (!facts->has_media)
		return;
	add_topic(targets, STREAM_PUBLIC_MEDIA, none, 0);
	add_topic(targets, facts->is_local ? STREAM_PUBLIC_LOCAL_MEDIA : STREAM_PUBLIC_REMOTE_MEDIA, none, 0);
}

static int compare_targets(const void *a, const void *b)
{
	const struct subscription *one = *(const struct subscription *const *)a;
	const struct subscription *other = *(const struct subscription *const *)b;
	if (one->client->actor_id != other->client->actor_id)
		return one->client->actor_id < other->client->actor_id ? -1 : 1;
	bool is_home = one->name.kind == STREAM_USER || one->name.kind == STREAM_LIST;
	bool other_is_home = other->name.kind == STREAM_USER || other->name.kind == STREAM_LIST;
	return (int)other_is_home - (int)is_home;
}

static enum filter_context context_of(const struct subscription *subscription)
{
	return subscription->name.kind == STREAM_USER || subscription->name.kind == STREAM_LIST ? FILTER_HOME : FILTER_PUBLIC;
}

/* As that actor sees it; empty when it is not for them. */
static enum error render_status(struct stream_hub *hub, struct arena *scratch, const struct subscription *subscription,
	int64_t id, struct buf *ret_json)
{
	struct status_set *set;
	struct json_out json;
	const struct reader reader = { hub->app, hub->db, scratch, subscription->client->actor_id, context_of(subscription) };
	enum error error = status_set_load(&reader, &id, 1, &set);
	if (error || !status_set_has(set, id))
		return error;
	json_out_init(&json, ret_json);
	status_set_write(set, &json, id);
	return ERROR_NONE;
}

static bool is_among(const int64_t *ids, size_t count, int64_t id)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (ids[middle] == id)
			return true;
		if (ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
	return one < other ? -1 : one > other;
}

static enum error list_wanting(struct targets *targets, int64_t id, int64_t **ret_ids, size_t *ret_count)
{
	struct stream_hub *hub = targets->hub;
	int64_t *actor_ids = arena_alloc_array(hub->arena, targets->count, sizeof(*actor_ids));
	size_t count = 0;
	for (size_t i = 0; i < targets->count; i++) {
		int64_t actor_id = targets->items[i]->client->actor_id;
		if (!count || actor_ids[count - 1] != actor_id)
			actor_ids[count++] = actor_id;
	}
	enum error error = stream_access_wanted_by(hub->db, hub->arena, id, actor_ids, count, ret_ids, ret_count);
	if (!error && *ret_count)
		qsort(*ret_ids, *ret_count, sizeof(**ret_ids), compare_ids);
	return error;
}

static enum error send_status(struct targets *targets, const char *event, int64_t id)
{
	struct stream_hub *hub = targets->hub;
	int64_t *wanting;
	size_t wanting_count = 0;
	if (!targets->count)
		return ERROR_NONE;
	qsort(targets->items, targets->count, sizeof(struct subscription *), compare_targets);
	enum error error = list_wanting(targets, id, &wanting, &wanting_count);
	if (error || !wanting_count)
		return error;
	AUTO(arena) struct arena *scratch = arena_new(SCRATCH_LIMIT_BYTES);
	AUTO(buf) struct buf json = { 0 };
	const struct subscription *rendered = NULL;
	for (size_t i = 0; !error && i < targets->count; i++) {
		const struct subscription *one = targets->items[i];
		if (!one->client->may_read_statuses || !is_among(wanting, wanting_count, one->client->actor_id))
			continue;
		if (!rendered || rendered->client->actor_id != one->client->actor_id || context_of(rendered) != context_of(one)) {
			arena_reset(scratch);
			buf_clear(&json);
			error = render_status(hub, scratch, one, id, &json);
			rendered = one;
		}
		if (!error && json.len)
			hub_send(one, event, buf_str(&json));
	}
	return error;
}

static enum error tell_status(struct stream_hub *hub, const char *event, int64_t id)
{
	struct stream_facts facts;
	struct targets targets = { .hub = hub };
	if (!map_count(hub->topics))
		return ERROR_NONE;
	enum error error = stream_access_facts(hub->db, hub->arena, id, &facts);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	error = add_homes(&targets, id);
	if (!error)
		error = add_lists(&targets, id);
	if (error)
		return error;
	add_public(&targets, &facts);
	return send_status(&targets, event, id);
}

/* ---- what is gone: an id says when a post was written, so it is told to those alone who could see it ---- */

static void send_deletion(const struct targets *targets, int64_t id)
{
	struct str payload = arena_printf(targets->hub->arena, "%lld", (long long)id);
	for (size_t i = 0; i < targets->count; i++)
		if (targets->items[i]->client->may_read_statuses)
			hub_send(targets->items[i], "delete", payload);
}

static bool is_of_home(enum stream_kind kind)
{
	return kind == STREAM_USER || kind == STREAM_LIST;
}

static bool is_of_public(enum stream_kind kind)
{
	return !is_of_home(kind) && kind != STREAM_USER_NOTIFICATION && kind != STREAM_DIRECT;
}

/* Subscriptions of such kinds; actor_ids NULL: of anybody, else in order. */
static void add_all(struct targets *targets, bool (*is_wanted)(enum stream_kind kind), const int64_t *actor_ids, size_t count)
{
	struct stream_hub *hub = targets->hub;
	size_t cursor = 0;
	struct str key;
	void *value;
	while (map_next(hub->topics, &cursor, &key, &value)) {
		const struct topic *topic = value;
		LIST_EACH(&topic->subscriptions, link) {
			const struct subscription *one = LIST_OBJECT(link, struct subscription, of_topic);
			if (is_wanted(one->name.kind) && (!actor_ids || is_among(actor_ids, count, one->client->actor_id)))
				add_target(targets, one);
		}
	}
}

/* Which tags it had, or whether there were pictures, cannot be known any more. */
static void tell_gone_in_public(struct stream_hub *hub, int64_t id)
{
	struct targets targets = { .hub = hub };
	add_all(&targets, is_of_public, NULL, 0);
	send_deletion(&targets, id);
}

static size_t list_home_watchers(struct stream_hub *hub, int64_t **ret_actor_ids)
{
	struct targets all = { .hub = hub };
	add_all(&all, is_of_home, NULL, 0);
	int64_t *actor_ids = arena_alloc_array(hub->arena, all.count + 1, sizeof(*actor_ids));
	for (size_t i = 0; i < all.count; i++)
		actor_ids[i] = all.items[i]->client->actor_id;
	*ret_actor_ids = actor_ids;
	return all.count;
}

static enum error tell_gone_at_home(struct stream_hub *hub, const struct event *event)
{
	struct targets targets = { .hub = hub };
	int64_t *watching, *followers;
	size_t follower_count, count = list_home_watchers(hub, &watching);
	enum error error = stream_access_followers_among(hub->db, hub->arena, event->actor_id, watching, count, &followers,
		&follower_count);
	if (error || !follower_count)
		return error;
	qsort(followers, follower_count, sizeof(*followers), compare_ids);
	add_all(&targets, is_of_home, followers, follower_count);
	send_deletion(&targets, event->id);
	return ERROR_NONE;
}

static void tell_gone_for(struct stream_hub *hub, const struct event *event)
{
	struct targets targets = { .hub = hub };
	add_all(&targets, is_of_home, &event->actor_id, 1);
	send_deletion(&targets, event->id);
}

/* To an actor's own streams, the same for each of them. */
static void tell_actor(struct stream_hub *hub, int64_t actor_id, const char *event, struct str payload)
{
	struct targets targets = { .hub = hub };
	add_topic(&targets, STREAM_USER, (struct str){ 0 }, actor_id);
	for (size_t i = 0; i < targets.count; i++)
		hub_send(targets.items[i], event, payload);
}

static bool may_hear(const struct subscription *one, bool is_notification)
{
	return is_notification ? one->client->may_read_notifications : one->client->may_read_statuses;
}

/* Something of one actor's own, rendered once for all of its streams. */
static enum error tell_own(struct stream_hub *hub, const struct event *event, const char *name, enum stream_kind kinds[2],
	enum error (*render)(const struct reader *reader, int64_t id, struct buf *ret_json))
{
	struct targets targets = { .hub = hub };
	AUTO(buf) struct buf json = { 0 };
	const struct reader reader = { hub->app, hub->db, hub->arena, event->actor_id, FILTER_NOTIFICATIONS };
	for (int i = 0; i < 2; i++)
		if (i == 0 || kinds[1] != kinds[0])
			add_topic(&targets, kinds[i], (struct str){ 0 }, event->actor_id);
	if (!targets.count)
		return ERROR_NONE;
	enum error error = render(&reader, event->id, &json);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	for (size_t i = 0; i < targets.count; i++)
		if (may_hear(targets.items[i], event->kind == EVENT_NOTIFICATION))
			hub_send(targets.items[i], name, buf_str(&json));
	return ERROR_NONE;
}

static enum error tell_notification(struct stream_hub *hub, const struct event *event)
{
	enum stream_kind kinds[2] = { STREAM_USER, STREAM_USER_NOTIFICATION };
	return tell_own(hub, event, "notification", kinds, notification_render);
}

static enum error tell_conversation(struct stream_hub *hub, const struct event *event)
{
	enum stream_kind kinds[2] = { STREAM_DIRECT, STREAM_DIRECT };
	return tell_own(hub, event, "conversation", kinds, conversation_render);
}

/* To everyone's own stream. */
static void tell_all(struct stream_hub *hub, const char *event, struct str payload)
{
	int64_t *watching;
	size_t count = list_topics(hub, STREAM_USER, &watching);
	for (size_t i = 0; i < count; i++)
		tell_actor(hub, watching[i], event, payload);
}

static enum error tell_announcement(struct stream_hub *hub, int64_t id)
{
	AUTO(buf) struct buf json = { 0 };
	const struct reader reader = { hub->app, hub->db, hub->arena, 0, FILTER_NONE };
	enum error error = announcement_render(&reader, id, &json);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	tell_all(hub, "announcement", buf_str(&json));
	return ERROR_NONE;
}

/* One event a reaction, with its new count. */
static enum error tell_reactions(struct stream_hub *hub, int64_t id)
{
	struct announcement_reaction *reactions;
	size_t count;
	enum error error = announcement_list_reactions(hub->db, hub->arena, 0, &id, 1, &reactions, &count);
	for (size_t i = 0; !error && i < count; i++) {
		AUTO(buf) struct buf payload = { 0 };
		struct json_out json;
		json_out_init(&json, &payload);
		json_out_object_begin(&json);
		json_out_key_str(&json, "name", reactions[i].name);
		json_out_key_int(&json, "count", reactions[i].count);
		json_out_key_id(&json, "announcement_id", id);
		json_out_object_end(&json);
		tell_all(hub, "announcement.reaction", buf_str(&payload));
	}
	return error;
}

static enum error tell(struct stream_hub *hub, const struct event *event)
{
	switch (event->kind) {
	case EVENT_POST_CREATED:
	case EVENT_BOOST_CREATED:
		return tell_status(hub, "update", event->id);
	case EVENT_POST_EDITED:
		return tell_status(hub, "status.update", event->id);
	case EVENT_GONE_IN_PUBLIC:
		tell_gone_in_public(hub, event->id);
		return ERROR_NONE;
	case EVENT_GONE_AT_HOME:
		return tell_gone_at_home(hub, event);
	case EVENT_GONE_FOR:
		tell_gone_for(hub, event);
		return ERROR_NONE;
	case EVENT_NOTIFICATIONS_MERGED:
		tell_actor(hub, event->actor_id, "notifications_merged", STR_LITERAL("1"));
		return ERROR_NONE;
	case EVENT_FILTERS_CHANGED:
		// There is nothing to say, but masto.js and Mastodon.py end the stream at a payload that is no JSON.
		tell_actor(hub, event->actor_id, "filters_changed", STR_LITERAL("{}"));
		return ERROR_NONE;
	case EVENT_NOTIFICATION:
		return tell_notification(hub, event);
	case EVENT_CONVERSATION:
		return tell_conversation(hub, event);
	case EVENT_ANNOUNCEMENT:
		return tell_announcement(hub, event->id);
	case EVENT_ANNOUNCEMENT_DELETED:
		tell_all(hub, "announcement.delete", arena_printf(hub->arena, "%lld", (long long)event->id));
		return ERROR_NONE;
	case EVENT_ANNOUNCEMENT_REACTION:
		return tell_reactions(hub, event->id);
	case EVENT_POST_DELETED:
	case EVENT_BOOST_DELETED:
	case EVENT_RELATIONS_CHANGED:
	case EVENT_PROFILE_CHANGED:
	case EVENT_TOKEN_ENDED:
	case EVENT_APPLICATION_ENDED:
	case EVENT_USER_ENDED:
	case EVENT_ACTOR_ENDED:
	case EVENT_TICKET:
	case EVENT_DRAFT:
	case EVENT_DELIVERY:
	case EVENT_QUOTE:
	case EVENT_GAP:
	case EVENT_KIND_COUNT:
		break;
	}
	return ERROR_NONE;
}

void hub_tell(struct stream_hub *hub, const struct event *event)
{
	enum error error = tell(hub, event);
	if (error)
		log_event(LOG_LEVEL_INFO, "stream_event_dropped", LOG_INT("kind", event->kind), LOG_INT("id", event->id),
			LOG_TEXT("error", error_name(error)));
}
