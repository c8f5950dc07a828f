/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who asks. A GET has no body and no actor: the owner of the key that signed it is who asks. */
#include "federation/inbox_signer.h"

#include "federation/federation.h"
#include "federation/policy.h"
#include "federation/signature.h"

#include "base/clock.h"
#include "base/url.h"

struct str inbox_accept_signature(enum http_method method)
{
	return signature_accept_header(method);
}

bool inbox_names_refused_domain(struct federation *federation, struct arena *arena, const struct inbox_request *request)
{
	struct signature_policy policy = signature_policy_default;
	struct signature_claim claim;
	const char *reason;
	policy.scheme = request->scheme;
	return signature_read(arena, request->http, &policy, clock_now_us(), &claim, &reason) == SIGNATURE_CLAIMED &&
		policy_judge_url(federation->policy, claim.key_id).verdict == POLICY_REFUSED;
}

struct inbox_answer inbox_identify(struct federation *federation, struct db *db, struct arena *arena,
	const struct inbox_request *request, struct signer *ret_signer)
{
	struct inbox_attempt attempt = { .federation = federation, .db = db, .arena = arena, .request = request };
	struct inbox_signer signer;
	struct url url;
	if (!inbox_find_signer(&attempt, &signer))
		return attempt.answer;
	if (!url_parse(arena, signer.actor_uri, &url))
		return (struct inbox_answer){ .verdict = INBOX_UNAUTHORIZED, .reason = "signer" };
	*ret_signer = (struct signer){
		.actor_uri = signer.actor_uri,
		.actor_id = signer.actor_id,
		.origin = arena_printf(arena, "%.*s://%.*s", STR_ARG(url.scheme), STR_ARG(url.authority)),
	};
	return (struct inbox_answer){ .verdict = INBOX_ACCEPTED, .reason = "signed" };
}
