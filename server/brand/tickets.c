/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The team inbox: lists, one conversation, its events, its settings. Notes are read by who holds inbox.note for the
 * account, and by nobody else. */
#include "server/brand/tickets.h"

#include "server/brand/ticket_entity.h"
#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"
#include "storage/actor.h"
#include "storage/post_search.h"

#include "base/mutant.h"
#include "base/search_text.h"

#define PAGE 50
#define PAGE_MAX 100
#define SEARCHED_ACCOUNTS_MAX 10
#define SEARCHED_POSTS_MAX 200
#define SEARCH_TEXT_MAX 500

static const struct seat_account *find_account(const struct seat *seat, int64_t actor_id)
{
	for (size_t i = 0; i < seat->account_count; i++)
		if (seat->accounts[i].actor_id == actor_id)
			return &seat->accounts[i];
	return NULL;
}

static bool is_own(const struct seat *seat, const struct ticket *ticket)
{
	return ticket->assignee_id && ticket->assignee_id == seat->membership_id;
}

bool tickets_may(const struct seat *seat, const struct ticket *ticket, enum permission permission)
{
	const struct seat_account *account = find_account(seat, ticket->actor_id);
	if (!account)
		return false;
	return rights_allow(account->rights, permission) || (is_own(seat, ticket) && rights_allow_own(account->rights, permission));
}

enum error tickets_find(struct request *request, const struct seat *seat, enum permission permission, struct ticket *ret_ticket)
{
	struct ticket ticket;
	enum error error = ticket_find(request->db, request->arena, seat->organisation.id, parameter_path_id(request, 0), &ticket);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (error)
		return error;
	/* What is nobody's may be taken by who may assign their own. */
	bool own = is_own(seat, &ticket) || (permission == PERMISSION_INBOX_ASSIGN && !ticket.assignee_id);
	error = seat_need_for(request, seat, permission, ticket.actor_id, own);
	if (!error)
		*ret_ticket = ticket;
	return error;
}

/* ---- refusals ---- */

static enum error write_current(struct request *request, const struct ticket *ticket, int64_t version, struct buf *out)
{
	struct json_out json;
	struct ticket_event event;
	json_out_init(&json, out);
	json_out_object_begin(&json);
	json_out_key(&json, "current");
	enum error error = ticket_entity_write(request, &json, ticket);
	if (error)
		return error;
	error = ticket_event_find_since(request->db, request->arena, ticket->id, version, &event);
	if (!error) {
		json_out_key(&json, "event");
		ticket_entity_write_event(&json, &event);
	}
	if (!error && event.post_id) {
		json_out_key(&json, "reply");
		error = ticket_entity_write_post(request, &json, ticket->actor_id, event.post_id);
	}
	json_out_object_end(&json);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error refuse_stale(struct request *request, const struct ticket_deed *deed)
{
	AUTO(buf) struct buf out = { 0 };
	struct ticket ticket;
	enum error error = ticket_find(request->db, request->arena, deed->organisation_id, deed->ticket_id, &ticket);
	if (!error)
		error = write_current(request, &ticket, deed->version, &out);
	if (error)
		return error;
	struct str members = arena_str(request->arena, buf_str(&out));
	return problem_with(request, PROBLEM_STALE_VERSION, (struct str){ 0 }, str_slice(members, 1, members.len - 1));
}

enum error tickets_refuse(struct request *request, const struct ticket_deed *deed, enum error error, struct str message)
{
	/* The kinds of errors that deeds give; what else there is, the server answers. */
	if (error == ERROR_CONFLICT)
		return refuse_stale(request, deed);
	if (error == ERROR_GONE)
		return problem(request, PROBLEM_WRONG_STATE, message);
	if (error == ERROR_UNPROCESSABLE)
		return problem(request, PROBLEM_BAD_VALUE, message);
	if (error == ERROR_FORBIDDEN)
		return problem(request, PROBLEM_PERMISSION_MISSING, (struct str){ 0 });
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	return error;
}

/* ---- lists ---- */

static enum error read_statuses(struct request *request, unsigned *ret_statuses)
{
	struct str rest = parameter_text(request, "status"), word;
	*ret_statuses = 0;
	while (rest.len && str_split_next(&rest, ',', &word)) {
		enum ticket_status status;
		if (!ticket_status_from_name(str_trim(word), &status))
			return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("status: open, pending, snoozed, resolved, closed"));
		*ret_statuses |= 1U << status;
	}
	return ERROR_NONE;
}

static void read_assignee(struct request *request, const struct seat *seat, struct ticket_query *query)
{
	struct str text = parameter_text(request, "assignee");
	if (str_eq(text, STR_LITERAL("me")))
		query->assignee_id = seat->membership_id;
	else if (str_eq(text, STR_LITERAL("none")))
		query->is_unassigned = true;
	else if (text.len)
		query->assignee_id = parameter_id(request, "assignee");
}

/* Accounts whose tickets may all be read, and those of which one's own may. */
static void read_accounts(struct request *request, const struct seat *seat, struct ticket_query *query)
{
	int64_t asked_id = parameter_id(request, "account");
	int64_t *all = arena_alloc_array(request->arena, seat->account_count + 1, sizeof(*all));
	int64_t *own = arena_alloc_array(request->arena, seat->account_count + 1, sizeof(*own));
	for (size_t i = 0; i < seat->account_count; i++) {
		const struct seat_account *account = &seat->accounts[i];
		if (asked_id && asked_id != account->actor_id)
			continue;
		if (rights_allow(account->rights, PERMISSION_INBOX_READ) || MUTANT("ticket_list_rights"))
			all[query->actor_count++] = account->actor_id;
		else if (rights_allow_own(account->rights, PERMISSION_INBOX_READ))
			own[query->own_actor_count++] = account->actor_id;
	}
	query->actor_ids = all;
	query->own_actor_ids = own;
	query->own_assignee_id = seat->membership_id;
}

static bool may_list(const struct ticket_query *query, const struct ticket *ticket)
{
	for (size_t i = 0; i < query->actor_count; i++)
		if (query->actor_ids[i] == ticket->actor_id)
			return true;
	for (size_t i = 0; i < query->own_actor_count; i++)
		if (query->own_actor_ids[i] == ticket->actor_id)
			return ticket->assignee_id == query->own_assignee_id;
	return false;
}

static enum error list_number(struct request *request, const struct seat *seat, const struct ticket_query *query, int64_t number,
	struct ticket **ret_tickets, size_t *ret_count)
{
	struct ticket *ticket = arena_alloc(request->arena, sizeof(*ticket));
	enum error error = ticket_find_by_number(request->db, request->arena, seat->organisation.id, number, ticket);
	*ret_tickets = ticket;
	*ret_count = !error && may_list(query, ticket);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error list_customer(struct request *request, struct ticket_query *query, struct str handle, struct ticket **ret_tickets,
	size_t *ret_count)
{
	struct actor customer;
	struct str rest = str_slice(handle, 1, handle.len), username;
	(void)!str_split_next(&rest, '@', &username);
	enum error error = actor_find_by_handle(request->db, request->arena, username, rest, &customer);
	*ret_count = 0;
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	query->customer_id = customer.id;
	return ticket_list(request->db, request->arena, query, ret_tickets, ret_count);
}

static struct str fold(struct arena *arena, struct str text, bool is_french)
{
	AUTO(buf) struct buf out = { 0 };
	search_text_add(&out, text, is_french);
	return out.len ? arena_str(arena, buf_str(&out)) : STR_LITERAL("");
}

/* What customers wrote to those accounts. */
static enum error list_words(struct request *request, const struct ticket_query *query, struct str text, struct ticket **ret_tickets,
	size_t *ret_count)
{
	struct post_search search = { .words = fold(request->arena, text, false), .french_words = fold(request->arena, text, true),
		.is_library_only = true, .limit = SEARCHED_POSTS_MAX };
	struct ticket *all = arena_alloc_array(request->arena, SEARCHED_ACCOUNTS_MAX * SEARCHED_POSTS_MAX + 1, sizeof(*all));
	size_t count = 0;
	for (size_t i = 0; i < query->actor_count && i < SEARCHED_ACCOUNTS_MAX; i++) {
		int64_t *post_ids;
		size_t post_count;
		struct ticket *found;
		size_t found_count;
		search.reader_id = query->actor_ids[i];
		enum error error = post_search_list(request->db, request->arena, &search, &post_ids, &post_count);
		if (!error)
			error = ticket_list_of_posts(request->db, request->arena, query->actor_ids[i], post_ids, post_count, &found,
				&found_count);
		if (error)
			return error;
		for (size_t k = 0; k < found_count; k++)
			if (!query->statuses || query->statuses & 1U << found[k].status)
				all[count++] = found[k];
	}
	*ret_tickets = all;
	*ret_count = count < (size_t)query->limit ? count : (size_t)query->limit;
	return ERROR_NONE;
}

static enum error list(struct request *request, const struct seat *seat, struct ticket_query *query, struct ticket **ret_tickets,
	size_t *ret_count)
{
	struct str text = str_trim(parameter_text(request, "q"));
	struct str digits = str_starts_with(text, STR_LITERAL("#")) ? str_slice(text, 1, text.len) : text;
	int64_t number;
	if (text.len > SEARCH_TEXT_MAX)
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("q: at most 500 bytes"));
	if (!text.len)
		return ticket_list(request->db, request->arena, query, ret_tickets, ret_count);
	if (str_to_int64(digits, &number))
		return list_number(request, seat, query, number, ret_tickets, ret_count);
	if (text.data[0] == '@' && str_index_of(text, '@', 1) < text.len)
		return list_customer(request, query, text, ret_tickets, ret_count);
	return list_words(request, query, text, ret_tickets, ret_count);
}

enum error handle_conversation_list(struct request *request, const struct seat *seat)
{
	struct ticket_query query = { .team_id = parameter_id(request, "team"), .customer_id = parameter_id(request, "customer"),
		.before_position = parameter_id(request, "max_id"), .after_position = parameter_id(request, "min_id"),
		.limit = (int)parameter_int(request, "limit", PAGE, 1, PAGE_MAX) };
	struct ticket *tickets = NULL;
	size_t count = 0;
	read_accounts(request, seat, &query);
	read_assignee(request, seat, &query);
	enum error error = read_statuses(request, &query.statuses);
	if (!error)
		error = list(request, seat, &query, &tickets, &count);
	if (!error)
		error = ticket_entity_write_array(request, respond_json(request, 200), tickets, count);
	if (!error && count && !parameter_text(request, "q").len)
		respond_link(request, count, tickets[0].position, tickets[count - 1].position, count >= (size_t)query.limit);
	return error;
}

/* ---- one ---- */

enum error handle_conversation_show(struct request *request, const struct seat *seat)
{
	struct ticket ticket;
	enum error error = tickets_find(request, seat, PERMISSION_INBOX_READ, &ticket);
	if (error)
		return error;
	bool shows_notes = tickets_may(seat, &ticket, PERMISSION_INBOX_NOTE) || MUTANT("ticket_notes_shown");
	operation_respond_version(request, ticket.version);
	return ticket_entity_write_story(request, respond_json(request, 200), &ticket, shows_notes);
}

enum error handle_conversation_events(struct request *request, const struct seat *seat)
{
	struct ticket ticket;
	struct ticket_event *events;
	size_t count;
	enum error error = tickets_find(request, seat, PERMISSION_INBOX_READ, &ticket);
	if (!error)
		error = ticket_event_list(request->db, request->arena, ticket.id, parameter_id(request, "min_id"),
			(int)parameter_int(request, "limit", PAGE_MAX, 1, TICKET_STORY_MAX), &events, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		ticket_entity_write_event(json, &events[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

/* ---- settings ---- */

static enum error respond_settings(struct request *request, const struct ticket_settings *settings)
{
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_int(json, "reopen_days", settings->reopen_days);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_inbox_settings(struct request *request, const struct seat *seat)
{
	struct ticket_settings settings;
	enum error error = ticket_settings_find(request->db, request->arena, seat->organisation.id, &settings);
	return error ? error : respond_settings(request, &settings);
}

enum error handle_inbox_configure(struct request *request, const struct seat *seat)
{
	const struct ticket_settings settings = { .reopen_days = parameter_int(request, "reopen_days", -1, -1, 366) };
	enum error error = seat_need(request, seat, PERMISSION_ORG_ADMIN);
	if (!error && (settings.reopen_days < 0 || settings.reopen_days > 365))
		error = problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("reopen_days: 0 to 365"));
	if (!error)
		error = ticket_configure(request->db, request->arena, seat->organisation.id, &settings, &seat->author);
	if (error == ERROR_FORBIDDEN && !request->problem)
		return problem(request, PROBLEM_PERMISSION_MISSING, (struct str){ 0 });
	return error ? error : respond_settings(request, &settings);
}
