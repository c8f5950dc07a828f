/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers that say what went wrong: JSON for programs, a small page in English or French for people. Only
 * safe texts and the request's id leave the server; details go to the log. */
#include "server/http/request.h"

#include "server/brand/problem.h"
#include "server/web/accept.h"

static bool is_below(struct str path, struct str folder)
{
	return str_starts_with(path, folder) && (path.len == folder.len || path.data[folder.len] == '/');
}

static bool wants_page(const struct request *request)
{
	static const struct str kinds[] = { STR("application/json"), STR("text/html"), STR("application/activity+json"),
		STR("application/ld+json"), STR("application/jrd+json"), STR("application/xml") };
	const struct http_request *http = request->http;
	if (!http || is_below(http->path, STR_LITERAL("/api")) || is_below(http->path, STR_LITERAL("/oauth")))
		return false;
	struct str accept = http_request_header(http, "Accept");
	return accept.data && http_choose_type(accept, kinds, sizeof(kinds) / sizeof(kinds[0])) == 1;
}

struct error_page {
	int status;
	const char *english;
	const char *french;
};

static const struct error_page pages[] = {
	{ 401, "Please sign in first.", "Veuillez d’abord vous connecter." },
	{ 403, "You may not see this page.", "Vous n’avez pas accès à cette page." },
	{ 404, "There is no such page here.", "Cette page n’existe pas." },
	{ 405, "This page cannot be used that way.", "Cette page ne s’utilise pas ainsi." },
	{ 410, "This page is gone.", "Cette page a été supprimée." },
	{ 413, "What you sent is too large.", "Votre envoi est trop volumineux." },
	{ 429, "Too many requests. Please wait a little.", "Trop de requêtes. Veuillez patienter un peu." },
	{ 503, "The server is busy or being serviced. Please try again soon.",
		"Le serveur est occupé ou en maintenance. Veuillez réessayer bientôt." },
};

static void write_page(struct request *request, int status)
{
	struct str languages = http_request_header(request->http, "Accept-Language");
	bool is_french = accept_choose_language(languages, LANGUAGE_ENGLISH) == LANGUAGE_FRENCH;
	struct error_page page = { status, "This request could not be understood.", "Cette demande n’a pas été comprise." };
	if (status >= 500)
		page = (struct error_page){ status, "Something went wrong on our side.", "Une erreur est survenue de notre côté." };
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (pages[i].status == status)
			page = pages[i];
	struct buf *out = respond(request, status, "text/html; charset=utf-8");
	const char *text = is_french ? page.french : page.english;
	buf_add_c_string(out, is_french ? "<!DOCTYPE html>\n<html lang=\"fr\">" : "<!DOCTYPE html>\n<html lang=\"en\">");
	buf_add_c_string(out, "<head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
	buf_add_c_string(out, text);
	buf_add_c_string(out, "</title></head>\n<body><main><h1>");
	buf_add_c_string(out, text);
	buf_add_c_string(out, "</h1>");
	if (status >= 500) {
		buf_add_c_string(out, is_french ? "<p>Référence\u00a0: <code>" : "<p>Reference: <code>");
		buf_add_str(out, request->id); /* a token: nothing in it needs escaping */
		buf_add_c_string(out, "</code></p>");
	}
	buf_add_c_string(out, "</main></body></html>\n");
	respond_header(request, "Vary", STR_LITERAL("Accept, Accept-Language"));
}

static void write_json(struct request *request, int status, struct str message)
{
	struct json_out *out = respond_json(request, status);
	json_out_object_begin(out);
	json_out_key_str(out, "error", message);
	if (status >= 500)
		json_out_key_str(out, "request_id", request->id);
	json_out_object_end(out);
}

void respond_error_status(struct request *request, int status, struct str message)
{
	request->response.header_count = 0;
	if (problem_is_expected(request))
		problem_respond_status(request, status, message);
	else if (wants_page(request))
		write_page(request, status);
	else
		write_json(request, status, message);
	if (status == 503)
		respond_header(request, "Retry-After", STR_LITERAL("1"));
}

void respond_error(struct request *request, enum error error)
{
	int status = error_http_status(error);
	struct str message = request->error_message;
	if (str_is_empty(message) || status >= 500)
		message = str_from(error_text(error));
	if (problem_is_expected(request))
		problem_respond(request, error);
	else
		respond_error_status(request, status, message);
	if (status == 426) {
		respond_header(request, "Upgrade", STR_LITERAL("websocket"));
		respond_header(request, "Sec-WebSocket-Version", STR_LITERAL("13"));
	}
	if (status == 401)
		respond_header(request, "WWW-Authenticate", http_request_header(request->http, "Authorization").data
			? STR_LITERAL("Bearer realm=\"Comptoir\", error=\"invalid_token\"")
			: STR_LITERAL("Bearer realm=\"Comptoir\""));
}
