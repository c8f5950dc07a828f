/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The one canonical form of URLs and host names. Two URLs name the same place when their canonical
 * texts are equal; every comparison of hosts goes through here. */
#ifndef COMPTOIR_BASE_URL_H
#define COMPTOIR_BASE_URL_H

#include "base/arena.h"

struct url {
	struct str text;     /* the canonical whole */
	struct str scheme;   /* "http" or "https" */
	struct str host;     /* lower case, A-labels, no trailing dot; IPv6 in brackets, shortest form */
	uint16_t port;       /* the default of the scheme when none was given */
	bool has_port;       /* a port that is not the default */
	struct str authority; /* host, and ":port" if has_port */
	struct str path;     /* begins with '/', percent-encoding normalised, dot segments resolved */
	struct str query;    /* without '?'; data is NULL when there is none */
	struct str fragment; /* without '#'; data is NULL when there is none */
};

#define URL_MAX_BYTES 2048

/* Absolute http and https URLs only. Refuses userinfo, control characters, spaces, backslashes, bad
 * percent-encoding, empty hosts, ports out of range, numeric hosts in any but dotted-quad form, and
 * anything longer than URL_MAX_BYTES. False leaves *ret_url untouched. */
bool url_parse(struct arena *arena, struct str text, struct url *ret_url) MUST_CHECK;

/* Same scheme, host and port. */
bool url_same_origin(const struct url *a, const struct url *b);

/* One host name to lower-case A-labels (IDNA 2008 with the mapping of UTS 46, non-transitional), without
 * trailing dot, at most 253 bytes. False for what is no host name; IP addresses are refused here. */
bool url_canonical_host(struct arena *arena, struct str host, struct str *ret_host) MUST_CHECK;

/* The host as people read it (U-labels), or the host itself when that is not safe or not possible. */
struct str url_display_host(struct arena *arena, struct str host) MUST_CHECK;

/* Percent-decodes ("%41" to "A"); plus_is_space for form data. False for bad encoding, NUL, or a result
 * that is not UTF-8. */
bool url_decode(struct arena *arena, struct str text, bool plus_is_space, struct str *ret_text) MUST_CHECK;

/* Percent-encodes everything but the unreserved characters of RFC 3986. */
struct str url_encode(struct arena *arena, struct str text) MUST_CHECK;

#endif
