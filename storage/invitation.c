/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Invitations. A use is one update, so that no more come in than were meant to, however many try at once. */
#include "storage/invitation.h"

#include "storage/statement.h"
#include "base/mutant.h"

static const struct statement create = STATEMENT("invitation_create", 5,
	"insert into invitations (id, code_hash, note, max_uses, expires_at)"
	" values ($1, $2, coalesce($3, ''), $4, $5)");

static const struct statement list = STATEMENT("invitation_list", 1,
	"select i.id, i.note, i.max_uses, i.uses, i.expires_at, i.revoked_at is not null, i.created_at"
	" from invitations as i"
	" order by i.id desc"
	" limit $1"); // invitations_pkey

static const struct statement revoke = STATEMENT("invitation_revoke", 1,
	"update invitations"
	" set revoked_at = coalesce(revoked_at, now())"
	" where id = $1"); // invitations_pkey

#define IS_GOOD                                                  \
	"   and i.revoked_at is null"                            \
	"   and (i.expires_at is null or i.expires_at > now())"  \
	"   and i.uses < i.max_uses"

static const struct statement check = STATEMENT("invitation_check", 1,
	"select i.id"
	" from invitations as i"
	" where i.code_hash = $1"
	IS_GOOD); // invitations_code_hash_key

static const struct statement use = STATEMENT("invitation_use", 1,
	"update invitations as i"
	" set uses = i.uses + 1"
	" where i.code_hash = $1"
	IS_GOOD
	" returning i.id"); // invitations_code_hash_key

STATEMENT_TABLE(invitation_statements, &create, &list, &revoke, &check, &use);

enum error invitation_create(struct db *db, struct arena *arena, const struct invitation *invitation)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, invitation->id);
	db_value_bytes(&values, invitation->code_hash);
	db_value_text(&values, invitation->note);
	db_value_int32(&values, invitation->max_uses);
	if (invitation->expires_us)
		db_value_time(&values, invitation->expires_us);
	else
		db_value_null(&values);
	return db_change(db, arena, &create, &values, NULL);
}

enum error invitation_list(struct db *db, struct arena *arena, struct invitation **ret_invitations, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, INVITATION_LIST_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct invitation *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct invitation){
			.id = db_int64(&rows, row, 0),
			.note = db_text(&rows, row, 1),
			.max_uses = (int)db_int64(&rows, row, 2),
			.uses = (int)db_int64(&rows, row, 3),
			.expires_us = db_time(&rows, row, 4),
			.is_revoked = db_bool(&rows, row, 5),
			.created_us = db_time(&rows, row, 6),
		};
	*ret_invitations = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error invitation_revoke(struct db *db, struct arena *arena, int64_t id)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &revoke, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

static enum error find_one(struct db *db, struct arena *arena, const struct statement *statement, struct str code_hash,
	int64_t *ret_id)
{
	struct db_values values = { .count = 0 };
	db_value_bytes(&values, code_hash);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	if (!rows.count && !MUTANT("invitation_good"))
		return ERROR_NOT_FOUND;
	*ret_id = rows.count ? db_int64(&rows, 0, 0) : 0;
	return ERROR_NONE;
}

enum error invitation_check(struct db *db, struct arena *arena, struct str code_hash)
{
	int64_t ignored;
	return find_one(db, arena, &check, code_hash, &ignored);
}

enum error invitation_use(struct db *db, struct arena *arena, struct str code_hash, int64_t *ret_id)
{
	return find_one(db, arena, &use, code_hash, ret_id);
}
