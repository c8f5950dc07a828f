/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Former versions of posts, as they are read. post_edit.c writes them. */
#include "storage/post_revision.h"

#include "storage/statement.h"

/* A post that was edited more often than this shows its first versions. */
#define MAX_REVISIONS 200

static const struct statement list = STATEMENT("post_revision_list", 2,
	"select r.html, r.spoiler_text, r.is_sensitive, to_json(r.options)::text, r.written_at"
	" from post_revisions as r"
	" where r.post_id = $1"
	" order by r.revision"
	" limit $2"); // post_revisions_pkey

STATEMENT_TABLE(post_revision_statements, &list);

enum error post_revision_list(struct db *db, struct arena *arena, int64_t post_id, struct post_revision **ret_revisions,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	db_value_int64(&values, MAX_REVISIONS);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct post_revision *revisions = arena_alloc_array(arena, (size_t)rows.count, sizeof(*revisions));
	for (int i = 0; i < rows.count; i++)
		revisions[i] = (struct post_revision){
			.html = db_text(&rows, i, 0),
			.spoiler_text = db_text(&rows, i, 1),
			.is_sensitive = db_bool(&rows, i, 2),
			.options_json = db_text(&rows, i, 3),
			.written_us = db_time(&rows, i, 4),
		};
	*ret_revisions = revisions;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
