/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * While a round is under way requests gather for the next one, so that the more of them there are the less each costs. */
#include "server/mastodon/kept_pages.h"

#include "server/app.h"
#include "server/entity/account.h"
#include "server/entity/filtering.h"
#include "server/entity/reader.h"
#include "server/http/request.h"
#include "server/mastodon/parameters.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mutant.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define ARENA_LIMIT_BYTES ((size_t)64 * 1024 * 1024) /* far above what a question may list */
/* From the beginning of a round to that of the next one, when requests come so fast that they meet. */
#define ROUND_US 1000
/* More posts than that are not asked for at once: their pages are made anew. */
#define NUMBERS_MAX 1000

struct visit {
	struct visit *next;
	struct request *request;
	struct page_key key;
};

struct kept_pages {
	struct app *app;
	struct page_cache *cache;
	struct change_reader *reader;
	struct db *db;
	struct arena *arena;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t has_work;
	struct visit *first, **end;
	bool is_stopping;
};

/* What filters are kept ready may be as old as the last news of them. */
static void forget_all(struct kept_pages *pages)
{
	filters_forget_all();
	page_cache_forget(pages->cache);
}

/* Numbers that cannot be had, or are too many, are left out: their pages are made anew. */
static size_t list_fillings(struct kept_pages *pages, const struct change *changes, size_t count, enum change_kind kind,
	struct page_filling *ret_fillings)
{
	struct post_numbers *posts = NULL;
	struct actor_glance *actors = NULL;
	int64_t *ids = arena_alloc_array(pages->arena, count + 1, sizeof(*ids));
	size_t id_count = 0, found = 0;
	for (size_t i = 0; i < count; i++)
		if (changes[i].kind == kind)
			ids[id_count++] = changes[i].id;
	if (!id_count || id_count > NUMBERS_MAX)
		return 0;
	enum error error = kind == CHANGE_POST_NUMBERS ? post_numbers_list(pages->db, pages->arena, ids, id_count, &posts, &found)
		: actor_glance_list(pages->db, pages->arena, ids, id_count, &actors, &found);
	for (size_t i = 0; !error && i < found; i++) {
		AUTO(buf) struct buf members = { 0 };
		if (posts)
			page_numbers_write(&members, &posts[i]);
		else
			account_numbers_write(&members, &actors[i]);
		ret_fillings[i] = (struct page_filling){
			.of = { kind, posts ? posts[i].post_id : actors[i].id }, .members = arena_str(pages->arena, buf_str(&members)),
		};
	}
	return error ? 0 : found;
}

static void tell(struct kept_pages *pages, const struct change *changes, size_t count)
{
	struct page_filling *fillings = arena_alloc_array(pages->arena, count + 1, sizeof(*fillings));
	for (size_t i = 0; i < count; i++)
		if (changes[i].kind == CHANGE_FILTERS)
			filters_forget(changes[i].id);
	size_t filled = list_fillings(pages, changes, count, CHANGE_POST_NUMBERS, fillings);
	filled += list_fillings(pages, changes, count, CHANGE_ACTOR_NUMBERS, fillings + filled);
	page_cache_tell(pages->cache, changes, count, fillings, filled);
}

static bool ask(struct kept_pages *pages)
{
	struct change *changes;
	size_t count;
	bool has_gap;
	arena_reset(pages->arena);
	enum error error = change_read(pages->reader, pages->db, pages->arena, &changes, &count, &has_gap);
	if (error || has_gap) {
		forget_all(pages);
		return false;
	}
	if (count)
		tell(pages, changes, count);
	return true;
}

static void respond_page(struct request *request, const struct page_ids *ids, struct shared_bytes *bytes)
{
	respond_shared(request, 200, JSON_CONTENT_TYPE, bytes);
	respond_link(request, ids->count, ids->first, ids->last, ids->has_more);
}

static void answer(struct kept_pages *pages, const struct visit *visit, bool is_current)
{
	struct request *request = visit->request;
	struct page_ids ids;
	struct shared_bytes *bytes = is_current ? page_cache_get(pages->cache, &visit->key, &ids) : NULL;
	if (bytes) {
		respond_page(request, &ids, bytes);
		shared_bytes_unref(&bytes);
	} else {
		request_go_on(request);
	}
	request_answered(request);
}

/* Those who come meanwhile share the question. */
static void gather(int64_t last_round_us)
{
	int64_t left_us = last_round_us + ROUND_US - clock_monotonic_us();
	if (left_us > 0)
		usleep((useconds_t)left_us);
}

static void *run(void *argument)
{
	struct kept_pages *pages = argument;
	int64_t last_round_us = 0;
	size_t last_count = 0;
	log_set_thread("web", "pages");
	for (;;) {
		if (last_count > 1)
			gather(last_round_us);
		pthread_mutex_lock(&pages->lock);
		while (!pages->first && !pages->is_stopping)
			pthread_cond_wait(&pages->has_work, &pages->lock);
		struct visit *visit = pages->first;
		pages->first = NULL;
		pages->end = &pages->first;
		pthread_mutex_unlock(&pages->lock);
		if (!visit)
			return NULL;
		last_round_us = clock_monotonic_us();
		bool is_current = ask(pages);
		for (last_count = 0; visit; last_count++) {
			struct visit *next = visit->next;
			answer(pages, visit, is_current);
			visit = next;
		}
		/* Whatever keeps it from being done, it is tried again later; db.c has said why. */
		enum error error = is_current ? change_prune(pages->reader, pages->db, pages->arena) : ERROR_NONE;
		(void)error;
	}
}

struct kept_pages *kept_pages_start(struct app *app)
{
	struct kept_pages *pages = memory_new(sizeof(*pages));
	pages->app = app;
	pages->cache = page_cache_new((size_t)config_size_bytes(app->config, "http.timeline_cache"));
	pages->reader = change_reader_new();
	pages->db = db_new(app->config, DB_WEB);
	pages->arena = arena_new(ARENA_LIMIT_BYTES);
	pages->end = &pages->first;
	pthread_mutex_init(&pages->lock, NULL);
	pthread_cond_init(&pages->has_work, NULL);
	/* Signals are for the main thread. */
	sigset_t all, previous;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &previous);
	if (pthread_create(&pages->thread, NULL, run, pages))
		memory_fatal("cannot start the thread of pages");
	pthread_sigmask(SIG_SETMASK, &previous, NULL);
	return pages;
}

void kept_pages_stop(struct kept_pages **pages)
{
	struct kept_pages *stopped = *pages;
	if (!stopped)
		return;
	pthread_mutex_lock(&stopped->lock);
	stopped->is_stopping = true;
	pthread_cond_signal(&stopped->has_work);
	pthread_mutex_unlock(&stopped->lock);
	pthread_join(stopped->thread, NULL);
	pthread_cond_destroy(&stopped->has_work);
	pthread_mutex_destroy(&stopped->lock);
	page_cache_free(&stopped->cache);
	change_reader_free(&stopped->reader);
	db_free(&stopped->db);
	arena_free(&stopped->arena);
	memory_free(stopped);
	*pages = NULL;
}

static void enqueue(struct request *request, struct db *db)
{
	struct visit *visit = request->handed_over;
	struct kept_pages *pages = request->app->kept_pages;
	(void)db;
	pthread_mutex_lock(&pages->lock);
	bool was_empty = !pages->first;
	*pages->end = visit;
	pages->end = &visit->next;
	if (was_empty)
		pthread_cond_signal(&pages->has_work);
	pthread_mutex_unlock(&pages->lock);
}

/* Without a thread that follows the changes nothing is kept. */
static bool may_be_kept(const struct request *request)
{
	return request->app->kept_pages && (!reader_hides_direct(&request->access) || MUTANT("kept_page_hides_direct"));
}

bool kept_pages_take(struct request *request, const struct page_key *key)
{
	if (request->has_come_back || !may_be_kept(request) || !page_cache_may_have(request->app->kept_pages->cache, key))
		return false;
	struct visit *visit = arena_alloc(request->arena, sizeof(*visit));
	*visit = (struct visit){ .request = request, .key = *key };
	request_hand_over(request, enqueue, visit);
	return true;
}

void kept_pages_begin(struct request *request, const struct page_key *key, struct page_making *ret_making)
{
	struct kept_pages *pages = request->app->kept_pages;
	*ret_making = (struct page_making){
		.key = *key, .position = pages ? page_cache_position(pages->cache) : 0,
		.parts = { .arena = request->arena, .until_us = INT64_MAX },
	};
}

void kept_pages_respond(struct request *request, const struct page_making *making, const struct page_ids *ids, struct buf *json)
{
	struct shared_bytes *bytes = shared_bytes_new(json);
	respond_page(request, ids, bytes);
	if (may_be_kept(request))
		page_cache_put(request->app->kept_pages->cache, &making->key, making->position, &making->parts, ids, bytes);
	shared_bytes_unref(&bytes);
}
