/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rendered documents that everyone may read, as bytes by key, each for a short time. Readers on any thread;
 * an entry past its time is served a little longer while one worker renders it anew. */
#ifndef COMPTOIR_SERVER_DOCUMENT_CACHE_H
#define COMPTOIR_SERVER_DOCUMENT_CACHE_H

#include "server/http/shared_bytes.h"

struct document_cache;

/* max_bytes bounds the sum of the bodies; the least recently stored go first. */
struct document_cache *document_cache_new(size_t max_bytes) MUST_CHECK;
void document_cache_free(struct document_cache **cache);

/* A reference, or NULL. Past its time it is NULL for one caller (who renders and stores it) and the old
 * bytes for all others, for at most ten more seconds. */
struct shared_bytes *document_cache_get(struct document_cache *cache, struct str key) MUST_CHECK;
void document_cache_put(struct document_cache *cache, struct str key, struct shared_bytes *bytes, int64_t lifetime_ms);
void document_cache_forget(struct document_cache *cache, struct str key);

#endif
