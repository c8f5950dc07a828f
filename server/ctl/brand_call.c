/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir brand call: any operation of /api/brand/v1, asked of the running server in the name of a member, whose right it must
 * be. The log of the organisation says first that the operator did so; what follows has its entries as ever. */
#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"
#include "server/login/visitor.h"
#include "storage/id.h"
#include "storage/oauth.h"
#include "storage/user.h"

#include "base/clock.h"
#include "base/json_in.h"
#include "base/net_address.h"
#include "base/random.h"
#include "base/url.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#define BRAND_PATH "/api/brand/v1"
#define CLIENT_ID "comptoir-command-line"
#define SCOPES "brand:read brand:publish brand:inbox brand:listen brand:admin"
#define TOKEN_US (INT64_C(300) * 1000 * 1000)
#define ANSWER_MAX_BYTES ((size_t)16 * 1024 * 1024)
#define BODY_MAX_BYTES ((size_t)1024 * 1024)

struct brand_call {
	struct invocation *invocation;
	struct organisation organisation;
	struct membership membership;
	struct str token;
	struct str token_hash;
	int64_t application_id;
	struct str url;
	struct str body;
	struct buf answer;
	long status;
};

/* ---- a token for a moment ---- */

static enum error find_application(struct brand_call *call)
{
	struct db *db = ctl_db(call->invocation);
	struct arena *arena = call->invocation->arena;
	struct oauth_application application;
	enum error error = oauth_application_find(db, arena, STR_LITERAL(CLIENT_ID), &application);
	if (error == ERROR_NOT_FOUND) {
		application = (struct oauth_application){ .id = id_new(), .client_id = STR_LITERAL(CLIENT_ID),
			.name = STR_LITERAL("Command line"), .redirect_uris = STR_LITERAL("urn:ietf:wg:oauth:2.0:oob"),
			.scopes = STR_LITERAL(SCOPES) };
		error = oauth_application_create(db, arena, &application);
	}
	call->application_id = error ? 0 : application.id;
	return error;
}

static enum error write_log(struct brand_call *call)
{
	struct db *db = ctl_db(call->invocation);
	struct arena *arena = call->invocation->arena;
	const struct audit_entry entry = {
		.organisation_id = call->organisation.id,
		.author = ctl_author,
		.action = STR_LITERAL("command.call"),
		.target = arena_printf(arena, "membership:%lld", (long long)call->membership.id),
	};
	enum error error = db_begin(db);
	if (error)
		return error;
	error = audit_write(db, arena, &entry);
	if (error) {
		db_rollback(db);
		return error;
	}
	return db_commit(db);
}

static enum error make_token(struct brand_call *call)
{
	struct db *db = ctl_db(call->invocation);
	struct arena *arena = call->invocation->arena;
	enum error error = find_application(call);
	if (!error)
		error = write_log(call);
	if (error)
		return error;
	call->token = random_token(arena, 32);
	call->token_hash = login_hash(arena, call->token);
	struct user user;
	error = user_find_by_id(db, arena, call->membership.user_id, &user);
	if (error)
		return error;
	const struct oauth_token token = { .id = id_new(), .token_hash = call->token_hash, .application_id = call->application_id,
		.user_id = user.id, .actor_id = user.actor_id, .scopes = STR_LITERAL(SCOPES), .expires_us = clock_now_us() + TOKEN_US };
	return oauth_token_create(db, arena, &token);
}

/* ---- the request ---- */

static size_t take_answer(char *data, size_t size, size_t count, void *owner)
{
	struct brand_call *call = owner;
	if (call->answer.len + size * count > ANSWER_MAX_BYTES)
		return 0;
	buf_add(&call->answer, data, size * count);
	return size * count;
}

/* All addresses of this machine are one of them. */
static struct str address_host(struct arena *arena, const struct net_address *address)
{
	char text[NET_ADDRESS_MAX_TEXT];
	struct str any = address->family == NET_IPV4 ? STR_LITERAL("0.0.0.0") : STR_LITERAL("::");
	struct str host = net_address_text(address, text);
	if (str_eq(host, any))
		return address->family == NET_IPV4 ? STR_LITERAL("127.0.0.1") : STR_LITERAL("[::1]");
	return address->family == NET_IPV4 ? arena_str(arena, host) : arena_printf(arena, "[%.*s]", STR_ARG(host));
}

/* Where the server of this machine listens: the first of http.listen. */
static bool set_address(CURL *curl, struct brand_call *call)
{
	const struct config *config = ctl_config(call->invocation);
	struct arena *arena = call->invocation->arena;
	const struct str *addresses;
	struct net_address address;
	bool is_tls = config_text(config, "http.tls_certificate")[0] != '\0';
	if (!config_list(config, "http.listen", &addresses))
		return false;
	if (str_starts_with(addresses[0], STR_LITERAL("unix:"))) {
		struct str path = str_slice(addresses[0], 5, addresses[0].len);
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, arena_printf(arena, "%.*s", STR_ARG(path)).data);
		call->url = arena_printf(arena, "http://localhost%.*s", STR_ARG(call->url));
		return true;
	}
	if (!net_address_parse_with_port(addresses[0], &address) || !address.port)
		return false;
	call->url = arena_printf(arena, "%s://%.*s:%u%.*s", is_tls ? "https" : "http", STR_ARG(address_host(arena, &address)),
		address.port, STR_ARG(call->url));
	/* Of this very machine; its name stands for somebody else's address. */
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
	return true;
}

static struct curl_slist *add_header(struct curl_slist *headers, struct arena *arena, const char *name, struct str value)
{
	return curl_slist_append(headers, arena_printf(arena, "%s: %.*s", name, STR_ARG(value)).data);
}

static struct curl_slist *make_headers(struct brand_call *call)
{
	struct arena *arena = call->invocation->arena;
	const char *version = option_value(call->invocation, "--if-match");
	struct url base;
	struct curl_slist *headers = add_header(NULL, arena, "Authorization", arena_printf(arena, "Bearer %.*s", STR_ARG(call->token)));
	if (url_parse(arena, str_from(config_text(ctl_config(call->invocation), "instance.base_url")), &base))
		headers = add_header(headers, arena, "Host", base.authority);
	if (call->body.len)
		headers = add_header(headers, arena, "Content-Type", STR_LITERAL("application/json"));
	if (version)
		headers = add_header(headers, arena, "If-Match", arena_printf(arena, "\"%s\"", version));
	return headers;
}

static enum error send_request(struct brand_call *call)
{
	struct invocation *invocation = call->invocation;
	CURL *curl = curl_easy_init();
	if (!curl || !set_address(curl, call)) {
		curl_easy_cleanup(curl);
		return ctl_fail(ERROR_CONFIGURATION, "http.listen names no address that can be asked");
	}
	struct curl_slist *headers = make_headers(call);
	curl_easy_setopt(curl, CURLOPT_URL, call->url.data);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, invocation->arguments[2]);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
	if (call->body.len) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)call->body.len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body.data);
	}
	CURLcode code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &call->status);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	if (code != CURLE_OK)
		return ctl_fail(ERROR_UNAVAILABLE, "the server does not answer (%s): is it running?", curl_easy_strerror(code));
	return ERROR_NONE;
}

/* ---- around it ---- */

static enum error read_body(struct brand_call *call)
{
	const char *text = option_value(call->invocation, "--body");
	AUTO(buf) struct buf read = { 0 };
	if (!text)
		return ERROR_NONE;
	if (strcmp(text, "-") != 0) {
		call->body = str_from(text);
		return ERROR_NONE;
	}
	char piece[4096];
	size_t len;
	while ((len = fread(piece, 1, sizeof(piece), stdin)) > 0 && read.len < BODY_MAX_BYTES)
		buf_add(&read, piece, len);
	if (ferror(stdin) || read.len >= BODY_MAX_BYTES)
		return ctl_fail(ERROR_BAD_REQUEST, "the body cannot be read, or is longer than a MiB");
	call->body = arena_str(call->invocation->arena, buf_str(&read));
	return ERROR_NONE;
}

/* What the log of one organisation says was done must not have been done to another. */
static enum error check_whose(struct brand_call *call, struct str path, bool is_of_organisation)
{
	struct str slug = call->organisation.slug;
	struct str rest = str_slice(path, sizeof("/orgs/") - 1, path.len);
	char after = rest.len > slug.len ? rest.data[slug.len] : '\0';
	json_auto_t *body = NULL;
	if (str_contains_char(path, '#') || str_index_of_str(path, STR_LITERAL("..")) < path.len ||
	    str_index_of_str(path, STR_LITERAL("?org=")) < path.len || str_index_of_str(path, STR_LITERAL("&org=")) < path.len)
		return ctl_fail(ERROR_BAD_REQUEST, "a path has no '#', no '..' and no org");
	if (is_of_organisation && (!str_starts_with(rest, slug) || (after != '\0' && after != '/' && after != '?')))
		return ctl_fail(ERROR_BAD_REQUEST, "this is another organisation than %.*s", STR_ARG(slug));
	if (call->body.len && !json_in_parse(call->body, NULL, &body) && json_object_get(body, "org") &&
	    !str_eq(json_in_str(body, "org"), slug))
		return ctl_fail(ERROR_BAD_REQUEST, "the body names another organisation than %.*s", STR_ARG(slug));
	return ERROR_NONE;
}

static enum error check_request(struct brand_call *call)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
	struct arena *arena = call->invocation->arena;
	const char *method = call->invocation->arguments[2];
	struct str path = str_from(call->invocation->arguments[3]);
	size_t i = 0;
	while (i < sizeof(methods) / sizeof(methods[0]) && strcmp(method, methods[i]) != 0)
		i++;
	if (i == sizeof(methods) / sizeof(methods[0]))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no method: GET, POST, PUT, PATCH, DELETE", method);
	if (!str_starts_with(path, STR_LITERAL("/")))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no path: it begins with /", call->invocation->arguments[3]);
	for (size_t k = 0; k < path.len; k++)
		if ((unsigned char)path.data[k] <= ' ' || path.data[k] == 0x7f)
			return ctl_fail(ERROR_BAD_REQUEST, "a path has no spaces: write them as %%20");
	bool has_query = str_contains_char(path, '?'), is_of_organisation = str_starts_with(path, STR_LITERAL("/orgs/"));
	enum error error = check_whose(call, path, is_of_organisation);
	if (error)
		return error;
	/* Whose thing it is, unless the path says so. */
	call->url = is_of_organisation
		? arena_printf(arena, BRAND_PATH "%.*s", STR_ARG(path))
		: arena_printf(arena, BRAND_PATH "%.*s%corg=%.*s", STR_ARG(path), has_query ? '&' : '?',
			STR_ARG(call->organisation.slug));
	return ERROR_NONE;
}

static enum error report(struct brand_call *call)
{
	json_auto_t *problem = NULL;
	if (call->status >= 200 && call->status < 300) {
		if (call->answer.len)
			buf_add_char(&call->answer, '\n');
		return ctl_print(&call->answer);
	}
	if (json_in_parse(buf_str(&call->answer), NULL, &problem))
		return ctl_fail(ERROR_INTERNAL, "the server answered %ld", call->status);
	enum error error = call->status == 404 ? ERROR_NOT_FOUND : call->status == 409 ? ERROR_CONFLICT :
		call->status == 403 ? ERROR_FORBIDDEN : ERROR_BAD_REQUEST;
	return ctl_fail(error, "%ld %.*s: %.*s", call->status, STR_ARG(json_in_str(problem, "title")),
		STR_ARG(json_in_str(problem, "detail")));
}

static enum error run_call(struct invocation *invocation)
{
	struct brand_call call = { .invocation = invocation };
	enum error error = org_open(invocation, &call.organisation);
	if (!error)
		error = org_find_member(invocation, &call.organisation, invocation->arguments[1], &call.membership);
	if (!error)
		error = read_body(&call);
	if (!error)
		error = check_request(&call);
	if (error)
		return error;
	error = make_token(&call);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	error = send_request(&call);
	enum error ended = oauth_token_revoke(ctl_db(invocation), invocation->arena, call.application_id, call.token_hash);
	if (!error)
		error = report(&call);
	buf_clear(&call.answer);
	return error ? error : ended ? ctl_fail(ended, "the token could not be ended; it ends within five minutes") : ERROR_NONE;
}

static const struct command_option call_options[] = {
	{ "--body", "JSON", "What is sent; - reads it from standard input.", false },
	{ "--if-match", "VERSION", "Of what is changed, where it has one.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_brand_call = {
	.noun = "brand",
	.verb = "call",
	.arguments = "SLUG MEMBER METHOD PATH",
	.min_arguments = 4,
	.max_arguments = 4,
	.summary = "Does anything that the API of organisations can do",
	.details = "Asks the running server, in the name of a member, whose right it must be; the log of the organisation says so.\n"
		"Paths are those of /api/brand/v1/openapi.json, without what they have in common.\n"
		"\nExamples:\n  comptoir brand call fleurs marie GET /saved_replies\n"
		"  comptoir brand call fleurs marie POST /sla_policies --body '{\"name\": \"All\", \"first_reply\": 3600}'\n"
		"  comptoir brand call fleurs marie PUT /business_hours --if-match 0 --body - < hours.json\n",
	.options = call_options,
	.run = run_call,
};
