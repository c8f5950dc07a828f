/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lists of statuses: a page of ids, its Link header, and the entities. */
#include "server/mastodon/timelines.h"

#include "server/app.h"
#include "server/entity/status.h"
#include "server/mastodon/home_pages.h"
#include "server/mastodon/parameters.h"
#include "storage/actor.h"
#include "storage/preview.h"
#include "storage/timeline.h"

#include "base/hashtag.h"
#include "base/mutant.h"
#include "base/url.h"

#define DEFAULT_LIMIT 20
#define MAX_LIMIT 40

static void read_page(const struct request *request, struct id_page *ret_page)
{
	parameter_page(request, DEFAULT_LIMIT, MAX_LIMIT, ret_page);
}

static enum error respond_page(struct request *request, enum filter_context filters, const struct id_page *page,
	const int64_t *ids, size_t count)
{
	if (count)
		respond_link(request, count, ids[0], ids[count - 1], count == (size_t)page->limit);
	return status_respond_array(request, filters, ids, count);
}

/* Some instances show their timelines to their own people only. */
static enum error check_open(struct request *request)
{
	bool is_open = config_boolean(request->app->config, "instance.public_timelines") || MUTANT("public_timelines");
	if (is_open || request->access.actor_id)
		return ERROR_NONE;
	request->error_message = STR_LITERAL("This method requires an authenticated user");
	return ERROR_UNAUTHORIZED;
}

static struct timeline_options read_options(const struct request *request)
{
	return (struct timeline_options){
		.is_local_only = parameter_bool(request, "local", false),
		.is_remote_only = parameter_bool(request, "remote", false),
		.is_media_only = parameter_bool(request, "only_media", false),
	};
}

bool cached_home_timeline(struct request *request)
{
	struct page_key key = { .actor_id = request->access.actor_id };

	if (!request->app->home_pages)
		return false;
	read_page(request, &key.bounds);
	home_pages_take(request, &key);
	return true;
}

/* Without a thread that follows the changes nothing is kept. */
static void keep_page(struct request *request, const struct page_key *key, uint64_t position, const struct page_parts *parts,
	const struct page_ids *ids, struct shared_bytes *bytes)
{
	if (request->app->home_pages)
		page_cache_put(home_pages_cache(request->app->home_pages), key, position, parts, ids, bytes);
}

static uint64_t position_of(const struct request *request)
{
	return request->app->home_pages ? page_cache_position(home_pages_cache(request->app->home_pages)) : 0;
}

enum error handle_home_timeline(struct request *request)
{
	const struct reader reader = reader_of(request, FILTER_HOME);
	struct page_parts parts = { .arena = request->arena };
	struct page_key key = { .actor_id = reader.actor_id };
	uint64_t position = position_of(request);
	struct buf out = { 0 };
	struct json_out json;
	struct status_set *set;
	int64_t *ids;
	size_t count;

	if (!reader.hides_direct && !request->has_come_back && cached_home_timeline(request))
		return ERROR_NONE; /* its token was not known on the loop */
	read_page(request, &key.bounds);
	enum error error = status_set_load_home(&reader, &key.bounds, &parts, &set, &ids, &count);
	if (error)
		return error;
	json_out_init(&json, &out);
	status_set_write_array(set, &json, ids, count);
	struct shared_bytes *bytes = shared_bytes_new(&out);
	const struct page_ids ends = { .first = count ? ids[0] : 0, .last = count ? ids[count - 1] : 0, .count = count };
	respond_shared(request, 200, JSON_CONTENT_TYPE, bytes);
	respond_link(request, count, ends.first, ends.last, count == (size_t)key.bounds.limit);
	if (!reader.hides_direct)
		keep_page(request, &key, position, &parts, &ends, bytes);
	shared_bytes_unref(&bytes);
	return ERROR_NONE;
}

enum error handle_public_timeline(struct request *request)
{
	const struct timeline_options options = read_options(request);
	struct id_page page;
	int64_t *ids;
	size_t count;

	read_page(request, &page);
	enum error error = check_open(request);
	if (!error)
		error = timeline_list_public(request->db, request->arena, request->access.actor_id, &options, &page, &ids, &count);
	return error ? error : respond_page(request, FILTER_PUBLIC, &page, ids, count);
}

static size_t read_tags(const struct request *request, const char *name, struct str first, struct str **ret_tags)
{
	struct str *values, *tags = arena_alloc_array(request->arena, TIMELINE_MAX_TAGS, sizeof(*tags));
	size_t given = parameter_list(request, name, &values), count = 0;

	if (first.len)
		tags[count++] = first;
	for (size_t i = 0; i < given && count < TIMELINE_MAX_TAGS; i++) {
		struct str key = hashtag_key(request->arena, values[i]);
		if (key.len)
			tags[count++] = key;
	}
	*ret_tags = tags;
	return count;
}

enum error handle_tag_timeline(struct request *request)
{
	const struct timeline_options options = read_options(request);
	struct str name = hashtag_key(request->arena, request_value(request, 0));
	struct str *any, *all, *none;
	struct id_page page;
	int64_t *ids;
	size_t count;

	read_page(request, &page);
	size_t any_count = read_tags(request, "any", name, &any);
	size_t all_count = read_tags(request, "all", (struct str){ 0 }, &all);
	size_t none_count = read_tags(request, "none", (struct str){ 0 }, &none);
	const struct timeline_tags tags = {
		.any = any, .any_count = any_count, .all = all, .all_count = all_count, .none = none, .none_count = none_count,
	};
	enum error error = check_open(request);
	if (!error)
		error = timeline_list_tagged(request->db, request->arena, request->access.actor_id, &tags, &options, &page, &ids,
			&count);
	return error ? error : respond_page(request, FILTER_PUBLIC, &page, ids, count);
}

/* Of a page that some post shows a preview of: 404 for any other. */
enum error handle_link_timeline(struct request *request)
{
	struct url url;
	struct id_page page;
	int64_t preview_id, *ids;
	size_t count;

	read_page(request, &page);
	enum error error = check_open(request);
	if (!error && !url_parse(request->arena, parameter_text(request, "url"), &url))
		error = ERROR_NOT_FOUND;
	if (!error)
		error = preview_find_by_url(request->db, request->arena,
			str_slice(url.text, 0, str_index_of(url.text, '#', 0)), &preview_id);
	if (!error)
		error = preview_list_posts(request->db, request->arena, request->access.actor_id, preview_id, &page, &ids, &count);
	return error ? error : respond_page(request, FILTER_PUBLIC, &page, ids, count);
}

enum error handle_list_timeline(struct request *request)
{
	struct id_page page;
	int64_t *ids;
	size_t count;

	read_page(request, &page);
	enum error error = timeline_list_members(request->db, request->arena, request->access.actor_id,
		parameter_path_id(request, 0), &page, &ids, &count);
	return error ? error : respond_page(request, FILTER_HOME, &page, ids, count);
}

enum error handle_direct_timeline(struct request *request)
{
	struct id_page page;
	int64_t *ids;
	size_t count;

	read_page(request, &page);
	enum error error = timeline_list_direct(request->db, request->arena, request->access.actor_id, &page, &ids, &count);
	return error ? error : respond_page(request, FILTER_HOME, &page, ids, count);
}

/* One that is suspended has said nothing. */
static enum error check_account(struct request *request, int64_t actor_id)
{
	struct actor *actors;
	size_t count;

	enum error error = actor_find_many(request->db, request->arena, &actor_id, 1, &actors, &count);
	if (error)
		return error;
	return count && !actors[0].is_deleted ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error handle_account_statuses(struct request *request)
{
	int64_t actor_id = parameter_path_id(request, 0), *ids;
	struct str tag = parameter_text(request, "tagged");
	struct id_page page;
	size_t count;

	read_page(request, &page);
	enum error error = check_account(request, actor_id);
	if (error)
		return error;
	if (parameter_bool(request, "pinned", false)) {
		error = timeline_list_pinned(request->db, request->arena, request->access.actor_id, actor_id, &ids, &count);
		return error ? error : status_respond_array(request, FILTER_ACCOUNT, ids, count);
	}
	const struct timeline_account wanted = {
		.actor_id = actor_id,
		.with_replies = !parameter_bool(request, "exclude_replies", false),
		.with_boosts = !parameter_bool(request, "exclude_reblogs", false),
		.is_media_only = parameter_bool(request, "only_media", false),
		.tag = str_is_empty(tag) ? (struct str){ 0 } : hashtag_key(request->arena, tag),
	};
	error = timeline_list_account(request->db, request->arena, request->access.actor_id, &wanted, &page, &ids, &count);
	return error ? error : respond_page(request, FILTER_ACCOUNT, &page, ids, count);
}

/* Pages go by the relation: what is kept last comes first, whenever it was written. */
static enum error respond_kept(struct request *request, const struct id_page *page, const struct timeline_relation *items,
	size_t count)
{
	int64_t *ids = arena_alloc_array(request->arena, count + 1, sizeof(*ids));

	for (size_t i = 0; i < count; i++)
		ids[i] = items[i].target_id;
	if (count)
		respond_link(request, count, items[0].id, items[count - 1].id, count == (size_t)page->limit);
	return status_respond_array(request, FILTER_NONE, ids, count);
}

enum error handle_bookmarks(struct request *request)
{
	struct timeline_relation *items;
	struct id_page page;
	size_t count;

	read_page(request, &page);
	enum error error =
		timeline_list_bookmarks(request->db, request->arena, request->access.actor_id, &page, &items, &count);
	return error ? error : respond_kept(request, &page, items, count);
}

enum error handle_favourites(struct request *request)
{
	struct timeline_relation *items;
	struct id_page page;
	size_t count;

	read_page(request, &page);
	enum error error =
		timeline_list_favourites(request->db, request->arena, request->access.actor_id, &page, &items, &count);
	return error ? error : respond_kept(request, &page, items, count);
}
