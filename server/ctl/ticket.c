/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir ticket: what waits in the team inbox of an organisation. Numbers and states only: what people wrote to each other
 * is read by who was granted that. */
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"

#include "base/json_out.h"
#include "storage/ticket_arrival.h"
#include "storage/ticket_story.h"

#define LIST_LIMIT 200

static void write_members(struct json_out *json, const struct ticket *ticket)
{
	json_out_key_id(json, "id", ticket->id);
	json_out_key_int(json, "number", ticket->number);
	json_out_key_id(json, "account_id", ticket->actor_id);
	json_out_key_c_string(json, "status", ticket_status_name(ticket->status));
	json_out_key_c_string(json, "channel", ticket_channel_name(ticket->channel));
	json_out_key_int(json, "priority", ticket->priority);
	json_out_key_bool(json, "awaiting_us", ticket->is_awaiting_us);
	json_out_key_bool(json, "assigned", ticket->assignee_id != 0);
	json_out_key_time_ms(json, "opened_at", ticket->opened_us);
	json_out_key_time_ms(json, "changed_at", ticket->changed_us);
}

static enum error find_list(struct invocation *invocation, const struct organisation *organisation, struct ticket **ret_tickets,
	size_t *ret_count)
{
	struct arena *arena = invocation->arena;
	struct brand_account *accounts;
	struct ticket_query query = { .limit = LIST_LIMIT };
	enum ticket_status status;
	const char *wanted = option_value(invocation, "--status");
	if (wanted && !ticket_status_from_name(str_from(wanted), &status))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no status: open, pending, snoozed, resolved, closed", wanted);
	enum error error = brand_account_list(ctl_db(invocation), arena, organisation->id, &accounts, &query.actor_count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	int64_t *ids = arena_alloc_array(arena, query.actor_count + 1, sizeof(*ids));
	for (size_t i = 0; i < query.actor_count; i++)
		ids[i] = accounts[i].actor_id;
	query.actor_ids = ids;
	query.statuses = wanted ? 1U << status : 0;
	error = ticket_list(ctl_db(invocation), arena, &query, ret_tickets, ret_count);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

static enum error run_list(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct organisation organisation;
	struct ctl_table table;
	struct json_out json;
	struct ticket *all;
	size_t count;
	enum error error = org_open(invocation, &organisation);
	if (!error)
		error = find_list(invocation, &organisation, &all, &count);
	if (error)
		return error;
	ctl_table_init(&table, invocation->arena, 4);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		if (!invocation->is_json) {
			ctl_table_add(&table, arena_printf(invocation->arena, "%lld", (long long)all[i].number));
			ctl_table_add(&table, str_from(ticket_status_name(all[i].status)));
			ctl_table_add(&table, str_from(ticket_channel_name(all[i].channel)));
			ctl_table_add(&table, str_from(all[i].is_awaiting_us ? "waits for us" : ""));
			continue;
		}
		json_out_object_begin(&json);
		write_members(&json, &all[i]);
		json_out_object_end(&json);
	}
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

struct counts {
	size_t posts, notes, events;
};

static enum error count_parts(struct invocation *invocation, int64_t ticket_id, struct counts *ret_counts)
{
	struct db *db = ctl_db(invocation);
	struct arena *arena = invocation->arena;
	struct ticket_post *posts;
	struct ticket_note *notes;
	struct ticket_event *events;
	enum error error = ticket_post_list(db, arena, ticket_id, &posts, &ret_counts->posts);
	if (!error)
		error = ticket_note_list(db, arena, ticket_id, &notes, &ret_counts->notes);
	if (!error)
		error = ticket_event_list(db, arena, ticket_id, 0, TICKET_STORY_MAX, &events, &ret_counts->events);
	return error;
}

static enum error run_show(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct organisation organisation;
	struct json_out json;
	struct ticket ticket;
	struct counts counts = { 0 };
	int64_t number;
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	if (!str_to_int64(str_from(invocation->arguments[1]), &number))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no number", invocation->arguments[1]);
	error = ticket_find_by_number(ctl_db(invocation), invocation->arena, organisation.id, number, &ticket);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no ticket %lld", (long long)number);
	if (!error)
		error = count_parts(invocation, ticket.id, &counts);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	json_out_init(&json, &out);
	if (invocation->is_json) {
		json_out_object_begin(&json);
		write_members(&json, &ticket);
		json_out_key_int(&json, "posts", (int64_t)counts.posts);
		json_out_key_int(&json, "notes", (int64_t)counts.notes);
		json_out_key_int(&json, "events", (int64_t)counts.events);
		json_out_object_end(&json);
		buf_add_char(&out, '\n');
	} else {
		buf_add_printf(&out, "%lld  %s  %s  %zu posts, %zu notes, %zu events\n", (long long)ticket.number,
			ticket_status_name(ticket.status), ticket_channel_name(ticket.channel), counts.posts, counts.notes, counts.events);
	}
	return ctl_print(&out);
}

static enum error run_arrivals(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct ticket_arrivals_state state;
	struct json_out json;
	int64_t retried = 0;
	enum error error = account_open(invocation);
	if (error)
		return error;
	if (option_is_given(invocation, "--retry"))
		error = ticket_arrival_retry(ctl_db(invocation), invocation->arena, &retried);
	if (!error)
		error = ticket_arrival_read_state(ctl_db(invocation), invocation->arena, &state);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	json_out_init(&json, &out);
	if (invocation->is_json) {
		json_out_object_begin(&json);
		json_out_key_int(&json, "waiting", state.waiting);
		json_out_key_int(&json, "set_aside", state.set_aside);
		if (state.oldest_us)
			json_out_key_time_ms(&json, "oldest_at", state.oldest_us);
		else
			json_out_key_null(&json, "oldest_at");
		json_out_key_int(&json, "retried", retried);
		json_out_object_end(&json);
		buf_add_char(&out, '\n');
	} else {
		buf_add_printf(&out, "%lld wait, %lld set aside\n", (long long)state.waiting, (long long)state.set_aside);
	}
	return ctl_print(&out);
}

static const struct command_option list_options[] = {
	{ "--status", "STATUS", "only open, pending, snoozed, resolved or closed ones", false },
	{ NULL, NULL, NULL, false },
};

static const struct command_option arrivals_options[] = {
	{ "--retry", NULL, "those that were set aside are tried anew", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_ticket_list = { "ticket", "list", "SLUG", 1, 1, COMMAND_HAS_JSON,
	"Lists conversations with customers: numbers and states",
	"The 200 that changed last. What people wrote is not for operators.\n", list_options, run_list };

const struct command command_ticket_show = { "ticket", "show", "SLUG NUMBER", 2, 2, COMMAND_HAS_JSON,
	"Shows the state of a conversation, and how much belongs to it", NULL, NULL, run_show };

const struct command command_ticket_arrivals = { "ticket", "arrivals", NULL, 0, 0, COMMAND_HAS_JSON,
	"Counts the posts that are on their way to a conversation",
	"Posts that could not be threaded are tried eight times and then set aside; the log says why.\n", arrivals_options, run_arrivals };
