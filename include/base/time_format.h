/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Moments as text. All times are microseconds since 1970 UTC. */
#ifndef COMPTOIR_BASE_TIME_FORMAT_H
#define COMPTOIR_BASE_TIME_FORMAT_H

#include "base/arena.h"

#define TIME_ISO8601_MS_LEN 24 /* 2026-11-22T15:04:05.123Z */
#define TIME_HTTP_DATE_LEN 29  /* Sun, 22 Nov 2026 15:04:05 GMT */

/* The form of the Mastodon API: always three decimals and Z. ret_text gets TIME_ISO8601_MS_LEN bytes and
 * a NUL. Years outside 0000-9999 are clamped. */
void time_write_iso8601_ms(int64_t time_us, char ret_text[TIME_ISO8601_MS_LEN + 1]);
struct str time_iso8601_ms(struct arena *arena, int64_t time_us) MUST_CHECK;

/* RFC 3339 with any number of decimals (read to microseconds), 'T' or 't' or a space, 'Z' or an offset
 * up to 23:59; a leap second is read as :59. False for impossible dates. */
bool time_parse_rfc3339(struct str text, int64_t *ret_time_us) MUST_CHECK;

/* IMF-fixdate, the preferred form of RFC 9110 5.6.7. */
void time_write_http_date(int64_t time_us, char ret_text[TIME_HTTP_DATE_LEN + 1]);

/* IMF-fixdate only: the obsolete forms are refused (RFC 9110 lets a recipient accept them; a signature
 * must not depend on them). */
bool time_parse_http_date(struct str text, int64_t *ret_time_us) MUST_CHECK;

#endif
