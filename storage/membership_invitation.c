/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Invitations into organisations. */
#include "storage/membership_invitation.h"

#include "storage/statement.h"

static const struct statement list = STATEMENT("membership_invitation_list", 2,
	"select m.id, m.changed_at, o.id, o.slug, o.name, o.kind, o.country, o.locale, o.time_zone, o.created_at"
	" from memberships as m"
	" join organisations as o on o.id = m.organisation_id"
	" where m.user_id = $1"
	"   and m.state = 'invited'"
	" order by m.id"
	" limit $2"); // memberships_user_id, organisations_pkey

STATEMENT_TABLE(membership_invitation_statements, &list);

enum error membership_invitation_list(struct db *db, struct arena *arena, int64_t user_id,
	struct membership_invitation **ret_invitations, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, user_id);
	db_value_int64(&values, MEMBERSHIP_INVITATION_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct membership_invitation *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct membership_invitation){
			.membership_id = db_int64(&rows, row, 0),
			.invited_us = db_time(&rows, row, 1),
			.organisation = {
				.id = db_int64(&rows, row, 2),
				.slug = db_text(&rows, row, 3),
				.name = db_text(&rows, row, 4),
				.kind = db_text(&rows, row, 5),
				.country = db_text(&rows, row, 6),
				.locale = db_text(&rows, row, 7),
				.time_zone = db_text(&rows, row, 8),
				.created_us = db_time(&rows, row, 9),
			},
		};
	*ret_invitations = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
