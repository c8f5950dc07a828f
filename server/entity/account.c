/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Accounts: what changes with every post or follower is asked each time, the rest is a fragment that is rendered once a
 * version of the actor's row. */
#include "server/entity/account.h"

#include "server/app.h"
#include "server/entity/emojis.h"
#include "server/entity/fragment.h"
#include "server/entity/page_cache.h"
#include "server/http/request.h"
#include "server/media/proxy.h"
#include "storage/actor_glance.h"
#include "storage/user.h"

#include "base/json_in.h"
#include "base/time_format.h"

#include <stdlib.h>

#define DAY_US 86400000000LL
#define DATE_LEN 10 /* of an ISO 8601 moment */
#define MAX_FIELDS 64

struct account_item {
	struct actor_glance glance;
	struct str members; /* of the fragment; data NULL until it is there */
	struct actor *actor; /* NULL until somebody asks */
};

struct account_set {
	struct reader reader;
	struct account_item *items; /* by id */
	size_t count;
	struct page_parts *parts; /* NULL: nobody wants to know where numbers stand */
};

struct str account_acct(struct arena *arena, const struct actor *actor)
{
	return actor->is_local ? actor->username :
		arena_printf(arena, "%.*s@%.*s", STR_ARG(actor->username), STR_ARG(actor->domain));
}

static struct str picture_url(const struct reader *reader, struct str url, const char *otherwise)
{
	struct str shown = media_proxy_url(reader->app, reader->arena, url, MEDIA_ORIGINAL);

	return shown.data ? shown :
		arena_printf(reader->arena, "%.*s/assets/%s", STR_ARG(reader->app->base_url), otherwise);
}

struct str account_avatar_url(const struct reader *reader, const struct actor *actor)
{
	return picture_url(reader, actor->is_suspended ? (struct str){ 0 } : actor->avatar_url, "avatar.png");
}

struct str account_header_url(const struct reader *reader, const struct actor *actor)
{
	return picture_url(reader, actor->is_suspended ? (struct str){ 0 } : actor->header_url, "header.png");
}

/* ---- the fragment ---- */

static void write_date(struct json_out *json, const char *key, int64_t time_us)
{
	char text[TIME_ISO8601_MS_LEN + 1];

	time_write_iso8601_ms(time_us, text);
	json_out_key_str(json, key, (struct str){ text, DATE_LEN });
}

static void write_fields(struct json_out *json, struct str fields_json)
{
	json_auto_t *fields = NULL;

	json_out_key_array_begin(json, "fields");
	if (!str_is_empty(fields_json) && json_in_parse(fields_json, NULL, &fields) == ERROR_NONE)
		for (size_t i = 0; i < json_array_size(fields) && i < MAX_FIELDS; i++) {
			const json_t *field = json_array_get(fields, i);
			struct str verified = json_in_str(field, "verified_at");
			int64_t verified_us;
			json_out_object_begin(json);
			json_out_key_str(json, "name", json_in_str(field, "name"));
			json_out_key_str(json, "value", json_in_str(field, "value"));
			if (time_parse_rfc3339(verified, &verified_us))
				json_out_key_time_ms(json, "verified_at", verified_us);
			else
				json_out_key_null(json, "verified_at");
			json_out_object_end(json);
		}
	json_out_array_end(json);
}

static void write_pictures(const struct reader *reader, struct json_out *json, const struct actor *actor,
	const struct actor_extra *extra)
{
	struct str avatar_url = account_avatar_url(reader, actor), header_url = account_header_url(reader, actor);
	bool is_shown = !actor->is_suspended;

	json_out_key_str(json, "avatar", avatar_url);
	json_out_key_str(json, "avatar_static", avatar_url);
	json_out_key_str(json, "avatar_description", is_shown ? extra->avatar_alt : STR_LITERAL(""));
	json_out_key_str(json, "header", header_url);
	json_out_key_str(json, "header_static", header_url);
	json_out_key_str(json, "header_description", is_shown ? extra->header_alt : STR_LITERAL(""));
}

static void write_roles(struct json_out *json, const struct actor *actor, const struct actor_extra *extra)
{
	static const char *const names[] = { [USER_MODERATOR] = "Moderator", [USER_ADMINISTRATOR] = "Administrator" };

	json_out_key_array_begin(json, "roles");
	if (extra->user_role != USER_MEMBER && !actor->is_suspended) {
		json_out_object_begin(json);
		json_out_key_id(json, "id", extra->user_role);
		json_out_key_c_string(json, "name", names[extra->user_role]);
		json_out_key_c_string(json, "color", "");
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

/* Nobody is asked to be put in a collection yet. */
static void write_feature_approval(struct json_out *json)
{
	json_out_key_object_begin(json, "feature_approval");
	json_out_key_array_begin(json, "automatic");
	json_out_array_end(json);
	json_out_key_array_begin(json, "manual");
	json_out_array_end(json);
	json_out_key_c_string(json, "current_user", "denied");
	json_out_object_end(json);
}

static void write_flags(struct json_out *json, const struct actor *actor)
{
	json_out_key_bool(json, "locked", actor->is_locked);
	json_out_key_bool(json, "bot", actor->kind == ACTOR_SERVICE || actor->kind == ACTOR_APPLICATION);
	json_out_key_bool(json, "group", actor->kind == ACTOR_GROUP);
	json_out_key_bool(json, "discoverable", actor->is_discoverable && !actor->is_suspended);
	json_out_key_bool(json, "indexable", actor->is_indexable && !actor->is_suspended);
	if (actor->is_local)
		json_out_key_bool(json, "noindex", !actor->is_indexable);
	json_out_key_bool(json, "hide_collections", actor->hides_collections);
	json_out_key_bool(json, "show_media", actor->shows_media);
	json_out_key_bool(json, "show_media_replies", actor->shows_media_replies);
	json_out_key_bool(json, "show_featured", actor->shows_featured);
	if (actor->is_memorial)
		json_out_key_bool(json, "memorial", true);
	if (actor->is_silenced)
		json_out_key_bool(json, "limited", true);
}

static enum error write_fragment(const struct reader *reader, struct json_out *json, const struct actor *actor,
	const struct actor_extra *extra)
{
	bool is_shown = !actor->is_suspended;
	struct str name = is_shown ? actor->display_name : STR_LITERAL("");
	struct str note = is_shown ? actor->summary_html : STR_LITERAL("");
	struct str fields = is_shown ? actor->fields_json : STR_LITERAL("[]");
	const struct str texts[] = { name, note, fields };

	json_out_key_id(json, "id", actor->id);
	json_out_key_str(json, "username", actor->username);
	json_out_key_str(json, "acct", account_acct(reader->arena, actor));
	json_out_key_str(json, "url", actor->url);
	json_out_key_str(json, "uri", actor->uri);
	json_out_key_str(json, "display_name", name);
	json_out_key_str(json, "note", note);
	write_pictures(reader, json, actor, extra);
	write_flags(json, actor);
	json_out_key_time_ms(json, "created_at", actor->created_us - actor->created_us % DAY_US);
	write_fields(json, fields);
	write_roles(json, actor, extra);
	write_feature_approval(json);
	return emojis_write_used(reader, json, actor->is_local, actor->uri, texts, sizeof(texts) / sizeof(texts[0]));
}

static enum error render(const struct reader *reader, struct account_item *item, const struct actor *actor,
	const struct actor_extra *extra)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;

	json_out_init(&json, &out);
	json_out_object_begin(&json);
	enum error error = write_fragment(reader, &json, actor, extra);
	if (error)
		return error;
	json_out_object_end(&json);
	item->members = arena_str(reader->arena, str_slice(buf_str(&out), 1, out.len - 1));
	const struct fragment fragment = { .json = item->members };
	fragment_put(FRAGMENT_ACCOUNT, item->glance.id, item->glance.stamp, &fragment);
	return ERROR_NONE;
}

/* ---- the set ---- */

static int compare_items(const void *a, const void *b)
{
	const struct account_item *one = a, *other = b;
	return (one->glance.id > other->glance.id) - (one->glance.id < other->glance.id);
}

static struct account_item *find_item(const struct account_set *set, int64_t actor_id)
{
	const struct account_item wanted = { .glance = { .id = actor_id } };
	return set->count ? bsearch(&wanted, set->items, set->count, sizeof(wanted), compare_items) : NULL;
}

static const struct actor_extra *find_extra(const struct actor_extra *extras, size_t count, int64_t id)
{
	static const struct actor_extra none = { .avatar_alt = STR(""), .header_alt = STR("") };
	for (size_t i = 0; i < count; i++)
		if (extras[i].id == id)
			return &extras[i];
	return &none;
}

static enum error render_missing(struct account_set *set, const int64_t *ids, size_t count)
{
	const struct reader *reader = &set->reader;
	struct actor *actors;
	struct actor_extra *extras;
	size_t actor_count, extra_count;

	enum error error = actor_find_many(reader->db, reader->arena, ids, count, &actors, &actor_count);
	if (!error)
		error = actor_extra_list(reader->db, reader->arena, ids, count, &extras, &extra_count);
	for (size_t i = 0; !error && i < actor_count; i++) {
		struct account_item *item = find_item(set, actors[i].id);
		item->actor = &actors[i];
		error = render(reader, item, &actors[i], find_extra(extras, extra_count, actors[i].id));
	}
	return error;
}

/* What goes away between two questions is left out. */
static void drop_unrendered(struct account_set *set)
{
	size_t kept = 0;
	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].members.data)
			set->items[kept++] = set->items[i];
	set->count = kept;
}

static enum error load_members(struct account_set *set)
{
	int64_t missing[ACTOR_FIND_MANY_MAX];
	size_t missing_count = 0;
	enum error error = ERROR_NONE;

	for (size_t i = 0; i < set->count && !error; i++) {
		struct account_item *item = &set->items[i];
		struct fragment fragment;
		if (fragment_get(FRAGMENT_ACCOUNT, item->glance.id, item->glance.stamp, set->reader.arena, &fragment)) {
			item->members = fragment.json;
			continue;
		}
		missing[missing_count++] = item->glance.id;
		if (missing_count == ACTOR_FIND_MANY_MAX) {
			error = render_missing(set, missing, missing_count);
			missing_count = 0;
		}
	}
	if (!error && missing_count)
		error = render_missing(set, missing, missing_count);
	drop_unrendered(set);
	return error;
}

static size_t add_moved_to(struct arena *arena, const struct actor_glance *glances, size_t count, int64_t **ret_ids)
{
	int64_t *ids = NULL;
	size_t id_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (!glances[i].moved_to_id || glances[i].is_suspended)
			continue;
		if (!ids)
			ids = arena_alloc_array(arena, count, sizeof(*ids));
		ids[id_count++] = glances[i].moved_to_id;
	}
	*ret_ids = ids;
	return id_count;
}

static void add_items(struct account_set *set, const struct actor_glance *glances, size_t count)
{
	for (size_t i = 0; i < count; i++)
		set->items[set->count++] = (struct account_item){ .glance = glances[i] };
	qsort(set->items, set->count, sizeof(*set->items), compare_items);
	size_t kept = 0;
	for (size_t i = 0; i < set->count; i++)
		if (!kept || set->items[kept - 1].glance.id != set->items[i].glance.id)
			set->items[kept++] = set->items[i];
	set->count = kept;
}

enum error account_set_load_seen(const struct reader *reader, const struct actor_glance *glances, size_t count,
	struct account_set **ret_set)
{
	struct account_set *set = arena_alloc(reader->arena, sizeof(*set));
	struct actor_glance *targets = NULL;
	size_t target_count = 0;
	int64_t *target_ids;
	enum error error = ERROR_NONE;

	set->reader = *reader;
	size_t wanted = add_moved_to(reader->arena, glances, count, &target_ids);
	if (wanted)
		error = actor_glance_list(reader->db, reader->arena, target_ids, wanted, &targets, &target_count);
	if (error)
		return error;
	set->items = arena_alloc_array(reader->arena, count + target_count + 1, sizeof(*set->items));
	add_items(set, glances, count);
	if (target_count)
		add_items(set, targets, target_count);
	error = load_members(set);
	if (!error)
		*ret_set = set;
	return error;
}

enum error account_set_load(const struct reader *reader, const int64_t *actor_ids, size_t count,
	struct account_set **ret_set)
{
	struct actor_glance *glances = NULL;
	size_t glance_count = 0;
	enum error error = ERROR_NONE;

	if (count)
		error = actor_glance_list(reader->db, reader->arena, actor_ids, count, &glances, &glance_count);
	return error ? error : account_set_load_seen(reader, glances, glance_count, ret_set);
}

bool account_set_has(const struct account_set *set, int64_t actor_id)
{
	return find_item(set, actor_id) != NULL;
}

const struct actor *account_set_actor(const struct account_set *set, int64_t actor_id)
{
	struct account_item *item = find_item(set, actor_id);
	if (!item)
		return NULL;
	if (!item->actor) {
		struct actor *actor = arena_alloc(set->reader.arena, sizeof(*actor));
		if (actor_find_by_id(set->reader.db, set->reader.arena, actor_id, actor) != ERROR_NONE)
			return NULL;
		item->actor = actor;
	}
	return item->actor;
}

void account_numbers_write(struct buf *out, const struct actor_glance *glance)
{
	AUTO(buf) struct buf object = { 0 };
	struct json_out json;

	json_out_init(&json, &object);
	json_out_object_begin(&json);
	json_out_key_int(&json, "statuses_count", glance->is_suspended ? 0 : glance->posts);
	json_out_key_int(&json, "followers_count", glance->is_suspended ? 0 : glance->followers);
	json_out_key_int(&json, "following_count", glance->is_suspended ? 0 : glance->following);
	if (glance->last_post_us && !glance->is_suspended)
		write_date(&json, "last_status_at", glance->last_post_us);
	else
		json_out_key_null(&json, "last_status_at");
	json_out_object_end(&json);
	buf_add_str(out, str_slice(buf_str(&object), 1, object.len - 1));
}

void account_set_note(struct account_set *set, struct page_parts *parts)
{
	set->parts = parts;
	page_parts_add(parts, CHANGE_ACTOR, CHANGE_ANY_ACTOR);
	for (size_t i = 0; i < set->count; i++)
		page_parts_add(parts, CHANGE_ACTOR, set->items[i].glance.id);
}

static void write_members(const struct account_set *set, struct json_out *json, const struct account_item *item,
	bool with_moved)
{
	const struct actor_glance *glance = &item->glance;
	const struct account_item *target = with_moved && glance->moved_to_id && !glance->is_suspended ?
		find_item(set, glance->moved_to_id) : NULL;

	AUTO(buf) struct buf numbers = { 0 };

	account_numbers_write(&numbers, glance);
	json_out_raw_members(json, item->members);
	json_out_raw_members(json, buf_str(&numbers));
	if (set->parts)
		page_parts_add_hole(set->parts, json->buf, numbers.len, CHANGE_ACTOR_NUMBERS, glance->id);
	if (glance->is_suspended)
		json_out_key_bool(json, "suspended", true);
	if (target) {
		json_out_key_object_begin(json, "moved");
		write_members(set, json, target, false);
		json_out_object_end(json);
	}
}

void account_set_write_members(const struct account_set *set, struct json_out *json, int64_t actor_id)
{
	write_members(set, json, find_item(set, actor_id), true);
}

void account_set_write(const struct account_set *set, struct json_out *json, int64_t actor_id)
{
	json_out_object_begin(json);
	account_set_write_members(set, json, actor_id);
	json_out_object_end(json);
}

void account_set_write_array(const struct account_set *set, struct json_out *json, const int64_t *actor_ids, size_t count)
{
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		if (account_set_has(set, actor_ids[i]))
			account_set_write(set, json, actor_ids[i]);
	json_out_array_end(json);
}

enum error account_respond(struct request *request, int64_t actor_id)
{
	const struct reader reader = reader_of(request, FILTER_NONE);
	struct account_set *set;

	enum error error = account_set_load(&reader, &actor_id, 1, &set);
	if (error)
		return error;
	if (!account_set_has(set, actor_id))
		return ERROR_NOT_FOUND;
	account_set_write(set, respond_json(request, 200), actor_id);
	return ERROR_NONE;
}

enum error account_respond_array(struct request *request, const int64_t *actor_ids, size_t count)
{
	const struct reader reader = reader_of(request, FILTER_NONE);
	struct account_set *set;

	enum error error = account_set_load(&reader, actor_ids, count, &set);
	if (error)
		return error;
	account_set_write_array(set, respond_json(request, 200), actor_ids, count);
	return ERROR_NONE;
}
