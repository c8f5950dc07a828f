/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Cards of customers: lists, one card, the tickets of one. */
#include "server/brand/contacts.h"

#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/brand/seat_find.h"
#include "server/brand/ticket_entity.h"
#include "server/mastodon/parameters.h"

#include "base/mutant.h"

#define PAGE 40
#define PAGE_MAX 80
#define SEARCH_TEXT_MAX 200

/* ---- rights ---- */

static bool allows(struct rights rights, bool is_own, enum permission permission)
{
	return is_own ? rights_allow_own(rights, permission) : rights_allow(rights, permission);
}

/* With the organisation, or for an account that the card's tickets belong to. */
static bool may(const struct seat *seat, const struct contact_reach *reach, enum permission permission)
{
	bool is_allowed = allows(seat->rights, reach->is_own, permission);
	for (size_t i = 0; i < seat->account_count && !is_allowed; i++)
		for (size_t k = 0; k < reach->actor_count && !is_allowed; k++)
			is_allowed = seat->accounts[i].actor_id == reach->actor_ids[k] &&
				allows(seat->accounts[i].rights, reach->is_own, permission);
	return is_allowed;
}

enum error contacts_find(struct request *request, const struct seat *seat, enum permission permission, struct contact *ret_card)
{
	struct contact card;
	struct contact_reach reach;
	enum error error = contact_find(request->db, request->arena, seat->organisation.id, parameter_path_id(request, 0), &card);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (!error)
		error = contact_find_reach(request->db, request->arena, card.id, seat->membership_id, &reach);
	if (error)
		return error;
	if (!may(seat, &reach, permission) && !MUTANT("contact_reach")) {
		if (permission != PERMISSION_CONTACT_READ && may(seat, &reach, PERMISSION_CONTACT_READ))
			return seat_refuse(request, permission);
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	}
	*ret_card = card;
	return ERROR_NONE;
}

enum error contacts_begin(struct request *request, const struct seat *seat, bool has_version, struct contact_deed *ret_deed,
	struct contact *ret_card)
{
	struct contact card;
	struct contact_deed deed = { .organisation_id = seat->organisation.id, .author = seat->author };
	enum error error = contacts_find(request, seat, PERMISSION_CONTACT_EDIT, &card);
	if (!error && has_version)
		error = operation_need_version(request, &deed.version);
	/* No version is one that nobody can have seen. */
	if (!error && has_version && deed.version <= 0)
		error = problem(request, PROBLEM_STALE_VERSION, (struct str){ 0 });
	if (error)
		return error;
	deed.contact_id = card.id;
	*ret_deed = deed;
	*ret_card = card;
	return ERROR_NONE;
}

enum error contacts_refuse(struct request *request, enum error error, struct str message)
{
	if (error == ERROR_CONFLICT)
		return problem(request, PROBLEM_STALE_VERSION, (struct str){ 0 });
	if (error == ERROR_GONE)
		return problem(request, PROBLEM_CONFLICT, message);
	if (error == ERROR_UNPROCESSABLE)
		return problem(request, PROBLEM_BAD_VALUE, message);
	if (error == ERROR_FORBIDDEN)
		return problem(request, PROBLEM_PERMISSION_MISSING, (struct str){ 0 });
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	return error;
}

/* ---- lists ---- */

static void write_id(struct json_out *json, const char *key, int64_t id)
{
	if (id)
		json_out_key_id(json, key, id);
	else
		json_out_key_null(json, key);
}

static void write_text(struct json_out *json, const char *key, struct str text)
{
	if (text.data)
		json_out_key_str(json, key, text);
	else
		json_out_key_null(json, key);
}

static void write_line(struct json_out *json, const struct contact *contact)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", contact->id);
	write_text(json, "name", contact->shown_name);
	write_text(json, "language", contact->language);
	write_id(json, "assignee_id", contact->assignee_id);
	json_out_key_time_ms(json, "created_at", contact->created_us);
	json_out_key_int(json, "version", contact->version);
	json_out_object_end(json);
}

enum error handle_contact_list(struct request *request, const struct seat *seat)
{
	int64_t *actor_ids;
	struct contact_query query = { .organisation_id = seat->organisation.id,
		.is_all = rights_allow(seat->rights, PERMISSION_CONTACT_READ) || MUTANT("contact_list_rights"),
		.text = parameter_text(request, "q"), .before_id = parameter_id(request, "max_id"),
		.after_id = parameter_id(request, "min_id"), .limit = (int)parameter_int(request, "limit", PAGE, 1, PAGE_MAX) };
	struct contact *contacts;
	size_t count;
	if (query.text.len > SEARCH_TEXT_MAX || !str_is_utf8(query.text))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("q: at most 200 bytes of text"));
	query.actor_count = seat_accounts_with(seat, request->arena, PERMISSION_CONTACT_READ, false, &actor_ids);
	query.actor_ids = actor_ids;
	if (seat_holds_anywhere(seat, PERMISSION_CONTACT_READ, true))
		query.own_membership_id = seat->membership_id;
	enum error error = contact_list(request->db, request->arena, &query, &contacts, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		write_line(json, &contacts[i]);
	json_out_array_end(json);
	if (count)
		respond_link(request, count, contacts[0].id, contacts[count - 1].id, count >= (size_t)query.limit);
	return ERROR_NONE;
}

/* ---- one ---- */

static void write_identity(struct json_out *json, const struct contact_identity *identity)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", identity->id);
	json_out_key_id(json, "contact_id", identity->contact_id);
	json_out_key_str(json, "kind", identity->kind);
	write_id(json, "account_id", identity->actor_id);
	write_text(json, "handle", identity->username);
	write_text(json, "domain", identity->domain);
	write_text(json, "display_name", identity->display_name);
	write_text(json, "uri", identity->uri);
	write_text(json, "value", identity->value);
	json_out_key_str(json, "proof", identity->proof);
	write_id(json, "member_id", identity->membership_id);
	json_out_key_time_ms(json, "since", identity->since_us);
	json_out_key_c_string(json, "state", identity->state);
	write_id(json, "moved_to_id", identity->moved_to_id);
	json_out_key_bool(json, "blocked", identity->is_blocked);
	json_out_object_end(json);
}

void contacts_write_consent(struct json_out *json, const struct consent *consent)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", consent->id);
	json_out_key_id(json, "contact_id", consent->contact_id);
	json_out_key_str(json, "purpose", consent->purpose);
	json_out_key_str(json, "basis", consent->basis);
	json_out_key_str(json, "evidence", consent->evidence);
	json_out_key_time_ms(json, "given_at", consent->given_us);
	json_out_key_time_ms(json, "recorded_at", consent->recorded_us);
	write_id(json, "member_id", consent->membership_id);
	if (consent->withdrawn_us)
		json_out_key_time_ms(json, "withdrawn_at", consent->withdrawn_us);
	else
		json_out_key_null(json, "withdrawn_at");
	write_id(json, "withdrawn_member_id", consent->withdrawn_membership_id);
	json_out_object_end(json);
}

static enum error write_tags(struct request *request, struct json_out *json, int64_t card_id)
{
	struct str *tags;
	size_t count;
	enum error error = contact_tag_list(request->db, request->arena, card_id, &tags, &count);
	if (error)
		return error;
	json_out_key_array_begin(json, "tags");
	for (size_t i = 0; i < count; i++)
		json_out_str(json, tags[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error write_identities(struct request *request, struct json_out *json, int64_t card_id)
{
	struct contact_identity *identities;
	size_t count;
	enum error error = contact_identity_list(request->db, request->arena, card_id, &identities, &count);
	if (error)
		return error;
	json_out_key_array_begin(json, "identities");
	for (size_t i = 0; i < count; i++)
		write_identity(json, &identities[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error write_consents(struct request *request, struct json_out *json, int64_t card_id)
{
	struct consent *consents;
	size_t count;
	enum error error = consent_list(request->db, request->arena, card_id, &consents, &count);
	if (error)
		return error;
	json_out_key_array_begin(json, "consents");
	for (size_t i = 0; i < count; i++)
		contacts_write_consent(json, &consents[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error write_parts(struct request *request, struct json_out *json, int64_t card_id)
{
	struct contact_part *parts;
	size_t count;
	enum error error = contact_part_list(request->db, request->arena, card_id, &parts, &count);
	if (error)
		return error;
	json_out_key_array_begin(json, "merged");
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		json_out_key_id(json, "id", parts[i].id);
		json_out_key_id(json, "into_id", parts[i].into_id);
		write_text(json, "name", parts[i].name);
		json_out_key_time_ms(json, "merged_at", parts[i].merged_us);
		write_id(json, "member_id", parts[i].membership_id);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error contacts_write(struct request *request, struct json_out *json, const struct contact *card, int64_t asked_id)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", card->id);
	json_out_key_id(json, "asked_id", asked_id);
	json_out_key_bool(json, "is_merged", asked_id != card->id);
	write_text(json, "name", card->shown_name);
	write_text(json, "given_name", card->name);
	write_text(json, "language", card->language);
	write_id(json, "assignee_id", card->assignee_id);
	json_out_key(json, "fields");
	json_out_raw(json, card->fields_json);
	json_out_key_time_ms(json, "created_at", card->created_us);
	json_out_key_int(json, "version", card->version);
	enum error error = write_tags(request, json, card->id);
	if (!error)
		error = write_identities(request, json, card->id);
	if (!error)
		error = write_consents(request, json, card->id);
	if (!error)
		error = write_parts(request, json, card->id);
	if (!error)
		json_out_object_end(json);
	return error;
}

enum error contacts_respond(struct request *request, const struct seat *seat, int status)
{
	struct contact card;
	int64_t asked_id = parameter_path_id(request, 0);
	enum error error = contact_find(request->db, request->arena, seat->organisation.id, asked_id, &card);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (error)
		return error;
	operation_respond_version(request, card.version);
	return contacts_write(request, respond_json(request, status), &card, asked_id);
}

enum error handle_contact_show(struct request *request, const struct seat *seat)
{
	struct contact card;
	enum error error = contacts_find(request, seat, PERMISSION_CONTACT_READ, &card);
	return error ? error : contacts_respond(request, seat, 200);
}

/* Only what the caller may read in the inbox. */
enum error handle_contact_history(struct request *request, const struct seat *seat)
{
	int64_t *all, *own;
	struct ticket_query query = { .before_position = parameter_id(request, "max_id"), .after_position = parameter_id(request, "min_id"),
		.own_assignee_id = seat->membership_id, .limit = (int)parameter_int(request, "limit", PAGE, 1, PAGE_MAX) };
	struct contact card;
	struct ticket *tickets;
	size_t count;
	enum error error = contacts_find(request, seat, PERMISSION_CONTACT_READ, &card);
	if (error)
		return error;
	query.actor_count = seat_accounts_with(seat, request->arena, PERMISSION_INBOX_READ, false, &all);
	query.own_actor_count = seat_accounts_with(seat, request->arena, PERMISSION_INBOX_READ, true, &own);
	query.actor_ids = all;
	query.own_actor_ids = own;
	error = contact_ticket_list(request->db, request->arena, card.id, &query, &tickets, &count);
	if (!error)
		error = ticket_entity_write_array(request, respond_json(request, 200), tickets, count);
	if (!error && count)
		respond_link(request, count, tickets[0].position, tickets[count - 1].position, count >= (size_t)query.limit);
	return error;
}
