/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whole answers, kept with what they were made of. Whoever follows what is changed (storage/change.h) tells the cache in
 * rounds; a page is given again when nothing of it was touched since the round that it was made after. Numbers of posts and
 * of actors are holes in a page, which are filled anew. Bounded in bytes: what was not asked for longest goes. Any thread. */
#ifndef COMPTOIR_SERVER_ENTITY_PAGE_CACHE_H
#define COMPTOIR_SERVER_ENTITY_PAGE_CACHE_H

#include "server/http/shared_bytes.h"
#include "storage/change.h"
#include "storage/id_page.h"
#include "storage/post_glance.h"

struct page_cache;

struct page_cache *page_cache_new(size_t max_bytes) MUST_CHECK;
void page_cache_free(struct page_cache **cache); /* accepts NULL */

enum page_kind {
	PAGE_HOME,
	PAGE_LOCAL,         /* public posts of this server */
	PAGE_NOTIFICATIONS, /* variant: which ones, and how; so of groups */
	PAGE_NOTIFICATION_GROUPS,
	PAGE_STATUS,        /* bounds.max_id: its id */
};
struct page_key {
	enum page_kind kind;
	uint64_t variant;
	int64_t actor_id; /* who reads; 0: nobody is logged in */
	struct id_page bounds;
};

/* Where numbers stand: of a post as page_numbers_write writes them, of an actor as account_numbers_write does. */
struct page_hole {
	size_t at, len;
	struct change of; /* CHANGE_POST_NUMBERS or CHANGE_ACTOR_NUMBERS */
};

#define PAGE_FILLING_BYTES 176
struct page_filling {
	struct change of;
	struct str members; /* more than PAGE_FILLING_BYTES are not taken */
};

/* What a page is made of, noted while it is made. In an arena. */
struct page_parts {
	struct arena *arena;
	struct change *parts; /* whatever must not have been changed; numbers are the holes' business */
	size_t part_count, part_capacity;
	struct page_hole *holes;
	size_t hole_count, hole_capacity;
	int64_t until_us; /* wall time: what is shown may change then by itself; 0: must not be kept */
};
void page_parts_add(struct page_parts *parts, enum change_kind kind, int64_t id);
/* The last len bytes of out. */
void page_parts_add_hole(struct page_parts *parts, const struct buf *out, size_t len, enum change_kind kind, int64_t id);
void page_numbers_write(struct buf *out, const struct post_numbers *numbers);

/* The last round: to be asked before the first question that a page is made of. */
uint64_t page_cache_position(struct page_cache *cache);
/* For the Link header: the ends of the page, of how many; whether it has a next one. */
struct page_ids {
	int64_t first, last;
	size_t count;
	bool has_more;
};
/* Takes a reference of its own. */
void page_cache_put(struct page_cache *cache, const struct page_key *key, uint64_t position, const struct page_parts *parts,
	const struct page_ids *ids, struct shared_bytes *bytes);

/* Whether it is worth asking what was changed. */
bool page_cache_may_have(struct page_cache *cache, const struct page_key *key);
/* After a round that began after the request came. NULL when the page is not there or no longer true; else a reference for
 * the caller. */
struct shared_bytes *page_cache_get(struct page_cache *cache, const struct page_key *key, struct page_ids *ret_ids);

/* One thread tells the rounds, one after the other. fillings: numbers of what is among the changes, whatever is known. */
void page_cache_tell(struct page_cache *cache, const struct change *changes, size_t count, const struct page_filling *fillings,
	size_t filling_count);
void page_cache_forget(struct page_cache *cache); /* a round of which nothing is known */

#endif
