/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Immutable bytes with a thread-safe reference count: bodies of documents that everyone may read, sent by
 * reference from any loop. */
#ifndef COMPTOIR_SERVER_HTTP_SHARED_BYTES_H
#define COMPTOIR_SERVER_HTTP_SHARED_BYTES_H

#include "base/buf.h"

struct shared_bytes;

/* Takes the bytes out of buf; one reference belongs to the caller. */
struct shared_bytes *shared_bytes_new(struct buf *buf) MUST_CHECK;
/* For bytes in static storage, such as embedded files. */
struct shared_bytes *shared_bytes_new_static(struct str bytes) MUST_CHECK;
/* A part of a file that never changes, mapped; the descriptor may be closed afterwards. False when that cannot be had. */
bool shared_bytes_map(int descriptor, size_t size, size_t from, size_t to, struct shared_bytes **ret_bytes) MUST_CHECK;
struct shared_bytes *shared_bytes_ref(struct shared_bytes *bytes);
void shared_bytes_unref(struct shared_bytes **bytes); /* accepts NULL, sets NULL */
struct str shared_bytes_str(const struct shared_bytes *bytes);

#endif
