/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Notifications: written by whoever causes them, in the same transaction. Inbox workers write them blindly: their
 * role may not read when or whether they were told. */
#include "storage/notification.h"

#include "storage/id.h"
#include "storage/statement.h"

static const struct statement add = STATEMENT("notification_add", 5,
	"insert into notifications (id, actor_id, kind, from_actor_id, post_id)"
	" select $1, told.id, $3, teller.id, $5::bigint"
	" from actors as told, actors as teller"
	" where told.id = $2"
	"   and told.domain_id is not null"
	"   and told.suspended_at is null"
	"   and teller.id = $4"
	"   and (told.id <> teller.id or $3 = 'poll')"
	"   and not exists (select from blocks as b where b.blocker_id = told.id and b.blocked_id = teller.id)"
	"   and ($5::bigint is null or exists (select from posts as p where p.id = $5))"
	" on conflict do nothing"); // actors_pkey, blocks_blocker_id_blocked_id_key, posts_pkey

static const struct statement remove_one = STATEMENT("notification_remove", 4,
	"delete from notifications"
	" where actor_id = $1"
	"   and kind = $2"
	"   and from_actor_id = $3"
	"   and (post_id = $4 or $4::bigint is null and post_id is null)"); // notifications_actor_id_kind_from_actor_id_post_id_key

STATEMENT_TABLE(notification_statements, &add, &remove_one);

static const char *const kind_names[] = {
	[NOTIFICATION_MENTION] = "mention",
	[NOTIFICATION_FOLLOW] = "follow",
	[NOTIFICATION_FOLLOW_REQUEST] = "follow_request",
	[NOTIFICATION_FAVOURITE] = "favourite",
	[NOTIFICATION_REACTION] = "reaction",
	[NOTIFICATION_BOOST] = "boost",
	[NOTIFICATION_POLL] = "poll",
	[NOTIFICATION_UPDATE] = "update",
	[NOTIFICATION_QUOTE] = "quote",
	[NOTIFICATION_QUOTED_UPDATE] = "quoted_update",
	[NOTIFICATION_MOVE] = "move",
};

enum error notification_add(struct db *db, struct arena *arena, int64_t actor_id, enum notification_kind kind,
	int64_t from_actor_id, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_int64(&values, actor_id);
	db_value_text(&values, str_from(kind_names[kind]));
	db_value_int64(&values, from_actor_id);
	db_value_id(&values, post_id);
	return db_change(db, arena, &add, &values, NULL);
}

enum error notification_remove(struct db *db, struct arena *arena, int64_t actor_id, enum notification_kind kind,
	int64_t from_actor_id, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, str_from(kind_names[kind]));
	db_value_int64(&values, from_actor_id);
	db_value_id(&values, post_id);
	return db_change(db, arena, &remove_one, &values, NULL);
}
