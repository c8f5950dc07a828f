/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Actors. The list of columns and the enum below it have one order (tests/db/test_columns.py). */
#include "storage/actor.h"

#include "storage/statement.h"

#define ACTOR_COLUMNS                              \
	"a.id"                                     \
	", a.kind"                                 \
	", a.domain_id is not null as is_local"    \
	", a.is_locked"                            \
	", a.is_discoverable"                      \
	", a.is_indexable"                         \
	", a.is_memorial"                          \
	", a.suspended_at is not null as is_suspended" \
	", a.is_disabled"                          \
	", a.username"                             \
	", a.domain"                               \
	", d.base_url"                             \
	", a.uri"                                  \
	", a.url"                                  \
	", a.inbox_url"                            \
	", a.outbox_url"                           \
	", a.followers_url"                        \
	", a.following_url"                        \
	", a.featured_url"                         \
	", a.shared_inbox_url"                     \
	", a.display_name"                         \
	", a.summary_html"                         \
	", a.avatar_url"                           \
	", a.header_url"                           \
	", a.fields::text as fields_json"          \
	", a.created_at"                           \
	", a.updated_at"                           \
	", c.followers"                            \
	", c.following"                            \
	", c.posts"                                \
	", c.last_post_at"                         \
	", rsa.public_pem as main_public_pem"      \
	", ed25519.public_bytes as ed25519_public_bytes"

enum {
	ACTOR_ID,
	ACTOR_KIND,
	ACTOR_IS_LOCAL,
	ACTOR_IS_LOCKED,
	ACTOR_IS_DISCOVERABLE,
	ACTOR_IS_INDEXABLE,
	ACTOR_IS_MEMORIAL,
	ACTOR_IS_SUSPENDED,
	ACTOR_IS_DISABLED,
	ACTOR_USERNAME,
	ACTOR_DOMAIN,
	ACTOR_BASE_URL,
	ACTOR_URI,
	ACTOR_URL,
	ACTOR_INBOX_URL,
	ACTOR_OUTBOX_URL,
	ACTOR_FOLLOWERS_URL,
	ACTOR_FOLLOWING_URL,
	ACTOR_FEATURED_URL,
	ACTOR_SHARED_INBOX_URL,
	ACTOR_DISPLAY_NAME,
	ACTOR_SUMMARY_HTML,
	ACTOR_AVATAR_URL,
	ACTOR_HEADER_URL,
	ACTOR_FIELDS_JSON,
	ACTOR_CREATED_AT,
	ACTOR_UPDATED_AT,
	ACTOR_FOLLOWERS,
	ACTOR_FOLLOWING,
	ACTOR_POSTS,
	ACTOR_LAST_POST_AT,
	ACTOR_MAIN_PUBLIC_PEM,
	ACTOR_ED25519_PUBLIC_BYTES,
};

#define ACTOR_TABLES                                                                                     \
	" from actors as a"                                                                              \
	" left join domains as d on d.id = a.domain_id"                                                  \
	" left join actor_counts as c on c.actor_id = a.id"                                              \
	" left join actor_keys as rsa on rsa.actor_id = a.id and rsa.kind = 'rsa'"                       \
	" left join actor_keys as ed25519 on ed25519.actor_id = a.id and ed25519.kind = 'ed25519'"

static const struct statement find_by_id = STATEMENT("actor_find_by_id", 1,
	"select " ACTOR_COLUMNS ACTOR_TABLES
	" where a.id = $1"); // actors_pkey

static const struct statement find_by_uri = STATEMENT("actor_find_by_uri", 1,
	"select " ACTOR_COLUMNS ACTOR_TABLES
	" where a.uri = $1"); // actors_uri_key

static const struct statement find_local = STATEMENT("actor_find_local", 2,
	"select " ACTOR_COLUMNS ACTOR_TABLES
	" where a.handle = lower($1)"
	"   and a.domain = lower($2)"
	"   and a.domain_id is not null"); // actors_handle_domain_key

static const struct statement find_instance = STATEMENT("actor_find_instance", 0,
	"select " ACTOR_COLUMNS ACTOR_TABLES
	" where a.domain_id = (select id from domains where is_primary)"
	"   and a.kind = 'Application'"); // actors_instance

static const struct statement list_local = STATEMENT("actor_list_local", 2,
	"select " ACTOR_COLUMNS ACTOR_TABLES
	" where a.id > $1"
	"   and a.domain_id is not null"
	" order by a.id"
	" limit $2"); // actors_local

static const struct statement list_listed = STATEMENT("actor_list_listed", 2,
	"select " ACTOR_COLUMNS ACTOR_TABLES
	" where a.id > $1"
	"   and a.domain_id is not null"
	"   and a.is_discoverable"
	"   and a.suspended_at is null"
	"   and a.kind <> 'Application'"
	" order by a.id"
	" limit $2"); // actors_local

static const struct statement list_all = STATEMENT("actor_list_all", 2,
	"select " ACTOR_COLUMNS ACTOR_TABLES
	" where a.id > $1"
	" order by a.id"
	" limit $2"); // actors_pkey

/* The urls of local actors are made here and nowhere else (include/storage/actor.h). */
static const struct statement create_local = STATEMENT("actor_create_local", 13,
	"with place as ("
	"  select d.id, d.name, d.base_url, d.base_url || '/@' || $4::text as page,"
	"         case when $2::text = 'Application' then d.base_url || '/actor'"
	"              else d.base_url || '/users/' || $4::text end as uri"
	"  from domains as d"
	"  where d.id = $3"
	"), new_actor as ("
	"  insert into actors (id, kind, domain_id, username, handle, domain, uri, url, inbox_url, outbox_url,"
	"                      followers_url, following_url, featured_url, shared_inbox_url, display_name,"
	"                      summary_html, is_locked, is_discoverable, is_indexable, created_at, updated_at)"
	"  select $1, $2, p.id, $4, lower($4), p.name, p.uri, p.page, p.uri || '/inbox', p.uri || '/outbox',"
	"         p.uri || '/followers', p.uri || '/following', p.uri || '/collections/featured', p.base_url || '/inbox',"
	"         coalesce($5, ''), coalesce($6, ''), $7, $8, $9, now(), now()"
	"  from place as p"
	"  on conflict do nothing"
	"  returning id, uri"
	"), new_keys as ("
	"  insert into actor_keys (uri, actor_id, kind, public_pem, public_bytes, private_sealed)"
	"  select uri || '#main-key', id, 'rsa', $10, null, $11::bytea from new_actor"
	"  union all"
	"  select uri || '#ed25519-key', id, 'ed25519', null, $12::bytea, $13::bytea from new_actor"
	")"
	" select (select count(*) from place), (select count(*) from new_actor)");

static const struct statement set_disabled = STATEMENT("actor_set_disabled", 2,
	"update actors"
	" set is_disabled = $2"
	" where id = $1"
	"   and domain_id is not null"); // actors_pkey

STATEMENT_TABLE(actor_statements, &find_by_id, &find_by_uri, &find_local, &find_instance, &list_local, &list_listed,
	&list_all, &create_local, &set_disabled);

static const char *const kind_names[] = {
	[ACTOR_PERSON] = "Person",
	[ACTOR_ORGANIZATION] = "Organization",
	[ACTOR_GROUP] = "Group",
	[ACTOR_SERVICE] = "Service",
	[ACTOR_APPLICATION] = "Application",
};

const char *actor_kind_name(enum actor_kind kind)
{
	return kind_names[kind];
}

bool actor_kind_from_name(struct str name, enum actor_kind *ret_kind)
{
	for (size_t i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++) {
		if (str_eq(name, str_from(kind_names[i]))) {
			*ret_kind = (enum actor_kind)i;
			return true;
		}
	}
	return false;
}

static void read_actor_urls(const struct db_rows *rows, int row, struct actor *actor)
{
	actor->base_url = db_text(rows, row, ACTOR_BASE_URL);
	actor->uri = db_text(rows, row, ACTOR_URI);
	actor->url = db_text(rows, row, ACTOR_URL);
	actor->inbox_url = db_text(rows, row, ACTOR_INBOX_URL);
	actor->outbox_url = db_text(rows, row, ACTOR_OUTBOX_URL);
	actor->followers_url = db_text(rows, row, ACTOR_FOLLOWERS_URL);
	actor->following_url = db_text(rows, row, ACTOR_FOLLOWING_URL);
	actor->featured_url = db_text(rows, row, ACTOR_FEATURED_URL);
	actor->shared_inbox_url = db_text(rows, row, ACTOR_SHARED_INBOX_URL);
	actor->avatar_url = db_text(rows, row, ACTOR_AVATAR_URL);
	actor->header_url = db_text(rows, row, ACTOR_HEADER_URL);
}

static void read_actor(const struct db_rows *rows, int row, struct actor *actor)
{
	actor->id = db_int64(rows, row, ACTOR_ID);
	/* A kind that a newer release stores must not stop this one. */
	if (!actor_kind_from_name(db_text(rows, row, ACTOR_KIND), &actor->kind))
		actor->kind = ACTOR_SERVICE;
	actor->is_local = db_bool(rows, row, ACTOR_IS_LOCAL);
	actor->is_locked = db_bool(rows, row, ACTOR_IS_LOCKED);
	actor->is_discoverable = db_bool(rows, row, ACTOR_IS_DISCOVERABLE);
	actor->is_indexable = db_bool(rows, row, ACTOR_IS_INDEXABLE);
	actor->is_memorial = db_bool(rows, row, ACTOR_IS_MEMORIAL);
	actor->is_suspended = db_bool(rows, row, ACTOR_IS_SUSPENDED);
	actor->is_disabled = db_bool(rows, row, ACTOR_IS_DISABLED);
	actor->username = db_text(rows, row, ACTOR_USERNAME);
	actor->domain = db_text(rows, row, ACTOR_DOMAIN);
	read_actor_urls(rows, row, actor);
	actor->display_name = db_text(rows, row, ACTOR_DISPLAY_NAME);
	actor->summary_html = db_text(rows, row, ACTOR_SUMMARY_HTML);
	actor->fields_json = db_text(rows, row, ACTOR_FIELDS_JSON);
	actor->created_us = db_time(rows, row, ACTOR_CREATED_AT);
	actor->updated_us = db_time(rows, row, ACTOR_UPDATED_AT);
	actor->followers_count = db_int64(rows, row, ACTOR_FOLLOWERS);
	actor->following_count = db_int64(rows, row, ACTOR_FOLLOWING);
	actor->posts_count = db_int64(rows, row, ACTOR_POSTS);
	actor->last_post_us = db_time(rows, row, ACTOR_LAST_POST_AT);
	actor->main_public_pem = db_text(rows, row, ACTOR_MAIN_PUBLIC_PEM);
	actor->ed25519_public_bytes = db_bytes(rows, row, ACTOR_ED25519_PUBLIC_BYTES);
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct actor *ret_actor)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	read_actor(&rows, 0, ret_actor);
	return ERROR_NONE;
}

enum error actor_find_by_id(struct db *db, struct arena *arena, int64_t id, struct actor *ret_actor)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return find_one(db, arena, &find_by_id, &values, ret_actor);
}

enum error actor_find_by_uri(struct db *db, struct arena *arena, struct str uri, struct actor *ret_actor)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	return find_one(db, arena, &find_by_uri, &values, ret_actor);
}

enum error actor_find_local(struct db *db, struct arena *arena, struct str username, struct str domain,
	struct actor *ret_actor)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, username);
	db_value_text(&values, domain);
	return find_one(db, arena, &find_local, &values, ret_actor);
}

enum error actor_find_instance(struct db *db, struct arena *arena, struct actor *ret_actor)
{
	return find_one(db, arena, &find_instance, NULL, ret_actor);
}

static const struct statement *list_statement(enum actor_scope scope)
{
	switch (scope) {
	case ACTORS_LOCAL:
		return &list_local;
	case ACTORS_LISTED:
		return &list_listed;
	case ACTORS_ALL:
		return &list_all;
	}
	return &list_listed;
}

enum error actor_list(struct db *db, struct arena *arena, const struct actor_page *page,
	struct actor **ret_actors, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, page->after_id);
	db_value_int64(&values, page->limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, list_statement(page->scope), &values, &rows);
	if (error)
		return error;
	struct actor *actors = arena_alloc_array(arena, (size_t)rows.count, sizeof(*actors));
	for (int i = 0; i < rows.count; i++)
		read_actor(&rows, i, &actors[i]);
	*ret_actors = actors;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error actor_create_local(struct db *db, struct arena *arena, const struct actor_new *actor)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor->id);
	db_value_text(&values, str_from(actor_kind_name(actor->kind)));
	db_value_int64(&values, actor->domain_id);
	db_value_text(&values, actor->username);
	db_value_text(&values, actor->display_name);
	db_value_text(&values, actor->summary_html);
	db_value_bool(&values, actor->is_locked);
	db_value_bool(&values, actor->is_discoverable);
	db_value_bool(&values, actor->is_indexable);
	db_value_text(&values, actor->main_public_pem);
	db_value_bytes(&values, actor->main_private_sealed);
	db_value_bytes(&values, actor->ed25519_public_bytes);
	db_value_bytes(&values, actor->ed25519_private_sealed);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &create_local, &values, &rows);
	if (error)
		return error;
	if (!db_int64(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	return db_int64(&rows, 0, 1) ? ERROR_NONE : ERROR_CONFLICT;
}

enum error actor_set_disabled(struct db *db, struct arena *arena, int64_t id, bool is_disabled)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_bool(&values, is_disabled);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &set_disabled, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}
