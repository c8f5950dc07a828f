/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The queue of names, and what was found alike. */
#include "storage/look_alike.h"

#include "storage/statement.h"

static const struct statement take = STATEMENT("look_alike_take", 1,
	"with taken as ("
	"  delete from look_alike_waiting"
	"  where ctid = any (array("
	"    select ctid from look_alike_waiting order by queued_at limit $1 for update skip locked))"
	"  returning actor_id"
	")"
	" select t.actor_id, a.id is not null, b.organisation_id, a.username, a.display_name, a.domain"
	" from taken as t"
	" left join actors as a on a.id = t.actor_id and a.suspended_at is null and a.deleted_at is null"
	" left join brand_accounts as b on b.actor_id = a.id"); // look_alike_waiting_queued_at, actors_pkey, brand_accounts_pkey

static const struct statement list_brands = STATEMENT("look_alike_list_brands", 2,
	"select b.actor_id, b.organisation_id, a.username, a.display_name, a.domain"
	" from brand_accounts as b"
	" join actors as a on a.id = b.actor_id"
	" where b.actor_id > $1"
	"   and a.suspended_at is null"
	"   and a.deleted_at is null"
	" order by b.actor_id"
	" limit $2"); // brand_accounts_pkey, actors_pkey

static const struct statement take_walk = STATEMENT("look_alike_take_walk", 0,
	"select w.actor_id, w.after_id, b.organisation_id, a.username, a.display_name, a.domain, a.id is null"
	" from look_alike_brands_waiting as w"
	" join brand_accounts as b on b.actor_id = w.actor_id"
	" left join actors as a on a.id = w.actor_id and a.suspended_at is null and a.deleted_at is null"
	" order by w.queued_at"
	" limit 1"
	" for update of w skip locked"); // look_alike_brands_waiting_queued_at, brand_accounts_pkey, actors_pkey

static const struct statement store_walk = STATEMENT("look_alike_store_walk", 2,
	"update look_alike_brands_waiting"
	" set after_id = $2"
	" where actor_id = $1"); // look_alike_brands_waiting_pkey

static const struct statement end_walk = STATEMENT("look_alike_end_walk", 1,
	"delete from look_alike_brands_waiting"
	" where actor_id = $1"); // look_alike_brands_waiting_pkey

static const struct statement list_actors = STATEMENT("look_alike_list_actors", 2,
	"select a.id, a.username, a.display_name"
	" from actors as a"
	" where a.id > $1"
	" order by a.id"
	" limit $2"); // actors_pkey

static const struct statement queue = STATEMENT("look_alike_queue", 1,
	"insert into look_alike_waiting (actor_id)"
	" select unnest($1::bigint[])"); // no index

static const struct statement queue_open = STATEMENT("look_alike_queue_open", 1,
	"insert into look_alike_waiting (actor_id)"
	" select l.actor_id"
	" from look_alikes as l"
	" where l.brand_actor_id = $1"
	"   and l.state = 'open'"); // look_alikes_brand_actor_id

static const struct statement store = STATEMENT("look_alike_store", 6,
	"insert into look_alikes as l (id, organisation_id, brand_actor_id, actor_id, matched, distance)"
	" values ($1, $2, $3, $4, $5, $6)"
	" on conflict (organisation_id, actor_id) do update"
	" set brand_actor_id = excluded.brand_actor_id, matched = excluded.matched, distance = excluded.distance, state = 'open',"
	"     decided_at = null, decided_by = null, report_id = null"
	" where l.state = 'open'"
	"    or l.state = 'dismissed' and excluded.distance < l.distance"); // look_alikes_organisation_id_actor_id_key

static const struct statement forget_others = STATEMENT("look_alike_forget_others", 2,
	"delete from look_alikes"
	" where actor_id = $1"
	"   and state = 'open'"
	"   and organisation_id <> all ($2::bigint[])"); // look_alikes_actor_id

#define SELECT_LOOK_ALIKE \
	"select l.id, l.organisation_id, l.brand_actor_id, l.actor_id, l.matched = 'display_name', l.distance, l.state, l.found_at," \
	"       l.decided_at, l.report_id, a.username, a.domain, a.display_name, a.url, a.domain_id is not null" \
	" from look_alikes as l" \
	" join actors as a on a.id = l.actor_id"

static const struct statement list = STATEMENT("look_alike_list", 6,
	"select * from ("
	SELECT_LOOK_ALIKE
	"  where l.brand_actor_id = any ($1::bigint[])"
	"    and l.id < $2"
	"    and l.id > $3"
	"    and l.state = $6"
	"    and a.suspended_at is null"
	"    and a.deleted_at is null"
	"  order by case when $4::boolean then l.id else -l.id end"
	"  limit $5"
	" ) as page"
	" order by page.id desc"); // look_alikes_brand_actor_id, actors_pkey

static const struct statement find = STATEMENT("look_alike_find", 2,
	SELECT_LOOK_ALIKE
	" where l.id = $2"
	"   and l.organisation_id = $1"); // look_alikes_pkey, actors_pkey

static const struct statement decide = STATEMENT("look_alike_decide", 4,
	"update look_alikes"
	" set state = $2, decided_at = now(), decided_by = $3, report_id = $4"
	" where id = $1"
	"   and state = 'open'"); // look_alikes_pkey

STATEMENT_TABLE(look_alike_statements, &take, &list_brands, &take_walk, &store_walk, &end_walk, &list_actors, &queue, &queue_open,
	&store, &forget_others, &list, &find, &decide);

static const char *const state_names[LOOK_ALIKE_STATE_COUNT] = {
	[LOOK_ALIKE_OPEN] = "open",
	[LOOK_ALIKE_DISMISSED] = "dismissed",
	[LOOK_ALIKE_REPORTED] = "reported",
};

const char *look_alike_state_name(enum look_alike_state state)
{
	return state_names[state];
}

bool look_alike_state_from_name(struct str name, enum look_alike_state *ret_state)
{
	for (int i = 0; i < LOOK_ALIKE_STATE_COUNT; i++) {
		if (!str_eq(name, str_from(state_names[i])))
			continue;
		*ret_state = (enum look_alike_state)i;
		return true;
	}
	return false;
}

enum error look_alike_take(struct db *db, struct arena *arena, int64_t limit, struct look_alike_name **ret_names, size_t *ret_count,
	int64_t *ret_taken)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	size_t count = 0;
	db_value_int64(&values, limit);
	enum error error = db_run(db, arena, &take, &values, &rows);
	if (error)
		return error;
	struct look_alike_name *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int i = 0; i < rows.count; i++) {
		if (!db_bool(&rows, i, 1))
			continue;
		all[count++] = (struct look_alike_name){
			.actor_id = db_int64(&rows, i, 0),
			.organisation_id = db_int64(&rows, i, 2),
			.username = db_text(&rows, i, 3),
			.display_name = db_text(&rows, i, 4),
			.domain = db_text(&rows, i, 5),
		};
	}
	*ret_names = all;
	*ret_count = count;
	*ret_taken = rows.count;
	return ERROR_NONE;
}

enum error look_alike_list_brands(struct db *db, struct arena *arena, int64_t after_id, struct look_alike_name **ret_brands,
	size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, after_id);
	db_value_int64(&values, LOOK_ALIKE_BRANDS_MAX);
	enum error error = db_run(db, arena, &list_brands, &values, &rows);
	if (error)
		return error;
	struct look_alike_name *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int i = 0; i < rows.count; i++)
		all[i] = (struct look_alike_name){
			.actor_id = db_int64(&rows, i, 0),
			.organisation_id = db_int64(&rows, i, 1),
			.username = db_text(&rows, i, 2),
			.display_name = db_text(&rows, i, 3),
			.domain = db_text(&rows, i, 4),
		};
	*ret_brands = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error look_alike_walk_take(struct db *db, struct arena *arena, struct look_alike_walk *ret_walk)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &take_walk, NULL, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (error)
		return error;
	*ret_walk = (struct look_alike_walk){
		.brand = {
			.actor_id = db_int64(&rows, 0, 0),
			.organisation_id = db_int64(&rows, 0, 2),
			.username = db_text(&rows, 0, 3),
			.display_name = db_text(&rows, 0, 4),
			.domain = db_text(&rows, 0, 5),
		},
		.after_id = db_int64(&rows, 0, 1),
		.is_gone = db_bool(&rows, 0, 6),
	};
	return ERROR_NONE;
}

enum error look_alike_walk_store(struct db *db, struct arena *arena, int64_t brand_actor_id, int64_t after_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, brand_actor_id);
	if (!after_id)
		return db_change(db, arena, &end_walk, &values, NULL);
	db_value_int64(&values, after_id);
	return db_change(db, arena, &store_walk, &values, NULL);
}

enum error look_alike_list_actors(struct db *db, struct arena *arena, int64_t after_id, int64_t limit,
	struct look_alike_name **ret_names, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, after_id);
	db_value_int64(&values, limit);
	enum error error = db_run(db, arena, &list_actors, &values, &rows);
	if (error)
		return error;
	struct look_alike_name *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int i = 0; i < rows.count; i++)
		all[i] = (struct look_alike_name){
			.actor_id = db_int64(&rows, i, 0),
			.username = db_text(&rows, i, 1),
			.display_name = db_text(&rows, i, 2),
		};
	*ret_names = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error look_alike_queue(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, actor_ids, count);
	return db_change(db, arena, &queue, &values, NULL);
}

enum error look_alike_queue_open(struct db *db, struct arena *arena, int64_t brand_actor_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, brand_actor_id);
	return db_change(db, arena, &queue_open, &values, NULL);
}

enum error look_alike_store(struct db *db, struct arena *arena, const struct look_alike *look_alike)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, look_alike->id);
	db_value_int64(&values, look_alike->organisation_id);
	db_value_int64(&values, look_alike->brand_actor_id);
	db_value_int64(&values, look_alike->actor_id);
	db_value_text(&values, look_alike->is_display_name ? STR_LITERAL("display_name") : STR_LITERAL("username"));
	db_value_int16(&values, (int16_t)look_alike->distance);
	return db_change(db, arena, &store, &values, NULL);
}

enum error look_alike_forget_others(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *organisation_ids, size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64_array(&values, arena, organisation_ids, count);
	return db_change(db, arena, &forget_others, &values, NULL);
}

static struct look_alike read_look_alike(const struct db_rows *rows, int row)
{
	struct look_alike found = {
		.id = db_int64(rows, row, 0),
		.organisation_id = db_int64(rows, row, 1),
		.brand_actor_id = db_int64(rows, row, 2),
		.actor_id = db_int64(rows, row, 3),
		.is_display_name = db_bool(rows, row, 4),
		.distance = (int)db_int64(rows, row, 5),
		.found_us = db_time(rows, row, 7),
		.decided_us = db_time(rows, row, 8),
		.report_id = db_int64(rows, row, 9),
		.username = db_text(rows, row, 10),
		.domain = db_text(rows, row, 11),
		.display_name = db_text(rows, row, 12),
		.url = db_text(rows, row, 13),
		.is_local = db_bool(rows, row, 14),
	};
	if (!look_alike_state_from_name(db_text(rows, row, 6), &found.state))
		found.state = LOOK_ALIKE_OPEN; /* the column takes these words only */
	return found;
}

enum error look_alike_list(struct db *db, struct arena *arena, const int64_t *brand_actor_ids, size_t brand_count,
	enum look_alike_state state, const struct id_page *page, struct look_alike **ret_look_alikes, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	int64_t before, after;
	bool is_ascending;
	id_page_bounds(page, &before, &after, &is_ascending);
	db_value_int64_array(&values, arena, brand_actor_ids, brand_count);
	db_value_int64(&values, before);
	db_value_int64(&values, after);
	db_value_bool(&values, is_ascending);
	db_value_int64(&values, page->limit);
	db_value_text(&values, str_from(look_alike_state_name(state)));
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct look_alike *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int i = 0; i < rows.count; i++)
		all[i] = read_look_alike(&rows, i);
	*ret_look_alikes = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error look_alike_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct look_alike *ret_look_alike)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_look_alike = read_look_alike(&rows, 0);
	return error;
}

enum error look_alike_decide(struct db *db, struct arena *arena, int64_t id, enum look_alike_state state, int64_t membership_id,
	int64_t report_id)
{
	int64_t changed = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_text(&values, str_from(look_alike_state_name(state)));
	db_value_id(&values, membership_id);
	db_value_id(&values, report_id);
	enum error error = db_change(db, arena, &decide, &values, &changed);
	return !error && !changed ? ERROR_CONFLICT : error;
}
