/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Acceptance of what peers POST. The order of work is the wall: bounds and head, domain block, digest, key, signature,
 * owner, and only then a row, a commit, and 202 (CHECKLIST B11). What an accepted activity does is decided
 * after that. */
#ifndef COMPTOIR_FEDERATION_INBOX_H
#define COMPTOIR_FEDERATION_INBOX_H

#include "federation/fetch.h"
#include "federation/vocab_in.h"

#include "base/http_message.h"
#include "storage/activity_in.h"

struct federation;

struct inbox_request {
	const struct http_request *http; /* whole, with its body */
	struct str scheme;      /* of our public URL: "https" or "http" */
	int64_t inbox_actor_id; /* 0 for the shared inbox */
	struct fetch_document *awaited; /* what the last INBOX_AWAIT asked for; NULL at first */
	struct str awaited_url;         /* its await_url */
};

enum inbox_verdict {
	INBOX_ACCEPTED,     /* 202: committed, or known already, or nothing that concerns anyone */
	INBOX_MALFORMED,    /* 400 */
	INBOX_UNAUTHORIZED, /* 401, with Accept-Signature */
	INBOX_FORBIDDEN,    /* 403: its domain is refused, or it speaks for another origin */
	INBOX_LATER,        /* 503 with Retry-After: the key could not be had just now, or the database is away */
	INBOX_AWAIT,        /* nothing yet: fetch await_url and call again when it has ended */
	INBOX_VERIFIED,     /* nothing yet: the row is to be stored by inbox_intake_add (inbox_intake.h) */
};

struct inbox_answer {
	enum inbox_verdict verdict;
	const char *reason;   /* static word for the log and the metric */
	bool is_verified;     /* somebody's key signed the request, whatever came of it */
	int retry_after_s;    /* with INBOX_LATER */
	struct str await_url; /* arena; with INBOX_AWAIT */

	/* With INBOX_VERIFIED; arena and request. The document is the answer's, until inbox_conclude. */
	struct activity_in row;
	const struct vocab_activity *activity;
	json_t *document;
	const struct vocab_actor *actor; /* just read from its own server, to be stored with the row; NULL for most */
};

/* One attempt. A caller bounds how often it awaits (INBOX_MAX_AWAITS): a key document and its actor for the request,
 * and the actor of a proof. */
struct inbox_answer inbox_accept(struct federation *federation, struct db *db, struct arena *arena,
	const struct inbox_request *request) MUST_CHECK;
#define INBOX_MAX_AWAITS 3

/* Accept-Signature of a 401 (RFC 9421 5.1). Static. */
struct str inbox_accept_signature(enum http_method method);

/* Whether a signature bears the name of a refused domain's key. It is not verified: whoever takes such a name gets
 * nothing by it. */
bool inbox_names_refused_domain(struct federation *federation, struct arena *arena, const struct inbox_request *request)
	MUST_CHECK;

/* Who signed a GET: for authorised fetch and collections that are for one host only. Same protocol. */
struct signer {
	struct str actor_uri;
	int64_t actor_id;  /* 0 while it is not stored here */
	struct str origin; /* "https://host" of the actor */
};
struct inbox_answer inbox_identify(struct federation *federation, struct db *db, struct arena *arena,
	const struct inbox_request *request, struct signer *ret_signer) MUST_CHECK;

#endif
