/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Actors. The list of columns and the enum below it have one order (tests/db/test_columns.py). */
#include "storage/actor.h"

#include "storage/event.h"
#include "storage/statement.h"

#include <assert.h>

#define ACTOR_COLUMNS                              \
	"a.id"                                     \
	", a.kind"                                 \
	", a.domain_id is not null as is_local"    \
	", a.is_locked"                            \
	", a.is_discoverable"                      \
	", a.is_indexable"                         \
	", a.is_memorial"                          \
	", a.suspended_at is not null as is_suspended" \
	", a.silenced_at is not null as is_silenced" \
	", a.is_disabled"                          \
	", a.is_pending"                           \
	", a.deleted_at is not null as is_deleted" \
	", a.hides_collections"                    \
	", a.is_handle_confirmed"                  \
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
	", a.featured_tags_url"                    \
	", a.shared_inbox_url"                     \
	", a.display_name"                         \
	", a.summary_html"                         \
	", a.avatar_url"                           \
	", a.header_url"                           \
	", a.avatar_alt"                           \
	", a.header_alt"                           \
	", a.shows_media"                          \
	", a.shows_media_replies"                  \
	", a.shows_featured"                       \
	", a.fields::text as fields_json"          \
	", to_json(a.also_known_as)::text as also_known_as_json" \
	", a.moved_to_id"                          \
	", moved_to.uri as moved_to_uri"           \
	", a.moved_at"                             \
	", a.created_at"                           \
	", a.updated_at"                           \
	", a.fetched_at"                           \
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
	ACTOR_IS_SILENCED,
	ACTOR_IS_DISABLED,
	ACTOR_IS_PENDING,
	ACTOR_IS_DELETED,
	ACTOR_HIDES_COLLECTIONS,
	ACTOR_IS_HANDLE_CONFIRMED,
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
	ACTOR_FEATURED_TAGS_URL,
	ACTOR_SHARED_INBOX_URL,
	ACTOR_DISPLAY_NAME,
	ACTOR_SUMMARY_HTML,
	ACTOR_AVATAR_URL,
	ACTOR_HEADER_URL,
	ACTOR_AVATAR_ALT,
	ACTOR_HEADER_ALT,
	ACTOR_SHOWS_MEDIA,
	ACTOR_SHOWS_MEDIA_REPLIES,
	ACTOR_SHOWS_FEATURED,
	ACTOR_FIELDS_JSON,
	ACTOR_ALSO_KNOWN_AS_JSON,
	ACTOR_MOVED_TO_ID,
	ACTOR_MOVED_TO_URI,
	ACTOR_MOVED_AT,
	ACTOR_CREATED_AT,
	ACTOR_UPDATED_AT,
	ACTOR_FETCHED_AT,
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
	" left join actors as moved_to on moved_to.id = a.moved_to_id"                                   \
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

static const struct statement find_by_handle = STATEMENT("actor_find_by_handle", 2,
	"select " ACTOR_COLUMNS ACTOR_TABLES
	" where a.handle = lower($1)"
	"   and a.domain = lower($2)"); // actors_handle_domain_key

static const struct statement find_many = STATEMENT("actor_find_many", 1,
	"select " ACTOR_COLUMNS ACTOR_TABLES
	" where a.id = any ($1::bigint[])"); // actors_pkey

static const struct statement find_many_by_uri = STATEMENT("actor_find_many_by_uri", 1,
	"select " ACTOR_COLUMNS ACTOR_TABLES
	" where a.uri = any ($1::text[])"); // actors_uri_key

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
	"   and not a.is_pending"
	"   and a.suspended_at is null"
	"   and a.kind <> 'Application'"
	" order by a.id"
	" limit $2"); // actors_local

static const struct statement list_all = STATEMENT("actor_list_all", 2,
	"select " ACTOR_COLUMNS ACTOR_TABLES
	" where a.id > $1"
	" order by a.id"
	" limit $2"); // actors_pkey

static const struct statement set_suspended = STATEMENT("actor_set_suspended", 2,
	"update actors"
	" set suspended_at = case when $2 then coalesce(suspended_at, now()) end"
	" where id = $1"
	"   and deleted_at is null"); // actors_pkey

static const struct statement set_silenced = STATEMENT("actor_set_silenced", 2,
	"update actors"
	" set silenced_at = case when $2 then coalesce(silenced_at, now()) end"
	" where id = $1"
	"   and deleted_at is null"); // actors_pkey

static const struct statement set_moved = STATEMENT("actor_set_moved", 2,
	"update actors"
	" set moved_to_id = $2::bigint,"
	"     moved_at = case when $2::bigint is null then moved_at else now() end,"
	"     updated_at = case when domain_id is null then updated_at else now() end"
	" where id = $1"
	"   and deleted_at is null"
	"   and ($2::bigint is null or exists (select from actors as target where target.id = $2 and target.id <> $1))"); // actors_pkey

STATEMENT_TABLE(actor_statements, &find_by_id, &find_by_uri, &find_local, &find_by_handle, &find_many, &find_many_by_uri,
	&find_instance, &list_local, &list_listed, &list_all, &set_suspended, &set_silenced, &set_moved);

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
	actor->featured_tags_url = db_text(rows, row, ACTOR_FEATURED_TAGS_URL);
	actor->shared_inbox_url = db_text(rows, row, ACTOR_SHARED_INBOX_URL);
	actor->avatar_url = db_text(rows, row, ACTOR_AVATAR_URL);
	actor->header_url = db_text(rows, row, ACTOR_HEADER_URL);
}

static void read_actor_states(const struct db_rows *rows, int row, struct actor *actor)
{
	actor->is_local = db_bool(rows, row, ACTOR_IS_LOCAL);
	actor->is_locked = db_bool(rows, row, ACTOR_IS_LOCKED);
	actor->is_discoverable = db_bool(rows, row, ACTOR_IS_DISCOVERABLE);
	actor->is_indexable = db_bool(rows, row, ACTOR_IS_INDEXABLE);
	actor->is_memorial = db_bool(rows, row, ACTOR_IS_MEMORIAL);
	actor->is_suspended = db_bool(rows, row, ACTOR_IS_SUSPENDED);
	actor->is_silenced = db_bool(rows, row, ACTOR_IS_SILENCED);
	actor->is_disabled = db_bool(rows, row, ACTOR_IS_DISABLED);
	actor->is_pending = db_bool(rows, row, ACTOR_IS_PENDING);
	actor->is_deleted = db_bool(rows, row, ACTOR_IS_DELETED);
	actor->hides_collections = db_bool(rows, row, ACTOR_HIDES_COLLECTIONS);
	actor->is_handle_confirmed = db_bool(rows, row, ACTOR_IS_HANDLE_CONFIRMED);
	actor->shows_media = db_bool(rows, row, ACTOR_SHOWS_MEDIA);
	actor->shows_media_replies = db_bool(rows, row, ACTOR_SHOWS_MEDIA_REPLIES);
	actor->shows_featured = db_bool(rows, row, ACTOR_SHOWS_FEATURED);
}

static void read_actor(const struct db_rows *rows, int row, struct actor *actor)
{
	actor->id = db_int64(rows, row, ACTOR_ID);
	/* A kind that a newer release stores must not stop this one. */
	if (!actor_kind_from_name(db_text(rows, row, ACTOR_KIND), &actor->kind))
		actor->kind = ACTOR_SERVICE;
	read_actor_states(rows, row, actor);
	actor->username = db_text(rows, row, ACTOR_USERNAME);
	actor->domain = db_text(rows, row, ACTOR_DOMAIN);
	read_actor_urls(rows, row, actor);
	actor->display_name = db_text(rows, row, ACTOR_DISPLAY_NAME);
	actor->summary_html = db_text(rows, row, ACTOR_SUMMARY_HTML);
	actor->avatar_alt = db_text(rows, row, ACTOR_AVATAR_ALT);
	actor->header_alt = db_text(rows, row, ACTOR_HEADER_ALT);
	actor->fields_json = db_text(rows, row, ACTOR_FIELDS_JSON);
	actor->also_known_as_json = db_text(rows, row, ACTOR_ALSO_KNOWN_AS_JSON);
	actor->moved_to_id = db_int64(rows, row, ACTOR_MOVED_TO_ID);
	actor->moved_to_uri = db_text(rows, row, ACTOR_MOVED_TO_URI);
	actor->moved_us = db_time(rows, row, ACTOR_MOVED_AT);
	actor->created_us = db_time(rows, row, ACTOR_CREATED_AT);
	actor->updated_us = db_time(rows, row, ACTOR_UPDATED_AT);
	actor->fetched_us = db_time(rows, row, ACTOR_FETCHED_AT);
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

enum error actor_find_by_handle(struct db *db, struct arena *arena, struct str username, struct str domain,
	struct actor *ret_actor)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, username);
	db_value_text(&values, domain);
	return find_one(db, arena, &find_by_handle, &values, ret_actor);
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

static enum error find_several(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct actor **ret_actors, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	struct actor *actors = arena_alloc_array(arena, (size_t)rows.count, sizeof(*actors));
	for (int i = 0; i < rows.count; i++)
		read_actor(&rows, i, &actors[i]);
	*ret_actors = actors;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error actor_list(struct db *db, struct arena *arena, const struct actor_page *page,
	struct actor **ret_actors, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, page->after_id);
	db_value_int64(&values, page->limit);
	return find_several(db, arena, list_statement(page->scope), &values, ret_actors, ret_count);
}

enum error actor_find_many(struct db *db, struct arena *arena, const int64_t *ids, size_t count,
	struct actor **ret_actors, size_t *ret_count)
{
	assert(count <= ACTOR_FIND_MANY_MAX);
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	return find_several(db, arena, &find_many, &values, ret_actors, ret_count);
}

enum error actor_find_many_by_uri(struct db *db, struct arena *arena, const struct str *uris, size_t count,
	struct actor **ret_actors, size_t *ret_count)
{
	assert(count <= ACTOR_FIND_MANY_MAX);
	struct db_values values = { .count = 0 };
	db_value_text_array(&values, arena, uris, count);
	return find_several(db, arena, &find_many_by_uri, &values, ret_actors, ret_count);
}

static enum error change_one(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values)
{
	int64_t affected = 0;
	enum error error = db_change(db, arena, statement, values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error actor_set_suspended(struct db *db, struct arena *arena, int64_t id, bool is_suspended)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_bool(&values, is_suspended);
	enum error error = change_one(db, arena, &set_suspended, &values);
	if (!error && is_suspended)
		event_emit_on_commit(db, EVENT_ACTOR_ENDED, 0, id);
	return error;
}

enum error actor_set_silenced(struct db *db, struct arena *arena, int64_t id, bool is_silenced)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_bool(&values, is_silenced);
	return change_one(db, arena, &set_silenced, &values);
}

enum error actor_set_moved(struct db *db, struct arena *arena, int64_t id, int64_t target_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_id(&values, target_id);
	return change_one(db, arena, &set_moved, &values);
}
