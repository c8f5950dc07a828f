/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A page of a list by the ids of its rows, as one statement: whichever of the two halves is not wanted is not begun. */
#ifndef COMPTOIR_STORAGE_ID_PAGE_SQL_H
#define COMPTOIR_STORAGE_ID_PAGE_SQL_H

#include "storage/id_page.h"
#include "storage/statement.h"

/* columns; rest: " from ... where ..." that ends in a condition; id: the column by which it pages. Uses $2 to $5: after
 * the values of the caller's $1 come those of id_page_add. */
#define ID_PAGE_SELECT(columns, rest, id)   \
	"(select " columns rest             \
	"   and " id " < $2"                \
	"   and " id " > $3"                \
	"   and not $4"                     \
	" order by " id " desc"             \
	" limit $5)"                        \
	" union all"                        \
	" (select " columns rest            \
	"   and " id " < $2"                \
	"   and " id " > $3"                \
	"   and $4"                         \
	" order by " id                     \
	" limit $5)"

static inline void id_page_add(struct db_values *values, const struct id_page *page)
{
	int64_t before;
	int64_t after;
	bool is_ascending;
	id_page_bounds(page, &before, &after, &is_ascending);
	db_value_int64(values, before);
	db_value_int64(values, after);
	db_value_bool(values, is_ascending);
	db_value_int64(values, page->limit);
}

/* Which row comes at place i of the answer: always the newest first. */
static inline int id_page_row(const struct id_page *page, const struct db_rows *rows, int i)
{
	return page->min_id ? rows->count - 1 - i : i;
}

#endif
