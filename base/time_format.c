/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Calendar arithmetic on the proleptic Gregorian calendar, without the C library's time zones and locales. */
#include "base/time_format.h"

#include <string.h>

#define US_PER_SECOND INT64_C(1000000)
#define SECONDS_PER_DAY INT64_C(86400)

static const char weekday_names[] = "SunMonTueWedThuFriSat";
static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

struct moment {
	int year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
	int hour;
	int minute;
	int second;
	int microsecond;
	int weekday; /* 0 is Sunday; set by moment_from_us only */
};

/* Days from 1970-01-01; years are counted from March so that the leap day comes last. */
static int64_t days_from_date(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static void date_from_days(int64_t days, struct moment *moment)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;
	moment->day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	moment->month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
	moment->year = (int)(year_of_era + era * 400 + (moment->month <= 2 ? 1 : 0));
}

static int64_t us_from_moment(const struct moment *moment)
{
	int64_t seconds = days_from_date(moment->year, moment->month, moment->day) * SECONDS_PER_DAY +
		moment->hour * 3600 + moment->minute * 60 + moment->second;
	return seconds * US_PER_SECOND + moment->microsecond;
}

/* Clamped to the years 0 to 9999, which four digits can say. */
static struct moment moment_from_us(int64_t time_us)
{
	static const struct moment first = { .year = 0, .month = 1, .day = 1 };
	static const struct moment last = { 9999, 12, 31, 23, 59, 59, 999999, 0 };
	int64_t first_us = us_from_moment(&first);
	int64_t last_us = us_from_moment(&last);
	if (time_us < first_us)
		time_us = first_us;
	if (time_us > last_us)
		time_us = last_us;
	int64_t seconds = time_us / US_PER_SECOND - (time_us % US_PER_SECOND < 0 ? 1 : 0);
	int64_t days = seconds / SECONDS_PER_DAY - (seconds % SECONDS_PER_DAY < 0 ? 1 : 0);
	int second_of_day = (int)(seconds - days * SECONDS_PER_DAY);
	struct moment moment = { .hour = second_of_day / 3600, .minute = second_of_day / 60 % 60,
		.second = second_of_day % 60, .microsecond = (int)(time_us - seconds * US_PER_SECOND) };
	date_from_days(days, &moment);
	moment.weekday = (int)(((days + 4) % 7 + 7) % 7);
	return moment;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && is_leap ? 29 : days[month - 1];
}

/* A leap second is read as the second before it: peers may send one, the database knows none. */
static bool moment_is_possible(struct moment *moment)
{
	if (moment->month < 1 || moment->month > 12 || moment->day < 1 ||
		moment->day > days_in_month(moment->year, moment->month))
		return false;
	if (moment->hour > 23 || moment->minute > 59 || moment->second > 60)
		return false;
	if (moment->second == 60)
		moment->second = 59;
	return true;
}

static void write_digits(char *text, int count, int value)
{
	for (int i = count - 1; i >= 0; i--) {
		text[i] = (char)('0' + value % 10);
		value /= 10;
	}
}

/* Takes exactly count digits off the front. */
static bool read_digits(struct str *rest, size_t count, int *ret_value)
{
	if (rest->len < count)
		return false;
	int value = 0;
	for (size_t i = 0; i < count; i++) {
		char c = rest->data[i];
		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	*rest = str_slice(*rest, count, rest->len);
	*ret_value = value;
	return true;
}

static bool read_one_of(struct str *rest, const char *wanted)
{
	if (rest->len == 0 || rest->data[0] == '\0' || !strchr(wanted, rest->data[0]))
		return false;
	*rest = str_slice(*rest, 1, rest->len);
	return true;
}

void time_write_iso8601_ms(int64_t time_us, char ret_text[TIME_ISO8601_MS_LEN + 1])
{
	struct moment moment = moment_from_us(time_us);
	memcpy(ret_text, "0000-00-00T00:00:00.000Z", TIME_ISO8601_MS_LEN + 1);
	write_digits(ret_text, 4, moment.year);
	write_digits(ret_text + 5, 2, moment.month);
	write_digits(ret_text + 8, 2, moment.day);
	write_digits(ret_text + 11, 2, moment.hour);
	write_digits(ret_text + 14, 2, moment.minute);
	write_digits(ret_text + 17, 2, moment.second);
	write_digits(ret_text + 20, 3, moment.microsecond / 1000);
}

struct str time_iso8601_ms(struct arena *arena, int64_t time_us)
{
	char *text = arena_alloc(arena, TIME_ISO8601_MS_LEN + 1);
	time_write_iso8601_ms(time_us, text);
	return (struct str){ text, TIME_ISO8601_MS_LEN };
}

static bool read_clock(struct str *rest, struct moment *moment)
{
	return read_digits(rest, 2, &moment->hour) && read_one_of(rest, ":") &&
		read_digits(rest, 2, &moment->minute) && read_one_of(rest, ":") &&
		read_digits(rest, 2, &moment->second);
}

/* Any number of decimals, of which six count. */
static bool read_fraction(struct str *rest, int *ret_microsecond)
{
	int microsecond = 0;
	size_t digits = 0;
	for (; digits < rest->len && rest->data[digits] >= '0' && rest->data[digits] <= '9'; digits++) {
		if (digits < 6)
			microsecond = microsecond * 10 + (rest->data[digits] - '0');
	}
	if (digits == 0)
		return false;
	for (size_t i = digits; i < 6; i++)
		microsecond *= 10;
	*rest = str_slice(*rest, digits, rest->len);
	*ret_microsecond = microsecond;
	return true;
}

static bool read_offset(struct str *rest, int *ret_minutes)
{
	if (read_one_of(rest, "Zz")) {
		*ret_minutes = 0;
		return true;
	}
	bool is_west = rest->len > 0 && rest->data[0] == '-';
	int hours;
	int minutes;
	if (!read_one_of(rest, "+-") || !read_digits(rest, 2, &hours) || !read_one_of(rest, ":") ||
		!read_digits(rest, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_minutes = (hours * 60 + minutes) * (is_west ? -1 : 1);
	return true;
}

bool time_parse_rfc3339(struct str text, int64_t *ret_time_us)
{
	struct moment moment = { 0 };
	int offset_minutes;
	if (!read_digits(&text, 4, &moment.year) || !read_one_of(&text, "-") ||
		!read_digits(&text, 2, &moment.month) || !read_one_of(&text, "-") ||
		!read_digits(&text, 2, &moment.day) || !read_one_of(&text, "Tt ") || !read_clock(&text, &moment))
		return false;
	if (read_one_of(&text, ".") && !read_fraction(&text, &moment.microsecond))
		return false;
	if (!read_offset(&text, &offset_minutes) || text.len != 0 || !moment_is_possible(&moment))
		return false;
	*ret_time_us = us_from_moment(&moment) - offset_minutes * 60 * US_PER_SECOND;
	return true;
}

void time_write_http_date(int64_t time_us, char ret_text[TIME_HTTP_DATE_LEN + 1])
{
	struct moment moment = moment_from_us(time_us);
	memcpy(ret_text, "Sun, 00 Jan 0000 00:00:00 GMT", TIME_HTTP_DATE_LEN + 1);
	memcpy(ret_text, weekday_names + (size_t)moment.weekday * 3, 3);
	write_digits(ret_text + 5, 2, moment.day);
	memcpy(ret_text + 8, month_names + (size_t)(moment.month - 1) * 3, 3);
	write_digits(ret_text + 12, 4, moment.year);
	write_digits(ret_text + 17, 2, moment.hour);
	write_digits(ret_text + 20, 2, moment.minute);
	write_digits(ret_text + 23, 2, moment.second);
}

/* Index of the three letters at the front in a list of such names, or -1. */
static int read_name(struct str *rest, const char *names)
{
	for (int i = 0; names[i * 3] && rest->len >= 3; i++) {
		if (memcmp(rest->data, names + (size_t)i * 3, 3) == 0) {
			*rest = str_slice(*rest, 3, rest->len);
			return i;
		}
	}
	return -1;
}

bool time_parse_http_date(struct str text, int64_t *ret_time_us)
{
	struct moment moment = { 0 };
	if (text.len != TIME_HTTP_DATE_LEN)
		return false;
	int weekday = read_name(&text, weekday_names);
	if (weekday < 0 || !read_one_of(&text, ",") || !read_one_of(&text, " ") ||
		!read_digits(&text, 2, &moment.day) || !read_one_of(&text, " "))
		return false;
	moment.month = read_name(&text, month_names) + 1;
	if (moment.month == 0 || !read_one_of(&text, " ") || !read_digits(&text, 4, &moment.year) ||
		!read_one_of(&text, " ") || !read_clock(&text, &moment))
		return false;
	if (!str_eq(text, STR_LITERAL(" GMT")) || !moment_is_possible(&moment))
		return false;
	int64_t time_us = us_from_moment(&moment);
	if (moment_from_us(time_us).weekday != weekday)
		return false;
	*ret_time_us = time_us;
	return true;
}
