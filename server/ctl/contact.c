/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir contact: cards of customers. How many things are on one, and which were merged; what the team noted of people is
 * read by who was granted that. */
#include "server/action/contact.h"
#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"
#include "storage/consent.h"

#include "base/json_out.h"

#define LIST_LIMIT 100

static enum error read_id(const char *text, int64_t *ret_id)
{
	if (!str_to_int64(str_from(text), ret_id) || *ret_id <= 0)
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no id of a contact", text);
	return ERROR_NONE;
}

static void write_members(struct json_out *json, const struct contact *contact)
{
	json_out_key_id(json, "id", contact->id);
	json_out_key_bool(json, "assigned", contact->assignee_id != 0);
	json_out_key_time_ms(json, "created_at", contact->created_us);
	json_out_key_int(json, "version", contact->version);
}

static enum error run_list(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct organisation organisation;
	struct contact_query query = { .is_all = true, .limit = LIST_LIMIT };
	struct contact *contacts;
	struct json_out json;
	size_t count;
	const char *before = option_value(invocation, "--before");
	enum error error = org_open(invocation, &organisation);
	if (!error && before)
		error = read_id(before, &query.before_id);
	if (error)
		return error;
	query.organisation_id = organisation.id;
	error = contact_list(ctl_db(invocation), invocation->arena, &query, &contacts, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		if (!invocation->is_json) {
			buf_add_printf(&out, "%lld%s\n", (long long)contacts[i].id, contacts[i].assignee_id ? "  assigned" : "");
			continue;
		}
		json_out_object_begin(&json);
		write_members(&json, &contacts[i]);
		json_out_object_end(&json);
	}
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	}
	return ctl_print(&out);
}

struct parts {
	struct contact_part *merged;
	size_t merged_count, identity_count, tag_count, consent_count;
};

static enum error load_parts(struct invocation *invocation, int64_t card_id, struct parts *ret_parts)
{
	struct db *db = ctl_db(invocation);
	struct arena *arena = invocation->arena;
	struct contact_identity *identities;
	struct consent *consents;
	struct str *tags;
	enum error error = contact_part_list(db, arena, card_id, &ret_parts->merged, &ret_parts->merged_count);
	if (!error)
		error = contact_identity_list(db, arena, card_id, &identities, &ret_parts->identity_count);
	if (!error)
		error = contact_tag_list(db, arena, card_id, &tags, &ret_parts->tag_count);
	return error ? error : consent_list(db, arena, card_id, &consents, &ret_parts->consent_count);
}

static void write_card(struct invocation *invocation, struct buf *out, const struct contact *card, const struct parts *parts)
{
	struct json_out json;
	json_out_init(&json, out);
	if (!invocation->is_json) {
		buf_add_printf(out, "%lld  %zu identities, %zu tags, %zu consents, %zu merged\n", (long long)card->id, parts->identity_count,
			parts->tag_count, parts->consent_count, parts->merged_count);
		for (size_t i = 0; i < parts->merged_count; i++)
			buf_add_printf(out, "  %lld\n", (long long)parts->merged[i].id);
		return;
	}
	json_out_object_begin(&json);
	write_members(&json, card);
	json_out_key_int(&json, "identities", (int64_t)parts->identity_count);
	json_out_key_int(&json, "tags", (int64_t)parts->tag_count);
	json_out_key_int(&json, "consents", (int64_t)parts->consent_count);
	json_out_key_array_begin(&json, "merged");
	for (size_t i = 0; i < parts->merged_count; i++)
		json_out_id(&json, parts->merged[i].id);
	json_out_array_end(&json);
	json_out_object_end(&json);
	buf_add_char(out, '\n');
}

static enum error show(struct invocation *invocation, const struct organisation *organisation, int64_t id)
{
	AUTO(buf) struct buf out = { 0 };
	struct contact card;
	struct parts parts;
	enum error error = contact_find(ctl_db(invocation), invocation->arena, organisation->id, id, &card);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no contact %lld", (long long)id);
	if (!error)
		error = load_parts(invocation, card.id, &parts);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	write_card(invocation, &out, &card, &parts);
	return ctl_print(&out);
}

static enum error open_contact(struct invocation *invocation, struct organisation *organisation, int64_t *ret_id)
{
	enum error error = org_open(invocation, organisation);
	return error ? error : read_id(invocation->arguments[1], ret_id);
}

static enum error run_show(struct invocation *invocation)
{
	struct organisation organisation;
	int64_t id;
	enum error error = open_contact(invocation, &organisation, &id);
	return error ? error : show(invocation, &organisation, id);
}

static enum error run_merge(struct invocation *invocation)
{
	struct organisation organisation;
	struct str message = { 0 };
	int64_t id, other_id;
	enum error error = open_contact(invocation, &organisation, &id);
	if (!error)
		error = read_id(invocation->arguments[2], &other_id);
	if (error)
		return error;
	const struct contact_deed deed = { .organisation_id = organisation.id, .contact_id = id, .author = ctl_author };
	error = contact_unite(ctl_db(invocation), invocation->arena, &deed, other_id, &message);
	return error ? ctl_fail_with(error, message) : show(invocation, &organisation, id);
}

static enum error run_unmerge(struct invocation *invocation)
{
	struct organisation organisation;
	struct str message = { 0 };
	int64_t id;
	enum error error = open_contact(invocation, &organisation, &id);
	if (error)
		return error;
	const struct contact_deed deed = { .organisation_id = organisation.id, .contact_id = id, .author = ctl_author };
	error = contact_separate(ctl_db(invocation), invocation->arena, &deed, id, &message);
	return error ? ctl_fail_with(error, message) : show(invocation, &organisation, id);
}

static const struct command_option list_options[] = {
	{ "--before", "ID", "those before this one only", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_contact_list = { "contact", "list", "SLUG", 1, 1, COMMAND_HAS_JSON,
	"Lists cards of customers: ids and states", "The newest 100. What is on them is not for operators.\n", list_options, run_list };

const struct command command_contact_show = { "contact", "show", "SLUG ID", 2, 2, COMMAND_HAS_JSON,
	"Shows how much is on a card, and what was merged into it", NULL, NULL, run_show };

const struct command command_contact_merge = { "contact", "merge", "SLUG ID OTHER", 3, 3, COMMAND_HAS_JSON,
	"Makes two cards one, which has the first one's id", "Nothing is moved: unmerge restores both.\n", NULL, run_merge };

const struct command command_contact_unmerge = { "contact", "unmerge", "SLUG ID", 2, 2, COMMAND_HAS_JSON,
	"Takes a contact out of the card that it was merged into", NULL, NULL, run_unmerge };
