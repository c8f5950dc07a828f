/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * draft-cavage-http-signatures-12: reads the one Signature header, rebuilds the signing string, and makes our own.
 * Stricter than the draft where peers have no need of it: values in quotes hold no escapes, nothing stands twice. */
#include "federation/header_line.h"
#include "federation/signature_parts.h"

#include "base/encoding.h"
#include "base/mutant.h"
#include "base/time_format.h"

#include <assert.h>

#define MAX_PARAMETERS 16
#define REQUEST_TARGET "(request-target)"

/* One name=value off *rest. The value stands in quotes or, for numbers, bare; commas inside quotes belong to it. */
static bool take_parameter(struct str *rest, struct str *ret_name, struct str *ret_value, bool *ret_is_quoted)
{
	struct str text = str_trim(*rest);
	size_t equals = str_index_of(text, '=', 0);
	*ret_name = str_slice(text, 0, equals);
	if (equals == text.len || !http_is_token(*ret_name))
		return false;
	text = str_slice(text, equals + 1, text.len);
	*ret_is_quoted = text.len > 0 && text.data[0] == '"';
	size_t end = *ret_is_quoted ? str_index_of(text, '"', 1) : str_index_of(text, ',', 0);
	if (*ret_is_quoted && end == text.len)
		return false;
	*ret_value = *ret_is_quoted ? str_slice(text, 1, end) : str_trim(str_slice(text, 0, end));
	text = str_trim(str_slice(text, *ret_is_quoted ? end + 1 : end, text.len));
	if (text.len == 0) {
		*rest = (struct str){ 0 };
		return true;
	}
	*rest = str_slice(text, 1, text.len);
	return text.data[0] == ',' && str_trim(*rest).len > 0;
}

static bool is_plain(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] < 0x20 || value.data[i] > 0x7e || value.data[i] == '\\')
			return false;
	}
	return true;
}

static struct str *field_of(struct cavage_parameters *parameters, struct str name, bool *ret_may_be_bare)
{
	const struct {
		const char *name;
		struct str *field;
		bool may_be_bare;
	} fields[] = {
		{ "keyId", &parameters->key_id, false },
		{ "algorithm", &parameters->algorithm, false },
		{ "headers", &parameters->headers, false },
		{ "signature", &parameters->signature, false },
		{ "created", &parameters->created, true },
		{ "expires", &parameters->expires, true },
	};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (str_eq_nocase(name, str_from(fields[i].name))) {
			*ret_may_be_bare = fields[i].may_be_bare;
			return fields[i].field;
		}
	}
	return NULL;
}

static bool parse_parameters(struct str text, struct cavage_parameters *parameters)
{
	struct str name, value;
	bool is_quoted;
	for (unsigned count = 0; text.data; count++) {
		bool may_be_bare = false;
		if (count == MAX_PARAMETERS || !take_parameter(&text, &name, &value, &is_quoted) || !is_plain(value))
			return false;
		struct str *field = field_of(parameters, name, &may_be_bare);
		if (!field)
			continue;
		if ((field->data && !MUTANT("signature_cavage_repeated")) || (!is_quoted && !may_be_bare))
			return false;
		*field = value.data ? value : STR_LITERAL("");
	}
	return parameters->key_id.len > 0 && parameters->signature.len > 0 && parameters->headers.len > 0;
}

/* The names are separated by single spaces; two of the same would let a reader take either. */
static bool judge_names(struct str headers)
{
	struct str names[SIGNATURE_MAX_COMPONENTS];
	size_t count = 0;
	struct str name;
	while (str_split_next(&headers, ' ', &name)) {
		if (count == SIGNATURE_MAX_COMPONENTS || name.len == 0)
			return false;
		for (size_t i = 0; i < count; i++) {
			if (str_eq(names[i], name) && !MUTANT("signature_cavage_listed_twice"))
				return false;
		}
		names[count++] = name;
	}
	return true;
}

static unsigned covered_by(struct str headers)
{
	static const struct {
		struct str name;
		unsigned component;
	} known[] = {
		{ STR(REQUEST_TARGET), SIGNATURE_COVERS_REQUEST_TARGET },
		{ STR("host"), SIGNATURE_COVERS_HOST },
		{ STR("date"), SIGNATURE_COVERS_DATE },
		{ STR("(created)"), SIGNATURE_COVERS_CREATED },
		{ STR("(expires)"), SIGNATURE_COVERS_EXPIRES },
		{ STR("digest"), SIGNATURE_COVERS_DIGEST },
		{ STR("content-digest"), SIGNATURE_COVERS_CONTENT_DIGEST },
	};
	unsigned covered = 0;
	struct str name;
	while (str_split_next(&headers, ' ', &name)) {
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			covered |= str_eq(name, known[i].name) ? known[i].component : 0;
	}
	return covered;
}

static bool add_line(struct arena *arena, const struct http_request *request,
	const struct cavage_parameters *parameters, struct str target, struct str name, struct buf *buf)
{
	struct str value = { 0 };
	if (str_eq(name, STR_LITERAL(REQUEST_TARGET))) {
		const struct str parts[] = { arena_lower(arena, request->method_text), STR(" "), target };
		value = arena_join(arena, parts, sizeof(parts) / sizeof(parts[0]));
	} else if (str_eq(name, STR_LITERAL("(created)"))) {
		value = parameters->created;
	} else if (str_eq(name, STR_LITERAL("(expires)"))) {
		value = parameters->expires;
	} else {
		value = header_line_joined(arena, request, name);
	}
	if (!value.data)
		return false;
	if (buf->len > 0)
		buf_add_char(buf, '\n');
	buf_add_str(buf, name);
	buf_add_c_string(buf, ": ");
	buf_add_str(buf, value);
	return true;
}

bool signature_cavage_base(struct arena *arena, const struct http_request *request,
	const struct cavage_parameters *parameters, struct str target, struct str *ret_base)
{
	AUTO(buf) struct buf buf = { 0 };
	struct str rest = parameters->headers;
	struct str name;
	while (str_split_next(&rest, ' ', &name)) {
		if (!add_line(arena, request, parameters, target, name, &buf))
			return false;
	}
	*ret_base = arena_str(arena, buf_str(&buf));
	return true;
}

/* (created) and (expires) belong to hs2019 alone: the draft makes them an error with the older names (2.3). */
static const char *read_algorithm(const struct cavage_parameters *parameters, struct signature_claim *claim)
{
	if (!parameters->algorithm.data || str_eq(parameters->algorithm, STR_LITERAL("hs2019"))) {
		claim->algorithm = SIGNATURE_BY_KEY;
		return NULL;
	}
	if (!str_eq(parameters->algorithm, STR_LITERAL("rsa-sha256")) && !MUTANT("signature_cavage_algorithm"))
		return "algorithm_unknown";
	claim->algorithm = SIGNATURE_RSA_SHA256;
	bool covers_times = claim->covered & (SIGNATURE_COVERS_CREATED | SIGNATURE_COVERS_EXPIRES);
	return covers_times && !MUTANT("signature_cavage_created_algorithm") ? "created_not_allowed" : NULL;
}

static bool read_seconds(struct str text, int64_t *ret_time_us)
{
	int64_t seconds;
	return str_to_int64(text, &seconds) && signature_time_from_seconds(seconds, ret_time_us);
}

/* An expiry that is not signed cannot extend anything, but one that has passed was not put there for us. */
static const char *read_expires(const struct signature_input *input, const struct cavage_parameters *parameters,
	struct signature_claim *claim)
{
	int64_t expires_us;
	claim->expires_us = -1;
	if (!parameters->expires.data)
		return NULL;
	if (!read_seconds(parameters->expires, &expires_us))
		return "expires_malformed";
	if (claim->covered & SIGNATURE_COVERS_EXPIRES)
		claim->expires_us = expires_us;
	else if (expires_us < input->now_us && !MUTANT("signature_cavage_unsigned_expires"))
		return "expired";
	return NULL;
}

/* With both Date and (created) signed, the older one counts for age, and neither may lie in the future. */
static const char *read_times(const struct signature_input *input, const struct cavage_parameters *parameters,
	struct signature_claim *claim)
{
	int64_t date_us = INT64_MAX;
	int64_t created_us = INT64_MAX;
	if ((claim->covered & SIGNATURE_COVERS_DATE) &&
		!time_parse_http_date(header_line_joined(input->arena, input->request, STR_LITERAL("date")), &date_us))
		return "date_malformed";
	if ((claim->covered & SIGNATURE_COVERS_CREATED) && !read_seconds(parameters->created, &created_us))
		return "created_malformed";
	claim->created_us = date_us < created_us ? date_us : created_us;
	int64_t latest_us = input->now_us + input->policy->window_us;
	bool is_future = (date_us != INT64_MAX && date_us > latest_us) || (created_us != INT64_MAX && created_us > latest_us);
	if (is_future && !MUTANT("signature_cavage_future"))
		return "created_in_future";
	return read_expires(input, parameters, claim);
}

static const char *judge_coverage(unsigned covered)
{
	if (!(covered & SIGNATURE_COVERS_REQUEST_TARGET) && !MUTANT("signature_coverage_target"))
		return "target_not_covered";
	if (!(covered & SIGNATURE_COVERS_HOST) && !MUTANT("signature_coverage_host"))
		return "host_not_covered";
	if (!(covered & (SIGNATURE_COVERS_DATE | SIGNATURE_COVERS_CREATED)))
		return "date_not_covered";
	return NULL;
}

static const char *build_bases(const struct signature_input *input, const struct cavage_parameters *parameters,
	struct signature_claim *claim)
{
	const struct http_request *request = input->request;
	if (!signature_cavage_base(input->arena, request, parameters, request->target, &claim->base))
		return "header_absent";
	size_t path_len = str_index_of(request->target, '?', 0);
	bool may_drop_query = input->policy->accepts_path_only && (request->method == HTTP_GET || MUTANT("signature_path_only"));
	if (may_drop_query && path_len < request->target.len &&
		!signature_cavage_base(input->arena, request, parameters, str_slice(request->target, 0, path_len),
			&claim->base_without_query))
		return "header_absent";
	return NULL;
}

const char *signature_read_cavage(const struct signature_input *input, struct signature_claim *ret_claim)
{
	struct signature_claim claim = { .scheme = SIGNATURE_CAVAGE };
	struct cavage_parameters parameters = { 0 };
	if (http_request_header_count(input->request, "Signature") != 1 && !MUTANT("signature_cavage_two_headers"))
		return "header_repeated";
	struct str text = http_request_header(input->request, "Signature");
	if (text.len > SIGNATURE_MAX_FIELD_BYTES && !MUTANT("signature_field_bytes"))
		return "header_too_long";
	if (!parse_parameters(text, &parameters))
		return "malformed";
	parameters.headers = arena_lower(input->arena, parameters.headers);
	if (!judge_names(parameters.headers))
		return "headers_malformed";
	claim.key_id = parameters.key_id;
	claim.covered = covered_by(parameters.headers);
	if (!base64_decode(input->arena, parameters.signature, &claim.signature))
		return "signature_malformed";
	const char *reason = judge_coverage(claim.covered);
	if (!reason)
		reason = read_algorithm(&parameters, &claim);
	if (!reason)
		reason = build_bases(input, &parameters, &claim);
	if (!reason)
		reason = read_times(input, &parameters, &claim);
	if (!reason)
		reason = signature_judge_claim(input, &claim);
	if (!reason)
		*ret_claim = claim;
	return reason;
}

static struct str write_header(struct arena *arena, const struct cavage_parameters *parameters)
{
	const struct {
		const char *name;
		struct str value;
	} fields[] = {
		{ "keyId=\"", parameters->key_id },
		{ "\",algorithm=\"", parameters->algorithm },
		{ "\",headers=\"", parameters->headers },
		{ "\",signature=\"", parameters->signature },
	};
	AUTO(buf) struct buf buf = { 0 };
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		buf_add_c_string(&buf, fields[i].name);
		buf_add_str(&buf, fields[i].value);
	}
	buf_add_char(&buf, '"');
	return arena_str(arena, buf_str(&buf));
}

enum error signature_sign_cavage(struct arena *arena, const struct signature_outbound *outbound,
	const struct signing_key *key, struct signature_headers *ret_headers)
{
	struct signature_headers headers = { 0 };
	struct http_header digest = { 0 };
	struct str base, signature;
	struct cavage_parameters parameters = { .key_id = outbound->key_id, .algorithm = STR("rsa-sha256"),
		.headers = STR(REQUEST_TARGET " host date") };
	assert(signing_key_kind(key) == PUBLIC_KEY_RSA);
	assert(is_plain(outbound->key_id) && !str_contains_char(outbound->key_id, '"'));
	if (outbound->body_digest) {
		digest = (struct http_header){ STR("Digest"), digest_header(arena, outbound->body_digest) };
		parameters.headers = STR_LITERAL(REQUEST_TARGET " host date digest");
	}
	const struct http_request *request = signature_outbound_request(arena, outbound, digest);
	bool is_built = signature_cavage_base(arena, request, &parameters, request->target, &base);
	assert(is_built);
	enum error error = signing_key_sign(key, arena, base, &signature);
	if (error)
		return error;
	parameters.signature = base64_encode(arena, signature);
	for (size_t i = 1; i < request->header_count; i++)
		headers.entries[headers.count++] = request->headers[i];
	headers.entries[headers.count++] = (struct http_header){ STR("Signature"), write_header(arena, &parameters) };
	*ret_headers = headers;
	return ERROR_NONE;
}
