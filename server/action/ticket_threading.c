/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A batch of posts is threaded in the transaction that takes it. The accounts that it concerns are locked meanwhile, so two
 * posts of one thread never make two tickets. */
#include "server/action/ticket_threading.h"

#include "server/action/routing.h"
#include "storage/contact.h"
#include "storage/id.h"
#include "storage/ticket_arrival.h"
#include "storage/ticket_story.h"

#include "base/clock.h"
#include "base/mutant.h"

#define DAY_US 86400000000
/* What a customer said so long before our last answer, by their own clock, was said before it. */
#define CLOCK_TOLERANCE_US 3600000000

struct threading {
	struct db *db;
	struct arena *arena;
	const struct ticket_arrival *arrival;
	struct threaded_post post;
	int64_t customer_id; /* of the thread: 0 in public */
	int64_t now_us;
};

enum error ticket_lock_present(struct db *db, struct arena *arena, int64_t id, struct ticket *ret_ticket)
{
	struct ticket ticket;
	enum error error = ticket_lock(db, arena, id, &ticket);
	/* Where one was merged to was not merged itself: ticket_move_parts sees to that. */
	if (!error && ticket.merged_into_id)
		error = ticket_lock(db, arena, ticket.merged_into_id, &ticket);
	if (!error)
		*ret_ticket = ticket;
	return error;
}

static enum error add_event(struct threading *threading, const struct ticket *ticket, const char *kind, struct str former,
	struct str present)
{
	const struct ticket_event event = { .ticket_id = ticket->id, .kind = str_from(kind), .post_id = threading->post.id,
		.user_id = threading->post.user_id, .membership_id = threading->post.membership_id, .former = former, .present = present,
		.version = ticket->version, .at_us = threading->now_us };
	return ticket_event_add(threading->db, threading->arena, &event);
}

static enum error add_post(struct threading *threading, int64_t ticket_id, bool *ret_is_new)
{
	const struct ticket_post post = { .post_id = threading->post.id, .ticket_id = ticket_id, .author_id = threading->post.author_id,
		.is_ours = threading->post.author_id == threading->arrival->actor_id, .user_id = threading->post.user_id,
		.membership_id = threading->post.membership_id, .at_us = threading->now_us };
	return ticket_post_add(threading->db, threading->arena, threading->arrival->actor_id, &post, ret_is_new);
}

/* ---- tickets that were there ---- */

static enum error note_status(struct threading *threading, const struct ticket *ticket, enum ticket_status former)
{
	if (ticket->status == former)
		return ERROR_NONE;
	return add_event(threading, ticket, "status", str_from(ticket_status_name(former)),
		str_from(ticket_status_name(ticket->status)));
}

static void set_open(struct ticket *ticket)
{
	ticket->status = TICKET_OPEN;
	ticket->snoozed_until_us = 0;
	ticket->resolved_us = 0;
	ticket->is_awaiting_us = true;
}

static void note_root(struct ticket *ticket, int64_t post_id)
{
	if (!ticket->root_post_id || post_id < ticket->root_post_id)
		ticket->root_post_id = post_id;
}

static enum error join_customer(struct threading *threading, struct ticket *ticket)
{
	struct db *db = threading->db;
	struct arena *arena = threading->arena;
	enum ticket_status former = ticket->status;
	bool is_new = false, is_turn = threading->post.created_us >= ticket->last_reply_us - CLOCK_TOLERANCE_US;
	enum error error = add_post(threading, ticket->id, &is_new);
	if (error || !is_new)
		return error;
	note_root(ticket, threading->post.id);
	if (is_turn)
		set_open(ticket);
	error = ticket_store(db, arena, ticket);
	if (!error)
		error = add_event(threading, ticket, "post", (struct str){ 0 }, (struct str){ 0 });
	if (!error)
		error = note_status(threading, ticket, former);
	return error ? error : routing_apply(db, arena, threading->post.id, false, ticket);
}

static enum error join_ours(struct threading *threading, struct ticket *ticket)
{
	enum ticket_status former = ticket->status;
	bool is_new = false;
	enum error error = add_post(threading, ticket->id, &is_new);
	if (error || !is_new)
		return error;
	if (ticket->status == TICKET_OPEN || ticket->status == TICKET_SNOOZED) {
		ticket->status = TICKET_PENDING;
		ticket->snoozed_until_us = 0;
	}
	if (!ticket->first_reply_us)
		ticket->first_reply_us = threading->now_us;
	ticket->last_reply_us = threading->now_us;
	ticket->is_awaiting_us = false;
	error = ticket_store(threading->db, threading->arena, ticket);
	if (!error)
		error = add_event(threading, ticket, "reply", (struct str){ 0 }, (struct str){ 0 });
	return error ? error : note_status(threading, ticket, former);
}

/* ---- new tickets ---- */

static enum error open_ticket(struct threading *threading, int64_t parent_id, struct ticket *ret_ticket)
{
	struct db *db = threading->db;
	struct arena *arena = threading->arena;
	bool is_ours = threading->post.author_id == threading->arrival->actor_id, is_new;
	struct ticket ticket = {
		.id = id_new(),
		.organisation_id = threading->arrival->organisation_id,
		.actor_id = threading->arrival->actor_id,
		.customer_id = is_ours ? threading->customer_id : threading->post.author_id,
		.root_post_id = threading->post.id,
		.parent_id = parent_id,
		.status = is_ours ? TICKET_PENDING : TICKET_OPEN,
		.channel = threading->post.channel,
		.opened_us = threading->now_us,
		.language = threading->post.language,
	};
	enum error error = ERROR_NONE;
	if (ticket.customer_id)
		error = contact_of_actor(db, arena, ticket.organisation_id, ticket.customer_id, &ticket.contact_id);
	if (!error)
		error = ticket_create(db, arena, &ticket);
	if (!error)
		error = ticket_thread_store(db, arena, ticket.actor_id, threading->post.thread_id, threading->customer_id, ticket.id);
	if (!error)
		error = add_event(threading, &ticket, "opened", (struct str){ 0 }, (struct str){ 0 });
	if (!error && !is_ours)
		error = add_post(threading, ticket.id, &is_new);
	if (!error && !is_ours)
		error = routing_apply(db, arena, threading->post.id, true, &ticket);
	if (!error)
		*ret_ticket = ticket;
	return error;
}

/* A customer who comes back late begins another. */
static enum error may_go_on(struct threading *threading, const struct ticket *ticket, bool *ret_may)
{
	struct ticket_settings settings;
	enum error error = ticket_settings_find(threading->db, threading->arena, ticket->organisation_id, &settings);
	if (error)
		return error;
	*ret_may = ticket->status != TICKET_CLOSED &&
		(ticket->status != TICKET_RESOLVED || threading->now_us - ticket->resolved_us < settings.reopen_days * DAY_US);
	return ERROR_NONE;
}

static enum error thread_customer(struct threading *threading, const struct thread_place *place, int64_t ticket_id)
{
	struct ticket ticket;
	bool may = false;
	if (!ticket_id)
		return threading->post.is_news ? open_ticket(threading, place->above, &ticket) : ERROR_NONE;
	enum error error = ticket_lock_present(threading->db, threading->arena, ticket_id, &ticket);
	if (!error)
		error = may_go_on(threading, &ticket, &may);
	if (error)
		return error;
	if (!may)
		return threading->post.is_news ? open_ticket(threading, ticket.id, &ticket) : ERROR_NONE;
	error = ticket_thread_store(threading->db, threading->arena, ticket.actor_id, threading->post.thread_id,
		threading->customer_id, ticket.id);
	return error ? error : join_customer(threading, &ticket);
}

/* What was said as the brand by an app. */
static enum error thread_ours(struct threading *threading, const struct thread_place *place, int64_t ticket_id)
{
	struct ticket ticket;
	enum error error;
	if (!ticket_id && !(threading->customer_id && place->above))
		return ERROR_NONE;
	if (ticket_id)
		error = ticket_lock_present(threading->db, threading->arena, ticket_id, &ticket);
	else
		error = open_ticket(threading, place->above, &ticket);
	return error ? error : join_ours(threading, &ticket);
}

static enum error thread_post(struct threading *threading)
{
	struct threaded_post *post = &threading->post;
	const struct ticket_arrival *arrival = threading->arrival;
	bool is_ours = post->author_id == arrival->actor_id;
	struct thread_place place;
	struct ticket ticket;
	if (!is_ours && (!post->is_wanted || post->author_organisation_id == arrival->organisation_id))
		return ERROR_NONE;
	enum error error = ticket_find_any_by_post(threading->db, threading->arena, arrival->actor_id, post->id, &ticket);
	if (error != ERROR_NOT_FOUND)
		return error;
	if (post->channel == TICKET_PRIVATE)
		threading->customer_id = is_ours ? post->in_reply_to_actor_id : post->author_id;
	error = ticket_thread_find(threading->db, threading->arena, arrival->actor_id, post, threading->customer_id, &place);
	if (error)
		return error;
	int64_t ticket_id = place.of_thread ? place.of_thread : place.of_parent ? place.of_parent : place.of_context;
	if (is_ours)
		return thread_ours(threading, &place, ticket_id);
	/* What customers add to their own words stays with them, though it names nobody. */
	if (!post->names_brand && !(post->follows_own && place.of_parent))
		return ERROR_NONE;
	return thread_customer(threading, &place, ticket_id);
}

/* ---- what becomes of posts ---- */

static enum error note_moved(struct threading *threading, const struct ticket *ticket)
{
	struct thread_place place;
	struct ticket other;
	threading->customer_id = ticket->channel == TICKET_PRIVATE ? ticket->customer_id : 0;
	enum error error = ticket_thread_find(threading->db, threading->arena, ticket->actor_id, &threading->post,
		threading->customer_id, &place);
	if (error)
		return error;
	if (!place.of_thread)
		return ticket_thread_store(threading->db, threading->arena, ticket->actor_id, threading->post.thread_id,
			threading->customer_id, ticket->id);
	if (place.of_thread == ticket->id)
		return ERROR_NONE;
	error = ticket_lock_present(threading->db, threading->arena, place.of_thread, &other);
	/* One that was opened because the other was done stays apart from it. */
	if (error || other.parent_id == ticket->id || ticket->parent_id == other.id)
		return error;
	error = ticket_unite(threading->db, threading->arena, ticket->id, other.id, NULL, &other);
	return error == ERROR_UNPROCESSABLE ? ERROR_NONE : error;
}

static enum error note_end(struct threading *threading)
{
	struct ticket ticket;
	int64_t ticket_id;
	enum error error = ticket_post_note_withdrawn(threading->db, threading->arena, threading->arrival->actor_id,
		threading->arrival->post_id, &ticket_id);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	threading->post.id = threading->arrival->post_id;
	error = ticket_lock(threading->db, threading->arena, ticket_id, &ticket);
	if (!error)
		error = ticket_store(threading->db, threading->arena, &ticket);
	return error ? error : add_event(threading, &ticket, "withdrawn", (struct str){ 0 }, (struct str){ 0 });
}

static enum error note_change(struct threading *threading)
{
	struct ticket ticket;
	enum error error = ticket_find_any_by_post(threading->db, threading->arena, threading->arrival->actor_id,
		threading->arrival->post_id, &ticket);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (threading->arrival->kind == ARRIVAL_MOVED)
		return note_moved(threading, &ticket);
	error = ticket_lock(threading->db, threading->arena, ticket.id, &ticket);
	if (!error)
		error = ticket_store(threading->db, threading->arena, &ticket);
	return error ? error : add_event(threading, &ticket, "edited", (struct str){ 0 }, (struct str){ 0 });
}

static enum error thread_one(struct db *db, struct arena *arena, const struct ticket_arrival *arrival)
{
	struct threading threading = { .db = db, .arena = arena, .arrival = arrival, .now_us = clock_now_us() };
	if (!arrival->organisation_id)
		return ERROR_NONE;
	if (arrival->kind == ARRIVAL_GONE)
		return note_end(&threading);
	enum error error = ticket_arrival_read_post(db, arena, arrival->actor_id, arrival->post_id, &threading.post);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	return arrival->kind == ARRIVAL_POST ? thread_post(&threading) : note_change(&threading);
}

static enum error thread_batch(struct db *db, struct arena *arena, int limit, int64_t *ret_count)
{
	struct ticket_arrival *arrivals;
	size_t count;
	enum error error = ticket_arrival_take(db, arena, limit, &arrivals, &count);
	for (size_t i = 0; i < count && !error; i++)
		error = thread_one(db, arena, &arrivals[i]);
	if (!error)
		*ret_count = (int64_t)count;
	return error;
}

enum error ticket_threading_run(struct db *db, struct arena *arena, int limit, int64_t *ret_count)
{
	int64_t count = 0;
	enum error error = db_begin(db);
	if (error)
		return error;
	error = thread_batch(db, arena, limit, &count);
	if (error) {
		db_rollback(db);
		return error;
	}
	error = db_commit(db);
	if (!error)
		*ret_count = count;
	return error;
}

/* ---- two become one ---- */

static int64_t earlier(int64_t one, int64_t other)
{
	if (!one || !other)
		return one ? one : other;
	return one < other ? one : other;
}

static void take_state(struct ticket *kept, const struct ticket *gone)
{
	if (gone->status < kept->status) {
		kept->status = gone->status;
		kept->snoozed_until_us = gone->snoozed_until_us;
		kept->resolved_us = gone->resolved_us;
	}
	kept->is_awaiting_us = kept->is_awaiting_us || gone->is_awaiting_us;
	kept->was_led_private = kept->was_led_private || gone->was_led_private;
	kept->root_post_id = earlier(kept->root_post_id, gone->root_post_id);
	kept->first_reply_us = earlier(kept->first_reply_us, gone->first_reply_us);
	if (gone->last_reply_us > kept->last_reply_us)
		kept->last_reply_us = gone->last_reply_us;
	if (gone->priority > kept->priority)
		kept->priority = gone->priority;
	if (!kept->assignee_id)
		kept->assignee_id = gone->assignee_id;
	if (!kept->team_id)
		kept->team_id = gone->team_id;
	if (kept->parent_id == gone->id)
		kept->parent_id = 0;
}

static enum error note_united(struct db *db, struct arena *arena, const struct ticket *kept, const struct ticket *gone,
	const struct audit_author *author)
{
	const struct ticket_event event = { .ticket_id = kept->id, .kind = STR_LITERAL("merged"), .user_id = author ? author->user_id : 0,
		.membership_id = author ? author->membership_id : 0, .present = arena_printf(arena, "%lld", (long long)gone->number),
		.version = kept->version };
	return ticket_event_add(db, arena, &event);
}

static enum error unite(struct db *db, struct arena *arena, struct ticket *kept, struct ticket *gone, const struct audit_author *author)
{
	take_state(kept, gone);
	gone->merged_into_id = kept->id;
	gone->status = TICKET_CLOSED;
	gone->snoozed_until_us = 0;
	gone->parent_id = 0;
	enum error error = ticket_store(db, arena, gone);
	if (!error)
		error = ticket_move_parts(db, arena, gone->id, kept->id);
	if (!error)
		error = ticket_store(db, arena, kept);
	return error ? error : note_united(db, arena, kept, gone, author);
}

enum error ticket_unite(struct db *db, struct arena *arena, int64_t one_id, int64_t other_id, const struct audit_author *author,
	struct ticket *ret_ticket)
{
	struct ticket one, other;
	enum error error = ticket_lock(db, arena, one_id < other_id ? one_id : other_id, &one);
	if (!error)
		error = ticket_lock(db, arena, one_id < other_id ? other_id : one_id, &other);
	if (error)
		return error;
	bool fit = one.id != other.id && one.actor_id == other.actor_id && one.channel == other.channel &&
		!one.merged_into_id && !other.merged_into_id &&
		(one.channel == TICKET_PUBLIC || one.customer_id == other.customer_id || MUTANT("ticket_unite_customers"));
	if (!fit)
		return ERROR_UNPROCESSABLE;
	struct ticket *kept = one.number < other.number ? &one : &other;
	error = unite(db, arena, kept, kept == &one ? &other : &one, author);
	if (!error)
		*ret_ticket = *kept;
	return error;
}
