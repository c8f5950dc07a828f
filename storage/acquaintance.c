/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which servers know an actor. One statement that walks the posts of the actor once for each kind of contact. */
#include "storage/acquaintance.h"

#include "storage/statement.h"

static const struct statement list = STATEMENT("acquaintance_list", 1,
	"with own as materialized ("
	"  select p.id, p.in_reply_to_actor_id, p.quote_id"
	"  from posts as p"
	"  where p.actor_id = $1"
	"), known as ("
	"  select f.followed_id as actor_id from follows as f where f.follower_id = $1"
	"  union select m.actor_id from own join post_mentions as m on m.post_id = own.id"
	"  union select own.in_reply_to_actor_id from own where own.in_reply_to_actor_id is not null"
	"  union select q.actor_id from own join posts as q on q.id = own.quote_id"
	"  union select b.actor_id from own join boosts as b on b.post_id = own.id"
	"  union select v.actor_id from own join favourites as v on v.post_id = own.id"
	"  union select r.actor_id from own join reactions as r on r.post_id = own.id"
	"  union select o.actor_id from own join poll_votes as o on o.post_id = own.id"
	"  union select a.actor_id from own join posts as a on a.in_reply_to_id = own.id"
	"  union select q.actor_id from own join posts as q on q.quote_id = own.id"
	"  union select m.actor_id from boosts as b join posts as m on m.id = b.post_id where b.actor_id = $1"
	"  union select m.actor_id from favourites as v join posts as m on m.id = v.post_id where v.actor_id = $1"
	")"
	" select min(a.id)"
	" from known"
	" join actors as a on a.id = known.actor_id"
	" where a.fetched_at is not null"
	"   and a.suspended_at is null"
	" group by coalesce(a.shared_inbox_url, a.inbox_url)"); // posts_actor_id, follows_follower_id_followed_id_key, pkeys

STATEMENT_TABLE(acquaintance_statements, &list);

enum error acquaintance_list(struct db *db, struct arena *arena, int64_t actor_id, int64_t **ret_actor_ids,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_actor_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
