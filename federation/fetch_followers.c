/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Follower synchronisation, the receiving side (FEP-8fcf): a peer lists those of its actor's followers whom it takes for
 * ours. Where it and we differ, a Follow, an Undo or an Accept was lost. Only a list that was read to its end says who is
 * missing, and a follow of the last minutes may be too young to stand in it. */
#include "federation/fetch_jobs.h"

#include "federation/collection_walk.h"
#include "federation/federation.h"
#include "federation/outbox.h"
#include "federation/remote_fetch_internal.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/mutant.h"
#include "storage/actor.h"
#include "storage/fetch_queue.h"
#include "storage/follow.h"
#include "storage/id.h"

#define MAX_FOLLOWERS 100000
#define YOUNG_US ((int64_t)10 * 60 * 1000000)
#define MAX_UNDONE 100 /* strays of one run; the rest at the next */

struct listed {
	const struct remote_fetch *fetch;
	struct map *uris;
};

static enum error visit_follower(void *argument, struct arena *arena, const struct vocab_collection *page,
	const struct vocab_item *item, bool *ret_is_enough)
{
	struct listed *listed = argument;
	(void)arena;
	(void)page;
	(void)ret_is_enough;
	if (item->id.len > 0 && vocab_same_origin(item->id, listed->fetch->federation->base_url))
		(void)map_set(listed->uris, item->id, listed);
	return ERROR_NONE;
}

static enum error find_ours(const struct remote_fetch *fetch, struct arena *arena, struct str uri, struct actor *ret_actor)
{
	enum error error = actor_find_by_uri(fetch->db, arena, uri, ret_actor);
	if (!error && !ret_actor->is_local)
		return ERROR_NOT_FOUND;
	return error;
}

/* They do not know of it: here it ends as well. */
static enum error end_follow(const struct remote_fetch *fetch, struct arena *arena, const struct actor *followed, struct str uri)
{
	struct actor follower;
	struct follow follow;
	enum error error = find_ours(fetch, arena, uri, &follower);
	if (!error)
		error = follow_find(fetch->db, arena, follower.id, followed->id, &follow);
	if (!error && (id_time_us(follow.id) < clock_now_us() - YOUNG_US || MUTANT("followers_young")))
		error = follow_remove(fetch->db, arena, follower.id, followed->id);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

/* They have it and we do not: what still waits for an answer was accepted; for anything else we say that it is over. */
static enum error settle_stray(const struct remote_fetch *fetch, struct arena *arena, const struct actor *followed, struct str uri)
{
	struct actor follower;
	struct follow follow;
	enum error error = find_ours(fetch, arena, uri, &follower);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	error = follow_find(fetch->db, arena, follower.id, followed->id, &follow);
	if (!error)
		return follow_accept(fetch->db, arena, follower.id, followed->id);
	if (error != ERROR_NOT_FOUND)
		return error;
	return outbox_undo_follow(fetch->db, arena, &follower, followed, outbox_follow_uri(arena, &follower, id_new()));
}

static enum error settle(const struct remote_fetch *fetch, struct arena *arena, const struct actor *followed, struct map *listed)
{
	struct str *uris, uri;
	size_t count, cursor = 0, undone = 0;
	void *value;
	enum error error = follow_list_followers_at(fetch->db, arena, followed->id, fetch->federation->base_url, &uris, &count);
	for (size_t i = 0; !error && i < count; i++) {
		if (!map_remove(listed, uris[i]))
			error = end_follow(fetch, arena, followed, uris[i]);
	}
	while (!error && undone++ < MAX_UNDONE && map_next(listed, &cursor, &uri, &value))
		error = settle_stray(fetch, arena, followed, arena_str(arena, uri));
	return error;
}

static void map_auto(struct map **map)
{
	map_free(map);
}

enum error fetch_followers(const struct remote_fetch *fetch, struct str actor_uri, struct str uri,
	struct remote_fetched *ret_fetched)
{
	AUTO(arena) struct arena *arena = arena_new(REMOTE_FETCH_ARENA_BYTES);
	AUTO(map) struct map *uris = map_new();
	struct listed listed = { .fetch = fetch, .uris = uris };
	const struct collection_walk walk = { .fetch = fetch, .uri = uri, .max_pages = FETCH_ROOT_PAGES,
		.max_items = MAX_FOLLOWERS, .visit = visit_follower, .argument = &listed };
	struct actor followed;
	bool is_whole = false;
	enum error error = actor_find_by_uri(fetch->db, arena, actor_uri, &followed);
	if (error == ERROR_NOT_FOUND || (!error && (followed.is_local || (!vocab_same_origin(actor_uri, uri) && !MUTANT("followers_origin"))))) {
		remote_fetch_refuse(ret_fetched, "not_theirs");
		return ERROR_NONE;
	}
	if (!error)
		error = collection_walk(&walk, ret_fetched, &is_whole);
	if (error || ret_fetched->verdict != FETCH_OK)
		return error;
	if (!is_whole && !MUTANT("followers_whole")) {
		remote_fetch_refuse(ret_fetched, "not_whole");
		return ERROR_NONE;
	}
	error = db_begin(fetch->db);
	if (!error)
		error = settle(fetch, arena, &followed, uris);
	return remote_fetch_end(fetch->db, error ? error : db_commit(fetch->db));
}
