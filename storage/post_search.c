/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Search in posts. Text is folded before it is cut into words: decomposed, without the marks, in lower case. */
#include "storage/post_search.h"

#include "storage/post_visibility.h"
#include "storage/statement.h"

#define FOLDED(text) "lower(regexp_replace(normalize(" text ", nfkd), U&'[\\0300-\\036F]', '', 'g'))"
#define CONFIGURATION                                                                          \
	"case left(coalesce(p.language, ''), 2)"                                               \
	" when 'fr' then 'french' when 'en' then 'english' else 'simple' end::regconfig"
#define CANDIDATE(rest) "(select " rest " limit $11)"

static const struct statement find = STATEMENT("post_search_find", 11,
	"with candidate as materialized ("
	CANDIDATE("p.id from posts as p where p.actor_id = $1 order by p.id desc")
	"  union"
	CANDIDATE("m.post_id from post_mentions as m where m.actor_id = $1 order by m.post_id desc")
	"  union"
	CANDIDATE("f.post_id from favourites as f where f.actor_id = $1 order by f.id desc")
	"  union"
	CANDIDATE("b.post_id from bookmarks as b where b.actor_id = $1 order by b.id desc")
	"  union"
	CANDIDATE("p.id from posts as p join actors as author on author.id = p.actor_id"
	"   where not $6::boolean and p.visibility = 'public' and author.is_indexable and author.silenced_at is null"
	"     and (p.in_reply_to_actor_id is null or p.in_reply_to_actor_id = p.actor_id)"
	"   order by p.id desc")
	")"
	" select p.id"
	" from candidate as c"
	" join posts as p on p.id = c.id"
	" join actors as author on author.id = p.actor_id"
	" where ($3::bigint is null or p.actor_id = $3)"
	"   and ($4 = '' or p.language = $4 or starts_with(p.language, $4 || '-'))"
	"   and (not $5::boolean or exists (select from post_media as pm where pm.post_id = p.id))"
	"   and p.id < $7"
	"   and p.id > $8"
	"   and " POST_IS_WANTED_BY("$1")
	"   and ($2 = '' or to_tsvector(" CONFIGURATION ", " FOLDED("regexp_replace(p.spoiler_text || ' ' || p.html, '<[^>]*>', ' ', 'g')") ")"
	"        @@ websearch_to_tsquery(" CONFIGURATION ", " FOLDED("$2") "))"
	" order by p.id desc"
	" offset $9"
	" limit $10"); // posts_actor_id, post_mentions_actor_id, favourites_actor_id, bookmarks_actor_id, posts_timeline

STATEMENT_TABLE(post_search_statements, &find);

enum error post_search_list(struct db *db, struct arena *arena, const struct post_search *search, int64_t **ret_ids,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, search->reader_id);
	db_value_text(&values, search->words.len ? search->words : STR_LITERAL(""));
	db_value_id(&values, search->author_id);
	db_value_text(&values, search->language.len ? search->language : STR_LITERAL(""));
	db_value_bool(&values, search->has_media);
	db_value_bool(&values, search->is_in_library);
	db_value_int64(&values, search->max_id ? search->max_id : INT64_MAX);
	db_value_int64(&values, search->min_id);
	db_value_int64(&values, search->offset);
	db_value_int64(&values, search->limit);
	db_value_int64(&values, POST_SEARCH_MAX_LOOKED_AT);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
