/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A relay is followed by the instance actor and tells us in Announces what others publish. */
#include "server/action/relay.h"

#include "federation/outbox.h"

#include "storage/id.h"

#define PUBLIC_URI "https://www.w3.org/ns/activitystreams#Public"

static struct str followed_uri(const struct relay *relay)
{
	return relay->kind == RELAY_LITEPUB ? relay->actor_uri : str_from(PUBLIC_URI);
}

static enum error finish(struct db *db, enum error error)
{
	if (!error)
		return db_commit(db);
	db_rollback(db);
	return error;
}

enum error relay_subscribe(struct db *db, struct arena *arena, enum relay_kind kind, struct str inbox_url,
	struct str actor_uri, struct relay *ret_relay)
{
	struct actor instance_actor;
	enum error error = actor_find_instance(db, arena, &instance_actor);
	if (error)
		return error;
	struct relay relay = { .id = id_new(), .kind = kind, .inbox_url = inbox_url, .state = RELAY_PENDING };
	if (kind == RELAY_LITEPUB)
		relay.actor_uri = actor_uri;
	relay.follow_uri = outbox_follow_uri(arena, &instance_actor, relay.id);
	error = db_begin(db);
	if (error)
		return error;
	error = relay_create(db, arena, &relay);
	if (!error)
		error = outbox_relay_follow(db, arena, &instance_actor, inbox_url, followed_uri(&relay), relay.follow_uri, false);
	error = finish(db, error);
	if (!error)
		*ret_relay = relay;
	return error;
}

enum error relay_unsubscribe(struct db *db, struct arena *arena, struct str url)
{
	struct actor instance_actor;
	struct relay relay;
	enum error error = actor_find_instance(db, arena, &instance_actor);
	if (!error)
		error = relay_find_by_inbox(db, arena, url, &relay);
	if (error == ERROR_NOT_FOUND)
		error = relay_find_by_actor(db, arena, url, &relay);
	if (!error)
		error = db_begin(db);
	if (error)
		return error;
	error = relay_remove(db, arena, relay.id);
	if (!error)
		error = outbox_relay_follow(db, arena, &instance_actor, relay.inbox_url, followed_uri(&relay), relay.follow_uri, true);
	return finish(db, error);
}
