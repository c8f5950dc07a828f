/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The canonical text is built piece by piece into one buffer of the arena; the parts are slices of it.
 * The result is a fixed point: parsing it again gives the same bytes. Where RFC 3986 and the URL standard
 * of browsers read a text differently (backslashes, numeric hosts, userinfo), the text is refused. */
#include "base/url.h"

#include "base/mutant.h"

#include <arpa/inet.h>
#include <string.h>

#define CANONICAL_ROOM 64
#define HEX_DIGITS "0123456789ABCDEF"

/* The canonical text while it is written; a write past capacity sets is_full instead. */
struct writer {
	char *text;
	size_t len;
	size_t capacity;
	bool is_full;
};

static void put(struct writer *writer, char c)
{
	if (writer->len < writer->capacity)
		writer->text[writer->len++] = c;
	else
		writer->is_full = true;
}

static void put_str(struct writer *writer, struct str value)
{
	for (size_t i = 0; i < value.len; i++)
		put(writer, value.data[i]);
}

static void put_percent(struct writer *writer, unsigned char byte)
{
	put(writer, '%');
	put(writer, HEX_DIGITS[byte >> 4]);
	put(writer, HEX_DIGITS[byte & 15]);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What may stand unescaped: everywhere, in paths too, in queries and fragments too. */
enum { BARE_ALWAYS = 1, BARE_IN_PATH = 2, BARE_IN_QUERY = 4 };

static const unsigned char bare[256] = {
	['a' ... 'z'] = BARE_ALWAYS, ['A' ... 'Z'] = BARE_ALWAYS, ['0' ... '9'] = BARE_ALWAYS,
	['-'] = BARE_ALWAYS, ['.'] = BARE_ALWAYS, ['_'] = BARE_ALWAYS, ['~'] = BARE_ALWAYS,
	['!'] = BARE_IN_PATH, ['$'] = BARE_IN_PATH, ['&'] = BARE_IN_PATH, ['\''] = BARE_IN_PATH, ['('] = BARE_IN_PATH,
	[')'] = BARE_IN_PATH, ['*'] = BARE_IN_PATH, ['+'] = BARE_IN_PATH, [','] = BARE_IN_PATH, [';'] = BARE_IN_PATH,
	['='] = BARE_IN_PATH, [':'] = BARE_IN_PATH, ['@'] = BARE_IN_PATH, ['/'] = BARE_IN_PATH,
	['?'] = BARE_IN_QUERY,
};

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte of the "%XX" at the start of text, or -1. */
static int read_percent(struct str text)
{
	if (text.len < 3)
		return -1;
	int high = hex_value(text.data[1]);
	int low = hex_value(text.data[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Unreserved characters bare, all others but the delimiters as %XX. False for bad encoding and %00. */
static bool put_normalised(struct writer *writer, struct str text, unsigned allowed)
{
	for (size_t at = 0; at < text.len; at++) {
		char c = text.data[at];
		if (c == '%') {
			int byte = read_percent(str_slice(text, at, text.len));
			if (byte <= 0)
				return false;
			at += 2;
			if (bare[byte] & BARE_ALWAYS)
				put(writer, (char)byte);
			else
				put_percent(writer, (unsigned char)byte);
		} else if (bare[(unsigned char)c] & allowed) {
			put(writer, c);
		} else {
			put_percent(writer, (unsigned char)c);
		}
	}
	return true;
}

/* RFC 3986 5.2.4 in place, on a path that begins with '/': the output never gets ahead of the input. */
static size_t remove_dot_segments(char *path, size_t len)
{
	size_t written = 0;
	size_t at = 0;
	while (at < len) {
		size_t end = at + 1;
		while (end < len && path[end] != '/')
			end++;
		size_t name_len = end - at - 1;
		bool is_dot = name_len == 1 && path[at + 1] == '.';
		bool is_dot_dot = name_len == 2 && path[at + 1] == '.' && path[at + 2] == '.';
		if (is_dot_dot) {
			while (written > 0 && path[--written] != '/')
				;
		}
		if (!is_dot && !is_dot_dot) {
			memmove(path + written, path + at, end - at);
			written += end - at;
		} else if (end == len) {
			path[written++] = '/';
		}
		at = end;
	}
	return written;
}

static bool put_path(struct writer *writer, struct str path)
{
	size_t start = writer->len;
	if (path.len == 0)
		put(writer, '/');
	if (!put_normalised(writer, path, BARE_ALWAYS | BARE_IN_PATH) || writer->is_full)
		return false;
	writer->len = start + remove_dot_segments(writer->text + start, writer->len - start);
	return true;
}

/* Four decimals from 0 to 255 without leading zeros: the one form that every program reads alike. */
static bool is_dotted_quad(struct str host)
{
	unsigned count = 0;
	struct str part;
	while (str_split_next(&host, '.', &part)) {
		uint64_t value;
		if (!str_to_uint64(part, &value) || value > 255 || (part.len > 1 && part.data[0] == '0'))
			return false;
		count++;
	}
	return count == 4;
}

static bool put_ipv6(struct arena *arena, struct writer *writer, struct str bracketed)
{
	if (bracketed.len < 4 || bracketed.data[bracketed.len - 1] != ']')
		return false;
	struct in6_addr address;
	char text[INET6_ADDRSTRLEN];
	struct str inner = str_slice(bracketed, 1, bracketed.len - 1);
	if (inner.len >= sizeof(text) || inet_pton(AF_INET6, arena_c_string(arena, inner), &address) != 1)
		return false;
	if (!inet_ntop(AF_INET6, &address, text, sizeof(text)))
		return false;
	put(writer, '[');
	put_str(writer, str_from(text));
	put(writer, ']');
	return true;
}

static bool put_host(struct arena *arena, struct writer *writer, struct str host)
{
	if (host.len > 0 && host.data[0] == '[')
		return put_ipv6(arena, writer, host);
	if (is_dotted_quad(host)) {
		put_str(writer, host);
		return true;
	}
	struct str canonical;
	if (!url_canonical_host(arena, host, &canonical))
		return false;
	put_str(writer, canonical);
	return true;
}

/* An empty port is the default one. */
static bool read_port(struct str text, uint16_t default_port, uint16_t *ret_port)
{
	if (text.len == 0) {
		*ret_port = default_port;
		return true;
	}
	uint64_t port;
	if (text.len > 5 || !str_to_uint64(text, &port) || port == 0 || port > UINT16_MAX)
		return false;
	*ret_port = (uint16_t)port;
	return true;
}

/* Takes the part up to the first of the stop characters off *rest. */
static struct str take_until(struct str *rest, const char *stop_characters)
{
	size_t end = 0;
	while (end < rest->len && !strchr(stop_characters, rest->data[end]))
		end++;
	struct str part = str_slice(*rest, 0, end);
	*rest = str_slice(*rest, end, rest->len);
	return part;
}

/* Browsers drop tabs and line ends and read '\' as '/', other programs do not: none may be in. */
static bool has_forbidden_byte(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.data[i];
		if (byte <= ' ' || byte == 0x7F || byte == '\\')
			return true;
	}
	return false;
}

static bool put_scheme(struct writer *writer, struct str *rest, struct url *url)
{
	static const struct str https = STR("https://");
	static const struct str http = STR("http://");
	bool is_https = str_eq_nocase(str_slice(*rest, 0, https.len), https);
	if (!is_https && !str_eq_nocase(str_slice(*rest, 0, http.len), http))
		return false;
	struct str prefix = is_https ? https : http;
	put_str(writer, prefix);
	*rest = str_slice(*rest, prefix.len, rest->len);
	url->scheme = (struct str){ writer->text, prefix.len - 3 };
	url->port = is_https ? 443 : 80;
	return true;
}

static bool put_authority(struct arena *arena, struct writer *writer, struct str authority, struct url *url)
{
	size_t start = writer->len;
	size_t at_sign = str_index_of(authority, '@', 0);
	if (at_sign < authority.len) {
		if (!MUTANT("url_userinfo"))
			return false;
		authority = str_slice(authority, at_sign + 1, authority.len);
	}
	size_t host_end = authority.len > 0 && authority.data[0] == '[' ? str_index_of(authority, ']', 0) : 0;
	size_t colon = str_index_of(authority, ':', host_end);
	uint16_t default_port = url->port;
	if (!put_host(arena, writer, str_slice(authority, 0, colon)))
		return false;
	url->host = (struct str){ writer->text + start, writer->len - start };
	if (colon < authority.len &&
		!read_port(str_slice(authority, colon + 1, authority.len), default_port, &url->port))
		return false;
	url->has_port = url->port != default_port;
	if (url->has_port)
		put_str(writer, arena_printf(arena, ":%u", (unsigned)url->port));
	url->authority = (struct str){ writer->text + start, writer->len - start };
	return true;
}

/* A part that begins with mark ('?' or '#') and ends before the first of the stop characters; *ret_part keeps
 * data NULL when it is not there. */
static bool put_marked(struct writer *writer, struct str *rest, char mark, const char *stop_characters,
	struct str *ret_part)
{
	if (rest->len == 0 || rest->data[0] != mark)
		return true;
	*rest = str_slice(*rest, 1, rest->len);
	put(writer, mark);
	size_t start = writer->len;
	if (!put_normalised(writer, take_until(rest, stop_characters), BARE_ALWAYS | BARE_IN_PATH | BARE_IN_QUERY))
		return false;
	*ret_part = (struct str){ writer->text + start, writer->len - start };
	return true;
}

static bool is_ascii(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] >= 0x80)
			return false;
	return true;
}

bool url_parse(struct arena *arena, struct str text, struct url *ret_url)
{
	if (text.len > URL_MAX_BYTES && !MUTANT("url_length"))
		return false;
	if ((has_forbidden_byte(text) && !MUTANT("url_forbidden_byte")) || !str_is_utf8(text))
		return false;
	struct url url = { 0 };
	/* Each byte becomes three at most, but for an address in brackets, an empty path, and what IDNA does. */
	size_t capacity = text.len * 3 + CANONICAL_ROOM;
	if (capacity > URL_MAX_BYTES || !is_ascii(text))
		capacity = URL_MAX_BYTES;
	struct writer writer = { .text = arena_alloc(arena, capacity + 1), .capacity = capacity };
	struct str rest = text;
	if (!put_scheme(&writer, &rest, &url) || !put_authority(arena, &writer, take_until(&rest, "/?#"), &url))
		return false;
	size_t path_start = writer.len;
	if (!put_path(&writer, take_until(&rest, "?#")))
		return false;
	url.path = (struct str){ writer.text + path_start, writer.len - path_start };
	if (!put_marked(&writer, &rest, '?', "#", &url.query) || !put_marked(&writer, &rest, '#', "", &url.fragment))
		return false;
	if (writer.is_full)
		return false;
	url.text = (struct str){ writer.text, writer.len };
	*ret_url = url;
	return true;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return str_eq(a->scheme, b->scheme) && str_eq(a->host, b->host) && a->port == b->port;
}

bool url_decode(struct arena *arena, struct str text, bool plus_is_space, struct str *ret_text)
{
	char *decoded = arena_alloc(arena, text.len + 1);
	size_t len = 0;
	for (size_t at = 0; at < text.len; at++) {
		char c = text.data[at];
		if (c == '%') {
			int byte = read_percent(str_slice(text, at, text.len));
			if (byte < 0)
				return false;
			c = (char)byte;
			at += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		if (c == '\0' && !MUTANT("url_decode_nul"))
			return false;
		decoded[len++] = c;
	}
	struct str result = { decoded, len };
	if (!str_is_utf8(result) && !MUTANT("url_decode_utf8"))
		return false;
	*ret_text = result;
	return true;
}

struct str url_encode(struct arena *arena, struct str text)
{
	size_t size_bytes;
	if (__builtin_mul_overflow(text.len, 3u, &size_bytes))
		memory_fatal("text to encode is too long");
	struct writer writer = { .text = arena_alloc(arena, size_bytes + 1), .capacity = size_bytes };
	for (size_t i = 0; i < text.len; i++) {
		if (bare[(unsigned char)text.data[i]] & BARE_ALWAYS)
			put(&writer, text.data[i]);
		else
			put_percent(&writer, (unsigned char)text.data[i]);
	}
	return (struct str){ writer.text, writer.len };
}
