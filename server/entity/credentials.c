/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What only the owner sees of an account: texts as they were typed, and what is set up. */
#include "server/entity/credentials.h"

#include "server/entity/account.h"

#include "base/html.h"
#include "base/json_in.h"
#include "base/time_format.h"
#include "storage/preference.h"
#include "storage/user.h"

struct owned {
	struct account_set *accounts;
	const struct actor *actor;
	struct actor_source source;
	struct preference preference;
};

static enum error load(struct request *request, struct owned *ret_owned)
{
	struct reader reader = reader_of(request, FILTER_NONE);
	int64_t actor_id = request->access.actor_id;
	struct owned owned = { 0 };
	enum error error = account_set_load(&reader, &actor_id, 1, &owned.accounts);
	if (!error && !account_set_has(owned.accounts, actor_id))
		error = ERROR_NOT_FOUND;
	if (!error)
		error = actor_find_source(request->db, request->arena, actor_id, &owned.source);
	if (!error)
		error = preference_find(request->db, request->arena, actor_id, &owned.preference);
	if (error)
		return error;
	owned.actor = account_set_actor(owned.accounts, actor_id);
	if (!owned.actor)
		return ERROR_NOT_FOUND;
	*ret_owned = owned;
	return ERROR_NONE;
}

static struct str note_of(struct arena *arena, const struct owned *owned)
{
	return owned->source.summary_source.data ? owned->source.summary_source : html_text(arena, owned->actor->summary_html);
}

/* as_typed: without the HTML that was made of it. */
static void write_fields(struct json_out *json, struct arena *arena, const struct actor *actor, bool as_typed)
{
	json_auto_t *fields = NULL;
	json_out_key_array_begin(json, "fields");
	if (actor->fields_json.len && json_in_parse(actor->fields_json, NULL, &fields) == ERROR_NONE)
		for (size_t i = 0; i < json_array_size(fields); i++) {
			const json_t *field = json_array_get(fields, i);
			struct str value = json_in_str(field, "value");
			int64_t verified_us;
			json_out_object_begin(json);
			json_out_key_str(json, "name", json_in_str(field, "name"));
			json_out_key_str(json, "value", as_typed ? html_text(arena, value) : value);
			if (time_parse_rfc3339(json_in_str(field, "verified_at"), &verified_us))
				json_out_key_time_ms(json, "verified_at", verified_us);
			else
				json_out_key_null(json, "verified_at");
			json_out_object_end(json);
		}
	json_out_array_end(json);
}

static void write_source(struct json_out *json, struct arena *arena, const struct owned *owned)
{
	const struct preference *preference = &owned->preference;
	json_out_key_object_begin(json, "source");
	json_out_key_str(json, "note", note_of(arena, owned));
	write_fields(json, arena, owned->actor, true);
	json_out_key_c_string(json, "privacy", post_visibility_name(preference->visibility));
	json_out_key_bool(json, "sensitive", preference->is_sensitive);
	json_out_key_str(json, "language", preference->language);
	json_out_key_c_string(json, "quote_policy", post_quote_policy_name(preference->quote_policy));
	json_out_key_int(json, "follow_requests_count", owned->source.follow_requests_count);
	json_out_key_bool(json, "hide_collections", owned->actor->hides_collections);
	json_out_key_bool(json, "discoverable", owned->actor->is_discoverable);
	json_out_key_bool(json, "indexable", owned->actor->is_indexable);
	json_out_key(json, "attribution_domains");
	json_out_raw(json, owned->source.attribution_domains_json);
	json_out_object_end(json);
}

/* Mastodon's ids, names and flags of its default roles. */
static void write_role(struct json_out *json, int user_role)
{
	static const struct {
		const char *id;
		const char *name;
		const char *permissions;
	} roles[] = {
		[USER_MEMBER] = { "-99", "", "65536" },
		[USER_MODERATOR] = { "1", "Moderator", "1308" },
		[USER_ADMINISTRATOR] = { "2", "Administrator", "983036" },
	};
	size_t index = user_role >= USER_MEMBER && user_role <= USER_ADMINISTRATOR ? (size_t)user_role : USER_MEMBER;
	json_out_key_object_begin(json, "role");
	json_out_key_c_string(json, "id", roles[index].id);
	json_out_key_c_string(json, "name", roles[index].name);
	json_out_key_c_string(json, "color", "");
	json_out_key_c_string(json, "permissions", roles[index].permissions);
	json_out_key_bool(json, "highlighted", index != USER_MEMBER);
	json_out_key_int(json, "collection_limit", 0);
	json_out_object_end(json);
}

enum error credentials_render(struct request *request, struct buf *ret_json)
{
	struct owned owned;
	struct json_out json;
	enum error error = load(request, &owned);
	if (error)
		return error;
	json_out_init(&json, ret_json);
	json_out_object_begin(&json);
	account_set_write_members(owned.accounts, &json, request->access.actor_id);
	write_source(&json, request->arena, &owned);
	write_role(&json, request->access.user_role);
	json_out_object_end(&json);
	return ERROR_NONE;
}

static void write_picture(struct json_out *json, struct arena *arena, const char *name, bool is_there, struct str url, struct str alt)
{
	const char *static_name = arena_printf(arena, "%s_static", name).data;
	if (is_there) {
		json_out_key_str(json, name, url);
		json_out_key_str(json, static_name, url);
	} else {
		json_out_key_null(json, name);
		json_out_key_null(json, static_name);
	}
	json_out_key_str(json, arena_printf(arena, "%s_description", name).data, alt);
}

enum error profile_respond(struct request *request)
{
	struct reader reader = reader_of(request, FILTER_NONE);
	struct arena *arena = request->arena;
	struct owned owned;
	enum error error = load(request, &owned);
	if (error)
		return error;
	const struct actor *actor = owned.actor;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_id(json, "id", actor->id);
	json_out_key_str(json, "display_name", actor->display_name);
	json_out_key_str(json, "note", note_of(arena, &owned));
	write_fields(json, arena, actor, true);
	write_picture(json, arena, "avatar", actor->avatar_url.len > 0, account_avatar_url(&reader, actor), actor->avatar_alt);
	write_picture(json, arena, "header", actor->header_url.len > 0, account_header_url(&reader, actor), actor->header_alt);
	json_out_key_bool(json, "locked", actor->is_locked);
	json_out_key_bool(json, "bot", actor->kind == ACTOR_SERVICE);
	json_out_key_bool(json, "hide_collections", actor->hides_collections);
	json_out_key_bool(json, "discoverable", actor->is_discoverable);
	json_out_key_bool(json, "indexable", actor->is_indexable);
	json_out_key_bool(json, "show_media", actor->shows_media);
	json_out_key_bool(json, "show_media_replies", actor->shows_media_replies);
	json_out_key_bool(json, "show_featured", actor->shows_featured);
	json_out_key(json, "attribution_domains");
	json_out_raw(json, owned.source.attribution_domains_json);
	json_out_object_end(json);
	return ERROR_NONE;
}
