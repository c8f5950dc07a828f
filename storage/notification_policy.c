/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Policies and requests of notifications. */
#include "storage/notification_policy.h"

#include "storage/event.h"
#include "storage/statement.h"

static const struct statement find = STATEMENT("notification_policy_find", 1,
	"select coalesce(p.for_not_following, 'accept'), coalesce(p.for_not_followers, 'accept'),"
	"       coalesce(p.for_new_accounts, 'accept'), coalesce(p.for_private_mentions, 'filter'),"
	"       coalesce(p.for_limited_accounts, 'filter'),"
	"       (select count(*)"
	"        from notification_requests as r"
	"        where r.actor_id = $1"
	"          and exists (select from notifications as n"
	"                      where n.actor_id = $1 and n.from_actor_id = r.from_actor_id and n.is_filtered)),"
	"       (select count(*)"
	"        from (select from notifications as n where n.actor_id = $1 and n.is_filtered limit 1000) as one)"
	" from (values (1)) as one"
	" left join notification_policies as p on p.actor_id = $1");
	// notification_policies_pkey, notification_requests_page, notifications_filtered

static const struct statement set = STATEMENT("notification_policy_set", 6,
	"insert into notification_policies as p (actor_id, for_not_following, for_not_followers, for_new_accounts,"
	"                                        for_private_mentions, for_limited_accounts)"
	" values ($1, coalesce($2, 'accept'), coalesce($3, 'accept'), coalesce($4, 'accept'), coalesce($5, 'filter'),"
	"         coalesce($6, 'filter'))"
	" on conflict (actor_id) do update"
	" set for_not_following = coalesce($2, p.for_not_following),"
	"     for_not_followers = coalesce($3, p.for_not_followers),"
	"     for_new_accounts = coalesce($4, p.for_new_accounts),"
	"     for_private_mentions = coalesce($5, p.for_private_mentions),"
	"     for_limited_accounts = coalesce($6, p.for_limited_accounts)"); // notification_policies_pkey

#define REQUEST_COLUMNS                 \
	"r.id"                          \
	", r.from_actor_id"             \
	", r.created_at"                \
	", r.updated_at"                \
	", held.count"                  \
	", held.last_post_id"

enum {
	REQUEST_ID,
	REQUEST_FROM_ACTOR_ID,
	REQUEST_CREATED_AT,
	REQUEST_UPDATED_AT,
	REQUEST_COUNT,
	REQUEST_LAST_POST_ID,
};

#define REQUEST_TABLES                                                                          \
	" from notification_requests as r"                                                      \
	" join actors as a on a.id = r.from_actor_id and a.suspended_at is null"                \
	" cross join lateral ("                                                                 \
	"   select count(*) as count, max(one.post_id) filter (where one.kind = 'mention') as last_post_id" \
	"   from (select n.kind, n.post_id"                                                     \
	"         from notifications as n"                                                      \
	"         where n.actor_id = r.actor_id and n.from_actor_id = r.from_actor_id and n.is_filtered" \
	"         order by n.id desc"                                                           \
	"         limit 100) as one) as held"

#define REQUEST_LIST                   \
	"select " REQUEST_COLUMNS      \
	REQUEST_TABLES                 \
	" where r.actor_id = $1"       \
	"   and r.id < $2"             \
	"   and r.id > $3"             \
	"   and held.count > 0"

static const struct statement list_newest = STATEMENT("notification_policy_list_newest", 4,
	REQUEST_LIST
	" order by r.id desc"
	" limit $4"); // notification_requests_page, notifications_filtered

static const struct statement list_oldest = STATEMENT("notification_policy_list_oldest", 4,
	REQUEST_LIST
	" order by r.id"
	" limit $4"); // notification_requests_page, notifications_filtered

static const struct statement find_request = STATEMENT("notification_policy_find_request", 2,
	"select " REQUEST_COLUMNS
	REQUEST_TABLES
	" where r.id = $2"
	"   and r.actor_id = $1"); // notification_requests_pkey, notifications_filtered

static const struct statement accept_requests = STATEMENT("notification_policy_accept", 2,
	"with gone as ("
	"  delete from notification_requests"
	"  where id = any ($2::bigint[])"
	"    and actor_id = $1"
	"  returning actor_id, from_actor_id"
	"), permitted as ("
	"  insert into notification_permissions (actor_id, from_actor_id)"
	"  select actor_id, from_actor_id from gone"
	"  on conflict do nothing"
	"), shown as ("
	"  update notifications as n"
	"  set is_filtered = false"
	"  from gone as g"
	"  where n.actor_id = g.actor_id"
	"    and n.from_actor_id = g.from_actor_id"
	"    and n.is_filtered"
	")"
	" select count(*) from gone"); // notification_requests_pkey, notifications_filtered

static const struct statement dismiss_requests = STATEMENT("notification_policy_dismiss", 2,
	"with gone as ("
	"  delete from notification_requests"
	"  where id = any ($2::bigint[])"
	"    and actor_id = $1"
	"  returning actor_id, from_actor_id"
	"), dropped as ("
	"  delete from notifications as n"
	"  using gone as g"
	"  where n.actor_id = g.actor_id"
	"    and n.from_actor_id = g.from_actor_id"
	"    and n.is_filtered"
	")"
	" select count(*) from gone"); // notification_requests_pkey, notifications_filtered

STATEMENT_TABLE(notification_policy_statements, &find, &set, &list_newest, &list_oldest, &find_request, &accept_requests,
	&dismiss_requests);

enum error notification_policy_find(struct db *db, struct arena *arena, int64_t actor_id,
	struct notification_policy *ret_policy)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	for (int rule = 0; rule < NOTIFICATION_RULE_COUNT; rule++)
		ret_policy->rules[rule] = db_text(&rows, 0, rule);
	ret_policy->pending_requests = db_int64(&rows, 0, NOTIFICATION_RULE_COUNT);
	ret_policy->pending_notifications = db_int64(&rows, 0, NOTIFICATION_RULE_COUNT + 1);
	return ERROR_NONE;
}

enum error notification_policy_set(struct db *db, struct arena *arena, int64_t actor_id,
	const struct str rules[NOTIFICATION_RULE_COUNT])
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	for (int rule = 0; rule < NOTIFICATION_RULE_COUNT; rule++)
		db_value_text(&values, rules[rule]);
	return db_change(db, arena, &set, &values, NULL);
}

static struct notification_request read_request(const struct db_rows *rows, int row)
{
	return (struct notification_request){
		.id = db_int64(rows, row, REQUEST_ID),
		.from_actor_id = db_int64(rows, row, REQUEST_FROM_ACTOR_ID),
		.created_us = db_time(rows, row, REQUEST_CREATED_AT),
		.updated_us = db_time(rows, row, REQUEST_UPDATED_AT),
		.count = db_int64(rows, row, REQUEST_COUNT),
		.last_post_id = db_int64(rows, row, REQUEST_LAST_POST_ID),
	};
}

enum error notification_request_list(struct db *db, struct arena *arena, int64_t actor_id, const struct id_page *page,
	struct notification_request **ret_requests, size_t *ret_count)
{
	int64_t before, after;
	bool is_ascending;
	id_page_bounds(page, &before, &after, &is_ascending);
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, before);
	db_value_int64(&values, after);
	db_value_int64(&values, page->limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, is_ascending ? &list_oldest : &list_newest, &values, &rows);
	if (error)
		return error;
	struct notification_request *requests = arena_alloc_array(arena, (size_t)rows.count, sizeof(*requests));
	for (int i = 0; i < rows.count; i++)
		requests[is_ascending ? rows.count - 1 - i : i] = read_request(&rows, i);
	*ret_requests = requests;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error notification_request_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct notification_request *ret_request)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_request, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_request = read_request(&rows, 0);
	return ERROR_NONE;
}

static enum error end_requests(struct db *db, struct arena *arena, const struct statement *statement, int64_t actor_id,
	const int64_t *ids, size_t count, int64_t *ret_changed)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64_array(&values, arena, ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (!error)
		*ret_changed = db_int64(&rows, 0, 0);
	return error;
}

enum error notification_request_accept(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids,
	size_t count, int64_t *ret_changed)
{
	enum error error = end_requests(db, arena, &accept_requests, actor_id, ids, count, ret_changed);
	if (!error && *ret_changed)
		event_emit_on_commit(db, EVENT_NOTIFICATIONS_MERGED, 0, actor_id);
	return error;
}

enum error notification_request_dismiss(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids,
	size_t count, int64_t *ret_changed)
{
	return end_requests(db, arena, &dismiss_requests, actor_id, ids, count, ret_changed);
}
