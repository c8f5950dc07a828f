/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Collections of posts. An item that is embedded is believed only when it is of the page's own origin (CHECKLIST D8);
 * every other one is asked for where its id is. */
#include "federation/fetch_jobs.h"

#include "federation/collection_walk.h"
#include "federation/federation.h"
#include "federation/remote_fetch_internal.h"

#include "base/mutant.h"
#include "storage/actor.h"
#include "storage/fetch_queue.h"
#include "storage/pin.h"
#include "storage/post.h"

#define MAX_LOOKED_AT 1000
#define MAX_FEATURED 20

static bool may_speak_for(const struct vocab_collection *page, const struct vocab_object *object)
{
	return object->id.len > 0 && object->author_id.len > 0
		&& (vocab_same_origin(object->id, page->id) || MUTANT("collection_item_origin"));
}

static enum error is_here(const struct remote_fetch *fetch, struct arena *arena, struct str uri, int64_t *ret_post_id)
{
	struct post post;
	*ret_post_id = 0;
	enum error error = post_find_any_by_uri(fetch->db, arena, uri, &post);
	if (!error)
		*ret_post_id = post.id;
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

/* A post of a list that is not here: taken, or wished for. */
static enum error take_item(const struct remote_fetch *fetch, struct arena *arena, const struct vocab_collection *page,
	struct str id, const struct vocab_object *object)
{
	bool is_granted;
	int64_t post_id;
	struct remote_fetched ignored;
	enum error error = is_here(fetch, arena, id, &post_id);
	if (error || post_id)
		return error;
	if (!object || !may_speak_for(page, object)) {
		const struct fetch_wish wish = {
			.uri = id, .kind = FETCH_OBJECT, .root_uri = fetch->root_uri, .depth = fetch->depth + 1, .is_item = true };
		return fetch_wish(fetch->db, arena, &wish);
	}
	error = fetch_root_spend(fetch->db, arena, fetch->root_uri, FETCH_SPENDS_ITEM, &is_granted);
	return error || !is_granted ? error : remote_fetch_take_object(fetch, arena, object, id, &ignored);
}

/* ---- answers ---- */

static enum error visit_reply(void *argument, struct arena *arena, const struct vocab_collection *page,
	const struct vocab_item *item, bool *ret_is_enough)
{
	const struct remote_fetch *fetch = argument;
	const struct vocab_rules rules = remote_fetch_rules(fetch->federation);
	(void)ret_is_enough;
	if (item->kind == VOCAB_KIND_ACTIVITY && item->activity->object_count == 1)
		item = &item->activity->objects[0];
	if (item->kind == VOCAB_KIND_ACTIVITY || !vocab_id_is_acceptable(item->id, VOCAB_ID_DOCUMENT, &rules))
		return ERROR_NONE;
	return take_item(fetch, arena, page, item->id, item->object);
}

/* A copy of fetch for what stands in the collection. */
static struct remote_fetch for_items(const struct remote_fetch *fetch, struct str uri)
{
	struct remote_fetch items = *fetch;
	items.is_item = true;
	if (!items.root_uri.data)
		items.root_uri = uri;
	return items;
}

enum error fetch_replies(const struct remote_fetch *fetch, struct str uri, struct remote_fetched *ret_fetched)
{
	struct remote_fetch items = for_items(fetch, uri);
	const struct collection_walk walk = { .fetch = &items, .uri = uri, .max_pages = FETCH_ROOT_PAGES,
		.max_items = MAX_LOOKED_AT, .visit = visit_reply, .argument = &items };
	bool is_whole;
	return collection_walk(&walk, ret_fetched, &is_whole);
}

/* ---- outboxes ---- */

static enum error wish_activity(const struct remote_fetch *fetch, struct arena *arena, struct str id)
{
	const struct fetch_wish wish = {
		.uri = id, .kind = FETCH_ACTIVITY, .root_uri = fetch->root_uri, .depth = fetch->depth + 1, .is_item = true };
	const struct vocab_rules rules = remote_fetch_rules(fetch->federation);
	return vocab_id_is_acceptable(id, VOCAB_ID_DOCUMENT, &rules) ? fetch_wish(fetch->db, arena, &wish) : ERROR_NONE;
}

static enum error visit_deed(void *argument, struct arena *arena, const struct vocab_collection *page,
	const struct vocab_item *item, bool *ret_is_enough)
{
	const struct remote_fetch *fetch = argument;
	const struct vocab_activity *activity = item->activity;
	if (!activity)
		return visit_reply(argument, arena, page, item, ret_is_enough);
	if (activity->type == VOCAB_ANNOUNCE)
		return wish_activity(fetch, arena, activity->id);
	if (activity->type != VOCAB_CREATE || activity->object_count != 1 || activity->objects[0].id.len == 0)
		return ERROR_NONE;
	const struct vocab_object *object = activity->objects[0].object;
	if (object && !vocab_object_is_by(object, activity->actor_id))
		object = NULL;
	return take_item(fetch, arena, page, activity->objects[0].id, object);
}

enum error fetch_outbox(const struct remote_fetch *fetch, struct str uri, struct remote_fetched *ret_fetched)
{
	struct remote_fetch items = for_items(fetch, uri);
	/* The collection, and its first page where that is a document of its own. */
	const struct collection_walk walk = { .fetch = &items, .uri = uri, .max_pages = 2, .max_items = FETCH_ROOT_ITEMS,
		.visit = visit_deed, .argument = &items };
	bool is_whole;
	return collection_walk(&walk, ret_fetched, &is_whole);
}

/* ---- pinned posts ---- */

struct featured {
	const struct remote_fetch *fetch;
	int64_t post_ids[MAX_FEATURED];
	size_t count;
};

static enum error visit_featured(void *argument, struct arena *arena, const struct vocab_collection *page,
	const struct vocab_item *item, bool *ret_is_enough)
{
	struct featured *featured = argument;
	const struct remote_fetch *fetch = featured->fetch;
	const struct vocab_rules rules = remote_fetch_rules(fetch->federation);
	int64_t post_id;
	bool is_granted;
	if (!vocab_id_is_acceptable(item->id, VOCAB_ID_DOCUMENT, &rules))
		return ERROR_NONE;
	enum error error = is_here(fetch, arena, item->id, &post_id);
	if (!error && !post_id) {
		struct remote_fetched fetched = { 0 };
		error = fetch_root_spend(fetch->db, arena, fetch->root_uri, FETCH_SPENDS_ITEM, &is_granted);
		if (error || !is_granted)
			return error;
		error = item->object && may_speak_for(page, item->object)
			? remote_fetch_take_object(fetch, arena, item->object, item->id, &fetched)
			: remote_fetch_object(fetch, item->id, &fetched);
		post_id = fetched.post_id;
	}
	if (post_id)
		featured->post_ids[featured->count++] = post_id;
	*ret_is_enough = featured->count == MAX_FEATURED;
	return error;
}

enum error fetch_featured(const struct remote_fetch *fetch, struct str actor_uri, struct str uri,
	struct remote_fetched *ret_fetched)
{
	AUTO(arena) struct arena *arena = arena_new(REMOTE_FETCH_ARENA_BYTES);
	struct remote_fetch items = for_items(fetch, uri);
	struct featured featured = { .fetch = &items };
	const struct collection_walk walk = { .fetch = &items, .uri = uri, .max_pages = 3, .max_items = 5 * MAX_FEATURED,
		.visit = visit_featured, .argument = &featured };
	struct actor actor;
	bool is_whole;
	enum error error = actor_find_by_uri(fetch->db, arena, actor_uri, &actor);
	if (error == ERROR_NOT_FOUND || (!error && (actor.is_local || !actor.featured_url.data || !str_eq(actor.featured_url, uri)))) {
		remote_fetch_refuse(ret_fetched, "not_theirs");
		return ERROR_NONE;
	}
	if (!error)
		error = collection_walk(&walk, ret_fetched, &is_whole);
	if (error || ret_fetched->verdict != FETCH_OK)
		return error;
	error = db_begin(fetch->db);
	if (!error)
		error = pin_replace(fetch->db, arena, actor.id, featured.post_ids, featured.count);
	return remote_fetch_end(fetch->db, error ? error : db_commit(fetch->db));
}
