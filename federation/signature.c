/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Chooses the scheme, and judges what both have in common: times, the key's name, the body's digest. A verdict of
 * acceptance is given in one place only, after the one check of the key. */
#include "federation/signature.h"

#include "federation/signature_parts.h"

#include "base/mutant.h"
#include "base/time_format.h"

#include <assert.h>

#define SECOND_US ((int64_t)1000000)
#define HOUR_US (3600 * SECOND_US)
#define LAST_SECOND 253402300799 /* 9999-12-31T23:59:59Z */

const struct signature_policy signature_policy_default = {
	.scheme = STR("https"),
	.accepts_path_only = true,
	.window_us = HOUR_US,
	.max_life_us = 12 * HOUR_US,
};

bool signature_time_from_seconds(int64_t seconds, int64_t *ret_time_us)
{
	if (seconds < 0 || seconds > LAST_SECOND)
		return false;
	*ret_time_us = seconds * SECOND_US;
	return true;
}

bool signature_needs_digest(const struct http_request *request)
{
	bool is_read = request->method == HTTP_GET || request->method == HTTP_HEAD;
	return !is_read || request->body.len > 0;
}

static const char *judge_times(const struct signature_policy *policy, int64_t now_us, const struct signature_claim *claim)
{
	int64_t last_us = claim->created_us + policy->window_us;
	if (claim->created_us > now_us + policy->window_us && !MUTANT("signature_future"))
		return "created_in_future";
	if (claim->expires_us >= 0) {
		int64_t longest_us = claim->created_us + policy->max_life_us;
		if (claim->expires_us < claim->created_us && !MUTANT("signature_expires_order"))
			return "expires_before_created";
		if (claim->expires_us < now_us && !MUTANT("signature_expires"))
			return "expired";
		last_us = claim->expires_us;
		if (last_us > longest_us && !MUTANT("signature_max_life"))
			last_us = longest_us;
	}
	return now_us > last_us && !MUTANT("signature_date") ? "too_old" : NULL;
}

/* The forms that a fetch could be asked for; whose key it is must be found out by the caller. */
static bool is_key_id_good(struct arena *arena, struct str key_id)
{
	struct url url;
	return url_parse(arena, key_id, &url);
}

/* Both headers are held against the body even where only one had to be signed: two readers of one request must not see
 * two bodies. */
static const char *judge_digests(const struct signature_input *input, const struct signature_claim *claim)
{
	struct str body = input->request->body;
	enum digest_verdict digest = digest_check(input->arena, input->request, body);
	enum digest_verdict content_digest = content_digest_check(input->arena, input->request, body);
	if ((digest == DIGEST_WRONG || content_digest == DIGEST_WRONG) && !MUTANT("signature_digest"))
		return "digest_wrong";
	if (!signature_needs_digest(input->request))
		return NULL;
	unsigned wanted = claim->scheme == SIGNATURE_CAVAGE ? SIGNATURE_COVERS_DIGEST : SIGNATURE_COVERS_CONTENT_DIGEST;
	if (!(claim->covered & wanted) && !MUTANT("signature_digest_coverage"))
		return "digest_not_covered";
	enum digest_verdict covered = claim->scheme == SIGNATURE_CAVAGE ? digest : content_digest;
	return covered == DIGEST_RIGHT || MUTANT("signature_digest_known") ? NULL : "digest_unknown";
}

const char *signature_judge_claim(const struct signature_input *input, const struct signature_claim *claim)
{
	const char *reason = judge_times(input->policy, input->now_us, claim);
	if (reason)
		return reason;
	if (!is_key_id_good(input->arena, claim->key_id) && !MUTANT("signature_key_id"))
		return "key_id_bad";
	if (claim->signature.len == 0 || claim->signature.len > SIGNATURE_MAX_BYTES)
		return "signature_length";
	return judge_digests(input, claim);
}

enum signature_reading signature_read(struct arena *arena, const struct http_request *request,
	const struct signature_policy *policy, int64_t now_us, struct signature_claim *ret_claim, const char **ret_reason)
{
	struct signature_input input = { arena, request, policy, now_us };
	struct signature_claim claim = { 0 };
	const char *reason;
	if (http_request_header_count(request, "Signature-Input") > 0 && !MUTANT("signature_prefers_rfc9421"))
		reason = signature_read_rfc9421(&input, &claim);
	else if (http_request_header_count(request, "Signature") > 0)
		reason = signature_read_cavage(&input, &claim);
	else
		return SIGNATURE_ABSENT;
	if (reason) {
		*ret_reason = reason;
		return SIGNATURE_UNUSABLE;
	}
	*ret_claim = claim;
	return SIGNATURE_CLAIMED;
}

static bool fits_key(enum signature_algorithm algorithm, enum public_key_kind kind)
{
	switch (algorithm) {
	case SIGNATURE_BY_KEY:
		return true;
	case SIGNATURE_RSA_SHA256:
		return kind == PUBLIC_KEY_RSA;
	case SIGNATURE_ED25519:
		return kind == PUBLIC_KEY_ED25519;
	}
	return false;
}

enum signature_verdict signature_verify(const struct signature_claim *claim, const struct public_key *key)
{
	if (!fits_key(claim->algorithm, public_key_kind(key)) && !MUTANT("signature_key_kind"))
		return SIGNATURE_REFUSED;
	if (public_key_verify(key, claim->base, claim->signature))
		return SIGNATURE_ACCEPTED;
	if (claim->base_without_query.data && public_key_verify(key, claim->base_without_query, claim->signature))
		return SIGNATURE_ACCEPTED;
	return SIGNATURE_WRONG_KEY;
}

const struct http_request *signature_outbound_request(struct arena *arena, const struct signature_outbound *outbound,
	struct http_header extra)
{
	struct http_request *request = arena_alloc(arena, sizeof(*request));
	char *date = arena_alloc(arena, TIME_HTTP_DATE_LEN + 1);
	time_write_http_date(outbound->now_us, date);
	const struct str target[] = { outbound->url->path, STR("?"), outbound->url->query };
	request->method = outbound->method;
	request->method_text = str_from(http_method_name(outbound->method));
	request->target = arena_join(arena, target, outbound->url->query.data ? 3 : 1);
	request->query = outbound->url->query;
	request->host = outbound->url->authority;
	request->headers = arena_alloc_array(arena, 3, sizeof(*request->headers));
	request->headers[request->header_count++] = (struct http_header){ STR("Host"), outbound->url->authority };
	request->headers[request->header_count++] = (struct http_header){ STR("Date"), { date, TIME_HTTP_DATE_LEN } };
	if (extra.name.data)
		request->headers[request->header_count++] = extra;
	return request;
}
