/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The list of ids under which a local actor is known elsewhere. */
#include "server/action/profile.h"

#include "server/action/deed.h"

#include "federation/outbox.h"

#include "base/json_in.h"
#include "base/json_out.h"
#include "base/url.h"

struct aliasing {
	int64_t actor_id;
	struct str uri;
	bool is_added;
};

size_t profile_list_aliases(struct arena *arena, const struct actor *actor, const struct str **ret_uris)
{
	json_auto_t *aliases = NULL;
	size_t count = 0;
	if (json_in_parse(actor->also_known_as_json, &json_limits_default, &aliases))
		return 0;
	struct str *uris = arena_alloc_array(arena, json_array_size(aliases), sizeof(*uris));
	for (size_t i = 0; i < json_array_size(aliases); i++) {
		const json_t *one = json_array_get(aliases, i);
		if (json_is_string(one))
			uris[count++] = arena_str(arena, (struct str){ json_string_value(one), json_string_length(one) });
	}
	*ret_uris = uris;
	return count;
}

/* The list with the uri at its end, or without it. */
static struct str changed_list(struct arena *arena, const struct str *uris, size_t count, const struct aliasing *aliasing)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	json_out_init(&json, &out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++)
		if (!str_eq(uris[i], aliasing->uri))
			json_out_str(&json, uris[i]);
	if (aliasing->is_added)
		json_out_str(&json, aliasing->uri);
	json_out_array_end(&json);
	return arena_str(arena, buf_str(&out));
}

static enum error write_aliases(struct db *db, struct arena *arena, void *owner)
{
	const struct aliasing *aliasing = owner;
	const struct str *uris = NULL;
	struct actor actor;
	bool is_there = false;
	enum error error = actor_find_by_id(db, arena, aliasing->actor_id, &actor);
	if (error)
		return error;
	size_t count = profile_list_aliases(arena, &actor, &uris);
	for (size_t i = 0; i < count; i++)
		is_there = is_there || str_eq(uris[i], aliasing->uri);
	if (is_there == aliasing->is_added)
		return is_there ? ERROR_NONE : ERROR_NOT_FOUND;
	if (aliasing->is_added && count >= ACTOR_ALSO_KNOWN_AS_MAX)
		return ERROR_UNPROCESSABLE;
	struct str list = changed_list(arena, uris, count, aliasing);
	struct actor_profile profile = { .also_known_as_json = &list };
	error = actor_update_profile(db, arena, actor.id, &profile);
	return error ? error : outbox_update_actor(db, arena, actor.id);
}

enum error profile_add_alias(struct db *db, struct arena *arena, int64_t actor_id, struct str uri)
{
	struct actor actor;
	struct url url;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (error)
		return error;
	if (!url_parse(arena, uri, &url) || str_eq(uri, actor.uri))
		return ERROR_UNPROCESSABLE;
	struct aliasing aliasing = { .actor_id = actor_id, .uri = uri, .is_added = true };
	return deed_write(db, arena, write_aliases, &aliasing, ERROR_NONE);
}

enum error profile_remove_alias(struct db *db, struct arena *arena, int64_t actor_id, struct str uri)
{
	struct actor actor;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (error)
		return error;
	struct aliasing aliasing = { .actor_id = actor_id, .uri = uri };
	return deed_write(db, arena, write_aliases, &aliasing, ERROR_NOT_FOUND);
}
