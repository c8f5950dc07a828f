/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A few threads, each with a connection of its own. A thread that is asked for what another one is fetching waits for it
 * and then finds it stored, so one look of a thousand people at a new avatar is one request to its server. */
#include "server/media/fetcher.h"

#include "server/app.h"
#include "server/http/request.h"
#include "server/media/finish.h"
#include "server/media/proxy_url.h"
#include "server/media/remote_get.h"
#include "server/media/serve.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/random.h"
#include "base/worker.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#define THREADS 3
#define QUEUE_LIMIT 500
#define RETRY_US 3600000000LL
#define PROXY_CACHE "public, max-age=86400"

struct media_fetcher {
	struct app *app;
	struct worker_pool *pool;
	pthread_mutex_t lock;
	pthread_cond_t has_ended;
	struct str under_way[THREADS]; /* names; data NULL: free. Under lock */
};

struct wish {
	struct worker_job job;
	struct request *request;
	struct media_fetcher *fetcher;
};

bool media_fetcher_is_due(const struct remote_file *file)
{
	return clock_now_us() - file->fetched_us > RETRY_US;
}

/* Stores what came, under a name that is not the one people can compute from the URL. */
static enum error keep(struct app *app, struct arena *arena, struct str bytes, struct remote_file *file)
{
	struct medium medium = { .name = random_token(arena, MEDIA_NAME_BYTES) };
	int descriptor = memfd_create("remote", MFD_CLOEXEC);
	if (descriptor < 0)
		return ERROR_IO;
	enum error error = ERROR_IO;
	if (write(descriptor, bytes.data, bytes.len) == (ssize_t)bytes.len)
		error = media_finish(app->media, arena, descriptor, (int64_t)bytes.len, HELPER_ATTACHMENT, MEDIA_OF_OTHERS, &medium);
	close(descriptor);
	if (error)
		return error;
	file->is_ready = true;
	file->file_name = medium.file_name;
	file->preview_name = medium.preview_name;
	file->size_bytes = medium.size_bytes;
	file->width = medium.width;
	file->height = medium.height;
	file->blurhash = medium.blurhash;
	return ERROR_NONE;
}

enum error media_fetch_now(struct app *app, struct db *db, struct arena *arena, struct str url, struct remote_file *ret_file)
{
	AUTO(buf) struct buf bytes = { 0 };
	struct remote_file file = { .name = media_proxy_name(arena, url), .url = url, .fetched_us = clock_now_us() };
	enum error error = media_remote_get(app->config, app->federation, url, &bytes);
	if (!error)
		error = keep(app, arena, buf_str(&bytes), &file);
	/* Ours to mend, or the moment's: not to be remembered for an hour. */
	if (error == ERROR_STORAGE_FULL || error == ERROR_IO)
		return error;
	error = remote_file_store(db, arena, &file);
	if (!error)
		*ret_file = file;
	return error;
}

/* False: somebody else has just ended it. */
static bool begin(struct media_fetcher *fetcher, struct str name)
{
	bool has_waited = false;
	struct str *place = NULL;
	pthread_mutex_lock(&fetcher->lock);
	for (bool is_there = true; is_there;) {
		is_there = false;
		for (int i = 0; i < THREADS; i++)
			is_there = is_there || (fetcher->under_way[i].data && str_eq(fetcher->under_way[i], name));
		if (is_there) {
			has_waited = true;
			pthread_cond_wait(&fetcher->has_ended, &fetcher->lock);
		}
	}
	for (int i = 0; i < THREADS && !has_waited; i++)
		if (!fetcher->under_way[i].data)
			place = &fetcher->under_way[i];
	if (place)
		*place = name;
	pthread_mutex_unlock(&fetcher->lock);
	return place != NULL;
}

static void end(struct media_fetcher *fetcher, struct str name)
{
	pthread_mutex_lock(&fetcher->lock);
	for (int i = 0; i < THREADS; i++)
		if (fetcher->under_way[i].data && str_eq(fetcher->under_way[i], name))
			fetcher->under_way[i] = (struct str){ 0 };
	pthread_cond_broadcast(&fetcher->has_ended);
	pthread_mutex_unlock(&fetcher->lock);
}

static enum error find_or_fetch(struct media_fetcher *fetcher, struct db *db, struct arena *arena, struct str url,
	struct remote_file *ret_file)
{
	struct str name = media_proxy_name(arena, url);
	bool is_mine = begin(fetcher, name);
	enum error error = remote_file_find(db, arena, name, ret_file);
	if (is_mine && (error == ERROR_NOT_FOUND || (!error && !ret_file->is_ready && media_fetcher_is_due(ret_file))))
		error = media_fetch_now(fetcher->app, db, arena, url, ret_file);
	if (is_mine)
		end(fetcher, name);
	return error;
}

static void run_wish(struct worker_job *job, void *thread_state)
{
	struct wish *wish = LIST_OBJECT(job, struct wish, job);
	struct request *request = wish->request;
	struct remote_file file;
	struct str url = { 0 };
	enum media_size size = MEDIA_ORIGINAL;
	enum error error = media_proxy_read(request->app, request->arena, request->values, &url, &size) ? ERROR_NONE : ERROR_NOT_FOUND;
	if (!error)
		error = find_or_fetch(wish->fetcher, thread_state, request->arena, url, &file);
	if (!error && !file.is_ready)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = media_respond_file(request, size == MEDIA_SMALL && file.preview_name.data ? file.preview_name : file.file_name,
			STR_LITERAL(PROXY_CACHE));
	if (error)
		respond_error(request, error);
	memory_free(wish);
	request_answered(request);
}

void media_fetcher_answer(struct request *request, struct db *db)
{
	(void)db;
	struct media_fetcher *fetcher = request->handed_over;
	struct wish *wish = memory_new(sizeof(*wish));
	*wish = (struct wish){ .job.run = run_wish, .request = request, .fetcher = fetcher };
	if (worker_pool_submit(fetcher->pool, &wish->job))
		return;
	memory_free(wish);
	respond_error(request, ERROR_UNAVAILABLE);
	request_answered(request);
}

static void *start_thread(void *argument)
{
	struct media_fetcher *fetcher = argument;
	return db_new(fetcher->app->config, DB_WEB);
}

static void stop_thread(void *thread_state)
{
	struct db *db = thread_state;
	db_free(&db);
}

struct media_fetcher *media_fetcher_start(struct app *app)
{
	struct media_fetcher *fetcher = memory_new(sizeof(*fetcher));
	fetcher->app = app;
	pthread_mutex_init(&fetcher->lock, NULL);
	pthread_cond_init(&fetcher->has_ended, NULL);
	fetcher->pool = worker_pool_new(&(struct worker_pool_options){
		.role = "web", .name = "media", .thread_count = THREADS, .queue_limit = QUEUE_LIMIT, .stack_bytes = (size_t)1024 * 1024,
		.argument = fetcher, .thread_start = start_thread, .thread_stop = stop_thread,
	});
	return fetcher;
}

void media_fetcher_stop(struct media_fetcher **fetcher)
{
	if (!*fetcher)
		return;
	worker_pool_stop(&(*fetcher)->pool);
	pthread_mutex_destroy(&(*fetcher)->lock);
	pthread_cond_destroy(&(*fetcher)->has_ended);
	memory_free(*fetcher);
	*fetcher = NULL;
}
