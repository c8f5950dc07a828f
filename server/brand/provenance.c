/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Provenance of a post. Who may read the log may read it, and so may whoever sees the account's drafts. */
#include "server/brand/provenance.h"

#include "server/action/provenance.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"

#include "base/mutant.h"

static enum error check_right(struct request *request, const struct seat *seat, int64_t actor_id)
{
	for (size_t i = 0; i < seat->account_count; i++)
		if (seat->accounts[i].actor_id == actor_id && rights_allow(seat->rights, PERMISSION_ORG_AUDIT))
			return ERROR_NONE;
	enum error error = seat_need_for(request, seat, PERMISSION_DRAFT_COMMENT, actor_id, false);
	return MUTANT("provenance_right") ? ERROR_NONE : error;
}

enum error handle_provenance_show(struct request *request, const struct seat *seat)
{
	struct provenance_subject subject;
	struct provenance provenance;
	enum error error = provenance_find_subject(request->db, request->arena, parameter_path_id(request, 0), &subject);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (!error)
		error = check_right(request, seat, subject.actor_id);
	if (!error)
		error = provenance_find(request->db, request->arena, &subject, &provenance);
	if (error)
		return error;
	provenance_write(respond_json(request, 200), &provenance);
	return ERROR_NONE;
}
