/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Blocked servers of a reader. */
#include "server/mastodon/domain_blocks.h"

#include "server/action/domain_block.h"
#include "server/mastodon/parameters.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX 200

enum error handle_domain_blocks(struct request *request)
{
	struct id_page page;
	struct actor_domain_block *blocks;
	size_t count;
	parameter_page(request, PAGE_DEFAULT, PAGE_MAX, &page);
	enum error error = actor_domain_block_list(request->db, request->arena, request->access.actor_id, &page, &blocks, &count);
	if (error)
		return error;
	if (count)
		respond_link(request, count, blocks[0].id, blocks[count - 1].id, count == (size_t)page.limit);
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		json_out_str(json, blocks[i].domain);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error read_domain(struct request *request, struct str *ret_domain)
{
	if (!domain_block_parse(request->arena, parameter_text(request, "domain"), ret_domain))
		return refuse(request, "Validation failed: Domain is not a valid domain name");
	return ERROR_NONE;
}

enum error handle_domain_block_preview(struct request *request)
{
	struct str domain;
	struct domain_ties ties;
	enum error error = read_domain(request, &domain);
	if (!error)
		error = domain_ties_count(request->db, request->arena, request->access.actor_id, domain, &ties);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_int(json, "following_count", ties.following_count);
	json_out_key_int(json, "followers_count", ties.followers_count);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_domain_block_add(struct request *request)
{
	struct str domain;
	enum error error = read_domain(request, &domain);
	if (!error)
		error = domain_block_start(request->db, request->arena, request->access.actor_id, domain);
	return error ? error : respond_empty_object(request);
}

enum error handle_domain_block_remove(struct request *request)
{
	struct str domain;
	enum error error = read_domain(request, &domain);
	if (!error)
		error = actor_domain_block_remove(request->db, request->arena, request->access.actor_id, domain);
	return error ? error : respond_empty_object(request);
}
