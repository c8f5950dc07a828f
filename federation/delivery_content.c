/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Activities are kept by id, the most lately used ones; keys by their actor, until another was made; digests of the
 * followers at a host for some minutes. */
#include "federation/delivery_content.h"

#include "federation/follower_synchronization.h"
#include "federation/local_key.h"
#include "federation/proof.h"
#include "storage/follow.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/json_in.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mutant.h"

#include <stdio.h>
#include <string.h>

#define MAX_ACTIVITIES 512
#define MAX_KEYS 4096
#define MAX_DIGESTS 20000
#define DIGEST_LIFE_US (300 * DELIVERY_SECOND_US)
#define ACTIVITY_LIMIT_BYTES ((size_t)8 << 20)
#define KEY_TEXT_BYTES 48

struct kept_activity {
	struct list_link link; /* the one used last comes last */
	struct delivery_activity *activity;
	uint64_t loaded_in;       /* the call that loaded it, when this was so: */
	bool is_author_suspended;
};

struct kept_digest {
	int64_t made_us;
	bool has_followers;
	unsigned char digest[DIGEST_BYTES];
};

struct delivery_content {
	const struct secret_box *box;
	struct map *activities; /* id -> struct kept_activity */
	struct list_link used;
	struct map *keys;       /* "actor kind" -> struct shared_key */
	struct map *digests;    /* "actor origin" -> struct kept_digest */
	uint64_t calls;
};

struct delivery_content *delivery_content_new(const struct secret_box *box)
{
	struct delivery_content *content = memory_new(sizeof(*content));
	content->box = box;
	content->activities = map_new();
	content->keys = map_new();
	content->digests = map_new();
	list_init(&content->used);
	return content;
}

static struct str id_key(char text[KEY_TEXT_BYTES], int64_t id, const char *kind)
{
	int len = snprintf(text, KEY_TEXT_BYTES, "%lld%s", (long long)id, kind);
	return (struct str){ text, (size_t)len };
}

static void drop_activity(struct delivery_content *content, struct kept_activity *kept)
{
	char text[KEY_TEXT_BYTES];
	list_remove(&kept->link);
	(void)map_remove(content->activities, id_key(text, kept->activity->id, ""));
	delivery_activity_unref(&kept->activity);
	memory_free(kept);
}

static void forget_keys(struct delivery_content *content)
{
	size_t cursor = 0;
	struct str name;
	void *value;
	while (map_next(content->keys, &cursor, &name, &value)) {
		struct shared_key *key = value;
		shared_key_unref(&key);
	}
	map_free(&content->keys);
}

static void forget_digests(struct delivery_content *content)
{
	size_t cursor = 0;
	struct str name;
	void *value;
	while (map_next(content->digests, &cursor, &name, &value))
		memory_free(value);
	map_free(&content->digests);
}

void delivery_content_free(struct delivery_content **content_pointer)
{
	struct delivery_content *content = *content_pointer;
	if (!content)
		return;
	while (!list_is_empty(&content->used))
		drop_activity(content, LIST_OBJECT(content->used.next, struct kept_activity, link));
	map_free(&content->activities);
	forget_keys(content);
	forget_digests(content);
	memory_free(content);
	*content_pointer = NULL;
}

/* ---- keys ---- */

/* NULL without one, or when it does not open: *ret_error says which. created_us 0: the actor has none. */
static struct shared_key *get_key(struct delivery_content *content, struct db *db, struct arena *arena, int64_t actor_id,
	enum actor_key_kind kind, int64_t created_us, enum error *ret_error)
{
	char text[KEY_TEXT_BYTES];
	struct str name = id_key(text, actor_id, kind == ACTOR_KEY_RSA ? "r" : "e");
	struct shared_key *kept = map_get(content->keys, name);
	*ret_error = ERROR_NONE;
	if (!created_us)
		return NULL;
	if (kept && kept->created_us == created_us)
		return kept;
	struct signing_key *key;
	enum error error = local_key_open(db, arena, content->box, actor_id, kind, &key, NULL, &created_us);
	if (error) {
		/* An absent or unreadable key does not become another by trying again at once. */
		if (error != ERROR_NOT_FOUND && error != ERROR_CRYPTO)
			*ret_error = error;
		else
			log_event(LOG_LEVEL_ERROR, "actor_key_unreadable", LOG_INT("actor_id", actor_id));
		return NULL;
	}
	if (map_count(content->keys) >= MAX_KEYS) {
		forget_keys(content);
		content->keys = map_new();
	}
	struct shared_key *shared = memory_new(sizeof(*shared));
	atomic_store(&shared->references, 1);
	shared->key = key;
	shared->created_us = created_us;
	struct shared_key *previous = map_set(content->keys, name, shared);
	shared_key_unref(&previous);
	return shared;
}

/* ---- activities ---- */

static int add_json(const char *bytes, size_t size, void *argument)
{
	buf_add(argument, bytes, size);
	return 0;
}

/* The proof is of the moment in which the activity was made, so that it is the same wherever it is read. */
static struct str add_proof(struct arena *arena, const struct delivery_activity_row *row, const struct signing_key *key)
{
	json_auto_t *document = NULL;
	json_t *proof = NULL;
	if (json_in_parse(row->body, NULL, &document) || !json_is_object(document) || json_object_get(document, "proof"))
		return arena_str(arena, row->body);
	if (proof_make(arena, document, key, row->ed25519_key_uri, row->created_us, &proof)
		|| json_object_set_new(document, "proof", proof) != 0)
		return arena_str(arena, row->body);
	AUTO(buf) struct buf text = { 0 };
	if (json_dump_callback(document, add_json, &text, JSON_COMPACT) != 0)
		memory_fatal("out of memory");
	return arena_str(arena, buf_str(&text));
}

static bool is_about_author(const struct delivery_activity_row *row)
{
	size_t len = row->object_uri.len;
	return len && str_starts_with(row->main_key_uri, row->object_uri) && len < row->main_key_uri.len &&
		row->main_key_uri.data[len] == '#';
}

/* A suspended author still takes things back, and is shown as suspended. */
static bool takes_back(const struct delivery_activity_row *row)
{
	static const char *const last_words[] = { "Delete", "Undo", "Remove", "Reject", "Block" };
	for (size_t i = 0; i < sizeof(last_words) / sizeof(last_words[0]); i++) {
		if (str_eq(row->type, str_from(last_words[i])))
			return true;
	}
	return str_eq(row->type, STR_LITERAL("Update")) && is_about_author(row);
}

static enum error keep_activity(struct delivery_content *content, struct db *db, struct arena *arena,
	const struct delivery_activity_row *row)
{
	enum error error;
	struct shared_key *ed25519 = NULL;
	struct shared_key *rsa = get_key(content, db, arena, row->actor_id, ACTOR_KEY_RSA, row->main_key_created_us, &error);
	if (!error && row->is_public && row->is_released)
		ed25519 = get_key(content, db, arena, row->actor_id, ACTOR_KEY_ED25519, row->ed25519_key_created_us, &error);
	if (error)
		return error;
	struct arena *own = arena_new(ACTIVITY_LIMIT_BYTES);
	struct delivery_activity *activity = arena_alloc(own, sizeof(*activity));
	activity->arena = own;
	atomic_store(&activity->references, 1);
	activity->id = row->id;
	activity->actor_id = row->actor_id;
	activity->uri = arena_str(own, row->uri);
	activity->body = ed25519 ? add_proof(own, row, ed25519->key) : arena_str(own, row->body);
	digest_compute(activity->body, activity->digest);
	activity->followers_url = arena_str(own, row->followers_url);
	activity->is_for_followers = row->is_for_followers;
	activity->key = rsa ? shared_key_ref(rsa) : NULL;
	activity->key_id = arena_str(own, row->main_key_uri);
	activity->takes_back = takes_back(row);
	activity->is_released = row->is_released;
	if (map_count(content->activities) >= MAX_ACTIVITIES)
		drop_activity(content, LIST_OBJECT(content->used.next, struct kept_activity, link));
	char text[KEY_TEXT_BYTES];
	struct kept_activity *kept = memory_new(sizeof(*kept));
	kept->activity = activity;
	kept->loaded_in = content->calls;
	kept->is_author_suspended = row->is_author_suspended;
	list_add_last(&content->used, &kept->link);
	(void)map_set(content->activities, id_key(text, row->id, ""), kept);
	return ERROR_NONE;
}

static struct kept_activity *find_kept(const struct delivery_content *content, int64_t id)
{
	char text[KEY_TEXT_BYTES];
	return map_get(content->activities, id_key(text, id, ""));
}

/* One by one would be a round trip each; all at once might be a gigabyte. */
#define LOAD_AT_ONCE 16

/* The activity of the first claim, and those of the next ones on the way. */
static enum error load_missing(struct delivery_content *content, struct db *db, struct arena *arena,
	const struct delivery_claim *claims, size_t count)
{
	AUTO(arena) struct arena *own = arena_new((size_t)128 << 20);
	struct delivery_activity_row *rows;
	int64_t ids[LOAD_AT_ONCE];
	size_t id_count = 0, row_count;
	for (size_t i = 0; i < count && id_count < LOAD_AT_ONCE; i++) {
		if (!find_kept(content, claims[i].activity_id) && (!id_count || ids[id_count - 1] != claims[i].activity_id))
			ids[id_count++] = claims[i].activity_id;
	}
	enum error error = delivery_load_activities(db, own, ids, id_count, &rows, &row_count);
	for (size_t i = 0; !error && i < row_count; i++)
		error = keep_activity(content, db, arena, &rows[i]);
	return error;
}

/* ---- followers ---- */

static struct str origin_of(struct str url)
{
	size_t from = str_index_of_str(url, STR_LITERAL("://"));
	return from == url.len ? url : str_slice(url, 0, str_index_of(url, '/', from + 3));
}

static enum error get_digest(struct delivery_content *content, struct db *db, int64_t actor_id, struct str origin,
	struct kept_digest *ret_digest)
{
	char text[KEY_TEXT_BYTES];
	AUTO(arena) struct arena *arena = arena_new((size_t)512 << 20);
	const struct str parts[] = { id_key(text, actor_id, " "), origin };
	struct str name = arena_join(arena, parts, 2);
	struct kept_digest *kept = map_get(content->digests, name);
	int64_t now_us = clock_now_us();
	if (kept && now_us - kept->made_us < DIGEST_LIFE_US && now_us >= kept->made_us) {
		*ret_digest = *kept;
		return ERROR_NONE;
	}
	struct str *uris;
	size_t count;
	enum error error = follow_list_followers_at(db, arena, actor_id, origin, &uris, &count);
	if (error)
		return error;
	if (!kept && map_count(content->digests) >= MAX_DIGESTS) {
		forget_digests(content);
		content->digests = map_new();
	}
	if (!kept) {
		kept = memory_new(sizeof(*kept));
		(void)map_set(content->digests, name, kept);
	}
	*kept = (struct kept_digest){ .made_us = now_us, .has_followers = count > 0 };
	for (size_t i = 0; i < count; i++)
		follower_digest_add(kept->digest, uris[i]);
	*ret_digest = *kept;
	return ERROR_NONE;
}

/* The header of FEP-8fcf; empty for activities that others than followers get too. */
static enum error describe_followers(struct delivery_content *content, struct db *db, struct arena *arena,
	const struct delivery_activity *activity, struct str inbox_url, struct str *ret_header)
{
	struct kept_digest digest;
	*ret_header = (struct str){ 0 };
	if (!activity->is_for_followers || !activity->followers_url.len)
		return ERROR_NONE;
	enum error error = get_digest(content, db, activity->actor_id, origin_of(inbox_url), &digest);
	if (error || !digest.has_followers)
		return error;
	char hex[2 * DIGEST_BYTES + 1];
	for (int i = 0; i < DIGEST_BYTES; i++)
		snprintf(hex + (size_t)i * 2, 3, "%02x", digest.digest[i]);
	*ret_header = arena_printf(arena, "collectionId=\"%.*s\", url=\"%.*s_synchronization\", digest=\"%s\"",
		STR_ARG(activity->followers_url), STR_ARG(activity->followers_url), hex);
	return ERROR_NONE;
}

/* ---- deliveries ---- */

/* NULL when the activity is gone. */
static enum error get_activity(struct delivery_content *content, struct db *db, struct arena *arena,
	const struct delivery_claim *claims, size_t count, struct kept_activity **ret_kept)
{
	struct kept_activity *kept = find_kept(content, claims->activity_id);
	enum error error = kept ? ERROR_NONE : load_missing(content, db, arena, claims, count);
	if (!error && !kept)
		kept = find_kept(content, claims->activity_id);
	if (!error && kept) {
		list_remove(&kept->link);
		list_add_last(&content->used, &kept->link);
	}
	*ret_kept = kept;
	return error;
}

static const struct delivery_author *find_author(const struct delivery_author *authors, size_t count, int64_t actor_id)
{
	for (size_t i = 0; i < count; i++) {
		if (authors[i].actor_id == actor_id)
			return &authors[i];
	}
	return NULL;
}

static const struct kept_activity *find_just_loaded(const struct delivery_content *content, const struct delivery_item *item)
{
	const struct kept_activity *kept = find_kept(content, item->activity->id);
	return kept && kept->activity == item->activity && kept->loaded_in == content->calls ? kept : NULL;
}

static void judge_item(struct delivery_item *item, bool is_author_suspended)
{
	if (is_author_suspended && !item->activity->takes_back && !MUTANT("delivery_suspended_author"))
		item->withheld = "the author is suspended";
	/* The second lock of the gate: what was not released is not signed. */
	if (!item->activity->is_released && !MUTANT("delivery_released"))
		item->withheld = "not_released";
}

/* What was kept may be older than the author's key, or than its suspension. */
static enum error judge_authors(struct delivery_content *content, struct db *db, struct arena *arena,
	struct delivery_item **items, size_t count)
{
	int64_t *ids = arena_alloc_array(arena, count + 1, sizeof(*ids));
	struct delivery_author *authors = NULL;
	size_t id_count = 0, author_count = 0;
	for (size_t i = 0; i < count; i++) {
		bool is_known = find_just_loaded(content, items[i]);
		for (size_t j = id_count; j > 0 && !is_known; j--)
			is_known = ids[j - 1] == items[i]->activity->actor_id;
		if (!is_known)
			ids[id_count++] = items[i]->activity->actor_id;
	}
	enum error error = id_count ? delivery_find_authors(db, arena, ids, id_count, &authors, &author_count) : ERROR_NONE;
	for (size_t i = 0; !error && i < count; i++) {
		const struct delivery_activity *activity = items[i]->activity;
		const struct kept_activity *loaded = find_just_loaded(content, items[i]);
		const struct delivery_author *author = loaded ? NULL : find_author(authors, author_count, activity->actor_id);
		struct kept_activity *kept = find_kept(content, activity->id);
		judge_item(items[i], loaded ? loaded->is_author_suspended : author && author->is_suspended);
		/* The next claim signs with the new one; peers fetch it when they see the old one fail. */
		if (author && kept && activity->key && activity->key->created_us != author->main_key_created_us)
			drop_activity(content, kept);
	}
	return error;
}

enum error delivery_content_make(struct delivery_content *content, struct db *db, struct arena *arena,
	const struct delivery_claim *claims, size_t count, struct delivery_item **ret_items, size_t *ret_count)
{
	size_t made = 0;
	enum error error = ERROR_NONE;
	content->calls++;
	for (size_t i = 0; !error && i < count; i++) {
		struct str header;
		struct kept_activity *kept;
		error = get_activity(content, db, arena, claims + i, count - i, &kept);
		if (error || !kept)
			continue;
		error = describe_followers(content, db, arena, kept->activity, claims[i].inbox_url, &header);
		if (!error)
			ret_items[made++] = delivery_item_new(&claims[i], kept->activity, header);
	}
	if (!error && made)
		error = judge_authors(content, db, arena, ret_items, made);
	while (error && made)
		delivery_item_free(&ret_items[--made]);
	*ret_count = made;
	return error;
}
