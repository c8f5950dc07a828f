/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where nothing depends on who asks, nothing is fetched to find it out: two servers that fetched one another's keys for
 * each public document would never end. */
#include "server/federation/signed_get.h"

#include "server/app.h"
#include "server/federation/inbox_answer.h"

#include "base/mutant.h"

bool signed_get_is_needed(const struct request *request)
{
	const struct config *config = request->app->config;
	bool is_for_all = str_eq(str_from(config_text(config, "federation.mode")), STR_LITERAL("open"));
	return config_boolean(config, "federation.authorized_fetch") || !is_for_all;
}

static bool has_signature(const struct request *request)
{
	return http_request_header_count(request->http, "Signature") > 0;
}

bool signed_get_is_open(const struct request *request)
{
	return !has_signature(request) && !signed_get_is_needed(request);
}

static bool refuse(struct request *request, const struct inbox_answer *answer)
{
	inbox_answer_respond(request, answer);
	if (!request->await_url.data) {
		respond_header(request, "Cache-Control", STR_LITERAL("private, no-store"));
		respond_header(request, "Vary", STR_LITERAL("Accept, Signature"));
	}
	return false;
}

bool signed_get_check(struct request *request, enum signed_get_need need, struct signer *ret_signer)
{
	static const struct inbox_answer unsigned_answer = { .verdict = INBOX_UNAUTHORIZED, .reason = "unsigned" };
	static const struct inbox_answer refused_answer = { .verdict = INBOX_FORBIDDEN, .reason = "domain_refused" };
	static const struct inbox_answer unprepared = { .verdict = INBOX_LATER, .reason = "not prepared yet", .retry_after_s = 1 };
	bool is_needed = need == SIGNED_GET_NEEDED || (signed_get_is_needed(request) && !MUTANT("authorized_fetch"));

	if (!has_signature(request)) {
		if (is_needed)
			return refuse(request, &unsigned_answer);
		*ret_signer = (struct signer){ 0 };
		return true;
	}
	if (!app_is_prepared(request->app))
		return refuse(request, &unprepared);
	struct inbox_request inbox_request = inbox_request_of(request, 0);
	struct federation *federation = request->app->federation;
	if (inbox_names_refused_domain(federation, request->arena, &inbox_request) && !MUTANT("signed_get_policy"))
		return refuse(request, &refused_answer);
	if (need == SIGNED_GET_PUBLIC && !is_needed) {
		*ret_signer = (struct signer){ 0 };
		return true;
	}
	struct signer signer;
	struct inbox_answer answer = inbox_identify(federation, request->db, request->arena, &inbox_request, &signer);
	if (answer.verdict != INBOX_ACCEPTED)
		return refuse(request, &answer);
	*ret_signer = signer;
	return true;
}
