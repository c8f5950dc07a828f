/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * An id answers with the document unless HTML is wanted more; a page (actor_page.c) the other way round. Where everyone
 * has to sign (federation.authorized_fetch), who does not sees the key of an actor and little else: it is what a peer
 * needs to let us in, so that we may see who it is. */
#include "server/web/actor_document.h"

#include "server/documents.h"
#include "server/domain_table.h"
#include "server/federation/signed_get.h"
#include "server/web/accept.h"
#include "server/web/actor_lookup.h"

#include "federation/vocab_out.h"

#include "base/mutant.h"
#include "base/url.h"

static bool wants_page(const struct request *request)
{
	return !accept_prefers_activity(http_request_header(request->http, "Accept"), true);
}

static struct document describe(struct str key)
{
	return (struct document){
		.key = key, .content_type = ACTIVITY_CONTENT_TYPE, .vary = "Accept, Signature", .lifetime_ms = ACTOR_LIFETIME_MS,
	};
}

/* A suspension may end, so peers must not take it for a deletion: they read that it is suspended. */
static bool is_gone(struct request *request, const struct actor *actor)
{
	if (!actor->is_deleted || MUTANT("actor_deleted"))
		return false;
	actor_documents_forget(request->app, request->arena, actor);
	vocab_write_tombstone(respond(request, 410, ACTIVITY_CONTENT_TYPE), actor->uri);
	respond_header(request, "Vary", STR_LITERAL("Accept"));
	return true;
}

static void respond_cached(struct request *request, const struct actor *actor, struct str key)
{
	AUTO(buf) struct buf body = { 0 };
	const struct document document = describe(key);

	if (is_gone(request, actor))
		return;
	vocab_write_actor(&body, request->arena, actor);
	documents_store(request, &document, &body);
}

/* To readers who are not all shown the same. */
static void respond_alone(struct request *request, const struct actor *actor, bool is_whole)
{
	if (is_gone(request, actor))
		return;
	struct buf *out = respond(request, 200, ACTIVITY_CONTENT_TYPE);
	if (is_whole)
		vocab_write_actor(out, request->arena, actor);
	else
		vocab_write_actor_key(out, request->arena, actor);
	respond_header(request, "Cache-Control", STR_LITERAL("private, no-store"));
	respond_header(request, "Vary", STR_LITERAL("Accept, Signature"));
}

/* False when it is answered, or a key is awaited. */
static bool may_share(struct request *request, const struct actor *actor)
{
	struct signer signer;
	bool is_signed = http_request_header_count(request->http, "Signature") > 0;
	if (signed_get_is_needed(request) && !is_signed && !MUTANT("authorized_fetch_actor")) {
		respond_alone(request, actor, false);
		return false;
	}
	if (!signed_get_check(request, SIGNED_GET_PUBLIC, &signer))
		return false;
	if (!signed_get_is_needed(request))
		return true;
	respond_alone(request, actor, true);
	return false;
}

bool cached_actor_document(struct request *request)
{
	const struct document document = describe(actor_document_key(request, request_value(request, 0)));

	return !wants_page(request) && signed_get_is_open(request) && documents_answer(request, &document);
}

enum error handle_actor_document(struct request *request)
{
	struct actor actor;

	enum error error = actor_lookup(request, request_value(request, 0), &actor);
	if (error)
		return error;
	if (wants_page(request)) {
		respond_redirect(request, actor.url);
		respond_header(request, "Vary", STR_LITERAL("Accept"));
		return ERROR_NONE;
	}
	if (may_share(request, &actor))
		respond_cached(request, &actor, actor_document_key(request, actor.username));
	return ERROR_NONE;
}

/* The Application actor of a domain is called like the host of its base URL. */
static struct str instance_username(struct arena *arena, const struct domain *domain)
{
	struct url url;

	if (!domain || !url_parse(arena, domain->base_url, &url))
		return (struct str){ "", 0 };
	return url.host;
}

bool cached_instance_actor(struct request *request)
{
	struct str username = instance_username(request->arena, domain_table_get(request->http->host));
	const struct document document = describe(actor_document_key(request, username));

	return !wants_page(request) && documents_answer(request, &document);
}

enum error handle_instance_actor(struct request *request)
{
	const struct domain *domain;
	struct actor actor;

	if (wants_page(request)) {
		respond_redirect(request, STR_LITERAL("/about"));
		respond_header(request, "Vary", STR_LITERAL("Accept"));
		return ERROR_NONE;
	}
	enum error error = domain_table_find(request->db, request->arena, request->http->host, &domain);
	if (!error)
		error = actor_find_local(request->db, request->arena, instance_username(request->arena, domain), domain->name, &actor);
	if (error)
		return error;
	respond_cached(request, &actor, actor_document_key(request, actor.username));
	return ERROR_NONE;
}

void actor_document_respond(struct request *request, const struct actor *actor)
{
	if (is_gone(request, actor) || !may_share(request, actor))
		return;
	vocab_write_actor(respond(request, 200, ACTIVITY_CONTENT_TYPE), request->arena, actor);
	respond_header(request, "Vary", STR_LITERAL("Accept"));
}
