/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts and boosts as Mastodon's entity Status. A set is loaded in one go (ids, revisions, counters, the reader's flags)
 * and spliced from JSON fragments that the process keeps by (post id, revision); then written in any order. What the
 * reader may not see, or has blocked, is not there. */
#ifndef COMPTOIR_SERVER_ENTITY_STATUS_H
#define COMPTOIR_SERVER_ENTITY_STATUS_H

#include "server/entity/reader.h"
#include "storage/post.h"

struct status_set;

/* ids of posts or of boosts, any number, each once. */
enum error status_set_load(const struct reader *reader, const int64_t *ids, size_t count, struct status_set **ret_set) MUST_CHECK;
/* parts: gets what the set is made of (page_cache.h), and the holes as it is written; with its arena, and until_us the time
 * until when nothing else changes by itself. */
struct page_parts;
enum error status_set_load_noting(const struct reader *reader, const int64_t *ids, size_t count, struct page_parts *parts,
	struct status_set **ret_set) MUST_CHECK;
/* A page of the reader's home timeline, or of the public posts of this server; the ids newest first. */
struct id_page;
enum error status_set_load_home(const struct reader *reader, const struct id_page *page, struct page_parts *parts,
	struct status_set **ret_set, int64_t **ret_ids, size_t *ret_count) MUST_CHECK;
enum error status_set_load_local(const struct reader *reader, const struct id_page *page, struct page_parts *parts,
	struct status_set **ret_set, int64_t **ret_ids, size_t *ret_count) MUST_CHECK;
bool status_set_has(const struct status_set *set, int64_t id);
/* Who posted or boosted; 0 when it is not there. */
int64_t status_set_actor_id(const struct status_set *set, int64_t id);
/* The post itself: of a boost the boosted one; 0 when it is not there. */
int64_t status_set_post_id(const struct status_set *set, int64_t id);

/* Whether a filter of the reader's takes it out of sight altogether. */
bool status_set_hides(const struct status_set *set, int64_t id);

/* One Status; the id must be there. */
void status_set_write(const struct status_set *set, struct json_out *json, int64_t id);
/* An array of those that are there, in the order of the ids. */
void status_set_write_array(const struct status_set *set, struct json_out *json, const int64_t *ids, size_t count);

/* Loads and answers one as the request's actor sees it: 404 when it is not there for them. */
enum error status_respond(struct request *request, int64_t id) MUST_CHECK;
/* Loads and answers an array in the order of the ids, those that are there. */
enum error status_respond_array(struct request *request, enum filter_context filters, const int64_t *ids, size_t count) MUST_CHECK;

/* What a client posts and gets back on deletion: Status with text (source) in place of content. Call before deleting. */
enum error status_render_source(const struct reader *reader, int64_t id, struct buf *ret_json) MUST_CHECK;

#endif
