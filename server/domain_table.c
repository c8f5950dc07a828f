/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A map under a read-write lock, filled by workers from the table of domains. */
#include "server/domain_table.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/url.h"

#include <pthread.h>
#include <string.h>

#define RELOAD_INTERVAL_US 1000000 /* strange Host headers must not become a query each */

static struct {
	pthread_rwlock_t lock;
	struct map *by_host; /* account domains and authorities of base URLs, to struct domain */
	const struct domain *primary;
	int64_t loaded_us; /* 0 for never */
} table = { .lock = PTHREAD_RWLOCK_INITIALIZER };

const struct domain *domain_table_get(struct str host)
{
	pthread_rwlock_rdlock(&table.lock);
	const struct domain *domain = table.by_host ? map_get(table.by_host, host) : NULL;
	pthread_rwlock_unlock(&table.lock);
	return domain;
}

const struct domain *domain_table_primary(void)
{
	pthread_rwlock_rdlock(&table.lock);
	const struct domain *domain = table.primary;
	pthread_rwlock_unlock(&table.lock);
	return domain;
}

static struct str heap_str(struct str value)
{
	char *copy = memory_new(value.len + 1);

	if (value.len)
		memcpy(copy, value.data, value.len);
	return (struct str){ copy, value.len };
}

/* With the lock held for writing. */
static void remember(struct arena *arena, const struct domain *found)
{
	struct url url;

	if (map_get(table.by_host, found->name))
		return;
	struct domain *domain = memory_new(sizeof(*domain));
	*domain = *found;
	domain->name = heap_str(found->name);
	domain->base_url = heap_str(found->base_url);
	map_set(table.by_host, domain->name, domain);
	if (url_parse(arena, found->base_url, &url) && !map_get(table.by_host, url.authority))
		map_set(table.by_host, url.authority, domain);
	if (domain->is_primary)
		table.primary = domain;
}

static enum error reload(struct db *db, struct arena *arena)
{
	struct domain *domains;
	size_t count;
	int64_t now_us = clock_monotonic_us();

	pthread_rwlock_rdlock(&table.lock);
	bool is_fresh = table.loaded_us && now_us - table.loaded_us < RELOAD_INTERVAL_US;
	pthread_rwlock_unlock(&table.lock);
	if (is_fresh)
		return ERROR_NONE;

	enum error error = domain_list(db, arena, &domains, &count);
	if (error)
		return error;
	pthread_rwlock_wrlock(&table.lock);
	if (!table.by_host)
		table.by_host = map_new();
	for (size_t i = 0; i < count; i++)
		remember(arena, &domains[i]);
	table.loaded_us = now_us;
	pthread_rwlock_unlock(&table.lock);
	return ERROR_NONE;
}

enum error domain_table_find(struct db *db, struct arena *arena, struct str host, const struct domain **ret_domain)
{
	const struct domain *domain = domain_table_get(host);

	if (!domain) {
		enum error error = reload(db, arena);
		if (error)
			return error;
		domain = domain_table_get(host);
	}
	if (!domain)
		domain = domain_table_primary();
	if (!domain)
		return ERROR_NOT_FOUND;
	*ret_domain = domain;
	return ERROR_NONE;
}
