/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Actors of other servers, stored as those tell them. A handle is the word of its server: whom it gives it to has it,
 * and whoever bore it before is found by its uri alone (its handle becomes "#" and its id). */
#include "storage/actor.h"

#include "base/mutant.h"
#include "storage/id.h"
#include "storage/statement.h"

static const struct statement check = STATEMENT("actor_remote_check", 3,
	"select exists (select from actors where uri = $1 and domain_id is not null)"
	"       or exists (select from actors where handle = lower($2) and domain = lower($3) and domain_id is not null),"
	"       exists (select from actors where uri = $1 and deleted_at is not null)"
	"       or exists (select from tombstones where uri = $1),"
	"       exists (select from actors where handle = lower($2) and domain = lower($3) and uri <> $1)");
	// actors_uri_key, actors_handle_domain_key, tombstones_pkey

static const struct statement take_handle = STATEMENT("actor_remote_take_handle", 4,
	"update actors"
	" set handle = '#' || id, is_handle_confirmed = false"
	" where handle = lower($2)"
	"   and domain = lower($3)"
	"   and uri <> $1"
	"   and domain_id is null"
	"   and ($4 or not is_handle_confirmed)"); // actors_handle_domain_key

static const struct statement store = STATEMENT("actor_remote_store", 29,
	"insert into actors as a (id, kind, username, handle, domain, is_handle_confirmed, uri, url, inbox_url, outbox_url,"
	"                         followers_url, following_url, featured_url, featured_tags_url, shared_inbox_url,"
	"                         display_name, summary_html, fields, avatar_url, avatar_alt, header_url, header_alt,"
	"                         also_known_as, is_locked, is_discoverable, is_indexable, is_memorial, created_at,"
	"                         updated_at, fetched_at, attribution_domains)"
	" select $1, $2, $3,"
	"        case when exists (select from actors as other"
	"                          where other.handle = lower($3) and other.domain = lower($4) and other.uri <> $6)"
	"             then '#' || $1::bigint else lower($3) end,"
	"        lower($4), $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, coalesce($15, ''), coalesce($16, ''),"
	"        coalesce($17::text::jsonb, '[]'), $18, coalesce($19, ''), $20, coalesce($21, ''), $22::text[], $23, $24, $25,"
	"        $26, coalesce($27::timestamptz, $28), $28, $28, $29::text[]"
	" on conflict (uri) do update"
	" set kind = excluded.kind,"
	"     username = excluded.username,"
	"     handle = case when left(excluded.handle, 1) = '#' then '#' || a.id else excluded.handle end,"
	"     domain = excluded.domain,"
	"     is_handle_confirmed = excluded.is_handle_confirmed,"
	"     url = excluded.url,"
	"     inbox_url = excluded.inbox_url,"
	"     outbox_url = excluded.outbox_url,"
	"     followers_url = excluded.followers_url,"
	"     following_url = excluded.following_url,"
	"     featured_url = excluded.featured_url,"
	"     featured_tags_url = excluded.featured_tags_url,"
	"     shared_inbox_url = excluded.shared_inbox_url,"
	"     display_name = excluded.display_name,"
	"     summary_html = excluded.summary_html,"
	"     fields = excluded.fields,"
	"     avatar_url = excluded.avatar_url,"
	"     avatar_alt = excluded.avatar_alt,"
	"     header_url = excluded.header_url,"
	"     header_alt = excluded.header_alt,"
	"     also_known_as = excluded.also_known_as,"
	"     is_locked = excluded.is_locked,"
	"     is_discoverable = excluded.is_discoverable,"
	"     is_indexable = excluded.is_indexable,"
	"     is_memorial = excluded.is_memorial,"
	"     created_at = coalesce($27, a.created_at),"
	"     updated_at = excluded.updated_at,"
	"     fetched_at = excluded.fetched_at,"
	"     attribution_domains = excluded.attribution_domains"
	" where a.domain_id is null"
	"   and a.deleted_at is null"
	" returning a.id"); // actors_uri_key, actors_handle_domain_key

static const struct statement drop_keys = STATEMENT("actor_remote_drop_keys", 3,
	"delete from actor_keys as k"
	" where k.actor_id = $1"
	"   and not exists (select from unnest($2::text[], $3::text[]) as kept (uri, kind)"
	"                   where kept.uri = k.uri and kept.kind = k.kind)"); // actor_keys_actor_id_kind_key

/* The first of a kind is taken. created_at changes with the key. */
static const struct statement store_key = STATEMENT("actor_remote_store_key", 5,
	"insert into actor_keys as k (uri, actor_id, kind, public_pem, public_bytes)"
	" select $1, $2, $3, $4, $5::bytea"
	" where not exists (select from actor_keys as other where other.actor_id = $2 and other.kind = $3 and other.uri <> $1)"
	" on conflict (uri) do update"
	" set public_pem = excluded.public_pem,"
	"     public_bytes = excluded.public_bytes,"
	"     created_at = now()"
	" where k.actor_id = excluded.actor_id"
	"   and k.kind = excluded.kind"
	"   and (k.public_pem, k.public_bytes) is distinct from (excluded.public_pem, excluded.public_bytes)"); // actor_keys_pkey

/* Of whom nothing is here yet, with their keys. In the order of their uris, so that two who store the same wait for one
 * another in turn. */
static const struct statement store_new = STATEMENT("actor_remote_store_new", 35,
	"with arriving as ("
	"  select n.*"
	"  from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],"
	"              $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],"
	"              $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::boolean[], $23::boolean[],"
	"              $24::boolean[], $25::boolean[], $26::timestamptz[], $27::timestamptz[], $28::text[], $29::text[])"
	"    as n (id, kind, username, domain, uri, url, inbox_url, outbox_url, followers_url, following_url, featured_url,"
	"          featured_tags_url, shared_inbox_url, display_name, summary_html, fields, avatar_url, avatar_alt, header_url,"
	"          header_alt, also_known_as, is_locked, is_discoverable, is_indexable, is_memorial, created_at, fetched_at,"
	"          attribution_domains, authority)"
	"  where not exists (select from actors as a where a.uri = n.uri)"
	"    and not exists (select from actors as a where a.handle = lower(n.username) and a.domain = lower(n.domain))"
	"    and not exists (select from tombstones as t where $35::boolean and t.uri = n.uri)"
	"    and not exists (select from domains as d where $35 and (d.name = lower(n.authority) or d.authority = lower(n.authority)))"
	"  order by n.uri"
	"), stored as ("
	"  insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, outbox_url, followers_url, following_url,"
	"                      featured_url, featured_tags_url, shared_inbox_url, display_name, summary_html, fields, avatar_url,"
	"                      avatar_alt, header_url, header_alt, also_known_as, is_locked, is_discoverable, is_indexable,"
	"                      is_memorial, created_at, updated_at, fetched_at, attribution_domains)"
	"  select n.id, n.kind, n.username, lower(n.username), lower(n.domain), n.uri, n.url, n.inbox_url, n.outbox_url,"
	"         n.followers_url, n.following_url, n.featured_url, n.featured_tags_url, n.shared_inbox_url,"
	"         coalesce(n.display_name, ''), coalesce(n.summary_html, ''), coalesce(n.fields::jsonb, '[]'), n.avatar_url,"
	"         coalesce(n.avatar_alt, ''), n.header_url, coalesce(n.header_alt, ''), n.also_known_as::text[], n.is_locked,"
	"         n.is_discoverable, n.is_indexable, n.is_memorial, coalesce(n.created_at, n.fetched_at), n.fetched_at,"
	"         n.fetched_at, n.attribution_domains::text[]"
	"  from arriving as n"
	"  on conflict do nothing"
	"  returning id"
	"), stored_keys as ("
	"  insert into actor_keys (uri, actor_id, kind, public_pem, public_bytes)"
	"  select k.uri, k.actor_id, k.kind, k.public_pem, k.public_bytes"
	"  from unnest($30::bigint[], $31::text[], $32::text[], $33::text[], $34::bytea[])"
	"    as k (actor_id, uri, kind, public_pem, public_bytes)"
	"  join stored on stored.id = k.actor_id"
	"  on conflict do nothing"
	")"
	" select id from stored"); // actors_uri_key, actors_handle_domain_key, tombstones_pkey, actor_keys_pkey

STATEMENT_TABLE(actor_remote_statements, &check, &take_handle, &store, &drop_keys, &store_key, &store_new);

static enum error check_origin(struct db *db, struct arena *arena, const struct actor_remote *actor,
	bool *ret_is_handle_anothers)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, actor->uri);
	db_value_text(&values, actor->username);
	db_value_text(&values, actor->domain);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &check, &values, &rows);
	if (error)
		return error;
	if (db_bool(&rows, 0, 0) && !MUTANT("actor_remote_local"))
		return ERROR_FORBIDDEN;
	*ret_is_handle_anothers = db_bool(&rows, 0, 2);
	return db_bool(&rows, 0, 1) && !MUTANT("actor_remote_tombstone") ? ERROR_GONE : ERROR_NONE;
}

static enum error free_handle(struct db *db, struct arena *arena, const struct actor_remote *actor)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, actor->uri);
	db_value_text(&values, actor->username);
	db_value_text(&values, actor->domain);
	db_value_bool(&values, actor->is_handle_confirmed || MUTANT("actor_remote_handle"));
	return db_change(db, arena, &take_handle, &values, NULL);
}

static void add_urls(struct db_values *values, const struct actor_remote *actor)
{
	db_value_text(values, actor->uri);
	db_value_text(values, actor->url);
	db_value_text(values, actor->inbox_url);
	db_value_text(values, actor->outbox_url);
	db_value_text(values, actor->followers_url);
	db_value_text(values, actor->following_url);
	db_value_text(values, actor->featured_url);
	db_value_text(values, actor->featured_tags_url);
	db_value_text(values, actor->shared_inbox_url);
}

static void add_texts(struct db_values *values, struct arena *arena, const struct actor_remote *actor)
{
	db_value_text(values, actor->display_name);
	db_value_text(values, actor->summary_html);
	db_value_text(values, actor->fields_json);
	db_value_text(values, actor->avatar_url);
	db_value_text(values, actor->avatar_alt);
	db_value_text(values, actor->header_url);
	db_value_text(values, actor->header_alt);
	size_t names = actor->also_known_as_count;
	db_value_text_array(values, arena, actor->also_known_as,
		names < ACTOR_ALSO_KNOWN_AS_MAX ? names : ACTOR_ALSO_KNOWN_AS_MAX);
}

static enum error write_row(struct db *db, struct arena *arena, const struct actor_remote *actor, int64_t *ret_id,
	bool *ret_is_new)
{
	int64_t new_id = id_new();
	struct db_values values = { .count = 0 };
	db_value_int64(&values, new_id);
	db_value_text(&values, str_from(actor_kind_name(actor->kind)));
	db_value_text(&values, actor->username);
	db_value_text(&values, actor->domain);
	db_value_bool(&values, actor->is_handle_confirmed);
	add_urls(&values, actor);
	add_texts(&values, arena, actor);
	db_value_bool(&values, actor->is_locked);
	db_value_bool(&values, actor->is_discoverable);
	db_value_bool(&values, actor->is_indexable);
	db_value_bool(&values, actor->is_memorial);
	if (actor->created_us)
		db_value_time(&values, actor->created_us);
	else
		db_value_null(&values);
	db_value_time(&values, actor->fetched_us);
	size_t sites = actor->attribution_domain_count;
	db_value_text_array(&values, arena, actor->attribution_domains,
		sites < ACTOR_ATTRIBUTION_DOMAINS_MAX ? sites : ACTOR_ATTRIBUTION_DOMAINS_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &store, &values, &rows);
	if (error == ERROR_CONFLICT)
		return ERROR_UNAVAILABLE;
	if (error)
		return error;
	/* Nothing is returned when it was deleted between the check and here. */
	if (!rows.count)
		return ERROR_GONE;
	*ret_id = db_int64(&rows, 0, 0);
	*ret_is_new = *ret_id == new_id;
	return ERROR_NONE;
}

static struct str key_kind(const struct actor_key_new *key)
{
	return key->public_pem.data ? STR_LITERAL("rsa") : STR_LITERAL("ed25519");
}

static enum error write_keys(struct db *db, struct arena *arena, int64_t id, bool is_new, const struct actor_remote *actor)
{
	struct str *uris = arena_alloc_array(arena, actor->key_count, sizeof(*uris));
	struct str *kinds = arena_alloc_array(arena, actor->key_count, sizeof(*kinds));
	for (size_t i = 0; i < actor->key_count; i++) {
		uris[i] = actor->keys[i].uri;
		kinds[i] = key_kind(&actor->keys[i]);
	}
	struct db_values dropped = { .count = 0 };
	db_value_int64(&dropped, id);
	db_value_text_array(&dropped, arena, uris, actor->key_count);
	db_value_text_array(&dropped, arena, kinds, actor->key_count);
	enum error error = is_new ? ERROR_NONE : db_change(db, arena, &drop_keys, &dropped, NULL);
	for (size_t i = 0; !error && i < actor->key_count; i++) {
		struct db_values values = { .count = 0 };
		db_value_text(&values, uris[i]);
		db_value_int64(&values, id);
		db_value_text(&values, kinds[i]);
		db_value_text(&values, actor->keys[i].public_pem);
		db_value_bytes(&values, actor->keys[i].public_bytes);
		error = db_change(db, arena, &store_key, &values, NULL);
	}
	return error == ERROR_CONFLICT ? ERROR_UNAVAILABLE : error;
}

static enum error store_in_transaction(struct db *db, struct arena *arena, const struct actor_remote *actor,
	int64_t *ret_id, bool *ret_is_new)
{
	int64_t id;
	bool is_new;
	bool is_handle_anothers = false;
	enum error error = check_origin(db, arena, actor, &is_handle_anothers);
	if (!error && is_handle_anothers)
		error = free_handle(db, arena, actor);
	if (!error)
		error = write_row(db, arena, actor, &id, &is_new);
	if (!error)
		error = write_keys(db, arena, id, is_new, actor);
	if (error)
		return error;
	*ret_id = id;
	*ret_is_new = is_new;
	return ERROR_NONE;
}

enum error actor_store_remote(struct db *db, struct arena *arena, const struct actor_remote *actor, int64_t *ret_id,
	bool *ret_is_new)
{
	if (db_is_in_transaction(db))
		return store_in_transaction(db, arena, actor, ret_id, ret_is_new);
	int64_t id;
	bool is_new;
	enum error error = db_begin(db);
	if (error)
		return error;
	error = store_in_transaction(db, arena, actor, &id, &is_new);
	if (error) {
		db_rollback(db);
		return error;
	}
	error = db_commit(db);
	if (error)
		return error;
	*ret_id = id;
	*ret_is_new = is_new;
	return ERROR_NONE;
}

#define TEXTS(expression) DB_VALUE_COLUMN(db_value_text_array, struct str, expression)
#define FLAGS(expression) DB_VALUE_COLUMN(db_value_bool_array, bool, expression)
#define TIMES(expression) DB_VALUE_COLUMN(db_value_time_array, int64_t, expression)

static size_t at_most(size_t count, size_t limit)
{
	return count < limit ? count : limit;
}

static void add_columns(struct db_values *values, struct arena *arena, const struct actor_remote *actors,
	const struct str *authorities, const int64_t *ids, size_t count)
{
	db_value_int64_array(values, arena, ids, count);
	TEXTS(str_from(actor_kind_name(actors[i].kind)));
	TEXTS(actors[i].username);
	TEXTS(actors[i].domain);
	TEXTS(actors[i].uri);
	TEXTS(actors[i].url);
	TEXTS(actors[i].inbox_url);
	TEXTS(actors[i].outbox_url);
	TEXTS(actors[i].followers_url);
	TEXTS(actors[i].following_url);
	TEXTS(actors[i].featured_url);
	TEXTS(actors[i].featured_tags_url);
	TEXTS(actors[i].shared_inbox_url);
	TEXTS(actors[i].display_name);
	TEXTS(actors[i].summary_html);
	TEXTS(actors[i].fields_json);
	TEXTS(actors[i].avatar_url);
	TEXTS(actors[i].avatar_alt);
	TEXTS(actors[i].header_url);
	TEXTS(actors[i].header_alt);
	TEXTS(db_array_text(arena, actors[i].also_known_as,
		at_most(actors[i].also_known_as_count, ACTOR_ALSO_KNOWN_AS_MAX)));
	FLAGS(actors[i].is_locked);
	FLAGS(actors[i].is_discoverable);
	FLAGS(actors[i].is_indexable);
	FLAGS(actors[i].is_memorial);
	TIMES(actors[i].created_us);
	TIMES(actors[i].fetched_us);
	TEXTS(db_array_text(arena, actors[i].attribution_domains,
		at_most(actors[i].attribution_domain_count, ACTOR_ATTRIBUTION_DOMAINS_MAX)));
	db_value_text_array(values, arena, authorities, count);
}

static void add_keys(struct db_values *values, struct arena *arena, const struct actor_remote *actors, const int64_t *ids,
	size_t count)
{
	enum { URI, KIND, PEM, BYTES, COLUMNS };
	size_t room = 0, filled = 0;
	struct str *columns[COLUMNS];
	for (size_t i = 0; i < count; i++)
		room += actors[i].key_count;
	int64_t *owners = arena_alloc_array(arena, room, sizeof(*owners));
	for (int i = 0; i < COLUMNS; i++)
		columns[i] = arena_alloc_array(arena, room, sizeof(struct str));
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < actors[i].key_count; j++, filled++) {
			const struct actor_key_new *key = &actors[i].keys[j];
			owners[filled] = ids[i];
			columns[URI][filled] = key->uri;
			columns[KIND][filled] = key_kind(key);
			columns[PEM][filled] = key->public_pem;
			columns[BYTES][filled] = key->public_bytes;
		}
	}
	db_value_int64_array(values, arena, owners, filled);
	db_value_text_array(values, arena, columns[URI], filled);
	db_value_text_array(values, arena, columns[KIND], filled);
	db_value_text_array(values, arena, columns[PEM], filled);
	db_value_bytes_array(values, arena, columns[BYTES], filled);
}

enum error actor_store_new(struct db *db, struct arena *arena, const struct actor_remote *actors,
	const struct str *authorities, size_t count, int64_t *ret_ids)
{
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
	struct db_values values = { .count = 0 };
	for (size_t i = 0; i < count; i++)
		ids[i] = id_new();
	add_columns(&values, arena, actors, authorities, ids, count);
	add_keys(&values, arena, actors, ids, count);
	db_value_bool(&values, !MUTANT("actor_store_new"));
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &store_new, &values, &rows);
	if (error)
		return error;
	for (size_t i = 0; i < count; i++)
		ret_ids[i] = 0;
	for (int row = 0; row < rows.count; row++)
		for (size_t i = 0; i < count; i++)
			if (ids[i] == db_int64(&rows, row, 0))
				ret_ids[i] = ids[i];
	return ERROR_NONE;
}
