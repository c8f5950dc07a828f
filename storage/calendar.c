/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The calendar of a team. */
#include "storage/calendar.h"

#include "storage/id.h"
#include "storage/statement.h"

static const struct statement list = STATEMENT("calendar_list", 6,
	"select d.id, case when d.kind = 'post' then d.post_id end, d.actor_id, d.state, d.scheduled_at as at, d.lock_version,"
	"       d.campaign_id, left(v.payload::jsonb ->> 'text', 200)"
	" from drafts as d"
	" join draft_versions as v on v.draft_id = d.id and v.version = d.version"
	" where d.actor_id = any ($1::bigint[])"
	"   and d.scheduled_at >= $2"
	"   and d.scheduled_at < $3"
	"   and d.state <> 'published'"
	" union all"
	" select o.id, p.id, p.actor_id, 'published', p.created_at, coalesce(o.lock_version, p.revision), o.campaign_id,"
	"        left(p.text_source, 200)"
	" from posts as p"
	" left join drafts as o on o.post_id = p.id and o.kind = 'post'"
	" where p.actor_id = any ($1::bigint[])"
	"   and p.id >= $4"
	"   and p.id < $5"
	"   and p.visibility <> 'direct'"
	"   and (p.in_reply_to_actor_id is null or p.in_reply_to_actor_id = p.actor_id)"
	" order by 5, 1, 2"
	" limit $6"); // drafts_scheduled_at, draft_versions_pkey, posts_actor_id, drafts_post

static const struct statement store_feed = STATEMENT("calendar_store_feed", 2,
	"insert into calendar_feeds (membership_id, token_sha256)"
	" values ($1, $2)"
	" on conflict (membership_id) do update"
	" set token_sha256 = excluded.token_sha256,"
	"     created_at = now()");

static const struct statement delete_feed = STATEMENT("calendar_delete_feed", 1,
	"delete from calendar_feeds"
	" where membership_id = $1"); // calendar_feeds_pkey

static const struct statement find_feed = STATEMENT("calendar_find_feed", 1,
	"select m.user_id, m.organisation_id"
	" from calendar_feeds as f"
	" join memberships as m on m.id = f.membership_id"
	" where f.token_sha256 = $1"); // calendar_feeds_token_sha256_key, memberships_pkey

static const struct statement count_servers = STATEMENT("calendar_count_servers", 1,
	"select count(distinct a.domain)"
	" from poll_votes as v"
	" join actors as a on a.id = v.actor_id"
	" where v.post_id = $1"); // poll_votes_pkey, actors_pkey

STATEMENT_TABLE(calendar_statements, &list, &store_feed, &delete_feed, &find_feed, &count_servers);

enum error calendar_list(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t actor_count, int64_t from_us,
	int64_t until_us, struct calendar_entry **ret_entries, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, actor_ids, actor_count);
	db_value_time(&values, from_us);
	db_value_time(&values, until_us);
	db_value_int64(&values, id_at_time(from_us));
	db_value_int64(&values, id_at_time(until_us));
	db_value_int64(&values, CALENDAR_ENTRIES_MAX);
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct calendar_entry *entries = arena_alloc_array(arena, (size_t)rows.count, sizeof(*entries));
	for (int i = 0; i < rows.count; i++) {
		entries[i] = (struct calendar_entry){ .draft_id = db_int64(&rows, i, 0), .post_id = db_int64(&rows, i, 1),
			.actor_id = db_int64(&rows, i, 2), .at_us = db_time(&rows, i, 4), .version = db_int64(&rows, i, 5),
			.campaign_id = db_int64(&rows, i, 6), .text = db_text(&rows, i, 7) };
		if (!draft_state_from_name(db_text(&rows, i, 3), &entries[i].state))
			return ERROR_DATABASE;
	}
	*ret_entries = entries;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error calendar_feed_store(struct db *db, struct arena *arena, int64_t membership_id, struct str token_sha256)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, membership_id);
	db_value_bytes(&values, token_sha256);
	return db_change(db, arena, &store_feed, &values, NULL);
}

enum error calendar_feed_delete(struct db *db, struct arena *arena, int64_t membership_id)
{
	struct db_values values = { .count = 0 };
	int64_t changed = 0;
	db_value_int64(&values, membership_id);
	enum error error = db_change(db, arena, &delete_feed, &values, &changed);
	return error ? error : changed ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error calendar_feed_find(struct db *db, struct arena *arena, struct str token_sha256, int64_t *ret_user_id,
	int64_t *ret_organisation_id)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_bytes(&values, token_sha256);
	enum error error = db_run(db, arena, &find_feed, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (error)
		return error;
	*ret_user_id = db_int64(&rows, 0, 0);
	*ret_organisation_id = db_int64(&rows, 0, 1);
	return ERROR_NONE;
}

enum error poll_count_servers(struct db *db, struct arena *arena, int64_t post_id, int64_t *ret_servers)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	enum error error = db_run(db, arena, &count_servers, &values, &rows);
	if (!error)
		*ret_servers = rows.count ? db_int64(&rows, 0, 0) : 0;
	return error;
}
