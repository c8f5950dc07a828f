/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Bytes under an atomic count. The bytes never change, so only the count needs care: a release on each drop and
 * an acquire by the one that frees. */
#include "server/http/shared_bytes.h"

#include <stdatomic.h>
#include <sys/mman.h>

struct shared_bytes {
	atomic_uint references;
	struct str bytes;
	char *owned; /* NULL for static bytes */
	void *map;   /* NULL when it is none */
	size_t map_size;
};

static struct shared_bytes *shared_bytes_make(struct str bytes, char *owned)
{
	struct shared_bytes *shared = memory_new(sizeof(*shared));
	atomic_init(&shared->references, 1);
	shared->bytes = bytes;
	shared->owned = owned;
	return shared;
}

struct shared_bytes *shared_bytes_new(struct buf *buf)
{
	size_t len;
	char *owned = buf_take(buf, &len);
	return shared_bytes_make((struct str){ owned, len }, owned);
}

struct shared_bytes *shared_bytes_new_static(struct str bytes)
{
	return shared_bytes_make(bytes, NULL);
}

bool shared_bytes_map(int descriptor, size_t size, size_t from, size_t to, struct shared_bytes **ret_bytes)
{
	void *map = mmap(NULL, size, PROT_READ, MAP_SHARED, descriptor, 0);
	if (map == MAP_FAILED)
		return false;
	struct shared_bytes *shared = shared_bytes_make((struct str){ (const char *)map + from, to - from }, NULL);
	shared->map = map;
	shared->map_size = size;
	*ret_bytes = shared;
	return true;
}

struct shared_bytes *shared_bytes_ref(struct shared_bytes *bytes)
{
	atomic_fetch_add_explicit(&bytes->references, 1, memory_order_relaxed);
	return bytes;
}

void shared_bytes_unref(struct shared_bytes **bytes)
{
	struct shared_bytes *dropped = *bytes;
	*bytes = NULL;
	if (!dropped || atomic_fetch_sub_explicit(&dropped->references, 1, memory_order_acq_rel) != 1)
		return;
	if (dropped->map)
		munmap(dropped->map, dropped->map_size);
	memory_free(dropped->owned);
	memory_free(dropped);
}

struct str shared_bytes_str(const struct shared_bytes *bytes)
{
	return bytes->bytes;
}
