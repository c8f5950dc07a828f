/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The doors of the fetcher: any thread asks by a message to the loop, where fetch_run.c does the work, and waits or is
 * called back there. */
#include "federation/fetch_internal.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define RESULT_ARENA_BYTES ((size_t)64 * 1024)

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

struct interruption {
	struct loop_message message; /* the first field */
	struct fetcher *fetcher;
};

static void interrupt(struct loop_message *message)
{
	struct interruption *interruption = (struct interruption *)message;
	fetch_end_all(interruption->fetcher);
	memory_free(interruption);
}

void fetcher_interrupt(struct fetcher *fetcher)
{
	struct interruption *interruption = memory_new(sizeof(*interruption));
	interruption->message.run = interrupt;
	interruption->fetcher = fetcher;
	loop_post(fetcher->parts.loop, &interruption->message);
}

void fetcher_free(struct fetcher **fetcher_pointer)
{
	struct fetcher *fetcher = *fetcher_pointer;
	if (!fetcher)
		return;
	loop_stop(fetcher->parts.loop);
	loop_join(fetcher->parts.loop);
	fetch_end_all(fetcher);
	http_client_free(&fetcher->parts.client);
	loop_free(&fetcher->parts.loop); /* runs what was asked too late */
	assert(map_count(fetcher->fetches) == 0);
	map_free(&fetcher->fetches);
	fetch_pace_free(&fetcher->pace);
	signing_key_free(&fetcher->parts.key);
	memory_free(fetcher);
	*fetcher_pointer = NULL;
}
