/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is here is found without asking anyone; the rest is read from its server, as the fetch workers do it. */
#include "federation/resolve.h"

#include "federation/federation.h"
#include "federation/remote_fetch.h"

#include "base/clock.h"
#include "base/url.h"
#include "storage/domain.h"
#include "storage/fetch_queue.h"
#include "storage/tombstone.h"

static enum error error_of(const struct remote_fetched *fetched)
{
	switch (fetched->verdict) {
	case FETCH_OK: return ERROR_NONE;
	case FETCH_GONE: return ERROR_GONE;
	case FETCH_REFUSED: return ERROR_FORBIDDEN;
	case FETCH_FAILED: break;
	}
	return ERROR_UNAVAILABLE;
}

/* The server's own answer is all there is about its hosts. */
static enum error is_own(struct db *db, struct arena *arena, struct str text, bool *ret_is_own)
{
	struct url url;
	struct domain domain;
	*ret_is_own = false;
	if (!url_parse(arena, text, &url))
		return ERROR_BAD_REQUEST;
	enum error error = domain_find(db, arena, url.authority, &domain);
	*ret_is_own = !error;
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

/* ---- actors ---- */

static bool is_fresh(const struct actor *actor, int64_t max_age_us)
{
	return actor->is_local || (max_age_us > 0 && clock_now_us() - actor->fetched_us <= max_age_us);
}

/* Whoever looks at somebody sees what they pinned. */
static enum error wish_for_pins(struct db *db, struct arena *arena, const struct actor *actor)
{
	const struct fetch_wish wish = { .uri = actor->featured_url, .kind = FETCH_FEATURED, .root_uri = actor->uri };
	return actor->featured_url.data ? fetch_wish(db, arena, &wish) : ERROR_NONE;
}

static enum error read_actor(struct federation *federation, struct db *db, struct arena *arena, struct str uri,
	const struct remote_fetch_handle *handle, struct actor *ret_actor)
{
	const struct remote_fetch fetch = { .federation = federation, .db = db };
	struct remote_fetched fetched;
	enum error error = remote_fetch_actor(&fetch, uri, handle, &fetched);
	if (!error)
		error = error_of(&fetched);
	if (!error)
		error = actor_find_by_id(db, arena, fetched.actor_id, ret_actor);
	return error ? error : wish_for_pins(db, arena, ret_actor);
}

enum error resolve_actor(struct federation *federation, struct db *db, struct arena *arena, struct str uri,
	int64_t max_age_us, struct actor *ret_actor)
{
	static const struct remote_fetch_handle handle = { .confirms = true };
	struct actor known;
	bool is_ours;
	enum error found = actor_find_by_uri(db, arena, uri, &known);
	if (found && found != ERROR_NOT_FOUND)
		return found;
	if (!found && known.is_deleted)
		return ERROR_GONE;
	if (!found && is_fresh(&known, max_age_us)) {
		*ret_actor = known;
		return ERROR_NONE;
	}
	enum error error = is_own(db, arena, uri, &is_ours);
	if (error || is_ours)
		return error ? error : ERROR_NOT_FOUND;
	error = read_actor(federation, db, arena, uri, &handle, ret_actor);
	/* An old copy is better than none, but for those who want to see it anew. */
	if (error == ERROR_UNAVAILABLE && !found && max_age_us > 0) {
		*ret_actor = known;
		return ERROR_NONE;
	}
	return error;
}

/* ---- handles ---- */

#define HANDLE_MAX_AGE_US ((int64_t)24 * 3600 * 1000000)

/* With plain http allowed (development and tests) nobody knows which one the host speaks. */
static enum fetch_verdict ask(struct federation *federation, struct arena *arena, const struct webfinger_resource *handle,
	struct webfinger_answer *ret_answer)
{
	enum fetch_verdict verdict = webfinger_ask(federation, arena, STR_LITERAL("https"), handle, ret_answer);
	if (verdict == FETCH_OK || verdict == FETCH_GONE || !federation->allows_http)
		return verdict;
	return webfinger_ask(federation, arena, STR_LITERAL("http"), handle, ret_answer);
}

static enum error resolve_resource(struct federation *federation, struct db *db, struct arena *arena,
	const struct webfinger_resource *handle, struct actor *ret_actor)
{
	struct actor known;
	struct domain domain;
	struct webfinger_answer answer;
	enum error error = domain_find(db, arena, handle->domain, &domain);
	if (error != ERROR_NOT_FOUND)
		return error ? error : webfinger_find(db, arena, handle, ret_actor);
	error = actor_find_by_handle(db, arena, handle->username, handle->domain, &known);
	bool is_known = !error && !known.is_deleted;
	if (error && error != ERROR_NOT_FOUND)
		return error;
	if (is_known && is_fresh(&known, HANDLE_MAX_AGE_US)) {
		*ret_actor = known;
		return ERROR_NONE;
	}
	enum fetch_verdict verdict = ask(federation, arena, handle, &answer);
	if (verdict == FETCH_OK) {
		const struct remote_fetch_handle asked = { .confirms = true, .asked = handle, .known = &answer };
		bool is_ours;
		error = is_own(db, arena, answer.actor_uri, &is_ours);
		if (error || is_ours)
			return error ? error : ERROR_NOT_FOUND;
		error = read_actor(federation, db, arena, answer.actor_uri, &asked, ret_actor);
	} else {
		error = verdict == FETCH_FAILED ? ERROR_UNAVAILABLE : ERROR_NOT_FOUND;
	}
	if (error == ERROR_UNAVAILABLE && is_known) {
		*ret_actor = known;
		return ERROR_NONE;
	}
	return error;
}

enum error resolve_handle(struct federation *federation, struct db *db, struct arena *arena, struct str handle,
	struct actor *ret_actor)
{
	struct webfinger_resource resource;
	enum error error = webfinger_parse(arena, handle, &resource);
	if (error || resource.kind != WEBFINGER_HANDLE || resource.origin.data)
		return ERROR_BAD_REQUEST;
	return resolve_resource(federation, db, arena, &resource, ret_actor);
}

/* ---- posts ---- */

/* A page of ours is BASE/@NAME/ID. */
static enum error find_own_page(struct db *db, struct arena *arena, struct str text, struct post *ret_post)
{
	struct url url;
	int64_t id;
	if (!url_parse(arena, text, &url) || !str_starts_with(url.path, STR_LITERAL("/@")))
		return ERROR_NOT_FOUND;
	size_t slash = str_index_of(url.path, '/', 1);
	if (!str_to_int64(str_slice(url.path, slash + 1, url.path.len), &id))
		return ERROR_NOT_FOUND;
	enum error error = post_find_any(db, arena, id, ret_post);
	return !error && !ret_post->is_local ? ERROR_NOT_FOUND : error;
}

/* ERROR_NOT_FOUND: not here, and its server may be asked. */
static enum error find_post(struct db *db, struct arena *arena, struct str uri, bool *ret_is_own, struct post *ret_post)
{
	bool is_gone = false;
	*ret_is_own = false;
	enum error error = post_find_any_by_uri(db, arena, uri, ret_post);
	if (error != ERROR_NOT_FOUND)
		return error;
	error = is_own(db, arena, uri, ret_is_own);
	if (!error && *ret_is_own)
		return find_own_page(db, arena, uri, ret_post);
	if (!error)
		error = tombstone_exists(db, arena, uri, &is_gone);
	if (error)
		return error;
	return is_gone ? ERROR_GONE : ERROR_NOT_FOUND;
}

/* ---- anything ---- */

static bool is_url(struct str text)
{
	return str_starts_with(text, STR_LITERAL("https://")) || str_starts_with(text, STR_LITERAL("http://"));
}

static enum error find_actor_here(struct db *db, struct arena *arena, struct str text, bool is_ours, struct actor *ret_actor)
{
	struct webfinger_resource resource;
	enum error error = actor_find_by_uri(db, arena, text, ret_actor);
	if (error != ERROR_NOT_FOUND || !is_ours)
		return error;
	error = webfinger_parse(arena, text, &resource);
	return error ? ERROR_NOT_FOUND : webfinger_find(db, arena, &resource, ret_actor);
}

static enum error resolve_url(struct federation *federation, struct db *db, struct arena *arena, struct str text,
	struct resolved *ret_resolved)
{
	const struct remote_fetch fetch = { .federation = federation, .db = db };
	struct remote_fetched fetched;
	struct post post;
	struct actor actor;
	bool is_ours;
	enum error error = find_post(db, arena, text, &is_ours, &post);
	if (!error) {
		*ret_resolved = (struct resolved){ .post_id = post.id };
		return ERROR_NONE;
	}
	if (error != ERROR_NOT_FOUND)
		return error;
	error = find_actor_here(db, arena, text, is_ours, &actor);
	if (!error) {
		*ret_resolved = (struct resolved){ .actor_id = actor.id };
		return ERROR_NONE;
	}
	if (error != ERROR_NOT_FOUND || is_ours)
		return error;
	error = remote_fetch_object(&fetch, text, &fetched);
	if (!error)
		error = error_of(&fetched);
	if (error)
		return error;
	*ret_resolved = (struct resolved){ .actor_id = fetched.actor_id, .post_id = fetched.post_id };
	return fetched.actor_id || fetched.post_id ? ERROR_NONE : ERROR_FORBIDDEN;
}

enum error resolve_any(struct federation *federation, struct db *db, struct arena *arena, struct str text,
	struct resolved *ret_resolved)
{
	struct actor actor;
	struct str trimmed = str_trim(text);
	if (is_url(trimmed))
		return resolve_url(federation, db, arena, str_slice(trimmed, 0, str_index_of(trimmed, '#', 0)), ret_resolved);
	enum error error = resolve_handle(federation, db, arena, trimmed, &actor);
	if (!error)
		*ret_resolved = (struct resolved){ .actor_id = actor.id };
	return error;
}
