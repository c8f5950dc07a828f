/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers. What must hold is looked at before publishing, to say what is wrong, and again in the transaction that
 * publishes. */
#include "server/action/ticket_reply.h"

#include "server/action/deed.h"
#include "server/action/draft.h"
#include "server/action/publish.h"
#include "server/action/ticket_threading.h"
#include "server/web/text.h"
#include "storage/id.h"
#include "storage/ticket_arrival.h"
#include "storage/ticket_story.h"

#include "base/clock.h"
#include "base/mutant.h"

struct answering {
	const struct ticket_answer *answer;
	struct ticket_deed deed;
	enum permission permission;
	const char *event_kind;
	int64_t child_id;       /* of a private answer to a public ticket: the ticket that it goes to */
	bool child_is_new;
	int64_t thread_id;
	bool is_neutral;
	struct ticket ticket;   /* that it is in, as it is afterwards */
	enum error refusal;     /* publish_post means something else by some of our errors */
};

/* ---- in the transaction of the post ---- */

static enum error note_answer(struct db *db, struct arena *arena, struct answering *answering, struct ticket *ticket, int64_t post_id)
{
	const struct audit_author *author = &answering->deed.author;
	int64_t now_us = clock_now_us();
	bool is_new;
	const struct ticket_post post = { .post_id = post_id, .ticket_id = ticket->id, .author_id = ticket->actor_id, .is_ours = true,
		.user_id = author->user_id, .membership_id = author->membership_id, .at_us = now_us };
	struct ticket_event event = { .ticket_id = ticket->id, .kind = str_from(answering->event_kind), .user_id = author->user_id,
		.membership_id = author->membership_id, .post_id = post_id, .at_us = now_us };
	enum error error = ticket_post_add(db, arena, ticket->actor_id, &post, &is_new);
	if (error)
		return error;
	ticket->status = TICKET_PENDING;
	ticket->snoozed_until_us = 0;
	ticket->resolved_us = 0;
	ticket->first_reply_us = ticket->first_reply_us ? ticket->first_reply_us : now_us;
	ticket->last_reply_us = now_us;
	ticket->is_awaiting_us = false;
	ticket->was_led_private = ticket->was_led_private || answering->is_neutral;
	error = ticket_store(db, arena, ticket);
	event.version = ticket->version;
	if (!error)
		error = ticket_event_add(db, arena, &event);
	return error;
}

/* A first private answer makes the private ticket, which goes on where the public one is. */
static enum error enter_child(struct db *db, struct arena *arena, struct answering *answering, const struct ticket *parent,
	struct ticket *ret_child)
{
	if (!answering->child_is_new)
		return ticket_lock(db, arena, answering->child_id, ret_child);
	struct ticket child = {
		.id = answering->child_id,
		.organisation_id = parent->organisation_id,
		.actor_id = parent->actor_id,
		.customer_id = parent->customer_id,
		.contact_id = parent->contact_id,
		.parent_id = parent->id,
		.status = TICKET_PENDING,
		.channel = TICKET_PRIVATE,
		.priority = parent->priority,
		.assignee_id = parent->assignee_id,
		.team_id = parent->team_id,
		.opened_us = clock_now_us(),
		.language = parent->language,
	};
	const struct audit_author *author = &answering->deed.author;
	struct ticket_event event = { .ticket_id = child.id, .kind = STR_LITERAL("opened"), .user_id = author->user_id,
		.membership_id = author->membership_id };
	enum error error = ticket_create(db, arena, &child);
	event.version = child.version;
	if (!error)
		error = ticket_thread_store(db, arena, child.actor_id, answering->thread_id, child.customer_id, child.id);
	if (!error)
		error = ticket_event_add(db, arena, &event);
	if (!error)
		*ret_child = child;
	return error;
}

/* The agent has seen the public ticket: it changes too, so that the other one's version is stale. */
static enum error note_parent(struct db *db, struct arena *arena, struct answering *answering, struct ticket *parent, int64_t post_id)
{
	const struct audit_author *author = &answering->deed.author;
	if (parent->status == TICKET_OPEN)
		parent->status = TICKET_PENDING;
	parent->first_reply_us = parent->first_reply_us ? parent->first_reply_us : clock_now_us();
	parent->last_reply_us = clock_now_us();
	parent->is_awaiting_us = false;
	enum error error = ticket_store(db, arena, parent);
	const struct ticket_event event = { .ticket_id = parent->id, .kind = STR_LITERAL("private"), .user_id = author->user_id,
		.membership_id = author->membership_id, .post_id = post_id, .version = parent->version };
	if (!error)
		error = ticket_event_add(db, arena, &event);
	return error;
}

static enum error check_and_note(struct db *db, struct arena *arena, struct answering *answering, int64_t post_id)
{
	struct ticket ticket = { 0 }, child;
	enum error error = answering->child_id ? ticket_lock_account(db, arena, answering->ticket.actor_id) : ERROR_NONE;
	if (!error)
		error = ticket_deed_lock(db, arena, &answering->deed, &ticket);
	if (!error)
		error = ticket_authorise(db, arena, &ticket, &answering->deed.author, answering->permission);
	if (!error && ((answering->is_neutral && ticket.was_led_private) || ticket.status == TICKET_CLOSED))
		error = ERROR_GONE;
	if (!error && answering->child_id)
		error = enter_child(db, arena, answering, &ticket, &child);
	if (!error && answering->child_id)
		error = note_parent(db, arena, answering, &ticket, post_id);
	if (!error)
		error = note_answer(db, arena, answering, answering->child_id ? &child : &ticket, post_id);
	if (!error)
		answering->ticket = answering->child_id ? child : ticket;
	return error;
}

static enum error follow_up(struct db *db, struct arena *arena, int64_t post_id, void *owner)
{
	struct answering *answering = owner;
	answering->refusal = check_and_note(db, arena, answering, post_id);
	return answering->refusal == ERROR_CONFLICT ? ERROR_UNPROCESSABLE : answering->refusal;
}

/* What else there is to do may end the conversation, in which nobody could answer then. */
static enum error finish(struct db *db, struct arena *arena, int64_t post_id, void *owner)
{
	struct answering *answering = owner;
	(void)post_id;
	answering->refusal = release_settle(db, arena);
	if (!answering->refusal)
		answering->refusal = answering->answer->also(db, arena, &answering->ticket, answering->answer->owner);
	return answering->refusal == ERROR_CONFLICT ? ERROR_UNPROCESSABLE : answering->refusal;
}

/* ---- before it ---- */

static enum error refuse_answer(enum error error, const char *why, struct str *ret_message)
{
	*ret_message = str_from(why);
	return error;
}

/* The same looks as in the transaction, for an answer that says what is wrong before anything is rendered. */
static enum error look(struct db *db, struct arena *arena, struct answering *answering, struct str *ret_message)
{
	struct ticket *ticket = &answering->ticket;
	enum error error = ticket_find(db, arena, answering->deed.organisation_id, answering->deed.ticket_id, ticket);
	if (!error)
		error = ticket_authorise(db, arena, ticket, &answering->deed.author, answering->permission);
	if (error)
		return error;
	if (answering->deed.version && answering->deed.version != ticket->version && !MUTANT("ticket_version"))
		return ERROR_CONFLICT;
	if (ticket->status == TICKET_CLOSED)
		return refuse_answer(ERROR_GONE, "This conversation is closed", ret_message);
	return ERROR_NONE;
}

static enum error find_parent(struct db *db, struct arena *arena, const struct ticket_answer *answer, const struct ticket *ticket,
	struct post *ret_post, struct str *ret_message)
{
	struct ticket of_parent = { 0 };
	int64_t post_id = answer->in_reply_to_id;
	enum error error = ERROR_NONE;
	if (post_id)
		error = ticket_find_any_by_post(db, arena, ticket->actor_id, post_id, &of_parent);
	else
		error = ticket_post_find_last(db, arena, ticket->id, &post_id);
	if (!error && answer->in_reply_to_id && of_parent.id != ticket->id)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = post_find(db, arena, ticket->actor_id, post_id, ret_post);
	if (error == ERROR_NOT_FOUND)
		return refuse_answer(ERROR_UNPROCESSABLE, "What you answer is not there any more", ret_message);
	return error;
}

static bool names(struct str text, struct str handle)
{
	for (size_t i = 0; i + handle.len <= text.len; i++)
		if (str_eq_nocase(str_slice(text, i, handle.len), handle))
			return true;
	return false;
}

/* An answer that names nobody would reach nobody. */
static enum error address(struct db *db, struct arena *arena, int64_t customer_id, struct str text, struct str *ret_text,
	struct str *ret_message)
{
	struct actor customer;
	enum error error = actor_find_by_id(db, arena, customer_id, &customer);
	if (error == ERROR_NOT_FOUND || (!error && customer.is_suspended))
		return refuse_answer(ERROR_UNPROCESSABLE, "The customer is not there any more", ret_message);
	if (error)
		return error;
	struct str handle = arena_printf(arena, "@%.*s@%.*s", STR_ARG(customer.username), STR_ARG(customer.domain));
	*ret_text = names(text, handle) ? text : arena_printf(arena, "%.*s %.*s", STR_ARG(handle), STR_ARG(text));
	return ERROR_NONE;
}

static enum error say(struct db *db, struct arena *arena, struct answering *answering, const struct post *parent,
	enum post_visibility visibility, struct str text, int64_t *ret_post_id, struct str *ret_message)
{
	const struct ticket_answer *answer = answering->answer;
	struct ticket *ticket = &answering->ticket;
	int64_t spoken_in_id = answering->child_id ? answering->child_id : ticket->id;
	struct publish_request request = {
		.actor_id = ticket->actor_id,
		.user_id = answering->deed.author.user_id,
		.spoiler_text = answer->spoiler_text,
		.language = answer->language.len ? answer->language : ticket->language,
		.visibility = visibility,
		.in_reply_to_id = parent->id,
		.is_markdown = answer->is_markdown,
		.media_ids = answer->media_ids,
		.media_count = answer->media_count,
		.quote_policy = visibility == POST_DIRECT ? QUOTE_BY_NOBODY : QUOTE_BY_ANYONE,
		.follow_up = follow_up,
		.finish = answer->also && !answering->is_neutral ? finish : NULL,
		.owner = answering,
	};
	const struct deed_author author = {
		.organisation_id = ticket->organisation_id,
		.author = answering->deed.author,
		.action = str_from(answering->deed.action),
		.target = arena_printf(arena, "ticket:%lld", (long long)ticket->id),
		.data = arena_printf(arena, "{\"ticket\":%lld}", (long long)spoken_in_id),
		.claim = { .ground = RELEASE_REPLY, .user_id = answering->deed.author.user_id,
			.membership_id = answering->deed.author.membership_id, .ticket_id = spoken_in_id },
	};
	int64_t addressed_id = parent->actor_id == ticket->actor_id ? ticket->customer_id : parent->actor_id;
	if (answering->child_id)
		addressed_id = ticket->customer_id;
	if (answering->is_neutral) {
		request.spoiler_text = STR_LITERAL("");
		request.media_count = 0;
	}
	enum error error = address(db, arena, addressed_id, text, &request.text, ret_message);
	if (error)
		return error;
	bool binds_speakers, covers_replies;
	error = draft_policy_for(db, arena, ticket->actor_id, DRAFT_POST, 0, &request, &binds_speakers, &covers_replies);
	if (!error && covers_replies && !MUTANT("ticket_reply_policy")) {
		*ret_message = STR_LITERAL("answers of this account need approval: write a draft");
		error = ERROR_UNPROCESSABLE;
	}
	if (error)
		return error;
	deed_begin(&author);
	error = publish_post_id(db, arena, &request, ret_post_id, ret_message);
	(void)deed_end();
	return answering->refusal ? answering->refusal : error;
}

enum error ticket_reply(struct db *db, struct arena *arena, const struct ticket_answer *answer, struct ticket_answered *ret_answered,
	struct str *ret_message)
{
	struct answering answering = { .answer = answer, .deed = answer->deed, .event_kind = "reply" };
	struct post parent;
	int64_t post_id;
	enum error error = ticket_find(db, arena, answer->deed.organisation_id, answer->deed.ticket_id, &answering.ticket);
	if (error)
		return error;
	bool is_private = answering.ticket.channel == TICKET_PRIVATE;
	answering.permission = is_private ? PERMISSION_INBOX_REPLY_PRIVATE : PERMISSION_INBOX_REPLY;
	error = look(db, arena, &answering, ret_message);
	if (!error)
		error = find_parent(db, arena, answer, &answering.ticket, &parent, ret_message);
	if (!error && !is_private && parent.visibility != POST_PUBLIC && parent.visibility != POST_UNLISTED)
		error = refuse_answer(ERROR_UNPROCESSABLE, "What you answer was not said in public", ret_message);
	if (!error)
		error = say(db, arena, &answering, &parent, is_private ? POST_DIRECT : parent.visibility, answer->text, &post_id, ret_message);
	if (!error)
		*ret_answered = (struct ticket_answered){ answering.ticket, post_id, 0 };
	return error;
}

/* ---- in private ---- */

/* The private ticket with that customer, if it goes on. */
static enum error choose_child(struct db *db, struct arena *arena, struct answering *answering, const struct post *parent)
{
	struct ticket *children;
	size_t count;
	enum error error = ticket_list_children(db, arena, answering->ticket.id, &children, &count);
	if (error)
		return error;
	answering->child_is_new = true;
	answering->child_id = id_new();
	answering->thread_id = parent->conversation_id;
	for (size_t i = 0; i < count; i++) {
		const struct ticket *child = &children[i];
		if (child->channel != TICKET_PRIVATE || child->customer_id != answering->ticket.customer_id ||
		    child->status == TICKET_CLOSED || child->merged_into_id)
			continue;
		answering->child_is_new = false;
		answering->child_id = child->id;
	}
	return ERROR_NONE;
}

/* Nobody who reads along shall think that the customer was left alone. That it cannot be said is no failure of the answer. */
static enum error say_neutral(struct db *db, struct arena *arena, const struct ticket_answer *answer, const struct post *parent,
	int64_t *ret_post_id)
{
	struct answering answering = { .answer = answer, .deed = answer->deed, .permission = PERMISSION_INBOX_REPLY, .event_kind = "reply",
		.is_neutral = true };
	struct str message = { 0 };
	answering.deed.version = 0;
	answering.deed.action = "inbox.reply";
	enum error error = look(db, arena, &answering, &message);
	if (error || answering.ticket.was_led_private || (parent->visibility != POST_PUBLIC && parent->visibility != POST_UNLISTED))
		return error == ERROR_FORBIDDEN || error == ERROR_GONE ? ERROR_NONE : error;
	enum language language = str_starts_with(answering.ticket.language, STR_LITERAL("fr")) ? LANGUAGE_FRENCH : LANGUAGE_ENGLISH;
	error = say(db, arena, &answering, parent, parent->visibility, text_get(language, TEXT_ANSWERED_IN_PRIVATE), ret_post_id, &message);
	return error == ERROR_FORBIDDEN || error == ERROR_GONE || error == ERROR_UNPROCESSABLE ? ERROR_NONE : error;
}

enum error ticket_reply_in_private(struct db *db, struct arena *arena, const struct ticket_answer *answer,
	struct ticket_answered *ret_answered, struct str *ret_message)
{
	struct answering answering = { .answer = answer, .deed = answer->deed, .permission = PERMISSION_INBOX_REPLY_PRIVATE,
		.event_kind = "reply" };
	struct ticket_answered answered = { .post_id = 0 };
	struct post parent;
	enum error error = look(db, arena, &answering, ret_message);
	if (error)
		return error;
	if (answering.ticket.channel != TICKET_PUBLIC)
		return refuse_answer(ERROR_GONE, "This conversation is private already", ret_message);
	error = find_parent(db, arena, answer, &answering.ticket, &parent, ret_message);
	if (!error)
		error = choose_child(db, arena, &answering, &parent);
	if (!error)
		error = say(db, arena, &answering, &parent, POST_DIRECT, answer->text, &answered.post_id, ret_message);
	if (error)
		return error;
	answered.ticket = answering.ticket;
	*ret_answered = answered;
	error = say_neutral(db, arena, answer, &parent, &answered.neutral_post_id);
	if (!error)
		ret_answered->neutral_post_id = answered.neutral_post_id;
	/* The answer is out: what is left is said with the next one. */
	return ERROR_NONE;
}
