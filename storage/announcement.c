/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Announcements: few rows, read by everyone. */
#include "storage/announcement.h"

#include "storage/event.h"
#include "storage/statement.h"

#define ANNOUNCEMENT_COLUMNS \
	"a.id"               \
	", a.text"           \
	", a.html"           \
	", a.starts_at"      \
	", a.ends_at"        \
	", a.is_all_day"     \
	", a.published_at"   \
	", a.updated_at"

enum {
	ANNOUNCEMENT_ID,
	ANNOUNCEMENT_TEXT,
	ANNOUNCEMENT_HTML,
	ANNOUNCEMENT_STARTS_AT,
	ANNOUNCEMENT_ENDS_AT,
	ANNOUNCEMENT_IS_ALL_DAY,
	ANNOUNCEMENT_PUBLISHED_AT,
	ANNOUNCEMENT_UPDATED_AT,
};
#define ANNOUNCEMENT_IS_READ (ANNOUNCEMENT_UPDATED_AT + 1)

#define IS_READ_BY_1 ", exists (select from announcement_reads as r where r.announcement_id = a.id and r.actor_id = $1)"
#define IS_SHOWN "(a.ends_at is null or a.ends_at > now())"

static const struct statement add = STATEMENT("announcement_add", 6,
	"insert into announcements (id, text, html, starts_at, ends_at, is_all_day)"
	" values ($1, $2, $3, $4::timestamptz, $5::timestamptz, $6)");

static const struct statement remove_one = STATEMENT("announcement_remove", 1,
	"delete from announcements"
	" where id = $1"); // announcements_pkey

static const struct statement list = STATEMENT("announcement_list", 1,
	"select " ANNOUNCEMENT_COLUMNS IS_READ_BY_1
	" from announcements as a"
	" where " IS_SHOWN
	" order by a.id"); // announcements_pkey, announcement_reads_pkey

static const struct statement find = STATEMENT("announcement_find", 2,
	"select " ANNOUNCEMENT_COLUMNS IS_READ_BY_1
	" from announcements as a"
	" where a.id = $2"
	"   and " IS_SHOWN); // announcements_pkey, announcement_reads_pkey

static const struct statement mark_read = STATEMENT("announcement_mark_read", 2,
	"insert into announcement_reads (announcement_id, actor_id)"
	" select id, $1 from announcements where id = $2"
	" on conflict do nothing"); // announcements_pkey

static const struct statement list_reactions = STATEMENT("announcement_list_reactions", 2,
	"select r.announcement_id, r.name, count(*), bool_or(r.actor_id = $1),"
	" (select e.image_url from emojis as e join domains as d on d.is_primary and e.domain = d.authority"
	"  where e.shortcode = r.name)"
	" from announcement_reactions as r"
	" where r.announcement_id = any ($2::bigint[])"
	" group by r.announcement_id, r.name"
	" order by r.announcement_id, min(r.created_at)"); // announcement_reactions_pkey, emojis_pkey

static const struct statement react = STATEMENT("announcement_react", 4,
	"insert into announcement_reactions (announcement_id, name, actor_id)"
	" select a.id, $3, $1"
	" from announcements as a"
	" where a.id = $2"
	"   and (exists (select from announcement_reactions as r where r.announcement_id = a.id and r.name = $3)"
	"        or (select count(distinct r.name) from announcement_reactions as r where r.announcement_id = a.id) < $4)"
	" on conflict do nothing"); // announcements_pkey, announcement_reactions_pkey

static const struct statement has_reacted = STATEMENT("announcement_has_reacted", 3,
	"select exists (select from announcement_reactions where announcement_id = $2 and name = $3 and actor_id = $1)");
	// announcement_reactions_pkey

static const struct statement unreact = STATEMENT("announcement_unreact", 3,
	"delete from announcement_reactions"
	" where announcement_id = $2"
	"   and name = $3"
	"   and actor_id = $1"); // announcement_reactions_pkey

STATEMENT_TABLE(announcement_statements, &add, &remove_one, &list, &find, &mark_read, &list_reactions, &react, &has_reacted,
	&unreact);

static void read_announcement(const struct db_rows *rows, int row, struct announcement *ret_announcement)
{
	*ret_announcement = (struct announcement){
		.id = db_int64(rows, row, ANNOUNCEMENT_ID),
		.text = db_text(rows, row, ANNOUNCEMENT_TEXT),
		.html = db_text(rows, row, ANNOUNCEMENT_HTML),
		.starts_us = db_time(rows, row, ANNOUNCEMENT_STARTS_AT),
		.ends_us = db_time(rows, row, ANNOUNCEMENT_ENDS_AT),
		.is_all_day = db_bool(rows, row, ANNOUNCEMENT_IS_ALL_DAY),
		.published_us = db_time(rows, row, ANNOUNCEMENT_PUBLISHED_AT),
		.updated_us = db_time(rows, row, ANNOUNCEMENT_UPDATED_AT),
		.is_read = db_bool(rows, row, ANNOUNCEMENT_IS_READ),
	};
}

static void add_time(struct db_values *values, int64_t time_us)
{
	if (time_us)
		db_value_time(values, time_us);
	else
		db_value_null(values);
}

enum error announcement_add(struct db *db, struct arena *arena, const struct announcement *announcement)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, announcement->id);
	db_value_text(&values, announcement->text);
	db_value_text(&values, announcement->html);
	add_time(&values, announcement->starts_us);
	add_time(&values, announcement->ends_us);
	db_value_bool(&values, announcement->is_all_day);
	enum error error = db_change(db, arena, &add, &values, NULL);
	if (!error)
		event_emit_on_commit(db, EVENT_ANNOUNCEMENT, announcement->id, 0);
	return error;
}

enum error announcement_remove(struct db *db, struct arena *arena, int64_t id)
{
	int64_t affected;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_one, &values, &affected);
	if (error)
		return error;
	if (!affected)
		return ERROR_NOT_FOUND;
	event_emit_on_commit(db, EVENT_ANNOUNCEMENT_DELETED, id, 0);
	return ERROR_NONE;
}

enum error announcement_list(struct db *db, struct arena *arena, int64_t actor_id, struct announcement **ret_announcements,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct announcement *found = arena_alloc_array(arena, (size_t)rows.count, sizeof(*found));
	for (int row = 0; row < rows.count; row++)
		read_announcement(&rows, row, &found[row]);
	*ret_announcements = found;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error announcement_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct announcement *ret_announcement)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	read_announcement(&rows, 0, ret_announcement);
	return ERROR_NONE;
}

enum error announcement_mark_read(struct db *db, struct arena *arena, int64_t actor_id, int64_t id)
{
	struct announcement announcement;
	enum error error = announcement_find(db, arena, actor_id, id, &announcement);
	if (error)
		return error;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, id);
	return db_change(db, arena, &mark_read, &values, NULL);
}

enum error announcement_list_reactions(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids, size_t count,
	struct announcement_reaction **ret_reactions, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64_array(&values, arena, ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_reactions, &values, &rows);
	if (error)
		return error;
	struct announcement_reaction *found = arena_alloc_array(arena, (size_t)rows.count, sizeof(*found));
	for (int row = 0; row < rows.count; row++)
		found[row] = (struct announcement_reaction){
			.announcement_id = db_int64(&rows, row, 0),
			.name = db_text(&rows, row, 1),
			.count = db_int64(&rows, row, 2),
			.is_own = db_bool(&rows, row, 3),
			.image_url = db_text(&rows, row, 4),
		};
	*ret_reactions = found;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static void add_reaction(struct db_values *values, int64_t actor_id, int64_t id, struct str name)
{
	db_value_int64(values, actor_id);
	db_value_int64(values, id);
	db_value_text(values, name);
}

static enum error check_reacted(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct str name)
{
	struct db_values values = { .count = 0 };
	add_reaction(&values, actor_id, id, name);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &has_reacted, &values, &rows);
	if (!error && !db_bool(&rows, 0, 0))
		return ERROR_UNPROCESSABLE;
	return error;
}

enum error announcement_react(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct str name)
{
	int64_t affected;
	struct announcement announcement;
	enum error error = announcement_find(db, arena, actor_id, id, &announcement);
	if (error)
		return error;
	struct db_values values = { .count = 0 };
	add_reaction(&values, actor_id, id, name);
	db_value_int64(&values, ANNOUNCEMENT_MAX_REACTIONS);
	error = db_change(db, arena, &react, &values, &affected);
	if (error)
		return error;
	if (!affected)
		return check_reacted(db, arena, actor_id, id, name);
	event_emit_on_commit(db, EVENT_ANNOUNCEMENT_REACTION, id, 0);
	return ERROR_NONE;
}

enum error announcement_unreact(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct str name)
{
	int64_t affected;
	struct announcement announcement;
	enum error error = announcement_find(db, arena, actor_id, id, &announcement);
	if (error)
		return error;
	struct db_values values = { .count = 0 };
	add_reaction(&values, actor_id, id, name);
	error = db_change(db, arena, &unreact, &values, &affected);
	if (!error && affected)
		event_emit_on_commit(db, EVENT_ANNOUNCEMENT_REACTION, id, 0);
	return error;
}
