/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the key ring remembers: keys, fetches of key documents, and hosts. All of it bounded; what was not used for the
 * longest time is forgotten first. Without a lock of its own: key_ring.c holds one. */
#ifndef COMPTOIR_FEDERATION_KEY_MEMORY_H
#define COMPTOIR_FEDERATION_KEY_MEMORY_H

#include "federation/public_key.h"

#include "base/list.h"

#define KEY_MEMORY_KEYS_MAX 8192 /* some 4 KiB each */
#define KEY_MEMORY_FETCHES_MAX 8192
#define KEY_MEMORY_HOSTS_MAX 4096
#define KEY_MEMORY_LIFETIME_US ((int64_t)300 * 1000000)    /* of everything but what follows */
#define KEY_MEMORY_PROVEN_US ((int64_t)24 * 3600 * 1000000) /* a host stays proven */
#define KEY_FETCH_LONGEST_US ((int64_t)40 * 1000000)       /* then nobody will learn from it any more */

/* Fetches within five minutes that led to no verified signature, or not yet. */
#define KEY_FETCHES_OF_UNPROVEN_HOST 2
#define KEY_FETCHES_OF_PROVEN_HOST 128
#define KEY_FETCHES_OF_ALL_UNPROVEN 1000 /* whoever owns a domain has any number of hosts */

/* Activities within five minutes that a host sends on and that we ask their origins for: a relay's, not a flood. */
#define FORWARDS_OF_HOST 600

struct key_memory;

/* The first field of everything remembered. */
struct memory_entry {
	struct list_link by_use;
	struct str name; /* heap */
};

struct kept_actor {
	struct memory_entry entry; /* by uri; in no order of use */
	struct list_link keys;
	int64_t id; /* 0 while it is not stored */
};

struct kept_key {
	struct memory_entry entry; /* by key id */
	struct list_link by_actor;
	struct kept_actor *actor;
	struct public_key *key;
	int64_t kept_us;
	bool is_proven;
};

enum key_fetch_state { KEY_FETCH_UNDER_WAY, KEY_FETCH_FOUND, KEY_FETCH_REFUSED, KEY_FETCH_FAILED };

struct key_fetch {
	struct memory_entry entry; /* by the URL of the key's document */
	struct str wanted_url;     /* heap: that URL, then the owner's */
	int64_t begun_us;
	int64_t retry_after_s;
	enum key_fetch_state state;
	bool is_charged; /* to its host, until a signature verifies */
};

struct key_memory *key_memory_new(void) MUST_CHECK;
void key_memory_free(struct key_memory **memory); /* accepts NULL */

/* NULL when it is not there or was kept for too long. */
struct kept_key *key_memory_get(struct key_memory *memory, struct str key_id, int64_t now_us) MUST_CHECK;

struct key_to_keep {
	struct str id;
	struct str actor_uri;
	int64_t actor_id; /* 0: not known to be stored */
	struct public_key *key; /* another reference is taken */
};
void key_memory_put(struct key_memory *memory, const struct key_to_keep *key, int64_t now_us);
void key_memory_forget_actor(struct key_memory *memory, struct str actor_uri);

/* Of the last five minutes, else NULL. */
struct key_fetch *key_memory_find_fetch(struct key_memory *memory, struct str url, int64_t now_us) MUST_CHECK;

/* NULL when the host, or all unproven hosts together, have used up their fetches. */
struct key_fetch *key_memory_begin_fetch(struct key_memory *memory, struct str url, struct str host, int64_t now_us)
	MUST_CHECK;
void key_fetch_want(struct key_fetch *fetch, struct str url);

/* A key of that id, whose document is at url, has verified a signature. */
void key_memory_prove(struct key_memory *memory, struct str key_id, struct str url, struct str host, int64_t now_us);

/* Counts one that host has sent on; false when it has sent enough. */
bool key_memory_may_forward(struct key_memory *memory, struct str host, int64_t now_us) MUST_CHECK;

#endif
