/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What deliveries carry, and large audiences becoming deliveries. */
#include "storage/delivery.h"

#include "storage/inbox_rules.h"
#include "storage/statement.h"

#define DELIVERY_ACTIVITY_COLUMNS                              \
	"a.id"                                                 \
	", a.uri"                                              \
	", a.type"                                             \
	", a.object_uri"                                       \
	", a.body"                                             \
	", a.is_public"                                        \
	", a.is_for_followers"                                 \
	", a.created_at"                                       \
	", a.actor_id"                                         \
	", s.followers_url"                                    \
	", rsa.uri as main_key_uri"                            \
	", rsa.created_at as main_key_created_at"              \
	", ed25519.uri as ed25519_key_uri"                     \
	", ed25519.created_at as ed25519_key_created_at"       \
	", activity_is_released(a.id, a.actor_id, a.type, a.post_id, a.body) as is_released" \
	", s.suspended_at is not null as is_author_suspended"

enum {
	DELIVERY_ACTIVITY_ID,
	DELIVERY_ACTIVITY_URI,
	DELIVERY_ACTIVITY_TYPE,
	DELIVERY_ACTIVITY_OBJECT_URI,
	DELIVERY_ACTIVITY_BODY,
	DELIVERY_ACTIVITY_IS_PUBLIC,
	DELIVERY_ACTIVITY_IS_FOR_FOLLOWERS,
	DELIVERY_ACTIVITY_CREATED_AT,
	DELIVERY_ACTIVITY_ACTOR_ID,
	DELIVERY_ACTIVITY_FOLLOWERS_URL,
	DELIVERY_ACTIVITY_MAIN_KEY_URI,
	DELIVERY_ACTIVITY_MAIN_KEY_CREATED_AT,
	DELIVERY_ACTIVITY_ED25519_KEY_URI,
	DELIVERY_ACTIVITY_ED25519_KEY_CREATED_AT,
	DELIVERY_ACTIVITY_IS_RELEASED,
	DELIVERY_ACTIVITY_IS_AUTHOR_SUSPENDED,
};

static const struct statement load_activities = STATEMENT("delivery_content_load_activities", 1,
	"select " DELIVERY_ACTIVITY_COLUMNS
	" from activities_out as a"
	" join actors as s on s.id = a.actor_id"
	" left join actor_keys as rsa on rsa.actor_id = s.id and rsa.kind = 'rsa'"
	" left join actor_keys as ed25519 on ed25519.actor_id = s.id and ed25519.kind = 'ed25519'"
	" where a.id = any ($1::bigint[])"); // activities_out_pkey, actors_pkey, actor_keys_actor_id_kind_key

static const struct statement find_authors = STATEMENT("delivery_content_find_authors", 1,
	"select s.id, s.suspended_at is not null, k.created_at"
	" from actors as s"
	" left join actor_keys as k on k.actor_id = s.id and k.kind = 'rsa'"
	" where s.id = any ($1::bigint[])"); // actors_pkey, actor_keys_actor_id_kind_key

/* $1 now, $2 limit. Inboxes are walked in the order of their bytes. */
static const struct statement expand_fanout = STATEMENT("delivery_content_expand_fanout", 2,
	"with fanout as ("
	"  select activity_id, followed_id, after_inbox"
	"  from fanouts"
	"  where due_at <= $1"
	"  order by due_at"
	"  limit 1"
	"  for update skip locked"
	"), inboxes as ("
	"  select one.inbox_url, count(*) as recipients"
	"  from fanout as n,"
	"       lateral (select " ACTOR_FOLDED_INBOX("a") " collate \"C\" as inbox_url"
	"                from follows as f"
	"                join actors as a on a.id = f.follower_id"
	"                where f.followed_id = n.followed_id"
	"                  and f.state = 'accepted'"
	"                  and a.moved_to_id is null"
	"                  and " ACTOR_IS_REACHED("a") ") as one"
	"  where one.inbox_url > n.after_inbox collate \"C\""
	"  group by one.inbox_url"
	"  order by one.inbox_url"
	"  limit $2"
	"), placed as ("
	"  select inbox_url, " INBOX_PEER("inbox_url") " as peer, recipients"
	"  from inboxes"
	"), made as ("
	"  insert into deliveries (activity_id, inbox_url, peer, recipients)"
	"  select n.activity_id, p.inbox_url, p.peer, p.recipients"
	"  from fanout as n, placed as p"
	"  where " PEER_IS_REACHED("p.peer")
	"  on conflict do nothing"
	"  returning 1"
	"), advanced as ("
	"  update fanouts"
	"  set after_inbox = (select max(inbox_url) from inboxes),"
	"      due_at = $1"
	"  where activity_id = (select activity_id from fanout)"
	"    and (select count(*) from inboxes) = $2"
	"), ended as ("
	"  delete from fanouts"
	"  where activity_id = (select activity_id from fanout)"
	"    and (select count(*) from inboxes) < $2"
	")"
	" select (select count(*) from fanout) = 1, (select count(*) from made)");
	// fanouts_due, follows_followed_id, actors_pkey, fanouts_pkey, domain_blocks_pkey

static const struct statement postpone_fanout = STATEMENT("delivery_content_postpone_fanout", 2,
	"update fanouts"
	" set due_at = $2"
	" where activity_id = (select activity_id from fanouts where due_at <= $1 order by due_at limit 1)");
	// fanouts_due, fanouts_pkey

STATEMENT_TABLE(delivery_content_statements, &load_activities, &find_authors, &expand_fanout, &postpone_fanout);

enum error delivery_load_activities(struct db *db, struct arena *arena, const int64_t *ids, size_t count,
	struct delivery_activity_row **ret_rows, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &load_activities, &values, &rows);
	if (error)
		return error;
	struct delivery_activity_row *list = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*list));
	for (int row = 0; row < rows.count; row++) {
		list[row] = (struct delivery_activity_row){
			.id = db_int64(&rows, row, DELIVERY_ACTIVITY_ID),
			.uri = db_text(&rows, row, DELIVERY_ACTIVITY_URI),
			.type = db_text(&rows, row, DELIVERY_ACTIVITY_TYPE),
			.object_uri = db_text(&rows, row, DELIVERY_ACTIVITY_OBJECT_URI),
			.body = db_bytes(&rows, row, DELIVERY_ACTIVITY_BODY),
			.is_public = db_bool(&rows, row, DELIVERY_ACTIVITY_IS_PUBLIC),
			.is_for_followers = db_bool(&rows, row, DELIVERY_ACTIVITY_IS_FOR_FOLLOWERS),
			.created_us = db_time(&rows, row, DELIVERY_ACTIVITY_CREATED_AT),
			.actor_id = db_int64(&rows, row, DELIVERY_ACTIVITY_ACTOR_ID),
			.followers_url = db_text(&rows, row, DELIVERY_ACTIVITY_FOLLOWERS_URL),
			.main_key_uri = db_text(&rows, row, DELIVERY_ACTIVITY_MAIN_KEY_URI),
			.main_key_created_us = db_time(&rows, row, DELIVERY_ACTIVITY_MAIN_KEY_CREATED_AT),
			.ed25519_key_uri = db_text(&rows, row, DELIVERY_ACTIVITY_ED25519_KEY_URI),
			.ed25519_key_created_us = db_time(&rows, row, DELIVERY_ACTIVITY_ED25519_KEY_CREATED_AT),
			.is_released = db_bool(&rows, row, DELIVERY_ACTIVITY_IS_RELEASED),
			.is_author_suspended = db_bool(&rows, row, DELIVERY_ACTIVITY_IS_AUTHOR_SUSPENDED),
		};
	}
	*ret_rows = list;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error delivery_find_authors(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t count,
	struct delivery_author **ret_authors, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, actor_ids, count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_authors, &values, &rows);
	if (error)
		return error;
	struct delivery_author *authors = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*authors));
	for (int row = 0; row < rows.count; row++)
		authors[row] = (struct delivery_author){ db_int64(&rows, row, 0), db_bool(&rows, row, 1), db_time(&rows, row, 2) };
	*ret_authors = authors;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error delivery_expand_fanout(struct db *db, struct arena *arena, int64_t now_us, int limit, bool *ret_found,
	int64_t *ret_made)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, now_us);
	db_value_int64(&values, limit);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &expand_fanout, &values, &rows);
	if (error)
		return error;
	*ret_found = db_bool(&rows, 0, 0);
	*ret_made = db_int64(&rows, 0, 1);
	return ERROR_NONE;
}

enum error delivery_postpone_fanout(struct db *db, struct arena *arena, int64_t now_us, int64_t due_us)
{
	struct db_values values = { .count = 0 };
	db_value_time(&values, now_us);
	db_value_time(&values, due_us);
	return db_change(db, arena, &postpone_fanout, &values, NULL);
}
