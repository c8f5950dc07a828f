/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lists of notifications. Groups are not stored: what belongs together is found by kind, post and half day, since ids are
 * microseconds. */
#include "storage/notification_list.h"

#include "storage/notification_kind.h"
#include "storage/notification_wanted.h"
#include "storage/statement.h"

/* What the previous release writes has longer ids, which must not reach apps. */
#define LAST_SHORT_ID (1LL << 53)

#define NOTIFICATION_COLUMNS    \
	"n.id"                  \
	", n.kind"              \
	", n.from_actor_id"     \
	", n.post_id"           \
	", n.report_id"         \
	", n.severance_event_id" \
	", n.created_at"        \
	", n.is_filtered"

enum {
	NOTIFICATION_ID,
	NOTIFICATION_KIND,
	NOTIFICATION_FROM_ACTOR_ID,
	NOTIFICATION_POST_ID,
	NOTIFICATION_REPORT_ID,
	NOTIFICATION_SEVERANCE_EVENT_ID,
	NOTIFICATION_CREATED_AT,
	NOTIFICATION_IS_FILTERED,
};

/* Of lists, behind NOTIFICATION_COLUMNS. */
#define NOTIFICATION_MUTE_ENDS (NOTIFICATION_IS_FILTERED + 1)

#define LIST_OF_ALL                                             \
	"select " NOTIFICATION_COLUMNS                          \
	", (select min(k.expires_at) from mutes as k where k.muter_id = $1 and k.expires_at > now())" \
	" from notifications as n"                              \
	" join actors as teller on teller.id = n.from_actor_id" \
	" where n.actor_id = $1"                                \
	"   and n.id < $2"                                      \
	"   and n.id > $3"                                      \
	"   and n.kind = any ($5::text[])"                      \
	"   and (not n.is_filtered or $6)"                      \
	"   and " NOTIFICATION_IS_WANTED

static const struct statement list_newest = STATEMENT("notification_list_newest", 6,
	LIST_OF_ALL
	" order by n.id desc"
	" limit $4"); // notifications_actor_id

static const struct statement list_oldest = STATEMENT("notification_list_oldest", 6,
	LIST_OF_ALL
	" order by n.id"
	" limit $4"); // notifications_actor_id

static const struct statement list_newest_from = STATEMENT("notification_list_newest_from", 7,
	LIST_OF_ALL
	"   and n.from_actor_id = $7"
	" order by n.id desc"
	" limit $4"); // notifications_unique

static const struct statement list_oldest_from = STATEMENT("notification_list_oldest_from", 7,
	LIST_OF_ALL
	"   and n.from_actor_id = $7"
	" order by n.id"
	" limit $4"); // notifications_unique

static const struct statement find = STATEMENT("notification_list_find", 2,
	"select " NOTIFICATION_COLUMNS
	" from notifications as n"
	" join actors as teller on teller.id = n.from_actor_id"
	" where n.id = $2"
	"   and n.actor_id = $1"
	"   and " NOTIFICATION_IS_WANTED); // notifications_pkey

static const struct statement dismiss = STATEMENT("notification_list_dismiss", 2,
	"delete from notifications"
	" where id = any ($2::bigint[])"
	"   and actor_id = $1"); // notifications_pkey

static const struct statement clear = STATEMENT("notification_list_clear", 1,
	"with requests_gone as ("
	"  delete from notification_requests where actor_id = $1"
	")"
	" delete from notifications"
	" where actor_id = $1"); // notifications_actor_id, notification_requests_page

#define GROUP_ROWS                                              \
	" from notifications as n"                              \
	" join actors as teller on teller.id = n.from_actor_id" \
	" where n.actor_id = $1"                                \
	"   and n.kind in (g.kind, g.other_kind)"               \
	"   and n.id >= g.low"                                  \
	"   and n.id < g.high"                                  \
	"   and not n.is_filtered"                              \
	"   and " NOTIFICATION_IS_WANTED

#define GROUP_FACTS(condition)                                                                                          \
	"select f.members, f.newest_id, f.oldest_id, array_to_string(f.samples, ' ')"                                   \
	" from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])"                                \
	"   with ordinality as g (kind, other_kind, low, high, post_id, place)"                                         \
	" cross join lateral ("                                                                                         \
	"   select count(*) as members, max(one.id) as newest_id, min(one.id) as oldest_id,"                            \
	"          (array_agg(one.from_actor_id order by one.id desc))[1:16] as samples"                                \
	"   from (select n.id, n.from_actor_id" GROUP_ROWS condition ") as one) as f"                                   \
	" order by g.place"

static const struct statement fill_post_groups = STATEMENT("notification_list_fill_post_groups", 6,
	GROUP_FACTS(" and n.post_id = g.post_id")); // notifications_post_id

static const struct statement fill_groups = STATEMENT("notification_list_fill_groups", 6,
	GROUP_FACTS("")); // notifications_kind

#define GROUP_PAGE(condition)                                                                           \
	"select " NOTIFICATION_COLUMNS                                                                  \
	" from (values ($5::text, $6::text, $7::bigint, $8::bigint, $9::bigint))"                       \
	"   as g (kind, other_kind, low, high, post_id)"                                                \
	" cross join lateral (select n.*" GROUP_ROWS condition ") as n"                                 \
	" where n.id < $2"                                                                              \
	"   and n.id > $3"                                                                              \
	" order by n.id desc"                                                                           \
	" limit $4"

static const struct statement list_post_group = STATEMENT("notification_list_post_group", 9,
	GROUP_PAGE(" and n.post_id = g.post_id")); // notifications_post_id

static const struct statement list_group = STATEMENT("notification_list_group", 9,
	GROUP_PAGE(" and ($9::bigint is null or true)")); // notifications_kind

static const struct statement dismiss_group = STATEMENT("notification_list_dismiss_group", 6,
	"delete from notifications"
	" where actor_id = $1"
	"   and kind in ($2, $3)"
	"   and id >= $4"
	"   and id < $5"
	"   and ($6::bigint is null or post_id = $6)"); // notifications_kind

static const struct statement list_posts = STATEMENT("notification_list_posts", 1,
	"select p.id, p.actor_id, p.html, p.spoiler_text"
	" from posts as p"
	" where p.id = any ($1::bigint[])"); // posts_pkey

STATEMENT_TABLE(notification_list_statements, &list_newest, &list_oldest, &list_newest_from, &list_oldest_from, &find,
	&dismiss, &clear, &fill_post_groups, &fill_groups, &list_post_group, &list_group, &dismiss_group,
	&list_posts);

/* False for a kind of a newer release. */
static bool read_row(const struct db_rows *rows, int row, struct notification *ret_notification)
{
	struct notification notification = {
		.id = db_int64(rows, row, NOTIFICATION_ID),
		.from_actor_id = db_int64(rows, row, NOTIFICATION_FROM_ACTOR_ID),
		.post_id = db_int64(rows, row, NOTIFICATION_POST_ID),
		.report_id = db_int64(rows, row, NOTIFICATION_REPORT_ID),
		.severance_event_id = db_int64(rows, row, NOTIFICATION_SEVERANCE_EVENT_ID),
		.created_us = db_time(rows, row, NOTIFICATION_CREATED_AT),
		.is_filtered = db_bool(rows, row, NOTIFICATION_IS_FILTERED),
	};
	if (!notification_kind_from_name(db_text(rows, row, NOTIFICATION_KIND), &notification.kind))
		return false;
	*ret_notification = notification;
	return true;
}

static void read_rows(const struct db_rows *rows, struct arena *arena, bool is_ascending, struct notification **ret_notifications,
	size_t *ret_count)
{
	struct notification *notifications = arena_alloc_array(arena, (size_t)rows->count, sizeof(*notifications));
	size_t count = 0;
	for (int i = 0; i < rows->count; i++)
		if (read_row(rows, is_ascending ? rows->count - 1 - i : i, &notifications[count]))
			count++;
	*ret_notifications = notifications;
	*ret_count = count;
}

static void add_bounds(struct db_values *values, const struct id_page *page, bool *ret_is_ascending)
{
	int64_t before, after;
	id_page_bounds(page, &before, &after, ret_is_ascending);
	db_value_int64(values, before < LAST_SHORT_ID ? before : LAST_SHORT_ID);
	db_value_int64(values, after);
	db_value_int64(values, page->limit);
}

enum error notification_list(struct db *db, struct arena *arena, const struct notification_query *query,
	struct notification **ret_notifications, size_t *ret_count, int64_t *ret_until_us)
{
	bool is_ascending;
	struct str kinds[NOTIFICATION_KIND_COUNT];
	size_t kind_count = 0;
	for (int kind = 0; kind < NOTIFICATION_KIND_COUNT; kind++)
		if (query->kinds & 1U << kind)
			kinds[kind_count++] = str_from(notification_kind_name((enum notification_kind)kind));
	struct db_values values = { .count = 0 };
	db_value_int64(&values, query->actor_id);
	add_bounds(&values, &query->page, &is_ascending);
	db_value_text_array(&values, arena, kinds, kind_count);
	db_value_bool(&values, query->with_filtered);
	const struct statement *statement = is_ascending ? &list_oldest : &list_newest;
	if (query->from_actor_id) {
		db_value_int64(&values, query->from_actor_id);
		statement = is_ascending ? &list_oldest_from : &list_newest_from;
	}
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	read_rows(&rows, arena, is_ascending, ret_notifications, ret_count);
	*ret_until_us = rows.count == 0 ? 0 : db_is_null(&rows, 0, NOTIFICATION_MUTE_ENDS) ? INT64_MAX :
		db_time(&rows, 0, NOTIFICATION_MUTE_ENDS);
	return ERROR_NONE;
}

enum error notification_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct notification *ret_notification)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	return rows.count && read_row(&rows, 0, ret_notification) ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error notification_dismiss(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids, size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64_array(&values, arena, ids, count);
	return db_change(db, arena, &dismiss, &values, NULL);
}

enum error notification_clear(struct db *db, struct arena *arena, int64_t actor_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	return db_change(db, arena, &clear, &values, NULL);
}

static struct str kind_text(const struct notification_group *group)
{
	return str_from(notification_kind_name(group->kind));
}

static struct str other_kind_text(const struct notification_group *group)
{
	return group->kind == NOTIFICATION_FAVOURITE ? STR_LITERAL("reaction") : kind_text(group);
}

static void read_facts(const struct db_rows *rows, int row, struct notification_group *group)
{
	struct str samples = db_text(rows, row, 3), word;
	group->count = db_int64(rows, row, 0);
	group->newest_id = db_int64(rows, row, 1);
	group->oldest_id = db_int64(rows, row, 2);
	group->sample_count = 0;
	while (group->sample_count < NOTIFICATION_GROUP_SAMPLES && str_split_next(&samples, ' ', &word)) {
		int64_t id;
		bool is_new = str_to_int64(word, &id);
		for (size_t i = 0; is_new && i < group->sample_count; i++)
			is_new = group->sample_actor_ids[i] != id;
		if (is_new)
			group->sample_actor_ids[group->sample_count++] = id;
	}
}

/* Those about posts, or those about none. */
static enum error fill_some(struct db *db, struct arena *arena, int64_t actor_id, struct notification_group *groups,
	size_t count, bool about_posts)
{
	struct str *kinds = arena_alloc_array(arena, count, sizeof(*kinds));
	struct str *other_kinds = arena_alloc_array(arena, count, sizeof(*other_kinds));
	int64_t *lows = arena_alloc_array(arena, count, sizeof(*lows));
	int64_t *highs = arena_alloc_array(arena, count, sizeof(*highs));
	int64_t *posts = arena_alloc_array(arena, count, sizeof(*posts));
	struct notification_group **chosen = arena_alloc_array(arena, count, sizeof(struct notification_group *));
	size_t chosen_count = 0;
	for (size_t i = 0; i < count; i++) {
		if ((groups[i].post_id != 0) != about_posts)
			continue;
		kinds[chosen_count] = kind_text(&groups[i]);
		other_kinds[chosen_count] = other_kind_text(&groups[i]);
		lows[chosen_count] = groups[i].span * NOTIFICATION_GROUP_SPAN_US;
		highs[chosen_count] = lows[chosen_count] + NOTIFICATION_GROUP_SPAN_US;
		posts[chosen_count] = groups[i].post_id;
		chosen[chosen_count++] = &groups[i];
	}
	if (!chosen_count)
		return ERROR_NONE;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text_array(&values, arena, kinds, chosen_count);
	db_value_text_array(&values, arena, other_kinds, chosen_count);
	db_value_int64_array(&values, arena, lows, chosen_count);
	db_value_int64_array(&values, arena, highs, chosen_count);
	db_value_int64_array(&values, arena, posts, chosen_count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, about_posts ? &fill_post_groups : &fill_groups, &values, &rows);
	for (int i = 0; !error && i < rows.count; i++)
		read_facts(&rows, i, chosen[i]);
	return error;
}

enum error notification_fill_groups(struct db *db, struct arena *arena, int64_t actor_id, struct notification_group *groups,
	size_t count)
{
	enum error error = fill_some(db, arena, actor_id, groups, count, true);
	return error ? error : fill_some(db, arena, actor_id, groups, count, false);
}

static void add_group(struct db_values *values, const struct notification_group *group)
{
	db_value_text(values, kind_text(group));
	db_value_text(values, other_kind_text(group));
	db_value_int64(values, group->span * NOTIFICATION_GROUP_SPAN_US);
	db_value_int64(values, (group->span + 1) * NOTIFICATION_GROUP_SPAN_US);
	db_value_id(values, group->post_id);
}

enum error notification_list_group(struct db *db, struct arena *arena, int64_t actor_id,
	const struct notification_group *group, const struct id_page *page, struct notification **ret_notifications,
	size_t *ret_count)
{
	bool is_ascending;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	add_bounds(&values, page, &is_ascending);
	add_group(&values, group);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, group->post_id ? &list_post_group : &list_group, &values, &rows);
	if (!error)
		read_rows(&rows, arena, false, ret_notifications, ret_count);
	return error;
}

enum error notification_dismiss_group(struct db *db, struct arena *arena, int64_t actor_id,
	const struct notification_group *group)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	add_group(&values, group);
	return db_change(db, arena, &dismiss_group, &values, NULL);
}

enum error notification_list_posts(struct db *db, struct arena *arena, const int64_t *post_ids, size_t count,
	struct notification_post **ret_posts, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, post_ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_posts, &values, &rows);
	if (error)
		return error;
	struct notification_post *posts = arena_alloc_array(arena, (size_t)rows.count, sizeof(*posts));
	for (int i = 0; i < rows.count; i++)
		posts[i] = (struct notification_post){
			.id = db_int64(&rows, i, 0),
			.actor_id = db_int64(&rows, i, 1),
			.html = db_text(&rows, i, 2),
			.spoiler_text = db_text(&rows, i, 3),
		};
	*ret_posts = posts;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
