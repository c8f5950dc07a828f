/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The doors of the fetcher: any thread asks by a message to the loop, where fetch_run.c does the work, and waits or is
 * called back there. */
#include "federation/fetch_internal.h"

#include "federation/federation.h"
#include "federation/local_key.h"
#include "federation/policy.h"

#include "base/config.h"
#include "storage/actor.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define RESULT_ARENA_BYTES ((size_t)64 * 1024)
#define KEY_ARENA_BYTES ((size_t)1024 * 1024)

/* Documents */

struct counted_result {
	struct fetch_result result; /* the first field */
	atomic_int references;
};

struct fetch_result *fetch_result_new(enum fetch_verdict verdict, const char *reason)
{
	struct counted_result *counted = memory_new(sizeof(*counted));
	counted->result.arena = arena_new(RESULT_ARENA_BYTES);
	counted->result.document.verdict = verdict;
	counted->result.document.reason = reason;
	counted->result.document.retry_after_s = -1;
	atomic_init(&counted->references, 1);
	return &counted->result;
}

struct fetch_document *fetch_document_ref(struct fetch_document *document)
{
	struct counted_result *counted = (struct counted_result *)(void *)document;
	atomic_fetch_add_explicit(&counted->references, 1, memory_order_relaxed);
	return document;
}

void fetch_document_unref(struct fetch_document **document)
{
	struct counted_result *counted = (struct counted_result *)(void *)*document;
	*document = NULL;
	if (!counted || atomic_fetch_sub_explicit(&counted->references, 1, memory_order_acq_rel) != 1)
		return;
	json_decref(counted->result.document.json);
	memory_free(counted->result.body);
	arena_free(&counted->result.arena);
	memory_free(counted);
}

void fetch_document_auto(struct fetch_document **document)
{
	fetch_document_unref(document);
}

/* Asking */

struct question {
	struct loop_message message; /* the first field */
	struct fetcher *fetcher;
	struct fetch_waiter *waiter;
	enum fetch_form form;
	struct str url; /* its bytes follow */
};

static void ask(struct loop_message *message)
{
	struct question *question = (struct question *)message;
	fetch_run(question->fetcher, question->url, question->form, question->waiter);
	memory_free(question);
}

void fetch_start(struct fetcher *fetcher, struct str url, enum fetch_form form, struct fetch_waiter *waiter)
{
	struct question *question = memory_new(sizeof(*question) + url.len);
	if (url.len > 0)
		memcpy(question + 1, url.data, url.len);
	question->message.run = ask;
	question->fetcher = fetcher;
	question->waiter = waiter;
	question->form = form;
	question->url = (struct str){ (const char *)(question + 1), url.len };
	loop_post(fetcher->parts.loop, &question->message);
}

struct sleeper {
	struct fetch_waiter waiter; /* the first field */
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	struct fetch_document *document;
};

static void wake_sleeper(struct fetch_waiter *waiter, struct fetch_document *document)
{
	struct sleeper *sleeper = (struct sleeper *)waiter;
	pthread_mutex_lock(&sleeper->mutex);
	sleeper->document = document;
	pthread_cond_signal(&sleeper->ended);
	pthread_mutex_unlock(&sleeper->mutex);
}

/* Ends by itself: the client's requests are limited in time, and so is the line before them. */
struct fetch_document *fetch_wait(struct fetcher *fetcher, struct str url, enum fetch_form form)
{
	struct sleeper sleeper = { .waiter.done = wake_sleeper };
	assert(!loop_is_current(fetcher->parts.loop));
	pthread_mutex_init(&sleeper.mutex, NULL);
	pthread_cond_init(&sleeper.ended, NULL);
	fetch_start(fetcher, url, form, &sleeper.waiter);
	pthread_mutex_lock(&sleeper.mutex);
	while (!sleeper.document)
		pthread_cond_wait(&sleeper.ended, &sleeper.mutex);
	pthread_mutex_unlock(&sleeper.mutex);
	pthread_cond_destroy(&sleeper.ended);
	pthread_mutex_destroy(&sleeper.mutex);
	return sleeper.document;
}

/* The key */

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

/* Life */

struct fetcher *fetcher_new_with(const struct fetch_parts *parts)
{
	struct fetcher *fetcher = memory_new(sizeof(*fetcher) + parts->key_id.len);
	fetcher->parts = *parts;
	if (parts->key_id.len > 0)
		memcpy(fetcher + 1, parts->key_id.data, parts->key_id.len);
	fetcher->parts.key_id = (struct str){ (const char *)(fetcher + 1), parts->key_id.len };
	fetcher->pace = fetch_pace_new();
	fetcher->fetches = map_new();
	return fetcher;
}

void fetcher_free(struct fetcher **fetcher_pointer)
{
	struct fetcher *fetcher = *fetcher_pointer;
	if (!fetcher)
		return;
	loop_stop(fetcher->parts.loop);
	loop_join(fetcher->parts.loop);
	fetcher->is_stopping = true;
	http_client_free(&fetcher->parts.client);
	loop_free(&fetcher->parts.loop); /* runs what was asked too late */
	assert(map_count(fetcher->fetches) == 0);
	map_free(&fetcher->fetches);
	fetch_pace_free(&fetcher->pace);
	signing_key_free(&fetcher->parts.key);
	memory_free(fetcher);
	*fetcher_pointer = NULL;
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
