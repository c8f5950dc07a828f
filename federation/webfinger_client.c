/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The reader of JRDs takes what it needs and no more: subject, and the first link to an actor. */
#include "federation/webfinger_client.h"

#include "federation/federation.h"
#include "federation/fetch_judge.h"
#include "federation/policy.h"

#include "base/clock.h"
#include "base/json_in.h"
#include "base/mutant.h"
#include "base/url.h"
#include "storage/domain.h"

#define MAX_ROUNDS 2 /* the host that was asked, and the domain that it names */

static bool is_handle(struct arena *arena, struct str text, struct webfinger_resource *ret_handle)
{
	return webfinger_parse(arena, text, ret_handle) == ERROR_NONE && ret_handle->kind == WEBFINGER_HANDLE
		&& !ret_handle->origin.data;
}

static bool find_actor_link(struct arena *arena, const json_t *links, const struct vocab_rules *rules, struct str *ret_uri)
{
	for (size_t i = 0; i < json_array_size(links) && i < WEBFINGER_LINKS_MAX; i++) {
		const json_t *link = json_array_get(links, i);
		struct str href = json_in_str(link, "href");
		if (!str_eq(json_in_str(link, "rel"), STR_LITERAL("self"))
			|| !fetch_type_is_accepted(FETCH_ACTIVITY_JSON, json_in_str(link, "type"))
			|| !vocab_id_is_acceptable(href, VOCAB_ID_DOCUMENT, rules))
			continue;
		*ret_uri = arena_str(arena, href);
		return true;
	}
	return false;
}

bool webfinger_read_answer(struct arena *arena, const json_t *document, const struct webfinger_resource *asked,
	const struct vocab_rules *rules, struct webfinger_answer *ret_answer)
{
	struct webfinger_answer answer = { .subject = *asked };
	struct str subject = json_in_str(document, "subject");
	if (!find_actor_link(arena, json_object_get(document, "links"), rules, &answer.actor_uri))
		return false;
	if (subject.len > 0 && !is_handle(arena, subject, &answer.subject))
		return false;
	*ret_answer = answer;
	return true;
}

enum fetch_verdict webfinger_ask(struct federation *federation, struct arena *arena, struct str scheme,
	const struct webfinger_resource *handle, struct webfinger_answer *ret_answer)
{
	const struct vocab_rules rules = { .received_us = clock_now_us(), .allows_http = federation->allows_http };
	struct str account = arena_printf(arena, "acct:%.*s@%.*s", STR_ARG(handle->username), STR_ARG(handle->domain));
	struct str url = arena_printf(arena, "%.*s://%.*s/.well-known/webfinger?resource=%.*s", STR_ARG(scheme),
		STR_ARG(handle->domain), STR_ARG(url_encode(arena, account)));
	AUTO(fetch_document) struct fetch_document *document = fetch_wait(federation->fetcher, url, FETCH_JRD);
	if (document->verdict != FETCH_OK)
		return document->verdict;
	return webfinger_read_answer(arena, document->json, handle, &rules, ret_answer) ? FETCH_OK : FETCH_REFUSED;
}

/* ---- confirming ---- */

static bool is_of_actor(const struct webfinger_resource *handle, const struct vocab_actor *actor)
{
	return str_eq_nocase(handle->username, actor->username) || MUTANT("webfinger_username");
}

/* Where to begin: what the actor says of itself, else its own host. */
static bool guess_handle(struct arena *arena, const struct vocab_actor *actor, struct webfinger_resource *ret_handle)
{
	struct url url;
	if (actor->webfinger.len > 0 && is_handle(arena, actor->webfinger, ret_handle) && is_of_actor(ret_handle, actor))
		return true;
	if (!url_parse(arena, actor->id, &url))
		return false;
	struct str account = arena_printf(arena, "acct:%.*s@%.*s", STR_ARG(actor->username), STR_ARG(url.authority));
	return is_handle(arena, account, ret_handle);
}

/* Nobody elsewhere is called as if they were of ours, or of a domain that is refused. */
static bool may_be_named(struct federation *federation, struct db *db, struct arena *arena, struct str domain)
{
	struct domain own;
	if (policy_judge(federation->policy, domain).verdict == POLICY_REFUSED)
		return false;
	return domain_find(db, arena, domain, &own) == ERROR_NOT_FOUND;
}

enum webfinger_confirmation webfinger_confirm(struct federation *federation, struct db *db, struct arena *arena,
	const struct vocab_actor *actor, const struct webfinger_resource *asked, const struct webfinger_answer *known,
	struct str *ret_domain)
{
	struct webfinger_resource handle;
	struct webfinger_answer answer;
	struct str scheme = str_slice(actor->id, 0, str_index_of(actor->id, ':', 0));
	if (asked)
		handle = *asked;
	else if (!guess_handle(arena, actor, &handle))
		return WEBFINGER_DENIED;
	for (int round = 0; round < MAX_ROUNDS; round++) {
		if (!may_be_named(federation, db, arena, handle.domain))
			return WEBFINGER_DENIED;
		enum fetch_verdict verdict = FETCH_OK;
		if (round == 0 && known)
			answer = *known;
		else
			verdict = webfinger_ask(federation, arena, scheme, &handle, &answer);
		if (verdict == FETCH_FAILED)
			return WEBFINGER_LATER;
		if (verdict != FETCH_OK || !is_of_actor(&answer.subject, actor))
			return WEBFINGER_DENIED;
		if (!str_eq(answer.actor_uri, actor->id) && !MUTANT("webfinger_round_trip"))
			return WEBFINGER_DENIED;
		if (str_eq(answer.subject.domain, handle.domain)) {
			*ret_domain = handle.domain;
			return WEBFINGER_CONFIRMED;
		}
		handle = answer.subject;
	}
	return WEBFINGER_DENIED;
}
