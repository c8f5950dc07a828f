/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Each deed: lock, version, right, the change, the entry of the log. */
#include "server/action/contact.h"

#include "server/action/deed.h"
#include "storage/membership.h"
#include "storage/ticket_tag.h"

#include "base/json_out.h"
#include "base/mutant.h"

static enum error refuse_work(struct contact_work *work, enum error error, const char *why)
{
	work->message = str_from(why);
	return error;
}

/* ---- rights ---- */

static bool allows(const struct standing *standing, const struct audit_author *author, bool is_own, enum permission permission)
{
	if (standing->membership_id != author->membership_id)
		return false;
	return is_own ? rights_allow_own(standing->rights, permission) : rights_allow(standing->rights, permission);
}

enum error contact_authorise(struct db *db, struct arena *arena, const struct contact *card, const struct audit_author *author,
	enum permission permission)
{
	struct standing standing;
	struct contact_reach reach;
	if (!author->user_id)
		return author->door == AUDIT_COMMAND || author->door == AUDIT_WORKER ? ERROR_NONE : ERROR_FORBIDDEN;
	enum error error = contact_find_reach(db, arena, card->id, author->membership_id, &reach);
	if (!error)
		error = rights_find_in_organisation(db, arena, author->user_id, card->organisation_id, &standing);
	if (error)
		return error;
	bool is_allowed = allows(&standing, author, reach.is_own, permission) || MUTANT("contact_authorise");
	for (size_t i = 0; i < reach.actor_count && !is_allowed && !error; i++) {
		error = rights_find(db, arena, author->user_id, reach.actor_ids[i], &standing);
		is_allowed = !error && allows(&standing, author, reach.is_own, permission);
	}
	return error ? error : is_allowed ? ERROR_NONE : ERROR_FORBIDDEN;
}

/* ---- every deed ---- */

static enum error write_log(struct db *db, struct arena *arena, const struct contact_work *work, const struct contact *card)
{
	const struct audit_entry entry = {
		.organisation_id = card->organisation_id,
		.author = work->deed->author,
		.action = str_from(work->action),
		.target = arena_printf(arena, "contact:%lld", (long long)card->id),
		.data = work->data,
	};
	return audit_write(db, arena, &entry);
}

static enum error write_work(struct db *db, struct arena *arena, void *owner)
{
	struct contact_work *work = owner;
	const struct contact_deed *deed = work->deed;
	struct contact card;
	enum error error = contact_lock(db, arena, deed->organisation_id, deed->contact_id, &card);
	if (error)
		return error;
	if (deed->version && deed->version != card.version && !MUTANT("contact_version"))
		return ERROR_CONFLICT;
	error = contact_authorise(db, arena, &card, &deed->author, PERMISSION_CONTACT_EDIT);
	if (!error)
		error = work->run(db, arena, work, &card);
	return error ? error : write_log(db, arena, work, &card);
}

enum error contact_work_do(struct db *db, struct arena *arena, struct contact_work *work, struct str *ret_message)
{
	enum error error = deed_write(db, arena, write_work, work, work->repeated);
	if (error)
		*ret_message = work->message;
	return error;
}

/* ---- changes ---- */

/* What was changed, without what it says. */
static struct str describe(struct arena *arena, const struct contact_change *change)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	json_out_key_bool(&json, "name", change->name != NULL);
	json_out_key_bool(&json, "language", change->language != NULL);
	json_out_key_bool(&json, "fields", change->fields_json.data != NULL);
	if (change->assignee_id)
		json_out_key_int(&json, "assignee", *change->assignee_id);
	json_out_object_end(&json);
	return arena_str(arena, buf_str(&out));
}

static enum error run_edit(struct db *db, struct arena *arena, struct contact_work *work, const struct contact *card)
{
	const struct contact_change *change = work->thing;
	struct membership member = { .state = MEMBERSHIP_ACTIVE };
	enum error error = ERROR_NONE;
	if (change->assignee_id && *change->assignee_id)
		error = membership_find(db, arena, card->organisation_id, *change->assignee_id, &member);
	if (error == ERROR_NOT_FOUND || (!error && member.state != MEMBERSHIP_ACTIVE))
		return refuse_work(work, ERROR_UNPROCESSABLE, "assignee_id: no active member of this organisation");
	if (!error)
		error = contact_store(db, arena, card->id, change);
	if (error == ERROR_UNPROCESSABLE)
		return refuse_work(work, error, "fields: at most 50 of them, and 64 KiB in all");
	work->data = describe(arena, change);
	return error;
}

enum error contact_edit(struct db *db, struct arena *arena, const struct contact_deed *deed, const struct contact_change *change,
	struct str *ret_message)
{
	struct contact_change made = *change;
	struct contact_work work = { .deed = deed, .action = "contact.edit", .repeated = ERROR_CONFLICT, .run = run_edit, .thing = &made };
	return contact_work_do(db, arena, &work, ret_message);
}

struct tagging {
	const struct str *tags;
	size_t count;
};

static enum error run_tags(struct db *db, struct arena *arena, struct contact_work *work, const struct contact *card)
{
	const struct tagging *tagging = work->thing;
	work->data = arena_printf(arena, "{\"tags\":%zu}", tagging->count);
	return contact_tag_replace(db, arena, card->id, tagging->tags, tagging->count);
}

enum error contact_set_tags(struct db *db, struct arena *arena, const struct contact_deed *deed, const struct str *tags, size_t count,
	struct str *ret_message)
{
	struct tagging tagging = { tags, count };
	struct contact_work work = { .deed = deed, .action = "contact.tags", .repeated = ERROR_CONFLICT, .run = run_tags, .thing = &tagging };
	bool are_valid = count <= CONTACT_TAGS_MAX;
	for (size_t i = 0; i < count && are_valid; i++)
		are_valid = ticket_tag_is_valid(tags[i]);
	if (!are_valid) {
		*ret_message = STR_LITERAL("tags: at most 50, each of 1 to 60 characters without spaces and commas");
		return ERROR_UNPROCESSABLE;
	}
	return contact_work_do(db, arena, &work, ret_message);
}

/* ---- two become one, and two again ---- */

/* The lower id first, so that two who merge the same two wait for each other. */
static enum error lock_both(struct db *db, struct arena *arena, const struct contact_deed *deed, int64_t other_id,
	struct contact *ret_card, struct contact *ret_other)
{
	struct contact card, other;
	enum error error = contact_find(db, arena, deed->organisation_id, deed->contact_id, &card);
	if (!error)
		error = contact_find(db, arena, deed->organisation_id, other_id, &other);
	if (error)
		return error;
	bool is_first = card.id < other.id;
	error = contact_lock(db, arena, deed->organisation_id, is_first ? card.id : other.id, is_first ? ret_card : ret_other);
	if (!error)
		error = contact_lock(db, arena, deed->organisation_id, is_first ? other.id : card.id, is_first ? ret_other : ret_card);
	return error;
}

struct uniting {
	struct contact_work work;
	int64_t other_id;
};

static enum error write_unite(struct db *db, struct arena *arena, void *owner)
{
	struct uniting *uniting = owner;
	struct contact_work *work = &uniting->work;
	const struct contact_deed *deed = work->deed;
	struct contact card, other;
	enum error error = lock_both(db, arena, deed, uniting->other_id, &card, &other);
	if (error)
		return error;
	if (deed->version && deed->version != card.version)
		return ERROR_CONFLICT;
	error = contact_authorise(db, arena, &card, &deed->author, PERMISSION_CONTACT_EDIT);
	if (!error)
		error = contact_authorise(db, arena, &other, &deed->author, PERMISSION_CONTACT_EDIT);
	if (error)
		return error;
	if (card.id == other.id)
		return refuse_work(work, ERROR_GONE, "Both are the same card already");
	error = contact_merge(db, arena, other.id, card.id, &deed->author);
	if (error == ERROR_UNPROCESSABLE)
		return refuse_work(work, error, "other: one card is made of at most 100, with 500 consents and 300 identities");
	work->data = arena_printf(arena, "{\"other\":%lld}", (long long)other.id);
	return error ? error : write_log(db, arena, work, &card);
}

enum error contact_unite(struct db *db, struct arena *arena, const struct contact_deed *deed, int64_t other_id, struct str *ret_message)
{
	struct uniting uniting = { .work = { .deed = deed, .action = "contact.merge" }, .other_id = other_id };
	enum error error = deed_write(db, arena, write_unite, &uniting, ERROR_GONE);
	if (error)
		*ret_message = uniting.work.message;
	return error;
}

static enum error run_separate(struct db *db, struct arena *arena, struct contact_work *work, const struct contact *card)
{
	const int64_t *id = work->thing;
	enum error error = contact_unmerge(db, arena, card->id, *id, &work->deed->author);
	work->data = arena_printf(arena, "{\"other\":%lld}", (long long)*id);
	return error == ERROR_NOT_FOUND ? refuse_work(work, ERROR_GONE, "It is not merged into this card") : error;
}

enum error contact_separate(struct db *db, struct arena *arena, const struct contact_deed *deed, int64_t other_id,
	struct str *ret_message)
{
	struct contact_work work = { .deed = deed, .action = "contact.unmerge", .repeated = ERROR_GONE, .run = run_separate,
		.thing = &other_id };
	return contact_work_do(db, arena, &work, ret_message);
}

/* ---- identities ---- */

static enum error run_note_identity(struct db *db, struct arena *arena, struct contact_work *work, const struct contact *card)
{
	struct contact_identity *identity = work->thing;
	identity->organisation_id = card->organisation_id;
	identity->contact_id = card->id;
	work->data = arena_printf(arena, "{\"identity\":%lld}", (long long)identity->id);
	enum error error = contact_identity_add(db, arena, identity);
	if (error == ERROR_CONFLICT)
		return refuse_work(work, ERROR_GONE, "value: it is on a card already");
	return error == ERROR_UNPROCESSABLE ? refuse_work(work, error, "A card has at most 200 identities") : error;
}

static bool is_identity_valid(const struct contact_identity *identity)
{
	bool is_email = str_eq(identity->kind, STR_LITERAL("email"));
	size_t at = str_index_of(identity->value, '@', 0);
	if (!contact_identity_kind_is_known(identity->kind) || str_eq(identity->kind, STR_LITERAL("actor")) ||
	    !contact_proof_is_known(identity->proof) || !identity->value.len || !str_is_utf8(identity->value) ||
	    str_count_characters(identity->value) > CONTACT_IDENTITY_MAX_CHARACTERS)
		return false;
	for (size_t i = 0; i < identity->value.len; i++)
		if ((unsigned char)identity->value.data[i] < ' ' || (is_email && identity->value.data[i] == ' '))
			return false;
	return !is_email || (at > 0 && at + 1 < identity->value.len && str_index_of(identity->value, '@', at + 1) == identity->value.len);
}

enum error contact_note_identity(struct db *db, struct arena *arena, const struct contact_deed *deed,
	const struct contact_identity *identity, struct str *ret_message)
{
	struct contact_identity noted = *identity;
	struct contact_work work = { .deed = deed, .action = "contact.add_identity", .repeated = ERROR_GONE, .run = run_note_identity,
		.thing = &noted };
	noted.value = arena_lower(arena, str_trim(identity->value));
	noted.user_id = deed->author.user_id;
	noted.membership_id = deed->author.membership_id;
	if (!is_identity_valid(&noted)) {
		*ret_message = STR_LITERAL("kind: email or order; value: an address or a number of at most 320 characters; proof: seen,"
			" code_reply, email_link, order_number or member");
		return ERROR_UNPROCESSABLE;
	}
	return contact_work_do(db, arena, &work, ret_message);
}

static enum error run_drop_identity(struct db *db, struct arena *arena, struct contact_work *work, const struct contact *card)
{
	const int64_t *id = work->thing;
	work->data = arena_printf(arena, "{\"identity\":%lld}", (long long)*id);
	return contact_identity_remove(db, arena, card->id, *id);
}

enum error contact_drop_identity(struct db *db, struct arena *arena, const struct contact_deed *deed, int64_t id,
	struct str *ret_message)
{
	struct contact_work work = { .deed = deed, .action = "contact.remove_identity", .repeated = ERROR_NOT_FOUND,
		.run = run_drop_identity, .thing = &id };
	return contact_work_do(db, arena, &work, ret_message);
}
