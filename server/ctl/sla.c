/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir sla: what an organisation promises its customers, what is due, and how it kept its word. */
#include "storage/sla.h"

#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "base/time_format.h"

#define DAY_US (INT64_C(24) * 3600 * 1000 * 1000)
#define DUE_SHOWN 200

struct printing {
	struct invocation *invocation;
	struct organisation organisation;
	int64_t *actor_ids;
	size_t actor_count;
	struct buf out;
	struct json_out json;
	struct ctl_table table;
};

static enum error begin(struct invocation *invocation, size_t columns, struct printing *printing)
{
	struct brand_account *accounts;
	*printing = (struct printing){ .invocation = invocation };
	enum error error = org_open(invocation, &printing->organisation);
	if (error)
		return error;
	error = brand_account_list(ctl_db(invocation), invocation->arena, printing->organisation.id, &accounts, &printing->actor_count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	printing->actor_ids = arena_alloc_array(invocation->arena, printing->actor_count, sizeof(*printing->actor_ids));
	for (size_t i = 0; i < printing->actor_count; i++)
		printing->actor_ids[i] = accounts[i].actor_id;
	ctl_table_init(&printing->table, invocation->arena, columns);
	json_out_init(&printing->json, &printing->out);
	if (invocation->is_json)
		json_out_array_begin(&printing->json);
	return ERROR_NONE;
}

static enum error end(struct printing *printing)
{
	if (printing->invocation->is_json) {
		json_out_array_end(&printing->json);
		buf_add_char(&printing->out, '\n');
	} else {
		ctl_table_write(&printing->table, &printing->out);
	}
	enum error error = ctl_print(&printing->out);
	buf_clear(&printing->out);
	return error;
}

/* "2h 30m"; "-" for what is not promised. */
static struct str duration(struct arena *arena, int64_t seconds)
{
	if (!seconds)
		return STR_LITERAL("-");
	if (seconds < 3600)
		return arena_printf(arena, "%lldm", (long long)(seconds / 60));
	return arena_printf(arena, "%lldh %lldm", (long long)(seconds / 3600), (long long)(seconds % 3600 / 60));
}

static void add_policy(struct printing *printing, const struct sla_policy *policy)
{
	struct arena *arena = printing->invocation->arena;
	struct json_out *json = &printing->json;
	if (!printing->invocation->is_json) {
		ctl_table_add(&printing->table, policy->name);
		ctl_table_add(&printing->table, duration(arena, policy->first_reply_s));
		ctl_table_add(&printing->table, duration(arena, policy->next_reply_s));
		ctl_table_add(&printing->table, duration(arena, policy->resolution_s));
		ctl_table_add(&printing->table, policy->in_hours ? STR_LITERAL("in hours") : STR_LITERAL("always"));
		return;
	}
	json_out_object_begin(json);
	json_out_key_id(json, "id", policy->id);
	json_out_key_str(json, "name", policy->name);
	json_out_key_int(json, "position", policy->position);
	json_out_key_int(json, "first_reply", policy->first_reply_s);
	json_out_key_int(json, "next_reply", policy->next_reply_s);
	json_out_key_int(json, "resolution", policy->resolution_s);
	json_out_key_bool(json, "in_hours", policy->in_hours);
	json_out_object_end(json);
}

static enum error run_policies(struct invocation *invocation)
{
	struct printing printing;
	struct sla_policy *policies;
	size_t count;
	enum error error = begin(invocation, 5, &printing);
	if (error)
		return error;
	error = sla_policy_list(ctl_db(invocation), invocation->arena, printing.organisation.id, &policies, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	for (size_t i = 0; i < count; i++)
		add_policy(&printing, &policies[i]);
	return end(&printing);
}

static void add_clock(struct printing *printing, const struct sla_clock *clock, int64_t number)
{
	struct arena *arena = printing->invocation->arena;
	struct json_out *json = &printing->json;
	char due[TIME_ISO8601_MS_LEN + 1];
	int64_t left_s = clock->due_us == INT64_MAX ? 0 : (clock->due_us - clock_now_us()) / 1000000;
	if (!printing->invocation->is_json) {
		ctl_table_add(&printing->table, arena_printf(arena, "#%lld", (long long)number));
		ctl_table_add(&printing->table, clock->metric);
		time_write_iso8601_ms(clock->due_us, due);
		ctl_table_add(&printing->table, clock->due_us == INT64_MAX ? STR_LITERAL("-") : arena_printf(arena, "%s", due));
		ctl_table_add(&printing->table, left_s < 0 ? STR_LITERAL("late") : duration(arena, left_s));
		return;
	}
	json_out_object_begin(json);
	json_out_key_int(json, "number", number);
	json_out_key_str(json, "metric", clock->metric);
	if (clock->due_us != INT64_MAX)
		json_out_key_time_ms(json, "due_at", clock->due_us);
	json_out_key_bool(json, "late", left_s < 0);
	json_out_object_end(json);
}

static enum error run_due(struct invocation *invocation)
{
	struct printing printing;
	struct sla_clock *clocks;
	size_t count;
	enum error error = begin(invocation, 4, &printing);
	if (error)
		return error;
	error = sla_clock_list_due(ctl_db(invocation), invocation->arena, printing.organisation.id, printing.actor_ids,
		printing.actor_count, DUE_SHOWN, &clocks, &count);
	for (size_t i = 0; i < count && !error; i++) {
		struct ticket ticket;
		error = ticket_find_by_id(ctl_db(invocation), invocation->arena, clocks[i].ticket_id, &ticket);
		if (!error)
			add_clock(&printing, &clocks[i], ticket.number);
		else if (error == ERROR_NOT_FOUND) /* gone since it was listed */
			error = ERROR_NONE;
	}
	return error ? ctl_fail(error, "%s", error_text(error)) : end(&printing);
}

static void add_figures(struct printing *printing, const struct sla_figures *figures)
{
	struct arena *arena = printing->invocation->arena;
	struct json_out *json = &printing->json;
	if (!printing->invocation->is_json) {
		ctl_table_add(&printing->table, figures->metric);
		ctl_table_add(&printing->table, arena_printf(arena, "%lld of %lld in time", (long long)figures->in_time,
			(long long)figures->ended));
		ctl_table_add(&printing->table, arena_printf(arena, "%lld breached", (long long)figures->breached));
		ctl_table_add(&printing->table, duration(arena, (int64_t)figures->median_s));
		ctl_table_add(&printing->table, duration(arena, (int64_t)figures->p90_s));
		return;
	}
	json_out_object_begin(json);
	json_out_key_str(json, "metric", figures->metric);
	json_out_key_int(json, "started", figures->started);
	json_out_key_int(json, "ended", figures->ended);
	json_out_key_int(json, "in_time", figures->in_time);
	json_out_key_int(json, "breached", figures->breached);
	json_out_key(json, "median_seconds");
	json_out_double(json, figures->median_s);
	json_out_key(json, "p90_seconds");
	json_out_double(json, figures->p90_s);
	json_out_object_end(json);
}

static enum error run_report(struct invocation *invocation)
{
	struct printing printing;
	struct sla_figures *figures;
	size_t count;
	int64_t days = 30, now_us = clock_now_us();
	const char *text = option_value(invocation, "--days");
	if (text && (!str_to_int64(str_from(text), &days) || days < 1 || days > 400))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no number of days from 1 to 400", text);
	enum error error = begin(invocation, 5, &printing);
	if (error)
		return error;
	error = sla_report(ctl_db(invocation), invocation->arena, printing.organisation.id, printing.actor_ids, printing.actor_count,
		now_us - days * DAY_US, now_us, &figures, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	for (size_t i = 0; i < count; i++)
		add_figures(&printing, &figures[i]);
	return end(&printing);
}

static const struct command_option report_options[] = {
	{ "--days", "DAYS", "Clocks that started so long ago or less; default: 30.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_sla_policies = {
	.noun = "sla",
	.verb = "policies",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists what an organisation promises its customers",
	.details = "First answer, further answers and resolution, by position.\n\nExample:\n  comptoir sla policies fleurs\n",
	.run = run_policies,
};

const struct command command_sla_due = {
	.noun = "sla",
	.verb = "due",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the clocks that run, the soonest first",
	.details = "Example:\n  comptoir sla due fleurs\n",
	.run = run_due,
};

const struct command command_sla_report = {
	.noun = "sla",
	.verb = "report",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Says how an organisation kept its word",
	.details = "In time, breached, median and the time that nine in ten needed.\n\nExample:\n  comptoir sla report fleurs --days 7\n",
	.options = report_options,
	.run = run_report,
};
