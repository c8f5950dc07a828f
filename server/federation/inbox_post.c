/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The doors of the inbox. Whose inbox it is costs one look-up, before anything is verified: a peer that writes to an
 * actor that is gone is told so whoever it is. */
#include "server/federation/inbox_post.h"

#include "server/app.h"
#include "server/federation/inbox_answer.h"
#include "server/web/actor_lookup.h"

#include "federation/federation.h"
#include "federation/inbox_intake.h"

#include "base/list.h"
#include "base/mutant.h"

/* What peers send: the type itself, or ld+json with the profile, which some leave out. */
static bool is_activity(struct request *request)
{
	struct str type = http_media_type(request->arena, http_request_header(request->http, "Content-Type"));
	return str_eq(type, STR_LITERAL("application/activity+json")) || str_eq(type, STR_LITERAL("application/ld+json"));
}

struct stored_post {
	struct inbox_entry entry;
	struct request *request;
};

static void post_done(struct inbox_entry *entry)
{
	struct stored_post *post = LIST_OBJECT(entry, struct stored_post, entry);
	inbox_answer_respond(post->request, &entry->answer);
	request_answered(post->request);
}

static void store(struct request *request, struct db *db)
{
	(void)db;
	inbox_intake_add(request->app->federation->intake, request->handed_over);
}

static enum error accept_for(struct request *request, int64_t inbox_actor_id)
{
	struct inbox_request inbox_request = inbox_request_of(request, inbox_actor_id);
	struct inbox_answer answer = inbox_accept(request->app->federation, request->db, request->arena, &inbox_request);
	/* A relay sends more in five minutes than anyone may try. */
	request->is_uncounted = answer.is_verified && answer.verdict != INBOX_AWAIT;
	if (answer.verdict != INBOX_VERIFIED) {
		inbox_answer_respond(request, &answer);
		return ERROR_NONE;
	}
	struct stored_post *post = arena_alloc(request->arena, sizeof(*post));
	*post = (struct stored_post){ .entry = { .answer = answer, .done = post_done }, .request = request };
	request_hand_over(request, store, &post->entry);
	return ERROR_NONE;
}

static enum error check(struct request *request)
{
	if (!is_activity(request) && !MUTANT("inbox_content_type"))
		return fail(request, ERROR_UNSUPPORTED_MEDIA_TYPE, "no activity by its type");
	if (!app_is_prepared(request->app))
		return fail(request, ERROR_UNAVAILABLE, "not prepared yet");
	return ERROR_NONE;
}

enum error handle_shared_inbox(struct request *request)
{
	enum error error = check(request);
	return error ? error : accept_for(request, 0);
}

enum error handle_actor_inbox(struct request *request)
{
	struct actor actor;
	enum error error = check(request);
	if (!error)
		error = actor_lookup(request, request_value(request, 0), &actor);
	if (error)
		return error;
	if (actor.is_deleted)
		return fail(request, ERROR_GONE, "the actor is deleted");
	if (actor.is_suspended)
		return fail(request, ERROR_FORBIDDEN, "the actor is suspended");
	return accept_for(request, actor.id);
}

enum error handle_instance_inbox(struct request *request)
{
	struct actor actor;
	enum error error = check(request);
	if (!error)
		error = actor_find_instance(request->db, request->arena, &actor);
	return error ? error : accept_for(request, actor.id);
}
