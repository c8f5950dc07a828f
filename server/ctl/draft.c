/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir draft: what waits to be said by an organisation, and what is done with it. What needs somebody's right is done in the
 * name of a member, whose right it must be; the log says that it came by the command line. */
#include "server/action/draft.h"
#include "server/brand/draft_json.h"
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"

#include "base/time_format.h"

#define LIST_LIMIT 200

/* ---- finding ---- */

struct subject {
	struct organisation organisation;
	struct draft draft;
	struct audit_author author;
};

static enum error find_author(struct invocation *invocation, bool must_be_member, struct subject *subject)
{
	const char *name = option_value(invocation, "--as");
	struct membership membership;
	subject->author = ctl_author;
	if (!name)
		return must_be_member ? ctl_fail(ERROR_BAD_REQUEST, "--as MEMBER is missing: this needs the right of a member") : ERROR_NONE;
	enum error error = org_find_member(invocation, &subject->organisation, name, &membership);
	if (!error)
		subject->author = (struct audit_author){ membership.user_id, membership.id, AUDIT_COMMAND };
	return error;
}

static enum error find_subject(struct invocation *invocation, struct subject *subject)
{
	int64_t number;
	enum error error = org_open(invocation, &subject->organisation);
	if (error)
		return error;
	if (!str_to_int64(str_from(invocation->arguments[1]), &number))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no number", invocation->arguments[1]);
	error = draft_find_by_number(ctl_db(invocation), invocation->arena, subject->organisation.id, number, &subject->draft);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no draft %lld; `comptoir draft list %s` shows them", (long long)number,
			invocation->arguments[0]);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

/* ---- reading ---- */

static enum error find_list(struct invocation *invocation, const struct organisation *organisation, struct draft **ret_drafts,
	size_t *ret_count)
{
	struct arena *arena = invocation->arena;
	const struct id_page page = { .limit = LIST_LIMIT };
	const char *wanted = option_value(invocation, "--state");
	struct draft_filter filter = { .state = DRAFT_STATE_COUNT };
	struct brand_account *accounts;
	if (wanted && !draft_state_from_name(str_from(wanted), &filter.state))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no state: draft, in_review, changes_requested, approved, scheduled, publishing, "
			"published, failed, withdrawn", wanted);
	enum error error = brand_account_list(ctl_db(invocation), arena, organisation->id, &accounts, &filter.actor_count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	int64_t *ids = arena_alloc_array(arena, filter.actor_count + 1, sizeof(*ids));
	for (size_t i = 0; i < filter.actor_count; i++)
		ids[i] = accounts[i].actor_id;
	filter.actor_ids = ids;
	error = draft_list(ctl_db(invocation), arena, &filter, &page, ret_drafts, ret_count);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

static enum error write_list(struct invocation *invocation, const struct draft *drafts, size_t count)
{
	AUTO(buf) struct buf out = { 0 };
	struct ctl_table table;
	struct json_out json;
	enum error error = ERROR_NONE;
	ctl_table_init(&table, invocation->arena, 5);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; !error && i < count; i++) {
		const struct draft *draft = &drafts[i];
		if (invocation->is_json) {
			error = draft_json_write(ctl_db(invocation), invocation->arena, &json, draft, false);
			continue;
		}
		ctl_table_add(&table, arena_printf(invocation->arena, "%lld", (long long)draft->number));
		ctl_table_add(&table, str_from(draft_kind_name(draft->kind)));
		ctl_table_add(&table, str_from(draft_state_name(draft->state)));
		ctl_table_add(&table, arena_printf(invocation->arena, "version %lld", (long long)draft->version));
		ctl_table_add(&table, draft->scheduled_us ? time_iso8601_ms(invocation->arena, draft->scheduled_us) : STR_LITERAL("-"));
	}
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

static enum error run_list(struct invocation *invocation)
{
	struct organisation organisation;
	struct draft *drafts;
	size_t count;
	enum error error = org_open(invocation, &organisation);
	if (!error)
		error = find_list(invocation, &organisation, &drafts, &count);
	return error ? error : write_list(invocation, drafts, count);
}

static enum error print_one(struct invocation *invocation, const struct draft *draft)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	struct approval_step *steps;
	size_t count;
	json_out_init(&json, &out);
	if (invocation->is_json) {
		enum error error = draft_json_write(ctl_db(invocation), invocation->arena, &json, draft, true);
		if (error)
			return ctl_fail(error, "%s", error_text(error));
		buf_add_char(&out, '\n');
		return ctl_print(&out);
	}
	enum error error = approval_steps_of(ctl_db(invocation), invocation->arena, draft->id, draft->version, &steps, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	buf_add_printf(&out, "%lld  %s  %s  version %lld\n", (long long)draft->number, draft_kind_name(draft->kind),
		draft_state_name(draft->state), (long long)draft->version);
	for (size_t i = 0; i < count; i++)
		buf_add_printf(&out, "  step %lld: %.*s, %lld of %lld\n", (long long)steps[i].number, STR_ARG(steps[i].permission),
			(long long)steps[i].count, (long long)steps[i].minimum);
	if (draft->scheduled_us) {
		struct str at = time_iso8601_ms(invocation->arena, draft->scheduled_us);
		buf_add_printf(&out, "  for %.*s\n", STR_ARG(at));
	}
	if (draft->failure.data)
		buf_add_printf(&out, "  failed: %.*s\n", STR_ARG(draft->failure));
	return ctl_print(&out);
}

static enum error run_show(struct invocation *invocation)
{
	struct subject subject;
	enum error error = find_subject(invocation, &subject);
	return error ? error : print_one(invocation, &subject.draft);
}

/* ---- doing ---- */

static enum error conclude(struct invocation *invocation, enum error error, const struct draft_answer *answer, const struct draft *draft)
{
	if (!error)
		return print_one(invocation, draft);
	if (answer->message.data)
		return ctl_fail(error, "%.*s", STR_ARG(answer->message));
	return ctl_fail(error, "%s", error == ERROR_FORBIDDEN ? "that member may not do this" : error_text(error));
}

static enum error run_deed(struct invocation *invocation, enum draft_deed deed, int64_t time_us)
{
	struct subject subject;
	struct draft_answer answer = { 0 };
	enum error error = find_subject(invocation, &subject);
	if (!error)
		error = find_author(invocation, deed == DRAFT_SCHEDULE, &subject);
	if (error)
		return error;
	error = draft_do(ctl_db(invocation), invocation->arena, &subject.draft, 0, deed, time_us, &subject.author, &subject.draft, &answer);
	return conclude(invocation, error, &answer, &subject.draft);
}

static enum error run_submit(struct invocation *invocation)
{
	return run_deed(invocation, DRAFT_SUBMIT, 0);
}

static enum error run_withdraw(struct invocation *invocation)
{
	return run_deed(invocation, DRAFT_WITHDRAW, 0);
}

static enum error run_schedule(struct invocation *invocation)
{
	int64_t time_us = DRAFT_NEXT_SLOT;
	if (!str_eq(str_from(invocation->arguments[2]), STR_LITERAL("next")) &&
		!time_parse_rfc3339(str_from(invocation->arguments[2]), &time_us))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no time: 2027-01-31T18:00:00+01:00", invocation->arguments[2]);
	return run_deed(invocation, DRAFT_SCHEDULE, time_us);
}

static enum error decide(struct invocation *invocation, bool is_rejection)
{
	struct subject subject;
	struct draft_answer answer = { 0 };
	const char *wanted = option_value(invocation, "--version"), *comment = option_value(invocation, "--comment");
	int64_t version;
	enum error error = find_subject(invocation, &subject);
	if (!error)
		error = find_author(invocation, true, &subject);
	if (error)
		return error;
	version = subject.draft.version;
	if (wanted && !str_to_int64(str_from(wanted), &version))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no version", wanted);
	error = draft_decide(ctl_db(invocation), invocation->arena, &subject.draft, version, is_rejection, str_from(comment ? comment : ""),
		&subject.author, &subject.draft, &answer);
	return conclude(invocation, error, &answer, &subject.draft);
}

static enum error run_approve(struct invocation *invocation)
{
	return decide(invocation, false);
}

static enum error run_reject(struct invocation *invocation)
{
	return decide(invocation, true);
}

static enum error run_publish(struct invocation *invocation)
{
	struct subject subject;
	struct draft_answer answer = { 0 };
	enum error error = find_subject(invocation, &subject);
	if (!error)
		error = find_author(invocation, true, &subject);
	if (error)
		return error;
	error = draft_publish(ctl_db(invocation), invocation->arena, &subject.draft, &subject.author, &subject.draft, &answer);
	return conclude(invocation, error, &answer, &subject.draft);
}

/* ---- the table ---- */

static const struct command_option list_options[] = {
	{ "--state", "STATE", "Only those in a state: draft, in_review, changes_requested, approved, scheduled, publishing, published, "
		"failed, withdrawn.", false },
	{ NULL, NULL, NULL, false },
};

static const struct command_option member_options[] = {
	{ "--as", "MEMBER", "In the name of this member, whose right counts.", false },
	{ NULL, NULL, NULL, false },
};

static const struct command_option decision_options[] = {
	{ "--as", "MEMBER", "In the name of this member, whose right counts.", false },
	{ "--version", "NUMBER", "The version that was looked at; default: the current one.", false },
	{ "--comment", "TEXT", "What its author should know.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_draft_list = { "draft", "list", "SLUG", 1, 1, COMMAND_HAS_JSON,
	"Lists what an organisation is about to say", "The newest 200.\n", list_options, run_list };

const struct command command_draft_show = { "draft", "show", "SLUG NUMBER", 2, 2, COMMAND_HAS_JSON,
	"Shows a draft and what is missing of its approval", NULL, NULL, run_show };

const struct command command_draft_submit = { "draft", "submit", "SLUG NUMBER", 2, 2, COMMAND_HAS_JSON,
	"Sends a draft to review", NULL, member_options, run_submit };

const struct command command_draft_approve = { "draft", "approve", "SLUG NUMBER", 2, 2, COMMAND_HAS_JSON,
	"Approves a version in the name of a member who may",
	"Nobody approves what they wrote, here neither. Example:\n  comptoir draft approve fleurs 118 --as erik\n", decision_options,
	run_approve };

const struct command command_draft_reject = { "draft", "reject", "SLUG NUMBER", 2, 2, COMMAND_HAS_JSON,
	"Sends a draft back to its author in the name of a member who may", NULL, decision_options, run_reject };

const struct command command_draft_schedule = { "draft", "schedule", "SLUG NUMBER TIME", 3, 3, COMMAND_HAS_JSON,
	"Gives a draft its time by the right of a member", "TIME is next for the next free slot of the account's queue.\n"
	"\nExample:\n  comptoir draft schedule fleurs 118 2027-01-31T18:00:00+01:00 --as wilma\n", member_options, run_schedule };

const struct command command_draft_publish = { "draft", "publish", "SLUG NUMBER", 2, 2, COMMAND_HAS_JSON,
	"Publishes an approved draft by the right of a member", NULL, member_options, run_publish };

const struct command command_draft_withdraw = { "draft", "withdraw", "SLUG NUMBER", 2, 2, COMMAND_HAS_JSON,
	"Withdraws a draft: it is never said", NULL, member_options, run_withdraw };
