/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Bytes to requests. The head and the trailers are read by lines: bytes are copied into a block of the arena,
 * each line is parsed where it lies as soon as its LF is there, so the head is scanned once and its strings
 * never move (a block that is full is left behind, only the unfinished line moves on). The body is read by
 * http_body.c. After any verdict the position in the stream is exact: what follows belongs to the next request. */
#include "base/http_reader.h"

#include "base/http_body.h"
#include "base/http_head.h"
#include "base/mutant.h"

#include <string.h>

#define STEP_BYTES 2048       /* copied before it is known where the head ends */
#define FIRST_HEADERS 16
#define MAX_EMPTY_LINES 4

const struct http_limits http_limits_default = {
	.max_request_line_bytes = 8192,
	.max_header_bytes = 32768,
	.max_headers = 100,
	.max_trailer_bytes = 4096,
};

enum reader_state {
	READER_START, /* before the request line */
	READER_HEADERS,
	READER_HAS_HEAD,
	READER_BODY,
	READER_TRAILERS,
	READER_COMPLETE,
	READER_REFUSED,
};

struct line_block {
	char *data;
	size_t len, capacity;
	size_t line_at; /* where the unfinished line begins */
	size_t scanned; /* no LF before this */
};

struct header_list {
	struct http_header *items;
	size_t count, capacity;
	size_t bytes; /* of all lines so far, with their ends */
};

struct http_reader {
	struct http_limits limits;
	enum reader_state state;
	struct arena *arena;
	struct http_request *request;
	struct line_block block;
	struct header_list headers; /* of the head, then of the trailers */
	unsigned empty_lines;
	struct http_body body;
	struct http_refusal refusal;
};

struct http_reader *http_reader_new(const struct http_limits *limits)
{
	struct http_reader *reader = memory_new(sizeof(*reader));
	reader->limits = *limits;
	return reader;
}

void http_reader_free(struct http_reader **reader)
{
	if (!*reader)
		return;
	buf_clear(&(*reader)->body.bytes);
	memory_free(*reader);
	*reader = NULL;
}

void http_reader_begin(struct http_reader *reader, struct arena *arena)
{
	struct http_limits limits = reader->limits;
	buf_clear(&reader->body.bytes);
	*reader = (struct http_reader){ .limits = limits, .arena = arena };
}

static enum http_reader_status status_of(const struct http_reader *reader)
{
	switch (reader->state) {
	case READER_HAS_HEAD:
		return HTTP_READER_HAS_HEAD;
	case READER_COMPLETE:
		return HTTP_READER_COMPLETE;
	case READER_REFUSED:
		return HTTP_READER_REFUSED;
	case READER_START:
	case READER_HEADERS:
	case READER_BODY:
	case READER_TRAILERS:
		break;
	}
	return HTTP_READER_NEEDS_MORE;
}

static void refuse(struct http_reader *reader, int status, const char *reason)
{
	http_refuse(&reader->refusal, status, reason);
	reader->state = READER_REFUSED;
}

/* Makes room for extra bytes after the unfinished line; earlier lines keep their old block. */
static void block_reserve(struct http_reader *reader, size_t extra_bytes)
{
	struct line_block *block = &reader->block;
	if (block->capacity - block->len >= extra_bytes)
		return;
	size_t unfinished = block->len - block->line_at;
	size_t capacity = 2 * unfinished + extra_bytes;
	if (capacity < STEP_BYTES)
		capacity = STEP_BYTES;
	char *data = arena_alloc(reader->arena, capacity);
	if (unfinished > 0)
		memcpy(data, block->data + block->line_at, unfinished);
	block->scanned -= block->line_at;
	block->data = data;
	block->len = unfinished;
	block->capacity = capacity;
	block->line_at = 0;
}

static struct http_header *add_header(struct http_reader *reader)
{
	struct header_list *list = &reader->headers;
	if (list->count == list->capacity) {
		list->capacity = list->capacity ? 2 * list->capacity : FIRST_HEADERS;
		struct http_header *items = arena_alloc_array(reader->arena, list->capacity, sizeof(*items));
		if (list->count > 0)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
	}
	return &list->items[list->count++];
}

static void finish(struct http_reader *reader)
{
	if (reader->request->has_body)
		reader->request->body = reader->body.bytes.len > 0 ? buf_str(&reader->body.bytes) : STR_LITERAL("");
	reader->state = READER_COMPLETE;
}

static void take_head_end(struct http_reader *reader)
{
	struct http_request *request = reader->request;
	request->headers = reader->headers.items;
	request->header_count = reader->headers.count;
	if (!http_head_check(reader->arena, request, &reader->refusal))
		reader->state = READER_REFUSED;
	else if (request->has_body && (request->is_chunked || request->content_length > 0))
		reader->state = READER_HAS_HEAD;
	else
		finish(reader);
}

static void take_request_line(struct http_reader *reader, struct str line)
{
	if (line.len == 0) {
		if (++reader->empty_lines > MAX_EMPTY_LINES)
			refuse(reader, 400, "empty_lines_before_request");
		return;
	}
	reader->request = arena_alloc(reader->arena, sizeof(*reader->request));
	reader->state = READER_HEADERS;
	if (!http_head_read_request_line(reader->arena, line, reader->request, &reader->refusal))
		reader->state = READER_REFUSED;
}

static void take_header_line(struct http_reader *reader, struct str line)
{
	bool is_trailer = reader->state == READER_TRAILERS;
	if (line.len == 0 && !is_trailer) {
		take_head_end(reader);
		return;
	}
	if (line.len == 0) {
		reader->request->trailers = reader->headers.items;
		reader->request->trailer_count = reader->headers.count;
		finish(reader);
		return;
	}
	if (reader->headers.count >= reader->limits.max_headers && !MUTANT("http_header_count")) {
		refuse(reader, 431, "too_many_headers");
		return;
	}
	if (!http_head_read_header(line, add_header(reader), &reader->refusal))
		reader->state = READER_REFUSED;
}

/* Whether line_bytes more (with whatever of their line end is there) fit the limits; refuses if not. */
static bool fits(struct http_reader *reader, size_t line_bytes, size_t end_bytes)
{
	if (reader->state == READER_START) {
		if (line_bytes - end_bytes <= reader->limits.max_request_line_bytes || MUTANT("http_request_line"))
			return true;
		refuse(reader, 414, "request_line_too_long");
		return false;
	}
	if (reader->state == READER_TRAILERS) {
		if (reader->headers.bytes + line_bytes <= reader->limits.max_trailer_bytes || MUTANT("http_trailer_bytes"))
			return true;
		refuse(reader, 431, "trailers_too_large");
		return false;
	}
	if (reader->headers.bytes + line_bytes <= reader->limits.max_header_bytes || MUTANT("http_header_bytes"))
		return true;
	refuse(reader, 431, "headers_too_large");
	return false;
}

/* A request begins with a token (or an empty line), so TLS on a plain port is refused at its first byte. */
static bool begins_well(struct http_reader *reader, struct str line)
{
	if (reader->state != READER_START || line.len == 0 || line.data[0] == '\r'
		|| http_char_is(line.data[0], HTTP_CHAR_TOKEN))
		return true;
	refuse(reader, 400, "bad_request_line");
	return false;
}

/* line ends before its LF. */
static void take_line(struct http_reader *reader, struct str line)
{
	if (!begins_well(reader, line))
		return;
	bool has_cr = line.len > 0 && line.data[line.len - 1] == '\r';
	if (!fits(reader, line.len + 1, has_cr ? 2 : 1))
		return;
	if (!has_cr && !MUTANT("http_bare_lf")) {
		refuse(reader, 400, "bare_lf");
		return;
	}
	if (reader->state != READER_START)
		reader->headers.bytes += line.len + 1;
	line.len -= has_cr;
	if (reader->state == READER_START)
		take_request_line(reader, line);
	else
		take_header_line(reader, line);
}

/* What can be said of a line whose end has not come; the last byte may be the CR, which the limit of the request
 * line does not count. */
static void check_unfinished_line(struct http_reader *reader)
{
	const struct line_block *block = &reader->block;
	struct str line = { block->data + block->line_at, block->len - block->line_at };
	if (line.len > 0 && begins_well(reader, line))
		(void)fits(reader, line.len, reader->state == READER_START ? 1 : 0);
}

static bool is_reading_lines(const struct http_reader *reader)
{
	return reader->state == READER_START || reader->state == READER_HEADERS || reader->state == READER_TRAILERS;
}

static size_t feed_lines(struct http_reader *reader, const char *data, size_t len)
{
	struct line_block *block = &reader->block;
	size_t used = 0;
	while (used < len) {
		size_t step = len - used < STEP_BYTES ? len - used : STEP_BYTES;
		block_reserve(reader, step);
		memcpy(block->data + block->len, data + used, step);
		block->len += step;
		used += step;
		char *line_end;
		while ((line_end = memchr(block->data + block->scanned, '\n', block->len - block->scanned))) {
			struct str line = { block->data + block->line_at, (size_t)(line_end - block->data) - block->line_at };
			block->line_at += line.len + 1;
			block->scanned = block->line_at;
			take_line(reader, line);
			if (!is_reading_lines(reader)) {
				used -= block->len - block->line_at;
				block->len = block->line_at;
				return used;
			}
			if (block->scanned == block->len)
				break;
		}
		block->scanned = block->len;
		check_unfinished_line(reader);
		if (reader->state == READER_REFUSED)
			return used;
	}
	return used;
}

static size_t feed_body(struct http_reader *reader, const char *data, size_t len)
{
	size_t used = 0;
	switch (http_body_feed(&reader->body, data, len, &used, &reader->refusal)) {
	case HTTP_BODY_NEEDS_MORE:
		break;
	case HTTP_BODY_COMPLETE:
		finish(reader);
		break;
	case HTTP_BODY_TRAILERS:
		reader->state = READER_TRAILERS;
		reader->headers = (struct header_list){ 0 };
		break;
	case HTTP_BODY_REFUSED:
		reader->state = READER_REFUSED;
		break;
	}
	return used;
}

enum http_reader_status http_reader_feed(struct http_reader *reader, const char *data, size_t len, size_t *ret_used)
{
	size_t used = 0;
	while (used < len) {
		if (is_reading_lines(reader))
			used += feed_lines(reader, data + used, len - used);
		else if (reader->state == READER_BODY)
			used += feed_body(reader, data + used, len - used);
		else
			break;
	}
	*ret_used = used;
	return status_of(reader);
}

enum http_reader_status http_reader_accept_body(struct http_reader *reader, size_t max_body_bytes)
{
	if (reader->state != READER_HAS_HEAD)
		return status_of(reader);
	if (http_body_begin(&reader->body, reader->request, max_body_bytes, &reader->refusal))
		reader->state = READER_BODY;
	else
		reader->state = READER_REFUSED;
	return status_of(reader);
}

struct http_request *http_reader_request(struct http_reader *reader)
{
	return reader->request;
}

void http_reader_take_body(struct http_reader *reader, struct buf *ret_body)
{
	*ret_body = reader->body.bytes;
	buf_init(&reader->body.bytes);
}

int http_reader_refusal(const struct http_reader *reader, const char **ret_reason)
{
	*ret_reason = reader->refusal.reason;
	return reader->refusal.status;
}

bool http_reader_is_head(const struct http_reader *reader)
{
	return reader->request && reader->request->method == HTTP_HEAD;
}
