/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reports of people here, with Mastodon's limits. */
#include "server/mastodon/reports.h"

#include "server/action/report.h"
#include "server/entity/report.h"
#include "server/mastodon/parameters.h"

#include "base/mutant.h"

#define COMMENT_MAX_CHARACTERS 1000

static enum error read_report(struct request *request, struct report_request *ret_report)
{
	struct str category = parameter_text(request, "category");
	int64_t *post_ids;
	int64_t *rule_ids;
	struct report_request report = {
		.reporter_id = request->access.actor_id,
		.target_id = parameter_id(request, "account_id"),
		.comment = parameter_text(request, "comment"),
		.is_forwarded = parameter_bool(request, "forward", false),
	};
	report.post_count = parameter_ids(request, "status_ids", REPORT_MAX_POSTS, &post_ids);
	report.rule_count = parameter_ids(request, "rule_ids", REPORT_MAX_RULES, &rule_ids);
	report.post_ids = post_ids;
	report.rule_ids = rule_ids;
	report.category = report.rule_count ? REPORT_VIOLATION : REPORT_OTHER;
	if (category.len && !report_category_from_name(category, &report.category))
		return refuse(request, "Validation failed: Category is not included in the list");
	if (str_count_characters(report.comment) > COMMENT_MAX_CHARACTERS && !MUTANT("report_comment_length"))
		return refuse(request, "Validation failed: Comment is too long (maximum is 1000 characters)");
	*ret_report = report;
	return ERROR_NONE;
}

enum error handle_report(struct request *request)
{
	struct reader reader = reader_of(request, FILTER_NONE);
	struct report_request wanted;
	struct report report;
	struct account_set *accounts;
	int64_t id;
	enum error error = read_report(request, &wanted);
	if (!error)
		error = report_send(request->db, request->arena, &wanted, &id);
	if (!error)
		error = report_find(request->db, request->arena, id, &report);
	if (!error)
		error = account_set_load(&reader, &wanted.target_id, 1, &accounts);
	if (error)
		return error;
	if (!account_set_has(accounts, wanted.target_id))
		return ERROR_NOT_FOUND;
	report_write(respond_json(request, 200), accounts, &report);
	return ERROR_NONE;
}
