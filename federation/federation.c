/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The order in which the parts of federation begin and end: what others call first, what works on queues last, and
 * the other way round at the end. */
#include "federation/federation.h"

#include "federation/delivery.h"
#include "federation/fetch.h"
#include "federation/fetch_worker.h"
#include "federation/inbox_intake.h"
#include "federation/inbox_worker.h"
#include "federation/key_ring.h"
#include "federation/maintenance.h"
#include "federation/peer_ears.h"
#include "federation/policy.h"

#include "base/config.h"
#include "storage/actor.h"
#include "storage/domain.h"
#include "storage/wake.h"

#include <unistd.h>

#define NAMES_LIMIT_BYTES ((size_t)1024 * 1024)

/* Threads that a setting of 0 leaves to the number of cores. */
static unsigned thread_count(const struct config *config, const char *key)
{
	int64_t named = config_integer(config, key);
	if (named > 0)
		return (unsigned)named;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	return cores > 1 ? (unsigned)cores : 1;
}

static enum error find_names(struct federation *federation)
{
	struct domain domain;
	struct actor actor;
	struct db *db = db_new(federation->config, DB_FEDERATION);
	enum error error = domain_find_primary(db, federation->arena, &domain);
	if (!error)
		error = actor_find_instance(db, federation->arena, &actor);
	db_free(&db);
	if (error)
		return error;
	federation->base_url = domain.base_url;
	federation->actor_uri = actor.uri;
	return ERROR_NONE;
}

static enum error take_message(enum error error, char *heap_message, struct arena *arena, struct str *ret_message)
{
	if (error && heap_message)
		*ret_message = arena_str(arena, str_from(heap_message));
	memory_free(heap_message);
	return error;
}

static enum error start_shared(struct federation *federation, bool runs_queues, struct arena *arena, struct str *ret_message)
{
	char *message = NULL;
	enum error error = find_names(federation);
	if (!error)
		error = wake_start(federation->config);
	if (!error)
		error = policy_new(federation->config, &federation->policy);
	if (error)
		return error;
	federation->keys = key_ring_new();
	federation->intake = inbox_intake_new(federation, runs_queues);
	federation->ears = peer_ears_start(federation->config);
	error = fetcher_new(federation, &federation->fetcher, &message);
	return take_message(error, message, arena, ret_message);
}

static enum error start_queues(struct federation *federation, struct arena *arena, struct str *ret_message)
{
	char *message = NULL;
	enum error error = delivery_start(federation, &federation->delivery, &message);
	if (error)
		return take_message(error, message, arena, ret_message);
	federation->fetch_workers = fetch_workers_start(federation, thread_count(federation->config, "federation.fetch_workers"));
	federation->inbox_workers = inbox_workers_start(federation, thread_count(federation->config, "federation.inbox_workers"));
	federation->maintenance = maintenance_start(federation);
	return ERROR_NONE;
}

enum error federation_start(const struct config *config, const struct secret_box *box, bool runs_queues,
	struct arena *arena, struct federation **ret_federation, struct str *ret_message)
{
	const struct str *allowed;
	struct federation *federation = memory_new(sizeof(*federation));
	federation->config = config;
	federation->secret_box = box;
	federation->allows_http = config_list(config, "federation.allow_addresses", &allowed) > 0;
	federation->arena = arena_new(NAMES_LIMIT_BYTES);
	enum error error = start_shared(federation, runs_queues, arena, ret_message);
	if (!error && runs_queues)
		error = start_queues(federation, arena, ret_message);
	if (error) {
		federation_stop(&federation);
		return error;
	}
	*ret_federation = federation;
	return ERROR_NONE;
}

void federation_stop(struct federation **federation_pointer)
{
	struct federation *federation = *federation_pointer;
	if (!federation)
		return;
	maintenance_stop(&federation->maintenance);
	inbox_workers_stop(&federation->inbox_workers);
	fetch_workers_stop(&federation->fetch_workers);
	delivery_stop(&federation->delivery);
	fetcher_free(&federation->fetcher);
	key_ring_free(&federation->keys);
	inbox_intake_free(&federation->intake);
	peer_ears_stop(&federation->ears);
	policy_free(&federation->policy);
	wake_stop();
	arena_free(&federation->arena);
	memory_free(federation);
	*federation_pointer = NULL;
}
