/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A name tells all that a client is told of a file: its type is that of its extension, which only we have chosen. Bytes
 * come from the page cache by a mapping, so a video takes no memory of ours; a file never changes and is never cut, only
 * removed, which a mapping survives. Nothing in an answer can run: nosniff, a sandbox without any right, and a disposition. */
#include "server/media/serve.h"

#include "server/app.h"
#include "server/http/request.h"
#include "server/media/service.h"

#include "base/mutant.h"

#include <unistd.h>

#define YEAR_OF_CACHE "public, max-age=31536000, immutable"

struct range {
	uint64_t from, to; /* to is behind the last byte */
};

enum range_verdict { RANGE_NONE, RANGE_GOOD, RANGE_OUTSIDE };

/* One range of bytes; lists of them are answered whole, as one may. */
static enum range_verdict read_range(struct str header, uint64_t size, struct range *ret_range)
{
	uint64_t from = 0, to = 0;
	if (!str_starts_with(header, STR_LITERAL("bytes=")) || str_contains_char(header, ','))
		return RANGE_NONE;
	struct str text = str_slice(header, 6, header.len);
	size_t dash = str_index_of(text, '-', 0);
	struct str first = str_slice(text, 0, dash), last = str_slice(text, dash + 1, text.len);
	bool has_first = str_to_uint64(first, &from), has_last = str_to_uint64(last, &to);
	if (dash == text.len || (first.len && !has_first) || (last.len && !has_last) || (!has_first && !has_last))
		return RANGE_NONE;
	if (!has_first) {
		if (to == 0 || size == 0)
			return RANGE_OUTSIDE;
		*ret_range = (struct range){ to < size ? size - to : 0, size };
		return RANGE_GOOD;
	}
	if (has_last && to < from)
		return RANGE_NONE;
	if (from >= size)
		return RANGE_OUTSIDE;
	*ret_range = (struct range){ from, has_last && to < size - 1 ? to + 1 : size };
	return RANGE_GOOD;
}

/* A name is given to one content only. */
static struct str file_tag(struct arena *arena, struct str file_name)
{
	return arena_printf(arena, "\"%.*s\"", STR_ARG(file_name));
}

static void add_headers(struct request *request, struct str file_name, struct str cache_control)
{
	struct arena *arena = request->arena;
	respond_header(request, "ETag", file_tag(arena, file_name));
	respond_header(request, "Cache-Control", cache_control);
	respond_header(request, "Content-Disposition", arena_printf(arena, "inline; filename=\"%.*s\"", STR_ARG(file_name)));
	respond_header(request, "Content-Security-Policy", STR_LITERAL("default-src 'none'; sandbox"));
	respond_header(request, "Cross-Origin-Resource-Policy", STR_LITERAL("cross-origin"));
	respond_header(request, "Accept-Ranges", STR_LITERAL("bytes"));
}

static enum error respond_mapped(struct request *request, struct str file_name, struct str cache_control, int descriptor,
	uint64_t size)
{
	struct range range = { 0, size };
	struct shared_bytes *bytes = NULL;
	enum media_type type = media_type_from_extension(str_slice(file_name, str_index_of(file_name, '.', 0) + 1, file_name.len));
	struct str condition = http_request_header(request->http, "If-Range");
	bool is_same = !condition.data || str_eq(condition, file_tag(request->arena, file_name)) || MUTANT("media_if_range");
	enum range_verdict verdict = is_same ? read_range(http_request_header(request->http, "Range"), size, &range) : RANGE_NONE;
	if (verdict == RANGE_OUTSIDE) {
		respond_empty(request, 416);
		respond_header(request, "Content-Range", arena_printf(request->arena, "bytes */%llu", (unsigned long long)size));
		return ERROR_NONE;
	}
	if (!shared_bytes_map(descriptor, (size_t)size, (size_t)range.from, (size_t)range.to, &bytes))
		return ERROR_IO;
	respond_shared(request, verdict == RANGE_GOOD ? 206 : 200, media_type_mime(type), bytes);
	shared_bytes_unref(&bytes);
	add_headers(request, file_name, cache_control);
	if (verdict == RANGE_GOOD)
		respond_header(request, "Content-Range", arena_printf(request->arena, "bytes %llu-%llu/%llu",
			(unsigned long long)range.from, (unsigned long long)range.to - 1, (unsigned long long)size));
	return ERROR_NONE;
}

static bool is_servable(struct str file_name)
{
	size_t dot = str_index_of(file_name, '.', 0);
	return media_store_is_name(file_name) &&
		media_type_from_extension(str_slice(file_name, dot + 1, file_name.len)) != MEDIA_TYPE_NONE;
}

enum error media_respond_file(struct request *request, struct str file_name, struct str cache_control)
{
	struct media_store *store = request->app->media->store;
	struct str elsewhere;
	int descriptor = -1;
	int64_t size = 0;
	if (!is_servable(file_name))
		return ERROR_NOT_FOUND;
	struct str tag = file_tag(request->arena, file_name);
	if (str_eq(http_request_header(request->http, "If-None-Match"), tag)) {
		respond_empty(request, 304);
		respond_header(request, "ETag", tag);
		respond_header(request, "Cache-Control", cache_control);
		return ERROR_NONE;
	}
	if (media_store_redirect(store, request->arena, file_name, &elsewhere)) {
		respond_redirect(request, elsewhere);
		respond_header(request, "Cache-Control", STR_LITERAL("public, max-age=1800"));
		return ERROR_NONE;
	}
	enum error error = media_store_get(store, request->arena, file_name, &descriptor, &size);
	if (error)
		return error;
	error = size > 0 ? respond_mapped(request, file_name, cache_control, descriptor, (uint64_t)size) : ERROR_NOT_FOUND;
	close(descriptor);
	return error;
}

enum error handle_media_file(struct request *request)
{
	enum error error = media_respond_file(request, request_value(request, 0), STR_LITERAL(YEAR_OF_CACHE));
	return error ? fail(request, error, "file") : ERROR_NONE;
}
