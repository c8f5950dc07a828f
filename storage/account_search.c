/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Ranges of two indexes in the order of bytes: a beginning and all that goes on from it. Each part is bounded before they
 * are put together, so that one letter costs little more than a name. */
#include "storage/account_search.h"

#include "storage/post_visibility.h"
#include "storage/statement.h"

/* $1 reader, $2 beginning in lower case, $3 the same of the domain or null, $4 only those followed, $5 and $6 the page. Below
 * so many characters a word is the beginning of too many others. */
#define WORDS_FROM "3"
#define WORDS "(plainto_tsquery('public.comptoir_simple', public.name_folded($2))::text || ':*')::tsquery"
#define FOUND_HERE                                  \
	"    and a.suspended_at is null"            \
	"    and not a.is_pending"                  \
	"    and a.moved_to_id is null"             \
	"    and ($3::text is null or starts_with(a.domain, $3))"
#define FOUND_ANYWHERE FOUND_HERE                   \
	"    and a.silenced_at is null"             \
	"    and not " SERVER_IS_SILENCED("a")      \
	"    and (a.domain_id is null or a.kind <> 'Application')" \
	"    and not $4"

static const struct statement find = STATEMENT("account_search_find", 6,
	"with worded as materialized ("
	"  select case when numnode(plainto_tsquery('public.comptoir_simple', public.name_folded($2))) > 0"
	"         then " WORDS " else ''::tsquery end as q"
	"), followed as ("
	"  select a.id, 0 as rank"
	"  from follows as f"
	"  join actors as a on a.id = f.followed_id"
	"  where f.follower_id = $1"
	"    and f.state = 'accepted'"
	"    and (starts_with(a.handle, $2)"
	"         or $3::text is null and starts_with(lower(a.display_name), $2)"
	"         or $3::text is null and name_words(a.display_name) @@ (select q from worded))"
	FOUND_HERE
	"  limit 200"
	"), named as ("
	"  select a.id, 1 as rank"
	"  from actors as a"
	"  where a.handle collate \"C\" >= $2"
	"    and a.handle collate \"C\" < $2 || chr(1114111)"
	FOUND_ANYWHERE
	"  order by a.handle collate \"C\""
	"  limit 200"
	"), shown as ("
	"  select a.id, 2 as rank"
	"  from actors as a"
	"  where lower(a.display_name) collate \"C\" >= $2"
	"    and lower(a.display_name) collate \"C\" < $2 || chr(1114111)"
	"    and a.display_name <> ''"
	"    and $3::text is null"
	FOUND_ANYWHERE
	"  order by lower(a.display_name) collate \"C\""
	"  limit 200"
	"), inside as ("
	"  select a.id, 3 as rank"
	"  from actors as a"
	"  where name_words(a.display_name) @@ (select q from worded)"
	"    and a.display_name <> ''"
	"    and length($2) >= " WORDS_FROM
	"    and $3::text is null"
	FOUND_ANYWHERE
	"  limit 200"
	"), found as ("
	"  select one.id, min(one.rank) as rank"
	"  from (table followed union all table named union all table shown union all table inside) as one"
	"  group by one.id"
	")"
	" select found.id"
	" from found"
	" left join actor_counts as c on c.actor_id = found.id"
	" where not exists (select from blocks as b where b.blocker_id = found.id and b.blocked_id = $1)"
	" order by found.rank, coalesce(c.followers, 0) desc, found.id"
	" limit $5"
	" offset $6"); // follows_follower_id, actors_handle_bytes, actors_display_name_bytes, actors_name_words, actor_counts_pkey

STATEMENT_TABLE(account_search_statements, &find);

#define TEXT_MAX_BYTES 500

enum error account_search_list(struct db *db, struct arena *arena, const struct account_search *search, int64_t **ret_ids,
	size_t *ret_count)
{
	struct str text = str_trim(search->text);
	if (str_starts_with(text, STR_LITERAL("@")))
		text = str_slice(text, 1, text.len);
	size_t at = str_index_of(text, '@', 0);
	struct str name = str_slice(text, 0, at);
	*ret_count = 0;
	if (!name.len || text.len > TEXT_MAX_BYTES)
		return ERROR_NONE;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, search->reader_id);
	db_value_text(&values, arena_lower(arena, name));
	db_value_text(&values, at < text.len ? arena_lower(arena, str_slice(text, at + 1, text.len)) : (struct str){ 0 });
	db_value_bool(&values, search->is_following_only);
	db_value_int64(&values, search->limit);
	db_value_int64(&values, search->offset);
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
