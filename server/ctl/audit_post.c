/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir audit post: who wrote a post of a brand account, who approved it, and who pressed. */
#include "server/action/provenance.h"
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"

#include "base/time_format.h"
#include "storage/post.h"

/* Its id, its page, or its number, which is the last word of both and stays when the post is gone. */
static enum error find_subject(struct invocation *invocation, struct provenance_subject *ret_subject)
{
	struct str given = str_from(invocation->arguments[0]), word, last = { 0 }, rest = given;
	struct post post;
	int64_t post_id;
	enum error error = account_open(invocation);
	if (error)
		return error;
	error = post_find_any_by_uri(ctl_db(invocation), invocation->arena, given, &post);
	post_id = error ? 0 : post.id;
	while (str_split_next(&rest, '/', &word))
		last = word;
	if (error == ERROR_NOT_FOUND && str_to_int64(last, &post_id))
		error = ERROR_NONE;
	if (!error)
		error = provenance_find_subject(ctl_db(invocation), invocation->arena, post_id, ret_subject);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "no account of an organisation here has said '%.*s'", STR_ARG(given));
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

static void add_person(struct buf *out, const struct provenance_person *person)
{
	if (person->username.data)
		buf_add_printf(out, "@%.*s", STR_ARG(person->username));
	else if (person->membership_id)
		buf_add_printf(out, "membership:%lld", (long long)person->membership_id);
	else
		buf_add_c_string(out, "nobody known");
}

static void add_step(struct invocation *invocation, struct buf *out, const struct provenance_step *step)
{
	struct str at = time_iso8601_ms(invocation->arena, step->release.released_us);
	const char *kind = provenance_kind(step);
	buf_add_printf(out, "%.*s  %s  %s", STR_ARG(at), kind ? kind : "-", release_ground_name(step->release.ground));
	if (step->has_draft)
		buf_add_printf(out, "  draft %lld, version %lld", (long long)step->draft.number, (long long)step->release.version);
	if (step->release.ticket_id)
		buf_add_printf(out, "  conversation:%lld", (long long)step->release.ticket_id);
	buf_add_c_string(out, "\n  written by ");
	for (size_t i = 0; i < step->writer_count; i++) {
		if (i)
			buf_add_c_string(out, ", ");
		add_person(out, &step->writers[i]);
	}
	if (!step->writer_count)
		buf_add_c_string(out, "nobody known");
	for (size_t i = 0; i < step->approval_count; i++) {
		const struct provenance_approval *approval = &step->approvals[i];
		buf_add_printf(out, "\n  step %lld: %s by ", (long long)approval->step, approval->is_rejection ? "rejected" : "approved");
		add_person(out, &approval->person);
	}
	buf_add_c_string(out, "\n  pressed by ");
	add_person(out, &step->pressed_by);
	buf_add_char(out, '\n');
}

static enum error run_post(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct provenance_subject subject;
	struct provenance provenance;
	struct json_out json;
	enum error error = find_subject(invocation, &subject);
	if (error)
		return error;
	error = provenance_find(ctl_db(invocation), invocation->arena, &subject, &provenance);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (invocation->is_json) {
		json_out_init(&json, &out);
		provenance_write(&json, &provenance);
		buf_add_char(&out, '\n');
		return ctl_print(&out);
	}
	for (size_t i = 0; i < provenance.step_count; i++)
		add_step(invocation, &out, &provenance.steps[i]);
	if (!provenance.step_count)
		buf_add_c_string(&out, "Nothing is kept of how it came to be said.\n");
	return ctl_print(&out);
}

const struct command command_audit_post = {
	.noun = "audit",
	.verb = "post",
	.arguments = "URL",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Shows who wrote a post of a brand account, who approved it, and who pressed",
	.details = "Works with the number of a post that is gone as well.\n"
		"\nExample:\n  comptoir audit post https://social.example/@fleurs/115730000000000001\n",
	.run = run_post,
};
