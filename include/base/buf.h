/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A growing byte buffer on the heap, for bodies that move between threads. Owned by one holder; buf_take
 * hands the bytes on. */
#ifndef COMPTOIR_BASE_BUF_H
#define COMPTOIR_BASE_BUF_H

#include "base/memory.h"
#include "base/str.h"

struct buf {
	char *data;      /* NULL while nothing was written */
	size_t len;      /* bytes written */
	size_t capacity; /* bytes reserved */
};

void buf_init(struct buf *buf);
void buf_clear(struct buf *buf); /* frees; the buffer is empty and usable afterwards */
void buf_auto(struct buf *buf);  /* for AUTO(buf) struct buf b = {0}; */

/* Makes room for at least extra_bytes more and returns where they begin. */
char *buf_reserve(struct buf *buf, size_t extra_bytes);

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_add_char(struct buf *buf, char c);
void buf_add_str(struct buf *buf, struct str value);
void buf_add_c_string(struct buf *buf, const char *text);
void buf_add_int64(struct buf *buf, int64_t value);
void buf_add_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* The bytes so far, valid until the next change. */
struct str buf_str(const struct buf *buf);

/* Moves the bytes to the caller, who frees them with memory_free; the buffer is empty afterwards. */
char *buf_take(struct buf *buf, size_t *ret_len) MUST_CHECK;

#endif
