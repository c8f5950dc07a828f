/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A walk goes by the ids of actors, a bounded number of rows a step, so that it is cheap whoever is followed. */
#include "storage/pull.h"

#include "storage/id.h"
#include "storage/statement.h"

static const struct statement beat = STATEMENT("pull_beat", 0,
	"with previous as materialized ("
	"  select beat_at"
	"  from heartbeats"
	"  where name = 'federation'"
	")"
	" insert into heartbeats (name)"
	" values ('federation')"
	" on conflict (name) do update"
	" set beat_at = now()"
	" returning (select beat_at from previous)"); // heartbeats_pkey

static const struct statement step = STATEMENT("pull_step", 4,
	"with seen as materialized ("
	"  select a.id, a.uri, a.outbox_url, a.pulled_at, a.suspended_at"
	"  from actors as a"
	"  where a.id > $1"
	"    and a.domain_id is null"
	"  order by a.id"
	"  limit 1000"
	")"
	" select last.id, one.id, one.uri, one.outbox_url"
	" from (select max(s.id) as id from seen as s) as last"
	" left join lateral ("
	"  select s.id, s.uri, s.outbox_url"
	"  from seen as s"
	"  where s.outbox_url is not null"
	"    and s.suspended_at is null"
	"    and (s.pulled_at is null or s.pulled_at < $2)"
	"    and not exists (select from actor_counts as c"
	"                    where c.actor_id = s.id"
	"                      and c.last_post_at >= $3)"
	"    and exists (select from follows as f"
	"                join actors as l on l.id = f.follower_id"
	"                where f.followed_id = s.id"
	"                  and f.state = 'accepted'"
	"                  and l.domain_id is not null)"
	"  order by s.id"
	"  limit $4"
	" ) as one on true"
	" order by one.id"); // actors_pkey, actor_counts_pkey, follows_followed_id

static const struct statement note = STATEMENT("pull_note", 1,
	"update actors"
	" set pulled_at = now()"
	" where id = any($1)"); // actors_pkey

static const struct statement threads = STATEMENT("pull_threads", 2,
	"select p.uri, p.replies_url"
	" from unnest($1::bigint[]) as a (id),"
	"      lateral (select o.uri, o.replies_url"
	"               from posts as o"
	"               where o.actor_id = a.id"
	"                 and o.id > $2"
	"                 and o.replies_url is not null"
	"               order by o.id desc"
	"               limit 3) as p"); // posts_actor_id

STATEMENT_TABLE(pull_statements, &beat, &step, &note, &threads);

enum error pull_beat(struct db *db, struct arena *arena, int64_t *ret_previous_us)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &beat, NULL, &rows);
	if (!error)
		*ret_previous_us = db_time(&rows, 0, 0);
	return error;
}

enum error pull_step(struct db *db, struct arena *arena, int64_t cursor, int64_t before_us, int64_t unheard_since_us,
	struct pull_actor **ret_actors, size_t *ret_count, int64_t *ret_cursor)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, cursor);
	db_value_time(&values, before_us);
	db_value_time(&values, unheard_since_us);
	db_value_int64(&values, PULL_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &step, &values, &rows);
	if (error)
		return error;
	struct pull_actor *actors = arena_alloc_array(arena, (size_t)rows.count, sizeof(*actors));
	size_t count = 0;
	for (int row = 0; row < rows.count; row++) {
		if (!db_is_null(&rows, row, 1))
			actors[count++] = (struct pull_actor){ db_int64(&rows, row, 1), db_text(&rows, row, 2), db_text(&rows, row, 3) };
	}
	*ret_cursor = count == PULL_MAX ? actors[count - 1].id : db_int64(&rows, 0, 0);
	*ret_actors = actors;
	*ret_count = count;
	return ERROR_NONE;
}

static void add_ids(struct db_values *values, struct arena *arena, const struct pull_actor *actors, size_t count)
{
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = actors[i].id;
	db_value_int64_array(values, arena, ids, count);
}

enum error pull_note(struct db *db, struct arena *arena, const struct pull_actor *actors, size_t count)
{
	struct db_values values = { .count = 0 };
	add_ids(&values, arena, actors, count);
	return db_change(db, arena, &note, &values, NULL);
}

enum error pull_threads(struct db *db, struct arena *arena, const struct pull_actor *actors, size_t count, int64_t since_us,
	struct pull_thread **ret_threads, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_ids(&values, arena, actors, count);
	db_value_int64(&values, id_at_time(since_us));
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &threads, &values, &rows);
	if (error)
		return error;
	struct pull_thread *found = arena_alloc_array(arena, (size_t)rows.count, sizeof(*found));
	for (int row = 0; row < rows.count; row++)
		found[row] = (struct pull_thread){ db_text(&rows, row, 0), db_text(&rows, row, 1) };
	*ret_threads = found;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
