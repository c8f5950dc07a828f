/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * People, groups, services and their keys. Where deliveries go and whose signatures are believed is decided by
 * what is read here: every address and key must lie on the actor's own origin (CHECKLIST A8, B5). */
#include "federation/vocab_in_values.h"

#include "base/mutant.h"
#include "base/url.h"

#include <string.h>

/* A name that can stand in a handle; which letters are good is for the storage and the pages. */
static bool is_username(struct str name)
{
	if (name.len == 0 || (name.len > VOCAB_USERNAME_MAX_BYTES && !MUTANT("vocab_username")))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.data[i];
		if (c <= ' ' || c == 0x7F || strchr("@/:?#<>\"'&\\", (char)c))
			return false;
	}
	return true;
}

static bool is_key_text(enum vocab_key_kind kind, struct str text)
{
	if (text.len == 0 || text.len > VOCAB_KEY_MAX_BYTES)
		return false;
	switch (kind) {
	case VOCAB_KEY_PEM:
		return str_starts_with(str_trim(text), STR_LITERAL("-----BEGIN "));
	case VOCAB_KEY_MULTIBASE:
		return text.data[0] == 'z' || text.data[0] == 'u';
	}
	return false;
}

bool vocab_fill_key(const struct vocab_reader *reader, const json_t *json, struct str owner_id,
	struct vocab_key *ret_key)
{
	struct vocab_key key = { .id = json_is_object(json) ? vocab_id(reader, json, VOCAB_ID_KEY) : (struct str){ 0 } };
	const json_t *owner = vocab_get(reader, json, PROPERTY_OWNER);
	struct str text = vocab_raw(vocab_get(reader, json, PROPERTY_PUBLIC_KEY_PEM));

	if (text.len == 0) {
		key.kind = VOCAB_KEY_MULTIBASE;
		text = vocab_raw(vocab_get(reader, json, PROPERTY_PUBLIC_KEY_MULTIBASE));
	}
	if (!owner)
		owner = vocab_get(reader, json, PROPERTY_CONTROLLER);
	key.owner = owner || owner_id.len == 0 ? vocab_id(reader, owner, VOCAB_ID_DOCUMENT) : owner_id;
	if (key.id.len == 0 || key.owner.len == 0 || !is_key_text(key.kind, text))
		return false;
	if (owner_id.len > 0 && !str_eq(key.owner, owner_id) && !MUTANT("vocab_key_owner"))
		return false;
	if (!vocab_is_of_origin(reader, key.id, key.owner))
		return false;
	key.text = arena_str(reader->arena, text);
	*ret_key = key;
	return true;
}

static void read_keys(const struct vocab_reader *reader, const json_t *json, enum vocab_property property,
	struct vocab_actor *actor)
{
	const json_t *value = vocab_get(reader, json, property);
	size_t count = vocab_count(value);
	if (count > VOCAB_KEYS_MAX && !MUTANT("vocab_keys_limit"))
		count = VOCAB_KEYS_MAX;
	if (count == 0)
		return;
	struct vocab_key *keys = arena_alloc_array(reader->arena, actor->key_count + count, sizeof(*keys));
	for (size_t i = 0; i < actor->key_count; i++)
		keys[i] = actor->keys[i];
	actor->keys = keys;
	for (size_t i = 0; i < count; i++) {
		if (vocab_fill_key(reader, vocab_at(value, i), actor->id, &keys[actor->key_count]))
			actor->key_count++;
	}
}

static void read_fields(const struct vocab_reader *reader, const json_t *json, struct vocab_actor *actor)
{
	const json_t *value = vocab_get(reader, json, PROPERTY_ATTACHMENT);
	size_t count = vocab_count(value);
	size_t bytes = 0;

	if (count == 0)
		return;
	size_t room = count < VOCAB_FIELDS_MAX ? count : VOCAB_FIELDS_MAX;
	actor->fields = arena_alloc_array(reader->arena, room, sizeof(*actor->fields));
	for (size_t i = 0; i < count && actor->field_count < room; i++) {
		const json_t *one = vocab_at(value, i);
		if (!vocab_has_type(one, "PropertyValue"))
			continue;
		struct vocab_field field = {
			.name = vocab_get_text(reader, one, PROPERTY_NAME, VOCAB_FIELD_MAX_BYTES),
			.value = vocab_get_text(reader, one, PROPERTY_VALUE, VOCAB_FIELD_MAX_BYTES),
		};
		bytes += field.name.len + field.value.len;
		if (bytes > VOCAB_FIELDS_MAX_BYTES && !MUTANT("vocab_fields_bytes"))
			break;
		if (field.name.len > 0)
			actor->fields[actor->field_count++] = field;
	}
}

/* Host names, in lower case and at most as long as one may be. */
static void read_attribution_domains(const struct vocab_reader *reader, const json_t *json, struct vocab_actor *actor)
{
	const json_t *value = vocab_get(reader, json, PROPERTY_ATTRIBUTION_DOMAINS);
	size_t count = vocab_count(value);
	if (count == 0)
		return;
	if (count > VOCAB_ATTRIBUTION_DOMAINS_MAX)
		count = VOCAB_ATTRIBUTION_DOMAINS_MAX;
	actor->attribution_domains.ids = arena_alloc_array(reader->arena, count, sizeof(struct str));
	for (size_t i = 0; i < count; i++) {
		struct str host;
		if (url_canonical_host(reader->arena, str_slice(vocab_raw(vocab_at(value, i)), 0, VOCAB_ID_MAX_BYTES), &host))
			actor->attribution_domains.ids[actor->attribution_domains.count++] = host;
	}
}

/* FEP-844e puts implements at the generator; an Application has it itself. */
static void read_implements(const struct vocab_reader *reader, const json_t *json, struct vocab_actor *actor)
{
	const json_t *generator = vocab_at(vocab_get(reader, json, PROPERTY_GENERATOR), 0);
	const json_t *value = vocab_get(reader, generator, PROPERTY_IMPLEMENTS);
	if (!value)
		value = vocab_get(reader, json, PROPERTY_IMPLEMENTS);
	size_t count = vocab_count(value);
	if (count == 0)
		return;
	if (count > VOCAB_IMPLEMENTS_MAX)
		count = VOCAB_IMPLEMENTS_MAX;
	actor->implements.ids = arena_alloc_array(reader->arena, count, sizeof(struct str));
	for (size_t i = 0; i < count; i++) {
		const json_t *one = vocab_at(value, i);
		const json_t *href = vocab_get(reader, one, PROPERTY_HREF);
		struct str id = vocab_id(reader, href ? href : one, VOCAB_ID_EMBEDDED);
		if (id.len > 0)
			actor->implements.ids[actor->implements.count++] = id;
	}
}

static void read_addresses(const struct vocab_reader *reader, const json_t *json, struct vocab_actor *actor)
{
	const json_t *endpoints = vocab_get(reader, json, PROPERTY_ENDPOINTS);
	actor->inbox = vocab_get_own_id(reader, json, PROPERTY_INBOX, actor->id);
	actor->outbox = vocab_get_own_id(reader, json, PROPERTY_OUTBOX, actor->id);
	actor->followers = vocab_get_own_id(reader, json, PROPERTY_FOLLOWERS, actor->id);
	actor->following = vocab_get_own_id(reader, json, PROPERTY_FOLLOWING, actor->id);
	actor->featured = vocab_get_own_id(reader, json, PROPERTY_FEATURED, actor->id);
	actor->featured_tags = vocab_get_own_id(reader, json, PROPERTY_FEATURED_TAGS, actor->id);
	actor->shared_inbox = vocab_get_own_id(reader, endpoints, PROPERTY_SHARED_INBOX, actor->id);
	if (actor->shared_inbox.len == 0) /* Misskey says it twice */
		actor->shared_inbox = vocab_get_own_id(reader, json, PROPERTY_SHARED_INBOX, actor->id);
}

bool vocab_fill_actor(struct vocab_reader *reader, const json_t *json, struct vocab_actor *ret_actor)
{
	struct vocab_actor actor = { 0 };
	struct str type_name;
	struct str username = vocab_raw(vocab_get(reader, json, PROPERTY_PREFERRED_USERNAME));
	int type;

	actor.id = vocab_id(reader, json, VOCAB_ID_DOCUMENT);
	if (vocab_type_of(json, &type, &type_name) != VOCAB_KIND_ACTOR || actor.id.len == 0 || !is_username(username))
		return false;
	actor.type = (enum actor_kind)type;
	actor.username = arena_str(reader->arena, username);
	actor.name = vocab_get_text(reader, json, PROPERTY_NAME, VOCAB_ACTOR_NAME_MAX_BYTES);
	actor.summary = vocab_get_text(reader, json, PROPERTY_SUMMARY, VOCAB_SUMMARY_MAX_BYTES);
	actor.url = vocab_get_page(reader, json, actor.id);
	read_addresses(reader, json, &actor);
	actor.icon = vocab_get_picture(reader, json, PROPERTY_ICON, VOCAB_ACTOR_ALT_MAX_BYTES);
	actor.image = vocab_get_picture(reader, json, PROPERTY_IMAGE, VOCAB_ACTOR_ALT_MAX_BYTES);
	read_keys(reader, json, PROPERTY_PUBLIC_KEY, &actor);
	read_keys(reader, json, PROPERTY_ASSERTION_METHOD, &actor);
	read_fields(reader, json, &actor);
	actor.tags = vocab_get_tags(reader, json, &actor.tag_count);
	actor.also_known_as = vocab_get_ids(reader, json, PROPERTY_ALSO_KNOWN_AS, VOCAB_ALIASES_MAX, NULL);
	actor.moved_to = vocab_get_id(reader, json, PROPERTY_MOVED_TO, VOCAB_ID_DOCUMENT);
	read_attribution_domains(reader, json, &actor);
	read_implements(reader, json, &actor);
	actor.attributed_to = vocab_get_id(reader, json, PROPERTY_ATTRIBUTED_TO, VOCAB_ID_DOCUMENT);
	actor.webfinger = vocab_get_text(reader, json, PROPERTY_WEBFINGER, VOCAB_ID_MAX_BYTES);
	actor.is_locked = vocab_get_bool(reader, json, PROPERTY_MANUALLY_APPROVES_FOLLOWERS);
	actor.is_discoverable = vocab_get_bool(reader, json, PROPERTY_DISCOVERABLE);
	actor.is_indexable = vocab_get_bool(reader, json, PROPERTY_INDEXABLE);
	actor.is_memorial = vocab_get_bool(reader, json, PROPERTY_MEMORIAL);
	actor.is_suspended = vocab_get_bool(reader, json, PROPERTY_SUSPENDED);
	bool is_given;
	int64_t published_us = vocab_get_published(reader, json, &is_given);
	actor.published_us = is_given ? published_us : 0;
	*ret_actor = actor;
	return true;
}

enum error vocab_read_actor(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_actor *ret_actor)
{
	AUTO(vocab_reader) struct vocab_reader reader = { 0 };
	enum error error = vocab_reader_open(arena, document, rules, &reader);
	if (error != ERROR_NONE)
		return error;
	return vocab_fill_actor(&reader, document, ret_actor) ? ERROR_NONE : ERROR_UNPROCESSABLE;
}

enum error vocab_read_key(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_key *ret_key)
{
	AUTO(vocab_reader) struct vocab_reader reader = { 0 };
	enum error error = vocab_reader_open(arena, document, rules, &reader);
	if (error != ERROR_NONE)
		return error;
	return vocab_fill_key(&reader, document, (struct str){ 0 }, ret_key) ? ERROR_NONE : ERROR_UNPROCESSABLE;
}
