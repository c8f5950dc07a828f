/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Names, domains and keys of the documents about local actors. */
#include "server/web/actor_lookup.h"

#include "server/app.h"
#include "server/document_cache.h"
#include "server/domain_table.h"

#include "base/mutant.h"

/* Who is not let in yet is not there. */
static enum error find_known(struct request *request, struct str username, struct str domain, struct actor *ret_actor)
{
	enum error error = actor_find_local(request->db, request->arena, username, domain, ret_actor);
	return !error && ret_actor->is_pending && !MUTANT("lookup_pending") ? ERROR_NOT_FOUND : error;
}

enum error actor_lookup(struct request *request, struct str username, struct actor *ret_actor)
{
	const struct domain *domain;

	enum error error = domain_table_find(request->db, request->arena, request->http->host, &domain);
	if (error)
		return error;
	return find_known(request, username, domain->name, ret_actor);
}

enum error actor_lookup_handle(struct request *request, struct str handle, struct actor *ret_actor)
{
	if (handle.len < 2 || handle.data[0] != '@')
		return ERROR_NOT_FOUND;
	size_t at = str_index_of(handle, '@', 1);
	struct str username = str_slice(handle, 1, at);
	if (at == handle.len)
		return actor_lookup(request, username, ret_actor);
	struct domain domain;
	enum error error = domain_find(request->db, request->arena, str_slice(handle, at + 1, handle.len), &domain);
	if (error)
		return error;
	return find_known(request, username, domain.name, ret_actor);
}

static struct str document_key(struct arena *arena, struct str username, struct str domain)
{
	return arena_printf(arena, "actor:%.*s@%.*s", STR_ARG(arena_lower(arena, username)), STR_ARG(domain));
}

struct str actor_document_key(struct request *request, struct str username)
{
	const struct domain *domain = domain_table_get(request->http->host);

	if (!domain)
		return (struct str){ NULL, 0 };
	return document_key(request->arena, username, domain->name);
}

struct str actor_webfinger_key(struct arena *arena, struct str username, struct str domain)
{
	return arena_printf(arena, "webfinger:%.*s@%.*s", STR_ARG(arena_lower(arena, username)), STR_ARG(domain));
}

void actor_documents_forget(struct app *app, struct arena *arena, const struct actor *actor)
{
	document_cache_forget(app->documents, document_key(arena, actor->username, actor->domain));
	document_cache_forget(app->documents, actor_webfinger_key(arena, actor->username, actor->domain));
}
