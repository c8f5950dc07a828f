/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What happens to local actors only: they are made, change their texts, get other keys, are disabled. */
#include "storage/actor.h"

#include "storage/event.h"
#include "storage/event.h"
#include "storage/statement.h"

/* The urls of local actors are made here and nowhere else (include/storage/actor.h). */
static const struct statement create_local = STATEMENT("actor_local_create", 13,
	"with place as ("
	"  select d.id, d.name, d.base_url, d.base_url || '/@' || $4::text as page,"
	"         case when $2::text = 'Application' then d.base_url || '/actor'"
	"              else d.base_url || '/users/' || $4::text end as uri"
	"  from domains as d"
	"  where d.id = $3"
	"), new_actor as ("
	"  insert into actors (id, kind, domain_id, username, handle, domain, uri, url, inbox_url, outbox_url,"
	"                      followers_url, following_url, featured_url, featured_tags_url,"
	"                      shared_inbox_url, display_name,"
	"                      summary_html, is_locked, is_discoverable, is_indexable, created_at, updated_at)"
	"  select $1, $2, p.id, $4, lower($4), p.name, p.uri, p.page, p.uri || '/inbox', p.uri || '/outbox',"
	"         p.uri || '/followers', p.uri || '/following', p.uri || '/collections/featured',"
	"         p.uri || '/collections/tags', p.base_url || '/inbox',"
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

static const struct statement set_disabled = STATEMENT("actor_local_set_disabled", 2,
	"update actors"
	" set is_disabled = $2"
	" where id = $1"
	"   and domain_id is not null"); // actors_pkey

static const struct statement update_profile = STATEMENT("actor_local_update_profile", 19,
	"update actors"
	" set display_name = coalesce($2, display_name),"
	"     summary_html = coalesce($3, summary_html),"
	"     summary_source = coalesce($4, summary_source),"
	"     fields = coalesce($5::text::jsonb, fields),"
	"     is_locked = coalesce($6, is_locked),"
	"     is_discoverable = coalesce($7, is_discoverable),"
	"     is_indexable = coalesce($8, is_indexable),"
	"     hides_collections = coalesce($9, hides_collections),"
	"     kind = coalesce($10, kind),"
	"     also_known_as = case"
	"       when $11::text is null then also_known_as"
	"       else array(select one.uri"
	"                  from jsonb_array_elements_text($11::text::jsonb) with ordinality as one (uri, position)"
	"                  order by one.position)"
	"     end,"
	"     avatar_alt = case when $12 then '' else coalesce($13, avatar_alt) end,"
	"     avatar_url = case when $12 then null else avatar_url end,"
	"     header_alt = case when $14 then '' else coalesce($15, header_alt) end,"
	"     header_url = case when $14 then null else header_url end,"
	"     shows_media = coalesce($16, shows_media),"
	"     shows_media_replies = coalesce($17, shows_media_replies),"
	"     shows_featured = coalesce($18, shows_featured),"
	"     attribution_domains = case"
	"       when $19::text is null then attribution_domains"
	"       else array(select one.domain"
	"                  from jsonb_array_elements_text($19::text::jsonb) with ordinality as one (domain, position)"
	"                  order by one.position)"
	"     end,"
	"     updated_at = now()"
	" where id = $1"
	"   and domain_id is not null"
	"   and deleted_at is null"); // actors_pkey

static const struct statement find_source = STATEMENT("actor_local_find_source", 1,
	"select a.summary_source,"
	"       to_json(a.attribution_domains)::text,"
	"       (select count(*)"
	"        from (select from follows as f where f.followed_id = $1 and f.state = 'pending' limit 40) as waiting)"
	" from actors as a"
	" where a.id = $1"
	"   and a.domain_id is not null"); // actors_pkey, follows_followed_id

static const struct statement replace_fields = STATEMENT("actor_local_replace_fields", 3,
	"update actors"
	" set fields = $3::text::jsonb"
	" where id = $1"
	"   and domain_id is not null"
	"   and deleted_at is null"
	"   and fields = $2::text::jsonb"); // actors_pkey

static const struct statement replace_keys = STATEMENT("actor_local_replace_keys", 5,
	"with owner as ("
	"  update actors"
	"  set updated_at = now()"
	"  where id = $1"
	"    and domain_id is not null"
	"    and deleted_at is null"
	"  returning id"
	")"
	" update actor_keys as k"
	" set public_pem = case when k.kind = 'rsa' then $2 end,"
	"     public_bytes = case when k.kind = 'ed25519' then $4::bytea end,"
	"     private_sealed = case when k.kind = 'rsa' then $3::bytea else $5::bytea end,"
	"     created_at = now()"
	" from owner"
	" where k.actor_id = owner.id"); // actors_pkey, actor_keys_actor_id_kind_key

STATEMENT_TABLE(actor_local_statements, &create_local, &set_disabled, &update_profile, &find_source, &replace_fields, &replace_keys);

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
	if (is_disabled)
		event_emit_on_commit(db, EVENT_ACTOR_ENDED, 0, id);
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

static void add_text(struct db_values *values, const struct str *text)
{
	if (text)
		db_value_text(values, text->data ? *text : STR_LITERAL(""));
	else
		db_value_null(values);
}

static void add_bool(struct db_values *values, const bool *flag)
{
	if (flag)
		db_value_bool(values, *flag);
	else
		db_value_null(values);
}

enum error actor_update_profile(struct db *db, struct arena *arena, int64_t id, const struct actor_profile *profile)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	add_text(&values, profile->display_name);
	add_text(&values, profile->summary_html);
	add_text(&values, profile->summary_source);
	add_text(&values, profile->fields_json);
	add_bool(&values, profile->is_locked);
	add_bool(&values, profile->is_discoverable);
	add_bool(&values, profile->is_indexable);
	add_bool(&values, profile->hides_collections);
	if (profile->kind)
		db_value_text(&values, str_from(actor_kind_name(*profile->kind)));
	else
		db_value_null(&values);
	add_text(&values, profile->also_known_as_json);
	db_value_bool(&values, profile->removes_avatar);
	add_text(&values, profile->avatar_alt);
	db_value_bool(&values, profile->removes_header);
	add_text(&values, profile->header_alt);
	add_bool(&values, profile->shows_media);
	add_bool(&values, profile->shows_media_replies);
	add_bool(&values, profile->shows_featured);
	add_text(&values, profile->attribution_domains_json);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &update_profile, &values, &affected);
	if (error)
		return error;
	if (!affected)
		return ERROR_NOT_FOUND;
	event_emit_on_commit(db, EVENT_PROFILE_CHANGED, 0, id);
	return ERROR_NONE;
}

enum error actor_find_source(struct db *db, struct arena *arena, int64_t id, struct actor_source *ret_source)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_source, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_source = (struct actor_source){
		.summary_source = db_text(&rows, 0, 0),
		.attribution_domains_json = db_text(&rows, 0, 1),
		.follow_requests_count = db_int64(&rows, 0, 2),
	};
	return ERROR_NONE;
}

enum error actor_replace_fields(struct db *db, struct arena *arena, int64_t id, struct str old_fields_json,
	struct str fields_json)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_text(&values, old_fields_json);
	db_value_text(&values, fields_json);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &replace_fields, &values, &affected);
	if (error)
		return error;
	if (!affected)
		return ERROR_CONFLICT;
	event_emit_on_commit(db, EVENT_PROFILE_CHANGED, 0, id);
	return ERROR_NONE;
}

enum error actor_replace_keys(struct db *db, struct arena *arena, int64_t id, const struct actor_keys_sealed *keys)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_text(&values, keys->main_public_pem);
	db_value_bytes(&values, keys->main_private_sealed);
	db_value_bytes(&values, keys->ed25519_public_bytes);
	db_value_bytes(&values, keys->ed25519_private_sealed);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &replace_keys, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}
