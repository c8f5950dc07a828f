/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Severed follows. What is noted and what is told are two things, so that an event of many transactions is told once, with
 * all that was lost by it. */
#include "storage/severance.h"

#include "storage/event.h"
#include "storage/id.h"
#include "storage/job.h"
#include "storage/statement.h"

#define ID_TRIES 5
#define TELL_BATCH 200
#define FORGET_BATCH 1000

/* Of a table severed: actor_id, other_id, is_follower, shows_boosts, notifies, languages. */
#define KEEP_SEVERED                                                                                             \
	"event as ("                                                                                             \
	"  insert into severance_events (id, kind, target)"                                                      \
	"  select $1, $2, $3 where exists (select from severed)"                                                 \
	"  on conflict do nothing"                                                                               \
	"), kept as ("                                                                                           \
	"  insert into severed_follows (event_id, actor_id, is_follower, other_id, shows_boosts, notifies, languages)" \
	"  select $1, actor_id, is_follower, other_id, shows_boosts, notifies, languages from severed"           \
	"  on conflict do nothing"                                                                               \
	"  returning actor_id, is_follower"                                                                      \
	"), summed as ("                                                                                         \
	"  insert into severed_actors as s (event_id, actor_id, followers, following)"                           \
	"  select $1, actor_id, count(*) filter (where is_follower), count(*) filter (where not is_follower)"    \
	"  from kept"                                                                                            \
	"  group by actor_id"                                                                                    \
	"  order by actor_id"                                                                                    \
	"  on conflict (event_id, actor_id) do update"                                                           \
	"  set followers = s.followers + excluded.followers,"                                                    \
	"      following = s.following + excluded.following"                                                     \
	")"

static const struct statement note = STATEMENT("severance_note", 6,
	"with severed as ("
	"  select $4::bigint as actor_id, case when f.follower_id = $4 then f.followed_id else f.follower_id end as other_id,"
	"         f.followed_id = $4 as is_follower, f.shows_boosts, f.notifies, f.languages"
	"  from follows as f"
	"  where f.follower_id = $5"
	"    and f.followed_id = $6"
	"    and f.state = 'accepted'"
	"), " KEEP_SEVERED
	" select count(*) from kept"); // follows_follower_id_followed_id_key, primary keys

/* Ordered as its index is: wherever most follows are of one actor, a plan for any values would read the table whole. */
static const struct statement end_follows = STATEMENT("severance_end_follows", 5,
	"with gone as ("
	"  delete from follows as f"
	"  where f.id = any (array("
	"    (select one.id"
	"     from unnest($4::bigint[]) as o (id)"
	"     cross join lateral (select f.id from follows as f where f.follower_id = o.id order by f.state, f.id desc limit $5)"
	"       as one"
	"     limit $5)"
	"    union"
	"    (select one.id"
	"     from unnest($4::bigint[]) as o (id)"
	"     cross join lateral (select f.id from follows as f where f.followed_id = o.id order by f.state, f.id desc limit $5)"
	"       as one"
	"     limit $5)))"
	"  returning f.follower_id, f.followed_id, f.state, f.shows_boosts, f.notifies, f.languages"
	"), lost as ("
	"  select one.actor_id, sum(one.following) as following, sum(one.followers) as followers"
	"  from gone as g, lateral (values (g.follower_id, 1, 0), (g.followed_id, 0, 1)) as one (actor_id, following, followers)"
	"  where g.state = 'accepted'"
	"  group by one.actor_id"
	"), locked as materialized ("
	"  select c.actor_id"
	"  from actor_counts as c"
	"  where c.actor_id in (select actor_id from lost)"
	"  order by c.actor_id"
	"  for update"
	"), counted as ("
	"  update actor_counts as c"
	"  set following = greatest(c.following - lost.following, 0),"
	"      followers = greatest(c.followers - lost.followers, 0)"
	"  from lost join locked using (actor_id)"
	"  where c.actor_id = lost.actor_id"
	"), severed as ("
	"  select l.id as actor_id, one.other_id, one.is_follower, g.shows_boosts, g.notifies, g.languages"
	"  from gone as g"
	"  cross join lateral (values (g.follower_id, g.followed_id, false), (g.followed_id, g.follower_id, true))"
	"    as one (actor_id, other_id, is_follower)"
	"  join actors as l on l.id = one.actor_id and l.domain_id is not null"
	"  where g.state = 'accepted'"
	"    and one.other_id = any ($4::bigint[])"
	"), " KEEP_SEVERED
	" select count(*) from gone"); // follows_follower_id, follows_followed_id, follows_pkey, actor_counts_pkey, actors_pkey

static const struct statement list_untold = STATEMENT("severance_list_untold", 2,
	"select s.actor_id"
	" from severed_actors as s"
	" where s.event_id = $1"
	"   and not s.is_told"
	" limit $2"); // severed_actors_untold

/* Nothing is written when the id is another's, and nothing is told then. */
static const struct statement tell_one = STATEMENT("severance_tell_one", 3,
	"with written as ("
	"  insert into notifications (id, actor_id, kind, from_actor_id, severance_event_id)"
	"  select $1, s.actor_id, 'severed_relationships', s.actor_id, s.event_id"
	"  from severed_actors as s"
	"  where s.event_id = $2"
	"    and s.actor_id = $3"
	"    and not s.is_told"
	"  on conflict do nothing"
	"  returning actor_id, severance_event_id"
	")"
	" update severed_actors as s"
	" set is_told = true"
	" from written as w"
	" where s.event_id = w.severance_event_id"
	"   and s.actor_id = w.actor_id"); // severed_actors_pkey, notifications_pkey, notifications_unique

#define LOSS_COLUMNS            \
	"e.id"                  \
	", e.kind"              \
	", e.target"            \
	", s.followers"         \
	", s.following"         \
	", list.is_purged"      \
	", e.created_at"

enum {
	LOSS_ID,
	LOSS_KIND,
	LOSS_TARGET,
	LOSS_FOLLOWERS,
	LOSS_FOLLOWING,
	LOSS_IS_PURGED,
	LOSS_CREATED_AT,
};

#define LOSS_TABLES                                                                                      \
	" from severed_actors as s"                                                                      \
	" join severance_events as e on e.id = s.event_id"                                               \
	" cross join lateral ("                                                                          \
	"   select not exists (select from severed_follows as f"                                         \
	"                      join actors as o on o.id = f.other_id and o.deleted_at is null"           \
	"                      where f.event_id = s.event_id and f.actor_id = s.actor_id) as is_purged) as list"

static const struct statement list_some = STATEMENT("severance_list_some", 2,
	"select " LOSS_COLUMNS
	LOSS_TABLES
	" where s.actor_id = $1"
	"   and s.event_id = any ($2::bigint[])"); // severed_actors_pkey, severance_events_pkey, severed_follows_pkey, actors_pkey

static const struct statement list_newest = STATEMENT("severance_list_newest", 2,
	"select " LOSS_COLUMNS
	LOSS_TABLES
	" where s.actor_id = $1"
	"   and s.is_told"
	" order by s.event_id desc"
	" limit $2"); // severed_actors_page, severance_events_pkey, severed_follows_pkey, actors_pkey

static const struct statement forget_follows = STATEMENT("severance_forget_follows", 2,
	"delete from severed_follows as f"
	" using (select f.event_id, f.is_follower, f.other_id"
	"        from severed_actors as s"
	"        join severed_follows as f on f.event_id = s.event_id and f.actor_id = s.actor_id"
	"        where s.actor_id = $1"
	"        limit $2) as old"
	" where f.actor_id = $1"
	"   and f.event_id = old.event_id"
	"   and f.is_follower = old.is_follower"
	"   and f.other_id = old.other_id"); // severed_actors_page, severed_follows_pkey

static const struct statement forget = STATEMENT("severance_forget", 1,
	"delete from severed_actors"
	" where actor_id = $1"); // severed_actors_page

STATEMENT_TABLE(severance_statements, &note, &end_follows, &list_untold, &tell_one, &list_some, &list_newest,
	&forget_follows, &forget);

static const char *const kind_names[] = {
	[SEVERANCE_DOMAIN_BLOCK] = "domain_block",
	[SEVERANCE_USER_DOMAIN_BLOCK] = "user_domain_block",
	[SEVERANCE_ACCOUNT_SUSPENSION] = "account_suspension",
};

const char *severance_kind_name(enum severance_kind kind)
{
	return kind_names[kind];
}

static void add_event(struct db_values *values, const struct severance *severance)
{
	db_value_int64(values, severance->id);
	db_value_text(values, str_from(kind_names[severance->kind]));
	db_value_text(values, severance->target);
}

enum error severance_note(struct db *db, struct arena *arena, const struct severance *severance, int64_t actor_id,
	int64_t follower_id, int64_t followed_id)
{
	struct db_values values = { .count = 0 };
	add_event(&values, severance);
	db_value_int64(&values, actor_id);
	db_value_int64(&values, follower_id);
	db_value_int64(&values, followed_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	return db_run(db, arena, &note, &values, &rows);
}

enum error severance_end_follows(struct db *db, struct arena *arena, const struct severance *severance,
	const int64_t *actor_ids, size_t actor_count, int limit, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	add_event(&values, severance);
	db_value_int64_array(&values, arena, actor_ids, actor_count);
	db_value_int64(&values, limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &end_follows, &values, &rows);
	if (!error)
		*ret_count = db_int64(&rows, 0, 0);
	return error;
}

enum error severance_tell_later(struct db *db, struct arena *arena, int64_t event_id, int64_t due_us)
{
	struct str key = arena_printf(arena, "%lld", (long long)event_id);
	return job_add(db, arena, STR_LITERAL("tell_severed"), key, (struct str){ 0 }, due_us);
}

/* Somebody else may tell at the same time: then there is nothing to write. */
static enum error tell_actor(struct db *db, struct arena *arena, int64_t event_id, int64_t actor_id)
{
	int64_t affected = 0;
	for (int try = 0; !affected && try < ID_TRIES; try++) {
		int64_t id = id_new_short();
		struct db_values values = { .count = 0 };
		db_value_int64(&values, id);
		db_value_int64(&values, event_id);
		db_value_int64(&values, actor_id);
		enum error error = db_change(db, arena, &tell_one, &values, &affected);
		if (error)
			return error;
		if (affected)
			event_emit_on_commit(db, EVENT_NOTIFICATION, id, actor_id);
	}
	return ERROR_NONE;
}

enum error severance_tell(struct db *db, struct arena *arena, int64_t event_id)
{
	enum error error = ERROR_NONE;
	for (int count = TELL_BATCH; !error && count == TELL_BATCH;) {
		struct db_values values = { .count = 0 };
		db_value_int64(&values, event_id);
		db_value_int64(&values, TELL_BATCH);
		AUTO(db_rows) struct db_rows rows = { 0 };
		error = db_run(db, arena, &list_untold, &values, &rows);
		count = error ? 0 : rows.count;
		for (int i = 0; !error && i < count; i++)
			error = tell_actor(db, arena, event_id, db_int64(&rows, i, 0));
	}
	return error;
}

static enum severance_kind kind_from_name(struct str name)
{
	int kind = 0;
	while (kind < SEVERANCE_KIND_COUNT - 1 && !str_eq(name, str_from(kind_names[kind])))
		kind++;
	return (enum severance_kind)kind;
}

static enum error list_losses(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct severance_loss **ret_losses, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	struct severance_loss *losses = arena_alloc_array(arena, (size_t)rows.count, sizeof(*losses));
	for (int i = 0; i < rows.count; i++)
		losses[i] = (struct severance_loss){
			.event_id = db_int64(&rows, i, LOSS_ID),
			.kind = kind_from_name(db_text(&rows, i, LOSS_KIND)),
			.target = db_text(&rows, i, LOSS_TARGET),
			.followers = db_int64(&rows, i, LOSS_FOLLOWERS),
			.following = db_int64(&rows, i, LOSS_FOLLOWING),
			.is_purged = db_bool(&rows, i, LOSS_IS_PURGED),
			.created_us = db_time(&rows, i, LOSS_CREATED_AT),
		};
	*ret_losses = losses;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error severance_list_some(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *event_ids, size_t count,
	struct severance_loss **ret_losses, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64_array(&values, arena, event_ids, count);
	return list_losses(db, arena, &list_some, &values, ret_losses, ret_count);
}

enum error severance_list(struct db *db, struct arena *arena, int64_t actor_id, int limit, struct severance_loss **ret_losses,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, limit);
	return list_losses(db, arena, &list_newest, &values, ret_losses, ret_count);
}

/* Lists first and in batches: each statement keeps its time limit however long they are. */
enum error severance_forget(struct db *db, struct arena *arena, int64_t actor_id)
{
	enum error error = ERROR_NONE;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, FORGET_BATCH);
	for (int64_t affected = FORGET_BATCH; !error && affected == FORGET_BATCH;)
		error = db_change(db, arena, &forget_follows, &values, &affected);
	if (error)
		return error;
	values.count = 0;
	db_value_int64(&values, actor_id);
	return db_change(db, arena, &forget, &values, NULL);
}
