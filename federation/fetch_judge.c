/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The checks in the order in which they cost: status, content type, JSON, id. A document speaks for its id only when it
 * came from that very URL, or from its origin after being asked by its id (CHECKLIST A1): a server that redirects to
 * others, or lets people upload files, must not lend them its name. */
#include "federation/fetch_judge.h"

#include "federation/vocab_in.h"
#include "federation/vocab_in_values.h"

#include "base/json_in.h"
#include "base/mutant.h"

static struct str take_parameter(struct str *rest)
{
	bool is_quoted = false;
	size_t end = 0;
	while (end < rest->len && (is_quoted || rest->data[end] != ';')) {
		if (rest->data[end] == '"')
			is_quoted = !is_quoted;
		end++;
	}
	struct str parameter = str_trim(str_slice(*rest, 0, end));
	*rest = str_slice(*rest, end + 1, rest->len);
	return parameter;
}

static bool lists_activity_streams(struct str profile)
{
	if (profile.len >= 2 && profile.data[0] == '"' && profile.data[profile.len - 1] == '"')
		profile = str_slice(profile, 1, profile.len - 1);
	struct str word;
	while (str_split_next(&profile, ' ', &word)) {
		if (str_eq(word, STR_LITERAL("https://www.w3.org/ns/activitystreams")))
			return true;
	}
	return false;
}

static bool has_activity_profile(struct str parameters)
{
	while (parameters.len > 0) {
		struct str parameter = take_parameter(&parameters);
		size_t equals = str_index_of(parameter, '=', 0);
		if (str_eq_nocase(str_trim(str_slice(parameter, 0, equals)), STR_LITERAL("profile"))
			&& lists_activity_streams(str_trim(str_slice(parameter, equals + 1, parameter.len))))
			return true;
	}
	return false;
}

static bool is_type(struct str type, const char *wanted)
{
	return str_eq_nocase(type, str_from(wanted));
}

static struct str last_bytes(struct str text, size_t count)
{
	return text.len > count ? str_slice(text, text.len - count, text.len) : text;
}

bool fetch_type_is_accepted(enum fetch_form form, struct str content_type)
{
	size_t end = str_index_of(content_type, ';', 0);
	struct str type = str_trim(str_slice(content_type, 0, end));
	struct str parameters = str_slice(content_type, end + 1, content_type.len);
	switch (form) {
	case FETCH_ACTIVITY_JSON:
	case FETCH_COLLECTION:
		return is_type(type, "application/activity+json")
			|| (is_type(type, "application/ld+json") && has_activity_profile(parameters));
	case FETCH_JRD: return is_type(type, "application/jrd+json") || is_type(type, "application/json");
	case FETCH_ANY_JSON: return is_type(type, "application/json") || is_type(last_bytes(type, 5), "+json");
	}
	return false;
}

static enum fetch_verdict verdict_of_error(enum http_client_error error)
{
	switch (error) {
	case HTTP_CLIENT_OK: return FETCH_OK;
	case HTTP_CLIENT_BAD_URL:
	case HTTP_CLIENT_REFUSED:
	case HTTP_CLIENT_NOT_SIGNED:
	case HTTP_CLIENT_TOO_LARGE:
	case HTTP_CLIENT_REDIRECT: return FETCH_REFUSED;
	case HTTP_CLIENT_BUSY:
	case HTTP_CLIENT_DNS:
	case HTTP_CLIENT_CONNECT:
	case HTTP_CLIENT_TLS:
	case HTTP_CLIENT_TIMEOUT:
	case HTTP_CLIENT_PROTOCOL:
	case HTTP_CLIENT_CANCELLED:
	case HTTP_CLIENT_ERROR_COUNT: break;
	}
	return FETCH_FAILED;
}

static enum fetch_verdict verdict_of_status(int status)
{
	if (status == 200)
		return FETCH_OK;
	if (status == 404 || status == 410)
		return FETCH_GONE;
	return status == 408 || status == 429 || status >= 500 ? FETCH_FAILED : FETCH_REFUSED;
}

static void refuse(struct fetch_judgement *judgement, const char *reason)
{
	json_decref(judgement->json);
	judgement->json = NULL;
	judgement->verdict = FETCH_REFUSED;
	judgement->reason = reason;
}

/* A page of a collection often has another id than the URL that leads to it, or none; its items are judged one by one,
 * so that it only needs to come from where it was asked. */
static void judge_collection(struct arena *arena, struct str asked, const struct http_client_result *result,
	struct fetch_judgement *judgement)
{
	struct str id = vocab_raw_id(judgement->json);
	if (!vocab_same_origin(asked, result->url) && !MUTANT("fetch_collection_origin"))
		refuse(judgement, "collection_origin");
	else if (id.len > 0 && !vocab_same_origin(id, result->url) && !MUTANT("fetch_collection_origin"))
		refuse(judgement, "collection_origin");
	else
		judgement->id = arena_str(arena, result->url);
}

/* Keys are named by a fragment of the document that holds them. */
static bool has_good_fragment(const struct url *id, const json_t *json)
{
	return !id->fragment.data || vocab_kind_of(json) == VOCAB_KIND_KEY;
}

static struct str without_fragment(const struct url *url)
{
	return url->fragment.data ? str_slice(url->text, 0, url->text.len - url->fragment.len - 1) : url->text;
}

static void judge_id(struct arena *arena, struct str asked, bool was_own_id, const struct http_client_result *result,
	struct fetch_judgement *judgement)
{
	struct url id;
	struct str raw = vocab_raw_id(judgement->json);
	if (raw.len == 0) {
		refuse(judgement, "anonymous");
		return;
	}
	if (raw.len > VOCAB_ID_MAX_BYTES || !url_parse(arena, raw, &id) || !has_good_fragment(&id, judgement->json)) {
		refuse(judgement, "id");
		return;
	}
	struct str document = without_fragment(&id);
	if (!vocab_same_origin(document, result->url) && !MUTANT("fetch_id_origin")) {
		refuse(judgement, "id_origin");
	} else if (str_eq(document, asked) || str_eq(document, result->url) || MUTANT("fetch_id")) {
		judgement->id = document;
	} else if (was_own_id) {
		refuse(judgement, "id_mismatch");
	} else {
		refuse(judgement, "own_id");
		judgement->wants_own_id = true;
		judgement->id = document;
	}
}

void fetch_judge(struct arena *arena, enum fetch_form form, struct str asked, bool was_own_id,
	const struct http_client_result *result, struct fetch_judgement *ret_judgement)
{
	struct fetch_judgement *judgement = ret_judgement;
	*judgement = (struct fetch_judgement){ .verdict = verdict_of_error(result->error) };
	judgement->reason = http_client_error_name(result->error);
	if (judgement->verdict == FETCH_OK) {
		judgement->verdict = verdict_of_status(result->status);
		judgement->reason = "status";
	}
	if (judgement->verdict != FETCH_OK)
		return;
	judgement->reason = "ok";
	if (!fetch_type_is_accepted(form, result->content_type) && !MUTANT("fetch_content_type")) {
		refuse(judgement, "content_type");
	} else if (json_in_parse(buf_str(&result->body), NULL, &judgement->json) != ERROR_NONE) {
		judgement->json = NULL;
		refuse(judgement, "no_json");
	} else if (!json_is_object(judgement->json)) {
		refuse(judgement, "no_object");
	} else if (form == FETCH_ACTIVITY_JSON) {
		judge_id(arena, asked, was_own_id, result, judgement);
	} else if (form == FETCH_COLLECTION) {
		judge_collection(arena, asked, result, judgement);
	}
}
