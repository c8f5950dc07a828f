/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Search in posts, in up to three steps. A common word is found among the newest posts, which are looked at one by one; a
 * rare one by the index, which knows no order; and what the reader favourited or bookmarked is looked at besides. The
 * index narrows by marks (words that begin with a space); what may be shown is decided by the rows. */
#include "storage/post_search.h"

#include "storage/post_visibility.h"
#include "storage/statement.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

/* $1 reader, $2 marks, $3 words, $4 words as folded for French, $5 and $6 bounds of the ids, $7 how many, $8 looked at. */
#define IN_LANGUAGE(name, words) \
	"(''' :" name "'''::tsquery && websearch_to_tsquery('public.comptoir_" name "', " words "))"
#define QUERY                                                                                                \
	"with query as materialized ("                                                                       \
	"  select case when $3 = '' then $2::text::tsquery"                                                  \
	"         else $2::text::tsquery && (" IN_LANGUAGE("en", "$3") " || " IN_LANGUAGE("fr", "$4")        \
	"                                    || " IN_LANGUAGE("simple", "$3") ") end as q"                   \
	")"
#define IS_NAMED "exists (select from post_mentions as named where named.post_id = p.id and named.actor_id = $1)"
#define IS_CONSENTED                                                                                         \
	"(p.visibility = 'public' and author.is_indexable and author.silenced_at is null" \
	" and not " SERVER_IS_SILENCED("author") ")"

static const struct statement find_recent = STATEMENT("post_search_find_recent", 8,
	QUERY
	" select p.id"
	" from (select w.post_id, w.words from post_words as w"
	"       where w.post_id < $5 and w.post_id > $6 order by w.post_id desc limit $8) as c"
	" join posts as p on p.id = c.post_id"
	" join actors as author on author.id = p.actor_id"
	" where c.words @@ (select q from query)"
	"   and (p.actor_id = $1 or " IS_NAMED " or " IS_CONSENTED ")"
	"   and " POST_IS_WANTED_BY("$1")
	" order by c.post_id desc"
	" limit $7"); // post_words_pkey, posts_pkey, actors_pkey

static const struct statement find_all = STATEMENT("post_search_find_all", 8,
	QUERY
	", matched as materialized ("
	"  select w.post_id from post_words as w where w.words @@ (select q from query)"
	"), newest as ("
	"  select m.post_id from matched as m where m.post_id < $5 and m.post_id > $6 order by m.post_id desc limit $8"
	")"
	" select p.id"
	" from newest as c"
	" join posts as p on p.id = c.post_id"
	" join actors as author on author.id = p.actor_id"
	" where (p.actor_id = $1 or " IS_NAMED " or " IS_CONSENTED ")"
	"   and " POST_IS_WANTED_BY("$1")
	" order by c.post_id desc"
	" limit $7"); // post_words_words, posts_pkey, actors_pkey

static const struct statement find_touched = STATEMENT("post_search_find_touched", 8,
	QUERY
	", touched as ("
	"  (select f.post_id from favourites as f where f.actor_id = $1 order by f.id desc limit $8)"
	"  union"
	"  (select b.post_id from bookmarks as b where b.actor_id = $1 order by b.id desc limit $8)"
	")"
	" select p.id"
	" from touched as t"
	" join post_words as w on w.post_id = t.post_id"
	" join posts as p on p.id = t.post_id"
	" join actors as author on author.id = p.actor_id"
	" where w.words @@ (select q from query)"
	"   and p.id < $5 and p.id > $6"
	"   and " POST_IS_WANTED_BY("$1")
	" order by p.id desc"
	" limit $7"); // favourites_actor_id, bookmarks_actor_id, post_words_pkey, posts_pkey, actors_pkey

STATEMENT_TABLE(post_search_statements, &find_recent, &find_all, &find_touched);

static void add_mark(struct buf *out, const struct post_search_mark *mark)
{
	static const char *const letters[] = { [MARK_AUTHOR] = "a", [MARK_MENTION] = "@", [MARK_TAG] = "#",
		[MARK_LANGUAGE] = "l", [MARK_MEDIA] = "m", [MARK_POLL] = "p", [MARK_LINK] = "k", [MARK_QUOTE] = "q",
		[MARK_REPLY] = "r", [MARK_SENSITIVE] = "s" };
	buf_add_c_string(out, out->len ? " & " : "");
	buf_add_c_string(out, mark->is_excluded ? "!' " : "' ");
	buf_add_c_string(out, letters[mark->kind]);
	if (mark->id)
		buf_add_int64(out, mark->id);
	/* Nothing that ends the quoted word. */
	for (size_t i = 0; i < mark->text.len; i++)
		if (!strchr("'\\, \t\n", mark->text.data[i]))
			buf_add_char(out, mark->text.data[i]);
	buf_add_char(out, '\'');
}

static struct str marks_of(struct arena *arena, const struct post_search *search, bool is_touched)
{
	AUTO(buf) struct buf marks = { 0 };
	for (size_t i = 0; i < search->mark_count; i++)
		add_mark(&marks, &search->marks[i]);
	buf_add_c_string(&marks, marks.len && !is_touched ? " & " : "");
	if (!is_touched && search->is_public_only)
		buf_add_c_string(&marks, "' o'");
	else if (!is_touched)
		buf_add_printf(&marks, "(' a%lld' | ' @%lld'%s)", (long long)search->reader_id, (long long)search->reader_id,
			search->is_library_only ? "" : " | ' o'");
	return marks.len ? arena_str(arena, buf_str(&marks)) : STR_LITERAL("");
}

static enum error run(struct db *db, struct arena *arena, const struct statement *statement, const struct post_search *search,
	int64_t wanted, int64_t **ret_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, search->reader_id);
	db_value_text(&values, marks_of(arena, search, statement == &find_touched));
	db_value_text(&values, search->words.len ? search->words : STR_LITERAL(""));
	db_value_text(&values, search->words.len ? search->french_words : STR_LITERAL(""));
	db_value_int64(&values, search->max_id ? search->max_id : INT64_MAX);
	db_value_int64(&values, search->min_id);
	db_value_int64(&values, wanted);
	db_value_int64(&values, POST_SEARCH_MAX_LOOKED_AT);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static int newest_first(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
	return (one < other) - (one > other);
}

enum error post_search_list(struct db *db, struct arena *arena, const struct post_search *search, int64_t **ret_ids,
	size_t *ret_count)
{
	int64_t wanted = (int64_t)search->offset + search->limit;
	int64_t *found = NULL, *touched = NULL;
	size_t count = 0, touched_count = 0;
	enum error error = run(db, arena, &find_recent, search, wanted, &found, &count);
	if (!error && (int64_t)count < wanted) {
		enum error later = run(db, arena, &find_all, search, wanted, &found, &count);
		error = later == ERROR_TIMEOUT ? ERROR_NONE : later;
	}
	if (!error && !search->is_public_only)
		error = run(db, arena, &find_touched, search, wanted, &touched, &touched_count);
	if (error)
		return error;
	int64_t *all = arena_alloc_array(arena, count + touched_count, sizeof(*all));
	if (count)
		memcpy(all, found, count * sizeof(*all));
	if (touched_count)
		memcpy(all + count, touched, touched_count * sizeof(*all));
	size_t total = count + touched_count, kept = 0;
	if (total)
		qsort(all, total, sizeof(*all), newest_first);
	for (size_t i = 0; i < total; i++)
		if (!kept || all[kept - 1] != all[i])
			all[kept++] = all[i];
	size_t first = (size_t)search->offset < kept ? (size_t)search->offset : kept;
	*ret_ids = all + first;
	*ret_count = kept - first < (size_t)search->limit ? kept - first : (size_t)search->limit;
	return ERROR_NONE;
}
