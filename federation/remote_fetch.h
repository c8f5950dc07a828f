/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From an id to a row: the document is read from its server and stored, and activities that were parked for it wake, in
 * one transaction. These wait for the network: outside of transactions, on threads that may. */
#ifndef COMPTOIR_FEDERATION_REMOTE_FETCH_H
#define COMPTOIR_FEDERATION_REMOTE_FETCH_H

#include "federation/fetch.h"
#include "federation/vocab_in.h"
#include "federation/webfinger_client.h"

/* What one document takes while it is worked on, with those of its author. */
#define REMOTE_FETCH_ARENA_BYTES ((size_t)160 << 20)

/* Who asks, and from whose budget what is missing besides is paid. */
struct remote_fetch {
	struct federation *federation;
	struct db *db;
	struct str root_uri; /* data NULL: the document itself */
	int depth;
	bool is_item;        /* it stands in a collection */
	bool reads_anew;     /* also a post that is here, which changes when what comes is newer */
};

struct remote_fetched {
	enum fetch_verdict verdict;
	const char *reason;    /* static word for the log */
	int64_t retry_after_s; /* -1 for none */
	bool is_host_at_fault; /* FETCH_FAILED: its host is not to be asked just now, whatever the URL */
	int64_t actor_id;      /* FETCH_OK: one of them is set, or neither for what is only taken note of */
	int64_t post_id;
};

/* An actor, read anew whether it is here or not. asked and known as in webfinger_confirm, or NULL; WebFinger is not asked
 * at all without confirms. An error is one of the database. */
struct remote_fetch_handle {
	bool confirms;
	const struct webfinger_resource *asked;
	const struct webfinger_answer *known;
};
enum error remote_fetch_actor(const struct remote_fetch *fetch, struct str uri, const struct remote_fetch_handle *handle,
	struct remote_fetched *ret_fetched) MUST_CHECK;

/* Whatever it turns out to be: a post, an actor, the approval of a quote, or an activity around one of its own origin. A
 * post that is here is not asked for, unless reads_anew. */
enum error remote_fetch_object(const struct remote_fetch *fetch, struct str uri, struct remote_fetched *ret_fetched) MUST_CHECK;

/* A post whose document the caller believes: it came from its own origin. */
enum error remote_fetch_take_object(const struct remote_fetch *fetch, struct arena *arena, const struct vocab_object *object,
	struct str asked_uri, struct remote_fetched *ret_fetched) MUST_CHECK;

/* A forwarded activity goes from its origin into the inbox. */
enum error remote_fetch_activity(const struct remote_fetch *fetch, struct str uri, struct remote_fetched *ret_fetched) MUST_CHECK;

/* The same for one whose document the caller believes. */
enum error remote_fetch_take_activity(const struct remote_fetch *fetch, struct arena *arena,
	const struct vocab_activity *activity, struct str body) MUST_CHECK;

/* How documents are read now. */
struct vocab_rules remote_fetch_rules(const struct federation *federation) MUST_CHECK;

#endif
