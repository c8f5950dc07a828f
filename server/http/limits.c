/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Fixed windows in sharded hash tables of fixed size. Each shard keeps, for each rule, its windows in the order in
 * which they began: since all windows of a rule are equally long, the first is also the first to end, and
 * eviction looks at one window per rule only. */
#include "server/http/limits.h"

#include "base/list.h"
#include "base/mutant.h"

#include <pthread.h>
#include <string.h>

#define SHARDS 16
#define SECOND_US 1000000LL
#define MINUTES(n) ((n) * 60u)

static const struct limit_rule rules[] = {
	{ "api", LIMIT_API, LIMIT_PER_ADDRESS, 300, MINUTES(5) },
	{ "api", LIMIT_API, LIMIT_PER_USER, 1500, MINUTES(5) },
	{ "page", LIMIT_PAGE, LIMIT_PER_ADDRESS, 600, MINUTES(5) },
	{ "media", LIMIT_MEDIA, LIMIT_PER_USER, 30, MINUTES(30) },
	{ "sign_in", LIMIT_SIGN_IN, LIMIT_PER_ADDRESS, 25, MINUTES(5) },
	{ "sign_up", LIMIT_SIGN_UP, LIMIT_PER_ADDRESS, 5, MINUTES(30) },
	{ "app", LIMIT_APP, LIMIT_PER_ADDRESS, 5, MINUTES(10) },
	{ "mail", LIMIT_MAIL, LIMIT_PER_ADDRESS, 10, MINUTES(30) },
	{ "post", LIMIT_POST, LIMIT_PER_USER, 300, MINUTES(180) },
	{ "delete", LIMIT_DELETE, LIMIT_PER_USER, 30, MINUTES(30) },
	{ "inbox", LIMIT_INBOX, LIMIT_PER_ADDRESS, 6000, MINUTES(5) },
};
#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))

struct window {
	struct list_link by_age;
	struct window *next; /* in its bucket, or in the free list */
	int64_t begin_us;
	unsigned count;
	uint8_t rule;
	uint8_t key_len;
	char key[LIMITS_MAX_KEY_BYTES];
};

struct shard {
	pthread_mutex_t lock;
	struct window *windows; /* all of them, touched as they are needed */
	struct window **buckets;
	struct window *free;
	size_t untouched; /* windows from here on were never used */
	size_t used;
	struct list_link by_age[RULE_COUNT];
	size_t used_by_rule[RULE_COUNT];
};

struct limits {
	struct net_list *exempt;
	size_t windows_per_shard;
	size_t bucket_mask;
	struct shard shards[SHARDS];
};

const struct limit_rule *limits_rule(enum limit_class class, enum limit_subject subject)
{
	const struct limit_rule *found = NULL;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (rules[i].class == class && (!found || rules[i].subject == subject))
			found = &rules[i];
	}
	return found;
}

struct limits *limits_new_with(struct net_list *exempt, size_t max_windows)
{
	struct limits *limits = memory_new(sizeof(*limits));
	size_t bucket_count = 1;
	limits->exempt = exempt;
	limits->windows_per_shard = max_windows / SHARDS > 0 ? max_windows / SHARDS : 1;
	while (bucket_count < limits->windows_per_shard)
		bucket_count *= 2;
	limits->bucket_mask = bucket_count - 1;
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *shard = &limits->shards[i];
		pthread_mutex_init(&shard->lock, NULL);
		shard->windows = memory_new_array(limits->windows_per_shard, sizeof(struct window));
		shard->buckets = memory_new_array(bucket_count, sizeof(struct window *));
		for (size_t rule = 0; rule < RULE_COUNT; rule++)
			list_init(&shard->by_age[rule]);
	}
	return limits;
}

void limits_free(struct limits **limits)
{
	if (!*limits)
		return;
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *shard = &(*limits)->shards[i];
		pthread_mutex_destroy(&shard->lock);
		memory_free(shard->windows);
		memory_free(shard->buckets);
	}
	net_list_free(&(*limits)->exempt);
	memory_free(*limits);
	*limits = NULL;
}

/* Upper bits choose the shard, lower ones the bucket. */
static uint64_t window_hash(size_t rule, struct str key)
{
	return str_hash(key) + rule * 0x9e3779b97f4a7c15u;
}

static struct shard *shard_of(struct limits *limits, uint64_t hash)
{
	return &limits->shards[hash >> 60 & (SHARDS - 1)];
}

static struct window **find_window(struct limits *limits, struct shard *shard, uint64_t hash, size_t rule,
	struct str key)
{
	struct window **at = &shard->buckets[hash & limits->bucket_mask];
	while (*at && ((*at)->rule != rule || (*at)->key_len != key.len || memcmp((*at)->key, key.data, key.len) != 0))
		at = &(*at)->next;
	return at;
}

static int64_t window_us(size_t rule)
{
	return (int64_t)rules[rule].window_s * SECOND_US;
}

/* One that has ended, else the oldest of the rule that holds most. */
static struct window *choose_victim(const struct shard *shard, int64_t now_us)
{
	size_t fullest = 0;
	for (size_t rule = 0; rule < RULE_COUNT; rule++) {
		if (shard->used_by_rule[rule] > shard->used_by_rule[fullest])
			fullest = rule;
		if (list_is_empty(&shard->by_age[rule]))
			continue;
		struct window *oldest = LIST_OBJECT(shard->by_age[rule].next, struct window, by_age);
		if (oldest->begin_us + window_us(rule) <= now_us)
			return oldest;
	}
	return LIST_OBJECT(shard->by_age[fullest].next, struct window, by_age);
}

static void evict(struct limits *limits, struct shard *shard, int64_t now_us)
{
	struct window *victim = choose_victim(shard, now_us);
	struct str key = { victim->key, victim->key_len };
	struct window **at = find_window(limits, shard, window_hash(victim->rule, key), victim->rule, key);
	*at = victim->next;
	list_remove(&victim->by_age);
	shard->used_by_rule[victim->rule]--;
	shard->used--;
	victim->next = shard->free;
	shard->free = victim;
}

static struct window *add_window(struct limits *limits, struct shard *shard, uint64_t hash, size_t rule,
	struct str key, int64_t now_us)
{
	if (shard->used == limits->windows_per_shard)
		evict(limits, shard, now_us);
	struct window *window = shard->free;
	if (window)
		shard->free = window->next;
	else
		window = &shard->windows[shard->untouched++];
	struct window **bucket = &shard->buckets[hash & limits->bucket_mask];
	*window = (struct window){ .next = *bucket, .rule = (uint8_t)rule, .key_len = (uint8_t)key.len };
	memcpy(window->key, key.data, key.len);
	*bucket = window;
	list_init(&window->by_age);
	shard->used++;
	shard->used_by_rule[rule]++;
	return window;
}

static struct limit_verdict count_request(struct limits *limits, size_t rule, struct str key, int64_t now_us)
{
	uint64_t hash = window_hash(rule, key);
	int64_t begin_us = now_us - now_us % window_us(rule);
	struct shard *shard = shard_of(limits, hash);
	pthread_mutex_lock(&shard->lock);
	struct window *window = *find_window(limits, shard, hash, rule, key);
	if (!window)
		window = add_window(limits, shard, hash, rule, key, now_us);
	if (window->begin_us != begin_us && !(MUTANT("limits_window") && window->begin_us)) {
		window->begin_us = begin_us;
		window->count = 0;
		list_remove(&window->by_age);
		list_add_last(&shard->by_age[rule], &window->by_age);
	}
	bool is_allowed = window->count < rules[rule].count || MUTANT("limits_count");
	if (window->count < rules[rule].count)
		window->count++;
	unsigned remaining = rules[rule].count - window->count;
	pthread_mutex_unlock(&shard->lock);

	int64_t reset_us = begin_us + window_us(rule);
	return (struct limit_verdict){
		.is_counted = true,
		.is_allowed = is_allowed,
		.limit = rules[rule].count,
		.remaining = remaining,
		.reset_us = reset_us,
		.retry_after_s = (unsigned)((reset_us - now_us + SECOND_US - 1) / SECOND_US),
	};
}

struct limit_verdict limits_take(struct limits *limits, enum limit_class class, enum limit_subject subject,
	struct str key, int64_t now_us)
{
	const struct limit_rule *rule = limits_rule(class, subject);
	if (!rule)
		return (struct limit_verdict){ .is_allowed = true };
	return count_request(limits, (size_t)(rule - rules), str_slice(key, 0, LIMITS_MAX_KEY_BYTES), now_us);
}

static bool is_exempt(const struct limits *limits, const struct net_address *address)
{
	return net_list_contains(limits->exempt, address);
}

struct limit_verdict limits_take_address(struct limits *limits, enum limit_class class,
	const struct net_address *address, int64_t now_us)
{
	char key[NET_ADDRESS_KEY_BYTES];
	if (is_exempt(limits, address))
		return (struct limit_verdict){ .is_allowed = true };
	return limits_take(limits, class, LIMIT_PER_ADDRESS, net_address_key(address, key), now_us);
}

struct limit_verdict limits_take_user(struct limits *limits, enum limit_class class, int64_t user_id,
	const struct net_address *address, int64_t now_us)
{
	const struct limit_rule *rule = limits_rule(class, LIMIT_PER_USER);
	if (!rule || rule->subject == LIMIT_PER_ADDRESS || is_exempt(limits, address))
		return limits_take_address(limits, class, address, now_us);
	/* Address keys begin with a digit, so the two never meet in a rule that counts both. */
	char key[1 + sizeof(user_id)] = "u";
	memcpy(key + 1, &user_id, sizeof(user_id));
	return limits_take(limits, class, LIMIT_PER_USER, (struct str){ key, sizeof(key) }, now_us);
}

void limits_give_back_address(struct limits *limits, enum limit_class class, const struct net_address *address)
{
	const struct limit_rule *rule = limits_rule(class, LIMIT_PER_ADDRESS);
	char text[NET_ADDRESS_KEY_BYTES];
	if (!rule || is_exempt(limits, address))
		return;
	struct str key = str_slice(net_address_key(address, text), 0, LIMITS_MAX_KEY_BYTES);
	size_t index = (size_t)(rule - rules);
	uint64_t hash = window_hash(index, key);
	struct shard *shard = shard_of(limits, hash);
	pthread_mutex_lock(&shard->lock);
	struct window *window = *find_window(limits, shard, hash, index, key);
	if (window && window->count)
		window->count--;
	pthread_mutex_unlock(&shard->lock);
}

size_t limits_window_count(struct limits *limits)
{
	size_t count = 0;
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *shard = &limits->shards[i];
		pthread_mutex_lock(&shard->lock);
		count += shard->used;
		pthread_mutex_unlock(&shard->lock);
	}
	return count;
}

void limits_write_table(struct buf *out)
{
	buf_add_printf(out, "%-10s %-8s %8s %10s\n", "class", "per", "count", "window_s");
	for (size_t i = 0; i < RULE_COUNT; i++)
		buf_add_printf(out, "%-10s %-8s %8u %10u\n", rules[i].name,
			rules[i].subject == LIMIT_PER_USER ? "user" : "address", rules[i].count, rules[i].window_s);
}
