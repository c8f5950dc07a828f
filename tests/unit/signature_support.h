/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Requests from text by the real reader, key pairs made once, and the published vectors, for the tests of signatures. */
#ifndef COMPTOIR_TESTS_UNIT_SIGNATURE_SUPPORT_H
#define COMPTOIR_TESTS_UNIT_SIGNATURE_SUPPORT_H

#include "federation/keys.h"
#include "federation/signature.h"

#include "base/http_reader.h"
#include "base/json_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ARENA_BYTES ((size_t)8 << 20)
#define NOW_S 1795359600 /* Sun, 22 Nov 2026 15:00:00 GMT */
#define NOW_US ((int64_t)NOW_S * 1000000)
#define DATE_LINE "Date: Sun, 22 Nov 2026 15:00:00 GMT\r\n"
#define BODY "{\"hello\": \"world\"}"
#define BODY_SHA256 "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
#define BODY_SHA512 "WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew=="
#define EMPTY_SHA256 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define KEY_ID "https://peer.test/users/a#main-key"

/* text has CRLF line ends, or LF alone, which is made CRLF in the head. The request lives in arena. */
static inline struct http_request *read_request(struct arena *arena, struct str text)
{
	struct http_reader *reader = http_reader_new(&http_limits_default);
	struct buf body;
	AUTO(buf) struct buf wire = { 0 };
	size_t head_len = str_index_of_str(text, STR_LITERAL("\n\n"));
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\n' && i < head_len + 2 && (i == 0 || text.data[i - 1] != '\r'))
			buf_add_char(&wire, '\r');
		buf_add_char(&wire, text.data[i]);
	}
	size_t used;
	http_reader_begin(reader, arena);
	enum http_reader_status status = http_reader_feed(reader, wire.data, wire.len, &used);
	if (status == HTTP_READER_HAS_HEAD) {
		size_t more;
		status = http_reader_accept_body(reader, (size_t)1 << 20);
		if (status == HTTP_READER_NEEDS_MORE)
			status = http_reader_feed(reader, wire.data + used, wire.len - used, &more);
	}
	if (status != HTTP_READER_COMPLETE) {
		const char *reason = "incomplete";
		if (status == HTTP_READER_REFUSED)
			http_reader_refusal(reader, &reason);
		fail_msg("the reader says %s of %.*s", reason, STR_ARG(text));
	}
	struct http_request *request = http_reader_request(reader);
	http_reader_take_body(reader, &body);
	request->body = arena_str(arena, buf_str(&body));
	buf_clear(&body);
	http_reader_free(&reader);
	return request;
}

/* "POST target" with Host, Content-Length and the given header lines. */
static inline struct http_request *make_request(struct arena *arena, const char *method_and_target, const char *lines,
	const char *body)
{
	AUTO(buf) struct buf text = { 0 };
	buf_add_printf(&text, "%s HTTP/1.1\r\nHost: our.test\r\n%s", method_and_target, lines);
	if (body)
		buf_add_printf(&text, "Content-Length: %zu\r\n", strlen(body));
	buf_add_c_string(&text, "\r\n");
	buf_add_c_string(&text, body ? body : "");
	return read_request(arena, buf_str(&text));
}

static inline const char *read_reason(struct arena *arena, const struct http_request *request, int64_t now_us,
	struct signature_claim *ret_claim)
{
	const char *reason = NULL;
	switch (signature_read(arena, request, &signature_policy_default, now_us, ret_claim, &reason)) {
	case SIGNATURE_UNUSABLE:
		assert_non_null(reason);
		return reason;
	case SIGNATURE_ABSENT:
		return "absent";
	case SIGNATURE_CLAIMED:
		return "claimed";
	}
	return "no such reading";
}

struct read_case {
	const char *lines;
	const char *reason;
};

/* Each case is the given request with its lines added; its reason, or "claimed" or "absent", must come out. */
static inline void check_reads(const char *method_and_target, const char *body, const char *more, const struct read_case *cases,
	size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
		AUTO(buf) struct buf lines = { 0 };
		struct signature_claim claim;
		buf_add_c_string(&lines, more);
		buf_add_c_string(&lines, cases[i].lines);
		buf_add_char(&lines, '\0');
		struct http_request *request = make_request(arena, method_and_target, lines.data, body);
		const char *reason = read_reason(arena, request, NOW_US, &claim);
		if (strcmp(reason, cases[i].reason) != 0)
			fail_msg("case %zu: %s, not %s: %s", i, reason, cases[i].reason, cases[i].lines);
	}
}
#define CHECK_READS(method_and_target, body, more, cases) \
	check_reads(method_and_target, body, more, cases, sizeof(cases) / sizeof(cases[0]))

/* The request that an outbound one becomes at its receiver. */
static inline struct http_request *deliver(struct arena *arena, const char *method_and_target, const struct signature_headers *headers,
	const char *body)
{
	AUTO(buf) struct buf lines = { 0 };
	for (size_t i = 0; i < headers->count; i++) {
		buf_add_str(&lines, headers->entries[i].name);
		buf_add_c_string(&lines, ": ");
		buf_add_str(&lines, headers->entries[i].value);
		buf_add_c_string(&lines, "\r\n");
	}
	buf_add_char(&lines, '\0');
	return make_request(arena, method_and_target, lines.data, body);
}

struct test_keys {
	struct arena *arena;
	struct signing_key *rsa_private, *ed25519_private;
	struct public_key *rsa_public, *ed25519_public;
};

static inline void test_keys_make(struct test_keys *keys)
{
	struct key_pairs pairs;
	keys->arena = arena_new(ARENA_BYTES);
	assert_int_equal(keys_generate(keys->arena, &pairs), ERROR_NONE);
	keys->rsa_private = signing_key_from_rsa_der(pairs.main_private_der);
	keys->rsa_public = public_key_from_pem(pairs.main_public_pem);
	keys->ed25519_private = signing_key_from_ed25519(pairs.ed25519_private_bytes);
	keys->ed25519_public = public_key_from_ed25519(pairs.ed25519_public_bytes);
	assert_true(keys->rsa_private && keys->rsa_public && keys->ed25519_private && keys->ed25519_public);
}

static inline void test_keys_clear(struct test_keys *keys)
{
	signing_key_free(&keys->rsa_private);
	signing_key_free(&keys->ed25519_private);
	public_key_unref(&keys->rsa_public);
	public_key_unref(&keys->ed25519_public);
	arena_free(&keys->arena);
}

/* tests/golden/signature_vectors.json; the caller drops it. */
static inline json_t *read_vectors(void)
{
	json_error_t error;
	json_t *vectors = json_load_file("../golden/signature_vectors.json", 0, &error);
	if (!vectors)
		fail_msg("signature_vectors.json: %s", error.text);
	return vectors;
}

#endif
