/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Flag: a report about a local actor, mostly by the instance actor of a peer, so that nobody is told who complained. The
 * actor and the posts stand side by side in object; of several actors the first of ours is meant. */
#include "federation/inbox_handler.h"

#include "federation/federation.h"
#include "federation/policy.h"
#include "storage/id.h"
#include "storage/report.h"
#include "base/mutant.h"

#define POSTS_MAX 32

struct complaint {
	int64_t target_id;
	int64_t post_ids[POSTS_MAX];
	size_t post_count;
};

static enum error read_target(const struct inbox_context *context, const struct vocab_activity *flag,
	struct complaint *complaint)
{
	struct str *uris = arena_alloc_array(context->arena, flag->object_count, sizeof(*uris));
	size_t uri_count = 0;
	struct actor *actors;
	size_t count;
	for (size_t i = 0; i < flag->object_count; i++) {
		if (flag->objects[i].id.data)
			uris[uri_count++] = flag->objects[i].id;
	}
	enum error error = actor_find_many_by_uri(context->db, context->arena, uris, uri_count, &actors, &count);
	for (size_t i = 0; !error && i < uri_count && !complaint->target_id; i++) {
		for (size_t k = 0; k < count; k++) {
			if (actors[k].is_local && !actors[k].is_deleted && str_eq(actors[k].uri, uris[i]))
				complaint->target_id = actors[k].id;
		}
	}
	return error;
}

static enum error read_posts(const struct inbox_context *context, const struct vocab_activity *flag,
	struct complaint *complaint)
{
	for (size_t i = 0; i < flag->object_count && i <= POSTS_MAX && complaint->post_count < POSTS_MAX; i++) {
		struct post post;
		if (!flag->objects[i].id.data)
			continue;
		enum error error = post_find_any_by_uri(context->db, context->arena, flag->objects[i].id, &post);
		if (error == ERROR_NOT_FOUND || (!error && !post.is_local))
			continue;
		if (error)
			return error;
		if (!complaint->target_id)
			complaint->target_id = post.actor_id;
		if (post.actor_id == complaint->target_id)
			complaint->post_ids[complaint->post_count++] = post.id;
	}
	return ERROR_NONE;
}

enum error inbox_flag(struct inbox_context *context)
{
	const struct vocab_activity *flag = context->activity;
	struct complaint complaint = { 0 };
	struct policy_view policy = policy_judge_url(context->federation->policy, context->actor.uri);
	if (policy.rejects_reports && !MUTANT("inbox_rejects_reports"))
		return inbox_drop(context, "rejects_reports");
	enum error error = read_target(context, flag, &complaint);
	if (!error)
		error = read_posts(context, flag, &complaint);
	if (error)
		return error;
	if (!complaint.target_id)
		return inbox_drop(context, "not_ours");
	const struct report report = {
		.id = id_new(),
		.reporter_id = context->actor.id,
		.target_id = complaint.target_id,
		.post_ids = complaint.post_ids,
		.post_count = complaint.post_count,
		.comment = flag->content,
		.uri = flag->id,
	};
	error = report_create(context->db, context->arena, &report);
	return error && error != ERROR_CONFLICT ? error : inbox_done(context);
}
