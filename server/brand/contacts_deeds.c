/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Cards of customers: what is done with them. */
#include "server/action/consent.h"
#include "server/brand/contacts.h"
#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"
#include "storage/id.h"

#include "base/json_in.h"
#include "base/time_format.h"

#include <math.h>

/* ---- what is wanted ---- */

static enum error refuse_value(struct request *request, const char *sentence)
{
	return problem(request, PROBLEM_BAD_VALUE, str_from(sentence));
}

static bool has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
			return true;
	return false;
}

/* Absent: *ret_text NULL. Null and empty: data NULL. False for what is no text. */
static bool read_text(struct arena *arena, const json_t *body, const char *key, const struct str **ret_text)
{
	const json_t *value = json_object_get(body, key);
	struct str *text = arena_alloc(arena, sizeof(*text));
	*text = (struct str){ 0 };
	*ret_text = value ? text : NULL;
	if (json_is_string(value))
		*text = str_trim((struct str){ json_string_value(value), json_string_length(value) });
	if (!text->len)
		*text = (struct str){ 0 };
	return !value || json_is_null(value) || json_is_string(value);
}

static bool is_field_valid(const char *key, const json_t *value)
{
	struct str name = str_from(key), text = { json_string_value(value), json_string_length(value) };
	if (!name.len || !str_is_utf8(name) || has_control(name) || str_count_characters(name) > CONTACT_FIELD_NAME_MAX_CHARACTERS)
		return false;
	if (json_is_string(value))
		return str_is_utf8(text) && str_count_characters(text) <= CONTACT_FIELD_MAX_CHARACTERS && !str_contains_char(text, '\0');
	return json_is_null(value) || json_is_boolean(value) || json_is_integer(value) ||
		(json_is_real(value) && isfinite(json_real_value(value)));
}

static int add_bytes(const char *bytes, size_t size, void *data)
{
	buf_add(data, bytes, size);
	return 0;
}

static enum error read_fields(struct request *request, const json_t *body, struct str *ret_fields)
{
	AUTO(buf) struct buf out = { 0 };
	json_t *fields = json_object_get(body, "fields"), *value;
	const char *key;
	if (!fields)
		return ERROR_NONE;
	if (!json_is_object(fields) || json_object_size(fields) > CONTACT_FIELDS_MAX)
		return refuse_value(request, "fields: an object of at most 50 members");
	json_object_foreach(fields, key, value)
		if (!is_field_valid(key, value))
			return refuse_value(request, "fields: names of 1 to 60 characters; text of at most 1,000, a number, true, false or null");
	if (json_dump_callback(fields, add_bytes, &out, JSON_COMPACT) != 0)
		return ERROR_INTERNAL;
	*ret_fields = arena_str(request->arena, buf_str(&out));
	return ERROR_NONE;
}

/* "fr", "pt-BR" */
static bool is_language(struct str language)
{
	struct str rest = language, part;
	bool is_first = true;
	if (language.len > 35 || str_ends_with(language, STR_LITERAL("-")))
		return false;
	while (rest.len && str_split_next(&rest, '-', &part)) {
		if (part.len < 2 || part.len > (is_first ? 3U : 8U))
			return false;
		for (size_t i = 0; i < part.len; i++) {
			char c = part.data[i];
			bool is_small = c >= 'a' && c <= 'z', is_other = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
			if (!is_small && (is_first || !is_other))
				return false;
		}
		is_first = false;
	}
	return !is_first;
}

static enum error read_assignee(struct request *request, const json_t *body, const int64_t **ret_id)
{
	int64_t *id = arena_alloc(request->arena, sizeof(*id));
	const struct str *text;
	*id = 0;
	if (!read_text(request->arena, body, "assignee_id", &text))
		return refuse_value(request, "assignee_id: the id of a member, or null");
	if (!text)
		return ERROR_NONE;
	if (text->len && (!str_to_int64(*text, id) || *id <= 0))
		return refuse_value(request, "assignee_id: the id of a member, or null");
	*ret_id = id;
	return ERROR_NONE;
}

static enum error read_change(struct request *request, struct contact_change *change)
{
	const json_t *body;
	enum error error = operation_body(request, &body);
	if (error)
		return error;
	if (!read_text(request->arena, body, "name", &change->name) ||
	    (change->name && (str_count_characters(*change->name) > CONTACT_NAME_MAX_CHARACTERS || has_control(*change->name))))
		return refuse_value(request, "name: at most 200 characters, or null");
	if (!read_text(request->arena, body, "language", &change->language) ||
	    (change->language && change->language->len && !is_language(*change->language)))
		return refuse_value(request, "language: as BCP 47 has it, such as fr or pt-BR, or null");
	error = read_assignee(request, body, &change->assignee_id);
	return error ? error : read_fields(request, body, &change->fields_json);
}

/* ---- changes ---- */

enum error handle_contact_change(struct request *request, const struct seat *seat)
{
	struct contact_deed deed;
	struct contact card;
	struct contact_change change = { 0 };
	struct str message = { 0 };
	enum error error = contacts_begin(request, seat, true, &deed, &card);
	if (!error)
		error = read_change(request, &change);
	if (error)
		return error;
	error = contact_edit(request->db, request->arena, &deed, &change, &message);
	return error ? contacts_refuse(request, error, message) : contacts_respond(request, seat, 200);
}

enum error handle_contact_tags(struct request *request, const struct seat *seat)
{
	struct contact_deed deed;
	struct contact card;
	struct str *tags, message = { 0 };
	enum error error = contacts_begin(request, seat, true, &deed, &card);
	if (error)
		return error;
	size_t count = parameter_list(request, "tags", &tags);
	if (!count && !(request->json_body && json_is_array(json_object_get(request->json_body, "tags"))))
		return refuse_value(request, "tags: a list");
	error = contact_set_tags(request->db, request->arena, &deed, tags, count, &message);
	return error ? contacts_refuse(request, error, message) : contacts_respond(request, seat, 200);
}

/* ---- two become one, and two again ---- */

enum error handle_contact_merge(struct request *request, const struct seat *seat)
{
	struct contact_deed deed;
	struct contact card;
	struct str message = { 0 };
	int64_t other_id = parameter_id(request, "other");
	enum error error = contacts_begin(request, seat, false, &deed, &card);
	if (error)
		return error;
	if (other_id <= 0)
		return refuse_value(request, "other: the id of a contact");
	error = contact_unite(request->db, request->arena, &deed, other_id, &message);
	/* A member may know that the other one is there; another organisation's are not. */
	return error ? contacts_refuse(request, error, message) : contacts_respond(request, seat, 200);
}

static enum error write_one(struct request *request, const struct seat *seat, struct json_out *json, const char *key, int64_t id)
{
	struct contact card;
	json_out_key(json, key);
	enum error error = contact_find(request->db, request->arena, seat->organisation.id, id, &card);
	return error ? error : contacts_write(request, json, &card, id);
}

/* The contact of the path is taken out of the card that it is on, or the other one out of the path's. */
enum error handle_contact_unmerge(struct request *request, const struct seat *seat)
{
	struct contact_deed deed;
	struct contact card;
	struct str message = { 0 };
	int64_t asked_id = parameter_path_id(request, 0), other_id = parameter_id(request, "other");
	enum error error = contacts_begin(request, seat, false, &deed, &card);
	if (error)
		return error;
	if (!other_id)
		other_id = asked_id;
	error = contact_separate(request->db, request->arena, &deed, other_id, &message);
	if (error)
		return contacts_refuse(request, error, message);
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	error = write_one(request, seat, json, "contact", card.id);
	if (!error)
		error = write_one(request, seat, json, "taken_out", other_id);
	if (!error)
		json_out_object_end(json);
	return error;
}

/* ---- identities ---- */

enum error handle_contact_add_identity(struct request *request, const struct seat *seat)
{
	struct contact_deed deed;
	struct contact card;
	struct str message = { 0 };
	struct str proof = parameter_text(request, "proof");
	const struct contact_identity identity = { .id = id_new(), .kind = parameter_text(request, "kind"),
		.value = parameter_text(request, "value"), .proof = proof.len ? proof : STR_LITERAL("member") };
	enum error error = contacts_begin(request, seat, false, &deed, &card);
	if (error)
		return error;
	error = contact_note_identity(request->db, request->arena, &deed, &identity, &message);
	return error ? contacts_refuse(request, error, message) : contacts_respond(request, seat, 201);
}

enum error handle_contact_remove_identity(struct request *request, const struct seat *seat)
{
	struct contact_deed deed;
	struct contact card;
	struct str message = { 0 };
	enum error error = contacts_begin(request, seat, false, &deed, &card);
	if (error)
		return error;
	error = contact_drop_identity(request->db, request->arena, &deed, parameter_path_id(request, 1), &message);
	if (error)
		return contacts_refuse(request, error, message);
	respond_empty(request, 204);
	return ERROR_NONE;
}

/* ---- consents ---- */

static enum error load_consents(struct request *request, int64_t card_id, struct consent **ret_consents, size_t *ret_count)
{
	return consent_list(request->db, request->arena, card_id, ret_consents, ret_count);
}

enum error handle_consent_list(struct request *request, const struct seat *seat)
{
	struct contact card;
	struct consent *consents;
	size_t count;
	enum error error = contacts_find(request, seat, PERMISSION_CONTACT_READ, &card);
	if (!error)
		error = load_consents(request, card.id, &consents, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_array_begin(json, "consents");
	for (size_t i = 0; i < count; i++)
		contacts_write_consent(json, &consents[i]);
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

static enum error respond_consent(struct request *request, int64_t card_id, int64_t id)
{
	struct consent *consents;
	size_t count;
	enum error error = load_consents(request, card_id, &consents, &count);
	if (error)
		return error;
	for (size_t i = 0; i < count; i++)
		if (consents[i].id == id) {
			contacts_write_consent(respond_json(request, 201), &consents[i]);
			return ERROR_NONE;
		}
	return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
}

enum error handle_consent_record(struct request *request, const struct seat *seat)
{
	struct contact_deed deed;
	struct contact card;
	struct str message = { 0 };
	struct consent consent = { .id = id_new(), .purpose = parameter_text(request, "purpose"), .basis = parameter_text(request, "basis"),
		.evidence = str_trim(parameter_text(request, "evidence")) };
	enum error error = contacts_begin(request, seat, false, &deed, &card);
	if (error)
		return error;
	if (!time_parse_rfc3339(parameter_text(request, "given_at"), &consent.given_us))
		return refuse_value(request, "given_at: a time, such as 2026-11-22T19:00:00Z");
	if (str_contains_char(consent.evidence, '\0'))
		return refuse_value(request, "evidence: text");
	error = consent_record(request->db, request->arena, &deed, &consent, &message);
	return error ? contacts_refuse(request, error, message) : respond_consent(request, card.id, consent.id);
}

enum error handle_consent_withdraw(struct request *request, const struct seat *seat)
{
	struct contact_deed deed;
	struct contact card;
	struct str message = { 0 };
	enum error error = contacts_begin(request, seat, false, &deed, &card);
	if (error)
		return error;
	error = consent_end(request->db, request->arena, &deed, parameter_path_id(request, 1), &message);
	if (error)
		return contacts_refuse(request, error, message);
	respond_empty(request, 204);
	return ERROR_NONE;
}
