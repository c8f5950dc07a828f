/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * An activity and its deliveries in one statement. Inboxes are put together in SQL, so that an audience of some hundred
 * actors costs one round trip; a larger one is left to those who expand fan-outs (delivery_content.c). The last words
 * of an actor are not: its followers are gone by then. */
#include "storage/activity_out.h"

#include "storage/inbox_rules.h"
#include "storage/statement.h"
#include "storage/wake.h"

#include <stdio.h>

#define STRINGIFY(number) #number
#define NUMBER(macro) STRINGIFY(macro)

/* $1 id, $2 uri, $3 type, $4 actor, $5 post, $6 object, $7 body, $8 is_public, $9 is_for_followers, $10 to_followers,
 * $11 further actors, $12 by their personal inboxes, $13 further inboxes. */
static const struct statement insert = STATEMENT("activity_out_insert", 13,
	"with activity as ("
	"  insert into activities_out (id, uri, type, actor_id, post_id, object_uri, body, body_sha256, is_public,"
	"                              is_for_followers)"
	"  values ($1, $2, $3, $4, $5, $6, $7, sha256($7::bytea), $8, $9)"
	"  on conflict do nothing"
	"  returning id"
	"), size as ("
	"  select coalesce((select followers from actor_counts where actor_id = $4::bigint), 0)"
	"         > " NUMBER(ACTIVITY_FANOUT_THRESHOLD)
	"         and not ($3 = 'Delete' and exists (select from actors as s where s.id = $4::bigint and s.uri = $6)) as is_large"
	"), recipients as ("
	"  select a.id, " ACTOR_FOLDED_INBOX("a") " as inbox_url"
	"  from follows as f"
	"  join actors as a on a.id = f.follower_id"
	"  where $10::boolean"
	"    and not (select is_large from size)"
	"    and f.followed_id = $4::bigint"
	"    and f.state = 'accepted'"
	"    and a.moved_to_id is null"
	"    and " ACTOR_IS_REACHED("a")
	"  union"
	"  select a.id, case when $12::boolean then a.inbox_url else " ACTOR_FOLDED_INBOX("a") " end"
	"  from actors as a"
	"  where a.id = any ($11::bigint[])"
	"    and " ACTOR_IS_REACHED("a")
	"), inboxes as ("
	"  select inbox_url, count(distinct id) as recipients"
	"  from (select id, inbox_url from recipients"
	"        union all"
	"        select 0, unnest($13::text[])) as one"
	"  group by inbox_url"
	"), placed as ("
	"  select inbox_url, " INBOX_PEER("inbox_url") " as peer, recipients"
	"  from inboxes"
	"), new_deliveries as ("
	"  insert into deliveries (activity_id, inbox_url, peer, recipients)"
	"  select activity.id, p.inbox_url, p.peer, p.recipients"
	"  from activity, placed as p"
	"  where " PEER_IS_REACHED("p.peer")
	"  on conflict do nothing"
	"  returning 1"
	"), new_fanout as ("
	"  insert into fanouts (activity_id, followed_id)"
	"  select activity.id, $4"
	"  from activity, size"
	"  where $10::boolean"
	"    and size.is_large"
	"  returning 1"
	")"
	" select (select count(*) from activity),"
	"        (select count(*) from new_deliveries) + (select count(*) from new_fanout)");
	// follows_followed_id, actors_pkey, actor_counts_pkey, domain_blocks_pkey, domains_authority_key

/* Activities each for one actor, $10, and nobody else: most answers are. */
static const struct statement insert_for_one = STATEMENT("activity_out_insert_for_one", 11,
	"with given as materialized ("
	"  select *"
	"  from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bytea[], $8::boolean[],"
	"              $9::boolean[], $10::bigint[], $11::boolean[])"
	"    as n (id, uri, type, actor_id, post_id, object_uri, body, is_public, is_for_followers, recipient_id, is_personal)"
	"), activity as ("
	"  insert into activities_out (id, uri, type, actor_id, post_id, object_uri, body, body_sha256, is_public,"
	"                              is_for_followers)"
	"  select n.id, n.uri, n.type, n.actor_id, nullif(n.post_id, 0), n.object_uri, n.body, sha256(n.body), n.is_public,"
	"         n.is_for_followers"
	"  from given as n"
	"  on conflict do nothing"
	"  returning id"
	"), new_delivery as ("
	"  insert into deliveries (activity_id, inbox_url, peer)"
	"  select p.id, p.inbox_url, p.peer"
	"  from (select one.id, one.inbox_url, " INBOX_PEER("one.inbox_url") " as peer"
	"        from (select activity.id,"
	"                     case when n.is_personal then a.inbox_url else " ACTOR_FOLDED_INBOX("a") " end as inbox_url"
	"              from activity"
	"              join given as n on n.id = activity.id"
	"              join actors as a on a.id = n.recipient_id"
	"              where " ACTOR_IS_REACHED("a") ") as one) as p"
	"  where " PEER_IS_REACHED("p.peer")
	"  on conflict do nothing"
	"  returning 1"
	")"
	" select (select count(*) from activity), (select count(*) from new_delivery)");
	// activities_out_uri_key, actors_pkey, domain_blocks_pkey, domains_authority_key

/* Most people here are followed by people here, if at all: a few looks at indexes save a document that goes nowhere. */
static const struct statement is_wanted = STATEMENT("activity_out_post_is_wanted", 1,
	"select exists (select from post_mentions as m join actors as a on a.id = m.actor_id"
	"               where m.post_id = p.id and a.domain_id is null)"
	"       or exists (select from follows as f join actors as a on a.id = f.follower_id"
	"                  where f.followed_id = p.actor_id and f.state = 'accepted' and a.domain_id is null)"
	"       or exists (select from actors as a where a.id = p.in_reply_to_actor_id and a.domain_id is null)"
	"       or exists (select from posts as q join actors as a on a.id = q.actor_id"
	"                  where q.id = p.quote_id and a.domain_id is null)"
	" from posts as p"
	" where p.id = $1"); // posts_pkey, post_mentions_pkey, follows_followed_id, actors_pkey

static const struct statement find = STATEMENT("activity_out_find", 1,
	"select id, uri, type, actor_id, post_id, object_uri, body, is_public, is_for_followers"
	" from activities_out"
	" where uri = $1"); // activities_out_uri_key

STATEMENT_TABLE(activity_out_statements, &insert, &insert_for_one, &is_wanted, &find);

static enum error run(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	size_t count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (db_int64(&rows, 0, 0) != (int64_t)count)
		return ERROR_CONFLICT;
	if (db_int64(&rows, 0, 1))
		wake_ring_on_commit(db, WAKE_DELIVERIES);
	return ERROR_NONE;
}

static void add_columns(struct db_values *values, struct arena *arena, const struct activity_out *activities,
	const int64_t *recipient_ids, bool is_personal, size_t count)
{
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, activities[i].id);
	DB_VALUE_COLUMN(db_value_text_array, struct str, activities[i].uri);
	DB_VALUE_COLUMN(db_value_text_array, struct str, activities[i].type);
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, activities[i].actor_id);
	DB_VALUE_COLUMN(db_value_int64_array, int64_t, activities[i].post_id);
	DB_VALUE_COLUMN(db_value_text_array, struct str, activities[i].object_uri);
	DB_VALUE_COLUMN(db_value_bytes_array, struct str, activities[i].body);
	DB_VALUE_COLUMN(db_value_bool_array, bool, activities[i].is_public);
	DB_VALUE_COLUMN(db_value_bool_array, bool, activities[i].is_for_followers);
	db_value_int64_array(values, arena, recipient_ids, count);
	DB_VALUE_COLUMN(db_value_bool_array, bool, is_personal);
}

enum error activity_out_insert_for_each(struct db *db, struct arena *arena, const struct activity_out *activities,
	const int64_t *recipient_ids, size_t count)
{
	struct db_values values = { .count = 0 };
	add_columns(&values, arena, activities, recipient_ids, false, count);
	return run(db, arena, &insert_for_one, &values, count);
}

enum error activity_out_insert(struct db *db, struct arena *arena, const struct activity_out *activity,
	const struct activity_audience *audience)
{
	struct db_values values = { .count = 0 };
	if (!audience->to_followers && audience->actor_count == 1 && audience->inbox_count == 0) {
		add_columns(&values, arena, activity, audience->actor_ids, audience->is_personal, 1);
		return run(db, arena, &insert_for_one, &values, 1);
	}
	db_value_int64(&values, activity->id);
	db_value_text(&values, activity->uri);
	db_value_text(&values, activity->type);
	db_value_int64(&values, activity->actor_id);
	db_value_id(&values, activity->post_id);
	db_value_text(&values, activity->object_uri);
	db_value_bytes(&values, activity->body);
	db_value_bool(&values, activity->is_public);
	db_value_bool(&values, activity->is_for_followers);
	db_value_bool(&values, audience->to_followers);
	db_value_int64_array(&values, arena, audience->actor_ids, audience->actor_count);
	db_value_bool(&values, audience->is_personal);
	db_value_text_array(&values, arena, audience->inbox_urls, audience->inbox_count);
	return run(db, arena, &insert, &values, 1);
}

enum error activity_out_find(struct db *db, struct arena *arena, struct str uri, struct activity_out *ret_activity)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_activity = (struct activity_out){
		.id = db_int64(&rows, 0, 0),
		.uri = db_text(&rows, 0, 1),
		.type = db_text(&rows, 0, 2),
		.actor_id = db_int64(&rows, 0, 3),
		.post_id = db_int64(&rows, 0, 4),
		.object_uri = db_text(&rows, 0, 5),
		.body = db_bytes(&rows, 0, 6),
		.is_public = db_bool(&rows, 0, 7),
		.is_for_followers = db_bool(&rows, 0, 8),
	};
	return ERROR_NONE;
}

enum error activity_out_post_is_wanted(struct db *db, struct arena *arena, int64_t post_id, bool *ret_is_wanted)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &is_wanted, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_is_wanted = db_bool(&rows, 0, 0);
	return ERROR_NONE;
}
