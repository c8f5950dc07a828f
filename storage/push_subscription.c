/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Push subscriptions. A failing one is left alone for as long as it has failed already, up to an hour. */
#include "storage/push_subscription.h"

#include "storage/membership_sql.h"
#include "storage/statement.h"
#include "base/random.h"

#define ID_TRIES 5
#define LAST_ID 2147483647

#define SUBSCRIPTION_COLUMNS                                    \
	"s.id"                                                  \
	", s.token_id"                                          \
	", s.actor_id"                                          \
	", s.endpoint"                                          \
	", s.public_key"                                        \
	", s.auth_secret"                                       \
	", s.token_sealed"                                      \
	", s.is_standard"                                       \
	", array_to_string(s.alerts, ' ') as alerts"            \
	", s.policy"                                            \
	", s.paused_until"

enum {
	SUBSCRIPTION_ID,
	SUBSCRIPTION_TOKEN_ID,
	SUBSCRIPTION_ACTOR_ID,
	SUBSCRIPTION_ENDPOINT,
	SUBSCRIPTION_PUBLIC_KEY,
	SUBSCRIPTION_AUTH_SECRET,
	SUBSCRIPTION_TOKEN_SEALED,
	SUBSCRIPTION_IS_STANDARD,
	SUBSCRIPTION_ALERTS,
	SUBSCRIPTION_POLICY,
	SUBSCRIPTION_PAUSED_UNTIL,
};

static const struct statement set = STATEMENT("push_subscription_set", 10,
	"insert into push_subscriptions as s (id, token_id, actor_id, endpoint, public_key, auth_secret, token_sealed,"
	"                                     is_standard, alerts, policy)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce(string_to_array($9::text, ' '), '{}'), $10)"
	" on conflict (token_id) do update"
	" set id = excluded.id,"
	"     actor_id = excluded.actor_id,"
	"     endpoint = excluded.endpoint,"
	"     public_key = excluded.public_key,"
	"     auth_secret = excluded.auth_secret,"
	"     token_sealed = excluded.token_sealed,"
	"     is_standard = excluded.is_standard,"
	"     alerts = excluded.alerts,"
	"     policy = excluded.policy,"
	"     failing_since = null,"
	"     paused_until = null,"
	"     created_at = now()"); // push_subscriptions_pkey, push_subscriptions_token_id_key

static const struct statement find = STATEMENT("push_subscription_find", 1,
	"select " SUBSCRIPTION_COLUMNS
	" from push_subscriptions as s"
	" where s.token_id = $1"); // push_subscriptions_token_id_key

static const struct statement change = STATEMENT("push_subscription_change", 3,
	"update push_subscriptions"
	" set alerts = coalesce(string_to_array($2::text, ' '), alerts),"
	"     policy = coalesce($3, policy)"
	" where token_id = $1"); // push_subscriptions_token_id_key

static const struct statement delete_by_token = STATEMENT("push_subscription_delete_by_token", 1,
	"delete from push_subscriptions"
	" where token_id = $1"); // push_subscriptions_token_id_key

static const struct statement delete_one = STATEMENT("push_subscription_delete", 1,
	"delete from push_subscriptions"
	" where id = $1"); // push_subscriptions_pkey

static const struct statement list = STATEMENT("push_subscription_list", 1,
	"select " SUBSCRIPTION_COLUMNS
	" from notifications as n"
	" join push_subscriptions as s on s.actor_id = n.actor_id"
	" join oauth_tokens as t on t.id = s.token_id"
	" join oauth_applications as p on p.id = t.application_id"
	" join users as u on u.id = t.user_id"
	" join actors as a on a.id = s.actor_id"
	" where n.id = $1"
	"   and not n.is_filtered"
	"   and t.revoked_at is null"
	"   and (t.expires_at is null or t.expires_at > now())"
	"   and not p.is_disabled"
	"   and not u.is_disabled"
	"   and not a.is_disabled"
	"   and a.suspended_at is null"
	"   and (u.actor_id = t.actor_id or " HAS_RIGHT("t.user_id", "t.actor_id", "inbox.read") ")"
	"   and case n.kind when 'boost' then 'reblog' when 'reaction' then 'favourite' when 'sign_up' then 'admin.sign_up'"
	"                   when 'report' then 'admin.report' else n.kind end = any (s.alerts)"
	"   and (s.policy = 'all'"
	"        or s.policy = 'followed'"
	"          and exists (select from follows as f"
	"                      where f.follower_id = n.actor_id and f.followed_id = n.from_actor_id and f.state = 'accepted')"
	"        or s.policy = 'follower'"
	"          and exists (select from follows as f"
	"                      where f.follower_id = n.from_actor_id and f.followed_id = n.actor_id and f.state = 'accepted'))"
	" order by s.id"
	" limit 30"); // notifications_pkey, push_subscriptions_actor_id, primary keys

static const struct statement pause_one = STATEMENT("push_subscription_pause", 2,
	"update push_subscriptions"
	" set failing_since = coalesce(failing_since, now()),"
	"     paused_until = now() + case when $2::bigint > 0 then make_interval(secs => least($2::bigint, 3600))"
	"                                 else least(greatest(now() - failing_since, interval '10 seconds'), interval '1 hour') end"
	" where id = $1"
	" returning paused_until, failing_since < now() - interval '3 days'"); // push_subscriptions_pkey

static const struct statement resume = STATEMENT("push_subscription_resume", 1,
	"update push_subscriptions"
	" set failing_since = null,"
	"     paused_until = null"
	" where id = $1"
	"   and failing_since is not null"); // push_subscriptions_pkey

STATEMENT_TABLE(push_subscription_statements, &set, &find, &change, &delete_by_token, &delete_one, &list, &pause_one, &resume);

static struct push_subscription read_subscription(const struct db_rows *rows, int row)
{
	return (struct push_subscription){
		.id = db_int64(rows, row, SUBSCRIPTION_ID),
		.token_id = db_int64(rows, row, SUBSCRIPTION_TOKEN_ID),
		.actor_id = db_int64(rows, row, SUBSCRIPTION_ACTOR_ID),
		.endpoint = db_text(rows, row, SUBSCRIPTION_ENDPOINT),
		.public_key = db_bytes(rows, row, SUBSCRIPTION_PUBLIC_KEY),
		.auth_secret = db_bytes(rows, row, SUBSCRIPTION_AUTH_SECRET),
		.token_sealed = db_bytes(rows, row, SUBSCRIPTION_TOKEN_SEALED),
		.is_standard = db_bool(rows, row, SUBSCRIPTION_IS_STANDARD),
		.alerts = db_text(rows, row, SUBSCRIPTION_ALERTS),
		.policy = db_text(rows, row, SUBSCRIPTION_POLICY),
		.paused_until_us = db_time(rows, row, SUBSCRIPTION_PAUSED_UNTIL),
	};
}

enum error push_subscription_set(struct db *db, struct arena *arena, struct push_subscription *subscription)
{
	enum error error = ERROR_CONFLICT;
	for (int try = 0; error == ERROR_CONFLICT && try < ID_TRIES; try++) {
		subscription->id = (int64_t)random_below(LAST_ID) + 1;
		struct db_values values = { .count = 0 };
		db_value_int64(&values, subscription->id);
		db_value_int64(&values, subscription->token_id);
		db_value_int64(&values, subscription->actor_id);
		db_value_text(&values, subscription->endpoint);
		db_value_bytes(&values, subscription->public_key);
		db_value_bytes(&values, subscription->auth_secret);
		db_value_bytes(&values, subscription->token_sealed);
		db_value_bool(&values, subscription->is_standard);
		db_value_text(&values, subscription->alerts);
		db_value_text(&values, subscription->policy);
		error = db_change(db, arena, &set, &values, NULL);
	}
	return error;
}

enum error push_subscription_find(struct db *db, struct arena *arena, int64_t token_id,
	struct push_subscription *ret_subscription)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, token_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_subscription = read_subscription(&rows, 0);
	return ERROR_NONE;
}

enum error push_subscription_change(struct db *db, struct arena *arena, int64_t token_id, const struct str *alerts,
	const struct str *policy)
{
	int64_t affected = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, token_id);
	db_value_text(&values, alerts ? *alerts : (struct str){ 0 });
	db_value_text(&values, policy ? *policy : (struct str){ 0 });
	enum error error = db_change(db, arena, &change, &values, &affected);
	return error || affected ? error : ERROR_NOT_FOUND;
}

static enum error change_one(struct db *db, struct arena *arena, const struct statement *statement, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return db_change(db, arena, statement, &values, NULL);
}

enum error push_subscription_delete_by_token(struct db *db, struct arena *arena, int64_t token_id)
{
	return change_one(db, arena, &delete_by_token, token_id);
}

enum error push_subscription_delete(struct db *db, struct arena *arena, int64_t id)
{
	return change_one(db, arena, &delete_one, id);
}

enum error push_subscription_list(struct db *db, struct arena *arena, int64_t notification_id,
	struct push_subscription **ret_subscriptions, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, notification_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct push_subscription *subscriptions = arena_alloc_array(arena, (size_t)rows.count, sizeof(*subscriptions));
	for (int i = 0; i < rows.count; i++)
		subscriptions[i] = read_subscription(&rows, i);
	*ret_subscriptions = subscriptions;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error push_subscription_pause(struct db *db, struct arena *arena, int64_t id, int64_t after_s, int64_t *ret_until_us)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_int64(&values, after_s);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &pause_one, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_GONE;
	if (db_bool(&rows, 0, 1)) {
		error = push_subscription_delete(db, arena, id);
		return error ? error : ERROR_GONE;
	}
	*ret_until_us = db_time(&rows, 0, 0);
	return ERROR_NONE;
}

enum error push_subscription_resume(struct db *db, struct arena *arena, int64_t id)
{
	return change_one(db, arena, &resume, id);
}
