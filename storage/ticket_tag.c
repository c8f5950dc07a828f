/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tags of tickets. */
#include "storage/ticket_tag.h"

#include "storage/statement.h"

#include "base/utf8.h"

#include <unictype.h>

static const struct statement add = STATEMENT("ticket_tag_add", 3,
	"insert into ticket_tags (ticket_id, tag)"
	" select $1, $2"
	" where (select count(*) from ticket_tags as t where t.ticket_id = $1) < $3"
	" on conflict do nothing"); // ticket_tags_pkey

static const struct statement replace = STATEMENT("ticket_tag_replace", 2,
	"with removed as ("
	"  delete from ticket_tags where ticket_id = $1 and tag <> all ($2::text[])"
	")"
	" insert into ticket_tags (ticket_id, tag)"
	" select $1, w.tag from unnest($2::text[]) as w (tag)"
	" on conflict do nothing"); // ticket_tags_pkey

static const struct statement list = STATEMENT("ticket_tag_list", 1,
	"select t.ticket_id, t.tag"
	" from ticket_tags as t"
	" where t.ticket_id = any ($1)"
	" order by t.ticket_id, t.tag"); // ticket_tags_pkey

STATEMENT_TABLE(ticket_tag_statements, &add, &replace, &list);

bool ticket_tag_is_valid(struct str tag)
{
	size_t characters = str_is_utf8(tag) ? str_count_characters(tag) : 0;
	for (size_t at = 0; characters && at < tag.len;) {
		uint32_t code_point = 0;
		at += utf8_read(tag.data + at, tag.len - at, &code_point);
		if (code_point <= ' ' || code_point == ',' || code_point == 0x7f || uc_is_property_white_space(code_point))
			return false;
	}
	return characters >= 1 && characters <= TICKET_TAG_MAX_CHARACTERS;
}

enum error ticket_tag_add(struct db *db, struct arena *arena, int64_t ticket_id, struct str tag, bool *ret_is_new)
{
	int64_t added = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, ticket_id);
	db_value_text(&values, tag);
	db_value_int64(&values, TICKET_TAGS_MAX);
	enum error error = db_change(db, arena, &add, &values, &added);
	if (!error)
		*ret_is_new = added > 0;
	return error;
}

enum error ticket_tag_replace(struct db *db, struct arena *arena, int64_t ticket_id, const struct str *tags, size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, ticket_id);
	db_value_text_array(&values, arena, tags, count);
	return db_change(db, arena, &replace, &values, NULL);
}

enum error ticket_tag_list(struct db *db, struct arena *arena, const int64_t *ticket_ids, size_t ticket_count,
	struct ticket_tag **ret_tags, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ticket_ids, ticket_count);
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct ticket_tag *tags = arena_alloc_array(arena, (size_t)rows.count, sizeof(*tags));
	for (int i = 0; i < rows.count; i++)
		tags[i] = (struct ticket_tag){ db_int64(&rows, i, 0), db_text(&rows, i, 1) };
	*ret_tags = tags;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
