/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Single statuses. Whatever hangs at one is shown only to those who may see it. */
#include "server/mastodon/statuses.h"

#include "server/entity/account.h"
#include "server/entity/emojis.h"
#include "server/entity/poll.h"
#include "server/entity/status.h"
#include "server/entity/status_fragment.h"
#include "server/mastodon/kept_pages.h"
#include "server/mastodon/parameters.h"
#include "storage/poll.h"
#include "storage/post_revision.h"
#include "storage/post_thread.h"
#include "storage/timeline.h"

#include "base/json_in.h"
#include "base/mutant.h"

#define MAX_STATUSES 20
#define DEFAULT_ACCOUNTS 40
#define MAX_ACCOUNTS 80
#define DEFAULT_QUOTES 20
#define MAX_QUOTES 40

/* Mastodon's bounds of a thread. */
#define ANYONE_ANCESTORS 40
#define ANYONE_DESCENDANTS 60
#define READER_MAX POST_THREAD_MAX_POSTS

/* The post of the path, or of a boost of that id, if the reader may see it. */
static enum error find_post(struct request *request, struct status_set **ret_set, int64_t *ret_post_id)
{
	const struct reader reader = reader_of(request, FILTER_THREAD);
	int64_t id = parameter_path_id(request, 0);
	struct status_set *set;

	enum error error = status_set_load(&reader, &id, 1, &set);
	if (error)
		return error;
	if (!status_set_has(set, id))
		return ERROR_NOT_FOUND;
	*ret_set = set;
	*ret_post_id = status_set_post_id(set, id);
	return ERROR_NONE;
}

static struct page_key status_key(const struct request *request)
{
	return (struct page_key){
		.kind = PAGE_STATUS, .actor_id = request->access.actor_id, .bounds = { .max_id = parameter_path_id(request, 0) },
	};
}

bool cached_status(struct request *request)
{
	const struct page_key key = status_key(request);
	return kept_pages_take(request, &key);
}

enum error handle_status(struct request *request)
{
	const struct reader reader = reader_of(request, FILTER_THREAD);
	const struct page_key key = status_key(request);
	struct page_making making;
	struct status_set *set;
	struct buf out = { 0 };
	struct json_out json;

	if (cached_status(request))
		return ERROR_NONE; /* its token was not known on the loop */
	kept_pages_begin(request, &key, &making);
	enum error error = status_set_load_noting(&reader, &key.bounds.max_id, 1, &making.parts, &set);
	if (error)
		return error;
	if (!status_set_has(set, key.bounds.max_id))
		return ERROR_NOT_FOUND;
	json_out_init(&json, &out);
	status_set_write(set, &json, key.bounds.max_id);
	kept_pages_respond(request, &making, &(struct page_ids){ 0 }, &out);
	return ERROR_NONE;
}

enum error handle_statuses(struct request *request)
{
	int64_t *ids;
	size_t count = parameter_ids(request, "id", MAX_STATUSES, &ids);

	return status_respond_array(request, FILTER_THREAD, ids, count);
}

/* ---- threads ---- */

static bool contains(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* The ids of posts that the reader wants to see, in the order of the thread. */
static enum error keep_wanted(const struct reader *reader, const struct post *posts, size_t count, int64_t **ret_ids,
	size_t *ret_count)
{
	int64_t *ids = arena_alloc_array(reader->arena, count + 1, sizeof(*ids)), *wanted = NULL;
	size_t wanted_count = 0, kept = 0;

	for (size_t i = 0; i < count; i++)
		ids[i] = posts[i].id;
	enum error error = count ? timeline_filter_wanted(reader->db, reader->arena, reader->actor_id, ids, count, &wanted,
		&wanted_count) : ERROR_NONE;
	if (error)
		return error;
	for (size_t i = 0; i < count; i++)
		if (contains(wanted, wanted_count, ids[i]))
			ids[kept++] = ids[i];
	*ret_ids = ids;
	*ret_count = kept;
	return ERROR_NONE;
}

static void write_part(struct json_out *json, const char *key, const struct status_set *set, const int64_t *ids, size_t count)
{
	json_out_key(json, key);
	status_set_write_array(set, json, ids, count);
}

struct thread {
	int64_t *above, *below;
	size_t above_count, below_count;
};

static enum error load_thread(const struct reader *reader, int64_t post_id, struct thread *ret_thread)
{
	bool is_anyone = reader->actor_id == 0 && !MUTANT("thread_bounds");
	struct post *above, *below;
	size_t above_count, below_count;

	enum error error = post_thread_ancestors(reader->db, reader->arena, reader->actor_id, post_id,
		is_anyone ? ANYONE_ANCESTORS : READER_MAX, &above, &above_count);
	if (!error)
		error = post_thread_descendants(reader->db, reader->arena, reader->actor_id, post_id,
			is_anyone ? ANYONE_DESCENDANTS : READER_MAX, &below, &below_count);
	if (!error)
		error = keep_wanted(reader, above, above_count, &ret_thread->above, &ret_thread->above_count);
	if (!error)
		error = keep_wanted(reader, below, below_count, &ret_thread->below, &ret_thread->below_count);
	return error;
}

enum error handle_status_context(struct request *request)
{
	const struct reader reader = reader_of(request, FILTER_THREAD);
	struct status_set *set;
	struct thread thread;
	int64_t post_id;

	enum error error = find_post(request, &set, &post_id);
	if (!error)
		error = load_thread(&reader, post_id, &thread);
	if (error)
		return error;
	size_t count = thread.above_count + thread.below_count;
	int64_t *ids = arena_alloc_array(request->arena, count + 1, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = i < thread.above_count ? thread.above[i] : thread.below[i - thread.above_count];
	error = status_set_load(&reader, ids, count, &set);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	write_part(json, "ancestors", set, thread.above, thread.above_count);
	write_part(json, "descendants", set, thread.below, thread.below_count);
	json_out_object_end(json);
	return ERROR_NONE;
}

/* ---- edits ---- */

struct edits {
	struct reader reader;
	struct post post;
	struct account_set *accounts;
	struct str media; /* the member, rendered: former versions do not keep theirs */
};

static void write_options(struct json_out *json, struct str options_json)
{
	json_auto_t *options = NULL;

	if (!options_json.data || json_in_parse(options_json, NULL, &options) != ERROR_NONE)
		return;
	json_out_key_object_begin(json, "poll");
	json_out_key_array_begin(json, "options");
	for (size_t i = 0; i < json_array_size(options); i++) {
		const json_t *title = json_array_get(options, i);
		json_out_object_begin(json);
		json_out_key_str(json, "title", (struct str){ json_string_value(title), json_string_length(title) });
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
}

static enum error write_edit(const struct edits *edits, struct json_out *json, const struct post_revision *version)
{
	const struct str texts[] = { version->html, version->spoiler_text };

	json_out_object_begin(json);
	json_out_key_str(json, "content", version->html);
	json_out_key_str(json, "spoiler_text", version->spoiler_text);
	json_out_key_bool(json, "sensitive", version->is_sensitive);
	json_out_key_time_ms(json, "created_at", version->written_us);
	json_out_key(json, "account");
	account_set_write(edits->accounts, json, edits->post.actor_id);
	write_options(json, version->options_json);
	json_out_raw_members(json, edits->media);
	enum error error = emojis_write_used(&edits->reader, json, edits->post.is_local, edits->post.actor_uri, texts,
		sizeof(texts) / sizeof(texts[0]));
	json_out_object_end(json);
	return error;
}

/* The titles as post_revision has them. */
static enum error render_options(const struct reader *reader, const struct post *post, struct str *ret_json)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	struct poll poll;

	*ret_json = (struct str){ 0 };
	if (post->kind != POST_QUESTION)
		return ERROR_NONE;
	enum error error = poll_find(reader->db, reader->arena, post->id, &poll);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	json_out_init(&json, &out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < poll.option_count; i++)
		json_out_str(&json, poll.options[i].title);
	json_out_array_end(&json);
	*ret_json = arena_str(reader->arena, buf_str(&out));
	return ERROR_NONE;
}

static enum error render_media(const struct reader *reader, int64_t post_id, struct str *ret_member)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;

	json_out_init(&json, &out);
	json_out_object_begin(&json);
	enum error error = status_write_media(reader, &json, post_id, NULL);
	if (error)
		return error;
	json_out_object_end(&json);
	*ret_member = arena_str(reader->arena, str_slice(buf_str(&out), 1, out.len - 1));
	return ERROR_NONE;
}

static enum error load_edits(struct request *request, struct edits *edits)
{
	const struct reader *reader = &edits->reader;
	struct status_set *set;
	int64_t post_id;

	edits->reader = reader_of(request, FILTER_THREAD);
	enum error error = find_post(request, &set, &post_id);
	if (!error)
		error = post_find(reader->db, reader->arena, reader->actor_id, post_id, &edits->post);
	if (!error)
		error = account_set_load(reader, &edits->post.actor_id, 1, &edits->accounts);
	if (!error && !account_set_has(edits->accounts, edits->post.actor_id))
		error = ERROR_NOT_FOUND;
	return error ? error : render_media(reader, post_id, &edits->media);
}

enum error handle_status_history(struct request *request)
{
	struct edits edits;
	struct post_revision *versions;
	size_t count;

	enum error error = load_edits(request, &edits);
	if (error)
		return error;
	const struct post *post = &edits.post;
	struct post_revision now = {
		.html = post->html, .spoiler_text = post->spoiler_text, .is_sensitive = post->is_sensitive,
		.written_us = post->edited_us ? post->edited_us : post->created_us,
	};
	error = render_options(&edits.reader, post, &now.options_json);
	if (!error)
		error = post_revision_list(request->db, request->arena, post->id, &versions, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count && !error; i++)
		error = write_edit(&edits, json, &versions[i]);
	if (!error)
		error = write_edit(&edits, json, &now);
	json_out_array_end(json);
	return error;
}

enum error handle_status_source(struct request *request)
{
	struct status_set *set;
	struct post post;
	int64_t post_id;

	enum error error = find_post(request, &set, &post_id);
	if (!error)
		error = post_find(request->db, request->arena, request->access.actor_id, post_id, &post);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_id(json, "id", post.id);
	json_out_key_str(json, "text", status_source_text(request->arena, &post));
	json_out_key_str(json, "spoiler_text", post.spoiler_text);
	json_out_object_end(json);
	return ERROR_NONE;
}

/* ---- who did what to it ---- */

typedef enum error (*relation_list)(struct db *db, struct arena *arena, int64_t reader_id, int64_t post_id,
	const struct id_page *page, struct timeline_relation **ret_items, size_t *ret_count);

static enum error respond_people(struct request *request, relation_list list)
{
	struct status_set *set;
	struct timeline_relation *items;
	struct id_page page;
	int64_t post_id;
	size_t count;

	parameter_page(request, DEFAULT_ACCOUNTS, MAX_ACCOUNTS, &page);
	enum error error = find_post(request, &set, &post_id);
	if (!error)
		error = list(request->db, request->arena, request->access.actor_id, post_id, &page, &items, &count);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(request->arena, count + 1, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = items[i].target_id;
	if (count)
		respond_link(request, count, items[0].id, items[count - 1].id, count == (size_t)page.limit);
	return account_respond_array(request, ids, count);
}

enum error handle_status_boosters(struct request *request)
{
	return respond_people(request, timeline_list_boosters);
}

enum error handle_status_favouriters(struct request *request)
{
	return respond_people(request, timeline_list_favouriters);
}

enum error handle_status_quotes(struct request *request)
{
	struct status_set *set;
	struct id_page page;
	int64_t post_id, *ids;
	size_t count;

	parameter_page(request, DEFAULT_QUOTES, MAX_QUOTES, &page);
	enum error error = find_post(request, &set, &post_id);
	if (!error)
		error = timeline_list_quotes(request->db, request->arena, request->access.actor_id, post_id, &page, &ids, &count);
	if (error)
		return error;
	if (count)
		respond_link(request, count, ids[0], ids[count - 1], count == (size_t)page.limit);
	return status_respond_array(request, FILTER_THREAD, ids, count);
}

enum error handle_poll(struct request *request)
{
	return poll_respond(request, parameter_path_id(request, 0));
}
