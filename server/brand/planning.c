/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The calendar, its feed, slots of the queue, who may quote, and what polls say. */
#include "server/brand/planning.h"

#include "server/app.h"
#include "server/brand/ics.h"
#include "server/brand/operation.h"
#include "server/brand/planning_deed.h"
#include "server/brand/problem.h"
#include "server/brand/wilson.h"
#include "server/login/visitor.h"
#include "server/mastodon/parameters.h"
#include "storage/calendar.h"
#include "storage/poll.h"
#include "storage/post.h"
#include "storage/preference.h"
#include "storage/queue_slot.h"
#include "storage/seat_rights.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "base/random.h"

#define DAY_US (INT64_C(24) * 3600 * 1000 * 1000)
#define CALENDAR_DAYS_MAX 100
#define SERVERS_FROM_VOTERS 5

/* ---- slots ---- */

struct slots_change {
	int64_t actor_id;
	int64_t version;
	struct queue_slot slots[QUEUE_SLOTS_MAX];
	size_t count;
};

static enum error respond_slots(struct request *request, int64_t actor_id)
{
	struct queue_slot *slots;
	size_t count;
	int64_t version;
	enum error error = queue_slot_list(request->db, request->arena, actor_id, &slots, &count, &version);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	operation_respond_version(request, version);
	json_out_object_begin(json);
	json_out_key_id(json, "account_id", actor_id);
	json_out_key_int(json, "version", version);
	json_out_key_array_begin(json, "slots");
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		json_out_key_int(json, "weekday", slots[i].weekday);
		json_out_key_str(json, "time", arena_printf(request->arena, "%02d:%02d", slots[i].minute_of_the_day / 60,
			slots[i].minute_of_the_day % 60));
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_slots_show(struct request *request, const struct seat *seat)
{
	int64_t actor_id = parameter_path_id(request, 0);
	enum error error = seat_need_for(request, seat, PERMISSION_DRAFT_COMMENT, actor_id, false);
	return error ? error : respond_slots(request, actor_id);
}

static bool read_slot(const struct parameter_member *member, struct queue_slot *ret_slot)
{
	struct str time = parameter_member_value(member, "time");
	int64_t weekday, hour, minute;
	if (!str_to_int64(parameter_member_value(member, "weekday"), &weekday) || time.len != 5 || time.data[2] != ':' ||
		!str_to_int64(str_slice(time, 0, 2), &hour) || !str_to_int64(str_slice(time, 3, 5), &minute))
		return false;
	if (weekday < 1 || weekday > 7 || hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return false;
	*ret_slot = (struct queue_slot){ (int)weekday, (int)(hour * 60 + minute) };
	return true;
}

static enum error write_slots(struct db *db, struct arena *arena, void *owner)
{
	const struct slots_change *change = owner;
	return queue_slot_replace(db, arena, change->actor_id, change->version, change->slots, change->count);
}

enum error handle_slots_set(struct request *request, const struct seat *seat)
{
	struct slots_change *change = arena_alloc(request->arena, sizeof(*change));
	struct parameter_member *members;
	*change = (struct slots_change){ .actor_id = parameter_path_id(request, 0) };
	enum error error = seat_need_for(request, seat, PERMISSION_DRAFT_SCHEDULE, change->actor_id, false);
	if (!error)
		error = operation_need_version(request, &change->version);
	if (error)
		return error;
	change->count = parameter_members(request, "slots", QUEUE_SLOTS_MAX, &members);
	for (size_t i = 0; i < change->count; i++)
		if (!read_slot(&members[i], &change->slots[i]))
			return planning_refuse(request, "A slot is a weekday from 1 to 7 and a time as 09:30.",
				"Un créneau est un jour de 1 à 7 et une heure comme 09:30.");
	error = planning_deed(request, seat, "slots.set", "account", change->actor_id, write_slots, change, ERROR_CONFLICT);
	return error ? error : respond_slots(request, change->actor_id);
}

/* ---- the calendar ---- */

static void write_entry(struct json_out *json, const struct calendar_entry *entry)
{
	json_out_object_begin(json);
	json_out_key_c_string(json, "kind", entry->state == DRAFT_PUBLISHED ? "post" : "draft");
	planning_write_id(json, "draft_id", entry->draft_id);
	planning_write_id(json, "post_id", entry->state == DRAFT_PUBLISHED ? entry->post_id : 0);
	json_out_key_id(json, "account_id", entry->actor_id);
	json_out_key_c_string(json, "state", draft_state_name(entry->state));
	json_out_key_time_ms(json, "at", entry->at_us);
	planning_write_id(json, "campaign_id", entry->campaign_id);
	json_out_key_str(json, "text", entry->text.data ? entry->text : STR_LITERAL(""));
	json_out_object_end(json);
}

enum error handle_calendar(struct request *request, const struct seat *seat)
{
	int64_t from_us = clock_now_us() - 7 * DAY_US, until_us = 0, *actor_ids;
	struct calendar_entry *entries;
	struct slot_time *times;
	size_t count, time_count;
	enum error error = planning_read_time(request, "from", &from_us);
	until_us = from_us + 35 * DAY_US;
	if (!error)
		error = planning_read_time(request, "to", &until_us);
	if (!error && (until_us <= from_us || until_us - from_us > CALENDAR_DAYS_MAX * DAY_US))
		error = planning_refuse(request, "A calendar shows 1 to 100 days.", "Un calendrier montre de 1 à 100 jours.");
	if (error)
		return error;
	size_t actor_count = seat_accounts_with(seat, request->arena, PERMISSION_DRAFT_COMMENT, false, &actor_ids);
	error = calendar_list(request->db, request->arena, actor_ids, actor_count, from_us, until_us, &entries, &count);
	if (!error)
		error = slot_time_list(request->db, request->arena, actor_ids, actor_count, from_us, until_us, &times, &time_count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_time_ms(json, "from", from_us);
	json_out_key_time_ms(json, "to", until_us);
	json_out_key_str(json, "time_zone", seat->organisation.time_zone);
	json_out_key_array_begin(json, "entries");
	for (size_t i = 0; i < count; i++)
		if (entries[i].state != DRAFT_WITHDRAWN)
			write_entry(json, &entries[i]);
	json_out_array_end(json);
	json_out_key_array_begin(json, "slots");
	for (size_t i = 0; i < time_count; i++) {
		json_out_object_begin(json);
		json_out_key_id(json, "account_id", times[i].actor_id);
		json_out_key_time_ms(json, "at", times[i].at_us);
		json_out_key_bool(json, "is_free", times[i].is_free);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

/* ---- the feed ---- */

struct feed_change {
	int64_t membership_id;
	struct str token_sha256;
};

static enum error write_feed(struct db *db, struct arena *arena, void *owner)
{
	const struct feed_change *change = owner;
	return calendar_feed_store(db, arena, change->membership_id, change->token_sha256);
}

static enum error write_feed_end(struct db *db, struct arena *arena, void *owner)
{
	const struct feed_change *change = owner;
	return calendar_feed_delete(db, arena, change->membership_id);
}

enum error handle_feed_make(struct request *request, const struct seat *seat)
{
	struct str token = random_token(request->arena, 32);
	struct feed_change change = { seat->membership_id, login_hash(request->arena, token) };
	enum error error = planning_deed(request, seat, "calendar.feed", "member", seat->membership_id, write_feed, &change, ERROR_NONE);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 201);
	json_out_object_begin(json);
	json_out_key_str(json, "url", arena_printf(request->arena, "%.*s/api/brand/v1/calendar.ics?token=%.*s",
		STR_ARG(request->app->base_url), STR_ARG(token)));
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_feed_end(struct request *request, const struct seat *seat)
{
	struct feed_change change = { .membership_id = seat->membership_id };
	enum error error = planning_deed(request, seat, "calendar.feed_end", "member", seat->membership_id, write_feed_end, &change,
		ERROR_NOT_FOUND);
	if (!error)
		respond_empty(request, 204);
	return error;
}

static const char *event_status(enum draft_state state)
{
	switch (state) {
	case DRAFT_WITHDRAWN:
		return "CANCELLED";
	case DRAFT_SCHEDULED:
	case DRAFT_PUBLISHING:
	case DRAFT_PUBLISHED:
		return "CONFIRMED";
	case DRAFT_DRAFT:
	case DRAFT_IN_REVIEW:
	case DRAFT_CHANGES_REQUESTED:
	case DRAFT_APPROVED:
	case DRAFT_FAILED:
	case DRAFT_STATE_COUNT:
		break;
	}
	return "TENTATIVE";
}

static void add_event(struct request *request, struct buf *out, const struct calendar_entry *entry, int64_t now_us)
{
	struct arena *arena = request->arena;
	bool is_post = entry->post_id != 0;
	ics_add_line(out, "BEGIN", STR_LITERAL("VEVENT"));
	ics_add_line(out, "UID", arena_printf(arena, "%s-%lld@%.*s", is_post ? "post" : "draft",
		(long long)(is_post ? entry->post_id : entry->draft_id), STR_ARG(request->app->domain)));
	ics_add_time(out, arena, "DTSTAMP", now_us);
	ics_add_time(out, arena, "DTSTART", entry->at_us);
	ics_add_line(out, "SEQUENCE", arena_printf(arena, "%lld", (long long)entry->version));
	ics_add_line(out, "STATUS", str_from(event_status(entry->state)));
	ics_add_text(out, arena, "SUMMARY", entry->text.len ? entry->text : STR_LITERAL("…"));
	ics_add_line(out, "END", STR_LITERAL("VEVENT"));
}

/* Asked by calendar programs, which have nothing but the address: rights are looked at each time. */
enum error handle_calendar_feed(struct request *request, const struct seat *seat)
{
	(void)seat;
	struct str token = parameter_text(request, "token");
	int64_t user_id, organisation_id, now_us = clock_now_us();
	struct standing standing;
	struct account_rights *accounts;
	struct calendar_entry *entries;
	size_t account_count, count, allowed = 0;
	if (!token.len || token.len > 100)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	enum error error = calendar_feed_find(request->db, request->arena, login_hash(request->arena, token), &user_id, &organisation_id);
	if (!error)
		error = seat_rights_find(request->db, request->arena, user_id, organisation_id, &standing, &accounts, &account_count);
	if (error)
		return error;
	int64_t *actor_ids = arena_alloc_array(request->arena, account_count, sizeof(*actor_ids));
	for (size_t i = 0; i < account_count; i++)
		if (rights_allow(accounts[i].rights, PERMISSION_DRAFT_COMMENT) || MUTANT("calendar_feed_right"))
			actor_ids[allowed++] = accounts[i].actor_id;
	if (!allowed)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	error = calendar_list(request->db, request->arena, actor_ids, allowed, now_us - 31 * DAY_US, now_us + 365 * DAY_US, &entries,
		&count);
	if (error)
		return error;
	struct buf *out = respond(request, 200, "text/calendar; charset=utf-8");
	respond_header(request, "Cache-Control", STR_LITERAL("private, no-store"));
	ics_add_line(out, "BEGIN", STR_LITERAL("VCALENDAR"));
	ics_add_line(out, "VERSION", STR_LITERAL("2.0"));
	ics_add_line(out, "PRODID", STR_LITERAL("-//Comptoir//Calendar//EN"));
	for (size_t i = 0; i < count; i++)
		add_event(request, out, &entries[i], now_us);
	ics_add_line(out, "END", STR_LITERAL("VCALENDAR"));
	return ERROR_NONE;
}

/* ---- who may quote ---- */

struct quote_change {
	int64_t actor_id;
	enum post_quote_policy policy;
};

static enum error write_quote_policy(struct db *db, struct arena *arena, void *owner)
{
	const struct quote_change *change = owner;
	struct preference preference;
	enum error error = preference_find(db, arena, change->actor_id, &preference);
	if (error)
		return error;
	preference.quote_policy = change->policy;
	return preference_store(db, arena, change->actor_id, &preference);
}

static enum error respond_quote_policy(struct request *request, int64_t actor_id)
{
	struct preference preference;
	enum error error = preference_find(request->db, request->arena, actor_id, &preference);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_id(json, "account_id", actor_id);
	json_out_key_c_string(json, "policy", post_quote_policy_name(preference.quote_policy));
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_quote_policy_show(struct request *request, const struct seat *seat)
{
	int64_t actor_id = parameter_path_id(request, 0);
	enum error error = seat_need_for(request, seat, PERMISSION_DRAFT_COMMENT, actor_id, false);
	return error ? error : respond_quote_policy(request, actor_id);
}

enum error handle_quote_policy_set(struct request *request, const struct seat *seat)
{
	struct quote_change change = { .actor_id = parameter_path_id(request, 0) };
	enum error error = seat_need_for(request, seat, PERMISSION_PROFILE_EDIT, change.actor_id, false);
	if (error)
		return error;
	if (!post_quote_policy_from_name(parameter_text(request, "policy"), &change.policy))
		return planning_refuse(request, "The policy is public, followers or nobody.", "La règle est public, followers ou nobody.");
	error = planning_deed(request, seat, "quote_policy.set", "account", change.actor_id, write_quote_policy, &change, ERROR_NONE);
	return error ? error : respond_quote_policy(request, change.actor_id);
}

/* ---- polls ---- */

static void write_option(struct json_out *json, const struct poll_option *option, int64_t voters)
{
	json_out_object_begin(json);
	json_out_key_str(json, "title", option->title);
	json_out_key_int(json, "votes", option->votes);
	if (voters && option->votes <= voters) {
		double low, high;
		wilson_interval(option->votes, voters, &low, &high);
		json_out_key(json, "share");
		json_out_double(json, (double)option->votes / (double)voters);
		json_out_key(json, "low");
		json_out_double(json, low);
		json_out_key(json, "high");
		json_out_double(json, high);
	} else {
		json_out_key_null(json, "share");
		json_out_key_null(json, "low");
		json_out_key_null(json, "high");
	}
	json_out_object_end(json);
}

static void write_results(struct request *request, const struct post *post, const struct poll *poll, int64_t servers)
{
	struct json_out *json = respond_json(request, 200);
	int64_t now_us = clock_now_us();
	json_out_object_begin(json);
	json_out_key_id(json, "post_id", post->id);
	json_out_key_bool(json, "is_over", poll->closed_us || (poll->ends_us && poll->ends_us <= now_us));
	json_out_key_bool(json, "is_multiple", poll->is_multiple);
	json_out_key_int(json, "n", poll->voters);
	/* With fewer, the number of servers could tell whose votes they are. */
	if (poll->voters >= SERVERS_FROM_VOTERS || MUTANT("poll_small_group"))
		json_out_key_int(json, "servers", servers);
	else
		json_out_key_null(json, "servers");
	json_out_key_c_string(json, "quality", poll->voters < 30 ? "anecdotal" : poll->voters < 100 ? "indicative" : "fair");
	json_out_key_object_begin(json, "note");
	json_out_key_c_string(json, "en", "Who answered chose to: this says what they think, and not what others do. The intervals "
		"(Wilson, 95 %) reckon with chance only, not with who was reached.");
	json_out_key_c_string(json, "fr", "Les personnes ont choisi de répondre : cela dit ce qu’elles pensent, et non ce que pensent "
		"les autres. Les intervalles (Wilson, 95 %) ne tiennent compte que du hasard, et non de qui a été touché.");
	json_out_object_end(json);
	json_out_key_array_begin(json, "options");
	for (size_t i = 0; i < poll->option_count; i++)
		write_option(json, &poll->options[i], poll->voters);
	json_out_array_end(json);
	json_out_object_end(json);
}

enum error handle_poll_results(struct request *request, const struct seat *seat)
{
	struct post post;
	struct poll poll;
	int64_t servers = 0;
	enum error error = post_find_any(request->db, request->arena, parameter_path_id(request, 0), &post);
	if (!error)
		error = seat_need_for(request, seat, PERMISSION_ANALYTICS_READ, post.actor_id, false);
	if (!error)
		error = poll_find(request->db, request->arena, post.id, &poll);
	if (!error)
		error = poll_count_servers(request->db, request->arena, post.id, &servers);
	if (!error)
		write_results(request, &post, &poll, servers);
	return error;
}
