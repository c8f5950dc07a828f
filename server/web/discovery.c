/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers about domains come from the table of domains, never from what the Host header says. */
#include "server/web/discovery.h"

#include "server/app.h"
#include "server/documents.h"
#include "server/domain_table.h"
#include "server/mastodon/instance.h"
#include "server/http/static_files.h"
#include "server/web/actor_lookup.h"

#include "federation/host_meta.h"
#include "federation/nodeinfo.h"
#include "federation/webfinger.h"

#include "base/clock.h"
#include "base/time_format.h"

#define NODEINFO_LIFETIME_MS 60000
#define SECURITY_TXT_VALID_DAYS 180 /* RFC 9116 2.5.5 recommends less than a year */
#define DAY_US 86400000000LL

static struct document webfinger_document(struct str key)
{
	return (struct document){
		.key = key, .content_type = "application/jrd+json; charset=utf-8", .lifetime_ms = ACTOR_LIFETIME_MS,
	};
}

bool cached_webfinger(struct request *request)
{
	struct webfinger_resource resource;

	if (form_find(&request->query, "rel"))
		return false;
	if (webfinger_parse(request->arena, form_value(&request->query, "resource"), &resource) != ERROR_NONE)
		return false;
	const struct domain *domain = domain_table_get(resource.domain);
	if (!domain || resource.kind != WEBFINGER_HANDLE)
		return false;
	if (resource.origin.data && !str_eq(resource.origin, domain->base_url))
		return false;
	const struct document document =
		webfinger_document(actor_webfinger_key(request->arena, resource.username, domain->name));
	return documents_answer(request, &document);
}

enum error handle_webfinger(struct request *request)
{
	AUTO(buf) struct buf body = { 0 };
	struct str text = form_value(&request->query, "resource");
	struct webfinger_resource resource;
	struct actor actor;
	struct str *rels;
	size_t rel_count = form_values(request->arena, &request->query, "rel", &rels);

	enum error error = webfinger_parse(request->arena, text, &resource);
	if (error)
		return fail(request, error, "webfinger resource of %zu bytes", text.len);
	error = webfinger_find(request->db, request->arena, &resource, &actor);
	if (error)
		return error;
	if (actor.is_deleted) {
		actor_documents_forget(request->app, request->arena, &actor);
		return ERROR_GONE;
	}
	struct str key = { NULL, 0 };
	if (rel_count == 0 && resource.kind == WEBFINGER_HANDLE)
		key = actor_webfinger_key(request->arena, actor.username, actor.domain);
	const struct document document = webfinger_document(key);
	webfinger_write(&body, request->arena, &actor, rels, rel_count);
	documents_store(request, &document, &body);
	return ERROR_NONE;
}

static void respond_host_meta(struct request *request, const struct domain *domain)
{
	host_meta_write(respond(request, 200, "application/xrd+xml; charset=utf-8"), domain->base_url);
	respond_header(request, "Cache-Control", STR_LITERAL("public, max-age=3600"));
}

static void respond_host_meta_json(struct request *request, const struct domain *domain)
{
	host_meta_write_json(respond(request, 200, JSON_CONTENT_TYPE), domain->base_url);
	respond_header(request, "Cache-Control", STR_LITERAL("public, max-age=3600"));
}

static void respond_nodeinfo_links(struct request *request, const struct domain *domain)
{
	nodeinfo_write_links(respond(request, 200, "application/json; charset=utf-8"), request->arena, domain->base_url);
	respond_header(request, "Cache-Control", STR_LITERAL("public, max-age=3600"));
}

static bool answer_from_memory(struct request *request, void (*write)(struct request *request, const struct domain *domain))
{
	const struct domain *domain = domain_table_get(request->http->host);

	if (domain)
		write(request, domain);
	return domain != NULL;
}

static enum error answer_from_database(struct request *request,
	void (*write)(struct request *request, const struct domain *domain))
{
	const struct domain *domain;

	enum error error = domain_table_find(request->db, request->arena, request->http->host, &domain);
	if (!error)
		write(request, domain);
	return error;
}

bool cached_host_meta(struct request *request)
{
	return answer_from_memory(request, respond_host_meta);
}

enum error handle_host_meta(struct request *request)
{
	return answer_from_database(request, respond_host_meta);
}

bool cached_host_meta_json(struct request *request)
{
	return answer_from_memory(request, respond_host_meta_json);
}

enum error handle_host_meta_json(struct request *request)
{
	return answer_from_database(request, respond_host_meta_json);
}

bool cached_nodeinfo_links(struct request *request)
{
	return answer_from_memory(request, respond_nodeinfo_links);
}

enum error handle_nodeinfo_links(struct request *request)
{
	return answer_from_database(request, respond_nodeinfo_links);
}

static bool nodeinfo_version(const struct request *request, enum nodeinfo_version *ret_version)
{
	struct str version = request_value(request, 0);

	if (str_eq(version, STR_LITERAL("2.0")))
		*ret_version = NODEINFO_2_0;
	else if (str_eq(version, STR_LITERAL("2.1")))
		*ret_version = NODEINFO_2_1;
	else
		return false;
	return true;
}

static struct document nodeinfo_document(enum nodeinfo_version version)
{
	return (struct document){
		.key = str_from(version == NODEINFO_2_1 ? "nodeinfo:2.1" : "nodeinfo:2.0"),
		.content_type = nodeinfo_content_type(version),
		.lifetime_ms = NODEINFO_LIFETIME_MS,
	};
}

bool cached_nodeinfo(struct request *request)
{
	enum nodeinfo_version version;

	if (!nodeinfo_version(request, &version))
		return false;
	const struct document document = nodeinfo_document(version);
	return documents_answer(request, &document);
}

enum error handle_nodeinfo(struct request *request)
{
	AUTO(buf) struct buf body = { 0 };
	enum nodeinfo_version version;
	struct instance_facts facts;

	if (!nodeinfo_version(request, &version))
		return ERROR_NOT_FOUND;
	enum error error = instance_load_facts(request, &facts);
	if (error)
		return error;
	const struct nodeinfo info = {
		.name = str_from(config_text(facts.config, "instance.title")),
		.description = str_from(config_text(facts.config, "instance.description")),
		.repository = str_from(config_text(facts.config, "instance.source_url")),
		.is_open = instance_is_open(facts.config),
		.counts = facts.counts,
	};
	const struct document document = nodeinfo_document(version);
	nodeinfo_write(&body, version, &info);
	documents_store(request, &document, &body);
	return ERROR_NONE;
}

enum error handle_robots(struct request *request)
{
	buf_add_c_string(respond(request, 200, "text/plain; charset=utf-8"),
		"User-agent: *\nDisallow: /api/\nDisallow: /oauth/\nDisallow: /authorize_interaction\n");
	respond_header(request, "Cache-Control", STR_LITERAL("public, max-age=86400"));
	return ERROR_NONE;
}

enum error handle_security_txt(struct request *request)
{
	const char *email = config_text(request->app->config, "instance.contact_email");
	int64_t expires_us = (clock_now_us() / DAY_US + SECURITY_TXT_VALID_DAYS) * DAY_US;
	struct buf *out = respond(request, 200, "text/plain; charset=utf-8");
	char expires[TIME_ISO8601_MS_LEN + 1];

	time_write_iso8601_ms(expires_us, expires);
	if (*email)
		buf_add_printf(out, "Contact: mailto:%s\n", email);
	else
		buf_add_printf(out, "Contact: %.*s/about\n", STR_ARG(request->app->base_url));
	buf_add_printf(out, "Expires: %s\nPreferred-Languages: en, fr\nCanonical: %.*s/.well-known/security.txt\n", expires,
		STR_ARG(request->app->base_url));
	return ERROR_NONE;
}

enum error handle_favicon(struct request *request)
{
	const struct static_file *file = static_files_get(request->app->static_files, STR_LITERAL("favicon.ico"));

	if (!file)
		return ERROR_NOT_FOUND;
	respond_static(request, 200, "image/x-icon", file->bytes);
	respond_header(request, "Cache-Control", STR_LITERAL("public, max-age=86400"));
	return ERROR_NONE;
}
