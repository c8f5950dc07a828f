/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Each deed: lock, version, right, the change and its events, the clocks, the entry of the log. */
#include "server/action/ticket.h"

#include "server/action/deed.h"
#include "server/action/organisation.h"
#include "server/action/ticket_threading.h"
#include "storage/id.h"
#include "storage/job.h"
#include "storage/membership.h"
#include "storage/ticket_story.h"
#include "storage/ticket_tag.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "base/mutant.h"

#define SNOOZE_MAX_US (366LL * 86400 * 1000000)

enum error ticket_authorise(struct db *db, struct arena *arena, const struct ticket *ticket, const struct audit_author *author,
	enum permission permission)
{
	struct standing standing;
	if (!author->user_id)
		return author->door == AUDIT_COMMAND || author->door == AUDIT_WORKER ? ERROR_NONE : ERROR_FORBIDDEN;
	enum error error = rights_find(db, arena, author->user_id, ticket->actor_id, &standing);
	if (error)
		return error;
	bool is_own = ticket->assignee_id && ticket->assignee_id == standing.membership_id;
	bool allowed = is_own ? rights_allow_own(standing.rights, permission) : rights_allow(standing.rights, permission);
	return (allowed && standing.membership_id == author->membership_id) || MUTANT("ticket_authorise") ? ERROR_NONE : ERROR_FORBIDDEN;
}

enum error ticket_deed_lock(struct db *db, struct arena *arena, const struct ticket_deed *deed, struct ticket *ret_ticket)
{
	struct ticket ticket;
	enum error error = ticket_find(db, arena, deed->organisation_id, deed->ticket_id, &ticket);
	if (!error)
		error = ticket_lock_present(db, arena, ticket.id, &ticket);
	if (error)
		return error;
	if (deed->version && deed->version != ticket.version && !MUTANT("ticket_version"))
		return ERROR_CONFLICT;
	*ret_ticket = ticket;
	return ERROR_NONE;
}

static enum error note_event(struct db *db, struct arena *arena, const struct ticket *ticket, const struct audit_author *author,
	const char *kind, struct str former, struct str present)
{
	const struct ticket_event event = { .ticket_id = ticket->id, .kind = str_from(kind), .user_id = author->user_id,
		.membership_id = author->membership_id, .former = former, .present = present, .version = ticket->version };
	return ticket_event_add(db, arena, &event);
}

static enum error write_log(struct db *db, struct arena *arena, const struct ticket_deed *deed, const struct ticket *ticket,
	struct str data)
{
	const struct audit_entry entry = {
		.organisation_id = ticket->organisation_id,
		.author = deed->author,
		.action = str_from(deed->action),
		.target = arena_printf(arena, "ticket:%lld", (long long)ticket->id),
		.data = data,
	};
	return audit_write(db, arena, &entry);
}

/* ---- changes ---- */

static enum error refuse_change(enum error error, const char *why, struct str *ret_message)
{
	*ret_message = str_from(why);
	return error;
}

/* Who may not read it is given none. */
static enum error check_assignee(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t assignee_id,
	struct str *ret_message)
{
	struct membership membership;
	struct standing standing = { 0 };
	if (!assignee_id)
		return ERROR_NONE;
	enum error error = membership_find(db, arena, ticket->organisation_id, assignee_id, &membership);
	if (!error)
		error = rights_find(db, arena, membership.user_id, ticket->actor_id, &standing);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	if (error || !rights_allow_own(standing.rights, PERMISSION_INBOX_READ))
		return refuse_change(ERROR_UNPROCESSABLE, "The assignee is no member who may read this conversation", ret_message);
	return ERROR_NONE;
}

static enum error check_team(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t team_id, struct str *ret_message)
{
	bool is_there = false;
	if (!team_id)
		return ERROR_NONE;
	enum error error = ticket_team_is_there(db, arena, ticket->organisation_id, team_id, &is_there);
	if (!error && !is_there)
		return refuse_change(ERROR_UNPROCESSABLE, "There is no such team in this organisation", ret_message);
	return error;
}

static enum error check_change(struct db *db, struct arena *arena, const struct ticket *ticket, const struct ticket_change *change,
	struct str *ret_message)
{
	int64_t now_us = clock_now_us();
	enum error error = ERROR_NONE;
	if (change->status && *change->status == TICKET_SNOOZED &&
	    (change->snoozed_until_us <= now_us || change->snoozed_until_us > now_us + SNOOZE_MAX_US))
		return refuse_change(ERROR_UNPROCESSABLE, "A conversation is snoozed until a time within the next year", ret_message);
	if (change->status && *change->status == TICKET_SNOOZED && ticket->status == TICKET_CLOSED)
		return refuse_change(ERROR_GONE, "This conversation is closed", ret_message);
	if (change->priority && (*change->priority < TICKET_PRIORITY_MIN || *change->priority > TICKET_PRIORITY_MAX))
		return refuse_change(ERROR_UNPROCESSABLE, "Priorities go from -1 to 2", ret_message);
	if (change->assignee_id)
		error = check_assignee(db, arena, ticket, *change->assignee_id, ret_message);
	if (!error && change->team_id)
		error = check_team(db, arena, ticket, *change->team_id, ret_message);
	return error;
}

static void apply(struct ticket *ticket, const struct ticket_change *change)
{
	if (change->assignee_id)
		ticket->assignee_id = *change->assignee_id;
	if (change->team_id)
		ticket->team_id = *change->team_id;
	if (change->priority)
		ticket->priority = *change->priority;
	if (!change->status)
		return;
	bool was_done = ticket->status == TICKET_RESOLVED || ticket->status == TICKET_CLOSED;
	bool is_done = *change->status == TICKET_RESOLVED || *change->status == TICKET_CLOSED;
	ticket->status = *change->status;
	ticket->snoozed_until_us = ticket->status == TICKET_SNOOZED ? change->snoozed_until_us : 0;
	if (!is_done)
		ticket->resolved_us = 0;
	else if (!was_done || !ticket->resolved_us)
		ticket->resolved_us = clock_now_us();
}

static struct str id_text(struct arena *arena, int64_t id)
{
	return id ? arena_printf(arena, "%lld", (long long)id) : (struct str){ 0 };
}

static enum error note_changes(struct db *db, struct arena *arena, const struct audit_author *author, const struct ticket *former,
	const struct ticket *ticket)
{
	enum error error = ERROR_NONE;
	if (former->assignee_id != ticket->assignee_id)
		error = note_event(db, arena, ticket, author, "assigned", id_text(arena, former->assignee_id),
			id_text(arena, ticket->assignee_id));
	if (!error && former->team_id != ticket->team_id)
		error = note_event(db, arena, ticket, author, "team", id_text(arena, former->team_id), id_text(arena, ticket->team_id));
	if (!error && former->priority != ticket->priority)
		error = note_event(db, arena, ticket, author, "priority", arena_printf(arena, "%d", former->priority),
			arena_printf(arena, "%d", ticket->priority));
	if (!error && (former->status != ticket->status || former->snoozed_until_us != ticket->snoozed_until_us))
		error = note_event(db, arena, ticket, author, "status", str_from(ticket_status_name(former->status)),
			str_from(ticket_status_name(ticket->status)));
	return error;
}

static enum error note_sleep(struct db *db, struct arena *arena, const struct ticket *ticket)
{
	if (ticket->status != TICKET_SNOOZED)
		return ERROR_NONE;
	return job_add(db, arena, STR_LITERAL("ticket_wake"), id_text(arena, ticket->id), (struct str){ 0 }, ticket->snoozed_until_us);
}

enum error ticket_change_within(struct db *db, struct arena *arena, const struct audit_author *author,
	const struct ticket_change *change, struct ticket *ticket, struct str *ret_message)
{
	const struct ticket former = *ticket;
	enum error error = check_change(db, arena, ticket, change, ret_message);
	if (error)
		return error;
	apply(ticket, change);
	error = ticket_store(db, arena, ticket);
	if (!error)
		error = note_changes(db, arena, author, &former, ticket);
	if (!error)
		error = note_sleep(db, arena, ticket);
	return error;
}

/* To take what is nobody's, or to hold on to one's own, is to have it afterwards. */
static enum error authorise_assignment(struct db *db, struct arena *arena, const struct ticket *ticket,
	const struct ticket_change *change, const struct audit_author *author)
{
	struct ticket seen = *ticket;
	bool takes = change->assignee_id && *change->assignee_id == author->membership_id && !ticket->assignee_id;
	if (takes)
		seen.assignee_id = author->membership_id;
	return ticket_authorise(db, arena, &seen, author, PERMISSION_INBOX_ASSIGN);
}

enum error ticket_authorise_change(struct db *db, struct arena *arena, const struct ticket *ticket,
	const struct ticket_change *change, const struct audit_author *author)
{
	enum error error = ERROR_NONE;
	if (change->assignee_id || change->team_id)
		error = authorise_assignment(db, arena, ticket, change, author);
	if (!error && (change->status || change->priority))
		error = ticket_authorise(db, arena, ticket, author, PERMISSION_INBOX_RESOLVE);
	return error;
}

struct changing {
	const struct ticket_deed *deed;
	const struct ticket_change *change;
	struct ticket ticket;
	struct str message;
};

static struct str describe(struct arena *arena, const struct ticket *ticket)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	json_out_key_c_string(&json, "status", ticket_status_name(ticket->status));
	json_out_key_int(&json, "assignee", ticket->assignee_id);
	json_out_key_int(&json, "team", ticket->team_id);
	json_out_key_int(&json, "priority", ticket->priority);
	json_out_object_end(&json);
	return arena_str(arena, buf_str(&out));
}

static enum error write_change(struct db *db, struct arena *arena, void *owner)
{
	struct changing *changing = owner;
	const struct ticket_deed *deed = changing->deed;
	enum error error = ticket_deed_lock(db, arena, deed, &changing->ticket);
	if (!error)
		error = ticket_authorise_change(db, arena, &changing->ticket, changing->change, &deed->author);
	if (!error)
		error = ticket_change_within(db, arena, &deed->author, changing->change, &changing->ticket, &changing->message);
	return error ? error : write_log(db, arena, deed, &changing->ticket, describe(arena, &changing->ticket));
}

enum error ticket_change(struct db *db, struct arena *arena, const struct ticket_deed *deed, const struct ticket_change *change,
	struct ticket *ret_ticket, struct str *ret_message)
{
	struct changing changing = { .deed = deed, .change = change };
	enum error error = deed_write(db, arena, write_change, &changing, ERROR_NONE);
	*ret_message = changing.message;
	if (!error)
		*ret_ticket = changing.ticket;
	return error;
}

/* ---- tags ---- */

struct tagging {
	const struct ticket_deed *deed;
	const struct str *tags;
	size_t count;
	struct ticket ticket;
};

static enum error write_tags(struct db *db, struct arena *arena, void *owner)
{
	struct tagging *tagging = owner;
	const struct ticket_deed *deed = tagging->deed;
	struct ticket *ticket = &tagging->ticket;
	enum error error = ticket_deed_lock(db, arena, deed, ticket);
	if (!error)
		error = ticket_authorise(db, arena, ticket, &deed->author, PERMISSION_INBOX_RESOLVE);
	if (!error)
		error = ticket_tag_replace(db, arena, ticket->id, tagging->tags, tagging->count);
	if (!error)
		error = ticket_store(db, arena, ticket);
	if (!error)
		error = note_event(db, arena, ticket, &deed->author, "tags", (struct str){ 0 }, (struct str){ 0 });
	return error ? error : write_log(db, arena, deed, ticket, arena_printf(arena, "{\"tags\":%zu}", tagging->count));
}

enum error ticket_set_tags(struct db *db, struct arena *arena, const struct ticket_deed *deed, const struct str *tags, size_t count,
	struct ticket *ret_ticket, struct str *ret_message)
{
	struct tagging tagging = { .deed = deed, .tags = tags, .count = count };
	bool are_valid = count <= TICKET_TAGS_MAX;
	for (size_t i = 0; i < count && are_valid; i++)
		are_valid = ticket_tag_is_valid(tags[i]);
	if (!are_valid)
		return refuse_change(ERROR_UNPROCESSABLE, "At most 30 tags, each of 1 to 60 characters without spaces and commas", ret_message);
	enum error error = deed_write(db, arena, write_tags, &tagging, ERROR_CONFLICT);
	if (!error)
		*ret_ticket = tagging.ticket;
	return error;
}

/* ---- notes ---- */

struct noting {
	const struct ticket_deed *deed;
	int64_t id;
	struct str body;
	struct ticket ticket;
};

static enum error write_note(struct db *db, struct arena *arena, void *owner)
{
	struct noting *noting = owner;
	const struct ticket_deed *deed = noting->deed;
	struct ticket *ticket = &noting->ticket;
	enum error error = ticket_deed_lock(db, arena, deed, ticket);
	if (!error)
		error = ticket_authorise(db, arena, ticket, &deed->author, PERMISSION_INBOX_NOTE);
	const struct ticket_note note = { .id = noting->id, .ticket_id = error ? 0 : ticket->id, .user_id = deed->author.user_id,
		.membership_id = deed->author.membership_id, .body = noting->body };
	if (!error)
		error = ticket_note_add(db, arena, &note);
	if (!error)
		error = ticket_touch(db, arena, ticket);
	if (!error)
		error = note_event(db, arena, ticket, &deed->author, "note", (struct str){ 0 }, id_text(arena, noting->id));
	return error ? error : write_log(db, arena, deed, ticket, arena_printf(arena, "{\"note\":%lld}", (long long)noting->id));
}

enum error ticket_note(struct db *db, struct arena *arena, const struct ticket_deed *deed, int64_t id, struct str body,
	struct ticket *ret_ticket, struct str *ret_message)
{
	struct noting noting = { .deed = deed, .id = id, .body = body };
	if (!body.len || !str_is_utf8(body) || str_count_characters(body) > TICKET_NOTE_MAX_CHARACTERS)
		return refuse_change(ERROR_UNPROCESSABLE, "A note has 1 to 20,000 characters", ret_message);
	enum error error = deed_write(db, arena, write_note, &noting, ERROR_CONFLICT);
	if (!error)
		*ret_ticket = noting.ticket;
	return error;
}

/* ---- two become one ---- */

struct merging {
	const struct ticket_deed *deed;
	int64_t other_id;
	struct ticket ticket;
};

static enum error write_merge(struct db *db, struct arena *arena, void *owner)
{
	struct merging *merging = owner;
	const struct ticket_deed *deed = merging->deed;
	struct ticket one = { 0 }, other = { 0 };
	enum error error = ticket_find(db, arena, deed->organisation_id, deed->ticket_id, &one);
	if (!error)
		error = ticket_find(db, arena, deed->organisation_id, merging->other_id, &other);
	if (!error)
		error = ticket_lock_account(db, arena, one.actor_id);
	/* In the order of their ids, as ticket_unite does. */
	if (!error && other.id < one.id)
		error = ticket_lock(db, arena, other.id, &other);
	if (!error)
		error = ticket_deed_lock(db, arena, deed, &one);
	if (!error)
		error = ticket_authorise(db, arena, &one, &deed->author, PERMISSION_INBOX_RESOLVE);
	if (!error)
		error = ticket_authorise(db, arena, &other, &deed->author, PERMISSION_INBOX_RESOLVE);
	if (!error)
		error = ticket_unite(db, arena, one.id, other.id, &deed->author, &merging->ticket);
	if (error)
		return error;
	return write_log(db, arena, deed, &merging->ticket,
		arena_printf(arena, "{\"one\":%lld,\"other\":%lld}", (long long)one.id, (long long)other.id));
}

enum error ticket_merge(struct db *db, struct arena *arena, const struct ticket_deed *deed, int64_t other_id,
	struct ticket *ret_ticket, struct str *ret_message)
{
	struct merging merging = { .deed = deed, .other_id = other_id };
	enum error error = deed_write(db, arena, write_merge, &merging, ERROR_CONFLICT);
	if (error == ERROR_UNPROCESSABLE)
		*ret_message = STR_LITERAL("Only two conversations of one account become one, private ones with the same customer only");
	if (!error)
		*ret_ticket = merging.ticket;
	return error;
}

/* ---- snoozes that are over ---- */

struct waking {
	int64_t id;
	int64_t snoozed_until_us;
};

static enum error write_wake(struct db *db, struct arena *arena, void *owner)
{
	struct waking *waking = owner;
	struct ticket ticket;
	const struct audit_author program = { .door = AUDIT_WORKER };
	const enum ticket_status open = TICKET_OPEN;
	const struct ticket_change change = { .status = &open };
	struct str message = { 0 };
	waking->snoozed_until_us = 0;
	enum error error = ticket_lock(db, arena, waking->id, &ticket);
	if (error || ticket.status != TICKET_SNOOZED)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (ticket.snoozed_until_us > clock_now_us()) {
		waking->snoozed_until_us = ticket.snoozed_until_us;
		return ERROR_NONE;
	}
	return ticket_change_within(db, arena, &program, &change, &ticket, &message);
}

enum error ticket_wake(struct db *db, struct arena *arena, int64_t id, int64_t *ret_snoozed_until_us)
{
	struct waking waking = { .id = id };
	enum error error = deed_write(db, arena, write_wake, &waking, ERROR_NONE);
	if (!error)
		*ret_snoozed_until_us = waking.snoozed_until_us;
	return error;
}

/* ---- settings ---- */

struct configuring {
	int64_t organisation_id;
	const struct ticket_settings *settings;
	const struct audit_author *author;
};

static enum error write_settings(struct db *db, struct arena *arena, void *owner)
{
	const struct configuring *configuring = owner;
	enum error error = organisation_authorise(db, arena, configuring->organisation_id, configuring->author, PERMISSION_ORG_ADMIN);
	if (!error)
		error = ticket_settings_store(db, arena, configuring->organisation_id, configuring->settings);
	const struct audit_entry entry = {
		.organisation_id = configuring->organisation_id,
		.author = *configuring->author,
		.action = STR_LITERAL("inbox.configure"),
		.target = arena_printf(arena, "organisation:%lld", (long long)configuring->organisation_id),
		.data = arena_printf(arena, "{\"reopen_days\":%lld}", (long long)configuring->settings->reopen_days),
	};
	return error ? error : audit_write(db, arena, &entry);
}

enum error ticket_configure(struct db *db, struct arena *arena, int64_t organisation_id, const struct ticket_settings *settings,
	const struct audit_author *author)
{
	struct configuring configuring = { organisation_id, settings, author };
	return deed_write(db, arena, write_settings, &configuring, ERROR_NONE);
}
