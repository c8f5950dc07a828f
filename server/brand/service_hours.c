/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Hours and holidays of an organisation. */
#include "storage/service_hours.h"

#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/brand/service.h"
#include "server/mastodon/parameters.h"

#include "base/mutant.h"

#include <stdlib.h>

#define HOLIDAY_NAME_MAX 100

struct hours_change {
	int64_t organisation_id;
	struct service_hours hours;
};

static struct str time_text(struct arena *arena, int minute)
{
	return arena_printf(arena, "%02d:%02d", minute / 60, minute % 60);
}

static enum error respond_hours(struct request *request, const struct seat *seat)
{
	struct service_hours hours;
	struct arena *arena = request->arena;
	enum error error = service_hours_find(request->db, arena, seat->organisation.id, &hours);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	operation_respond_version(request, hours.version);
	json_out_object_begin(json);
	json_out_key_str(json, "time_zone", seat->organisation.time_zone);
	json_out_key_int(json, "version", hours.version);
	json_out_key_array_begin(json, "hours");
	for (size_t i = 0; i < hours.span_count; i++) {
		json_out_object_begin(json);
		json_out_key_int(json, "weekday", hours.spans[i].weekday);
		json_out_key_str(json, "opens", time_text(arena, hours.spans[i].opens));
		json_out_key_str(json, "closes", time_text(arena, hours.spans[i].closes));
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_key_array_begin(json, "holidays");
	for (size_t i = 0; i < hours.holiday_count; i++) {
		const struct service_holiday *holiday = &hours.holidays[i];
		json_out_object_begin(json);
		json_out_key_str(json, "day", holiday->day);
		json_out_key_str(json, "closed_from", time_text(arena, holiday->closed_from));
		json_out_key_str(json, "closed_until", time_text(arena, holiday->closed_until));
		if (holiday->name.data)
			json_out_key_str(json, "name", holiday->name);
		else
			json_out_key_null(json, "name");
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_hours_show(struct request *request, const struct seat *seat)
{
	return respond_hours(request, seat);
}

/* ---- reading ---- */

/* "09:30"; "24:00" is the end of a day. */
static bool read_time(struct str text, int *ret_minute)
{
	int64_t hour, minute;
	if (text.len != 5 || text.data[2] != ':' || !str_to_int64(str_slice(text, 0, 2), &hour) ||
	    !str_to_int64(str_slice(text, 3, 5), &minute) || hour < 0 || minute < 0 || minute > 59 ||
	    hour * 60 + minute > SERVICE_DAY_MINUTES)
		return false;
	*ret_minute = (int)(hour * 60 + minute);
	return true;
}

static bool read_span(const struct parameter_member *member, struct service_span *ret_span)
{
	int64_t weekday;
	struct service_span span = { 0 };
	if (!str_to_int64(parameter_member_value(member, "weekday"), &weekday) || weekday < 1 || weekday > 7 ||
	    !read_time(parameter_member_value(member, "opens"), &span.opens) ||
	    !read_time(parameter_member_value(member, "closes"), &span.closes) || span.opens >= span.closes)
		return false;
	span.weekday = (int)weekday;
	*ret_span = span;
	return true;
}

static int compare_spans(const void *one, const void *other)
{
	const struct service_span *a = one, *b = other;
	int days = (a->weekday > b->weekday) - (a->weekday < b->weekday);
	return days ? days : (a->opens > b->opens) - (a->opens < b->opens);
}

static bool read_spans(struct request *request, struct service_hours *hours)
{
	struct parameter_member *members;
	hours->span_count = parameter_members(request, "hours", SERVICE_SPANS_MAX + 1, &members);
	hours->spans = arena_alloc_array(request->arena, hours->span_count, sizeof(*hours->spans));
	if (hours->span_count > SERVICE_SPANS_MAX)
		return false;
	for (size_t i = 0; i < hours->span_count; i++)
		if (!read_span(&members[i], &hours->spans[i]))
			return false;
	if (hours->span_count)
		qsort(hours->spans, hours->span_count, sizeof(*hours->spans), compare_spans);
	for (size_t i = 1; i < hours->span_count; i++)
		if (hours->spans[i].weekday == hours->spans[i - 1].weekday && hours->spans[i].opens < hours->spans[i - 1].closes &&
		    !MUTANT("service_hours_overlap"))
			return false;
	return true;
}

static bool read_holiday(const struct parameter_member *member, struct service_holiday *ret_holiday)
{
	struct service_holiday holiday = { .day = parameter_member_value(member, "day"), .closed_until = SERVICE_DAY_MINUTES };
	struct str from = parameter_member_value(member, "closed_from"), until = parameter_member_value(member, "closed_until");
	struct str name = str_trim(parameter_member_value(member, "name"));
	if ((from.len && !read_time(from, &holiday.closed_from)) || (until.len && !read_time(until, &holiday.closed_until)) ||
	    holiday.closed_from >= holiday.closed_until || !str_is_utf8(name) || str_count_characters(name) > HOLIDAY_NAME_MAX)
		return false;
	holiday.name = name.len ? name : (struct str){ 0 };
	*ret_holiday = holiday;
	return holiday.day.len == 10;
}

static bool read_holidays(struct request *request, struct service_hours *hours)
{
	struct parameter_member *members;
	hours->holiday_count = parameter_members(request, "holidays", SERVICE_HOLIDAYS_MAX + 1, &members);
	hours->holidays = arena_alloc_array(request->arena, hours->holiday_count, sizeof(*hours->holidays));
	if (hours->holiday_count > SERVICE_HOLIDAYS_MAX)
		return false;
	for (size_t i = 0; i < hours->holiday_count; i++) {
		if (!read_holiday(&members[i], &hours->holidays[i]))
			return false;
		for (size_t k = 0; k < i; k++)
			if (str_eq(hours->holidays[k].day, hours->holidays[i].day))
				return false;
	}
	return true;
}

static enum error write_hours(struct db *db, struct arena *arena, void *thing)
{
	const struct hours_change *change = thing;
	return service_hours_store(db, arena, change->organisation_id, &change->hours);
}

enum error handle_hours_set(struct request *request, const struct seat *seat)
{
	struct hours_change change = { .organisation_id = seat->organisation.id };
	const struct service_deed deed = { PERMISSION_ORG_ADMIN, "hours.set", "organisation", seat->organisation.id, write_hours, &change };
	enum error error = service_begin(request, seat, PERMISSION_ORG_ADMIN, seat->organisation.id, &change.hours.version);
	if (error)
		return error;
	if (!read_spans(request, &change.hours))
		return service_refuse(request, STR_LITERAL("hours: weekday 1 to 7, opens before closes as 09:30, none over another"));
	if (!read_holidays(request, &change.hours))
		return service_refuse(request, STR_LITERAL("holidays: a day as 2026-12-25, each once; closed_from before closed_until"));
	error = service_deed_run(request, seat, &deed);
	return error ? error : respond_hours(request, seat);
}
