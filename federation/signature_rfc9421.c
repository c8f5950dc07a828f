/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * RFC 9421: reads Signature-Input and Signature, rebuilds the signature base, and makes our own. Components with
 * parameters (;sf ;key ;bs ;req ;tr ;name) are not supported, and a label that lists one cannot be verified. */
#include "federation/header_line.h"
#include "federation/signature_parts.h"

#include "base/mutant.h"

#include <assert.h>

#define LABEL "sig1"
#define MAX_LABELS 4 /* each costs a signature base; clients and proxies add one each */
#define SECOND_US 1000000

/* Host in lower case without the port that the scheme has anyway (RFC 9421 2.2.3). */
static struct str authority_of(const struct http_request *request, struct str scheme)
{
	struct str port = str_eq(scheme, STR_LITERAL("https")) ? STR_LITERAL(":443") : STR_LITERAL(":80");
	if (str_ends_with(request->host, port))
		return str_slice(request->host, 0, request->host.len - port.len);
	return request->host;
}

static struct str target_uri_of(struct arena *arena, const struct http_request *request, struct str scheme)
{
	const struct str parts[] = { scheme, STR("://"), authority_of(request, scheme), request->target };
	return arena_join(arena, parts, sizeof(parts) / sizeof(parts[0]));
}

/* The value of a derived component; data NULL for those that a request has not, or that we do not know. */
static struct str derived_value(struct arena *arena, const struct http_request *request, struct str scheme,
	struct str name, unsigned *covered)
{
	size_t path_len = str_index_of(request->target, '?', 0);
	if (str_eq(name, STR_LITERAL("@method"))) {
		*covered |= SIGNATURE_COVERS_METHOD;
		return request->method_text;
	}
	if (str_eq(name, STR_LITERAL("@target-uri"))) {
		*covered |= SIGNATURE_COVERS_TARGET_URI;
		return target_uri_of(arena, request, scheme);
	}
	if (str_eq(name, STR_LITERAL("@authority"))) {
		*covered |= SIGNATURE_COVERS_AUTHORITY;
		return authority_of(request, scheme);
	}
	if (str_eq(name, STR_LITERAL("@path"))) {
		*covered |= SIGNATURE_COVERS_PATH;
		return str_slice(request->target, 0, path_len);
	}
	if (str_eq(name, STR_LITERAL("@query"))) {
		*covered |= SIGNATURE_COVERS_QUERY;
		struct str query = str_slice(request->target, path_len, request->target.len);
		return query.len > 0 ? query : STR_LITERAL("?");
	}
	return (struct str){ 0 };
}

static bool is_lower_token(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] >= 'A' && name.data[i] <= 'Z')
			return false;
	}
	return http_is_token(name);
}

static struct str component_value(struct arena *arena, const struct http_request *request, struct str scheme,
	struct str name, unsigned *covered)
{
	if (name.len > 0 && name.data[0] == '@')
		return derived_value(arena, request, scheme, name, covered);
	if (!is_lower_token(name))
		return (struct str){ 0 };
	if (str_eq(name, STR_LITERAL("content-digest")))
		*covered |= SIGNATURE_COVERS_CONTENT_DIGEST;
	else if (str_eq(name, STR_LITERAL("date")))
		*covered |= SIGNATURE_COVERS_DATE;
	else if (str_eq(name, STR_LITERAL("host")))
		*covered |= SIGNATURE_COVERS_HOST;
	return header_line_joined(arena, request, name);
}

static bool is_repeated(const struct structured_member *list, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (str_eq(list->items[i].value.text, list->items[index].value.text))
			return true;
	}
	return false;
}

bool signature_rfc9421_base(struct arena *arena, const struct http_request *request, struct str scheme,
	const struct structured_member *list, struct str *ret_base, unsigned *ret_covered)
{
	AUTO(buf) struct buf buf = { 0 };
	unsigned covered = 0;
	for (size_t i = 0; i < list->item_count; i++) {
		const struct structured_item *item = &list->items[i];
		if (item->value.kind != STRUCTURED_STRING)
			return false;
		if (item->parameters.count > 0 && !MUTANT("signature_rfc9421_component_parameter"))
			return false;
		if (is_repeated(list, i) && !MUTANT("signature_rfc9421_component_twice"))
			return false;
		struct str value = component_value(arena, request, scheme, item->value.text, &covered);
		if (!value.data)
			return false;
		structured_write_value(arena, &item->value, &buf);
		buf_add_c_string(&buf, ": ");
		buf_add_str(&buf, value);
		buf_add_char(&buf, '\n');
	}
	buf_add_c_string(&buf, "\"@signature-params\": ");
	structured_write_list(arena, list, &buf);
	*ret_base = arena_str(arena, buf_str(&buf));
	*ret_covered = covered;
	return true;
}

static bool read_seconds(const struct structured_value *value, int64_t *ret_time_us)
{
	return value->kind == STRUCTURED_INTEGER && signature_time_from_seconds(value->integer, ret_time_us);
}

static const char *read_algorithm(const struct structured_value *value, struct signature_claim *claim)
{
	if (!value) {
		claim->algorithm = SIGNATURE_BY_KEY;
		return NULL;
	}
	if (value->kind != STRUCTURED_STRING)
		return "algorithm_malformed";
	if (str_eq(value->text, STR_LITERAL("ed25519"))) {
		claim->algorithm = SIGNATURE_ED25519;
		return NULL;
	}
	if (!str_eq(value->text, STR_LITERAL("rsa-v1_5-sha256")) && !MUTANT("signature_rfc9421_algorithm"))
		return "algorithm_unknown";
	claim->algorithm = SIGNATURE_RSA_SHA256;
	return NULL;
}

static const char *read_parameters(const struct structured_parameters *parameters, struct signature_claim *claim)
{
	const struct structured_value *created = structured_find_parameter(parameters, "created");
	const struct structured_value *expires = structured_find_parameter(parameters, "expires");
	const struct structured_value *key_id = structured_find_parameter(parameters, "keyid");
	claim->expires_us = -1;
	if (!created || !read_seconds(created, &claim->created_us))
		return "created_malformed";
	if (expires && !read_seconds(expires, &claim->expires_us))
		return "expires_malformed";
	if (!key_id || key_id->kind != STRUCTURED_STRING)
		return "key_id_bad";
	claim->key_id = key_id->text;
	claim->covered |= SIGNATURE_COVERS_CREATED | (expires ? SIGNATURE_COVERS_EXPIRES : 0);
	return read_algorithm(structured_find_parameter(parameters, "alg"), claim);
}

/* @query is part of the trio also where the request has none, or a query could be taken away on the road. */
static const char *judge_coverage(unsigned covered)
{
	const unsigned trio = SIGNATURE_COVERS_AUTHORITY | SIGNATURE_COVERS_PATH | SIGNATURE_COVERS_QUERY;
	if (!(covered & SIGNATURE_COVERS_METHOD) && !MUTANT("signature_rfc9421_method"))
		return "method_not_covered";
	bool covers_target = (covered & SIGNATURE_COVERS_TARGET_URI) || (covered & trio) == trio;
	return covers_target || MUTANT("signature_rfc9421_target") ? NULL : "target_not_covered";
}

static const char *read_label(const struct signature_input *input, const struct structured_member *list,
	const struct structured_dictionary *signatures, struct signature_claim *ret_claim)
{
	struct signature_claim claim = { .scheme = SIGNATURE_RFC9421, .label = list->name };
	const struct structured_member *signature = structured_find_member(signatures, list->name);
	if (!list->is_list || !signature || signature->is_list || signature->items[0].value.kind != STRUCTURED_BYTES)
		return "label_malformed";
	claim.signature = signature->items[0].value.text;
	if (!signature_rfc9421_base(input->arena, input->request, input->policy->scheme, list, &claim.base, &claim.covered))
		return "component_unsupported";
	const char *reason = judge_coverage(claim.covered);
	if (!reason)
		reason = read_parameters(&list->parameters, &claim);
	if (!reason)
		reason = signature_judge_claim(input, &claim);
	if (!reason)
		*ret_claim = claim;
	return reason;
}

const char *signature_read_rfc9421(const struct signature_input *input, struct signature_claim *ret_claim)
{
	struct structured_dictionary inputs, signatures;
	const char *reason = "label_absent";
	struct str input_text = header_line_joined(input->arena, input->request, STR_LITERAL("signature-input"));
	struct str signature_text = header_line_joined(input->arena, input->request, STR_LITERAL("signature"));
	if (input_text.len > SIGNATURE_MAX_FIELD_BYTES || signature_text.len > SIGNATURE_MAX_FIELD_BYTES)
		return "header_too_long";
	if (!structured_parse_dictionary(input->arena, input_text, &inputs) ||
		!structured_parse_dictionary(input->arena, signature_text, &signatures))
		return "malformed";
	for (size_t i = 0; i < inputs.count && i < MAX_LABELS; i++) {
		reason = read_label(input, &inputs.members[i], &signatures, ret_claim);
		if (!reason)
			break;
	}
	return reason;
}

static struct structured_parameter text_parameter(struct str name, struct str text)
{
	return (struct structured_parameter){ name, { .kind = STRUCTURED_STRING, .text = text } };
}

enum error signature_sign_rfc9421(struct arena *arena, const struct signature_outbound *outbound,
	const struct signing_key *key, struct signature_headers *ret_headers)
{
	struct structured_item items[] = {
		{ .value = { .kind = STRUCTURED_STRING, .text = STR("@method") } },
		{ .value = { .kind = STRUCTURED_STRING, .text = STR("@target-uri") } },
		{ .value = { .kind = STRUCTURED_STRING, .text = STR("content-digest") } },
	};
	bool is_rsa = signing_key_kind(key) == PUBLIC_KEY_RSA;
	struct structured_parameter parameters[] = {
		{ STR("created"), { .kind = STRUCTURED_INTEGER, .integer = outbound->now_us / SECOND_US } },
		text_parameter(STR_LITERAL("keyid"), outbound->key_id),
		text_parameter(STR_LITERAL("alg"), is_rsa ? STR_LITERAL("rsa-v1_5-sha256") : STR_LITERAL("ed25519")),
	};
	struct structured_member list = { .is_list = true, .items = items, .item_count = outbound->body_digest ? 3 : 2,
		.parameters = { parameters, sizeof(parameters) / sizeof(parameters[0]) } };
	struct signature_headers headers = { 0 };
	struct http_header digest = { 0 };
	struct str base, signature;
	unsigned covered;

	if (outbound->body_digest)
		digest = (struct http_header){ STR("Content-Digest"), content_digest_header(arena, outbound->body_digest) };
	const struct http_request *request = signature_outbound_request(arena, outbound, digest);
	bool is_built = signature_rfc9421_base(arena, request, outbound->url->scheme, &list, &base, &covered);
	assert(is_built);
	enum error error = signing_key_sign(key, arena, base, &signature);
	if (error)
		return error;

	AUTO(buf) struct buf buf = { 0 };
	buf_add_c_string(&buf, LABEL "=");
	structured_write_list(arena, &list, &buf);
	struct str input_value = arena_str(arena, buf_str(&buf));
	const struct structured_value bytes = { .kind = STRUCTURED_BYTES, .text = signature };
	buf_clear(&buf);
	buf_add_c_string(&buf, LABEL "=");
	structured_write_value(arena, &bytes, &buf);
	for (size_t i = 1; i < request->header_count; i++)
		headers.entries[headers.count++] = request->headers[i];
	headers.entries[headers.count++] = (struct http_header){ STR("Signature-Input"), input_value };
	headers.entries[headers.count++] = (struct http_header){ STR("Signature"), arena_str(arena, buf_str(&buf)) };
	*ret_headers = headers;
	return ERROR_NONE;
}

struct str signature_accept_header(enum http_method method)
{
	if (method == HTTP_GET || method == HTTP_HEAD)
		return STR_LITERAL(LABEL "=(\"@method\" \"@target-uri\");created;keyid");
	return STR_LITERAL(LABEL "=(\"@method\" \"@target-uri\" \"content-digest\");created;keyid");
}

/* Whether we sign all that the list asks for. */
static bool can_sign(const struct structured_member *list, bool has_body)
{
	if (!list->is_list)
		return false;
	for (size_t i = 0; i < list->item_count; i++) {
		const struct structured_item *item = &list->items[i];
		bool is_signed = str_eq(item->value.text, STR_LITERAL("@method")) ||
			str_eq(item->value.text, STR_LITERAL("@target-uri")) ||
			(has_body && str_eq(item->value.text, STR_LITERAL("content-digest")));
		if (item->value.kind != STRUCTURED_STRING || item->parameters.count > 0 || !is_signed)
			return false;
	}
	return !structured_find_parameter(&list->parameters, "expires") &&
		!structured_find_parameter(&list->parameters, "nonce") && !structured_find_parameter(&list->parameters, "tag");
}

bool signature_is_acceptable(struct arena *arena, struct str accept_signature, bool has_body)
{
	struct structured_dictionary wanted;
	if (accept_signature.len > SIGNATURE_MAX_FIELD_BYTES ||
		!structured_parse_dictionary(arena, accept_signature, &wanted))
		return false;
	for (size_t i = 0; i < wanted.count; i++) {
		if (can_sign(&wanted.members[i], has_body))
			return true;
	}
	return false;
}
