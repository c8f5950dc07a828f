/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whatever spelling a peer uses, it ends as a username and a domain of ours, and the answer's subject is the
 * one canonical handle: Mastodon asks again with the subject, Akkoma asks by actor id. */
#include "federation/webfinger.h"

#include "storage/domain.h"

#include "base/json_out.h"
#include "base/mutant.h"
#include "base/url.h"

#define RESOURCE_MAX_BYTES 2048
#define USERNAME_MAX_BYTES 253 /* the instance actor is called like its host */

/* A host with an optional port, as domains are stored. */
static bool canonical_domain(struct arena *arena, struct str text, struct str *ret_domain)
{
	struct url url;

	if (str_is_empty(text))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '/' || text.data[i] == '?' || text.data[i] == '#' || text.data[i] == '@')
			return false;
	}
	if (!url_parse(arena, arena_printf(arena, "https://%.*s/", STR_ARG(text)), &url))
		return false;
	*ret_domain = url.authority;
	return true;
}

static bool is_username(struct str text)
{
	if (str_is_empty(text) || text.len > USERNAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' && c != '.' &&
			c != '-')
			return false;
	}
	return true;
}

static enum error parse_handle(struct arena *arena, struct str handle, struct webfinger_resource *ret_resource)
{
	struct str decoded;

	/* RFC 7565: reserved characters of the account are percent-encoded once more inside the URI. */
	if (!url_decode(arena, handle, false, &decoded))
		return ERROR_BAD_REQUEST;
	size_t at = str_index_of(decoded, '@', 0);
	struct str username = str_slice(decoded, 0, at);
	struct str domain;
	if (at == decoded.len || !canonical_domain(arena, str_slice(decoded, at + 1, decoded.len), &domain))
		return ERROR_BAD_REQUEST;
	if (!is_username(username))
		return ERROR_BAD_REQUEST;
	*ret_resource = (struct webfinger_resource){
		.kind = WEBFINGER_HANDLE, .username = arena_lower(arena, username), .domain = domain,
	};
	return ERROR_NONE;
}

static enum error parse_url(struct arena *arena, struct str text, struct webfinger_resource *ret_resource)
{
	const struct str users = STR("/users/");
	const struct str at = STR("/@");
	struct url url;

	if (!url_parse(arena, text, &url))
		return ERROR_BAD_REQUEST;
	if (url.query.data || url.fragment.data)
		return ERROR_NOT_FOUND;
	struct webfinger_resource resource = {
		.kind = WEBFINGER_INSTANCE, .domain = url.authority,
		.origin = arena_printf(arena, "%.*s://%.*s", STR_ARG(url.scheme), STR_ARG(url.authority)),
	};
	if (!str_eq(url.path, STR_LITERAL("/")) && !str_eq(url.path, STR_LITERAL("/actor"))) {
		size_t prefix = str_starts_with(url.path, users) ? users.len : str_starts_with(url.path, at) ? at.len : 0;
		struct str username = str_slice(url.path, prefix, url.path.len);
		if (!prefix || !is_username(username))
			return ERROR_NOT_FOUND;
		resource.kind = WEBFINGER_HANDLE;
		resource.username = arena_lower(arena, username);
	}
	*ret_resource = resource;
	return ERROR_NONE;
}

static bool has_scheme(struct str text, struct str scheme)
{
	return text.len > scheme.len && str_eq_nocase(str_slice(text, 0, scheme.len), scheme);
}

enum error webfinger_parse(struct arena *arena, struct str resource, struct webfinger_resource *ret_resource)
{
	const struct str acct = STR("acct:");

	if (str_is_empty(resource) || resource.len > RESOURCE_MAX_BYTES)
		return ERROR_BAD_REQUEST;
	if (has_scheme(resource, STR_LITERAL("https://")) || has_scheme(resource, STR_LITERAL("http://")))
		return parse_url(arena, resource, ret_resource);
	if (has_scheme(resource, acct))
		resource = str_slice(resource, acct.len, resource.len);
	if (resource.len && resource.data[0] == '@')
		resource = str_slice(resource, 1, resource.len);
	return parse_handle(arena, resource, ret_resource);
}

enum error webfinger_find(struct db *db, struct arena *arena, const struct webfinger_resource *resource,
	struct actor *ret_actor)
{
	struct domain domain;

	enum error error = domain_find(db, arena, resource->domain, &domain);
	if (error == ERROR_NOT_FOUND && MUTANT("webfinger_domain"))
		error = domain_find_primary(db, arena, &domain);
	if (error)
		return error;
	if (resource->origin.data && !str_eq(resource->origin, domain.base_url))
		return ERROR_NOT_FOUND;
	struct str username = resource->username;
	if (resource->kind == WEBFINGER_INSTANCE) {
		struct url url;
		if (!url_parse(arena, domain.base_url, &url))
			return ERROR_NOT_FOUND;
		username = url.host;
	}
	error = actor_find_local(db, arena, username, domain.name, ret_actor);
	return !error && ret_actor->is_pending ? ERROR_NOT_FOUND : error;
}

struct link {
	const char *rel;
	const char *type;    /* NULL for none */
	struct str href;     /* this ... */
	struct str template; /* ... or this */
};

static bool is_wanted(const char *rel, const struct str *rels, size_t rel_count)
{
	for (size_t i = 0; i < rel_count; i++) {
		if (str_eq(rels[i], str_from(rel)))
			return true;
	}
	return rel_count == 0;
}

static void write_link(struct json_out *json, const struct link *link)
{
	json_out_object_begin(json);
	json_out_key_c_string(json, "rel", link->rel);
	if (link->type)
		json_out_key_c_string(json, "type", link->type);
	if (link->href.data)
		json_out_key_str(json, "href", link->href);
	if (link->template.data)
		json_out_key_str(json, "template", link->template);
	json_out_object_end(json);
}

static struct str below(struct arena *arena, const struct actor *actor, const char *path)
{
	return arena_printf(arena, "%.*s%s", STR_ARG(actor->base_url), path);
}

static void write_links(struct json_out *json, struct arena *arena, const struct actor *actor, const struct str *rels,
	size_t rel_count)
{
	const struct str none = { NULL, 0 };
	const struct link links[] = {
		{ "http://webfinger.net/rel/profile-page", "text/html", actor->url, none },
		{ "self", "application/activity+json", actor->uri, none },
		{ "self", "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", actor->uri, none },
		{ "http://ostatus.org/schema/1.0/subscribe", NULL, none,
			below(arena, actor, "/authorize_interaction?uri={uri}") },
		{ "https://w3id.org/fep/3b86/Object", NULL, none,
			below(arena, actor, "/authorize_interaction?uri={object}") },
		{ "http://webfinger.net/rel/avatar", NULL, actor->avatar_url, none },
	};

	json_out_key_array_begin(json, "links");
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		bool is_empty = str_is_empty(links[i].href) && str_is_empty(links[i].template);
		if (!is_empty && is_wanted(links[i].rel, rels, rel_count))
			write_link(json, &links[i]);
	}
	json_out_array_end(json);
}

void webfinger_write(struct buf *out, struct arena *arena, const struct actor *actor, const struct str *rels, size_t rel_count)
{
	struct json_out json;

	json_out_init(&json, out);
	json_out_object_begin(&json);
	json_out_key_str(&json, "subject",
		arena_printf(arena, "acct:%.*s@%.*s", STR_ARG(actor->username), STR_ARG(actor->domain)));
	json_out_key_array_begin(&json, "aliases");
	json_out_str(&json, actor->url);
	if (!str_eq(actor->uri, actor->url))
		json_out_str(&json, actor->uri);
	json_out_array_end(&json);
	write_links(&json, arena, actor, rels, rel_count);
	json_out_object_end(&json);
}
