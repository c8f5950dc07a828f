/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Deletes in batches. Each names the rows first, skipping those that somebody holds, so that it never waits and nobody
 * waits for it longer than one short statement. */
#include "storage/retention.h"

#include "storage/id.h"
#include "storage/statement.h"

/* What ended before $1 came before that, and so did its id, $3. */
static const struct statement activities_in = STATEMENT("retention_activities_in", 3,
	"delete from activities_in"
	" where id in (select a.id"
	"              from activities_in as a"
	"              where a.id < $3"
	"                and a.ended_at < $1"
	"              order by a.id"
	"              limit $2"
	"              for update skip locked)"); // activities_in_pkey

static const struct statement set_aside = STATEMENT("retention_set_aside", 2,
	"delete from activities_in"
	" where id in (select a.id"
	"              from activities_in as a"
	"              where a.state = 'set_aside'"
	"                and a.id < $1"
	"              order by a.id"
	"              limit $2"
	"              for update skip locked)"); // activities_in_set_aside

/* The body may still be wanted while a delivery of it waits. */
static const struct statement bodies_out = STATEMENT("retention_bodies_out", 2,
	"update activities_out"
	" set body = '{}'::bytea"
	" where id in (select a.id"
	"              from activities_out as a"
	"              where octet_length(a.body) > 2"
	"                and a.id < $1"
	"                and not exists (select from deliveries as d where d.activity_id = a.id and d.state = 'pending')"
	"                and not exists (select from fanouts as f where f.activity_id = a.id)"
	"              order by a.id"
	"              limit $2"
	"              for update skip locked)"); // activities_out_raw, deliveries_pkey, fanouts_pkey

static const struct statement deliveries = STATEMENT("retention_deliveries", 2,
	"with old as ("
	"  select d.activity_id, d.inbox_url"
	"  from deliveries as d"
	"  where d.ended_at < $1"
	"  order by d.ended_at"
	"  limit $2"
	"  for update skip locked"
	"), gone as ("
	"  delete from deliveries as d"
	"  using old"
	"  where d.activity_id = old.activity_id"
	"    and d.inbox_url = old.inbox_url"
	"  returning d.peer, date_trunc('month', d.ended_at at time zone 'UTC')::date as month, d.state,"
	"    d.activity_id, d.recipients, d.first_attempt_at, d.ended_at"
	"), summed as ("
	"  insert into delivery_sums as s (peer, month, state, deliveries)"
	"  select peer, month, state, count(*)"
	"  from gone"
	"  group by peer, month, state"
	"  order by peer, month, state"
	"  on conflict (peer, month, state) do update"
	"  set deliveries = s.deliveries + excluded.deliveries"
	"), kept as ("
	"  insert into post_receipts as s (post_id, state, deliveries, recipients, first_attempt_at, last_ended_at, took_ms)"
	"  select a.post_id, g.state, count(*), sum(g.recipients), min(g.first_attempt_at), max(g.ended_at),"
	"         coalesce(array_agg(least(2147483647, greatest(0, extract(epoch from g.ended_at - a.created_at) * 1000))::integer)"
	"           filter (where g.state = 'accepted'), '{}')"
	"  from gone as g"
	"  join activities_out as a on a.id = g.activity_id"
	"  where a.type = 'Create'"
	"    and a.post_id is not null"
	"    and is_brand_account(a.actor_id)"
	"  group by a.post_id, g.state"
	"  order by a.post_id, g.state"
	"  on conflict (post_id, state) do update"
	"  set deliveries = s.deliveries + excluded.deliveries,"
	"      recipients = s.recipients + excluded.recipients,"
	"      first_attempt_at = least(s.first_attempt_at, excluded.first_attempt_at),"
	"      last_ended_at = greatest(s.last_ended_at, excluded.last_ended_at),"
	"      took_ms = s.took_ms || excluded.took_ms"
	")"
	" select count(*) from gone"); // deliveries_ended_at, deliveries_pkey, delivery_sums_pkey, post_receipts_pkey, activities_out_pkey

static const struct statement activities_out = STATEMENT("retention_activities_out", 2,
	"delete from activities_out"
	" where id in (select a.id"
	"              from activities_out as a"
	"              where a.id < $1"
	"                and not exists (select from deliveries as d where d.activity_id = a.id)"
	"                and not exists (select from fanouts as f where f.activity_id = a.id)"
	"              order by a.id"
	"              limit $2"
	"              for update skip locked)"); // activities_out_pkey, deliveries_pkey, fanouts_pkey

#define IS_LOCAL(actor) "exists (select from actors as l where l.id = " actor " and l.domain_id is not null)"

/* What is kept stays where it is looked at, so the walk remembers how far it came. Ids tell when a post was published:
 * an old one may have been read just now. */
static const struct statement remote_posts = STATEMENT("retention_remote_posts", 4,
	"with looked_at as ("
	"  select p.id, p.actor_id, p.uri, p.fetched_at"
	"  from posts as p"
	"  where p.fetched_at is not null"
	"    and p.id > $1"
	"    and p.id < $2"
	"  order by p.id"
	"  limit $3"
	"  for update skip locked"
	"), untouched as ("
	"  select p.id, p.actor_id, p.uri"
	"  from looked_at as p"
	"  where p.fetched_at < $4"
	"    and not exists (select from posts as r where r.in_reply_to_id = p.id"
	"                    and (r.fetched_at is null or r.id >= $2))"
	"    and not exists (select from posts as q where q.quote_id = p.id and q.fetched_at is null)"
	"    and not exists (select from post_mentions as m where m.post_id = p.id and " IS_LOCAL("m.actor_id") ")"
	"    and not exists (select from boosts as b where b.post_id = p.id and " IS_LOCAL("b.actor_id") ")"
	"    and not exists (select from favourites as f where f.post_id = p.id and " IS_LOCAL("f.actor_id") ")"
	"    and not exists (select from reactions as e where e.post_id = p.id and " IS_LOCAL("e.actor_id") ")"
	"    and not exists (select from poll_votes as v where v.post_id = p.id and " IS_LOCAL("v.actor_id") ")"
	"    and not exists (select from posts as parent where parent.id in"
	"                    (select c.in_reply_to_id from posts as c where c.id = p.id) and parent.fetched_at is null)"
	"), orphaned as ("
	"  update posts as r"
	"  set in_reply_to_uri = u.uri"
	"  from untouched as u"
	"  where r.in_reply_to_id = u.id"
	"    and r.id not in (select id from untouched)"
	"), media_of as ("
	"  select pm.media_id"
	"  from post_media as pm"
	"  join untouched as u on u.id = pm.post_id"
	"), gone as ("
	"  delete from posts as p"
	"  using untouched as u"
	"  where p.id = u.id"
	"  returning p.actor_id, p.visibility"
	"), counted as ("
	"  update actor_counts as c"
	"  set posts = greatest(c.posts - g.posts, 0)"
	"  from (select actor_id, count(*) as posts from gone where visibility <> 'direct' group by actor_id order by actor_id) as g"
	"  where c.actor_id = g.actor_id"
	")"
	" select case when (select count(*) from looked_at) < $3 then 0 else (select max(id) from looked_at) end,"
	"        (select count(*) from gone),"
	"        array(select media_id from media_of)::text"); // posts_pkey

/* What hung at the posts of the batch before. */
static const struct statement media = STATEMENT("retention_media", 1,
	"delete from media as m"
	" where m.id = any ($1::text::bigint[])"
	"   and not exists (select from post_media as pm where pm.media_id = m.id)"); // media_pkey, post_media_media_id_key

static const struct statement tombstones = STATEMENT("retention_tombstones", 3,
	"delete from tombstones"
	" where uri in (select t.uri"
	"               from tombstones as t"
	"               where not t.is_local"
	"                 and (t.deleted_at < $1 and not t.was_known or t.deleted_at < $2)"
	"               order by t.deleted_at"
	"               limit $3"
	"               for update skip locked)"); // tombstones_deleted_at

static const struct statement fetch_roots = STATEMENT("retention_fetch_roots", 2,
	"delete from fetch_roots"
	" where uri in (select r.uri"
	"               from fetch_roots as r"
	"               where r.begun_at < $1"
	"               order by r.begun_at"
	"               limit $2"
	"               for update skip locked)"); // fetch_roots_begun_at

/* Nobody of whom we know anything any more. Conditions are on the row itself, which is read again when it was just
 * changed. */
static const struct statement peers = STATEMENT("retention_peers", 3,
	"with looked_at as ("
	"  select p.name"
	"  from peers as p"
	"  where p.name > $1"
	"  order by p.name"
	"  limit $2"
	"), gone as ("
	"  delete from peers as p"
	"  using looked_at as l"
	"  where p.name = l.name"
	"    and greatest(p.created_at, p.last_success_at, p.last_failure_at, p.last_heard_at) < $3"
	"    and p.state <> 'paused'"
	"    and p.look_at is null"
	"    and not exists (select from deliveries as d"
	"                    where d.peer = p.name and d.state = 'pending' and d.leased_by is null)"
	"    and not exists (select from actors as a"
	"                    where reverse(split_part(split_part(a.uri, '/', 3), ':', 1)) collate \"C\""
	"                          = reverse(split_part(p.name, ':', 1)) collate \"C\""
	"                      and a.domain_id is null)"
	"  returning 1"
	")"
	" select case when (select count(*) from looked_at) < $2 then '' else (select max(name) from looked_at) end,"
	"        (select count(*) from gone)"); // peers_pkey, deliveries_peer, actors_host_reversed

/* Of each account as far as somebody who reads it has said to have read. What is held back was not shown to them. While a
 * batch is full, the next one begins where this one did. */
static const struct statement notifications = STATEMENT("retention_notifications", 4,
	"with readers as materialized ("
	"  select m.actor_id, max(m.last_read_id) as read_id"
	"  from markers as m"
	"  where m.actor_id > $1"
	"    and m.timeline = 'notifications'"
	"  group by m.actor_id"
	"  order by m.actor_id"
	"  limit $4"
	"), old as ("
	"  select n.id"
	"  from readers as r"
	"  cross join lateral ("
	"    select n.id"
	"    from notifications as n"
	"    where n.actor_id = r.actor_id"
	"      and n.id <= r.read_id"
	"      and n.id < $2"
	"      and not n.is_filtered"
	"    order by n.id"
	"    limit $3"
	"    for update skip locked) as n"
	"  limit $3"
	"), gone as ("
	"  delete from notifications as n"
	"  using old as o"
	"  where n.id = o.id"
	"  returning 1"
	")"
	" select case when (select count(*) from old) >= $3 then $1"
	"             when (select count(*) from readers) < $4 then 0"
	"             else (select max(actor_id) from readers) end,"
	"        (select count(*) from gone)"); // markers_actor_id, notifications_actor_id, notifications_pkey

/* Their lists first, which may be long. */
#define LOST_LONG_AGO                                                                                    \
	" from severed_actors as s"                                                                      \
	" where s.event_id < $1"                                                                         \
	"   and s.is_told"                                                                               \
	"   and not exists (select from notifications as n"                                              \
	"                   where n.severance_event_id = s.event_id and n.actor_id = s.actor_id)"

static const struct statement severed_follows = STATEMENT("retention_severed_follows", 2,
	"delete from severed_follows as f"
	" using (select f.event_id, f.actor_id, f.is_follower, f.other_id"
	"        from (select s.event_id, s.actor_id" LOST_LONG_AGO ") as s"
	"        join severed_follows as f on f.event_id = s.event_id and f.actor_id = s.actor_id"
	"        limit $2"
	"        for update of f skip locked) as old"
	" where f.event_id = old.event_id"
	"   and f.actor_id = old.actor_id"
	"   and f.is_follower = old.is_follower"
	"   and f.other_id = old.other_id"); // severed_actors_pkey, notifications_severance_event_id, severed_follows_pkey

static const struct statement severed_actors = STATEMENT("retention_severed_actors", 2,
	"delete from severed_actors as s"
	" using (select s.event_id, s.actor_id" LOST_LONG_AGO
	"          and not exists (select from severed_follows as f where f.event_id = s.event_id and f.actor_id = s.actor_id)"
	"        order by s.event_id, s.actor_id"
	"        limit $2"
	"        for update skip locked) as old"
	" where s.event_id = old.event_id"
	"   and s.actor_id = old.actor_id"); // severed_actors_pkey, notifications_severance_event_id, severed_follows_pkey

static const struct statement severance_events = STATEMENT("retention_severance_events", 2,
	"delete from severance_events"
	" where id in (select e.id"
	"              from severance_events as e"
	"              where e.id < $1"
	"                and not exists (select from severed_actors as s where s.event_id = e.id)"
	"              order by e.id"
	"              limit $2"
	"              for update skip locked)"); // severance_events_pkey, severed_actors_pkey

STATEMENT_TABLE(retention_statements, &activities_in, &set_aside, &bodies_out, &deliveries, &activities_out, &remote_posts, &media,
	&tombstones, &fetch_roots, &peers, &notifications, &severed_follows, &severed_actors, &severance_events);

static enum error forget(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, int64_t *ret_count)
{
	return db_change(db, arena, statement, values, ret_count);
}

static enum error forget_by_time(struct db *db, struct arena *arena, const struct statement *statement, int64_t before_us,
	int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, before_us);
	db_value_int64(&values, RETENTION_BATCH);
	return forget(db, arena, statement, &values, ret_count);
}

static enum error forget_by_id(struct db *db, struct arena *arena, const struct statement *statement, int64_t before_us,
	int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_at_time(before_us));
	db_value_int64(&values, RETENTION_BATCH);
	return forget(db, arena, statement, &values, ret_count);
}

enum error retention_activities_in(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, before_us);
	db_value_int64(&values, RETENTION_BATCH);
	db_value_int64(&values, id_at_time(before_us));
	return forget(db, arena, &activities_in, &values, ret_count);
}

enum error retention_set_aside(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count)
{
	return forget_by_id(db, arena, &set_aside, before_us, ret_count);
}

enum error retention_bodies_out(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count)
{
	return forget_by_id(db, arena, &bodies_out, before_us, ret_count);
}

enum error retention_deliveries(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, before_us);
	db_value_int64(&values, RETENTION_BATCH);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &deliveries, &values, &rows);
	if (!error)
		*ret_count = db_int64(&rows, 0, 0);
	return error;
}

enum error retention_activities_out(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count)
{
	return forget_by_id(db, arena, &activities_out, before_us, ret_count);
}

enum error retention_remote_posts(struct db *db, struct arena *arena, int64_t before_us, int64_t *cursor, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, *cursor);
	db_value_int64(&values, id_at_time(before_us));
	db_value_int64(&values, RETENTION_BATCH);
	db_value_time(&values, before_us);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &remote_posts, &values, &rows);
	if (error)
		return error;
	struct db_values media_values = { .count = 0 };
	db_value_text(&media_values, db_text(&rows, 0, 2));
	error = db_change(db, arena, &media, &media_values, NULL);
	if (error)
		return error;
	*cursor = db_int64(&rows, 0, 0);
	*ret_count = db_int64(&rows, 0, 1);
	return ERROR_NONE;
}

enum error retention_tombstones(struct db *db, struct arena *arena, int64_t unknown_before_us, int64_t known_before_us,
	int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, unknown_before_us);
	db_value_time(&values, known_before_us);
	db_value_int64(&values, RETENTION_BATCH);
	return forget(db, arena, &tombstones, &values, ret_count);
}

enum error retention_fetch_roots(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count)
{
	return forget_by_time(db, arena, &fetch_roots, before_us, ret_count);
}

enum error retention_peers(struct db *db, struct arena *arena, int64_t before_us, struct str after_name,
	struct str *ret_last_name, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, after_name.data ? after_name : STR_LITERAL(""));
	db_value_int64(&values, RETENTION_BATCH);
	db_value_time(&values, before_us);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &peers, &values, &rows);
	if (error)
		return error;
	*ret_last_name = db_text(&rows, 0, 0);
	*ret_count = db_int64(&rows, 0, 1);
	return ERROR_NONE;
}

enum error retention_notifications(struct db *db, struct arena *arena, int64_t before_us, int64_t *cursor, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, *cursor);
	db_value_int64(&values, before_us); /* an id is the microsecond when it was told */
	db_value_int64(&values, RETENTION_BATCH);
	db_value_int64(&values, RETENTION_BATCH);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &notifications, &values, &rows);
	if (error)
		return error;
	*cursor = db_int64(&rows, 0, 0);
	*ret_count = db_int64(&rows, 0, 1);
	return ERROR_NONE;
}

enum error retention_severances(struct db *db, struct arena *arena, int64_t before_us, int64_t *ret_count)
{
	static const struct statement *const all[] = { &severed_follows, &severed_actors, &severance_events };
	int64_t most = 0;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int64_t count = 0;
		enum error error = forget_by_id(db, arena, all[i], before_us, &count);
		if (error)
			return error;
		most = count > most ? count : most;
	}
	*ret_count = most;
	return ERROR_NONE;
}
