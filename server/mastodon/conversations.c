/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Conversations: pages go by the last posts. */
#include "server/mastodon/conversations.h"

#include "server/entity/notification.h"
#include "server/mastodon/parameters.h"

#define DEFAULT_LIMIT 20
#define MAX_LIMIT 40

enum error handle_conversations(struct request *request)
{
	struct reader reader = reader_of(request, FILTER_NONE);
	struct conversation *conversations;
	struct id_page page;
	size_t count;
	parameter_page(request, DEFAULT_LIMIT, MAX_LIMIT, &page);
	enum error error =
		conversation_list(request->db, request->arena, request->access.actor_id, &page, &conversations, &count);
	if (error)
		return error;
	if (count)
		respond_link(request, count, conversations[0].last_post_id, conversations[count - 1].last_post_id,
			count == (size_t)page.limit);
	return conversation_write_array(&reader, respond_json(request, 200), conversations, count);
}

enum error handle_conversation_delete(struct request *request)
{
	enum error error = conversation_delete(request->db, request->arena, request->access.actor_id,
		parameter_path_id(request, 0));
	return error ? error : respond_empty_object(request);
}

static enum error set_unread(struct request *request, bool is_unread)
{
	AUTO(buf) struct buf body = { 0 };
	struct reader reader = reader_of(request, FILTER_NONE);
	int64_t id = parameter_path_id(request, 0);
	enum error error = conversation_set_unread(request->db, request->arena, request->access.actor_id, id, is_unread);
	if (!error)
		error = conversation_render(&reader, id, &body);
	if (!error)
		json_out_raw(respond_json(request, 200), buf_str(&body));
	return error;
}

enum error handle_conversation_read(struct request *request)
{
	return set_unread(request, false);
}

enum error handle_conversation_unread(struct request *request)
{
	return set_unread(request, true);
}
