/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Writes actors and tombstones. Most peers read plain JSON by the names that Mastodon uses. */
#include "federation/vocab_out_parts.h"

#include "federation/keys.h"

#include "base/html.h"
#include "base/json_in.h"
#include "base/mutant.h"

#define SUMMARY_MAX_BYTES 20000
#define FIELD_VALUE_MAX_BYTES 4000
#define FIELDS_MAX 50 /* what Mastodon reads */

static const struct {
	const char *href;
	const char *name;
} capabilities[] = {
	{ "https://datatracker.ietf.org/doc/html/rfc7033", "RFC-7033: WebFinger" },
	{ "https://datatracker.ietf.org/doc/html/rfc9421", "RFC-9421: HTTP Message Signatures" },
	{ "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25",
		"RFC-9421 signatures using the Ed25519 algorithm" },
	{ "https://w3id.org/fep/8b32", "FEP-8b32: Object Integrity Proofs" },
	{ "https://w3id.org/fep/844e", "FEP-844e: Capability discovery" },
	{ "https://w3id.org/fep/d556", "FEP-d556: Server-level actor discovery using WebFinger" },
};

/* FEP-844e. Only what works and shows in no other property: a peer chooses how it signs by this list. */
static void write_capabilities(struct json_out *json)
{
	json_out_key_array_begin(json, "implements");
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		json_out_object_begin(json);
		json_out_key_c_string(json, "type", "Link");
		json_out_key_c_string(json, "href", capabilities[i].href);
		json_out_key_c_string(json, "name", capabilities[i].name);
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

static void write_keys(struct json_out *json, struct arena *arena, const struct actor *actor)
{
	json_out_key_object_begin(json, "publicKey");
	json_out_key_str(json, "id", arena_printf(arena, "%.*s#main-key", STR_ARG(actor->uri)));
	json_out_key_str(json, "owner", actor->uri);
	json_out_key_str(json, "publicKeyPem", actor->main_public_pem);
	json_out_object_end(json);

	if (!actor->ed25519_public_bytes.data)
		return;
	json_out_key_array_begin(json, "assertionMethod");
	json_out_object_begin(json);
	json_out_key_str(json, "id", arena_printf(arena, "%.*s#ed25519-key", STR_ARG(actor->uri)));
	json_out_key_c_string(json, "type", "Multikey");
	json_out_key_str(json, "controller", actor->uri);
	json_out_key_str(json, "publicKeyMultibase", keys_ed25519_multibase(arena, actor->ed25519_public_bytes));
	json_out_object_end(json);
	json_out_array_end(json);
}

static void write_fields(struct json_out *json, struct arena *arena, struct str fields_json)
{
	json_auto_t *fields = NULL;

	json_out_key_array_begin(json, "attachment");
	if (!str_is_empty(fields_json) && json_in_parse(fields_json, &json_limits_default, &fields) != ERROR_NONE)
		fields = NULL; /* the rest of the profile is still worth sending */
	for (size_t i = 0; i < json_array_size(fields) && i < FIELDS_MAX; i++) {
		const json_t *field = json_array_get(fields, i);
		struct str name = json_in_str(field, "name");
		if (str_is_empty(name))
			continue;
		json_out_object_begin(json);
		json_out_key_c_string(json, "type", "PropertyValue");
		json_out_key_str(json, "name", name);
		json_out_key_str(json, "value", html_clean(arena, json_in_str(field, "value"), FIELD_VALUE_MAX_BYTES));
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

static const char *image_media_type(struct str url)
{
	static const struct {
		struct str ending;
		const char *type;
	} types[] = {
		{ STR(".png"), "image/png" }, { STR(".jpg"), "image/jpeg" }, { STR(".jpeg"), "image/jpeg" },
		{ STR(".webp"), "image/webp" }, { STR(".gif"), "image/gif" }, { STR(".avif"), "image/avif" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (str_ends_with(url, types[i].ending))
			return types[i].type;
	}
	return NULL;
}

static void write_image(struct json_out *json, const char *key, struct str url)
{
	if (str_is_empty(url))
		return;
	json_out_key_object_begin(json, key);
	json_out_key_c_string(json, "type", "Image");
	if (image_media_type(url))
		json_out_key_c_string(json, "mediaType", image_media_type(url));
	json_out_key_str(json, "url", url);
	json_out_object_end(json);
}

/* Boxes and collections, each left out when the actor has none. */
static void write_boxes(struct json_out *json, struct arena *arena, const struct actor *actor)
{
	struct str featured_tags = str_is_empty(actor->featured_url) ? actor->featured_url : vocab_featured_tags_url(arena, actor);
	const struct {
		const char *key;
		struct str url;
	} boxes[] = {
		{ "inbox", actor->inbox_url },         { "outbox", actor->outbox_url },
		{ "followers", actor->followers_url }, { "following", actor->following_url },
		{ "featured", actor->featured_url },   { "featuredTags", featured_tags },
	};

	/* The instance's own actor says nothing and is followed by nobody: it has an inbox only. */
	size_t count = actor->is_local && actor->kind == ACTOR_APPLICATION ? 1 : sizeof(boxes) / sizeof(boxes[0]);
	for (size_t i = 0; i < count; i++) {
		if (!str_is_empty(boxes[i].url))
			json_out_key_str(json, boxes[i].key, boxes[i].url);
	}
	if (str_is_empty(actor->shared_inbox_url))
		return;
	json_out_key_object_begin(json, "endpoints");
	json_out_key_str(json, "sharedInbox", actor->shared_inbox_url);
	json_out_object_end(json);
}

struct str vocab_featured_tags_url(struct arena *arena, const struct actor *actor)
{
	if (actor->featured_tags_url.data)
		return actor->featured_tags_url;
	return arena_printf(arena, "%.*s/collections/tags", STR_ARG(actor->uri));
}

static void write_moves(struct json_out *json, const struct actor *actor)
{
	json_auto_t *aliases = NULL;

	if (!str_is_empty(actor->also_known_as_json)
		&& json_in_parse(actor->also_known_as_json, &json_limits_default, &aliases) != ERROR_NONE)
		aliases = NULL;
	if (json_array_size(aliases) > 0) {
		json_out_key_array_begin(json, "alsoKnownAs");
		for (size_t i = 0; i < json_array_size(aliases); i++) {
			const json_t *alias = json_array_get(aliases, i);
			if (json_is_string(alias))
				json_out_str(json, (struct str){ json_string_value(alias), json_string_length(alias) });
		}
		json_out_array_end(json);
	}
	vocab_put_given(json, "movedTo", actor->moved_to_uri);
}

/* The names and texts that people see. */
static void write_profile(struct json_out *json, struct arena *arena, const struct actor *actor)
{
	bool is_shown = !actor->is_suspended || MUTANT("actor_suspended");
	struct str name = str_is_empty(actor->display_name) || !is_shown ? actor->username : actor->display_name;

	json_out_key_str(json, "preferredUsername", actor->username);
	json_out_key_str(json, "name", name);
	json_out_key_str(json, "summary", is_shown ? html_clean(arena, actor->summary_html, SUMMARY_MAX_BYTES) : str_from(""));
	json_out_key_str(json, "url", actor->url);
	json_out_key_str(json, "webfinger",
		arena_printf(arena, "%.*s@%.*s", STR_ARG(actor->username), STR_ARG(actor->domain)));
	json_out_key_time_ms(json, "published", actor->created_us);
	if (actor->updated_us > actor->created_us)
		json_out_key_time_ms(json, "updated", actor->updated_us);
	json_out_key_bool(json, "manuallyApprovesFollowers", actor->is_locked);
	json_out_key_bool(json, "discoverable", actor->is_discoverable);
	json_out_key_bool(json, "indexable", actor->is_indexable);
	json_out_key_bool(json, "memorial", actor->is_memorial);
	if (actor->is_suspended)
		json_out_key_bool(json, "suspended", true);
	if (!is_shown)
		return;
	write_fields(json, arena, actor->fields_json);
	write_image(json, "icon", actor->avatar_url);
	write_image(json, "image", actor->header_url);
}

void vocab_put_actor(struct json_out *json, enum vocab_context context, struct arena *arena, const struct actor *actor)
{
	vocab_begin(json, context, actor->uri, actor_kind_name(actor->kind));
	write_boxes(json, arena, actor);
	write_profile(json, arena, actor);
	write_moves(json, actor);
	write_keys(json, arena, actor);
	if (actor->kind == ACTOR_APPLICATION) {
		write_capabilities(json);
	} else {
		json_out_key_object_begin(json, "generator");
		json_out_key_c_string(json, "type", "Application");
		json_out_key_c_string(json, "name", "Comptoir");
		write_capabilities(json);
		json_out_object_end(json);
	}
	json_out_object_end(json);
}

void vocab_write_actor(struct buf *out, struct arena *arena, const struct actor *actor)
{
	struct json_out json;

	json_out_init(&json, out);
	vocab_put_actor(&json, VOCAB_CONTEXT_ACTOR, arena, actor);
}

void vocab_write_actor_key(struct buf *out, struct arena *arena, const struct actor *actor)
{
	struct json_out json;

	json_out_init(&json, out);
	vocab_begin(&json, VOCAB_CONTEXT_ACTOR, actor->uri, actor_kind_name(actor->kind));
	json_out_key_str(&json, "inbox", actor->inbox_url);
	json_out_key_str(&json, "preferredUsername", actor->username);
	write_keys(&json, arena, actor);
	json_out_object_end(&json);
}

void vocab_put_tombstone(struct json_out *json, enum vocab_context context, struct str id)
{
	vocab_begin(json, context, id, "Tombstone");
	json_out_object_end(json);
}

void vocab_write_tombstone(struct buf *out, struct str id)
{
	struct json_out json;

	json_out_init(&json, out);
	vocab_put_tombstone(&json, VOCAB_CONTEXT_PLAIN, id);
}
