/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Macros at work. With an answer, the other steps ride in the transaction that publishes it. */
#include "server/action/macro.h"

#include "server/action/deed.h"
#include "server/action/saved_reply.h"
#include "server/action/service_steps.h"
#include "server/action/ticket_reply.h"
#include "storage/macro.h"
#include "storage/ticket_story.h"

struct macro_work {
	const struct ticket_deed *deed;
	struct macro macro;
	struct service_steps steps;
	struct ticket ticket;
	struct str message;
};

static enum error do_steps(struct db *db, struct arena *arena, struct ticket *ticket, void *owner)
{
	struct macro_work *work = owner;
	const struct audit_author *author = &work->deed->author;
	enum error error = service_steps_run(db, arena, &work->steps, author, ticket, &work->message);
	const struct ticket_event event = { .ticket_id = ticket->id, .kind = STR_LITERAL("macro"), .user_id = author->user_id,
		.membership_id = author->membership_id, .present = arena_printf(arena, "%lld", (long long)work->macro.id),
		.version = ticket->version };
	return error ? error : ticket_event_add(db, arena, &event);
}

static enum error write_steps(struct db *db, struct arena *arena, void *owner)
{
	struct macro_work *work = owner;
	const struct ticket_deed *deed = work->deed;
	enum error error = ticket_deed_lock(db, arena, deed, &work->ticket);
	if (!error)
		error = do_steps(db, arena, &work->ticket, work);
	const struct audit_entry entry = {
		.organisation_id = deed->organisation_id,
		.author = deed->author,
		.action = str_from(deed->action),
		.target = arena_printf(arena, "ticket:%lld", (long long)deed->ticket_id),
		.data = arena_printf(arena, "{\"macro\":%lld}", (long long)work->macro.id),
	};
	return error ? error : audit_write(db, arena, &entry);
}

static enum error answer(struct db *db, struct arena *arena, struct macro_work *work, bool is_markdown, int64_t *ret_post_id)
{
	const struct service_step *step = service_steps_reply(&work->steps);
	struct ticket_answer said = { .deed = *work->deed, .text = step->text, .is_markdown = is_markdown, .also = do_steps, .owner = work };
	struct ticket_answered answered;
	struct ticket ticket;
	struct str message = { 0 };
	enum error error = ticket_find(db, arena, work->deed->organisation_id, work->deed->ticket_id, &ticket);
	if (!error && step->is_saved_reply) {
		error = saved_reply_for(db, arena, step->text, &ticket, work->deed->author.membership_id, &said.text, &said.language);
		if (error == ERROR_NOT_FOUND) {
			work->message = arena_printf(arena, "There is no saved reply '%.*s' any more", STR_ARG(step->text));
			return ERROR_UNPROCESSABLE;
		}
	}
	if (!error)
		error = ticket_reply(db, arena, &said, &answered, &message);
	if (error) {
		work->message = work->message.data ? work->message : message;
		return error;
	}
	work->ticket = answered.ticket;
	*ret_post_id = answered.post_id;
	return ERROR_NONE;
}

enum error macro_run(struct db *db, struct arena *arena, const struct ticket_deed *deed, int64_t macro_id, bool is_markdown,
	struct ticket *ret_ticket, int64_t *ret_post_id, struct str *ret_message)
{
	struct macro_work *work = arena_alloc(arena, sizeof(*work));
	int64_t post_id = 0;
	*work = (struct macro_work){ .deed = deed };
	enum error error = macro_find(db, arena, deed->organisation_id, macro_id, &work->macro);
	if (!error)
		error = service_steps_parse(arena, work->macro.actions, STEPS_OF_MACRO, &work->steps);
	if (!error && service_steps_reply(&work->steps))
		error = answer(db, arena, work, is_markdown, &post_id);
	else if (!error)
		error = deed_write(db, arena, write_steps, work, ERROR_CONFLICT);
	*ret_message = work->message;
	if (error)
		return error;
	*ret_ticket = work->ticket;
	*ret_post_id = post_id;
	return ERROR_NONE;
}
