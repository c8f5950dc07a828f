/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A batch: taken, read, folded, written. A change that commits after the reading has queued its post again, and an older
 * revision never takes the place of a newer one, whoever writes it. */
#include "storage/post_words.h"

#include "storage/statement.h"

#include "base/html.h"
#include "base/mutant.h"
#include "base/search_text.h"

#define TEXT_PARTS_MAX_BYTES "20000"

static const struct statement take = STATEMENT("post_words_take", 1,
	"delete from post_words_waiting"
	" where ctid = any (array("
	"   select ctid from post_words_waiting order by queued_at limit $1 for update skip locked))"
	" returning post_id, is_touch"); // post_words_waiting_queued_at

static const struct statement take_author = STATEMENT("post_words_take_author", 2,
	"with author as ("
	"  select a.ctid as place, a.actor_id, a.before_id from post_words_authors as a"
	"  order by a.queued_at limit 1 for update skip locked"
	"), batch as materialized ("
	"  select p.id from author join posts as p on p.actor_id = author.actor_id and p.id < author.before_id"
	"  order by p.id desc limit $1"
	"), moved as ("
	"  update post_words_authors as a"
	"  set before_id = (select min(id) from batch)"
	"  from author"
	"  where a.ctid = author.place"
	"    and (select count(*) from batch) >= $2"
	"), done as ("
	"  delete from post_words_authors as a"
	"  using author"
	"  where a.ctid = author.place"
	"    and (select count(*) from batch) < $2"
	")"
	" select id, false from batch"); // post_words_authors_queued_at, posts_actor_id

static const struct statement take_old = STATEMENT("post_words_take_old", 1,
	"with progress as ("
	"  select w.before_id from post_words_progress as w where w.is_only and w.before_id is not null for update skip locked"
	"), batch as materialized ("
	"  select p.id from posts as p where p.id < (select before_id from progress) order by p.id desc limit $1"
	"), moved as ("
	"  update post_words_progress as w"
	"  set before_id = (select min(id) from batch), indexed = w.indexed + (select count(*) from batch)"
	"  from progress"
	"  where w.is_only"
	")"
	" select id, false from batch"); // post_words_progress_pkey, posts_pkey

#define IS_OPEN "(p.visibility = 'public' and author.is_indexable and author.silenced_at is null)"
#define TOUCHED_BY_SOMEBODY_HERE(table)                                                                      \
	"exists (select from " table " as d join actors as fan on fan.id = d.actor_id"                       \
	" where d.post_id = p.id and fan.domain_id is not null)"
#define PARTS(column, from) "coalesce((select ',' || string_agg(" column ", ',')" from "), '')"

/* The marks are those that post_search.c asks for. The ids are said twice so that no plan, not even one made while there were
 * no posts, goes through all of them. */
static const struct statement read_posts = STATEMENT("post_words_read_posts", 2,
	"select p.id, p.revision, coalesce(left(lower(p.language), 2), ''),"
	"       p.title || ' ' || p.spoiler_text, p.html,"
	"       left(coalesce((select string_agg(o.title, ' ') from poll_options as o where o.post_id = p.id), '') || ' ' ||"
	"            coalesce((select string_agg(md.alt, ' ') from post_media as pm join media as md on md.id = pm.media_id"
	"                      where pm.post_id = p.id), ''), " TEXT_PARTS_MAX_BYTES "),"
	"       concat_ws(',', ' a' || p.actor_id, case when " IS_OPEN " then ' o' end,"
	"                 case when p.in_reply_to_actor_id is not null or p.in_reply_to_uri is not null then ' r' end,"
	"                 case when p.is_sensitive or p.spoiler_text <> '' then ' s' end,"
	"                 case when p.quote_uri is not null then ' q' end,"
	"                 case when p.html ~ '<a (?![^>]*(mention|hashtag))' then ' k' end,"
	"                 case when exists (select from polls as poll where poll.post_id = p.id) then ' p' end,"
	"                 ' l' || split_part(lower(p.language), '-', 1))"
	"       || " PARTS("' @' || m.actor_id", " from post_mentions as m where m.post_id = p.id")
	"       || " PARTS("' #' || replace(t.name, ',', '')", " from post_tags as t where t.post_id = p.id")
	"       || " PARTS("' m, m' || md.kind", " from post_media as pm join media as md on md.id = pm.media_id where pm.post_id = p.id")
	" from unnest($1::bigint[], $2::boolean[]) as w (post_id, is_touch)"
	" join posts as p on p.id = w.post_id and p.id = any ($1)"
	" join actors as author on author.id = p.actor_id"
	" where author.suspended_at is null"
	"   and (author.domain_id is not null or " IS_OPEN
	"        or exists (select from post_mentions as m join actors as named on named.id = m.actor_id"
	"                   where m.post_id = p.id and named.domain_id is not null)"
	"        or " TOUCHED_BY_SOMEBODY_HERE("favourites")
	"        or " TOUCHED_BY_SOMEBODY_HERE("bookmarks") ")"
	"   and not (w.is_touch and exists (select from post_words as old where old.post_id = p.id))");
	// posts_pkey, actors_pkey, post_mentions_pkey, post_tags_pkey, post_media_pkey, favourites_post_id, bookmarks_post_id

static const struct statement write_words = STATEMENT("post_words_write", 5,
	"insert into post_words as old (post_id, revision, words)"
	" select g.post_id, g.revision,"
	"        array_to_tsvector(array_remove(string_to_array(g.marks || ', :' || g.language, ','), ''))"
	"        || to_tsvector(('public.comptoir_' || g.language)::regconfig, g.text)"
	" from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[])"
	"        as g (post_id, revision, language, text, marks)"
	" join posts as p on p.id = g.post_id and p.id = any ($1)"
	" order by g.post_id"
	" for key share of p"
	" on conflict (post_id) do update"
	" set revision = excluded.revision,"
	"     words = excluded.words"
	" where old.revision <= excluded.revision"); // posts_pkey, post_words_pkey

/* Whose author is suspended, or that concern nobody any more. */
static const struct statement forget = STATEMENT("post_words_forget", 3,
	"delete from post_words as w"
	" using unnest($1::bigint[], $2::boolean[]) as taken (post_id, is_touch)"
	" where w.post_id = taken.post_id"
	"   and not taken.is_touch"
	"   and w.post_id <> all ($3::bigint[])"); // post_words_pkey

static const struct statement drop_first = STATEMENT("post_words_drop_first", 0,
	"delete from post_words_waiting"
	" where ctid = any (array("
	"   select ctid from post_words_waiting order by queued_at limit 1 for update skip locked))");

static const struct statement rebuild = STATEMENT("post_words_rebuild", 0,
	"update post_words_progress"
	" set before_id = 9223372036854775807, indexed = 0"
	" where is_only"); // post_words_progress_pkey

static const struct statement read_state = STATEMENT("post_words_read_state", 0,
	"select (select count(*) from (select from post_words_waiting as w order by w.queued_at limit 10000) as first_ones),"
	"       (select w.queued_at from post_words_waiting as w order by w.queued_at limit 1),"
	"       now(),"
	"       p.indexed,"
	"       p.before_id is null,"
	"       (select greatest(c.reltuples, 0)::bigint from pg_class as c where c.oid = 'public.posts'::regclass)"
	" from post_words_progress as p"
	" where p.is_only"); // post_words_waiting_queued_at, post_words_progress_pkey

STATEMENT_TABLE(post_words_statements, &take, &take_author, &take_old, &read_posts, &write_words, &forget, &drop_first,
	&rebuild, &read_state);

struct batch {
	struct db *db;
	struct arena *arena;
	size_t taken, count;
	int64_t *taken_ids;
	bool *are_touches;
	int64_t *ids, *revisions;
	struct str *languages, *texts, *marks;
};

static struct str words_of(struct arena *arena, const struct db_rows *rows, int row, bool is_french)
{
	AUTO(buf) struct buf words = { 0 };
	search_text_add(&words, db_text(rows, row, 3), is_french);
	search_text_add(&words, html_text(arena, db_text(rows, row, 4)), is_french);
	search_text_add(&words, db_text(rows, row, 5), is_french);
	return words.len ? arena_str(arena, buf_str(&words)) : STR_LITERAL("");
}

static enum error read_batch(struct batch *batch)
{
	struct arena *arena = batch->arena;
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64_array(&values, arena, batch->taken_ids, batch->taken);
	db_value_bool_array(&values, arena, batch->are_touches, batch->taken);
	enum error error = db_run(batch->db, arena, &read_posts, &values, &rows);
	if (error)
		return error;
	size_t count = (size_t)rows.count;
	batch->count = count;
	batch->ids = arena_alloc_array(arena, count, sizeof(*batch->ids));
	batch->revisions = arena_alloc_array(arena, count, sizeof(*batch->revisions));
	batch->languages = arena_alloc_array(arena, count, sizeof(*batch->languages));
	batch->texts = arena_alloc_array(arena, count, sizeof(*batch->texts));
	batch->marks = arena_alloc_array(arena, count, sizeof(*batch->marks));
	for (int i = 0; i < rows.count; i++) {
		struct str language = db_text(&rows, i, 2);
		bool is_french = str_eq(language, STR_LITERAL("fr"));
		batch->ids[i] = db_int64(&rows, i, 0);
		batch->revisions[i] = db_int64(&rows, i, 1);
		batch->languages[i] = is_french || str_eq(language, STR_LITERAL("en")) ? language : STR_LITERAL("simple");
		batch->texts[i] = words_of(arena, &rows, i, is_french);
		batch->marks[i] = db_text(&rows, i, 6);
	}
	return ERROR_NONE;
}

/* A post that was taken twice stands there once. */
static void keep_once(struct batch *batch)
{
	size_t kept = 0;
	for (size_t i = 0; i < batch->count; i++) {
		size_t j = 0;
		while (j < kept && batch->ids[j] != batch->ids[i])
			j++;
		if (j < kept)
			continue;
		batch->ids[kept] = batch->ids[i];
		batch->revisions[kept] = batch->revisions[i];
		batch->languages[kept] = batch->languages[i];
		batch->texts[kept] = batch->texts[i];
		batch->marks[kept++] = batch->marks[i];
	}
	batch->count = kept;
}

static enum error write_batch(struct batch *batch)
{
	struct arena *arena = batch->arena;
	struct db_values gone = { .count = 0 }, values = { .count = 0 };
	db_value_int64_array(&gone, arena, batch->taken_ids, batch->taken);
	db_value_bool_array(&gone, arena, batch->are_touches, batch->taken);
	db_value_int64_array(&gone, arena, batch->ids, batch->count);
	enum error error = MUTANT("post_words_forget") ? ERROR_NONE : db_change(batch->db, arena, &forget, &gone, NULL);
	if (error || !batch->count)
		return error;
	db_value_int64_array(&values, arena, batch->ids, batch->count);
	db_value_int64_array(&values, arena, batch->revisions, batch->count);
	db_value_text_array(&values, arena, batch->languages, batch->count);
	db_value_text_array(&values, arena, batch->texts, batch->count);
	db_value_text_array(&values, arena, batch->marks, batch->count);
	return db_change(batch->db, arena, &write_words, &values, NULL);
}

static enum error take_batch(struct batch *batch, const struct statement *statement, const struct db_values *values)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(batch->db, batch->arena, statement, values, &rows);
	if (error)
		return error;
	batch->taken = (size_t)rows.count;
	batch->taken_ids = arena_alloc_array(batch->arena, batch->taken, sizeof(*batch->taken_ids));
	batch->are_touches = arena_alloc_array(batch->arena, batch->taken, sizeof(*batch->are_touches));
	for (int i = 0; i < rows.count; i++) {
		batch->taken_ids[i] = db_int64(&rows, i, 0);
		batch->are_touches[i] = db_bool(&rows, i, 1);
	}
	return ERROR_NONE;
}

static enum error index_batch(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, int64_t *ret_taken)
{
	struct batch batch = { .db = db, .arena = arena };
	enum error error = db_begin(db);
	if (!error)
		error = take_batch(&batch, statement, values);
	if (!error && batch.taken)
		error = read_batch(&batch);
	if (!error && batch.taken) {
		keep_once(&batch);
		error = write_batch(&batch);
	}
	if (!error)
		error = db_commit(db);
	else
		db_rollback(db);
	if (!error)
		*ret_taken = (int64_t)batch.taken;
	return error;
}

enum error post_words_index(struct db *db, struct arena *arena, int64_t limit, int64_t *ret_taken)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, limit);
	return index_batch(db, arena, &take, &values, ret_taken);
}

enum error post_words_index_author(struct db *db, struct arena *arena, int64_t limit, int64_t *ret_taken)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, limit);
	db_value_int64(&values, limit);
	return index_batch(db, arena, &take_author, &values, ret_taken);
}

enum error post_words_index_old(struct db *db, struct arena *arena, int64_t limit, int64_t *ret_taken)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, limit);
	return index_batch(db, arena, &take_old, &values, ret_taken);
}

enum error post_words_drop_first(struct db *db, struct arena *arena)
{
	return db_change(db, arena, &drop_first, NULL, NULL);
}

enum error post_words_rebuild(struct db *db, struct arena *arena)
{
	return db_change(db, arena, &rebuild, NULL, NULL);
}

enum error post_words_read_state(struct db *db, struct arena *arena, struct post_words_state *ret_state)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &read_state, NULL, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_state = (struct post_words_state){
		.waiting = db_int64(&rows, 0, 0),
		.lag_us = db_is_null(&rows, 0, 1) ? 0 : db_time(&rows, 0, 2) - db_time(&rows, 0, 1),
		.old_done = db_int64(&rows, 0, 3),
		.is_old_done = db_bool(&rows, 0, 4),
		.post_count = db_int64(&rows, 0, 5),
	};
	return ERROR_NONE;
}
