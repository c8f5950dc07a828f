/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What vocab_in read of an actor, cleaned and cut to what the table holds. A profile with a bad picture or a bad key is
 * still a profile: what is unfit is left out, and only what nobody could be addressed by is refused. */
#include "federation/remote_actor.h"

#include "federation/federation.h"
#include "federation/policy.h"
#include "federation/public_key.h"
#include "federation/remote_text.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/html.h"
#include "base/json_out.h"
#include "base/mutant.h"
#include "base/text_line.h"
#include "base/url.h"
#include "storage/domain.h"
#include "storage/emoji.h"

#include <string.h>

#define SUMMARY_MAX_BYTES 60000
#define FIELD_VALUE_MAX_BYTES 4000
#define FIELDS_JSON_MAX_BYTES 50000
#define ALT_MAX_BYTES 1500
#define ALIASES_MAX 32
#define MULTICODEC_BYTES 2
#define SHORTCODE_MAX_BYTES 200

/* ---- parts ---- */

/* Whatever software allows (dots of WordPress, non-ASCII of some), but nothing that ends a handle or turns its meaning. */
static bool is_username(struct str username)
{
	if (username.len == 0 || username.len > VOCAB_USERNAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < username.len; i++) {
		unsigned char c = (unsigned char)username.data[i];
		if (c <= 0x20 || c == 0x7f || strchr("@/:?#&<>\"'\\%,;", c))
			return false;
	}
	return true;
}

static struct str write_fields(struct arena *arena, const struct vocab_actor *actor)
{
	AUTO(buf) struct buf buf = { 0 };
	struct json_out out;
	json_out_init(&out, &buf);
	json_out_array_begin(&out);
	for (size_t i = 0; i < actor->field_count; i++) {
		struct str name = text_line(arena, actor->fields[i].name, VOCAB_FIELD_MAX_BYTES);
		struct str value = html_clean(arena, actor->fields[i].value, FIELD_VALUE_MAX_BYTES);
		if (buf.len + name.len + value.len > FIELDS_JSON_MAX_BYTES)
			break;
		json_out_object_begin(&out);
		json_out_key_str(&out, "name", name);
		json_out_key_str(&out, "value", value);
		json_out_object_end(&out);
	}
	json_out_array_end(&out);
	return arena_str(arena, buf_str(&buf));
}

static bool read_multibase(struct arena *arena, struct str text, struct str *ret_bytes)
{
	unsigned char decoded[MULTICODEC_BYTES + ED25519_KEY_BYTES];
	AUTO(public_key) struct public_key *key = public_key_from_multibase(text);
	if (!key || !base58btc_decode(str_slice(text, 1, text.len), sizeof(decoded), decoded))
		return false;
	*ret_bytes = arena_str(arena, (struct str){ (const char *)decoded + MULTICODEC_BYTES, ED25519_KEY_BYTES });
	return true;
}

static bool is_rsa_pem(struct str pem)
{
	AUTO(public_key) struct public_key *key = public_key_from_pem(pem);
	return key && public_key_kind(key) == PUBLIC_KEY_RSA;
}

/* The first good one of each kind. */
static void read_keys(struct arena *arena, const struct vocab_actor *actor, struct actor_remote *row)
{
	bool has_rsa = false, has_ed25519 = false;
	struct actor_key_new *keys = arena_alloc_array(arena, 2, sizeof(*keys));
	size_t count = 0;
	for (size_t i = 0; i < actor->key_count; i++) {
		const struct vocab_key *key = &actor->keys[i];
		struct str bytes;
		if (key->kind == VOCAB_KEY_PEM && !has_rsa && (is_rsa_pem(key->text) || MUTANT("remote_actor_key"))) {
			has_rsa = true;
			keys[count++] = (struct actor_key_new){ .uri = key->id, .public_pem = key->text };
		} else if (key->kind == VOCAB_KEY_MULTIBASE && !has_ed25519 && read_multibase(arena, key->text, &bytes)) {
			has_ed25519 = true;
			keys[count++] = (struct actor_key_new){ .uri = key->id, .public_bytes = bytes };
		}
	}
	row->keys = keys;
	row->key_count = count;
}

static void read_picture(struct arena *arena, const struct vocab_attachment *picture, struct str *ret_url, struct str *ret_alt)
{
	*ret_alt = STR_LITERAL("");
	if (!picture || !picture->url.data)
		return;
	*ret_url = picture->url;
	*ret_alt = text_line(arena, picture->name, ALT_MAX_BYTES);
}

static struct str or_empty(struct str text)
{
	return text.data ? text : STR_LITERAL("");
}

enum error remote_actor_read(struct arena *arena, const struct vocab_actor *actor, bool has_images,
	struct remote_actor_view *ret_view)
{
	struct url url;
	if (!actor->inbox.data || !is_username(actor->username) || !url_parse(arena, actor->id, &url))
		return ERROR_FORBIDDEN;
	struct actor_remote row = {
		.kind = actor->type,
		.username = actor->username,
		.uri = actor->id,
		.url = actor->url.data ? actor->url : actor->id,
		.inbox_url = actor->inbox,
		.outbox_url = actor->outbox,
		.followers_url = actor->followers,
		.following_url = actor->following,
		.featured_url = actor->featured,
		.featured_tags_url = actor->featured_tags,
		.shared_inbox_url = actor->shared_inbox,
		.display_name = text_line(arena, or_empty(actor->name), VOCAB_ACTOR_NAME_MAX_BYTES),
		.summary_html = html_clean(arena, or_empty(actor->summary), SUMMARY_MAX_BYTES),
		.fields_json = write_fields(arena, actor),
		.also_known_as = actor->also_known_as.ids,
		.also_known_as_count = actor->also_known_as.count < ALIASES_MAX ? actor->also_known_as.count : ALIASES_MAX,
		.attribution_domains = actor->attribution_domains.ids,
		.attribution_domain_count = actor->attribution_domains.count,
		.is_locked = actor->is_locked,
		.is_discoverable = actor->is_discoverable,
		.is_indexable = actor->is_indexable,
		.is_memorial = actor->is_memorial,
		.created_us = actor->published_us,
		.fetched_us = clock_now_us(),
	};
	read_picture(arena, has_images ? actor->icon : NULL, &row.avatar_url, &row.avatar_alt);
	read_picture(arena, has_images ? actor->image : NULL, &row.header_url, &row.header_alt);
	read_keys(arena, actor, &row);
	*ret_view = (struct remote_actor_view){ .row = row, .authority = url.authority };
	return ERROR_NONE;
}

/* ---- storing ---- */

/* A server speaks for its own emojis only. */
static enum error store_emojis(struct db *db, struct arena *arena, const struct vocab_actor *actor, struct str authority)
{
	struct emoji *emojis = arena_alloc_array(arena, actor->tag_count + 1, sizeof(*emojis));
	size_t count = 0;
	for (size_t i = 0; i < actor->tag_count; i++) {
		const struct vocab_tag *tag = &actor->tags[i];
		struct str name = tag->name;
		if (tag->kind != VOCAB_TAG_EMOJI || (tag->id.data && !vocab_same_origin(tag->id, actor->id)))
			continue;
		if (name.len > 2 && name.data[0] == ':' && name.data[name.len - 1] == ':')
			name = str_slice(name, 1, name.len - 1);
		if (name.len == 0 || name.len > SHORTCODE_MAX_BYTES || str_contains_char(name, ':'))
			continue;
		emojis[count++] = (struct emoji){ .shortcode = name, .uri = tag->id, .image_url = tag->icon_url, .updated_us = tag->updated_us };
	}
	return count > 0 ? emoji_store(db, arena, authority, emojis, count) : ERROR_NONE;
}

static enum error judge(struct federation *federation, struct db *db, struct arena *arena, struct str authority,
	struct policy_view *ret_view)
{
	struct domain own;
	*ret_view = policy_judge(federation->policy, authority);
	if (ret_view->verdict == POLICY_REFUSED)
		return ERROR_FORBIDDEN;
	enum error error = domain_find(db, arena, authority, &own);
	if (error == ERROR_NOT_FOUND)
		return ERROR_NONE;
	return error ? error : ERROR_FORBIDDEN;
}

/* A confirmed handle stays as long as the name does; WebFinger is asked again when the actor is refreshed. */
static enum error keep_handle(struct db *db, struct arena *arena, struct actor_remote *row)
{
	struct actor known;
	enum error error = actor_find_by_uri(db, arena, row->uri, &known);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (known.is_local || !known.is_handle_confirmed || !str_eq_nocase(known.username, row->username))
		return ERROR_NONE;
	row->domain = known.domain;
	row->is_handle_confirmed = true;
	return ERROR_NONE;
}

static enum error store(struct federation *federation, struct db *db, struct arena *arena, const struct vocab_actor *actor,
	const struct str *account_domain, int64_t *ret_actor_id)
{
	struct remote_actor_view view;
	struct policy_view policy;
	struct url url;
	bool is_new;
	if (!url_parse(arena, actor->id, &url))
		return ERROR_FORBIDDEN;
	enum error error = judge(federation, db, arena, url.authority, &policy);
	if (!error)
		error = remote_actor_read(arena, actor, !policy.rejects_media, &view);
	if (error)
		return error;
	view.row.domain = view.authority;
	if (account_domain && account_domain->data) {
		view.row.domain = *account_domain;
		view.row.is_handle_confirmed = true;
	} else if (!account_domain) {
		error = keep_handle(db, arena, &view.row);
	}
	if (!error)
		error = actor_store_remote(db, arena, &view.row, ret_actor_id, &is_new);
	return error || policy.rejects_media ? error : store_emojis(db, arena, actor, view.authority);
}

/* What can be said of it without the database. */
static enum error read_new(struct federation *federation, struct arena *arena, const struct vocab_actor *actor,
	struct remote_actor_view *ret_view, bool *ret_rejects_media)
{
	struct url url;
	if (!url_parse(arena, actor->id, &url))
		return ERROR_FORBIDDEN;
	struct policy_view policy = policy_judge(federation->policy, url.authority);
	if (policy.verdict == POLICY_REFUSED)
		return ERROR_FORBIDDEN;
	enum error error = remote_actor_read(arena, actor, !policy.rejects_media, ret_view);
	ret_view->row.domain = ret_view->authority;
	*ret_rejects_media = policy.rejects_media;
	return error;
}

enum error remote_actor_store_many(struct federation *federation, struct db *db, struct arena *arena,
	const struct vocab_actor *const *actors, size_t count)
{
	struct actor_remote *rows = arena_alloc_array(arena, count, sizeof(*rows));
	struct str *authorities = arena_alloc_array(arena, count, sizeof(*authorities));
	bool *rejects_media = arena_alloc_array(arena, count, sizeof(*rejects_media));
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
	enum error error = ERROR_NONE;
	for (size_t i = 0; i < count && !error; i++) {
		struct remote_actor_view view = { 0 };
		error = read_new(federation, arena, actors[i], &view, &rejects_media[i]);
		rows[i] = view.row;
		authorities[i] = view.authority;
	}
	if (!error && count)
		error = actor_store_new(db, arena, rows, authorities, count, ids);
	for (size_t i = 0; i < count && !error; i++) {
		if (!ids[i])
			error = store(federation, db, arena, actors[i], NULL, &ids[i]);
		else if (!rejects_media[i])
			error = store_emojis(db, arena, actors[i], authorities[i]);
	}
	return error;
}

enum error remote_actor_store(struct federation *federation, struct db *db, struct arena *arena,
	const struct vocab_actor *actor, int64_t *ret_actor_id)
{
	return store(federation, db, arena, actor, NULL, ret_actor_id);
}

enum error remote_actor_store_named(struct federation *federation, struct db *db, struct arena *arena,
	const struct vocab_actor *actor, struct str account_domain, int64_t *ret_actor_id)
{
	return store(federation, db, arena, actor, &account_domain, ret_actor_id);
}
