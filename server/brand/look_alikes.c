/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Names that look like those of an organisation's accounts: told to who listens for it, who lets them be or reports them to
 * the moderators. */
#include "server/action/deed.h"
#include "server/action/report.h"
#include "server/brand/look_alikes.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"
#include "storage/look_alike.h"

static void write_look_alike(struct json_out *json, struct arena *arena, const struct look_alike *found)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", found->id);
	json_out_key_id(json, "account_id", found->brand_actor_id);
	json_out_key_id(json, "actor_id", found->actor_id);
	json_out_key_str(json, "acct", arena_printf(arena, "%.*s@%.*s", STR_ARG(found->username), STR_ARG(found->domain)));
	json_out_key_str(json, "display_name", found->display_name.data ? found->display_name : STR_LITERAL(""));
	if (found->url.data)
		json_out_key_str(json, "url", found->url);
	else
		json_out_key_null(json, "url");
	json_out_key_bool(json, "local", found->is_local);
	json_out_key_c_string(json, "matched", found->is_display_name ? "display_name" : "username");
	json_out_key_int(json, "distance", found->distance);
	json_out_key_c_string(json, "state", look_alike_state_name(found->state));
	json_out_key_time_ms(json, "found_at", found->found_us);
	if (found->decided_us)
		json_out_key_time_ms(json, "decided_at", found->decided_us);
	else
		json_out_key_null(json, "decided_at");
	if (found->report_id)
		json_out_key_id(json, "report_id", found->report_id);
	else
		json_out_key_null(json, "report_id");
	json_out_object_end(json);
}

enum error handle_look_alikes_list(struct request *request, const struct seat *seat)
{
	enum look_alike_state state = LOOK_ALIKE_OPEN;
	struct id_page page;
	struct look_alike *all;
	int64_t *actor_ids;
	size_t count, actor_count = seat_accounts_with(seat, request->arena, PERMISSION_LISTEN_READ, false, &actor_ids);
	struct str wanted = parameter_text(request, "state");
	if (wanted.len && !look_alike_state_from_name(wanted, &state))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("state: open, dismissed or reported"));
	parameter_page(request, 40, 100, &page);
	enum error error = look_alike_list(request->db, request->arena, actor_ids, actor_count, state, &page, &all, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		write_look_alike(json, request->arena, &all[i]);
	json_out_array_end(json);
	if (count)
		respond_link(request, count, all[0].id, all[count - 1].id, count >= (size_t)page.limit);
	return ERROR_NONE;
}

/* An open one of the path that the caller may decide on. */
static enum error find_open(struct request *request, const struct seat *seat, struct look_alike *ret_found)
{
	enum error error = look_alike_find(request->db, request->arena, seat->organisation.id, parameter_path_id(request, 0), ret_found);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (!error)
		error = seat_need_for(request, seat, PERMISSION_LISTEN_MANAGE, ret_found->brand_actor_id, false);
	if (!error && ret_found->state != LOOK_ALIKE_OPEN)
		error = problem(request, PROBLEM_WRONG_STATE, (struct str){ 0 });
	return error;
}

static struct deed_author deed_of(struct request *request, const struct seat *seat, const struct look_alike *found, const char *action)
{
	return (struct deed_author){
		.organisation_id = seat->organisation.id,
		.author = seat->author,
		.action = str_from(action),
		.target = arena_printf(request->arena, "look_alike:%lld", (long long)found->id),
		.data = arena_printf(request->arena, "{\"actor_id\":\"%lld\"}", (long long)found->actor_id),
	};
}

static enum error respond_found(struct request *request, const struct seat *seat, int64_t id)
{
	struct look_alike found;
	enum error error = look_alike_find(request->db, request->arena, seat->organisation.id, id, &found);
	if (!error)
		write_look_alike(respond_json(request, 200), request->arena, &found);
	return error;
}

struct decision {
	int64_t id;
	int64_t membership_id;
};

static enum error write_dismissal(struct db *db, struct arena *arena, void *owner)
{
	const struct decision *decision = owner;
	return look_alike_decide(db, arena, decision->id, LOOK_ALIKE_DISMISSED, decision->membership_id, 0);
}

/* Of two who report at once, one does. */
static enum error write_reported(struct db *db, struct arena *arena, int64_t report_id, void *owner)
{
	const struct decision *decision = owner;
	return look_alike_decide(db, arena, decision->id, LOOK_ALIKE_REPORTED, decision->membership_id, report_id);
}

enum error handle_look_alikes_dismiss(struct request *request, const struct seat *seat)
{
	struct look_alike found;
	enum error error = find_open(request, seat, &found);
	if (error)
		return error;
	struct decision dismissal = { found.id, seat->membership_id };
	const struct deed_author author = deed_of(request, seat, &found, "look_alike.dismiss");
	deed_begin(&author);
	error = deed_write(request->db, request->arena, write_dismissal, &dismissal, ERROR_CONFLICT);
	(void)deed_end();
	if (error == ERROR_CONFLICT)
		return problem(request, PROBLEM_WRONG_STATE, (struct str){ 0 });
	return error ? error : respond_found(request, seat, found.id);
}

enum error handle_look_alikes_report(struct request *request, const struct seat *seat)
{
	struct look_alike found;
	struct report_request report = { .comment = parameter_text(request, "comment"), .category = REPORT_OTHER,
		.is_forwarded = parameter_bool(request, "forward", false) };
	struct str category = parameter_text(request, "category");
	int64_t report_id = 0;
	enum error error = find_open(request, seat, &found);
	if (error)
		return error;
	if (category.len && (!report_category_from_name(category, &report.category) || report.category == REPORT_VIOLATION))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("category: other, spam or legal"));
	if (!report.comment.data)
		report.comment = STR_LITERAL("");
	report.reporter_id = found.brand_actor_id;
	report.target_id = found.actor_id;
	struct decision decision = { found.id, seat->membership_id };
	report.follow_up = write_reported;
	report.owner = &decision;
	const struct deed_author author = deed_of(request, seat, &found, "look_alike.report");
	deed_begin(&author);
	error = report_send(request->db, request->arena, &report, &report_id);
	(void)deed_end();
	if (error == ERROR_UNPROCESSABLE)
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("comment: text of 4,000 bytes at most"));
	if (error == ERROR_CONFLICT)
		return problem(request, PROBLEM_WRONG_STATE, (struct str){ 0 });
	return error ? error : respond_found(request, seat, found.id);
}
