/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Assets over the brand API. */
#include "server/brand/planning_assets.h"

#include "server/action/composition.h"
#include "server/brand/operation.h"
#include "server/brand/planning_deed.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"
#include "storage/asset.h"
#include "storage/draft.h"
#include "storage/id.h"
#include "storage/media.h"

#include "base/language_tag.h"

#define ALT_LANGUAGES_MAX 20

static void asset_write_json(struct json_out *json, const struct asset *asset)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", asset->id);
	json_out_key_id(json, "account_id", asset->actor_id);
	json_out_key_id(json, "media_id", asset->media_id);
	json_out_key_str(json, "name", asset->name);
	planning_write_text(json, "licence", asset->licence);
	planning_write_text(json, "credit", asset->credit);
	json_out_key(json, "alt_texts");
	json_out_raw(json, asset->alt_texts);
	json_out_key_array_begin(json, "tags");
	for (size_t i = 0; i < asset->tag_count; i++)
		json_out_str(json, asset->tags[i]);
	json_out_array_end(json);
	planning_write_time(json, "embargo_until", asset->embargo_us);
	planning_write_time(json, "usable_until", asset->usable_us);
	json_out_key_int(json, "version", asset->version);
	json_out_key_time_ms(json, "created_at", asset->created_us);
	json_out_object_end(json);
}

static enum error respond_asset(struct request *request, const struct seat *seat, int status, int64_t id)
{
	struct asset asset;
	enum error error = asset_find(request->db, request->arena, seat->organisation.id, id, &asset);
	if (error)
		return error;
	operation_respond_version(request, asset.version);
	asset_write_json(respond_json(request, status), &asset);
	return ERROR_NONE;
}

enum error handle_asset_list(struct request *request, const struct seat *seat)
{
	struct id_page page;
	struct asset *assets;
	int64_t *actor_ids;
	size_t count, actor_count = seat_accounts_with(seat, request->arena, PERMISSION_DRAFT_COMMENT, false, &actor_ids);
	parameter_page(request, 40, 100, &page);
	enum error error = asset_list(request->db, request->arena, actor_ids, actor_count, parameter_text(request, "tag"), &page,
		&assets, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		asset_write_json(json, &assets[i]);
	json_out_array_end(json);
	if (count)
		respond_link(request, count, assets[0].id, assets[count - 1].id, count >= (size_t)page.limit);
	return ERROR_NONE;
}

static enum error find_asset(struct request *request, const struct seat *seat, enum permission permission, struct asset *ret_asset)
{
	enum error error = asset_find(request->db, request->arena, seat->organisation.id, parameter_path_id(request, 0), ret_asset);
	return error ? error : seat_need_for(request, seat, permission, ret_asset->actor_id, false);
}

enum error handle_asset_show(struct request *request, const struct seat *seat)
{
	struct asset asset;
	enum error error = find_asset(request, seat, PERMISSION_DRAFT_COMMENT, &asset);
	return error ? error : respond_asset(request, seat, 200, asset.id);
}

static enum error read_alt_texts(struct request *request, struct asset *asset)
{
	json_t *texts = request->json_body ? json_object_get(request->json_body, "alt_texts") : NULL;
	const char *language;
	json_t *text;
	struct buf buf = { 0 };
	struct json_out json;
	if (!texts || json_is_null(texts))
		return ERROR_NONE;
	bool is_fine = json_is_object(texts) && json_object_size(texts) <= ALT_LANGUAGES_MAX;
	buf_init(&buf);
	json_out_init(&json, &buf);
	json_out_object_begin(&json);
	json_object_foreach(texts, language, text) {
		struct str value = { json_string_value(text), json_string_length(text) };
		is_fine = is_fine && json_is_string(text) && language_is_tag(str_from(language)) &&
			str_count_characters(value) <= MEDIA_MAX_ALT_CHARACTERS;
		if (is_fine)
			json_out_key_str(&json, language, value);
	}
	json_out_object_end(&json);
	asset->alt_texts = arena_str(request->arena, buf_str(&buf));
	buf_clear(&buf);
	return is_fine ? ERROR_NONE : planning_refuse(request, "Alt texts are an object: language and text of 1500 characters at most.",
		"Les textes de remplacement sont un objet : langue et texte de 1500 caractères au plus.");
}

static enum error read_tags(struct request *request, struct asset *asset)
{
	struct str *tags;
	size_t count = parameter_list(request, "tags", &tags);
	if (!count)
		return ERROR_NONE;
	bool is_fine = count <= ASSET_TAGS_MAX;
	for (size_t i = 0; i < count && is_fine; i++)
		is_fine = tags[i].len && str_is_utf8(tags[i]) && str_count_characters(tags[i]) <= ASSET_TAG_MAX &&
			!str_contains_char(tags[i], '\n');
	asset->tags = tags;
	asset->tag_count = count;
	return is_fine ? ERROR_NONE : planning_refuse(request, "A tag is too long, or there are too many.",
		"Une étiquette est trop longue, ou il y en a trop.");
}

static enum error read_asset(struct request *request, struct asset *asset)
{
	enum error error = planning_read_text(request, "name", 200, &asset->name);
	if (!error && !asset->name.len)
		error = planning_refuse(request, "An asset needs a name.", "Un média a besoin d’un nom.");
	if (!error)
		error = planning_read_text(request, "licence", 200, &asset->licence);
	if (!error)
		error = planning_read_text(request, "credit", 300, &asset->credit);
	if (!error)
		error = read_alt_texts(request, asset);
	if (!error)
		error = read_tags(request, asset);
	if (!error)
		error = planning_read_time(request, "embargo_until", &asset->embargo_us);
	if (!error)
		error = planning_read_time(request, "usable_until", &asset->usable_us);
	if (!error && asset->embargo_us && asset->usable_us && asset->embargo_us >= asset->usable_us)
		error = planning_refuse(request, "It may be used never: the embargo ends after its use.",
			"Il ne serait jamais utilisable : l’embargo finit après son usage.");
	return error;
}

static enum error write_insert(struct db *db, struct arena *arena, void *owner)
{
	return asset_insert(db, arena, owner);
}

static enum error write_update(struct db *db, struct arena *arena, void *owner)
{
	return asset_update(db, arena, owner);
}

static enum error write_delete(struct db *db, struct arena *arena, void *owner)
{
	const struct asset *asset = owner;
	bool is_held = false;
	enum error error = draft_holds_medium(db, arena, asset->media_id, &is_held);
	if (!error && is_held)
		return ERROR_UNPROCESSABLE;
	return error ? error : asset_delete(db, arena, asset->organisation_id, asset->id);
}

enum error handle_asset_create(struct request *request, const struct seat *seat)
{
	struct asset asset = { .id = id_new(), .organisation_id = seat->organisation.id, .media_id = parameter_id(request, "media_id"),
		.licence = STR_LITERAL(""), .credit = STR_LITERAL(""), .alt_texts = STR_LITERAL("{}"), .created_by = seat->membership_id };
	struct medium medium;
	enum error error = seat_choose_account(request, seat, PERMISSION_DRAFT_WRITE, &asset.actor_id);
	if (!error)
		error = media_find(request->db, request->arena, asset.actor_id, asset.media_id, &medium);
	if (!error)
		error = read_asset(request, &asset);
	if (!error)
		error = planning_deed(request, seat, "asset.create", "asset", asset.id, write_insert, &asset, ERROR_CONFLICT);
	if (error == ERROR_CONFLICT)
		return problem(request, PROBLEM_CONFLICT, (struct str){ 0 });
	return error ? error : respond_asset(request, seat, 201, asset.id);
}

enum error handle_asset_change(struct request *request, const struct seat *seat)
{
	struct asset asset;
	int64_t version = 0;
	enum error error = find_asset(request, seat, PERMISSION_DRAFT_WRITE, &asset);
	if (!error)
		error = operation_need_version(request, &version);
	if (error)
		return error;
	asset.version = version;
	error = read_asset(request, &asset);
	if (!error)
		error = planning_deed(request, seat, "asset.change", "asset", asset.id, write_update, &asset, ERROR_CONFLICT);
	return error ? error : respond_asset(request, seat, 200, asset.id);
}

enum error handle_asset_delete(struct request *request, const struct seat *seat)
{
	struct asset asset;
	enum error error = find_asset(request, seat, PERMISSION_DRAFT_WRITE, &asset);
	if (!error)
		error = planning_deed(request, seat, "asset.delete", "asset", asset.id, write_delete, &asset, ERROR_NOT_FOUND);
	if (error == ERROR_UNPROCESSABLE)
		return problem(request, PROBLEM_WRONG_STATE, (struct str){ 0 });
	if (!error)
		respond_empty(request, 204);
	return error;
}
