/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Keys by their ids. A private half, sealed, is read by one statement only. */
#include "storage/actor_key.h"

#include "storage/statement.h"

#define ACTOR_KEY_COLUMNS                                \
	"k.uri"                                          \
	", k.kind"                                       \
	", k.actor_id"                                   \
	", a.uri as actor_uri"                           \
	", a.domain_id is not null as is_local"          \
	", a.suspended_at is not null as is_suspended"   \
	", k.public_pem"                                 \
	", k.public_bytes"                               \
	", k.created_at"                                 \
	", a.fetched_at"

enum {
	ACTOR_KEY_URI,
	ACTOR_KEY_KIND,
	ACTOR_KEY_ACTOR_ID,
	ACTOR_KEY_ACTOR_URI,
	ACTOR_KEY_IS_LOCAL,
	ACTOR_KEY_IS_SUSPENDED,
	ACTOR_KEY_PUBLIC_PEM,
	ACTOR_KEY_PUBLIC_BYTES,
	ACTOR_KEY_CREATED_AT,
	ACTOR_KEY_FETCHED_AT,
};
#define PRIVATE_SEALED (ACTOR_KEY_FETCHED_AT + 1)
#define IS_OWN_HOST (ACTOR_KEY_FETCHED_AT + 2)

#define ACTOR_KEY_TABLES           \
	" from actor_keys as k"    \
	" join actors as a on a.id = k.actor_id"

/* One row in any case: whether it is here, and whether its host is ours, are asked together. */
static const struct statement find = STATEMENT("actor_key_find", 2,
	"select " ACTOR_KEY_COLUMNS ", null,"
	"       exists (select from domains as d where d.name = lower($2) or d.authority = lower($2))"
	" from (select) as asked"
	" left join (actor_keys as k join actors as a on a.id = k.actor_id) on k.uri = $1");
	// actor_keys_pkey, actors_pkey, domains_name_key, domains_authority_key

static const struct statement find_private = STATEMENT("actor_key_find_private", 2,
	"select " ACTOR_KEY_COLUMNS ", k.private_sealed" ACTOR_KEY_TABLES
	" where k.actor_id = $1"
	"   and k.kind = $2"
	"   and k.private_sealed is not null"
	"   and a.domain_id is not null"); // actor_keys_actor_id_kind_key

STATEMENT_TABLE(actor_key_statements, &find, &find_private);

static void read_key(const struct db_rows *rows, struct actor_key *key)
{
	*key = (struct actor_key){
		.uri = db_text(rows, 0, ACTOR_KEY_URI),
		.kind = str_eq(db_text(rows, 0, ACTOR_KEY_KIND), STR_LITERAL("rsa")) ? ACTOR_KEY_RSA : ACTOR_KEY_ED25519,
		.actor_id = db_int64(rows, 0, ACTOR_KEY_ACTOR_ID),
		.actor_uri = db_text(rows, 0, ACTOR_KEY_ACTOR_URI),
		.is_local = db_bool(rows, 0, ACTOR_KEY_IS_LOCAL),
		.is_actor_suspended = db_bool(rows, 0, ACTOR_KEY_IS_SUSPENDED),
		.public_pem = db_text(rows, 0, ACTOR_KEY_PUBLIC_PEM),
		.public_bytes = db_bytes(rows, 0, ACTOR_KEY_PUBLIC_BYTES),
		.created_us = db_time(rows, 0, ACTOR_KEY_CREATED_AT),
		.actor_fetched_us = db_time(rows, 0, ACTOR_KEY_FETCHED_AT),
	};
}

enum error actor_key_find(struct db *db, struct arena *arena, struct str uri, struct str authority,
	struct actor_key *ret_key, bool *ret_is_own_host)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	db_value_text(&values, authority);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	*ret_is_own_host = db_bool(&rows, 0, IS_OWN_HOST);
	if (db_is_null(&rows, 0, ACTOR_KEY_URI))
		return ERROR_NOT_FOUND;
	read_key(&rows, ret_key);
	return ERROR_NONE;
}

enum error actor_key_find_private(struct db *db, struct arena *arena, int64_t actor_id, enum actor_key_kind kind,
	struct actor_key *ret_key)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, kind == ACTOR_KEY_RSA ? STR_LITERAL("rsa") : STR_LITERAL("ed25519"));
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_private, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	read_key(&rows, ret_key);
	ret_key->private_sealed = db_bytes(&rows, 0, PRIVATE_SEALED);
	return ERROR_NONE;
}
