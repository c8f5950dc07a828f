/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Counts of connections by client. An entry lives only while its client has a connection, so the number of
 * entries is bounded by http.max_connections. */
#include "server/http/connection_cap.h"

#include "base/map.h"
#include "base/mutant.h"

#include <pthread.h>

struct connection_cap {
	pthread_mutex_t lock;
	struct map *counts; /* the count itself is the value */
	uintptr_t max_per_client;
};

struct connection_cap *connection_cap_new(unsigned max_per_client)
{
	struct connection_cap *cap = memory_new(sizeof(*cap));
	pthread_mutex_init(&cap->lock, NULL);
	cap->counts = map_new();
	cap->max_per_client = max_per_client;
	return cap;
}

void connection_cap_free(struct connection_cap **cap)
{
	if (!*cap)
		return;
	map_free(&(*cap)->counts);
	pthread_mutex_destroy(&(*cap)->lock);
	memory_free(*cap);
	*cap = NULL;
}

bool connection_cap_take(struct connection_cap *cap, const struct net_address *client)
{
	char key_bytes[NET_ADDRESS_KEY_BYTES];
	struct str key = net_address_key(client, key_bytes);
	pthread_mutex_lock(&cap->lock);
	uintptr_t count = (uintptr_t)map_get(cap->counts, key);
	bool is_free = count < cap->max_per_client || MUTANT("http_connection_cap");
	if (is_free)
		map_set(cap->counts, key, (void *)(count + 1));
	pthread_mutex_unlock(&cap->lock);
	return is_free;
}

void connection_cap_give(struct connection_cap *cap, const struct net_address *client)
{
	char key_bytes[NET_ADDRESS_KEY_BYTES];
	struct str key = net_address_key(client, key_bytes);
	pthread_mutex_lock(&cap->lock);
	uintptr_t count = (uintptr_t)map_get(cap->counts, key);
	if (count > 1)
		map_set(cap->counts, key, (void *)(count - 1));
	else if (count == 1)
		map_remove(cap->counts, key);
	pthread_mutex_unlock(&cap->lock);
}
