/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lists of contacts. */
#include "storage/contact_list.h"

#include "storage/event.h"
#include "storage/id.h"
#include "storage/id_page_sql.h"

#include "base/mutant.h"

#include <assert.h>

#define LIST_COLUMNS        \
	"l.id"              \
	", l.actor_id"      \
	", l.title"         \
	", l.replies_policy" \
	", l.is_exclusive"

enum {
	LIST_ID,
	LIST_ACTOR_ID,
	LIST_TITLE,
	LIST_REPLIES_POLICY,
	LIST_IS_EXCLUSIVE,
};

static const struct statement create = STATEMENT("contact_list_create", 6,
	"insert into lists (id, actor_id, title, replies_policy, is_exclusive)"
	" select $1, $2, $3, $4, $5"
	" where (select count(*) from lists as l where l.actor_id = $2) < $6"); // lists_actor_id

static const struct statement update = STATEMENT("contact_list_update", 5,
	"update lists"
	" set title = $3,"
	"     replies_policy = $4,"
	"     is_exclusive = $5"
	" where id = $1"
	"   and actor_id = $2"); // lists_pkey

static const struct statement delete_one = STATEMENT("contact_list_delete", 2,
	"delete from lists"
	" where id = $1"
	"   and actor_id = $2"); // lists_pkey

static const struct statement find = STATEMENT("contact_list_find", 2,
	"select " LIST_COLUMNS
	" from lists as l"
	" where l.id = $1"
	"   and l.actor_id = $2"); // lists_pkey

static const struct statement list_all = STATEMENT("contact_list_all", 1,
	"select " LIST_COLUMNS
	" from lists as l"
	" where l.actor_id = $1"
	" order by l.id"); // lists_actor_id

static const struct statement list_with = STATEMENT("contact_list_with", 2,
	"select " LIST_COLUMNS
	" from lists as l"
	" join list_members as m on m.list_id = l.id"
	" where l.actor_id = $1"
	"   and m.actor_id = $2"
	" order by l.id"); // lists_actor_id, list_members_pkey

/* How many of the wanted ones are there, may be added, and were added. */
static const struct statement add_members = STATEMENT("contact_list_add_members", 4,
	"with mine as ("
	"  select l.id from lists as l where l.id = $1 and l.actor_id = $2"
	"), known as ("
	"  select wanted.id, wanted.member_id"
	"  from unnest($3::bigint[], $4::bigint[]) as wanted (id, member_id)"
	"  where wanted.member_id = $2"
	"     or exists (select from follows as f where f.follower_id = $2 and f.followed_id = wanted.member_id)"
	"), added as ("
	"  insert into list_members (list_id, actor_id, id)"
	"  select mine.id, known.member_id, known.id"
	"  from mine, known"
	"  where (select count(*) from known) = cardinality($3::bigint[])"
	"    and not exists (select from list_members as m where m.list_id = mine.id and m.actor_id = any ($4::bigint[]))"
	"  on conflict (list_id, actor_id) do nothing"
	"  returning actor_id"
	")"
	" select (select count(*) from mine), (select count(*) from known), (select count(*) from added)");
	// lists_pkey, follows_follower_id_followed_id_key, list_members_pkey

static const struct statement remove_members = STATEMENT("contact_list_remove_members", 3,
	"with mine as ("
	"  select l.id from lists as l where l.id = $1 and l.actor_id = $2"
	"), gone as ("
	"  delete from list_members as m"
	"  using mine"
	"  where m.list_id = mine.id"
	"    and m.actor_id = any ($3::bigint[])"
	")"
	" select count(*) from mine"); // lists_pkey, list_members_pkey

static const struct statement list_members = STATEMENT("contact_list_members", 5,
	ID_PAGE_SELECT("m.id, m.actor_id",
	" from list_members as m"
	" join actors as a on a.id = m.actor_id"
	" where m.list_id = $1"
	"   and a.suspended_at is null", "m.id")); // list_members_page, actors_pkey

STATEMENT_TABLE(contact_list_statements, &create, &update, &delete_one, &find, &list_all, &list_with, &add_members,
	&remove_members, &list_members);

static const char *const policy_names[] = {
	[REPLIES_TO_FOLLOWED] = "followed",
	[REPLIES_TO_LIST] = "list",
	[REPLIES_TO_NOBODY] = "none",
};

const char *replies_policy_name(enum replies_policy policy)
{
	return policy_names[policy];
}

bool replies_policy_from_name(struct str name, enum replies_policy *ret_policy)
{
	for (size_t i = 0; i < sizeof(policy_names) / sizeof(policy_names[0]); i++) {
		if (str_eq(name, str_from(policy_names[i]))) {
			*ret_policy = (enum replies_policy)i;
			return true;
		}
	}
	return false;
}

static void add_list(struct db_values *values, const struct contact_list *list)
{
	db_value_int64(values, list->id);
	db_value_int64(values, list->owner_id);
	db_value_text(values, list->title);
	db_value_text(values, str_from(replies_policy_name(list->replies)));
	db_value_bool(values, list->is_exclusive);
}

static enum error change(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	int64_t owner_id, enum error absent)
{
	int64_t affected = 0;
	enum error error = db_change(db, arena, statement, values, &affected);
	if (error)
		return error;
	if (!affected)
		return absent;
	event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, owner_id);
	return ERROR_NONE;
}

enum error contact_list_create(struct db *db, struct arena *arena, const struct contact_list *list)
{
	struct db_values values = { .count = 0 };
	add_list(&values, list);
	db_value_int64(&values, MUTANT("contact_list_max") ? INT64_MAX : CONTACT_LIST_MAX);
	return change(db, arena, &create, &values, list->owner_id, ERROR_UNPROCESSABLE);
}

enum error contact_list_update(struct db *db, struct arena *arena, const struct contact_list *list)
{
	struct db_values values = { .count = 0 };
	add_list(&values, list);
	return change(db, arena, &update, &values, list->owner_id, ERROR_NOT_FOUND);
}

enum error contact_list_delete(struct db *db, struct arena *arena, int64_t owner_id, int64_t list_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, list_id);
	db_value_int64(&values, owner_id);
	return change(db, arena, &delete_one, &values, owner_id, ERROR_NOT_FOUND);
}

static void read_list(const struct db_rows *rows, int row, struct contact_list *ret_list)
{
	*ret_list = (struct contact_list){
		.id = db_int64(rows, row, LIST_ID),
		.owner_id = db_int64(rows, row, LIST_ACTOR_ID),
		.title = db_text(rows, row, LIST_TITLE),
		.is_exclusive = db_bool(rows, row, LIST_IS_EXCLUSIVE),
	};
	if (!replies_policy_from_name(db_text(rows, row, LIST_REPLIES_POLICY), &ret_list->replies))
		ret_list->replies = REPLIES_TO_LIST;
}

enum error contact_list_find(struct db *db, struct arena *arena, int64_t owner_id, int64_t list_id,
	struct contact_list *ret_list)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, list_id);
	db_value_int64(&values, owner_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	read_list(&rows, 0, ret_list);
	return ERROR_NONE;
}

enum error contact_list_list(struct db *db, struct arena *arena, int64_t owner_id, int64_t member_id,
	struct contact_list **ret_lists, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, owner_id);
	if (member_id)
		db_value_int64(&values, member_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, member_id ? &list_with : &list_all, &values, &rows);
	if (error)
		return error;
	struct contact_list *lists = arena_alloc_array(arena, (size_t)rows.count, sizeof(*lists));
	for (int i = 0; i < rows.count; i++)
		read_list(&rows, i, &lists[i]);
	*ret_lists = lists;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error contact_list_add_members(struct db *db, struct arena *arena, int64_t owner_id, int64_t list_id,
	const int64_t *actor_ids, size_t count)
{
	assert(count <= CONTACT_LIST_CHANGE_MAX);
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = id_new();
	struct db_values values = { .count = 0 };
	db_value_int64(&values, list_id);
	db_value_int64(&values, owner_id);
	db_value_int64_array(&values, arena, ids, count);
	db_value_int64_array(&values, arena, actor_ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &add_members, &values, &rows);
	if (error)
		return error;
	if (!db_int64(&rows, 0, 0) || db_int64(&rows, 0, 1) != (int64_t)count)
		return ERROR_NOT_FOUND;
	if (db_int64(&rows, 0, 2) != (int64_t)count)
		return ERROR_CONFLICT;
	event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, owner_id);
	return ERROR_NONE;
}

enum error contact_list_remove_members(struct db *db, struct arena *arena, int64_t owner_id, int64_t list_id,
	const int64_t *actor_ids, size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, list_id);
	db_value_int64(&values, owner_id);
	db_value_int64_array(&values, arena, actor_ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &remove_members, &values, &rows);
	if (error)
		return error;
	if (!db_int64(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	event_emit_on_commit(db, EVENT_RELATIONS_CHANGED, 0, owner_id);
	return ERROR_NONE;
}

enum error contact_list_members(struct db *db, struct arena *arena, int64_t list_id, const struct id_page *page,
	struct contact_list_member **ret_members, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, list_id);
	id_page_add(&values, page);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_members, &values, &rows);
	if (error)
		return error;
	struct contact_list_member *members = arena_alloc_array(arena, (size_t)rows.count, sizeof(*members));
	for (int i = 0; i < rows.count; i++) {
		int row = id_page_row(page, &rows, i);
		members[i] = (struct contact_list_member){ db_int64(&rows, row, 0), db_int64(&rows, row, 1) };
	}
	*ret_members = members;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
