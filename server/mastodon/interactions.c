/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Deeds on statuses. Apps name a boost by its own id when that is what they show: what is done to it is done to the post.
 * Taking back what was not there is fine. */
#include "server/mastodon/interactions.h"

#include "server/action/boost.h"
#include "server/action/favourite.h"
#include "server/action/pin_post.h"
#include "server/action/quoting.h"
#include "server/action/vote.h"
#include "server/entity/poll.h"
#include "server/entity/status.h"
#include "server/mastodon/brand_posting.h"
#include "server/mastodon/parameters.h"
#include "server/mastodon/posting_form.h"

#include "storage/bookmark.h"
#include "storage/conversation_mute.h"

/* The post as the request's actor sees it: also of a boost's id. */
static enum error find_post(struct request *request, struct post *ret_post)
{
	struct boost boost;
	int64_t id = parameter_path_id(request, 0);
	enum error error = post_find(request->db, request->arena, request->access.actor_id, id, ret_post);
	if (error != ERROR_NOT_FOUND)
		return error;
	error = boost_find_by_id(request->db, request->arena, id, &boost);
	return error ? error : post_find(request->db, request->arena, request->access.actor_id, boost.post_id, ret_post);
}

/* Of what one did before, one may have lost sight. */
static enum error find_own_deed(struct request *request, int64_t *ret_post_id)
{
	struct boost boost;
	int64_t id = parameter_path_id(request, 0);
	enum error error = boost_find_by_id(request->db, request->arena, id, &boost);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	*ret_post_id = error ? id : boost.post_id;
	return ERROR_NONE;
}

/* Also when the deed was none: the answer says how things are. */
static enum error respond_after(struct request *request, enum error error, int64_t id)
{
	return error && error != ERROR_NOT_FOUND ? error : status_respond(request, id);
}

enum error handle_favourite(struct request *request)
{
	struct post post;
	enum error error = find_post(request, &post);
	if (!error)
		error = favourite_start(request->db, request->arena, request->access.actor_id, post.id);
	return error ? error : status_respond(request, post.id);
}

enum error handle_unfavourite(struct request *request)
{
	int64_t post_id;
	enum error error = find_own_deed(request, &post_id);
	if (error)
		return error;
	error = favourite_stop(request->db, request->arena, request->access.actor_id, post_id);
	return respond_after(request, error, post_id);
}

enum error handle_reblog(struct request *request)
{
	struct post post;
	struct boost boost;
	struct str word = parameter_text(request, "visibility");
	enum post_visibility visibility = POST_PUBLIC;
	if (word.len && !post_visibility_from_name(word, &visibility))
		return refuse(request, "Validation failed: Visibility is not included in the list");
	enum error error = find_post(request, &post);
	if (!error)
		error = brand_posting_begin_boost(request, post.id, visibility);
	if (!error && request->response.status)
		return ERROR_NONE;
	if (!error)
		error = boost_start(request->db, request->arena, request->access.actor_id, post.id, visibility, &boost);
	if (error == ERROR_UNPROCESSABLE)
		return refuse(request, "Validation failed: Visibility is not included in the list");
	return error ? error : status_respond(request, boost.id);
}

enum error handle_unreblog(struct request *request)
{
	int64_t post_id;
	enum error error = find_own_deed(request, &post_id);
	if (error)
		return error;
	error = boost_stop(request->db, request->arena, request->access.actor_id, post_id);
	return respond_after(request, error, post_id);
}

enum error handle_bookmark(struct request *request)
{
	struct post post;
	enum error error = find_post(request, &post);
	if (!error)
		error = bookmark_add(request->db, request->arena, request->access.actor_id, post.id);
	return error ? error : status_respond(request, post.id);
}

enum error handle_unbookmark(struct request *request)
{
	int64_t post_id;
	enum error error = find_own_deed(request, &post_id);
	if (!error)
		error = bookmark_remove(request->db, request->arena, request->access.actor_id, post_id);
	return error ? error : status_respond(request, post_id);
}

static enum error set_conversation_mute(struct request *request,
	enum error (*set)(struct db *db, struct arena *arena, int64_t actor_id, int64_t conversation_id))
{
	struct post post;
	enum error error = find_post(request, &post);
	if (!error)
		error = set(request->db, request->arena, request->access.actor_id, post.conversation_id);
	return error ? error : status_respond(request, post.id);
}

enum error handle_conversation_mute(struct request *request)
{
	return set_conversation_mute(request, conversation_mute_add);
}

enum error handle_conversation_unmute(struct request *request)
{
	return set_conversation_mute(request, conversation_mute_remove);
}

enum error handle_pin(struct request *request)
{
	struct post post;
	int64_t actor_id = request->access.actor_id;
	enum error error = find_post(request, &post);
	if (error)
		return error;
	if (post.id != parameter_path_id(request, 0))
		return refuse(request, "Validation failed: A boost cannot be pinned");
	if (post.actor_id != actor_id)
		return refuse(request, "Validation failed: Someone else's post cannot be pinned");
	if (post.visibility == POST_DIRECT)
		return refuse(request, "Validation failed: Posts that are only visible to mentioned users cannot be pinned");
	error = pin_post(request->db, request->arena, actor_id, post.id);
	if (error == ERROR_UNPROCESSABLE)
		return refuse(request, "Validation failed: You have already pinned the maximum number of posts");
	return error ? error : status_respond(request, post.id);
}

enum error handle_unpin(struct request *request)
{
	int64_t post_id = parameter_path_id(request, 0);
	enum error error = unpin_post(request->db, request->arena, request->access.actor_id, post_id);
	return respond_after(request, error, post_id);
}

enum error handle_interaction_policy(struct request *request)
{
	enum post_quote_policy policy;
	bool is_given;
	struct post post;
	brand_posting_speak(request);
	enum error error = posting_form_read_policy(request, &policy, &is_given);
	if (!error)
		error = post_find(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0), &post);
	if (error)
		return error;
	if (!is_given)
		return refuse(request, "Validation failed: Quote approval policy is not included in the list");
	/* What is not for everybody is quoted by its author only, whatever is said. */
	if (post.visibility == POST_FOLLOWERS || post.visibility == POST_DIRECT)
		policy = QUOTE_BY_NOBODY;
	error = quoting_set_policy(request->db, request->arena, request->access.actor_id, post.id, policy);
	return error ? error : status_respond(request, post.id);
}

/* Also of a post that its author hides from the one whom it quotes. */
enum error handle_quote_revoke(struct request *request)
{
	struct post quoting;
	int64_t quoting_id = parameter_path_id(request, 1);
	enum error error = post_find_any(request->db, request->arena, quoting_id, &quoting);
	if (!error && quoting.quote_id != parameter_path_id(request, 0))
		error = ERROR_NOT_FOUND;
	if (!error)
		error = quoting_revoke(request->db, request->arena, request->access.actor_id, quoting_id);
	if (error)
		return error;
	error = status_respond(request, quoting_id);
	return error == ERROR_NOT_FOUND ? respond_empty_object(request) : error;
}

/* ---- votes ---- */

static enum error read_choices(struct request *request, int **ret_positions, size_t *ret_count)
{
	struct str *values;
	size_t count = parameter_list(request, "choices", &values);
	int *positions = arena_alloc_array(request->arena, count, sizeof(*positions));
	for (size_t i = 0; i < count; i++) {
		int64_t position;
		if (!str_to_int64(values[i], &position) || position < 0 || position > 1000)
			return refuse(request, "Validation failed: The chosen vote option does not exist");
		positions[i] = (int)position;
	}
	*ret_positions = positions;
	*ret_count = count;
	return ERROR_NONE;
}

static enum error tell_vote(struct request *request, enum error error)
{
	if (error == ERROR_CONFLICT)
		return refuse(request, "Validation failed: You have already voted on this poll");
	if (error == ERROR_GONE)
		return refuse(request, "Validation failed: The poll has already ended");
	if (error == ERROR_UNPROCESSABLE)
		return refuse(request, "Validation failed: The chosen vote option does not exist");
	return error;
}

enum error handle_poll_vote(struct request *request)
{
	int64_t post_id = parameter_path_id(request, 0);
	struct post post;
	int *positions;
	size_t count;
	enum error error = post_find(request->db, request->arena, request->access.actor_id, post_id, &post);
	if (!error)
		error = read_choices(request, &positions, &count);
	if (error)
		return error;
	if (post.actor_id == request->access.actor_id)
		return refuse(request, "Validation failed: You cannot vote in your own polls");
	error = vote_cast(request->db, request->arena, request->access.actor_id, post_id, positions, count);
	return error ? tell_vote(request, error) : poll_respond(request, post_id);
}
