/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the fetcher needs of the rest: the instance actor's key, the policy, a real client. */
#include "federation/fetch_internal.h"

#include "federation/federation.h"
#include "federation/local_key.h"
#include "federation/policy.h"

#include "storage/actor.h"

#define KEY_ARENA_BYTES ((size_t)1024 * 1024)

struct new_key {
	struct loop_message message; /* the first field */
	struct fetcher *fetcher;
	struct signing_key *key;
};

static void take_key(struct loop_message *message)
{
	struct new_key *new_key = (struct new_key *)message;
	struct fetch_parts *parts = &new_key->fetcher->parts;
	signing_key_free(&parts->key);
	parts->key = new_key->key;
	memory_free(new_key);
}

static enum error open_key(const struct federation *federation, struct db *db, struct arena *arena,
	struct signing_key **ret_key, struct str *ret_key_id, int64_t *ret_created_us)
{
	struct actor actor;
	enum error error = actor_find_instance(db, arena, &actor);
	if (error)
		return error;
	return local_key_open(db, arena, federation->secret_box, actor.id, ACTOR_KEY_RSA, ret_key, ret_key_id, ret_created_us);
}

enum error fetcher_read_key(struct fetcher *fetcher, struct db *db, struct arena *arena)
{
	struct signing_key *key;
	struct str key_id;
	int64_t created_us;
	enum error error = open_key(fetcher->federation, db, arena, &key, &key_id, &created_us);
	if (error)
		return error;
	if (atomic_exchange(&fetcher->key_created_us, created_us) == created_us) {
		signing_key_free(&key);
		return ERROR_NONE;
	}
	struct new_key *new_key = memory_new(sizeof(*new_key));
	new_key->message.run = take_key;
	new_key->fetcher = fetcher;
	new_key->key = key;
	loop_post(fetcher->parts.loop, &new_key->message);
	return ERROR_NONE;
}

/* Ourselves: what is there is asked of the database. */
static bool is_refused(void *argument, struct str authority)
{
	const struct federation *federation = argument;
	struct str own = str_slice(federation->base_url,
		str_index_of_str(federation->base_url, STR_LITERAL("://")) + 3, federation->base_url.len);
	return str_eq(authority, own) || policy_judge(federation->policy, authority).verdict == POLICY_REFUSED;
}

enum error fetcher_new(struct federation *federation, struct fetcher **ret_fetcher, char **ret_message)
{
	AUTO(arena) struct arena *arena = arena_new(KEY_ARENA_BYTES);
	struct fetch_parts parts = { .is_refused = is_refused, .argument = federation };
	int64_t created_us = 0;
	struct db *db = db_new(federation->config, DB_FEDERATION);
	enum error error = open_key(federation, db, arena, &parts.key, &parts.key_id, &created_us);
	db_free(&db);
	if (error) {
		*ret_message = memory_copy_string("the key of the instance actor cannot be had");
		return error;
	}
	parts.loop = loop_new("federation", "fetch");
	error = http_client_new(parts.loop, federation->config, &parts.client, ret_message);
	if (error) {
		loop_free(&parts.loop);
		signing_key_free(&parts.key);
		return error;
	}
	struct fetcher *fetcher = fetcher_new_with(&parts);
	fetcher->federation = federation;
	atomic_store(&fetcher->key_created_us, created_us);
	loop_start(parts.loop);
	*ret_fetcher = fetcher;
	return ERROR_NONE;
}
