/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Relations of one actor to many others, in one statement each. */
#include "storage/relation.h"

#include "storage/id.h"
#include "storage/id_page_sql.h"

#include <assert.h>

#define RELATION_COLUMNS                                  \
	"a.id"                                            \
	", ours.state = 'accepted' as is_following"       \
	", ours.state = 'pending' as is_requested"        \
	", ours.shows_boosts"                             \
	", ours.notifies"                                 \
	", to_json(ours.languages)::text as languages"    \
	", theirs.state = 'accepted' as is_followed_by"   \
	", theirs.state = 'pending' as is_requested_by"   \
	", blocking.id is not null as is_blocking"        \
	", blocked.id is not null as is_blocked_by"       \
	", m.id is not null as is_muting"                 \
	", m.hides_notifications"                         \
	", m.expires_at"                                  \
	", d.id is not null as is_domain_blocking"        \
	", e.id is not null as is_endorsed"               \
	", n.comment as note"

enum {
	RELATION_ID,
	RELATION_IS_FOLLOWING,
	RELATION_IS_REQUESTED,
	RELATION_SHOWS_BOOSTS,
	RELATION_NOTIFIES,
	RELATION_LANGUAGES,
	RELATION_IS_FOLLOWED_BY,
	RELATION_IS_REQUESTED_BY,
	RELATION_IS_BLOCKING,
	RELATION_IS_BLOCKED_BY,
	RELATION_IS_MUTING,
	RELATION_HIDES_NOTIFICATIONS,
	RELATION_EXPIRES_AT,
	RELATION_IS_DOMAIN_BLOCKING,
	RELATION_IS_ENDORSED,
	RELATION_NOTE,
};

static const struct statement find_many = STATEMENT("relation_find_many", 3,
	"select " RELATION_COLUMNS
	" from unnest($2::bigint[]) with ordinality as wanted (id, position)"
	" join actors as a on a.id = wanted.id"
	" left join follows as ours on ours.follower_id = $1 and ours.followed_id = a.id"
	" left join follows as theirs on theirs.follower_id = a.id and theirs.followed_id = $1"
	" left join blocks as blocking on blocking.blocker_id = $1 and blocking.blocked_id = a.id"
	" left join blocks as blocked on blocked.blocker_id = a.id and blocked.blocked_id = $1"
	" left join mutes as m on m.muter_id = $1 and m.muted_id = a.id and (m.expires_at is null or m.expires_at > now())"
	" left join actor_domain_blocks as d on d.actor_id = $1 and d.domain = a.domain and a.domain_id is null"
	" left join endorsements as e on e.actor_id = $1 and e.endorsed_id = a.id"
	" left join actor_notes as n on n.actor_id = $1 and n.target_id = a.id"
	" where a.deleted_at is null"
	"   and ($3 or a.suspended_at is null)"
	" order by wanted.position"); // the unique keys of each pair

static const struct statement list_followers = STATEMENT("relation_list_followers", 5,
	ID_PAGE_SELECT("f.id, f.follower_id, null::timestamptz",
	" from follows as f"
	" join actors as a on a.id = f.follower_id"
	" where f.followed_id = $1"
	"   and f.state = 'accepted'"
	"   and a.suspended_at is null", "f.id")); // follows_followed_id

static const struct statement list_following = STATEMENT("relation_list_following", 5,
	ID_PAGE_SELECT("f.id, f.followed_id, null::timestamptz",
	" from follows as f"
	" join actors as a on a.id = f.followed_id"
	" where f.follower_id = $1"
	"   and f.state = 'accepted'"
	"   and a.suspended_at is null", "f.id")); // follows_follower_id

static const struct statement list_requests = STATEMENT("relation_list_requests", 5,
	ID_PAGE_SELECT("f.id, f.follower_id, null::timestamptz",
	" from follows as f"
	" join actors as a on a.id = f.follower_id"
	" where f.followed_id = $1"
	"   and f.state = 'pending'"
	"   and a.suspended_at is null", "f.id")); // follows_followed_id

static const struct statement list_blocks = STATEMENT("relation_list_blocks", 5,
	ID_PAGE_SELECT("b.id, b.blocked_id, null::timestamptz",
	" from blocks as b"
	" join actors as a on a.id = b.blocked_id"
	" where b.blocker_id = $1"
	"   and a.suspended_at is null", "b.id")); // blocks_blocker_id

static const struct statement list_mutes = STATEMENT("relation_list_mutes", 5,
	ID_PAGE_SELECT("m.id, m.muted_id, m.expires_at",
	" from mutes as m"
	" join actors as a on a.id = m.muted_id"
	" where m.muter_id = $1"
	"   and (m.expires_at is null or m.expires_at > now())"
	"   and a.suspended_at is null", "m.id")); // mutes_muter_id

static const struct statement list_endorsements = STATEMENT("relation_list_endorsements", 5,
	ID_PAGE_SELECT("e.id, e.endorsed_id, null::timestamptz",
	" from endorsements as e"
	" join actors as a on a.id = e.endorsed_id"
	" where e.actor_id = $1"
	"   and a.suspended_at is null", "e.id")); // endorsements_actor_id

static const struct statement list_familiar = STATEMENT("relation_list_familiar", 2,
	"select wanted.id, one.follower_id"
	" from unnest($2::bigint[]) with ordinality as wanted (id, position)"
	" join actors as target on target.id = wanted.id and not target.hides_collections and target.suspended_at is null"
	" cross join lateral ("
	"  select theirs.follower_id"
	"  from follows as ours"
	"  join follows as theirs on theirs.follower_id = ours.followed_id and theirs.followed_id = target.id"
	"  join actors as a on a.id = theirs.follower_id"
	"  where ours.follower_id = $1"
	"    and ours.state = 'accepted'"
	"    and theirs.state = 'accepted'"
	"    and a.suspended_at is null"
	"  limit 40) as one"
	" order by wanted.position"); // follows_follower_id, follows_follower_id_followed_id_key

static const struct statement store_note = STATEMENT("relation_store_note", 3,
	"insert into actor_notes (actor_id, target_id, comment)"
	" select $1, a.id, $3"
	" from actors as a"
	" where a.id = $2"
	" on conflict (actor_id, target_id) do update"
	" set comment = excluded.comment"); // actors_pkey, actor_notes_pkey

static const struct statement drop_note = STATEMENT("relation_drop_note", 2,
	"delete from actor_notes"
	" where actor_id = $1"
	"   and target_id = $2"); // actor_notes_pkey

static const struct statement endorse = STATEMENT("relation_endorse", 3,
	"with ours as ("
	"  select f.followed_id"
	"  from follows as f"
	"  where f.follower_id = $2"
	"    and f.followed_id = $3"
	"    and f.state = 'accepted'"
	"), added as ("
	"  insert into endorsements (id, actor_id, endorsed_id)"
	"  select $1, $2, followed_id from ours"
	"  on conflict do nothing"
	")"
	" select count(*) from ours"); // follows_follower_id_followed_id_key

static const struct statement unendorse = STATEMENT("relation_unendorse", 2,
	"delete from endorsements"
	" where actor_id = $1"
	"   and endorsed_id = $2"); // endorsements_actor_id_endorsed_id_key

STATEMENT_TABLE(relation_statements, &find_many, &list_followers, &list_following, &list_requests, &list_blocks, &list_mutes,
	&list_endorsements, &list_familiar, &store_note, &drop_note, &endorse, &unendorse);

static void read_relation(const struct db_rows *rows, int row, struct relation *ret_relation)
{
	*ret_relation = (struct relation){
		.actor_id = db_int64(rows, row, RELATION_ID),
		.is_following = db_bool(rows, row, RELATION_IS_FOLLOWING),
		.is_requested = db_bool(rows, row, RELATION_IS_REQUESTED),
		.shows_boosts = db_bool(rows, row, RELATION_SHOWS_BOOSTS),
		.notifies = db_bool(rows, row, RELATION_NOTIFIES),
		.languages_json = db_text(rows, row, RELATION_LANGUAGES),
		.is_followed_by = db_bool(rows, row, RELATION_IS_FOLLOWED_BY),
		.is_requested_by = db_bool(rows, row, RELATION_IS_REQUESTED_BY),
		.is_blocking = db_bool(rows, row, RELATION_IS_BLOCKING),
		.is_blocked_by = db_bool(rows, row, RELATION_IS_BLOCKED_BY),
		.is_muting = db_bool(rows, row, RELATION_IS_MUTING),
		.hides_notifications = db_bool(rows, row, RELATION_HIDES_NOTIFICATIONS),
		.mute_expires_us = db_time(rows, row, RELATION_EXPIRES_AT),
		.is_domain_blocking = db_bool(rows, row, RELATION_IS_DOMAIN_BLOCKING),
		.is_endorsed = db_bool(rows, row, RELATION_IS_ENDORSED),
		.note = db_text(rows, row, RELATION_NOTE),
	};
}

enum error relation_find_many(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids, size_t count,
	bool with_suspended, struct relation **ret_relations, size_t *ret_count)
{
	assert(count <= RELATION_FIND_MANY_MAX);
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64_array(&values, arena, ids, count);
	db_value_bool(&values, with_suspended);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_many, &values, &rows);
	if (error)
		return error;
	struct relation *relations = arena_alloc_array(arena, (size_t)rows.count, sizeof(*relations));
	for (int i = 0; i < rows.count; i++)
		read_relation(&rows, i, &relations[i]);
	*ret_relations = relations;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error relation_list(struct db *db, struct arena *arena, enum relation_kind kind, int64_t actor_id,
	const struct id_page *page, struct relation_item **ret_items, size_t *ret_count)
{
	static const struct statement *const statements[] = {
		[RELATION_FOLLOWERS] = &list_followers,
		[RELATION_FOLLOWING] = &list_following,
		[RELATION_REQUESTS] = &list_requests,
		[RELATION_BLOCKS] = &list_blocks,
		[RELATION_MUTES] = &list_mutes,
		[RELATION_ENDORSEMENTS] = &list_endorsements,
	};
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	id_page_add(&values, page);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statements[kind], &values, &rows);
	if (error)
		return error;
	struct relation_item *items = arena_alloc_array(arena, (size_t)rows.count, sizeof(*items));
	for (int i = 0; i < rows.count; i++) {
		int row = id_page_row(page, &rows, i);
		items[i] = (struct relation_item){ .id = db_int64(&rows, row, 0), .actor_id = db_int64(&rows, row, 1),
			.expires_us = db_time(&rows, row, 2) };
	}
	*ret_items = items;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error relation_list_familiar(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *target_ids,
	size_t target_count, struct familiar_follower **ret_items, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64_array(&values, arena, target_ids, target_count);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_familiar, &values, &rows);
	if (error)
		return error;
	struct familiar_follower *items = arena_alloc_array(arena, (size_t)rows.count, sizeof(*items));
	for (int i = 0; i < rows.count; i++)
		items[i] = (struct familiar_follower){ db_int64(&rows, i, 0), db_int64(&rows, i, 1) };
	*ret_items = items;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error note_set(struct db *db, struct arena *arena, int64_t actor_id, int64_t target_id, struct str comment)
{
	if (str_count_characters(comment) > NOTE_MAX_CHARACTERS)
		return ERROR_UNPROCESSABLE;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, target_id);
	if (!comment.len)
		return db_change(db, arena, &drop_note, &values, NULL);
	db_value_text(&values, comment);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &store_note, &values, &affected);
	if (error)
		return error;
	return affected ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error endorsement_add(struct db *db, struct arena *arena, int64_t actor_id, int64_t endorsed_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_int64(&values, actor_id);
	db_value_int64(&values, endorsed_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &endorse, &values, &rows);
	if (error)
		return error;
	return db_int64(&rows, 0, 0) ? ERROR_NONE : ERROR_UNPROCESSABLE;
}

enum error endorsement_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t endorsed_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, endorsed_id);
	return db_change(db, arena, &unendorse, &values, NULL);
}
