/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Filters. An actor has few, so they are read whole. */
#include "storage/filter.h"

#include "storage/event.h"
#include "storage/post_visibility.h"
#include "storage/statement.h"

#include "base/mutant.h"

static const struct statement list_all = STATEMENT("filter_list_all", 2,
	"select f.id, f.title, array_to_string(f.contexts, ' '), f.action, f.expires_at"
	" from filters as f"
	" where f.actor_id = $1"
	"   and ($2::bigint is null or f.id = $2)"
	" order by f.id"); // filters_actor_id

static const struct statement list_keywords = STATEMENT("filter_list_keywords", 2,
	"select k.id, k.filter_id, k.keyword, k.is_whole_word"
	" from filters as f"
	" join filter_keywords as k on k.filter_id = f.id"
	" where f.actor_id = $1"
	"   and ($2::bigint is null or f.id = $2)"
	" order by k.filter_id, k.id"); // filters_actor_id, filter_keywords_filter_id

static const struct statement list_posts = STATEMENT("filter_list_posts", 2,
	"select p.id, p.filter_id, p.post_id"
	" from filters as f"
	" join filter_posts as p on p.filter_id = f.id"
	" where f.actor_id = $1"
	"   and ($2::bigint is null or f.id = $2)"
	" order by p.filter_id, p.id"); // filters_actor_id, filter_posts_filter_id_post_id_key

static const struct statement create = STATEMENT("filter_create", 7,
	"insert into filters (id, actor_id, title, contexts, action, expires_at)"
	" select $1, $2, $3, $4, $5, $6"
	" where (select count(*) from filters as f where f.actor_id = $2) < $7"); // filters_actor_id

static const struct statement update = STATEMENT("filter_update", 6,
	"update filters"
	" set title = $3,"
	"     contexts = $4,"
	"     action = $5,"
	"     expires_at = $6"
	" where id = $1"
	"   and actor_id = $2"); // filters_pkey

static const struct statement delete_one = STATEMENT("filter_delete", 2,
	"delete from filters"
	" where id = $1"
	"   and actor_id = $2"); // filters_pkey

static const struct statement find_keyword = STATEMENT("filter_find_keyword", 2,
	"select k.id, k.filter_id, k.keyword, k.is_whole_word"
	" from filter_keywords as k"
	" join filters as f on f.id = k.filter_id"
	" where k.id = $1"
	"   and f.actor_id = $2"); // filter_keywords_pkey

static const struct statement add_keyword = STATEMENT("filter_add_keyword", 7,
	"insert into filter_keywords (id, filter_id, keyword, is_whole_word)"
	" select $1, f.id, $4, $5"
	" from filters as f"
	" where f.id = $3"
	"   and f.actor_id = $2"
	"   and (select count(*) < $6 and coalesce(sum(length(k.keyword)), 0) + length($4) <= $7"
	"        from filters as o"
	"        join filter_keywords as k on k.filter_id = o.id"
	"        where o.actor_id = $2)"); // filters_pkey, filters_actor_id, filter_keywords_filter_id

static const struct statement update_keyword = STATEMENT("filter_update_keyword", 5,
	"update filter_keywords as k"
	" set keyword = $3,"
	"     is_whole_word = $4"
	" from filters as f"
	" where k.id = $1"
	"   and f.id = k.filter_id"
	"   and f.actor_id = $2"
	"   and (select coalesce(sum(length(other.keyword)), 0) + length($3) <= $5"
	"        from filters as o"
	"        join filter_keywords as other on other.filter_id = o.id"
	"        where o.actor_id = $2"
	"          and other.id <> $1)"); // filter_keywords_pkey, filters_actor_id, filter_keywords_filter_id

static const struct statement delete_keyword = STATEMENT("filter_delete_keyword", 2,
	"delete from filter_keywords as k"
	" using filters as f"
	" where k.id = $1"
	"   and f.id = k.filter_id"
	"   and f.actor_id = $2"); // filter_keywords_pkey

static const struct statement find_post = STATEMENT("filter_find_post", 2,
	"select p.id, p.filter_id, p.post_id"
	" from filter_posts as p"
	" join filters as f on f.id = p.filter_id"
	" where p.id = $1"
	"   and f.actor_id = $2"); // filter_posts_pkey

/* Whether the actor sees the post, and whether it may have one more. */
static const struct statement add_post = STATEMENT("filter_add_post", 5,
	"with shown as ("
	"  select p.id"
	"  from posts as p"
	"  join actors as author on author.id = p.actor_id"
	"  where p.id = $4"
	"    and " POST_IS_VISIBLE_TO("$2")
	"), kept as ("
	"  select count(*) < $5 as has_room"
	"  from filters as o"
	"  join filter_posts as p on p.filter_id = o.id"
	"  where o.actor_id = $2"
	"), added as ("
	"  insert into filter_posts (id, filter_id, post_id)"
	"  select $1, f.id, shown.id"
	"  from filters as f, shown, kept"
	"  where f.id = $3"
	"    and f.actor_id = $2"
	"    and kept.has_room"
	"  on conflict (filter_id, post_id) do nothing"
	"  returning id"
	")"
	" select exists (select from shown), (select has_room from kept), exists (select from added)");
	// posts_pkey, filters_pkey, filters_actor_id, filter_posts_filter_id_post_id_key

static const struct statement delete_post = STATEMENT("filter_delete_post", 2,
	"delete from filter_posts as p"
	" using filters as f"
	" where p.id = $1"
	"   and f.id = p.filter_id"
	"   and f.actor_id = $2"); // filter_posts_pkey

STATEMENT_TABLE(filter_statements, &list_all, &list_keywords, &list_posts, &create, &update, &delete_one, &find_keyword,
	&add_keyword, &update_keyword, &delete_keyword, &find_post, &add_post, &delete_post);

static const char *const action_names[] = { [FILTER_WARN] = "warn", [FILTER_HIDE] = "hide", [FILTER_BLUR] = "blur" };
static const char *const context_names[FILTER_CONTEXT_COUNT] = { "home", "notifications", "public", "thread", "account" };

const char *filter_action_name(enum filter_action action)
{
	return action_names[action];
}

bool filter_action_from_name(struct str name, enum filter_action *ret_action)
{
	for (size_t i = 0; i < sizeof(action_names) / sizeof(action_names[0]); i++) {
		if (str_eq(name, str_from(action_names[i]))) {
			*ret_action = (enum filter_action)i;
			return true;
		}
	}
	return false;
}

const char *filter_context_name(unsigned number)
{
	return context_names[number];
}

bool filter_context_from_name(struct str name, unsigned *ret_bit)
{
	for (unsigned i = 0; i < FILTER_CONTEXT_COUNT; i++) {
		if (str_eq(name, str_from(context_names[i]))) {
			*ret_bit = 1u << i;
			return true;
		}
	}
	return false;
}

static unsigned read_contexts(struct str words)
{
	unsigned contexts = 0, bit;
	struct str word;
	while (str_split_next(&words, ' ', &word))
		if (filter_context_from_name(word, &bit))
			contexts |= bit;
	return contexts;
}

static void read_filter(const struct db_rows *rows, int row, struct filter *ret_filter)
{
	*ret_filter = (struct filter){
		.id = db_int64(rows, row, 0),
		.title = db_text(rows, row, 1),
		.contexts = read_contexts(db_text(rows, row, 2)),
		.expires_us = db_time(rows, row, 4),
	};
	if (!filter_action_from_name(db_text(rows, row, 3), &ret_filter->action))
		ret_filter->action = FILTER_WARN;
}

static struct filter_keyword read_keyword(const struct db_rows *rows, int row)
{
	return (struct filter_keyword){
		.id = db_int64(rows, row, 0),
		.filter_id = db_int64(rows, row, 1),
		.keyword = db_text(rows, row, 2),
		.is_whole_word = db_bool(rows, row, 3),
	};
}

static struct filter_post read_post(const struct db_rows *rows, int row)
{
	return (struct filter_post){ db_int64(rows, row, 0), db_int64(rows, row, 1), db_int64(rows, row, 2) };
}

/* Both come in the order of the filters; one whose filter was not there yet is left out. */
static enum error load_keywords(struct db *db, struct arena *arena, const struct db_values *values, struct filter *filters,
	size_t count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_keywords, values, &rows);
	if (error)
		return error;
	struct filter_keyword *keywords = arena_alloc_array(arena, (size_t)rows.count, sizeof(*keywords));
	int row = 0;
	for (size_t i = 0; i < count; i++) {
		while (row < rows.count && db_int64(&rows, row, 1) < filters[i].id)
			row++;
		filters[i].keywords = keywords + row;
		for (; row < rows.count && db_int64(&rows, row, 1) == filters[i].id; row++) {
			keywords[row] = read_keyword(&rows, row);
			filters[i].keyword_count++;
		}
	}
	return ERROR_NONE;
}

static enum error load_posts(struct db *db, struct arena *arena, const struct db_values *values, struct filter *filters,
	size_t count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_posts, values, &rows);
	if (error)
		return error;
	struct filter_post *posts = arena_alloc_array(arena, (size_t)rows.count, sizeof(*posts));
	int row = 0;
	for (size_t i = 0; i < count; i++) {
		while (row < rows.count && db_int64(&rows, row, 1) < filters[i].id)
			row++;
		filters[i].posts = posts + row;
		for (; row < rows.count && db_int64(&rows, row, 1) == filters[i].id; row++) {
			posts[row] = read_post(&rows, row);
			filters[i].post_count++;
		}
	}
	return ERROR_NONE;
}

static enum error load(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct filter **ret_filters,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_id(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_all, &values, &rows);
	if (error)
		return error;
	size_t count = (size_t)rows.count;
	struct filter *filters = arena_alloc_array(arena, count, sizeof(*filters));
	for (int i = 0; i < rows.count; i++)
		read_filter(&rows, i, &filters[i]);
	if (count) {
		error = load_keywords(db, arena, &values, filters, count);
		if (!error)
			error = load_posts(db, arena, &values, filters, count);
		if (error)
			return error;
	}
	*ret_filters = filters;
	*ret_count = count;
	return ERROR_NONE;
}

enum error filter_list(struct db *db, struct arena *arena, int64_t actor_id, struct filter **ret_filters, size_t *ret_count)
{
	return load(db, arena, actor_id, 0, ret_filters, ret_count);
}

enum error filter_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct filter *ret_filter)
{
	struct filter *filters;
	size_t count;
	enum error error = load(db, arena, actor_id, id, &filters, &count);
	if (error)
		return error;
	if (!count)
		return ERROR_NOT_FOUND;
	*ret_filter = filters[0];
	return ERROR_NONE;
}

static enum error change(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	int64_t actor_id, enum error absent)
{
	int64_t affected = 0;
	enum error error = db_change(db, arena, statement, values, &affected);
	if (error)
		return error;
	if (!affected)
		return absent;
	event_emit_on_commit(db, EVENT_FILTERS_CHANGED, 0, actor_id);
	return ERROR_NONE;
}

static void add_filter(struct db_values *values, struct arena *arena, int64_t actor_id, const struct filter *filter)
{
	struct str contexts[FILTER_CONTEXT_COUNT];
	size_t count = 0;
	for (unsigned i = 0; i < FILTER_CONTEXT_COUNT; i++)
		if (filter->contexts & 1u << i)
			contexts[count++] = str_from(context_names[i]);
	db_value_int64(values, filter->id);
	db_value_int64(values, actor_id);
	db_value_text(values, filter->title);
	db_value_text_array(values, arena, contexts, count);
	db_value_text(values, str_from(action_names[filter->action]));
	if (filter->expires_us)
		db_value_time(values, filter->expires_us);
	else
		db_value_null(values);
}

enum error filter_create(struct db *db, struct arena *arena, int64_t actor_id, const struct filter *filter)
{
	struct db_values values = { .count = 0 };
	add_filter(&values, arena, actor_id, filter);
	db_value_int64(&values, MUTANT("filter_max") ? INT64_MAX : FILTER_MAX);
	return change(db, arena, &create, &values, actor_id, ERROR_UNPROCESSABLE);
}

enum error filter_update(struct db *db, struct arena *arena, int64_t actor_id, const struct filter *filter)
{
	struct db_values values = { .count = 0 };
	add_filter(&values, arena, actor_id, filter);
	return change(db, arena, &update, &values, actor_id, ERROR_NOT_FOUND);
}

static void add_pair(struct db_values *values, int64_t id, int64_t actor_id)
{
	db_value_int64(values, id);
	db_value_int64(values, actor_id);
}

static enum error delete_of(struct db *db, struct arena *arena, const struct statement *statement, int64_t actor_id, int64_t id)
{
	struct db_values values = { .count = 0 };
	add_pair(&values, id, actor_id);
	return change(db, arena, statement, &values, actor_id, ERROR_NOT_FOUND);
}

enum error filter_delete(struct db *db, struct arena *arena, int64_t actor_id, int64_t id)
{
	return delete_of(db, arena, &delete_one, actor_id, id);
}

enum error filter_keyword_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id,
	struct filter_keyword *ret_keyword)
{
	struct db_values values = { .count = 0 };
	add_pair(&values, id, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_keyword, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_keyword = read_keyword(&rows, 0);
	return ERROR_NONE;
}

enum error filter_keyword_add(struct db *db, struct arena *arena, int64_t actor_id, const struct filter_keyword *keyword)
{
	struct db_values values = { .count = 0 };
	add_pair(&values, keyword->id, actor_id);
	db_value_int64(&values, keyword->filter_id);
	db_value_text(&values, keyword->keyword);
	db_value_bool(&values, keyword->is_whole_word);
	db_value_int64(&values, FILTER_MAX_KEYWORDS);
	db_value_int64(&values, MUTANT("filter_keywords_max") ? INT64_MAX : FILTER_MAX_KEYWORD_CHARACTERS);
	return change(db, arena, &add_keyword, &values, actor_id, ERROR_UNPROCESSABLE);
}

enum error filter_keyword_update(struct db *db, struct arena *arena, int64_t actor_id, const struct filter_keyword *keyword)
{
	struct db_values values = { .count = 0 };
	add_pair(&values, keyword->id, actor_id);
	db_value_text(&values, keyword->keyword);
	db_value_bool(&values, keyword->is_whole_word);
	db_value_int64(&values, FILTER_MAX_KEYWORD_CHARACTERS);
	return change(db, arena, &update_keyword, &values, actor_id, ERROR_UNPROCESSABLE);
}

enum error filter_keyword_delete(struct db *db, struct arena *arena, int64_t actor_id, int64_t id)
{
	return delete_of(db, arena, &delete_keyword, actor_id, id);
}

enum error filter_post_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct filter_post *ret_post)
{
	struct db_values values = { .count = 0 };
	add_pair(&values, id, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_post, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_post = read_post(&rows, 0);
	return ERROR_NONE;
}

enum error filter_post_add(struct db *db, struct arena *arena, int64_t actor_id, const struct filter_post *post)
{
	struct db_values values = { .count = 0 };
	add_pair(&values, post->id, actor_id);
	db_value_int64(&values, post->filter_id);
	db_value_int64(&values, post->post_id);
	db_value_int64(&values, FILTER_MAX_POSTS);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &add_post, &values, &rows);
	if (error)
		return error;
	if (!db_bool(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	if (!db_bool(&rows, 0, 1))
		return ERROR_UNPROCESSABLE;
	if (!db_bool(&rows, 0, 2))
		return ERROR_CONFLICT;
	event_emit_on_commit(db, EVENT_FILTERS_CHANGED, 0, actor_id);
	return ERROR_NONE;
}

enum error filter_post_delete(struct db *db, struct arena *arena, int64_t actor_id, int64_t id)
{
	return delete_of(db, arena, &delete_post, actor_id, id);
}
