/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where a key is looked for, and what is believed about whose it is. The lock is held for memory only, never over the
 * database or the network. */
#include "federation/key_ring.h"

#include "federation/federation.h"
#include "federation/key_memory.h"
#include "federation/policy.h"
#include "federation/vocab_in.h"

#include "storage/actor_key.h"
#include "storage/domain.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "base/url.h"

#include <pthread.h>

#define SOON_S 5
#define LATER_S 30

static const char key_moving[] = "key_moving"; /* from memory into the table, just now */

struct key_ring {
	pthread_mutex_t lock;
	struct key_memory *memory;
};

/* A key id, taken apart. */
struct key_question {
	struct str key_id;
	struct str document_url; /* the id without its fragment */
	struct str host;
	struct str authority;
	bool is_host_known; /* is_own_host was asked for */
	bool is_own_host;
	int64_t now_us;
};

struct key_ring *key_ring_new(void)
{
	struct key_ring *ring = memory_new(sizeof(*ring));
	pthread_mutex_init(&ring->lock, NULL);
	ring->memory = key_memory_new();
	return ring;
}

void key_ring_free(struct key_ring **ring)
{
	if (!*ring)
		return;
	key_memory_free(&(*ring)->memory);
	pthread_mutex_destroy(&(*ring)->lock);
	memory_free(*ring);
	*ring = NULL;
}

static bool ask(struct arena *arena, struct str key_id, struct key_question *ret_question)
{
	struct url url;
	if (!url_parse(arena, key_id, &url))
		return false;
	*ret_question = (struct key_question){
		.key_id = key_id,
		.document_url = str_slice(url.text, 0, str_index_of(url.text, '#', 0)),
		.host = url.host,
		.authority = url.authority,
		.now_us = clock_monotonic_us(),
	};
	return true;
}

static enum key_lookup refuse(const char *reason, struct key_owner *ret_owner)
{
	*ret_owner = (struct key_owner){ .reason = reason };
	return KEY_REFUSED;
}

static enum key_lookup later(const char *reason, int64_t retry_after_s, struct key_owner *ret_owner)
{
	*ret_owner = (struct key_owner){ .reason = reason, .retry_after_s = retry_after_s > 1 ? (int)retry_after_s : 1 };
	return KEY_LATER;
}

static enum key_lookup want(struct arena *arena, struct str url, struct key_owner *ret_owner)
{
	*ret_owner = (struct key_owner){ .document_url = arena_str(arena, url) };
	return KEY_WANTED;
}

static bool find_in_memory(struct key_ring *ring, struct arena *arena, const struct key_question *question,
	struct key_owner *ret_owner)
{
	pthread_mutex_lock(&ring->lock);
	const struct kept_key *kept = key_memory_get(ring->memory, question->key_id, question->now_us);
	if (kept)
		*ret_owner = (struct key_owner){
			.key = public_key_ref(kept->key),
			.actor_uri = arena_str(arena, kept->actor->entry.name),
			.actor_id = kept->actor->id,
			.is_proven = kept->is_proven,
		};
	pthread_mutex_unlock(&ring->lock);
	return kept != NULL;
}

static void put(struct key_ring *ring, const struct key_to_keep *key, int64_t now_us)
{
	pthread_mutex_lock(&ring->lock);
	key_memory_put(ring->memory, key, now_us);
	pthread_mutex_unlock(&ring->lock);
}

static struct public_key *parse_stored(const struct actor_key *stored)
{
	switch (stored->kind) {
	case ACTOR_KEY_RSA:
		return public_key_from_pem(stored->public_pem);
	case ACTOR_KEY_ED25519:
		return public_key_from_ed25519(stored->public_bytes);
	}
	return NULL;
}

/* KEY_WANTED: not there. */
static enum key_lookup find_in_table(struct federation *federation, struct db *db, struct arena *arena,
	struct key_question *question, struct key_owner *ret_owner)
{
	struct actor_key stored;
	enum error error = actor_key_find(db, arena, question->key_id, question->authority, &stored, &question->is_own_host);
	question->is_host_known = !error || error == ERROR_NOT_FOUND;
	if (error == ERROR_NOT_FOUND)
		return KEY_WANTED;
	if (error)
		return later("database", LATER_S, ret_owner);
	if (stored.is_local && !MUTANT("key_of_ours"))
		return refuse("key_of_ours", ret_owner);
	if (stored.is_actor_suspended && !MUTANT("key_of_suspended"))
		return refuse("key_of_suspended", ret_owner);
	struct public_key *key = parse_stored(&stored);
	if (!key)
		return KEY_WANTED;
	put(federation->keys, &(struct key_to_keep){ stored.uri, stored.actor_uri, stored.actor_id, key }, question->now_us);
	*ret_owner = (struct key_owner){ .key = key, .actor_uri = stored.actor_uri, .actor_id = stored.actor_id };
	return KEY_FOUND;
}

/* KEY_WANTED: neither here nor there. */
static enum key_lookup find_stored(struct federation *federation, struct db *db, struct arena *arena,
	struct key_question *question, struct key_owner *ret_owner)
{
	if (find_in_memory(federation->keys, arena, question, ret_owner))
		return KEY_FOUND;
	return find_in_table(federation, db, arena, question, ret_owner);
}

static enum key_lookup judge_fetch(const struct key_fetch *fetch, struct arena *arena, bool wants_fresh, int64_t now_us,
	struct key_owner *ret_owner)
{
	int64_t left_s = (fetch->begun_us + KEY_MEMORY_LIFETIME_US - now_us) / 1000000;
	switch (fetch->state) {
	case KEY_FETCH_UNDER_WAY:
		if (now_us - fetch->begun_us < KEY_FETCH_LONGEST_US)
			return want(arena, fetch->wanted_url, ret_owner);
		return later("key_fetch_lost", left_s, ret_owner);
	case KEY_FETCH_FOUND:
		if (wants_fresh)
			return refuse("key_is_fresh", ret_owner);
		return later(key_moving, SOON_S, ret_owner);
	case KEY_FETCH_REFUSED:
		return refuse("key_refused_lately", ret_owner);
	case KEY_FETCH_FAILED:
		return later("key_failed_lately", fetch->retry_after_s > left_s ? fetch->retry_after_s : left_s, ret_owner);
	}
	return refuse("key_refused_lately", ret_owner);
}

/* KEY_FOUND: nothing is remembered. */
static enum key_lookup find_fetch(struct key_ring *ring, struct arena *arena, const struct key_question *question,
	bool wants_fresh, struct key_owner *ret_owner)
{
	enum key_lookup lookup = KEY_FOUND;
	pthread_mutex_lock(&ring->lock);
	const struct key_fetch *fetch = key_memory_find_fetch(ring->memory, question->document_url, question->now_us);
	if (fetch && !MUTANT("key_refetch_limit"))
		lookup = judge_fetch(fetch, arena, wants_fresh, question->now_us, ret_owner);
	pthread_mutex_unlock(&ring->lock);
	return lookup;
}

static enum key_lookup begin_fetch(struct key_ring *ring, struct arena *arena, const struct key_question *question,
	bool wants_fresh, struct key_owner *ret_owner)
{
	enum key_lookup lookup;
	pthread_mutex_lock(&ring->lock);
	const struct key_fetch *fetch = key_memory_find_fetch(ring->memory, question->document_url, question->now_us);
	if (fetch && !MUTANT("key_refetch_limit")) {
		lookup = judge_fetch(fetch, arena, wants_fresh, question->now_us, ret_owner);
	} else {
		fetch = key_memory_begin_fetch(ring->memory, question->document_url, question->authority, question->now_us);
		lookup = fetch ? want(arena, fetch->wanted_url, ret_owner) : later("key_host_budget", LATER_S, ret_owner);
	}
	pthread_mutex_unlock(&ring->lock);
	return lookup;
}

static enum error ask_about_host(struct db *db, struct arena *arena, struct key_question *question)
{
	struct domain domain;
	enum error error = domain_find(db, arena, question->authority, &domain);
	question->is_own_host = !error;
	question->is_host_known = !error || error == ERROR_NOT_FOUND;
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum key_lookup want_document(struct federation *federation, struct db *db, struct arena *arena,
	struct key_question *question, bool wants_fresh, struct key_owner *ret_owner)
{
	enum key_lookup lookup = find_fetch(federation->keys, arena, question, wants_fresh, ret_owner);
	if (lookup != KEY_FOUND)
		return lookup;
	if (!question->is_host_known && ask_about_host(db, arena, question))
		return later("database", LATER_S, ret_owner);
	if (question->is_own_host && !MUTANT("key_of_our_domain"))
		return refuse("key_of_ours", ret_owner);
	return begin_fetch(federation->keys, arena, question, wants_fresh, ret_owner);
}

enum key_lookup key_ring_find(struct federation *federation, struct db *db, struct arena *arena, struct str key_id,
	bool wants_fresh, struct key_owner *ret_owner)
{
	struct key_question question;
	if (!ask(arena, key_id, &question))
		return refuse("key_id", ret_owner);
	if (policy_judge(federation->policy, question.host).verdict == POLICY_REFUSED && !MUTANT("key_host_policy"))
		return refuse("key_host_refused", ret_owner);
	if (wants_fresh)
		return want_document(federation, db, arena, &question, true, ret_owner);
	enum key_lookup lookup = find_stored(federation, db, arena, &question, ret_owner);
	if (lookup == KEY_WANTED)
		lookup = want_document(federation, db, arena, &question, false, ret_owner);
	if (lookup == KEY_LATER && ret_owner->reason == key_moving) {
		/* Learned after we looked into memory: it is there now, or committed by who made memory forget it. */
		struct key_owner owner;
		enum key_lookup second = find_stored(federation, db, arena, &question, &owner);
		if (second != KEY_WANTED) {
			*ret_owner = owner;
			return second;
		}
	}
	return lookup;
}

bool key_ring_awaits(struct key_ring *ring, struct arena *arena, struct str key_id, struct str document_url)
{
	struct key_question question;
	if (!ask(arena, key_id, &question))
		return false;
	pthread_mutex_lock(&ring->lock);
	const struct key_fetch *fetch = key_memory_find_fetch(ring->memory, question.document_url, question.now_us);
	bool is_unknown = !key_memory_get(ring->memory, question.key_id, question.now_us);
	bool awaits = is_unknown && fetch && fetch->state == KEY_FETCH_UNDER_WAY && str_eq(fetch->wanted_url, document_url) &&
		question.now_us - fetch->begun_us < KEY_FETCH_LONGEST_US;
	pthread_mutex_unlock(&ring->lock);
	return awaits;
}

static void end_fetch(struct key_ring *ring, const struct key_question *question, enum key_fetch_state state,
	int64_t retry_after_s)
{
	pthread_mutex_lock(&ring->lock);
	struct key_fetch *fetch = key_memory_find_fetch(ring->memory, question->document_url, question->now_us);
	if (fetch) {
		fetch->state = state;
		fetch->retry_after_s = retry_after_s;
	}
	pthread_mutex_unlock(&ring->lock);
}

static struct public_key *parse_read(const struct vocab_key *read)
{
	switch (read->kind) {
	case VOCAB_KEY_PEM:
		return public_key_from_pem(read->text);
	case VOCAB_KEY_MULTIBASE:
		return public_key_from_multibase(read->text);
	}
	return NULL;
}

/* All keys of the actor, instead of those known before; that of the question, if it is among them, to *ret_owner. */
static bool keep_keys(struct key_ring *ring, struct arena *arena, const struct key_question *question,
	const struct vocab_actor *actor, struct key_owner *ret_owner)
{
	struct key_owner owner = { 0 };
	pthread_mutex_lock(&ring->lock);
	const struct kept_key *known = key_memory_get(ring->memory, question->key_id, question->now_us);
	if (known && str_eq(known->actor->entry.name, actor->id))
		owner.actor_id = known->actor->id;
	key_memory_forget_actor(ring->memory, actor->id);
	for (size_t i = 0; i < actor->key_count; i++) {
		const struct vocab_key *read = &actor->keys[i];
		AUTO(public_key) struct public_key *key = parse_read(read);
		if (!key)
			continue;
		key_memory_put(ring->memory, &(struct key_to_keep){ read->id, actor->id, owner.actor_id, key }, question->now_us);
		if (!owner.key && str_eq(read->id, question->key_id))
			owner.key = public_key_ref(key);
	}
	pthread_mutex_unlock(&ring->lock);
	if (!owner.key)
		return false;
	owner.actor_uri = arena_str(arena, actor->id);
	*ret_owner = owner;
	return true;
}

/* The document names an owner, who has to name the key in turn. */
static enum key_lookup ask_owner(struct key_ring *ring, struct arena *arena, const struct key_question *question,
	const struct vocab_key *key, struct key_owner *ret_owner)
{
	struct str owner_url = str_slice(key->owner, 0, str_index_of(key->owner, '#', 0));
	enum key_lookup lookup = KEY_REFUSED;
	pthread_mutex_lock(&ring->lock);
	struct key_fetch *fetch = key_memory_find_fetch(ring->memory, question->document_url, question->now_us);
	/* Once: an owner whose document is a key again leads nowhere. */
	bool is_first = fetch && str_eq(fetch->wanted_url, question->document_url) && !str_eq(owner_url, question->document_url);
	if (is_first && str_eq(key->id, question->key_id) && vocab_same_origin(key->owner, question->key_id)) {
		key_fetch_want(fetch, owner_url);
		lookup = want(arena, owner_url, ret_owner);
	} else if (fetch) {
		fetch->state = KEY_FETCH_REFUSED;
	}
	pthread_mutex_unlock(&ring->lock);
	return lookup == KEY_WANTED ? lookup : refuse("key_owner", ret_owner);
}

static enum key_lookup read_document(struct federation *federation, struct arena *arena,
	const struct key_question *question, const struct fetch_document *document, struct key_owner *ret_owner)
{
	struct key_ring *ring = federation->keys;
	struct vocab_rules rules = { .received_us = clock_now_us(), .allows_http = federation->allows_http };
	struct vocab_actor actor;
	struct vocab_key key;
	if (vocab_read_actor(arena, document->json, &rules, &actor) == ERROR_NONE) {
		bool is_own = vocab_same_origin(actor.id, question->key_id) && vocab_same_origin(actor.id, document->url);
		if ((is_own || MUTANT("key_origin")) && keep_keys(ring, arena, question, &actor, ret_owner)) {
			end_fetch(ring, question, KEY_FETCH_FOUND, 0);
			return KEY_FOUND;
		}
	} else if (vocab_read_key(arena, document->json, &rules, &key) == ERROR_NONE) {
		return ask_owner(ring, arena, question, &key, ret_owner);
	}
	end_fetch(ring, question, KEY_FETCH_REFUSED, 0);
	return refuse("key_not_listed", ret_owner);
}

enum key_lookup key_ring_learn(struct federation *federation, struct db *db, struct arena *arena, struct str key_id,
	struct fetch_document *document, struct key_owner *ret_owner)
{
	struct key_question question;
	(void)db;
	if (!ask(arena, key_id, &question))
		return refuse("key_id", ret_owner);
	switch (document->verdict) {
	case FETCH_OK:
		return read_document(federation, arena, &question, document, ret_owner);
	case FETCH_GONE:
		end_fetch(federation->keys, &question, KEY_FETCH_REFUSED, 0);
		return refuse("key_gone", ret_owner);
	case FETCH_REFUSED:
		end_fetch(federation->keys, &question, KEY_FETCH_REFUSED, 0);
		return refuse("key_document_refused", ret_owner);
	case FETCH_FAILED:
		end_fetch(federation->keys, &question, KEY_FETCH_FAILED, document->retry_after_s);
		return later("key_fetch_failed", KEY_MEMORY_LIFETIME_US / 1000000, ret_owner);
	}
	return refuse("key_document_refused", ret_owner);
}

void key_ring_prove(struct key_ring *ring, struct str key_id)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)64 * 1024);
	struct key_question question;
	if (!ask(arena, key_id, &question))
		return;
	pthread_mutex_lock(&ring->lock);
	key_memory_prove(ring->memory, question.key_id, question.document_url, question.authority, question.now_us);
	pthread_mutex_unlock(&ring->lock);
}

bool key_ring_may_forward(struct key_ring *ring, struct str actor_uri)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)64 * 1024);
	struct key_question question;
	if (!ask(arena, actor_uri, &question))
		return false;
	pthread_mutex_lock(&ring->lock);
	bool may_forward = key_memory_may_forward(ring->memory, question.authority, question.now_us);
	pthread_mutex_unlock(&ring->lock);
	return may_forward;
}

void key_ring_forget(struct key_ring *ring, struct str actor_uri)
{
	pthread_mutex_lock(&ring->lock);
	key_memory_forget_actor(ring->memory, actor_uri);
	pthread_mutex_unlock(&ring->lock);
}
