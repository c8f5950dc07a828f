/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is read and written reads back as the same moment. */
#include "base/time_format.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_moment(int64_t time_us)
{
	char text[TIME_ISO8601_MS_LEN + 1];
	char again[TIME_ISO8601_MS_LEN + 1];
	int64_t read_us;
	time_write_iso8601_ms(time_us, text);
	if (!time_parse_rfc3339(str_from(text), &read_us))
		memory_fatal("our own time is refused");
	time_write_iso8601_ms(read_us, again);
	if (strcmp(text, again) != 0)
		memory_fatal("a time does not read back");
	char date[TIME_HTTP_DATE_LEN + 1];
	time_write_http_date(time_us, date);
	if (!time_parse_http_date(str_from(date), &read_us))
		memory_fatal("our own date is refused");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t time_us;
	if (time_parse_rfc3339((struct str){ (const char *)data, size }, &time_us))
		check_moment(time_us);
	if (time_parse_http_date((struct str){ (const char *)data, size }, &time_us))
		check_moment(time_us);
	if (size >= sizeof(time_us)) {
		memcpy(&time_us, data, sizeof(time_us));
		check_moment(time_us);
	}
	return 0;
}
