/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The fetcher's own parts. All but key_created_us lives on the thread of its loop. */
#ifndef COMPTOIR_FEDERATION_FETCH_INTERNAL_H
#define COMPTOIR_FEDERATION_FETCH_INTERNAL_H

#include "federation/fetch.h"
#include "federation/fetch_pace.h"
#include "federation/http_client.h"
#include "federation/signing_key.h"

#include "base/map.h"

#include <stdatomic.h>

/* What a fetcher is made of. The loop does not run yet, or nobody asks before it does. */
struct fetch_parts {
	struct loop *loop;
	struct http_client *client;
	struct signing_key *key; /* of the instance actor */
	struct str key_id;
	/* Whether nothing may be asked of that host (url.authority). */
	bool (*is_refused)(void *argument, struct str authority);
	void *argument;
};

/* Takes over loop, client and key. */
struct fetcher *fetcher_new_with(const struct fetch_parts *parts) MUST_CHECK;

struct fetcher {
	struct fetch_parts parts;
	struct federation *federation; /* NULL in tests */
	struct fetch_pace *pace;
	struct map *fetches; /* by form and URL: those that can be joined */
	atomic_int_fast64_t key_created_us;
	bool is_stopping;
};

/* On the loop's thread. url need not be canonical. */
void fetch_run(struct fetcher *fetcher, struct str url, enum fetch_form form, struct fetch_waiter *waiter);

/* On the loop's thread: ends all that is under way, and refuses what comes. */
void fetch_end_all(struct fetcher *fetcher);

/* One that nobody has seen yet, with one reference; text is copied into it by the caller with its arena. */
struct fetch_result {
	struct fetch_document document; /* the first field */
	struct arena *arena;
	char *body;
};
struct fetch_result *fetch_result_new(enum fetch_verdict verdict, const char *reason) MUST_CHECK;

#endif
