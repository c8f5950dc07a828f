/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Actors and activities; remote_fetch_object.c has the rest. */
#include "federation/remote_fetch_internal.h"

#include "federation/federation.h"
#include "federation/inbox_worker.h"
#include "federation/key_ring.h"
#include "federation/remote_actor.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "storage/activity_in.h"
#include "storage/id.h"

#include <string.h>

/* ---- outcomes ---- */

static bool is_of_host(const char *reason)
{
	return strcmp(reason, "host_failed") == 0 || strcmp(reason, "host_busy") == 0 || strcmp(reason, "domain_budget") == 0;
}

void remote_fetch_fail(struct remote_fetched *fetched, const struct fetch_document *document)
{
	*fetched = (struct remote_fetched){
		.verdict = document->verdict,
		.reason = document->reason,
		.retry_after_s = document->retry_after_s,
		.is_host_at_fault = document->verdict == FETCH_FAILED && is_of_host(document->reason),
	};
}

void remote_fetch_refuse(struct remote_fetched *fetched, const char *reason)
{
	*fetched = (struct remote_fetched){ .verdict = FETCH_REFUSED, .reason = reason, .retry_after_s = -1 };
}

bool remote_fetch_is_readable(struct remote_fetched *fetched, enum error error)
{
	if (error)
		remote_fetch_refuse(fetched, error == ERROR_BAD_REQUEST ? "document" : "incomplete");
	return !error;
}

enum error remote_fetch_end(struct db *db, enum error error)
{
	if (db_is_in_transaction(db))
		db_rollback(db);
	return error;
}

struct vocab_rules remote_fetch_rules(const struct federation *federation)
{
	return (struct vocab_rules){ .received_us = clock_now_us(), .allows_http = federation->allows_http };
}

enum error remote_fetch_wake(struct db *db, struct arena *arena, struct str asked_uri, struct str id)
{
	enum error error = inbox_wake_parked(db, arena, asked_uri, false);
	return error || str_eq(asked_uri, id) ? error : inbox_wake_parked(db, arena, id, false);
}

/* ---- actors ---- */

static enum error write_actor(const struct remote_fetch *fetch, struct arena *arena, const struct vocab_actor *actor,
	struct str asked_uri, bool is_answered, struct str domain, int64_t *ret_actor_id)
{
	struct db *db = fetch->db;
	enum error error = db_begin(db);
	if (error)
		return error;
	error = is_answered ? remote_actor_store_named(fetch->federation, db, arena, actor, domain, ret_actor_id)
			    : remote_actor_store(fetch->federation, db, arena, actor, ret_actor_id);
	if (!error)
		error = remote_fetch_wake(db, arena, asked_uri, actor->id);
	return remote_fetch_end(db, error ? error : db_commit(db));
}

enum error remote_fetch_take_actor(const struct remote_fetch *fetch, struct arena *arena, const json_t *document,
	struct str asked_uri, const struct remote_fetch_handle *handle, struct remote_fetched *fetched)
{
	struct vocab_actor actor;
	struct str domain = { 0 };
	const struct vocab_rules rules = remote_fetch_rules(fetch->federation);
	enum webfinger_confirmation confirmation = WEBFINGER_LATER;
	if (!remote_fetch_is_readable(fetched, vocab_read_actor(arena, document, &rules, &actor)))
		return ERROR_NONE;
	if (handle && handle->confirms)
		confirmation = webfinger_confirm(fetch->federation, fetch->db, arena, &actor, handle->asked, handle->known, &domain);
	*fetched = (struct remote_fetched){ .verdict = FETCH_OK, .reason = "ok", .retry_after_s = -1 };
	enum error error = write_actor(fetch, arena, &actor, asked_uri, confirmation != WEBFINGER_LATER, domain, &fetched->actor_id);
	if (error == ERROR_FORBIDDEN || error == ERROR_GONE) {
		remote_fetch_refuse(fetched, error == ERROR_GONE ? "tombstone" : "actor_refused");
		return ERROR_NONE;
	}
	if (!error)
		key_ring_forget(fetch->federation->keys, actor.id);
	return error;
}

enum error remote_fetch_actor(const struct remote_fetch *fetch, struct str uri, const struct remote_fetch_handle *handle,
	struct remote_fetched *ret_fetched)
{
	AUTO(arena) struct arena *arena = arena_new(REMOTE_FETCH_ARENA_BYTES);
	AUTO(fetch_document) struct fetch_document *document = fetch_wait(fetch->federation->fetcher, uri, FETCH_ACTIVITY_JSON);
	remote_fetch_fail(ret_fetched, document);
	if (document->verdict != FETCH_OK)
		return ERROR_NONE;
	if (vocab_kind_of(document->json) != VOCAB_KIND_ACTOR) {
		remote_fetch_refuse(ret_fetched, "no_actor");
		return ERROR_NONE;
	}
	return remote_fetch_take_actor(fetch, arena, document->json, uri, handle, ret_fetched);
}

/* ---- activities ---- */

enum error remote_fetch_take_activity(const struct remote_fetch *fetch, struct arena *arena,
	const struct vocab_activity *activity, struct str body)
{
	const struct activity_in row = {
		.id = id_new(),
		.uri = activity->id,
		.type = activity->type_name,
		.actor_uri = activity->actor_id,
		.object_uri = activity->object_count > 0 ? activity->objects[0].id : (struct str){ 0 },
		.body = body,
		.verified_by = ACTIVITY_BY_FETCH,
		.received_us = clock_now_us(),
	};
	enum error error = activity_in_insert(fetch->db, arena, &row);
	return error == ERROR_CONFLICT ? ERROR_NONE : error;
}

enum error remote_fetch_activity(const struct remote_fetch *fetch, struct str uri, struct remote_fetched *ret_fetched)
{
	AUTO(arena) struct arena *arena = arena_new(REMOTE_FETCH_ARENA_BYTES);
	AUTO(fetch_document) struct fetch_document *document = fetch_wait(fetch->federation->fetcher, uri, FETCH_ACTIVITY_JSON);
	struct vocab_activity activity;
	const struct vocab_rules rules = remote_fetch_rules(fetch->federation);
	remote_fetch_fail(ret_fetched, document);
	if (document->verdict != FETCH_OK)
		return ERROR_NONE;
	if (vocab_kind_of(document->json) != VOCAB_KIND_ACTIVITY) {
		remote_fetch_refuse(ret_fetched, "no_activity");
		return ERROR_NONE;
	}
	if (!remote_fetch_is_readable(ret_fetched, vocab_read_activity(arena, document->json, &rules, &activity)))
		return ERROR_NONE;
	if (!vocab_same_origin(activity.id, activity.actor_id) && !MUTANT("remote_fetch_activity_origin")) {
		remote_fetch_refuse(ret_fetched, "actor_origin");
		return ERROR_NONE;
	}
	return remote_fetch_take_activity(fetch, arena, &activity, document->body);
}
