/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Accounts and lists of them. Pages go by the ids of the relations, which only the Link header tells. */
#include "server/mastodon/accounts.h"

#include "server/app.h"
#include "server/entity/account.h"
#include "server/mastodon/lists.h"
#include "server/mastodon/parameters.h"

#include "federation/resolve.h"

#include "base/mutant.h"
#include "storage/account_search.h"
#include "storage/block.h"
#include "storage/contact_list.h"
#include "storage/domain.h"
#include "storage/relation.h"

#define PAGE_DEFAULT 40
#define PAGE_MAX 80

enum error handle_account(struct request *request)
{
	return account_respond(request, parameter_path_id(request, 0));
}

enum error handle_accounts(struct request *request)
{
	int64_t *ids;
	size_t count = parameter_ids(request, "id", PAGE_MAX, &ids);
	return account_respond_array(request, ids, count);
}

/* The account domain: the one after the @, told by any of the names of a domain of ours, or the instance's own. */
static enum error find_domain(struct request *request, struct str named, struct str *ret_domain)
{
	struct domain domain;
	if (!named.len) {
		*ret_domain = request->app->domain;
		return ERROR_NONE;
	}
	enum error error = domain_find(request->db, request->arena, named, &domain);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	*ret_domain = error ? named : domain.name;
	return ERROR_NONE;
}

enum error handle_account_lookup(struct request *request)
{
	struct str acct = str_trim(parameter_text(request, "acct"));
	struct str domain;
	struct actor actor;
	if (str_starts_with(acct, STR_LITERAL("@")))
		acct = str_slice(acct, 1, acct.len);
	size_t at = str_index_of(acct, '@', 0);
	enum error error = find_domain(request, arena_lower(request->arena, str_slice(acct, at + 1, acct.len)), &domain);
	if (!error)
		error = actor_find_by_handle(request->db, request->arena, str_slice(acct, 0, at), domain, &actor);
	if (error)
		return error;
	return actor.is_pending ? ERROR_NOT_FOUND : account_respond(request, actor.id);
}

/* "name@domain" with or without a first @: what another server may know. */
static bool is_whole_handle(struct str text)
{
	struct str handle = str_trim(text);
	if (str_starts_with(handle, STR_LITERAL("@")))
		handle = str_slice(handle, 1, handle.len);
	size_t at = str_index_of(handle, '@', 0);
	return at > 0 && at + 1 < handle.len && str_contains_char(str_slice(handle, at, handle.len), '.') &&
		!str_contains_char(handle, ' ');
}

/* One that is not here yet comes from its server; that it cannot be had is no error. */
static size_t resolve_account(struct request *request, struct str text, int64_t *ids, size_t count, size_t limit)
{
	struct actor actor;
	if (resolve_handle(request->app->federation, request->db, request->arena, str_trim(text), &actor) ||
	    actor.is_suspended || count >= limit)
		return count;
	for (size_t i = 0; i < count; i++)
		if (ids[i] == actor.id)
			return count;
	ids[count] = actor.id;
	return count + 1;
}

enum error handle_account_search(struct request *request)
{
	struct account_search search = { .reader_id = request->access.actor_id, .text = parameter_text(request, "q"),
		.is_following_only = parameter_bool(request, "following", false) };
	int64_t *found = NULL;
	size_t count;
	parameter_offset(request, PAGE_DEFAULT, PAGE_MAX, &search.offset, &search.limit);
	enum error error = account_search_list(request->db, request->arena, &search, &found, &count);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(request->arena, count + 1, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = found[i];
	bool resolves = parameter_bool(request, "resolve", false) && !search.is_following_only && !search.offset;
	if (resolves && !count && is_whole_handle(search.text))
		count = resolve_account(request, search.text, ids, count, (size_t)search.limit);
	return account_respond_array(request, ids, count);
}

static int64_t *actor_ids_of(struct arena *arena, const struct relation_item *items, size_t count)
{
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = items[i].actor_id;
	return ids;
}

static void respond_page_link(struct request *request, const struct id_page *page, const struct relation_item *items, size_t count)
{
	if (count)
		respond_link(request, count, items[0].id, items[count - 1].id, count == (size_t)page->limit);
}

static enum error respond_relations(struct request *request, enum relation_kind kind, int64_t actor_id)
{
	struct id_page page;
	struct relation_item *items;
	size_t count;
	parameter_page(request, PAGE_DEFAULT, PAGE_MAX, &page);
	enum error error = relation_list(request->db, request->arena, kind, actor_id, &page, &items, &count);
	if (error)
		return error;
	respond_page_link(request, &page, items, count);
	return account_respond_array(request, actor_ids_of(request->arena, items, count), count);
}

/* Whether the reader may see whom an actor is tied to. */
static enum error may_see_ties(struct request *request, int64_t actor_id, bool *ret_may)
{
	struct actor actor;
	bool is_blocked = false;
	int64_t reader_id = request->access.actor_id;
	enum error error = actor_find_by_id(request->db, request->arena, actor_id, &actor);
	if (!error && actor.is_deleted)
		error = ERROR_NOT_FOUND;
	if (!error && reader_id && reader_id != actor_id)
		error = block_exists(request->db, request->arena, actor_id, reader_id, &is_blocked);
	if (error)
		return error;
	bool is_hidden = actor.hides_collections && reader_id != actor_id && !MUTANT("account_hidden_collections");
	*ret_may = !actor.is_suspended && !is_hidden && (!is_blocked || MUTANT("account_blocked_collections"));
	return ERROR_NONE;
}

static enum error respond_ties(struct request *request, enum relation_kind kind)
{
	int64_t actor_id = parameter_path_id(request, 0);
	bool may = false;
	enum error error = may_see_ties(request, actor_id, &may);
	if (error)
		return error;
	return may ? respond_relations(request, kind, actor_id) : account_respond_array(request, NULL, 0);
}

enum error handle_account_followers(struct request *request)
{
	return respond_ties(request, RELATION_FOLLOWERS);
}

enum error handle_account_following(struct request *request)
{
	return respond_ties(request, RELATION_FOLLOWING);
}

/* They are for everyone to see, unless the profile shows nothing. */
enum error handle_account_endorsements(struct request *request)
{
	struct actor actor;
	int64_t actor_id = parameter_path_id(request, 0);
	enum error error = actor_find_by_id(request->db, request->arena, actor_id, &actor);
	if (!error && actor.is_deleted)
		error = ERROR_NOT_FOUND;
	if (error)
		return error;
	if (actor.is_suspended)
		return account_respond_array(request, NULL, 0);
	return respond_relations(request, RELATION_ENDORSEMENTS, actor_id);
}

enum error handle_account_lists(struct request *request)
{
	struct contact_list *lists;
	size_t count;
	int64_t member_id = parameter_path_id(request, 0);
	enum error error = contact_list_list(request->db, request->arena, request->access.actor_id, member_id, &lists, &count);
	if (error)
		return error;
	lists_write(respond_json(request, 200), lists, count);
	return ERROR_NONE;
}

enum error handle_follow_requests(struct request *request)
{
	return respond_relations(request, RELATION_REQUESTS, request->access.actor_id);
}

enum error handle_blocks(struct request *request)
{
	return respond_relations(request, RELATION_BLOCKS, request->access.actor_id);
}

enum error handle_endorsements(struct request *request)
{
	return respond_relations(request, RELATION_ENDORSEMENTS, request->access.actor_id);
}

/* MutedAccount: an Account that says until when. */
enum error handle_mutes(struct request *request)
{
	struct reader reader = reader_of(request, FILTER_NONE);
	struct id_page page;
	struct relation_item *items;
	struct account_set *accounts;
	size_t count;
	parameter_page(request, PAGE_DEFAULT, PAGE_MAX, &page);
	enum error error = relation_list(request->db, request->arena, RELATION_MUTES, request->access.actor_id, &page, &items, &count);
	if (!error)
		error = account_set_load(&reader, actor_ids_of(request->arena, items, count), count, &accounts);
	if (error)
		return error;
	respond_page_link(request, &page, items, count);
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		if (!account_set_has(accounts, items[i].actor_id))
			continue;
		json_out_object_begin(json);
		account_set_write_members(accounts, json, items[i].actor_id);
		if (items[i].expires_us)
			json_out_key_time_ms(json, "mute_expires_at", items[i].expires_us);
		else
			json_out_key_null(json, "mute_expires_at");
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}
