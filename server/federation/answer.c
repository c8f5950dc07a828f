/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The frame of every ActivityPub document that we serve. */
#include "server/federation/answer.h"

#include "federation/vocab_out.h"
#include "server/app.h"
#include "server/document_cache.h"
#include "server/domain_table.h"
#include "server/web/accept.h"
#include "server/web/actor_document.h"
#include "server/web/actor_lookup.h"
#include "storage/release.h"
#include "storage/tombstone.h"

#include "base/mutant.h"

#define DOCUMENT_LIFETIME_MS 5000

bool post_is_open(const struct post *post)
{
	return post->visibility == POST_PUBLIC || post->visibility == POST_UNLISTED;
}

bool answer_wants_page(const struct request *request)
{
	return !accept_prefers_activity(http_request_header(request->http, "Accept"), true);
}

/* The path and the page: two spellings of one query are two entries, which does no harm. */
static struct document describe(struct request *request)
{
	const struct domain *domain = domain_table_get(request->http->host);
	struct document document = {
		.content_type = ACTIVITY_CONTENT_TYPE, .vary = "Accept, Signature", .lifetime_ms = DOCUMENT_LIFETIME_MS,
	};

	if (domain && request->http->target.len < 200)
		document.key = arena_printf(request->arena, "document:%.*s %.*s", STR_ARG(domain->name), STR_ARG(request->http->target));
	return document;
}

bool answer_cached(struct request *request)
{
	const struct document document = describe(request);

	return !answer_wants_page(request) && signed_get_is_open(request) && documents_answer(request, &document);
}

void answer_document(struct request *request, bool is_open, struct buf *body)
{
	const struct document document = describe(request);

	if (is_open && signed_get_is_open(request)) {
		documents_store(request, &document, body);
		return;
	}
	buf_add_str(respond(request, 200, document.content_type), buf_str(body));
	respond_header(request, "Cache-Control", STR_LITERAL("private, no-store"));
	respond_header(request, "Vary", str_from(document.vary));
}

void answer_tombstone(struct request *request, struct str uri)
{
	const struct document document = describe(request);

	if (document.key.data)
		document_cache_forget(request->app->documents, document.key);
	vocab_write_tombstone(respond(request, 410, ACTIVITY_CONTENT_TYPE), uri);
	respond_header(request, "Vary", str_from(document.vary));
}

/* /@name/ID is the page of /users/name/statuses/ID. */
static enum error find_actor(struct request *request, struct ask *ask)
{
	struct str name = request_value(request, 0);
	bool is_page = str_starts_with(request->http->path, STR_LITERAL("/@"));

	enum error error = is_page ? actor_lookup_handle(request, name, &ask->actor) : actor_lookup(request, name, &ask->actor);
	if (error || !ask->actor.is_suspended || MUTANT("collection_suspended"))
		return error;
	if (!ask->actor.is_deleted)
		return ERROR_FORBIDDEN;
	ask->gone_uri = ask->actor.uri;
	return ERROR_NONE;
}

/* An id as we write it: no sign, no zero in front. */
static bool is_id(struct str text)
{
	int64_t id;

	return str_to_int64(text, &id) && id > 0 && text.data[0] != '0';
}

enum error ask_release(struct request *request, int64_t post_id, int64_t actor_id)
{
	bool is_there;
	enum error error = release_is_there(request->db, request->arena, post_id, actor_id, &is_there);
	return error || is_there || MUTANT("document_release") ? error : ERROR_NOT_FOUND;
}

static enum error find_post(struct request *request, struct ask *ask)
{
	bool was_here = false;

	if (!is_id(request_value(request, 1)))
		return ERROR_NOT_FOUND;
	struct str uri = arena_printf(request->arena, "%.*s/statuses/%.*s", STR_ARG(ask->actor.uri),
		STR_ARG(request_value(request, 1)));
	int64_t viewer_id = MUTANT("document_viewer") ? ask->actor.id : ask->viewer.actor_id;
	enum error error = post_find_by_uri(request->db, request->arena, viewer_id, uri, &ask->post);
	if (!error)
		return ask_release(request, ask->post.id, ask->post.actor_id);
	if (error != ERROR_NOT_FOUND)
		return error;
	error = tombstone_exists(request->db, request->arena, uri, &was_here);
	if (error || !was_here)
		return error ? error : ERROR_NOT_FOUND;
	ask->gone_uri = uri;
	return ERROR_NONE;
}

static void answer_gone(struct request *request, struct ask *ask)
{
	if (!ask->gone_uri.data)
		return;
	answer_tombstone(request, ask->gone_uri);
	ask->is_answered = true;
}

bool ask_who(struct request *request, struct ask *ask)
{
	if (ask->viewer.actor_uri.data)
		return false;
	ask->is_answered = !signed_get_check(request, SIGNED_GET_WANTED, &ask->viewer);
	return !ask->is_answered && ask->viewer.actor_uri.data;
}

enum error ask_actor(struct request *request, struct ask *ret_ask)
{
	ret_ask->is_answered = !signed_get_check(request, SIGNED_GET_PUBLIC, &ret_ask->viewer);
	if (ret_ask->is_answered)
		return ERROR_NONE;
	enum error error = find_actor(request, ret_ask);
	if (!error)
		answer_gone(request, ret_ask);
	return error;
}

enum error ask_post(struct request *request, struct ask *ret_ask)
{
	enum error error = ask_actor(request, ret_ask);
	if (error || ret_ask->is_answered)
		return error;
	error = find_post(request, ret_ask);
	if (error == ERROR_NOT_FOUND && ask_who(request, ret_ask))
		error = find_post(request, ret_ask);
	if (!error)
		answer_gone(request, ret_ask);
	return ret_ask->is_answered ? ERROR_NONE : error;
}

enum error ask_open_post(struct request *request, struct ask *ret_ask)
{
	enum error error = find_actor(request, ret_ask);

	return error || ret_ask->gone_uri.data ? error : find_post(request, ret_ask);
}

static bool read_id(struct request *request, const char *name, int64_t *ret_id)
{
	const struct form_field *field = form_find(&request->query, name);

	return !field || (str_to_int64(field->value, ret_id) && *ret_id > 0);
}

bool answer_page_wanted(struct request *request, struct page_wanted *ret_wanted)
{
	struct page_wanted wanted = { .is_page = str_eq(form_value(&request->query, "page"), STR_LITERAL("true")) };

	if (!read_id(request, "max_id", &wanted.before_id) || !read_id(request, "min_id", &wanted.after_id))
		return false;
	*ret_wanted = wanted;
	return true;
}

struct str answer_page_url(struct request *request, struct str uri, const char *name, int64_t id)
{
	if (!id)
		return arena_printf(request->arena, "%.*s?page=true", STR_ARG(uri));
	return arena_printf(request->arena, "%.*s?page=true&%s=%lld", STR_ARG(uri), name, (long long)id);
}
