/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Featured posts and hashtags. Both lists are short: what a remote server says is cut to the same length. */
#include "storage/pin.h"

#include "base/mutant.h"
#include "storage/statement.h"

#define PIN_COLUMNS       \
	"p.id"            \
	", p.uri"

enum {
	PIN_ID,
	PIN_URI,
};

static const struct statement add = STATEMENT("pin_add", 3,
	"with own as ("
	"  select p.id, p.actor_id"
	"  from posts as p"
	"  where p.id = $2"
	"    and p.actor_id = $1"
	"), there as ("
	"  select from pins where actor_id = $1 and post_id = $2"
	"), new_pin as ("
	"  insert into pins (actor_id, post_id)"
	"  select own.actor_id, own.id"
	"  from own"
	"  where (select count(*) from pins where actor_id = $1) < $3"
	"  on conflict do nothing"
	"  returning post_id"
	")"
	" select exists (select from own),"
	"        exists (select from there) or exists (select from new_pin)"); // posts_pkey, pins_pkey

static const struct statement remove_one = STATEMENT("pin_remove", 2,
	"delete from pins"
	" where actor_id = $1"
	"   and post_id = $2"); // pins_pkey

static const struct statement list = STATEMENT("pin_list", 1,
	"select " PIN_COLUMNS
	" from pins as n"
	" join posts as p on p.id = n.post_id"
	" join actors as author on author.id = p.actor_id"
	" where n.actor_id = $1"
	"   and p.visibility in ('public', 'unlisted')"
	"   and author.suspended_at is null"
	"   and post_is_released(p.id, p.actor_id)"
	" order by n.created_at desc, n.post_id desc"); // pins_pkey, posts_pkey

/* In the order of the list: the first one is the one pinned last. */
static const struct statement replace = STATEMENT("pin_replace", 2,
	"with wanted as ("
	"  select p.id, min(one.position) as position"
	"  from unnest($2::bigint[]) with ordinality as one (id, position)"
	"  join posts as p on p.id = one.id"
	"  where p.actor_id = $1"
	"  group by p.id"
	"), gone as ("
	"  delete from pins"
	"  where actor_id = $1"
	"    and post_id not in (select id from wanted)"
	")"
	" insert into pins as n (actor_id, post_id, created_at)"
	" select $1, w.id, now() - w.position * interval '1 microsecond'"
	" from wanted as w"
	" order by w.id"
	" on conflict (actor_id, post_id) do update"
	" set created_at = excluded.created_at"); // pins_pkey, posts_pkey

static const struct statement tag_add = STATEMENT("pin_tag_add", 3,
	"with owner as ("
	"  select id from actors where id = $1"
	"), there as ("
	"  select from featured_tags where actor_id = $1 and name = $2"
	"), new_tag as ("
	"  insert into featured_tags (actor_id, name)"
	"  select owner.id, $2"
	"  from owner"
	"  where (select count(*) from featured_tags where actor_id = $1) < $3"
	"  on conflict do nothing"
	"  returning name"
	")"
	" select exists (select from owner),"
	"        exists (select from there) or exists (select from new_tag)"); // actors_pkey, featured_tags_pkey

static const struct statement tag_remove = STATEMENT("pin_tag_remove", 2,
	"delete from featured_tags"
	" where actor_id = $1"
	"   and name = $2"); // featured_tags_pkey

static const struct statement tag_list = STATEMENT("pin_tag_list", 1,
	"select name"
	" from featured_tags"
	" where actor_id = $1"
	" order by created_at, name"); // featured_tags_pkey

STATEMENT_TABLE(pin_statements, &add, &remove_one, &list, &replace, &tag_add, &tag_remove, &tag_list);

/* The statement says whether the owner is there and whether the thing is in the list now. */
static enum error run_add(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!db_bool(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	return db_bool(&rows, 0, 1) ? ERROR_NONE : ERROR_UNPROCESSABLE;
}

enum error pin_add(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	db_value_int64(&values, MUTANT("pin_max") ? INT32_MAX : PIN_MAX);
	return run_add(db, arena, &add, &values);
}

enum error pin_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &remove_one, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error pin_list(struct db *db, struct arena *arena, int64_t actor_id, struct pin **ret_pins, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct pin *pins = arena_alloc_array(arena, (size_t)rows.count, sizeof(*pins));
	for (int i = 0; i < rows.count; i++)
		pins[i] = (struct pin){ .post_id = db_int64(&rows, i, PIN_ID), .post_uri = db_text(&rows, i, PIN_URI) };
	*ret_pins = pins;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error pin_replace(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *post_ids, size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64_array(&values, arena, post_ids, count < PIN_MAX ? count : PIN_MAX);
	return db_change(db, arena, &replace, &values, NULL);
}

enum error featured_tag_add(struct db *db, struct arena *arena, int64_t actor_id, struct str name)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, name);
	db_value_int64(&values, MUTANT("featured_tag_max") ? INT32_MAX : FEATURED_TAG_MAX);
	return run_add(db, arena, &tag_add, &values);
}

enum error featured_tag_remove(struct db *db, struct arena *arena, int64_t actor_id, struct str name)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, name);
	return db_change(db, arena, &tag_remove, &values, NULL);
}

enum error featured_tag_list(struct db *db, struct arena *arena, int64_t actor_id, struct str **ret_names,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &tag_list, &values, &rows);
	if (error)
		return error;
	struct str *names = arena_alloc_array(arena, (size_t)rows.count, sizeof(*names));
	for (int i = 0; i < rows.count; i++)
		names[i] = db_text(&rows, i, 0);
	*ret_names = names;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
