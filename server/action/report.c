/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reports. What goes to the other server names posts that the reporter saw, never the reporter. */
#include "server/action/report.h"

#include "server/action/deed.h"

#include "federation/outbox.h"

#include "base/mutant.h"
#include "storage/id.h"

struct reporting {
	struct report report;
	const struct actor *target;
	const struct actor *instance;
	const struct report_request *request;
	const struct str *post_uris; /* of those in the report */
	bool is_forwarded;
};

/* Those of the target that the reporter may see. */
static enum error find_posts(struct db *db, struct arena *arena, const struct report_request *request, int64_t *ret_ids,
	struct str *ret_uris, size_t *ret_count)
{
	size_t count = 0;
	for (size_t i = 0; i < request->post_count && count < REPORT_MAX_POSTS; i++) {
		struct post post;
		enum error error = post_find(db, arena, request->reporter_id, request->post_ids[i], &post);
		if (error && error != ERROR_NOT_FOUND)
			return error;
		if (error || (post.actor_id != request->target_id && !MUTANT("report_posts")))
			continue;
		ret_ids[count] = post.id;
		ret_uris[count++] = post.uri;
	}
	*ret_count = count;
	return ERROR_NONE;
}

static enum error write_report(struct db *db, struct arena *arena, void *owner)
{
	const struct reporting *reporting = owner;
	const struct report *report = &reporting->report;
	enum error error = report_create(db, arena, report);
	if (!error && reporting->is_forwarded)
		error = outbox_flag(db, arena, reporting->instance, reporting->target, reporting->post_uris, report->post_count,
			report->comment, report->uri);
	if (!error && reporting->request->follow_up)
		error = reporting->request->follow_up(db, arena, report->id, reporting->request->owner);
	return error;
}

enum error report_send(struct db *db, struct arena *arena, const struct report_request *request, int64_t *ret_report_id)
{
	struct actor reporter;
	struct actor target;
	struct actor instance;
	if (request->comment.len > REPORT_MAX_COMMENT_BYTES || !str_is_utf8(request->comment) ||
		str_contains_char(request->comment, '\0'))
		return ERROR_UNPROCESSABLE;
	enum error error = deed_find_doer(db, arena, request->reporter_id, &reporter);
	if (!error && request->reporter_id == request->target_id)
		error = ERROR_FORBIDDEN;
	if (!error)
		error = actor_find_by_id(db, arena, request->target_id, &target);
	if (!error && target.is_deleted)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = actor_find_instance(db, arena, &instance);
	if (error)
		return error;
	struct reporting reporting = {
		.report = { .id = id_new(), .reporter_id = reporter.id, .target_id = target.id, .comment = request->comment,
			.category = request->category, .rule_ids = request->rule_ids,
			.rule_count = request->category == REPORT_VIOLATION ? request->rule_count : 0 },
		.target = &target,
		.instance = &instance,
		.request = request,
		.is_forwarded = request->is_forwarded && !target.is_local,
	};
	struct report *report = &reporting.report;
	report->is_forwarded = reporting.is_forwarded;
	int64_t *ids = arena_alloc_array(arena, REPORT_MAX_POSTS, sizeof(*ids));
	struct str *uris = arena_alloc_array(arena, REPORT_MAX_POSTS, sizeof(*uris));
	error = find_posts(db, arena, request, ids, uris, &report->post_count);
	if (error)
		return error;
	report->post_ids = ids;
	report->uri = outbox_report_uri(arena, &instance, report->id);
	reporting.post_uris = uris;
	error = deed_write(db, arena, write_report, &reporting, ERROR_CONFLICT);
	if (!error)
		*ret_report_id = report->id;
	return error;
}
