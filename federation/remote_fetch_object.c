/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A document that should be a post. It may be its author, whom we get first; an activity around it, which is opened when
 * both are of one origin; or something else that an id in a post can name. */
#include "federation/remote_fetch_internal.h"

#include "federation/federation.h"
#include "federation/remote_post.h"
#include "federation/remote_quote.h"

#include "base/mutant.h"
#include "storage/fetch_queue.h"
#include "storage/post.h"

static struct str root_of(const struct remote_fetch *fetch, struct str uri)
{
	return fetch->root_uri.data ? fetch->root_uri : uri;
}

/* ---- posts ---- */

/* One try, in a transaction of its own. */
static enum error store_post(const struct remote_fetch *fetch, struct arena *arena, const struct vocab_object *object,
	struct str asked_uri, struct remote_post *ret_post)
{
	struct db *db = fetch->db;
	const struct remote_post_origin origin = {
		.received_us = remote_fetch_rules(fetch->federation).received_us,
		.root_uri = fetch->root_uri,
		.depth = fetch->depth,
		.is_item = fetch->is_item,
		.is_update = fetch->reads_anew,
	};
	enum error error = db_begin(db);
	if (!error)
		error = remote_post_store(fetch->federation, db, arena, object, &origin, ret_post);
	if (!error && (ret_post->outcome == REMOTE_POST_STORED || ret_post->outcome == REMOTE_POST_KNOWN)) {
		error = remote_fetch_wake(db, arena, asked_uri, object->id);
		if (!error)
			error = db_commit(db);
	}
	return remote_fetch_end(db, error);
}

/* Its handle is confirmed only when somebody asked for this very post: a thread of strangers costs one document each. */
static enum error get_author(const struct remote_fetch *fetch, struct arena *arena, struct str author_uri, struct str post_uri,
	struct remote_fetched *fetched)
{
	bool is_granted = true;
	const struct remote_fetch_handle handle = { .confirms = !fetch->root_uri.data };
	enum error error = fetch_root_spend(fetch->db, arena, root_of(fetch, post_uri),
		fetch->is_item ? FETCH_SPENDS_ITEM : FETCH_SPENDS_DOCUMENT, &is_granted);
	if (error)
		return error;
	if (!is_granted) {
		remote_fetch_refuse(fetched, "root_budget");
		return ERROR_NONE;
	}
	error = remote_fetch_actor(fetch, author_uri, &handle, fetched);
	if (!error && fetched->verdict == FETCH_GONE)
		remote_fetch_refuse(fetched, "no_author");
	return error;
}

enum error remote_fetch_take_object(const struct remote_fetch *fetch, struct arena *arena, const struct vocab_object *object,
	struct str asked_uri, struct remote_fetched *ret_fetched)
{
	struct remote_post post = { 0 };
	if (object->type == VOCAB_TOMBSTONE) {
		*ret_fetched = (struct remote_fetched){ .verdict = FETCH_GONE, .reason = "tombstone", .retry_after_s = -1 };
		return ERROR_NONE;
	}
	if (!object->author_id.data || vocab_object_is_vote(object)) {
		remote_fetch_refuse(ret_fetched, object->author_id.data ? "vote" : "author_origin");
		return ERROR_NONE;
	}
	enum error error = store_post(fetch, arena, object, asked_uri, &post);
	if (!error && post.outcome == REMOTE_POST_WAITS) {
		error = get_author(fetch, arena, post.wanted_uri, object->id, ret_fetched);
		if (error || ret_fetched->verdict != FETCH_OK)
			return error;
		error = store_post(fetch, arena, object, asked_uri, &post);
	}
	if (error)
		return error;
	if (post.outcome == REMOTE_POST_STORED || post.outcome == REMOTE_POST_KNOWN)
		*ret_fetched = (struct remote_fetched){ .verdict = FETCH_OK, .reason = "ok", .retry_after_s = -1, .post_id = post.post_id };
	else
		remote_fetch_refuse(ret_fetched, post.outcome == REMOTE_POST_WAITS ? "no_author" : post.reason);
	return ERROR_NONE;
}

/* ---- other documents ---- */

/* The word of the quoted author, about the pair that it names. */
static enum error take_authorization(const struct remote_fetch *fetch, struct arena *arena, const struct vocab_object *object,
	struct str asked_uri, struct remote_fetched *fetched)
{
	bool is_accepted;
	enum error error = db_begin(fetch->db);
	if (!error)
		error = remote_quote_verify(fetch->db, arena, object, &is_accepted);
	if (!error)
		error = remote_fetch_wake(fetch->db, arena, asked_uri, object->id);
	if (!error)
		error = db_commit(fetch->db);
	if (!error)
		*fetched = (struct remote_fetched){ .verdict = FETCH_OK, .reason = "ok", .retry_after_s = -1 };
	return remote_fetch_end(fetch->db, error);
}

/* ret_wrapped_uri: what to ask for instead, when only its id is here. */
static enum error take_activity(const struct remote_fetch *fetch, struct arena *arena, const json_t *document, struct str uri,
	struct str *ret_wrapped_uri, struct remote_fetched *fetched)
{
	struct vocab_activity activity;
	const struct vocab_rules rules = remote_fetch_rules(fetch->federation);
	if (!remote_fetch_is_readable(fetched, vocab_read_activity(arena, document, &rules, &activity)))
		return ERROR_NONE;
	bool may_wrap = activity.type == VOCAB_CREATE || activity.type == VOCAB_UPDATE || activity.type == VOCAB_ANNOUNCE;
	const struct vocab_item *item = activity.object_count == 1 ? &activity.objects[0] : NULL;
	if (!may_wrap || !item || !item->id.data || !vocab_same_origin(item->id, activity.id)) {
		remote_fetch_refuse(fetched, "no_object");
		return ERROR_NONE;
	}
	if (activity.type != VOCAB_ANNOUNCE && item->object && vocab_object_is_by(item->object, activity.actor_id))
		return remote_fetch_take_object(fetch, arena, item->object, uri, fetched);
	*ret_wrapped_uri = item->id;
	return ERROR_NONE;
}

static enum error take_document(const struct remote_fetch *fetch, struct arena *arena, const json_t *document, struct str uri,
	struct str *ret_wrapped_uri, struct remote_fetched *fetched)
{
	struct vocab_object object;
	const struct vocab_rules rules = remote_fetch_rules(fetch->federation);
	const struct remote_fetch_handle handle = { .confirms = !fetch->root_uri.data };
	switch (vocab_kind_of(document)) {
	case VOCAB_KIND_ACTOR: return remote_fetch_take_actor(fetch, arena, document, uri, &handle, fetched);
	case VOCAB_KIND_ACTIVITY: return take_activity(fetch, arena, document, uri, ret_wrapped_uri, fetched);
	case VOCAB_KIND_OBJECT: break;
	case VOCAB_KIND_NONE:
	case VOCAB_KIND_ID:
	case VOCAB_KIND_UNKNOWN:
	case VOCAB_KIND_COLLECTION:
	case VOCAB_KIND_KEY: remote_fetch_refuse(fetched, "kind"); return ERROR_NONE;
	}
	if (!remote_fetch_is_readable(fetched, vocab_read_object(arena, document, &rules, &object)))
		return ERROR_NONE;
	return object.type == VOCAB_QUOTE_AUTHORIZATION ? take_authorization(fetch, arena, &object, uri, fetched)
							 : remote_fetch_take_object(fetch, arena, &object, uri, fetched);
}

static enum error find_here(const struct remote_fetch *fetch, struct arena *arena, struct str uri, struct remote_fetched *fetched)
{
	struct post post;
	if (fetch->reads_anew)
		return ERROR_NOT_FOUND;
	enum error error = post_find_any_by_uri(fetch->db, arena, uri, &post);
	if (!error)
		*fetched = (struct remote_fetched){ .verdict = FETCH_OK, .reason = "ok", .retry_after_s = -1, .post_id = post.id };
	return error;
}

/* What is wrapped is asked for once; what that wraps is not. */
static enum error fetch_at(const struct remote_fetch *fetch, struct arena *arena, struct str uri, struct str *ret_wrapped_uri,
	struct remote_fetched *fetched)
{
	AUTO(fetch_document) struct fetch_document *document = fetch_wait(fetch->federation->fetcher, uri, FETCH_ACTIVITY_JSON);
	remote_fetch_fail(fetched, document);
	return document->verdict == FETCH_OK ? take_document(fetch, arena, document->json, uri, ret_wrapped_uri, fetched) : ERROR_NONE;
}

enum error remote_fetch_object(const struct remote_fetch *fetch, struct str uri, struct remote_fetched *ret_fetched)
{
	AUTO(arena) struct arena *arena = arena_new(REMOTE_FETCH_ARENA_BYTES);
	struct str wrapped_uri = { 0 }, again = { 0 };
	enum error error = find_here(fetch, arena, uri, ret_fetched);
	if (error != ERROR_NOT_FOUND)
		return error;
	error = fetch_at(fetch, arena, uri, &wrapped_uri, ret_fetched);
	if (error || !wrapped_uri.data)
		return error;
	error = find_here(fetch, arena, wrapped_uri, ret_fetched);
	if (error != ERROR_NOT_FOUND)
		return error;
	error = fetch_at(fetch, arena, wrapped_uri, &again, ret_fetched);
	if (!error && again.data)
		remote_fetch_refuse(ret_fetched, "wrapped_twice");
	return error;
}
