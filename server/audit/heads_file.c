/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The file of heads: appended with one write and an fsync, read whole. */
#include "server/audit/heads_file.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/time_format.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE_BYTES ((size_t)64 * 1024 * 1024)
#define LINE_MAX_BYTES 256

struct str heads_file_path(struct arena *arena, const struct config *config)
{
	const char *named = config_text(config, "audit.heads_file");
	if (named[0])
		return arena_str(arena, str_from(named));
	return arena_printf(arena, "%s/audit-heads", config_text(config, "data.directory"));
}

static enum error error_of(int number)
{
	return number == ENOSPC || number == EDQUOT ? ERROR_STORAGE_FULL : ERROR_IO;
}

static enum error write_whole(int descriptor, struct str text)
{
	while (text.len) {
		ssize_t written = write(descriptor, text.data, text.len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return error_of(errno);
		text = str_slice(text, (size_t)written, text.len);
	}
	return fsync(descriptor) == 0 ? ERROR_NONE : error_of(errno);
}

/* The file without the line that a crash cut off: nobody was told that it is there. */
static enum error mend_end(int descriptor)
{
	struct stat state;
	char tail[LINE_MAX_BYTES];
	if (fstat(descriptor, &state) != 0)
		return error_of(errno);
	off_t from = state.st_size > LINE_MAX_BYTES ? state.st_size - LINE_MAX_BYTES : 0;
	ssize_t count = pread(descriptor, tail, sizeof(tail), from);
	if (count < 0)
		return error_of(errno);
	ssize_t end = count;
	while (end > 0 && tail[end - 1] != '\n')
		end--;
	return end == count || ftruncate(descriptor, from + end) == 0 ? ERROR_NONE : error_of(errno);
}

enum error heads_file_append(const char *path, const struct audit_head *heads, size_t count)
{
	AUTO(buf) struct buf out = { 0 };
	struct arena *arena = arena_new((size_t)1024 * 1024);
	struct str now = time_iso8601_ms(arena, clock_now_us());
	for (size_t i = 0; i < count; i++)
		buf_add_printf(&out, "%.*s %lld %lld %.*s\n", STR_ARG(now), (long long)heads[i].organisation_id,
			(long long)heads[i].count, STR_ARG(base64url_encode(arena, heads[i].hash)));
	arena_free(&arena);
	int descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (descriptor < 0)
		return error_of(errno);
	enum error error = mend_end(descriptor);
	if (!error)
		error = write_whole(descriptor, buf_str(&out));
	return close(descriptor) == 0 || error ? error : error_of(errno);
}

static enum error read_whole(const char *path, struct buf *out)
{
	char block[65536];
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO;
	for (;;) {
		ssize_t count = read(descriptor, block, sizeof(block));
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0) {
			close(descriptor);
			return count < 0 ? ERROR_IO : ERROR_NONE;
		}
		buf_add(out, block, (size_t)count);
		if (out->len > MAX_FILE_BYTES) {
			close(descriptor);
			return ERROR_CONTENT_TOO_LARGE;
		}
	}
}

static bool read_line(struct arena *arena, struct str line, struct audit_head *ret_head)
{
	struct str at, organisation, count, hash;
	struct audit_head head = { 0 };
	if (!str_split_next(&line, ' ', &at) || !str_split_next(&line, ' ', &organisation) || !str_split_next(&line, ' ', &count) ||
		!str_split_next(&line, ' ', &hash) || line.len)
		return false;
	if (!str_to_int64(organisation, &head.organisation_id) || !str_to_int64(count, &head.count) || head.count < 1)
		return false;
	if (!base64url_decode(arena, hash, &head.hash) || head.hash.len != AUDIT_HASH_BYTES)
		return false;
	*ret_head = head;
	return true;
}

enum error heads_file_read(struct arena *arena, const char *path, struct audit_head **ret_heads, size_t *ret_count,
	size_t *ret_line)
{
	AUTO(buf) struct buf text = { 0 };
	AUTO(buf) struct buf heads = { 0 };
	enum error error = read_whole(path, &text);
	if (error)
		return error;
	struct str rest = buf_str(&text);
	for (size_t number = 1; rest.len; number++) {
		size_t end = str_index_of(rest, '\n', 0);
		struct audit_head head;
		if (end == rest.len)
			break;
		if (!read_line(arena, str_slice(rest, 0, end), &head)) {
			*ret_line = number;
			return ERROR_BAD_REQUEST;
		}
		buf_add(&heads, &head, sizeof(head));
		rest = str_slice(rest, end + 1, rest.len);
	}
	*ret_count = heads.len / sizeof(struct audit_head);
	*ret_heads = arena_alloc_array(arena, *ret_count + 1, sizeof(**ret_heads));
	if (heads.len)
		memcpy(*ret_heads, heads.data, heads.len);
	return ERROR_NONE;
}
