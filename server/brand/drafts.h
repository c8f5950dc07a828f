/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the handlers of drafts share. */
#ifndef COMPTOIR_SERVER_BRAND_DRAFTS_H
#define COMPTOIR_SERVER_BRAND_DRAFTS_H

#include "server/action/draft.h"
#include "server/brand/seat.h"

/* The draft of the path, if the caller may do that with it; permission 0 below zero: any reader. Answered otherwise. */
enum error drafts_find(struct request *request, const struct seat *seat, enum permission permission, struct draft *ret_draft) MUST_CHECK;

/* The problem that a refusal is. */
enum error drafts_refuse(struct request *request, enum error error, const struct draft_answer *answer) MUST_CHECK;

/* A draft with its words, and with the steps of its approval and what was decided when it stands alone. */
enum error drafts_write(struct request *request, struct json_out *json, const struct draft *draft, bool is_alone) MUST_CHECK;
enum error drafts_respond(struct request *request, int status, const struct draft *draft) MUST_CHECK;

/* DRAFT_NEXT_SLOT for slot=next, 0 without slot. Answered when it is something else, or comes with a time. */
enum error drafts_read_slot(struct request *request, int64_t *ret_time_us) MUST_CHECK;

/* What the body wants, for an account; former: the draft that is edited, or NULL. */
enum error drafts_read_wish(struct request *request, const struct seat *seat, int64_t actor_id, const struct draft *former,
	struct draft_wish *ret_wish) MUST_CHECK;

/* The handlers, named in operations/drafts.inc. */
enum error handle_drafts_list(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_create(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_show(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_edit(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_withdraw(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_versions(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_submit(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_approve(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_reject(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_schedule(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_publish(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_comments(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_drafts_comment(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_policies_list(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_policies_create(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_policies_change(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_policies_delete(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_policies_dry_run(struct request *request, const struct seat *seat) MUST_CHECK;

#endif
