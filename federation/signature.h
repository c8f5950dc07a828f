/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Signatures of requests: draft-cavage-http-signatures-12, which the fediverse speaks, and RFC 9421. Pure
 * functions: no network, no database, no clock.
 *
 * An inbox works in two steps. signature_read needs no key and does all that can be done without one: syntax, what
 * must be covered, the window of time, the digest of the body. Only what passes is worth fetching a key for:
 *
 *   switch (signature_read(arena, http, &policy, now_us, &claim, &reason)) { ... }
 *   key = the key of claim.key_id, its owner checked
 *   if (signature_verify(&claim, key) != SIGNATURE_ACCEPTED)
 *           refuse, or fetch the key once more when the verdict is SIGNATURE_WRONG_KEY
 *
 * That the Host is one of ours, that the key belongs to the actor, and replays are the caller's business. */
#ifndef COMPTOIR_FEDERATION_SIGNATURE_H
#define COMPTOIR_FEDERATION_SIGNATURE_H

#include "federation/digest.h"
#include "federation/public_key.h"
#include "federation/signing_key.h"

#include "base/http_message.h"
#include "base/url.h"

enum signature_scheme {
	SIGNATURE_CAVAGE,
	SIGNATURE_RFC9421,
};

enum signature_algorithm {
	SIGNATURE_BY_KEY, /* none named, or hs2019: the kind of the key decides */
	SIGNATURE_RSA_SHA256,
	SIGNATURE_ED25519,
};

/* What a signature covers, as bits. */
enum signature_component {
	SIGNATURE_COVERS_REQUEST_TARGET = 1 << 0, /* cavage: method, path and query in one */
	SIGNATURE_COVERS_HOST = 1 << 1,
	SIGNATURE_COVERS_DATE = 1 << 2,
	SIGNATURE_COVERS_CREATED = 1 << 3,
	SIGNATURE_COVERS_EXPIRES = 1 << 4,
	SIGNATURE_COVERS_DIGEST = 1 << 5,
	SIGNATURE_COVERS_CONTENT_DIGEST = 1 << 6,
	SIGNATURE_COVERS_METHOD = 1 << 7,
	SIGNATURE_COVERS_TARGET_URI = 1 << 8,
	SIGNATURE_COVERS_AUTHORITY = 1 << 9,
	SIGNATURE_COVERS_PATH = 1 << 10,
	SIGNATURE_COVERS_QUERY = 1 << 11,
};

struct signature_policy {
	struct str scheme;      /* "https" or "http": of our public URL, whatever a proxy speaks to us */
	bool accepts_path_only; /* cavage on GET: peers such as Pleroma and Misskey sign the target without its query */
	int64_t window_us;      /* how far from now a signature may be made, in both directions */
	int64_t max_life_us;    /* how long a signed expiry may extend that */
};
extern const struct signature_policy signature_policy_default; /* https, yes, 1 hour, 12 hours */

/* Strings live in the request or in the arena. */
struct signature_claim {
	enum signature_scheme scheme;
	enum signature_algorithm algorithm;
	struct str key_id;  /* an http or https URL without userinfo, as received; nothing else is known about it */
	struct str label;   /* RFC 9421 */
	unsigned covered;   /* of enum signature_component */
	int64_t created_us; /* the signed creation time or Date */
	int64_t expires_us; /* -1 when there is none */
	struct str base;    /* the bytes that were signed */
	struct str base_without_query; /* data NULL unless accepts_path_only applies */
	struct str signature;
};

enum signature_reading {
	SIGNATURE_UNUSABLE, /* malformed, not covering enough, out of its time, or the body has another digest */
	SIGNATURE_ABSENT,
	SIGNATURE_CLAIMED,
};

/* request must be whole, with its body. RFC 9421 is read when there is a Signature-Input, and then draft-cavage is not
 * tried; of several labels the first one that would do counts. An Authorization header is never looked at. *ret_reason
 * (static, for the log and the metric) says what was wrong with an unusable one. Takes at most 512 KiB of the arena. */
enum signature_reading signature_read(struct arena *arena, const struct http_request *request,
	const struct signature_policy *policy, int64_t now_us, struct signature_claim *ret_claim, const char **ret_reason)
	MUST_CHECK;

enum signature_verdict {
	SIGNATURE_REFUSED,   /* whatever the key: it is of another kind than the algorithm named */
	SIGNATURE_WRONG_KEY, /* not made by this key: the owner may have a new one */
	SIGNATURE_ACCEPTED,
};

enum signature_verdict signature_verify(const struct signature_claim *claim, const struct public_key *key) MUST_CHECK;

/* A request that we are about to send; the client must send exactly this method, path, query, and url->authority as
 * its Host. */
struct signature_outbound {
	enum http_method method;
	const struct url *url;
	const unsigned char *body_digest; /* DIGEST_BYTES of digest_compute; NULL without a body */
	struct str key_id;                /* one of ours: printable, without quotes and backslashes */
	int64_t now_us;                   /* of this attempt: a signature is never kept */
};

#define SIGNATURE_MAX_HEADERS 4
struct signature_headers {
	struct http_header entries[SIGNATURE_MAX_HEADERS];
	size_t count;
};

/* Date, Digest (with a body) and Signature, by an RSA key: "(request-target) host date digest", rsa-sha256. ERROR_CRYPTO. */
enum error signature_sign_cavage(struct arena *arena, const struct signature_outbound *outbound,
	const struct signing_key *key, struct signature_headers *ret_headers) MUST_CHECK;

/* Date, Content-Digest (with a body), Signature-Input and Signature, by either kind of key: "@method", "@target-uri",
 * "content-digest", what Mastodon demands. ERROR_CRYPTO. */
enum error signature_sign_rfc9421(struct arena *arena, const struct signature_outbound *outbound,
	const struct signing_key *key, struct signature_headers *ret_headers) MUST_CHECK;

/* Accept-Signature of our 401 (RFC 9421 5.1). Static. */
struct str signature_accept_header(enum http_method method);

/* Whether a peer's Accept-Signature asks for a signature that signature_sign_rfc9421 makes. */
bool signature_is_acceptable(struct arena *arena, struct str accept_signature, bool has_body) MUST_CHECK;

#endif
