/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Entities of the team inbox. */
#include "server/brand/ticket_entity.h"

#include "server/entity/account.h"
#include "server/brand/tickets.h"
#include "server/entity/status.h"
#include "storage/contact.h"
#include "storage/ticket_tag.h"

#include "base/mutant.h"

#define EVENTS_SHOWN 200

static void write_id(struct json_out *json, const char *key, int64_t id)
{
	if (id)
		json_out_key_id(json, key, id);
	else
		json_out_key_null(json, key);
}

static void write_time(struct json_out *json, const char *key, int64_t time_us)
{
	if (time_us)
		json_out_key_time_ms(json, key, time_us);
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

/* What is read for many tickets at once. */
struct company {
	struct account_set *customers;
	struct ticket_tag *tags;
	size_t tag_count;
	struct sla_clock *clocks;
	size_t clock_count;
	struct contact_name *contacts;
	size_t contact_count;
	const int64_t *contact_ids; /* for each of the tickets: 0 where its card may not be read */
};

void ticket_entity_write_clock_members(struct json_out *json, const struct sla_clock *clock)
{
	json_out_key_str(json, "metric", clock->metric);
	json_out_key_c_string(json, "state", clock->ended_us ? "ended" : clock->running_us ? "running" : "paused");
	json_out_key_int(json, "target_seconds", clock->target_s);
	json_out_key_time_ms(json, "started_at", clock->started_us);
	write_time(json, "due_at", clock->due_us == INT64_MAX ? 0 : clock->due_us);
	write_time(json, "ended_at", clock->ended_us);
	write_time(json, "breached_at", clock->breached_us);
	write_text(json, "policy", clock->policy);
}

static void write_tags(struct json_out *json, int64_t ticket_id, const struct company *company)
{
	json_out_key_array_begin(json, "tags");
	for (size_t i = 0; i < company->tag_count; i++)
		if (company->tags[i].ticket_id == ticket_id)
			json_out_str(json, company->tags[i].tag);
	json_out_array_end(json);
}

static void write_clocks(struct json_out *json, int64_t ticket_id, const struct company *company)
{
	json_out_key_array_begin(json, "clocks");
	for (size_t i = 0; i < company->clock_count; i++) {
		if (company->clocks[i].ticket_id != ticket_id)
			continue;
		json_out_object_begin(json);
		ticket_entity_write_clock_members(json, &company->clocks[i]);
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

/* The card that the ticket's contact is on, for who may read cards. */
static void write_contact(struct json_out *json, int64_t contact_id, const struct company *company)
{
	const struct contact_name *contact = NULL;
	for (size_t i = 0; i < company->contact_count && contact_id && !contact; i++)
		if (company->contacts[i].contact_id == contact_id)
			contact = &company->contacts[i];
	write_id(json, "contact_id", contact ? contact->card_id : 0);
	if (!contact) {
		json_out_key_null(json, "contact");
		return;
	}
	json_out_key_object_begin(json, "contact");
	json_out_key_id(json, "id", contact->card_id);
	write_text(json, "name", contact->name);
	json_out_object_end(json);
}

static void write_members(struct json_out *json, const struct ticket *ticket, int64_t contact_id, const struct company *company)
{
	const struct account_set *customers = company->customers;
	json_out_key_id(json, "id", ticket->id);
	json_out_key_int(json, "number", ticket->number);
	json_out_key_id(json, "account_id", ticket->actor_id);
	json_out_key_c_string(json, "status", ticket_status_name(ticket->status));
	json_out_key_c_string(json, "channel", ticket_channel_name(ticket->channel));
	json_out_key_int(json, "priority", ticket->priority);
	write_id(json, "assignee_id", ticket->assignee_id);
	write_id(json, "team_id", ticket->team_id);
	write_contact(json, contact_id, company);
	write_id(json, "root_post_id", ticket->root_post_id);
	write_id(json, "parent_id", ticket->parent_id);
	write_text(json, "language", ticket->language);
	json_out_key_bool(json, "awaiting_us", ticket->is_awaiting_us);
	json_out_key_time_ms(json, "opened_at", ticket->opened_us);
	json_out_key_time_ms(json, "changed_at", ticket->changed_us);
	write_time(json, "snoozed_until", ticket->snoozed_until_us);
	write_time(json, "first_reply_at", ticket->first_reply_us);
	write_time(json, "last_reply_at", ticket->last_reply_us);
	write_time(json, "resolved_at", ticket->resolved_us);
	json_out_key_int(json, "version", ticket->version);
	write_tags(json, ticket->id, company);
	write_clocks(json, ticket->id, company);
	json_out_key(json, "customer");
	if (ticket->customer_id && account_set_has(customers, ticket->customer_id))
		account_set_write(customers, json, ticket->customer_id);
	else
		json_out_c_string(json, NULL);
}

static enum error load_company(struct request *request, const struct ticket *tickets, size_t count, struct company *ret_company)
{
	const struct reader reader = reader_of(request, FILTER_NONE);
	struct company company = { 0 };
	int64_t *customer_ids = arena_alloc_array(request->arena, count + 1, sizeof(*customer_ids));
	int64_t *ids = arena_alloc_array(request->arena, count + 1, sizeof(*ids));
	int64_t *contact_ids = arena_alloc_array(request->arena, count + 1, sizeof(*contact_ids));
	size_t customer_count = 0;
	for (size_t i = 0; i < count; i++) {
		ids[i] = tickets[i].id;
		contact_ids[i] = tickets[i].contact_id;
		if (tickets[i].customer_id)
			customer_ids[customer_count++] = tickets[i].customer_id;
	}
	for (size_t i = 0; i < count; i++)
		if ((!request->seat || !tickets_may(request->seat, &tickets[i], PERMISSION_CONTACT_READ)) && !MUTANT("ticket_contact_rights"))
			contact_ids[i] = 0;
	enum error error = account_set_load(&reader, customer_ids, customer_count, &company.customers);
	if (!error && count)
		error = ticket_tag_list(request->db, request->arena, ids, count, &company.tags, &company.tag_count);
	if (!error && count)
		error = sla_clock_list(request->db, request->arena, ids, count, &company.clocks, &company.clock_count);
	if (!error && count)
		error = contact_name_list(request->db, request->arena, contact_ids, count, &company.contacts, &company.contact_count);
	company.contact_ids = contact_ids;
	if (!error)
		*ret_company = company;
	return error;
}

enum error ticket_entity_write_array(struct request *request, struct json_out *json, const struct ticket *tickets, size_t count)
{
	struct company company;
	enum error error = load_company(request, tickets, count, &company);
	if (error)
		return error;
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		write_members(json, &tickets[i], company.contact_ids[i], &company);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error ticket_entity_write(struct request *request, struct json_out *json, const struct ticket *ticket)
{
	struct company company;
	enum error error = load_company(request, ticket, 1, &company);
	if (error)
		return error;
	json_out_object_begin(json);
	write_members(json, ticket, company.contact_ids[0], &company);
	json_out_object_end(json);
	return ERROR_NONE;
}

void ticket_entity_write_note(struct json_out *json, const struct ticket_note *note)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", note->id);
	write_id(json, "member_id", note->membership_id);
	json_out_key_str(json, "body", note->body);
	json_out_key_time_ms(json, "created_at", note->created_us);
	json_out_object_end(json);
}

void ticket_entity_write_event(struct json_out *json, const struct ticket_event *event)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", event->id);
	json_out_key_str(json, "kind", event->kind);
	write_id(json, "member_id", event->membership_id);
	write_id(json, "post_id", event->post_id);
	write_text(json, "from", event->former);
	write_text(json, "to", event->present);
	json_out_key_int(json, "version", event->version);
	json_out_key_time_ms(json, "at", event->at_us);
	json_out_object_end(json);
}

/* ---- posts ---- */

static struct reader brand_reader(struct request *request, int64_t actor_id)
{
	struct reader reader = reader_of(request, FILTER_NONE);
	reader.actor_id = actor_id;
	reader.hides_direct = false;
	return reader;
}

enum error ticket_entity_write_post(struct request *request, struct json_out *json, int64_t actor_id, int64_t post_id)
{
	const struct reader reader = brand_reader(request, actor_id);
	struct status_set *statuses;
	enum error error = status_set_load(&reader, &post_id, 1, &statuses);
	if (error)
		return error;
	if (status_set_has(statuses, post_id))
		status_set_write(statuses, json, post_id);
	else
		json_out_c_string(json, NULL);
	return ERROR_NONE;
}

static void write_post(struct json_out *json, const struct ticket_post *post, const struct status_set *statuses)
{
	json_out_object_begin(json);
	json_out_key_id(json, "post_id", post->post_id);
	json_out_key_id(json, "author_id", post->author_id);
	json_out_key_bool(json, "ours", post->is_ours);
	write_id(json, "member_id", post->membership_id);
	json_out_key_time_ms(json, "at", post->at_us);
	write_time(json, "withdrawn_at", post->withdrawn_us);
	json_out_key(json, "status");
	if (status_set_has(statuses, post->post_id))
		status_set_write(statuses, json, post->post_id);
	else
		json_out_c_string(json, NULL);
	json_out_object_end(json);
}

static enum error write_posts(struct request *request, struct json_out *json, const struct ticket *ticket)
{
	const struct reader reader = brand_reader(request, ticket->actor_id);
	struct ticket_post *posts;
	struct status_set *statuses;
	size_t count;
	enum error error = ticket_post_list(request->db, request->arena, ticket->id, &posts, &count);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(request->arena, count + 1, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = posts[i].post_id;
	error = status_set_load(&reader, ids, count, &statuses);
	if (error)
		return error;
	json_out_key_array_begin(json, "posts");
	for (size_t i = 0; i < count; i++)
		write_post(json, &posts[i], statuses);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error write_notes(struct request *request, struct json_out *json, const struct ticket *ticket, bool shows_notes)
{
	struct ticket_note *notes;
	size_t count;
	if (!shows_notes) {
		json_out_key_null(json, "notes");
		return ERROR_NONE;
	}
	enum error error = ticket_note_list(request->db, request->arena, ticket->id, &notes, &count);
	if (error)
		return error;
	json_out_key_array_begin(json, "notes");
	for (size_t i = 0; i < count; i++)
		ticket_entity_write_note(json, &notes[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error write_events(struct request *request, struct json_out *json, const struct ticket *ticket)
{
	struct ticket_event *events;
	size_t count;
	enum error error = ticket_event_list(request->db, request->arena, ticket->id, 0, EVENTS_SHOWN, &events, &count);
	if (error)
		return error;
	json_out_key_array_begin(json, "events");
	for (size_t i = 0; i < count; i++)
		ticket_entity_write_event(json, &events[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error ticket_entity_write_story(struct request *request, struct json_out *json, const struct ticket *ticket, bool shows_notes)
{
	struct company company;
	struct ticket *children;
	size_t count;
	enum error error = load_company(request, ticket, 1, &company);
	if (!error)
		error = ticket_list_children(request->db, request->arena, ticket->id, &children, &count);
	if (error)
		return error;
	json_out_object_begin(json);
	write_members(json, ticket, company.contact_ids[0], &company);
	error = write_posts(request, json, ticket);
	if (!error)
		error = write_notes(request, json, ticket, shows_notes);
	if (!error)
		error = write_events(request, json, ticket);
	if (error)
		return error;
	json_out_key(json, "children");
	error = ticket_entity_write_array(request, json, children, count);
	json_out_object_end(json);
	return error;
}
