/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * verify_credentials, update_credentials and the profile. What is not said stays as it is, and an empty text clears. */
#include "server/mastodon/credentials.h"

#include "server/action/media.h"
#include "server/action/profile.h"
#include "server/app.h"
#include "server/entity/credentials.h"
#include "server/mastodon/credential_cache.h"
#include "server/mastodon/parameters.h"
#include "server/web/actor_lookup.h"

#include "storage/preference.h"

#include "base/language_tag.h"

#define FIELDS_READ_MAX 64

static const char json_type[] = "application/json; charset=utf-8";

bool cached_verify_credentials(struct request *request)
{
	struct shared_bytes *bytes = credential_cache_get(request->access.actor_id, request->access.user_role);
	if (!bytes)
		return false;
	respond_shared(request, 200, json_type, bytes);
	shared_bytes_unref(&bytes);
	return true;
}

enum error handle_verify_credentials(struct request *request)
{
	AUTO(buf) struct buf json = { 0 };
	uint64_t stamp = credential_cache_stamp(request->access.actor_id);
	enum error error = credentials_render(request, &json);
	if (error)
		return error;
	struct shared_bytes *bytes = shared_bytes_new(&json);
	credential_cache_put(request->access.actor_id, request->access.user_role, stamp, bytes);
	respond_shared(request, 200, json_type, bytes);
	shared_bytes_unref(&bytes);
	return ERROR_NONE;
}

/* ---- changes ---- */

static void read_fields(struct request *request, struct profile_change *change)
{
	struct parameter_member *members;
	size_t count = parameter_members(request, "fields_attributes", FIELDS_READ_MAX, &members);
	struct profile_field *fields = arena_alloc_array(request->arena, count, sizeof(*fields));
	for (size_t i = 0; i < count; i++) {
		fields[change->field_count].name = parameter_member_value(&members[i], "name");
		fields[change->field_count].value = parameter_member_value(&members[i], "value");
		/* One without name and value is how apps leave a place empty. */
		if (fields[change->field_count].name.len)
			change->field_count++;
	}
	change->fields = fields;
	change->replaces_fields = count > 0;
}

static void read_change(struct request *request, struct profile_change *ret_change)
{
	struct str *domains;
	struct profile_change change = {
		.display_name = parameter_text_pointer(request, "display_name"),
		.bio = parameter_text_pointer(request, "note"),
		.is_locked = parameter_bool_pointer(request, "locked"),
		.is_bot = parameter_bool_pointer(request, "bot"),
		.is_discoverable = parameter_bool_pointer(request, "discoverable"),
		.is_indexable = parameter_bool_pointer(request, "indexable"),
		.hides_collections = parameter_bool_pointer(request, "hide_collections"),
		.shows_media = parameter_bool_pointer(request, "show_media"),
		.shows_media_replies = parameter_bool_pointer(request, "show_media_replies"),
		.shows_featured = parameter_bool_pointer(request, "show_featured"),
		.avatar_alt = parameter_description_pointer(request, "avatar_description"),
		.header_alt = parameter_description_pointer(request, "header_description"),
	};
	change.attribution_domain_count = parameter_list(request, "attribution_domains", &domains);
	change.attribution_domains = domains;
	change.replaces_attribution_domains = change.attribution_domain_count > 0;
	read_fields(request, &change);
	*ret_change = change;
}

static enum error refuse_field(const char *field, const char *sentence, struct profile_fault *ret_fault)
{
	*ret_fault = (struct profile_fault){ .field = field, .sentence = str_from(sentence) };
	return ERROR_UNPROCESSABLE;
}

/* source[privacy] and its likes. *ret_is_changed: whether one of them was there. */
static enum error read_preference(struct request *request, struct preference *preference, bool *ret_is_changed,
	struct profile_fault *ret_fault)
{
	struct str privacy = parameter_text(request, "source[privacy]");
	struct str language = parameter_text(request, "source[language]");
	struct str policy = parameter_text(request, "source[quote_policy]");
	const bool *is_sensitive = parameter_bool_pointer(request, "source[sensitive]");
	if (privacy.len && !post_visibility_from_name(privacy, &preference->visibility))
		return refuse_field("privacy", "Default privacy is not included in the list", ret_fault);
	struct str tag = language_tag_read(request->arena, language);
	if (language.len && !tag.data)
		return refuse_field("language", "Default language is not included in the list", ret_fault);
	if (policy.len && !post_quote_policy_from_name(policy, &preference->quote_policy))
		return refuse_field("quote_policy", "Default quote policy is not included in the list", ret_fault);
	if (language.data)
		preference->language = tag;
	if (is_sensitive)
		preference->is_sensitive = *is_sensitive;
	*ret_is_changed = privacy.len || language.data || policy.len || is_sensitive;
	return ERROR_NONE;
}

static void forget_documents(struct request *request)
{
	struct actor actor;
	if (actor_find_by_id(request->db, request->arena, request->access.actor_id, &actor) == ERROR_NONE)
		actor_documents_forget(request->app, request->arena, &actor);
}

static enum error change_profile(struct request *request, const struct profile_change *change, struct profile_fault *ret_fault)
{
	enum error error = profile_update(request->db, request->arena, request->access.actor_id, change, ret_fault);
	if (!error)
		forget_documents(request);
	return error;
}

/* A picture that came as a file, with its description if there is one. */
static enum error set_picture(struct request *request, const char *name, enum media_purpose purpose, const struct str *alt)
{
	const struct form_field *file = parameter_file(request, name);
	struct str message = { 0 };
	if (!file || !file->value.len)
		return ERROR_NONE;
	enum error error = profile_set_picture(request->app, request->db, request->arena, request->access.actor_id, purpose,
		file->value, alt ? *alt : (struct str){ 0 }, &message);
	if (error && message.len)
		request->error_message = message;
	return error;
}

/* All texts are judged before anything is changed; pictures come first, since most can be wrong with them. */
static enum error update(struct request *request, struct profile_fault *ret_fault)
{
	struct profile_change change;
	struct preference preference;
	bool changes_preference = false;
	int64_t actor_id = request->access.actor_id;
	read_change(request, &change);
	enum error error = preference_find(request->db, request->arena, actor_id, &preference);
	if (!error)
		error = read_preference(request, &preference, &changes_preference, ret_fault);
	if (!error)
		error = set_picture(request, "avatar", MEDIA_AVATAR, change.avatar_alt);
	if (!error)
		error = set_picture(request, "header", MEDIA_HEADER, change.header_alt);
	if (!error)
		error = change_profile(request, &change, ret_fault);
	if (!error && changes_preference)
		error = preference_store(request->db, request->arena, actor_id, &preference);
	return error;
}

/* Mastodon's ValidationError: the sentence for people, and the field for apps that mark it. */
static void respond_fault(struct request *request, const struct profile_fault *fault)
{
	struct json_out *json = respond_json(request, 422);
	json_out_object_begin(json);
	json_out_key_str(json, "error", arena_printf(request->arena, "Validation failed: %.*s", STR_ARG(fault->sentence)));
	json_out_key_object_begin(json, "details");
	json_out_key_array_begin(json, fault->field);
	json_out_object_begin(json);
	json_out_key_c_string(json, "error", "ERR_INVALID");
	json_out_key_str(json, "description", fault->sentence);
	json_out_object_end(json);
	json_out_array_end(json);
	json_out_object_end(json);
	json_out_object_end(json);
}

static enum error update_and_respond(struct request *request, enum error (*answer)(struct request *request))
{
	struct profile_fault fault = { 0 };
	enum error error = update(request, &fault);
	if (error != ERROR_UNPROCESSABLE || !fault.field)
		return error ? error : answer(request);
	respond_fault(request, &fault);
	return ERROR_NONE;
}

enum error handle_update_credentials(struct request *request)
{
	return update_and_respond(request, handle_verify_credentials);
}

enum error handle_profile(struct request *request)
{
	return profile_respond(request);
}

enum error handle_profile_update(struct request *request)
{
	return update_and_respond(request, profile_respond);
}

static enum error remove_picture(struct request *request, enum media_purpose purpose)
{
	struct str message = { 0 };
	enum error error = profile_set_picture(request->app, request->db, request->arena, request->access.actor_id, purpose,
		(struct str){ 0 }, STR_LITERAL(""), &message);
	if (error)
		return error;
	forget_documents(request);
	return handle_verify_credentials(request);
}

enum error handle_profile_avatar_delete(struct request *request)
{
	return remove_picture(request, MEDIA_AVATAR);
}

enum error handle_profile_header_delete(struct request *request)
{
	return remove_picture(request, MEDIA_HEADER);
}
