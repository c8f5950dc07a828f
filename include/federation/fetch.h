/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Documents of other servers: signed GETs as the instance actor, joined (one request for all who ask for the same URL
 * at a time), judged by the policy and the address guard, bounded in size and time, paced per host, and checked:
 * content type (CHECKLIST A7), id equal to the URL that was asked or fetched anew from its own id once (A1). */
#ifndef COMPTOIR_FEDERATION_FETCH_H
#define COMPTOIR_FEDERATION_FETCH_H

#include "base/arena.h"
#include "base/error.h"
#include "base/list.h"
#include "base/loop.h"

#include <jansson.h>

struct federation;
struct db;
struct fetcher;

enum fetch_verdict {
	FETCH_OK,
	FETCH_GONE,    /* 404 or 410: it is not there, or not for us */
	FETCH_REFUSED, /* for good: policy, guard, another type or origin, no JSON, too large, 401 or 403 */
	FETCH_FAILED,  /* just now: network, time, 5xx, 429 */
};

/* What came. Shared by all who waited; lives until the last of them unrefs it. */
struct fetch_document {
	enum fetch_verdict verdict;
	int status;            /* 0 without an answer */
	const char *reason;    /* static word for the log, such as "content_type" */
	struct str url;        /* of the last hop */
	struct str id;         /* FETCH_ACTIVITY_JSON: of the document, canonical; its origin is that of url */
	json_t *json;          /* FETCH_OK only; read, never changed */
	struct str body;       /* as sent */
	int64_t retry_after_s; /* -1 for none */
};
struct fetch_document *fetch_document_ref(struct fetch_document *document);
void fetch_document_unref(struct fetch_document **document); /* accepts NULL; any thread */
void fetch_document_auto(struct fetch_document **document);

enum fetch_form {
	FETCH_ACTIVITY_JSON, /* activity+json, or ld+json with the profile */
	FETCH_COLLECTION,    /* the same, for collections and their pages: any id of the origin that was asked, or none */
	FETCH_JRD,           /* WebFinger: jrd+json or json; has no id */
	FETCH_ANY_JSON,      /* NodeInfo */
};

/* Owns a loop with an http client. The database is asked once, for the instance actor's key. */
enum error fetcher_new(struct federation *federation, struct fetcher **ret_fetcher, char **ret_message) MUST_CHECK;
void fetcher_free(struct fetcher **fetcher); /* whoever waits gets FETCH_FAILED */

/* Whoever waits, and asks from now on, gets FETCH_FAILED with the reason "stopping", so that threads can end. */
void fetcher_interrupt(struct fetcher *fetcher);

/* The instance actor may have new keys: asks the database and signs with them from now on. For a thread that looks now
 * and then. */
enum error fetcher_read_key(struct fetcher *fetcher, struct db *db, struct arena *arena) MUST_CHECK;

/* Waits: for threads that may block on the network. A fragment of url is not sent. */
struct fetch_document *fetch_wait(struct fetcher *fetcher, struct str url, enum fetch_form form) MUST_CHECK;

/* Does not wait: done runs once, on the fetcher's loop, never inside this call, and owns a reference to the document. */
struct fetch_waiter {
	struct list_link link;
	void (*done)(struct fetch_waiter *waiter, struct fetch_document *document);
};
void fetch_start(struct fetcher *fetcher, struct str url, enum fetch_form form, struct fetch_waiter *waiter);

#endif
