/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Notifications: written by whoever causes them, in the same transaction. Inbox workers write them blindly: their
 * role may not read when or whether they were told. */
#include "storage/notification.h"

#include "storage/event.h"
#include "storage/id.h"
#include "storage/notification_kind.h"
#include "storage/post_visibility.h"
#include "storage/statement.h"
#include "storage/wake.h"

#define ID_TRIES 5

/* Senders who are followed or were accepted are not held back; what one asked for or must know never is. */
#define RULES                                                                                                      \
	"array["                                                                                                   \
	"case when not follows.is_following then coalesce(rule.for_not_following, 'accept') end,"                  \
	"case when not follows.is_follower then coalesce(rule.for_not_followers, 'accept') end,"                   \
	"case when not follows.is_following and teller.created_at > now() - interval '30 days'"                    \
	" then coalesce(rule.for_new_accounts, 'accept') end,"                                                     \
	"case when not follows.is_following and one.kind = 'mention' and p.visibility = 'direct'"                        \
	" and not exists (select from posts as own where own.conversation_id = p.conversation_id and own.actor_id = told.id)" \
	" then coalesce(rule.for_private_mentions, 'filter') end,"                                                 \
	"case when not follows.is_following and (teller.silenced_at is not null or " SERVER_IS_SILENCED("teller") ")" \
	" then coalesce(rule.for_limited_accounts, 'filter') end]"

static const struct statement add = STATEMENT("notification_add", 6,
	"with candidate as ("
	"  select one.id, told.id as actor_id, one.kind, teller.id as from_actor_id, one.post_id, one.further_id,"
	"         case when one.kind in ('poll', 'update', 'quoted_update', 'status', 'sign_up', 'report')"
	"                or exists (select from notification_permissions as n"
	"                           where n.actor_id = told.id and n.from_actor_id = teller.id)"
	"              then '{}'::text[]"
	"              else " RULES " end as rules"
	"  from (select given.id, given.actor_id, given.kind, given.from_actor_id, nullif(given.post_id, 0) as post_id, given.further_id"
	"        from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])"
	"          as given (id, actor_id, kind, from_actor_id, post_id, further_id)) as one"
	"  join actors as told on told.id = one.actor_id"
	"  join actors as teller on teller.id = one.from_actor_id"
	"  left join notification_policies as rule on rule.actor_id = told.id"
	"  left join posts as p on p.id = one.post_id"
	"  cross join lateral ("
	"    select exists (select from follows as f"
	"                   where f.follower_id = told.id and f.followed_id = teller.id and f.state = 'accepted')"
	"           as is_following,"
	"           exists (select from follows as f"
	"                   where f.follower_id = teller.id and f.followed_id = told.id and f.state = 'accepted'"
	"                     and f.created_at < now() - interval '3 days')"
	"           as is_follower) as follows"
	"  where told.domain_id is not null"
	"    and told.suspended_at is null"
	"    and (told.id <> teller.id or one.kind = 'poll')"
	"    and (one.post_id is null or p.id is not null)"
	"    and not exists (select from blocks as b where b.blocker_id = told.id and b.blocked_id = teller.id)"
	"    and not exists (select from mutes as m"
	"                    where m.muter_id = told.id and m.muted_id = teller.id and m.hides_notifications"
	"                      and (m.expires_at is null or m.expires_at > now()))"
	"    and (follows.is_following"
	"         or teller.domain_id is not null"
	"         or not exists (select from actor_domain_blocks as d where d.actor_id = told.id and d.domain = teller.domain))"
	"    and not exists (select from conversation_mutes as c"
	"                    where c.actor_id = told.id and c.conversation_id = p.conversation_id)"
	"    and not exists (select from notifications as n"
	"                    where n.actor_id = told.id and n.kind = one.kind and n.from_actor_id = teller.id"
	"                      and (n.post_id = one.post_id or one.post_id is null and n.post_id is null))"
	"), judged as ("
	"  select c.*, coalesce('filter' = any (c.rules), false) as is_filtered"
	"  from candidate as c"
	"  where coalesce('drop' = any (c.rules), false) is false"
	"), written as ("
	"  insert into notifications (id, actor_id, kind, from_actor_id, post_id, is_filtered)"
	"  select id, actor_id, kind, from_actor_id, post_id, is_filtered from judged"
	"  on conflict do nothing"
	"  returning actor_id, kind, from_actor_id, post_id"
	"), fresh as ("
	"  select j.id"
	"  from judged as j"
	"  join written as w on w.actor_id = j.actor_id and w.kind = j.kind and w.from_actor_id = j.from_actor_id"
	"                   and w.post_id is not distinct from j.post_id"
	"), requested as ("
	"  insert into notification_requests (id, actor_id, from_actor_id)"
	"  select min(j.further_id), j.actor_id, j.from_actor_id"
	"  from judged as j join fresh using (id)"
	"  where j.is_filtered"
	"  group by j.actor_id, j.from_actor_id"
	"  on conflict (actor_id, from_actor_id) do update"
	"  set updated_at = now()"
	"), rung as ("
	"  insert into jobs (id, kind, key)"
	"  select j.further_id, 'push', j.id::text from judged as j join fresh using (id)"
	"  where not j.is_filtered"
	"    and exists (select from push_subscriptions as s where s.actor_id = j.actor_id)"
	"  on conflict do nothing"
	")"
	" select j.id, j.is_filtered, f.id is not null,"
	"        exists (select from push_subscriptions as s where s.actor_id = j.actor_id)"
	" from judged as j"
	" left join fresh as f on f.id = j.id"); // primary and unique keys, posts_conversation_id, push_subscriptions_actor_id

static const struct statement remove_one = STATEMENT("notification_remove", 4,
	"delete from notifications"
	" where actor_id = $1"
	"   and kind = $2"
	"   and from_actor_id = $3"
	"   and (post_id = $4 or $4::bigint is null and post_id is null)");
	// notifications_unique

static const struct statement tell_watchers = STATEMENT("notification_tell_watchers", 2,
	"insert into jobs (id, kind, key)"
	" select one.job_id, 'tell_watchers', p.id::text"
	" from unnest($1::bigint[], $2::bigint[]) as one (post_id, job_id)"
	" join posts as p on p.id = one.post_id"
	" where p.visibility <> 'direct'"
	"   and (p.in_reply_to_uri is null and p.in_reply_to_actor_id is null or p.in_reply_to_actor_id = p.actor_id)"
	"   and exists (select from follows as f where f.followed_id = p.actor_id and f.notifies)"
	" on conflict do nothing"); // posts_pkey, follows_notifies, jobs_kind_key

/* A mention tells of the post already. */
static const struct statement list_watchers = STATEMENT("notification_list_watchers", 3,
	"select f.follower_id, f.followed_id"
	" from posts as p"
	" join follows as f on f.followed_id = p.actor_id and f.notifies"
	" join actors as a on a.id = f.follower_id"
	" where p.id = $1"
	"   and f.state = 'accepted'"
	"   and f.follower_id > $2"
	"   and a.domain_id is not null"
	"   and not exists (select from post_mentions as m where m.post_id = p.id and m.actor_id = f.follower_id)"
	"   and (f.languages is null or p.language is null or p.language = any (f.languages))"
	" order by f.follower_id"
	" limit $3"); // posts_pkey, follows_notifies, actors_pkey, post_mentions_pkey

static const struct statement list_moderators = STATEMENT("notification_list_moderators", 0,
	"select u.actor_id"
	" from users as u"
	" where u.role in ('moderator', 'administrator')"
	"   and not u.is_disabled"
	" order by u.id"
	" limit 1000"); // users_moderators

static const struct statement add_report = STATEMENT("notification_add_report", 3,
	"insert into notifications (id, actor_id, kind, from_actor_id, report_id)"
	" select $1, $2::bigint, 'report', r.reporter_id, r.id"
	" from reports as r"
	" where r.id = $3"
	" on conflict do nothing"); // reports_pkey

static const struct statement ring = STATEMENT("notification_ring", 3,
	"insert into jobs (id, kind, key)"
	" select $1, 'push', $2::bigint::text"
	" where exists (select from push_subscriptions as s where s.actor_id = $3)"
	" on conflict do nothing"); // push_subscriptions_actor_id, jobs_kind_key

STATEMENT_TABLE(notification_statements, &add, &remove_one, &tell_watchers, &list_watchers, &list_moderators, &add_report,
	&ring);

static const char *const kind_names[] = {
	[NOTIFICATION_MENTION] = "mention",
	[NOTIFICATION_FOLLOW] = "follow",
	[NOTIFICATION_FOLLOW_REQUEST] = "follow_request",
	[NOTIFICATION_FAVOURITE] = "favourite",
	[NOTIFICATION_REACTION] = "reaction",
	[NOTIFICATION_BOOST] = "boost",
	[NOTIFICATION_POLL] = "poll",
	[NOTIFICATION_UPDATE] = "update",
	[NOTIFICATION_QUOTE] = "quote",
	[NOTIFICATION_QUOTED_UPDATE] = "quoted_update",
	[NOTIFICATION_MOVE] = "move",
	[NOTIFICATION_STATUS] = "status",
	[NOTIFICATION_SIGN_UP] = "sign_up",
	[NOTIFICATION_REPORT] = "report",
	[NOTIFICATION_SEVERED] = "severed_relationships",
};

const char *notification_kind_name(enum notification_kind kind)
{
	return kind_names[kind];
}

bool notification_kind_from_name(struct str name, enum notification_kind *ret_kind)
{
	for (int kind = 0; kind < NOTIFICATION_KIND_COUNT; kind++) {
		if (str_eq(name, str_from(kind_names[kind]))) {
			*ret_kind = (enum notification_kind)kind;
			return true;
		}
	}
	return false;
}

static void add_columns(struct db_values *values, struct arena *arena, const struct notification_new *news, const int64_t *ids,
	size_t count)
{
	db_value_int64_array(values, arena, ids, count);
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, news[i].actor_id);
	DB_VALUE_COLUMN(db_value_text_array, struct str, str_from(kind_names[news[i].kind]));
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, news[i].from_actor_id);
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, news[i].post_id);
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, id_new());
}

static size_t index_of(const int64_t *ids, size_t count, int64_t id)
{
	size_t index = 0;
	while (index < count && ids[index] != id)
		index++;
	return index;
}

/* Leaves those that should have been written and were not, as their ids are others'. */
static enum error try_add(struct db *db, struct arena *arena, struct notification_new *news, size_t *count)
{
	size_t taken = 0;
	struct db_values values = { .count = 0 };
	int64_t *ids = arena_alloc_array(arena, *count, sizeof(*ids));
	for (size_t i = 0; i < *count; i++)
		ids[i] = id_new_short();
	add_columns(&values, arena, news, ids, *count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &add, &values, &rows);
	if (error)
		return error;
	struct notification_new *again = arena_alloc_array(arena, *count, sizeof(*again));
	for (int row = 0; row < rows.count; row++) {
		size_t index = index_of(ids, *count, db_int64(&rows, row, 0));
		if (index == *count)
			continue;
		if (!db_bool(&rows, row, 2)) {
			again[taken++] = news[index];
			continue;
		}
		if (db_bool(&rows, row, 1))
			continue;
		event_emit_on_commit(db, EVENT_NOTIFICATION, ids[index], news[index].actor_id);
		if (db_bool(&rows, row, 3))
			wake_ring_on_commit(db, WAKE_JOBS);
	}
	for (size_t i = 0; i < taken; i++)
		news[i] = again[i];
	*count = taken;
	return ERROR_NONE;
}

enum error notification_add_many(struct db *db, struct arena *arena, const struct notification_new *news, size_t count)
{
	enum error error = ERROR_NONE;
	struct notification_new *left = arena_alloc_array(arena, count, sizeof(*left));
	for (size_t i = 0; i < count; i++)
		left[i] = news[i];
	for (int try = 0; !error && count > 0 && try < ID_TRIES; try++)
		error = try_add(db, arena, left, &count);
	return error;
}

enum error notification_add(struct db *db, struct arena *arena, int64_t actor_id, enum notification_kind kind,
	int64_t from_actor_id, int64_t post_id)
{
	const struct notification_new one = { actor_id, kind, from_actor_id, post_id };
	return notification_add_many(db, arena, &one, 1);
}

enum error notification_remove(struct db *db, struct arena *arena, int64_t actor_id, enum notification_kind kind,
	int64_t from_actor_id, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, str_from(kind_names[kind]));
	db_value_int64(&values, from_actor_id);
	db_value_id(&values, post_id);
	return db_change(db, arena, &remove_one, &values, NULL);
}

enum error notification_tell_watchers(struct db *db, struct arena *arena, const int64_t *post_ids, size_t count)
{
	int64_t affected = 0;
	struct db_values values = { .count = 0 };
	int64_t *job_ids = arena_alloc_array(arena, count, sizeof(*job_ids));
	for (size_t i = 0; i < count; i++)
		job_ids[i] = id_new();
	db_value_int64_array(&values, arena, post_ids, count);
	db_value_int64_array(&values, arena, job_ids, count);
	enum error error = db_change(db, arena, &tell_watchers, &values, &affected);
	if (!error && affected)
		wake_ring_on_commit(db, WAKE_JOBS);
	return error;
}

#define WATCHER_BATCH 500

enum error notification_add_watched(struct db *db, struct arena *arena, int64_t post_id)
{
	int64_t after_id = 0;
	enum error error = ERROR_NONE;
	for (int count = WATCHER_BATCH; !error && count == WATCHER_BATCH;) {
		struct db_values values = { .count = 0 };
		db_value_int64(&values, post_id);
		db_value_int64(&values, after_id);
		db_value_int64(&values, WATCHER_BATCH);
		AUTO(db_rows) struct db_rows rows = { 0 };
		error = db_run(db, arena, &list_watchers, &values, &rows);
		count = error ? 0 : rows.count;
		for (int i = 0; i < count && !error; i++) {
			after_id = db_int64(&rows, i, 0);
			error = notification_add(db, arena, after_id, NOTIFICATION_STATUS, db_int64(&rows, i, 1), post_id);
		}
	}
	return error;
}

static enum error add_report_for(struct db *db, struct arena *arena, int64_t actor_id, int64_t report_id)
{
	int64_t affected = 0, id = id_new_short();
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, actor_id);
	db_value_int64(&values, report_id);
	enum error error = db_change(db, arena, &add_report, &values, &affected);
	if (error || !affected)
		return error;
	event_emit_on_commit(db, EVENT_NOTIFICATION, id, actor_id);
	values.count = 0;
	db_value_int64(&values, id_new());
	db_value_int64(&values, id);
	db_value_int64(&values, actor_id);
	error = db_change(db, arena, &ring, &values, &affected);
	if (!error && affected)
		wake_ring_on_commit(db, WAKE_JOBS);
	return error;
}

static enum error tell_moderators(struct db *db, struct arena *arena, int64_t report_id, int64_t new_actor_id)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_moderators, NULL, &rows);
	for (int i = 0; !error && i < rows.count; i++) {
		int64_t actor_id = db_int64(&rows, i, 0);
		error = report_id ? add_report_for(db, arena, actor_id, report_id) :
			notification_add(db, arena, actor_id, NOTIFICATION_SIGN_UP, new_actor_id, 0);
	}
	return error;
}

enum error notification_add_report(struct db *db, struct arena *arena, int64_t report_id)
{
	return tell_moderators(db, arena, report_id, 0);
}

enum error notification_add_sign_up(struct db *db, struct arena *arena, int64_t actor_id)
{
	return tell_moderators(db, arena, 0, actor_id);
}
