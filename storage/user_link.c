/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Links in mails. */
#include "storage/user_link.h"

#include "storage/statement.h"
#include "base/clock.h"

static const struct {
	const char *name;
	int life_s;
} purposes[] = {
	[USER_LINK_CONFIRM] = { "confirm", 48 * 3600 },
	[USER_LINK_RESET] = { "reset", 3600 },
};

static const struct statement create = STATEMENT("user_link_create", 5,
	"with former as ("
	"  delete from user_links where user_id = $2 and purpose = $3"
	")"
	" insert into user_links (token_hash, user_id, purpose, email, expires_at)"
	" values ($1, $2, $3, $4, $5)"); // user_links_user_id

static const struct statement find = STATEMENT("user_link_find", 2,
	"select l.user_id, l.email"
	" from user_links as l"
	" where l.token_hash = $1"
	"   and l.purpose = $2"
	"   and l.expires_at > now()"); // user_links_pkey

static const struct statement use = STATEMENT("user_link_use", 2,
	"delete from user_links"
	" where token_hash = $1"
	"   and purpose = $2"
	"   and expires_at > now()"); // user_links_pkey

STATEMENT_TABLE(user_link_statements, &create, &find, &use);

enum error user_link_create(struct db *db, struct arena *arena, const struct user_link *link)
{
	struct db_values values = { .count = 0 };
	db_value_bytes(&values, link->token_hash);
	db_value_int64(&values, link->user_id);
	db_value_text(&values, str_from(purposes[link->purpose].name));
	db_value_text(&values, link->email);
	db_value_time(&values, clock_now_us() + purposes[link->purpose].life_s * 1000000LL);
	return db_change(db, arena, &create, &values, NULL);
}

enum error user_link_find(struct db *db, struct arena *arena, struct str token_hash, enum user_link_purpose purpose,
	struct user_link *ret_link)
{
	struct db_values values = { .count = 0 };
	db_value_bytes(&values, token_hash);
	db_value_text(&values, str_from(purposes[purpose].name));
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_link = (struct user_link){ .token_hash = token_hash, .purpose = purpose, .user_id = db_int64(&rows, 0, 0),
		.email = db_text(&rows, 0, 1) };
	return ERROR_NONE;
}

enum error user_link_use(struct db *db, struct arena *arena, struct str token_hash, enum user_link_purpose purpose)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_bytes(&values, token_hash);
	db_value_text(&values, str_from(purposes[purpose].name));
	enum error error = db_change(db, arena, &use, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}
