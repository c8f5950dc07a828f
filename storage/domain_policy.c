/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Blocked and allowed domains: short tables that are read whole. */
#include "storage/domain_policy.h"

#include "storage/statement.h"
#include "storage/wake.h"

enum {
	BLOCK_DOMAIN,
	BLOCK_SEVERITY,
	BLOCK_REJECTS_MEDIA,
	BLOCK_REJECTS_REPORTS,
	BLOCK_PUBLIC_COMMENT,
	BLOCK_PRIVATE_COMMENT,
	BLOCK_CREATED_AT,
};

static const struct statement block_set = STATEMENT("domain_policy_block_set", 6,
	"insert into domain_blocks as b (domain, severity, rejects_media, rejects_reports, public_comment, private_comment)"
	" values ($1, $2, $3, $4, coalesce($5, ''), coalesce($6, ''))"
	" on conflict (domain) do update"
	" set severity = excluded.severity,"
	"     rejects_media = excluded.rejects_media,"
	"     rejects_reports = excluded.rejects_reports,"
	"     public_comment = excluded.public_comment,"
	"     private_comment = excluded.private_comment"); // domain_blocks_pkey

/* The host of an actor's id, turned round, so that a domain and all below it are one range of the index. */
#define ACTOR_HOST_REVERSED "(reverse(split_part(split_part(a.uri, '/', 3), ':', 1)) collate \"C\")"

static const struct statement list_tied = STATEMENT("domain_policy_list_tied", 1,
	"select a.id"
	" from actors as a"
	" where a.domain_id is null"
	"   and (" ACTOR_HOST_REVERSED " = reverse($1::text) collate \"C\""
	"        or " ACTOR_HOST_REVERSED " > (reverse($1::text) || '.') collate \"C\""
	"       and " ACTOR_HOST_REVERSED " < (reverse($1::text) || '/') collate \"C\")"
	"   and (exists (select from follows as f where f.follower_id = a.id)"
	"        or exists (select from follows as f where f.followed_id = a.id))");
	// actors_host_reversed, follows_followed_id, follows_follower_id

static const struct statement block_remove = STATEMENT("domain_policy_block_remove", 1,
	"delete from domain_blocks"
	" where domain = $1"); // domain_blocks_pkey

static const struct statement block_list = STATEMENT("domain_policy_block_list", 0,
	"select domain, severity, rejects_media, rejects_reports, public_comment, private_comment, created_at"
	" from domain_blocks"
	" order by domain");

static const struct statement allow_add = STATEMENT("domain_policy_allow_add", 1,
	"insert into domain_allows (domain)"
	" values ($1)"
	" on conflict do nothing");

static const struct statement allow_remove = STATEMENT("domain_policy_allow_remove", 1,
	"delete from domain_allows"
	" where domain = $1"); // domain_allows_pkey

static const struct statement allow_list = STATEMENT("domain_policy_allow_list", 0,
	"select domain"
	" from domain_allows"
	" order by domain");

STATEMENT_TABLE(domain_policy_statements, &block_set, &list_tied, &block_remove, &block_list, &allow_add, &allow_remove,
	&allow_list);

static const char *const severity_names[] = {
	[DOMAIN_NOOP] = "noop",
	[DOMAIN_SILENCE] = "silence",
	[DOMAIN_SUSPEND] = "suspend",
};

const char *domain_severity_name(enum domain_severity severity)
{
	return severity_names[severity];
}

bool domain_severity_from_name(struct str name, enum domain_severity *ret_severity)
{
	for (size_t i = 0; i < sizeof(severity_names) / sizeof(severity_names[0]); i++) {
		if (str_eq(name, str_from(severity_names[i]))) {
			*ret_severity = (enum domain_severity)i;
			return true;
		}
	}
	return false;
}

enum error domain_block_set(struct db *db, struct arena *arena, const struct domain_block *block)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, block->domain);
	db_value_text(&values, str_from(severity_names[block->severity]));
	db_value_bool(&values, block->rejects_media);
	db_value_bool(&values, block->rejects_reports);
	db_value_text(&values, block->public_comment);
	db_value_text(&values, block->private_comment);
	enum error error = db_change(db, arena, &block_set, &values, NULL);
	if (!error)
		wake_ring_on_commit(db, WAKE_POLICY);
	return error;
}

enum error domain_list_tied(struct db *db, struct arena *arena, struct str domain, int64_t **ret_actor_ids, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, domain);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_tied, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_actor_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error change_one(struct db *db, struct arena *arena, const struct statement *statement, struct str domain,
	bool must_be_there)
{
	struct db_values values = { .count = 0 };
	int64_t affected = 0;
	db_value_text(&values, domain);
	enum error error = db_change(db, arena, statement, &values, &affected);
	if (error)
		return error;
	if (must_be_there && affected == 0)
		return ERROR_NOT_FOUND;
	wake_ring_on_commit(db, WAKE_POLICY);
	return ERROR_NONE;
}

enum error domain_block_remove(struct db *db, struct arena *arena, struct str domain)
{
	return change_one(db, arena, &block_remove, domain, true);
}

enum error domain_allow_add(struct db *db, struct arena *arena, struct str domain)
{
	return change_one(db, arena, &allow_add, domain, false);
}

enum error domain_allow_remove(struct db *db, struct arena *arena, struct str domain)
{
	return change_one(db, arena, &allow_remove, domain, true);
}

enum error domain_block_list(struct db *db, struct arena *arena, struct domain_block **ret_blocks, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &block_list, NULL, &rows);
	if (error)
		return error;
	struct domain_block *blocks = arena_alloc_array(arena, (size_t)rows.count, sizeof(*blocks));
	for (int i = 0; i < rows.count; i++) {
		blocks[i].domain = db_text(&rows, i, BLOCK_DOMAIN);
		/* A severity that a newer release knows is at least as hard as ours. */
		if (!domain_severity_from_name(db_text(&rows, i, BLOCK_SEVERITY), &blocks[i].severity))
			blocks[i].severity = DOMAIN_SUSPEND;
		blocks[i].rejects_media = db_bool(&rows, i, BLOCK_REJECTS_MEDIA);
		blocks[i].rejects_reports = db_bool(&rows, i, BLOCK_REJECTS_REPORTS);
		blocks[i].public_comment = db_text(&rows, i, BLOCK_PUBLIC_COMMENT);
		blocks[i].private_comment = db_text(&rows, i, BLOCK_PRIVATE_COMMENT);
		blocks[i].created_us = db_time(&rows, i, BLOCK_CREATED_AT);
	}
	*ret_blocks = blocks;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error domain_allow_list(struct db *db, struct arena *arena, struct str **ret_domains, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &allow_list, NULL, &rows);
	if (error)
		return error;
	struct str *domains = arena_alloc_array(arena, (size_t)rows.count, sizeof(*domains));
	for (int i = 0; i < rows.count; i++)
		domains[i] = db_text(&rows, i, 0);
	*ret_domains = domains;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
