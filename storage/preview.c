/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From a post that links somewhere to one that shows what is there. */
#include "storage/preview.h"

#include "storage/event.h"
#include "storage/id.h"
#include "storage/job.h"
#include "storage/preview_row.h"

#include "base/clock.h"
#include "base/html_link.h"
#include "base/mutant.h"
#include "base/random.h"

#include <assert.h>
#include <string.h>

static const struct statement is_post = STATEMENT("preview_is_post", 2,
	"select exists (select from posts where uri = $1)"
	"       or exists (select from posts as p left join posts as q on q.id = p.quote_id"
	"                  where p.id = $2 and $1 in (p.quote_uri, q.url))"); // posts_uri_key, posts_pkey

static const struct statement is_called_for = STATEMENT("preview_is_called_for", 1,
	"select not exists (select from post_media as m where m.post_id = p.id)"
	"       and (author.domain_id is not null"
	"            or p.visibility = 'public'"
	"               and (p.in_reply_to_id is null and p.in_reply_to_uri is null or p.in_reply_to_actor_id = p.actor_id)"
	"               and p.created_at > now() - interval '7 days'"
	"            or exists (select from post_mentions as m join actors as a on a.id = m.actor_id"
	"                       where m.post_id = p.id and a.domain_id is not null)"
	"            or exists (select from follows as f join actors as a on a.id = f.follower_id"
	"                       where f.followed_id = p.actor_id and f.state = 'accepted' and a.domain_id is not null)"
	"            or exists (select from boosts as b join follows as f on f.followed_id = b.actor_id"
	"                       join actors as a on a.id = f.follower_id"
	"                       where b.post_id = p.id and f.state = 'accepted' and a.domain_id is not null))"
	" from posts as p"
	" join actors as author on author.id = p.actor_id"
	" where p.id = $1"); // posts_pkey, post_media_pkey, post_mentions_pkey, follows_followed_id, boosts_post_id

/* What told nothing may have been ill. */
static const struct statement claim = STATEMENT("preview_claim", 3,
	"insert into previews as v (id, url, claimed_until)"
	" values ($1, $2, now() + interval '1 minute')"
	" on conflict (url) do update"
	" set claimed_until = excluded.claimed_until"
	" where (v.claimed_until is null or v.claimed_until < now())"
	"   and (v.state = 'waiting'"
	"        or v.state = 'ready' and v.fetched_at < $3"
	"        or v.state = 'none' and v.fetched_at < now() - interval '1 day')"
	" returning v.id"); // previews_url_key

static const struct statement find_state = STATEMENT("preview_find_state", 1,
	"select id, state"
	" from previews"
	" where url = $1"); // previews_url_key

static const struct statement release = STATEMENT("preview_release", 1,
	"update previews"
	" set claimed_until = null"
	" where id = $1"); // previews_pkey

/* A page that has gone is remembered as it was. */
static const struct statement store_none = STATEMENT("preview_store_none", 1,
	"update previews"
	" set state = case state when 'ready' then 'ready' else 'none' end,"
	"     fetched_at = now(),"
	"     claimed_until = null"
	" where id = $1"); // previews_pkey

static const struct statement store = STATEMENT("preview_store", 19,
	"update previews"
	" set state = 'ready',"
	"     fetched_at = now(),"
	"     claimed_until = null,"
	"     kind = $2,"
	"     shown_url = $3,"
	"     title = $4,"
	"     description = $5,"
	"     language = $6,"
	"     author_name = $7,"
	"     author_url = $8,"
	"     creator_id = (select a.id from actors as a where a.id = $9),"
	"     provider_name = $10,"
	"     provider_url = $11,"
	"     embed_url = $12,"
	"     width = $13,"
	"     height = $14,"
	"     image_url = $15,"
	"     image_description = $16,"
	"     blurhash = $17,"
	"     published_at = case when $18::boolean then $19::timestamptz end"
	" where id = $1"); // previews_pkey, actors_pkey

static const struct statement find_creator = STATEMENT("preview_find_creator", 3,
	"select a.id"
	" from actors as a"
	" where a.handle = $1"
	"   and a.domain = $2"
	"   and a.suspended_at is null"
	"   and exists (select from unnest(a.attribution_domains) as d (name)"
	"               where $3 = d.name or right($3, length(d.name) + 1) = '.' || d.name)"); // actors_handle_domain_key

static const struct statement lock_post = STATEMENT("preview_lock_post", 1,
	"select p.revision, p.actor_id, coalesce((select s.preview_id from post_previews as s where s.post_id = p.id), 0)"
	" from posts as p"
	" where p.id = $1"
	" for no key update"); // posts_pkey, post_previews_pkey

static const struct statement attach = STATEMENT("preview_attach", 2,
	"insert into post_previews as s (post_id, preview_id)"
	" values ($1, $2)"
	" on conflict (post_id) do update"
	" set preview_id = excluded.preview_id"); // post_previews_pkey

static const struct statement detach = STATEMENT("preview_detach", 1,
	"delete from post_previews"
	" where post_id = $1"); // post_previews_pkey

/* Whatever was rendered of the post is old. */
static const struct statement touch_post = STATEMENT("preview_touch_post", 1,
	"update posts"
	" set revision = revision + 1"
	" where id = $1"); // posts_pkey

STATEMENT_TABLE(preview_statements, &is_post, &is_called_for, &claim, &find_state, &release, &store_none, &store,
	&find_creator, &lock_post, &attach, &detach, &touch_post);

const char *preview_kind_name(enum preview_kind kind)
{
	static const char *const names[] = {
		[PREVIEW_LINK] = "link", [PREVIEW_PHOTO] = "photo", [PREVIEW_VIDEO] = "video", [PREVIEW_RICH] = "rich",
	};
	return names[kind];
}

enum error preview_want_anew(struct db *db, struct arena *arena, int64_t post_id, bool is_local)
{
	int64_t delay_us = is_local ? 0 : (int64_t)random_below(PREVIEW_REMOTE_DELAY_MAX_S * 1000000);
	struct str key = arena_printf(arena, "%lld", (long long)post_id);
	return job_add(db, arena, STR_LITERAL("preview"), key, (struct str){ 0 }, delay_us ? clock_now_us() + delay_us : 0);
}

enum error preview_want(struct db *db, struct arena *arena, int64_t post_id, struct str html, bool is_local)
{
	struct str url;
	if (!html.len || !memmem(html.data, html.len, "<a ", 3) || !html_link_list(arena, html, &url, 1))
		return ERROR_NONE;
	return preview_want_anew(db, arena, post_id, is_local);
}

static enum error ask_bool(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, bool *ret_answer)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (!error)
		*ret_answer = rows.count && db_bool(&rows, 0, 0);
	return error;
}

enum error preview_is_post(struct db *db, struct arena *arena, struct str url, int64_t post_id,
	bool *ret_is_post)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, url);
	db_value_int64(&values, post_id);
	return ask_bool(db, arena, &is_post, &values, ret_is_post);
}

enum error preview_is_called_for(struct db *db, struct arena *arena, int64_t post_id, bool *ret_is_called_for)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	return ask_bool(db, arena, &is_called_for, &values, ret_is_called_for);
}

static enum error read_state(struct db *db, struct arena *arena, struct str url, enum preview_claim *ret_claim, int64_t *ret_id)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, url);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_state, &values, &rows);
	if (error)
		return error;
	if (!rows.count) {
		*ret_claim = PREVIEW_BUSY;
		return ERROR_NONE;
	}
	struct str state = db_text(&rows, 0, 1);
	*ret_id = db_int64(&rows, 0, 0);
	*ret_claim = str_eq(state, STR_LITERAL("ready")) ? PREVIEW_READY :
		str_eq(state, STR_LITERAL("none")) ? PREVIEW_NONE : PREVIEW_BUSY;
	return ERROR_NONE;
}

enum error preview_claim(struct db *db, struct arena *arena, struct str url, enum preview_claim *ret_claim, int64_t *ret_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_text(&values, url);
	db_value_time(&values, clock_now_us() - PREVIEW_MAX_AGE_US);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &claim, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return read_state(db, arena, url, ret_claim, ret_id);
	*ret_id = db_int64(&rows, 0, 0);
	*ret_claim = PREVIEW_CLAIMED;
	return ERROR_NONE;
}

enum error preview_release(struct db *db, struct arena *arena, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return db_change(db, arena, &release, &values, NULL);
}

static void add_text(struct db_values *values, struct str text)
{
	db_value_text(values, text.data ? text : STR_LITERAL(""));
}

enum error preview_store(struct db *db, struct arena *arena, int64_t id, const struct preview *preview)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	if (!preview)
		return db_change(db, arena, &store_none, &values, NULL);
	db_value_text(&values, str_from(preview_kind_name(preview->kind)));
	add_text(&values, preview->shown_url);
	add_text(&values, preview->title);
	add_text(&values, preview->description);
	db_value_text(&values, preview->language);
	add_text(&values, preview->author_name);
	add_text(&values, preview->author_url);
	db_value_id(&values, preview->creator_id);
	add_text(&values, preview->provider_name);
	add_text(&values, preview->provider_url);
	add_text(&values, preview->embed_url);
	db_value_int32(&values, preview->width);
	db_value_int32(&values, preview->height);
	db_value_text(&values, preview->image_url);
	add_text(&values, preview->image_description);
	db_value_text(&values, preview->blurhash);
	db_value_bool(&values, preview->published_us != 0);
	db_value_time(&values, preview->published_us);
	return db_change(db, arena, &store, &values, NULL);
}

enum error preview_find_creator(struct db *db, struct arena *arena, struct str username, struct str domain, struct str host,
	int64_t *ret_actor_id)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, arena_lower(arena, username));
	db_value_text(&values, domain);
	db_value_text(&values, host);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_creator, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_actor_id = db_int64(&rows, 0, 0);
	return ERROR_NONE;
}

static enum error change(struct db *db, struct arena *arena, int64_t post_id, int64_t preview_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	enum error error = db_change(db, arena, &touch_post, &values, NULL);
	if (error)
		return error;
	if (!preview_id)
		return db_change(db, arena, &detach, &values, NULL);
	db_value_int64(&values, preview_id);
	return db_change(db, arena, &attach, &values, NULL);
}

enum error preview_attach(struct db *db, struct arena *arena, int64_t post_id, int32_t revision, int64_t preview_id)
{
	assert(db_is_in_transaction(db));
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &lock_post, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	if (db_int64(&rows, 0, 0) != revision && !MUTANT("preview_revision"))
		return ERROR_CONFLICT;
	if (db_int64(&rows, 0, 2) == preview_id)
		return ERROR_NONE;
	event_emit_on_commit(db, EVENT_POST_EDITED, post_id, db_int64(&rows, 0, 1));
	return change(db, arena, post_id, preview_id);
}
