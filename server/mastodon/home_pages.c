/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * While a round is under way requests gather for the next one, so that the more of them there are the less each costs. */
#include "server/mastodon/home_pages.h"

#include "server/app.h"
#include "server/entity/filtering.h"
#include "server/http/request.h"
#include "server/mastodon/parameters.h"

#include "base/log.h"

#include <pthread.h>
#include <signal.h>

#define ARENA_BYTES 65536
/* More posts than that are not asked for at once: their pages are made anew. */
#define NUMBERS_MAX 1000

struct visit {
	struct visit *next;
	struct request *request;
	struct page_key key;
};

struct home_pages {
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

struct page_cache *home_pages_cache(struct home_pages *pages)
{
	return pages->cache;
}

/* What filters are kept ready may be as old as the last news of them. */
static void forget_all(struct home_pages *pages)
{
	filters_forget_all();
	page_cache_forget(pages->cache);
}

static void tell(struct home_pages *pages, const struct change *changes, size_t count)
{
	struct post_numbers *numbers = NULL;
	int64_t *ids = arena_alloc_array(pages->arena, count + 1, sizeof(*ids));
	size_t id_count = 0, number_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (changes[i].kind == CHANGE_NUMBERS)
			ids[id_count++] = changes[i].id;
		else if (changes[i].kind == CHANGE_FILTERS)
			filters_forget(changes[i].id);
	}
	if (id_count && id_count <= NUMBERS_MAX &&
	    post_numbers_list(pages->db, pages->arena, ids, id_count, &numbers, &number_count) != ERROR_NONE)
		number_count = 0; /* their pages are made anew */
	page_cache_tell(pages->cache, changes, count, numbers, number_count);
}

static bool ask(struct home_pages *pages)
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

static void answer(struct home_pages *pages, const struct visit *visit, bool is_current)
{
	struct request *request = visit->request;
	struct page_ids ids;
	struct shared_bytes *bytes = is_current ? page_cache_get(pages->cache, &visit->key, &ids) : NULL;
	if (bytes) {
		respond_shared(request, 200, JSON_CONTENT_TYPE, bytes);
		respond_link(request, ids.count, ids.first, ids.last, ids.count == (size_t)visit->key.bounds.limit);
		shared_bytes_unref(&bytes);
	} else {
		request_go_on(request);
	}
	request_answered(request);
}

static void *run(void *argument)
{
	struct home_pages *pages = argument;
	log_set_thread("web", "timelines");
	for (;;) {
		pthread_mutex_lock(&pages->lock);
		while (!pages->first && !pages->is_stopping)
			pthread_cond_wait(&pages->has_work, &pages->lock);
		struct visit *visit = pages->first;
		pages->first = NULL;
		pages->end = &pages->first;
		pthread_mutex_unlock(&pages->lock);
		if (!visit)
			return NULL;
		bool is_current = ask(pages);
		while (visit) {
			struct visit *next = visit->next;
			answer(pages, visit, is_current);
			visit = next;
		}
		/* Whatever keeps it from being done, it is tried again later; db.c has said why. */
		enum error error = is_current ? change_prune(pages->reader, pages->db, pages->arena) : ERROR_NONE;
		(void)error;
	}
}

struct home_pages *home_pages_start(struct app *app)
{
	struct home_pages *pages = memory_new(sizeof(*pages));
	pages->app = app;
	pages->cache = page_cache_new((size_t)config_size_bytes(app->config, "http.timeline_cache"));
	pages->reader = change_reader_new();
	pages->db = db_new(app->config, DB_WEB);
	pages->arena = arena_new(ARENA_BYTES);
	pages->end = &pages->first;
	pthread_mutex_init(&pages->lock, NULL);
	pthread_cond_init(&pages->has_work, NULL);
	/* Signals are for the main thread. */
	sigset_t all, previous;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &previous);
	if (pthread_create(&pages->thread, NULL, run, pages))
		memory_fatal("cannot start the thread of timelines");
	pthread_sigmask(SIG_SETMASK, &previous, NULL);
	return pages;
}

void home_pages_stop(struct home_pages **pages)
{
	struct home_pages *stopped = *pages;
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
	struct home_pages *pages = request->app->home_pages;
	(void)db;
	pthread_mutex_lock(&pages->lock);
	bool was_empty = !pages->first;
	*pages->end = visit;
	pages->end = &visit->next;
	if (was_empty)
		pthread_cond_signal(&pages->has_work);
	pthread_mutex_unlock(&pages->lock);
}

void home_pages_take(struct request *request, const struct page_key *key)
{
	struct visit *visit = arena_alloc(request->arena, sizeof(*visit));
	*visit = (struct visit){ .request = request, .key = *key };
	request_hand_over(request, enqueue, visit);
}
