/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rows of exports as text. */
#include "storage/export.h"

#include "storage/statement.h"

#define HANDLE "a.username || '@' || a.domain"
#define TRUE_OR_FALSE(column) "case when " column " then 'true' else 'false' end"

static const struct statement list_following = STATEMENT("export_following", 3,
	"select f.id, " HANDLE ", " TRUE_OR_FALSE("f.shows_boosts") ", " TRUE_OR_FALSE("f.notifies") ","
	"       coalesce(array_to_string(f.languages, ', '), '')"
	" from follows as f"
	" join actors as a on a.id = f.followed_id"
	" where f.follower_id = $1"
	"   and f.state = 'accepted'"
	"   and f.id > $2"
	"   and a.suspended_at is null"
	" order by f.id"
	" limit $3"); // follows_follower_id

static const struct statement list_followers = STATEMENT("export_followers", 3,
	"select f.id, " HANDLE
	" from follows as f"
	" join actors as a on a.id = f.follower_id"
	" where f.followed_id = $1"
	"   and f.state = 'accepted'"
	"   and f.id > $2"
	"   and a.suspended_at is null"
	" order by f.id"
	" limit $3"); // follows_followed_id

static const struct statement list_lists = STATEMENT("export_lists", 3,
	"select m.id, l.title, " HANDLE
	" from lists as l"
	" join list_members as m on m.list_id = l.id"
	" join actors as a on a.id = m.actor_id"
	" where l.actor_id = $1"
	"   and m.id > $2"
	"   and a.suspended_at is null"
	" order by m.id"
	" limit $3"); // lists_actor_id, list_members_page

static const struct statement list_mutes = STATEMENT("export_mutes", 3,
	"select m.id, " HANDLE ", " TRUE_OR_FALSE("m.hides_notifications")
	" from mutes as m"
	" join actors as a on a.id = m.muted_id"
	" where m.muter_id = $1"
	"   and m.id > $2"
	"   and (m.expires_at is null or m.expires_at > now())"
	"   and a.suspended_at is null"
	" order by m.id"
	" limit $3"); // mutes_muter_id

static const struct statement list_blocks = STATEMENT("export_blocks", 3,
	"select b.id, " HANDLE
	" from blocks as b"
	" join actors as a on a.id = b.blocked_id"
	" where b.blocker_id = $1"
	"   and b.id > $2"
	"   and a.deleted_at is null"
	" order by b.id"
	" limit $3"); // blocks_blocker_id

static const struct statement list_domain_blocks = STATEMENT("export_domain_blocks", 3,
	"select d.id, d.domain"
	" from actor_domain_blocks as d"
	" where d.actor_id = $1"
	"   and d.id > $2"
	" order by d.id"
	" limit $3"); // actor_domain_blocks_actor_id

static const struct statement list_bookmarks = STATEMENT("export_bookmarks", 3,
	"select b.id, p.uri"
	" from bookmarks as b"
	" join posts as p on p.id = b.post_id"
	" where b.actor_id = $1"
	"   and b.id > $2"
	" order by b.id"
	" limit $3"); // bookmarks_actor_id

static const struct statement list_severed_following = STATEMENT("export_severed_following", 4,
	"select f.other_id, " HANDLE ", " TRUE_OR_FALSE("f.shows_boosts") ", " TRUE_OR_FALSE("f.notifies") ","
	"       coalesce(array_to_string(f.languages, ', '), '')"
	" from severed_follows as f"
	" join actors as a on a.id = f.other_id"
	" where f.event_id = $4"
	"   and f.actor_id = $1"
	"   and not f.is_follower"
	"   and f.other_id > $2"
	"   and a.deleted_at is null"
	" order by f.other_id"
	" limit $3"); // severed_follows_pkey

static const struct statement list_severed_followers = STATEMENT("export_severed_followers", 4,
	"select f.other_id, " HANDLE
	" from severed_follows as f"
	" join actors as a on a.id = f.other_id"
	" where f.event_id = $4"
	"   and f.actor_id = $1"
	"   and f.is_follower"
	"   and f.other_id > $2"
	"   and a.deleted_at is null"
	" order by f.other_id"
	" limit $3"); // severed_follows_pkey

STATEMENT_TABLE(export_statements, &list_following, &list_followers, &list_lists, &list_mutes, &list_blocks,
	&list_domain_blocks, &list_bookmarks, &list_severed_following, &list_severed_followers);

enum error export_list(struct db *db, struct arena *arena, const struct export_query *query, struct export_row **ret_rows,
	size_t *ret_count)
{
	static const struct {
		const struct statement *statement;
		int cell_count;
	} kinds[] = {
		[EXPORT_FOLLOWING] = { &list_following, 4 },
		[EXPORT_FOLLOWERS] = { &list_followers, 1 },
		[EXPORT_LISTS] = { &list_lists, 2 },
		[EXPORT_MUTES] = { &list_mutes, 2 },
		[EXPORT_BLOCKS] = { &list_blocks, 1 },
		[EXPORT_DOMAIN_BLOCKS] = { &list_domain_blocks, 1 },
		[EXPORT_BOOKMARKS] = { &list_bookmarks, 1 },
		[EXPORT_SEVERED_FOLLOWING] = { &list_severed_following, 4 },
		[EXPORT_SEVERED_FOLLOWERS] = { &list_severed_followers, 1 },
	};
	struct db_values values = { .count = 0 };
	db_value_int64(&values, query->actor_id);
	db_value_int64(&values, query->after_id);
	db_value_int64(&values, query->limit);
	if (query->kind == EXPORT_SEVERED_FOLLOWING || query->kind == EXPORT_SEVERED_FOLLOWERS)
		db_value_int64(&values, query->event_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, kinds[query->kind].statement, &values, &rows);
	if (error)
		return error;
	struct export_row *found = arena_alloc_array(arena, (size_t)rows.count, sizeof(*found));
	for (int i = 0; i < rows.count; i++) {
		found[i].id = db_int64(&rows, i, 0);
		for (int cell = 0; cell < kinds[query->kind].cell_count; cell++)
			found[i].cells[cell] = db_text(&rows, i, cell + 1);
	}
	*ret_rows = found;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
