/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The operator's decisions in memory: a map from domain to block and a set of allowed domains, replaced as a whole by
 * a thread that reads them when somebody rings, and once a minute. While the database is away the last ones hold. A
 * host is judged by its own entry and those of the domains above it; the hardest counts. */
#include "federation/policy.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mutant.h"
#include "base/url.h"
#include "storage/domain_policy.h"
#include "storage/wake.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#define READ_INTERVAL_MS 60000
#define RETRY_INTERVAL_MS 2000
#define TABLE_LIMIT_BYTES ((size_t)256 * 1024 * 1024)
#define JUDGE_LIMIT_BYTES ((size_t)64 * 1024)

enum mode { MODE_OPEN, MODE_ALLOW_LIST, MODE_CLOSED };

struct decisions {
	struct arena *arena;
	struct map *blocks; /* domain -> struct domain_block */
	struct map *allows; /* domain -> itself */
};

struct policy {
	enum mode mode;
	struct db *db; /* of the thread */
	pthread_rwlock_t decisions_lock;
	struct decisions *decisions; /* under decisions_lock */
	struct wake_listener listener;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_rung;     /* under lock */
	bool is_stopping; /* under lock */
};

static enum mode mode_of(const struct config *config)
{
	struct str text = str_from(config_text(config, "federation.mode"));
	if (str_eq(text, STR_LITERAL("open")))
		return MODE_OPEN;
	return str_eq(text, STR_LITERAL("allow_list")) ? MODE_ALLOW_LIST : MODE_CLOSED;
}

static void decisions_free(struct decisions **decisions)
{
	if (!*decisions)
		return;
	map_free(&(*decisions)->blocks);
	map_free(&(*decisions)->allows);
	arena_free(&(*decisions)->arena);
	memory_free(*decisions);
	*decisions = NULL;
}

static enum error decisions_read(struct db *db, struct decisions **ret_decisions)
{
	struct decisions *decisions = memory_new(sizeof(*decisions));
	decisions->arena = arena_new(TABLE_LIMIT_BYTES);
	decisions->blocks = map_new();
	decisions->allows = map_new();
	struct domain_block *blocks = NULL;
	struct str *allows = NULL;
	size_t block_count = 0, allow_count = 0;
	enum error error = domain_block_list(db, decisions->arena, &blocks, &block_count);
	if (!error)
		error = domain_allow_list(db, decisions->arena, &allows, &allow_count);
	if (error) {
		decisions_free(&decisions);
		return error;
	}
	for (size_t i = 0; i < block_count; i++)
		map_set(decisions->blocks, blocks[i].domain, &blocks[i]);
	for (size_t i = 0; i < allow_count; i++)
		map_set(decisions->allows, allows[i], &allows[i]);
	*ret_decisions = decisions;
	return ERROR_NONE;
}

static void replace(struct policy *policy, struct decisions *decisions)
{
	pthread_rwlock_wrlock(&policy->decisions_lock);
	struct decisions *old = policy->decisions;
	policy->decisions = decisions;
	pthread_rwlock_unlock(&policy->decisions_lock);
	decisions_free(&old);
}

/* False when it was told to stop. */
static bool wait_for_ring(struct policy *policy, int64_t wait_ms)
{
	struct timespec until;
	int result = 0;
	clock_wait_until(wait_ms, &until);
	pthread_mutex_lock(&policy->lock);
	while (!policy->is_stopping && !policy->is_rung && result != ETIMEDOUT)
		result = pthread_cond_timedwait(&policy->changed, &policy->lock, &until);
	policy->is_rung = false;
	bool goes_on = !policy->is_stopping;
	pthread_mutex_unlock(&policy->lock);
	return goes_on;
}

static void *run(void *argument)
{
	struct policy *policy = argument;
	int64_t wait_ms = READ_INTERVAL_MS;
	log_set_thread("policy", NULL);
	while (wait_for_ring(policy, wait_ms)) {
		struct decisions *decisions = NULL;
		enum error error = decisions_read(policy->db, &decisions);
		if (!error)
			replace(policy, decisions);
		wait_ms = error ? RETRY_INTERVAL_MS : READ_INTERVAL_MS;
	}
	return NULL;
}

static void hear(struct wake_listener *listener, enum wake_kind kind)
{
	struct policy *policy = LIST_OBJECT(listener, struct policy, listener);
	(void)kind;
	pthread_mutex_lock(&policy->lock);
	policy->is_rung = true;
	pthread_cond_signal(&policy->changed);
	pthread_mutex_unlock(&policy->lock);
}

enum error policy_new(const struct config *config, struct policy **ret_policy)
{
	struct policy *policy = memory_new(sizeof(*policy));
	policy->mode = mode_of(config);
	policy->db = db_new(config, DB_FEDERATION);
	enum error error = decisions_read(policy->db, &policy->decisions);
	if (error) {
		db_free(&policy->db);
		memory_free(policy);
		return error;
	}
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&policy->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&policy->lock, NULL);
	pthread_rwlock_init(&policy->decisions_lock, NULL);
	policy->listener = (struct wake_listener){ .heard = hear, .kinds = 1u << WAKE_POLICY };
	if (pthread_create(&policy->thread, NULL, run, policy) != 0)
		memory_fatal("cannot start a thread");
	wake_listen(&policy->listener);
	*ret_policy = policy;
	return ERROR_NONE;
}

void policy_free(struct policy **policy_pointer)
{
	struct policy *policy = *policy_pointer;
	if (!policy)
		return;
	wake_unlisten(&policy->listener);
	pthread_mutex_lock(&policy->lock);
	policy->is_stopping = true;
	pthread_cond_signal(&policy->changed);
	pthread_mutex_unlock(&policy->lock);
	pthread_join(policy->thread, NULL);
	pthread_cond_destroy(&policy->changed);
	pthread_mutex_destroy(&policy->lock);
	pthread_rwlock_destroy(&policy->decisions_lock);
	decisions_free(&policy->decisions);
	db_free(&policy->db);
	memory_free(policy);
	*policy_pointer = NULL;
}

static void judge_domain(const struct decisions *decisions, struct str domain, struct policy_view *view, bool *is_allowed)
{
	const struct domain_block *block = map_get(decisions->blocks, domain);
	if (map_get(decisions->allows, domain))
		*is_allowed = true;
	if (!block)
		return;
	view->rejects_media |= block->rejects_media;
	view->rejects_reports |= block->rejects_reports;
	if (block->severity == DOMAIN_SUSPEND)
		view->verdict = POLICY_REFUSED;
	else if (block->severity == DOMAIN_SILENCE && view->verdict == POLICY_OPEN)
		view->verdict = POLICY_SILENCED;
}

static struct policy_view judge_canonical(struct policy *policy, struct str host)
{
	struct policy_view view = { .verdict = POLICY_OPEN };
	bool is_allowed = false;
	struct str domain = host;
	pthread_rwlock_rdlock(&policy->decisions_lock);
	for (;;) {
		judge_domain(policy->decisions, domain, &view, &is_allowed);
		size_t dot = str_index_of(domain, '.', 0);
		if (dot == domain.len || MUTANT("policy_subdomain"))
			break;
		domain = str_slice(domain, dot + 1, domain.len);
	}
	pthread_rwlock_unlock(&policy->decisions_lock);
	if (policy->mode == MODE_CLOSED || (policy->mode == MODE_ALLOW_LIST && !is_allowed && !MUTANT("policy_allow_list")))
		view.verdict = POLICY_REFUSED;
	return view;
}

static const struct policy_view refused = { .verdict = POLICY_REFUSED, .rejects_media = true, .rejects_reports = true };

struct policy_view policy_judge(struct policy *policy, struct str host)
{
	struct arena *arena = arena_new(JUDGE_LIMIT_BYTES);
	struct policy_view view = refused;
	struct url url;
	if (host.len <= URL_MAX_BYTES && url_parse(arena, arena_printf(arena, "https://%.*s/", STR_ARG(host)), &url) &&
		url.path.len == 1 && !url.query.data)
		view = judge_canonical(policy, url.host);
	arena_free(&arena);
	return view;
}

struct policy_view policy_judge_url(struct policy *policy, struct str text)
{
	struct arena *arena = arena_new(JUDGE_LIMIT_BYTES);
	struct policy_view view = refused;
	struct url url;
	if (url_parse(arena, text, &url))
		view = judge_canonical(policy, url.host);
	arena_free(&arena);
	return view;
}
