/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Both headers come down to pairs of an algorithm's name and bytes, which one function judges. */
#include "federation/digest.h"

#include "federation/header_line.h"
#include "federation/structured_fields.h"

#include "base/encoding.h"
#include "base/mutant.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <assert.h>
#include <string.h>

#define MAX_HEADER_BYTES 2048
#define MAX_DIGESTS 4

struct tally {
	bool is_wrong;
	bool has_sha256;
};

static bool is_sum(const EVP_MD *algorithm, struct str body, struct str wanted)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	bool is_computed = EVP_Digest(body.data ? body.data : "", body.len, sum, &len, algorithm, NULL) == 1;
	assert(is_computed);
	return wanted.len == len && memcmp(wanted.data, sum, len) == 0;
}

static void judge(struct tally *tally, struct str name, struct str bytes, struct str body)
{
	if (str_eq_nocase(name, STR_LITERAL("sha-256"))) {
		tally->has_sha256 = true;
		if (!is_sum(EVP_sha256(), body, bytes) && !MUTANT("digest_sha256"))
			tally->is_wrong = true;
	} else if (str_eq_nocase(name, STR_LITERAL("sha-512"))) {
		if (!is_sum(EVP_sha512(), body, bytes) && !MUTANT("digest_sha512"))
			tally->is_wrong = true;
	}
}

static enum digest_verdict verdict_of(const struct tally *tally)
{
	if (tally->is_wrong)
		return DIGEST_WRONG;
	return tally->has_sha256 ? DIGEST_RIGHT : DIGEST_UNKNOWN;
}

static bool is_known(struct str name)
{
	return str_eq_nocase(name, STR_LITERAL("sha-256")) || str_eq_nocase(name, STR_LITERAL("sha-512"));
}

enum digest_verdict digest_check(struct arena *arena, const struct http_request *request, struct str body)
{
	struct str rest = header_line_joined(arena, request, STR_LITERAL("digest"));
	struct str part;
	struct tally tally = { 0 };
	if (!rest.data)
		return DIGEST_ABSENT;
	if (rest.len > MAX_HEADER_BYTES)
		return DIGEST_WRONG;
	for (unsigned count = 0; str_split_next(&rest, ',', &part); count++) {
		struct str pair = str_trim(part);
		size_t equals = str_index_of(pair, '=', 0);
		struct str name = str_slice(pair, 0, equals);
		struct str bytes = { 0 };
		if (!http_is_token(name) || equals == pair.len || count == MAX_DIGESTS)
			return DIGEST_WRONG;
		if (!is_known(name))
			continue;
		if (!base64_decode(arena, str_slice(pair, equals + 1, pair.len), &bytes))
			return DIGEST_WRONG;
		judge(&tally, name, bytes, body);
	}
	return verdict_of(&tally);
}

enum digest_verdict content_digest_check(struct arena *arena, const struct http_request *request, struct str body)
{
	struct str text = header_line_joined(arena, request, STR_LITERAL("content-digest"));
	struct structured_dictionary dictionary;
	struct tally tally = { 0 };
	if (!text.data)
		return DIGEST_ABSENT;
	if (text.len > MAX_HEADER_BYTES || !structured_parse_dictionary(arena, text, &dictionary))
		return DIGEST_WRONG;
	for (size_t i = 0; i < dictionary.count; i++) {
		const struct structured_member *member = &dictionary.members[i];
		if (member->is_list || member->items[0].value.kind != STRUCTURED_BYTES)
			return DIGEST_WRONG;
		judge(&tally, member->name, member->items[0].value.text, body);
	}
	return verdict_of(&tally);
}

void digest_compute(struct str body, unsigned char ret_digest[DIGEST_BYTES])
{
	SHA256((const unsigned char *)(body.data ? body.data : ""), body.len, ret_digest);
}

struct str digest_header(struct arena *arena, const unsigned char digest[DIGEST_BYTES])
{
	const struct str parts[] = { STR("SHA-256="),
		base64_encode(arena, (struct str){ (const char *)digest, DIGEST_BYTES }) };
	return arena_join(arena, parts, sizeof(parts) / sizeof(parts[0]));
}

struct str content_digest_header(struct arena *arena, const unsigned char digest[DIGEST_BYTES])
{
	const struct str parts[] = { STR("sha-256=:"),
		base64_encode(arena, (struct str){ (const char *)digest, DIGEST_BYTES }), STR(":") };
	return arena_join(arena, parts, sizeof(parts) / sizeof(parts[0]));
}
