/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Search. What is typed is first taken for what it may name: an address or a handle is looked up at its server when the
 * reader asks for it; the rest are words. */
#include "server/mastodon/search.h"

#include "server/app.h"
#include "server/entity/account.h"
#include "server/entity/status.h"
#include "server/entity/tag.h"
#include "server/mastodon/parameters.h"
#include "server/mastodon/search_query.h"
#include "server/mastodon/tags.h"

#include "federation/resolve.h"

#include "base/mutant.h"
#include "storage/account_search.h"
#include "storage/tag.h"

#define LIMIT_DEFAULT 20
#define LIMIT_MAX 40
#define QUERY_MAX_CHARACTERS 1000

struct search {
	struct request *request;
	struct str text;
	bool wants_accounts, wants_statuses, wants_hashtags, resolves;
	int offset, limit;
	int64_t *actor_ids, *post_ids;
	size_t actor_count, post_count;
	struct str *tags;
	size_t tag_count;
};

static bool is_url(struct str text)
{
	return str_starts_with(text, STR_LITERAL("https://")) || str_starts_with(text, STR_LITERAL("http://"));
}

/* What cannot be had is not found, and no error. */
static bool resolve(struct search *search)
{
	struct request *request = search->request;
	struct resolved resolved;
	enum error error = resolve_any(request->app->federation, request->db, request->arena, search->text, &resolved);
	if (error)
		return false;
	int64_t *id = arena_alloc(request->arena, sizeof(*id));
	*id = resolved.actor_id ? resolved.actor_id : resolved.post_id;
	if (resolved.actor_id && search->wants_accounts) {
		search->actor_ids = id;
		search->actor_count = 1;
	} else if (resolved.post_id && search->wants_statuses) {
		search->post_ids = id;
		search->post_count = 1;
	}
	return true;
}

static enum error find_accounts(struct search *search)
{
	struct request *request = search->request;
	struct account_search wanted = { .reader_id = request->access.actor_id, .text = search->text, .limit = search->limit,
		.offset = search->offset, .is_following_only = parameter_bool(request, "following", false) };
	return account_search_list(request->db, request->arena, &wanted, &search->actor_ids, &search->actor_count);
}

static enum error find_tags(struct search *search)
{
	struct request *request = search->request;
	struct str name = tag_name_of(request->arena, search->text);
	return name.len ? tag_search(request->db, request->arena, name, search->offset, search->limit, &search->tags,
		&search->tag_count) : ERROR_NONE;
}

static enum error find_posts(struct search *search)
{
	struct request *request = search->request;
	int64_t account_id = parameter_id(request, "account_id");
	struct post_search wanted = { .reader_id = request->access.actor_id, .offset = search->offset, .limit = search->limit };
	bool is_nothing;
	if (account_id)
		wanted.marks[wanted.mark_count++] = (struct post_search_mark){ .kind = MARK_AUTHOR, .id = account_id };
	enum error error = search_query_read(request, search->text, &wanted, &is_nothing);
	if (error || is_nothing)
		return error;
	int64_t max_id = parameter_id(request, "max_id"), min_id = parameter_id(request, "min_id");
	if (max_id)
		wanted.max_id = max_id;
	if (min_id)
		wanted.min_id = min_id;
	return post_search_list(request->db, request->arena, &wanted, &search->post_ids, &search->post_count);
}

static enum error find_all(struct search *search)
{
	bool is_named = is_url(search->text) ||
		(str_starts_with(search->text, STR_LITERAL("@")) && !str_contains_char(search->text, ' '));
	bool is_tag = str_starts_with(search->text, STR_LITERAL("#"));
	bool may_name = is_named || str_contains_char(search->text, '@');
	enum error error = ERROR_NONE;
	if (!search->text.len)
		return ERROR_NONE;
	if (may_name && search->resolves && !search->offset && resolve(search))
		return ERROR_NONE;
	if (is_url(search->text))
		return ERROR_NONE;
	if (search->wants_accounts && !is_tag)
		error = find_accounts(search);
	if (!error && search->wants_hashtags && !is_named)
		error = find_tags(search);
	if (!error && search->wants_statuses && !is_named && search->request->access.actor_id)
		error = find_posts(search);
	return error;
}

static enum error write(struct search *search)
{
	struct request *request = search->request;
	const struct reader reader = reader_of(request, FILTER_PUBLIC);
	struct account_set *accounts;
	struct status_set *statuses;
	struct tag_view *tags;
	enum error error = account_set_load(&reader, search->actor_ids, search->actor_count, &accounts);
	if (!error)
		error = status_set_load(&reader, search->post_ids, search->post_count, &statuses);
	if (!error)
		error = tag_view_list(request->db, request->arena, reader.actor_id, search->tags, search->tag_count, &tags);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key(json, "accounts");
	account_set_write_array(accounts, json, search->actor_ids, search->actor_count);
	json_out_key(json, "statuses");
	status_set_write_array(statuses, json, search->post_ids, search->post_count);
	json_out_key_array_begin(json, "hashtags");
	for (size_t i = 0; i < search->tag_count; i++)
		tag_write(&reader, json, &tags[i]);
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_search(struct request *request)
{
	struct str type = parameter_text(request, "type");
	struct search search = {
		.request = request,
		.text = str_trim(parameter_text(request, "q")),
		.wants_accounts = !type.len || str_eq(type, STR_LITERAL("accounts")),
		.wants_statuses = !type.len || str_eq(type, STR_LITERAL("statuses")),
		.wants_hashtags = !type.len || str_eq(type, STR_LITERAL("hashtags")),
		.resolves = parameter_bool(request, "resolve", false),
	};
	parameter_offset(request, LIMIT_DEFAULT, LIMIT_MAX, &search.offset, &search.limit);
	if (!request->access.actor_id && (search.resolves || search.offset) && !MUTANT("search_anonymous")) {
		request->error_message = search.resolves ?
			STR_LITERAL("Search queries that resolve remote resources are not supported without authentication") :
			STR_LITERAL("Search queries pagination is not supported without authentication");
		return ERROR_UNAUTHORIZED;
	}
	if (str_count_characters(search.text) > QUERY_MAX_CHARACTERS)
		return refuse(request, "Validation failed: the query is too long");
	enum error error = find_all(&search);
	return error ? error : write(&search);
}
