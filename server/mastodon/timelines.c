/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lists of statuses: a page of ids, its Link header, and the entities. */
#include "server/mastodon/timelines.h"

#include "server/app.h"
#include "server/entity/status.h"
#include "server/mastodon/kept_pages.h"
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
static bool is_open(const struct request *request)
{
	return request->access.actor_id || config_boolean(request->app->config, "instance.public_timelines") ||
		MUTANT("public_timelines");
}

static enum error check_open(struct request *request)
{
	if (is_open(request))
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

static struct page_key home_key(const struct request *request)
{
	struct page_key key = { .kind = PAGE_HOME, .actor_id = request->access.actor_id };
	read_page(request, &key.bounds);
	return key;
}

static struct page_key local_key(const struct request *request)
{
	struct page_key key = { .kind = PAGE_LOCAL, .actor_id = request->access.actor_id };
	read_page(request, &key.bounds);
	return key;
}

bool cached_home_timeline(struct request *request)
{
	const struct page_key key = home_key(request);
	return kept_pages_take(request, &key);
}

static enum error respond_making(struct request *request, const struct page_making *making, const struct status_set *set,
	const int64_t *ids, size_t count)
{
	const struct page_ids ends = {
		.first = count ? ids[0] : 0, .last = count ? ids[count - 1] : 0, .count = count,
		.has_more = count == (size_t)making->key.bounds.limit,
	};
	struct buf out = { 0 };
	struct json_out json;

	json_out_init(&json, &out);
	status_set_write_array(set, &json, ids, count);
	kept_pages_respond(request, making, &ends, &out);
	return ERROR_NONE;
}

enum error handle_home_timeline(struct request *request)
{
	const struct reader reader = reader_of(request, FILTER_HOME);
	struct page_making making;
	struct status_set *set;
	int64_t *ids;
	size_t count;

	if (cached_home_timeline(request))
		return ERROR_NONE; /* its token was not known on the loop */
	const struct page_key key = home_key(request);
	kept_pages_begin(request, &key, &making);
	enum error error = status_set_load_home(&reader, &key.bounds, &making.parts, &set, &ids, &count);
	return error ? error : respond_making(request, &making, set, ids, count);
}

/* What everybody asks for; the rest of them are rare. */
static bool is_plainly_local(const struct timeline_options *options)
{
	return options->is_local_only && !options->is_remote_only && !options->is_media_only;
}

bool cached_public_timeline(struct request *request)
{
	const struct timeline_options options = read_options(request);
	const struct page_key key = local_key(request);
	return is_plainly_local(&options) && is_open(request) && kept_pages_take(request, &key);
}

static enum error respond_local(struct request *request)
{
	const struct reader reader = reader_of(request, FILTER_PUBLIC);
	const struct page_key key = local_key(request);
	struct page_making making;
	struct status_set *set;
	int64_t *ids;
	size_t count;

	kept_pages_begin(request, &key, &making);
	enum error error = status_set_load_local(&reader, &key.bounds, &making.parts, &set, &ids, &count);
	return error ? error : respond_making(request, &making, set, ids, count);
}

enum error handle_public_timeline(struct request *request)
{
	const struct timeline_options options = read_options(request);
	struct id_page page;
	int64_t *ids;
	size_t count;

	if (cached_public_timeline(request))
		return ERROR_NONE;
	enum error error = check_open(request);
	if (!error && is_plainly_local(&options))
		return respond_local(request);
	read_page(request, &page);
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
	bool only_media = parameter_bool(request, "only_media", false); /* of their own */
	const struct timeline_account wanted = {
		.actor_id = actor_id,
		.with_replies = !parameter_bool(request, "exclude_replies", false),
		.with_boosts = !parameter_bool(request, "exclude_reblogs", false) && !only_media,
		.is_media_only = only_media,
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
