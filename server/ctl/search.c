/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir search: the index of words. */
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"

#include "base/clock.h"
#include "storage/post_words.h"

#include <time.h>

#define BATCH 200
#define SAY_EVERY_US 2000000
#define OTHERS_WAIT_NS 200000000L

static enum error open_all(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	return error ? error : ctl_open_database(invocation, true);
}

static enum error say_state(const struct post_words_state *state, bool is_json)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	if (!is_json) {
		buf_add_printf(&out, "%lld posts looked at of about %lld%s; %lld changes wait, the first for %lld s\n",
			(long long)state->old_done, (long long)state->post_count, state->is_old_done ? ", all done" : "",
			(long long)state->waiting, (long long)(state->lag_us / 1000000));
		return ctl_print(&out);
	}
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	json_out_key_int(&json, "looked_at", state->old_done);
	json_out_key_int(&json, "posts", state->post_count);
	json_out_key_bool(&json, "is_done", state->is_old_done);
	json_out_key_int(&json, "waiting", state->waiting);
	json_out_key_int(&json, "lag_seconds", state->lag_us / 1000000);
	json_out_object_end(&json);
	buf_add_char(&out, '\n');
	return ctl_print(&out);
}

/* A server that runs takes its share of the batches; this command ends when all are done, whoever did them. */
static enum error index_all(struct invocation *invocation, struct post_words_state *ret_state)
{
	struct db *db = ctl_db(invocation);
	int64_t said_us = clock_monotonic_us();
	for (;;) {
		AUTO(arena) struct arena *arena = arena_new((size_t)256 * 1024 * 1024);
		int64_t taken = 0;
		enum error error = post_words_index_old(db, arena, BATCH, &taken);
		if (error || taken == BATCH) {
			if (error)
				return error;
			if (clock_monotonic_us() - said_us < SAY_EVERY_US)
				continue;
		}
		error = post_words_read_state(db, arena, ret_state);
		if (error || ret_state->is_old_done)
			return error;
		if (clock_monotonic_us() - said_us >= SAY_EVERY_US) {
			said_us = clock_monotonic_us();
			error = say_state(ret_state, invocation->is_json);
			if (error)
				return error;
		}
		const struct timespec pause = { .tv_nsec = OTHERS_WAIT_NS };
		if (!taken)
			nanosleep(&pause, NULL);
	}
}

static enum error run_rebuild(struct invocation *invocation)
{
	struct post_words_state state;
	enum error error = open_all(invocation);
	if (error)
		return error;
	error = post_words_rebuild(ctl_db(invocation), invocation->arena);
	if (!error)
		error = index_all(invocation, &state);
	return error ? ctl_fail(error, "%s", error_text(error)) : say_state(&state, invocation->is_json);
}

static enum error run_status(struct invocation *invocation)
{
	struct post_words_state state;
	enum error error = open_all(invocation);
	if (error)
		return error;
	error = post_words_read_state(ctl_db(invocation), invocation->arena, &state);
	return error ? ctl_fail(error, "%s", error_text(error)) : say_state(&state, invocation->is_json);
}

const struct command command_search_rebuild = { "search", "rebuild", NULL, 0, 0, COMMAND_HAS_JSON,
	"Index the words of all posts anew",
	"The server does this by itself; the command is for an index that is believed to be wrong. It may run beside the server.",
	NULL, run_rebuild };
const struct command command_search_status = { "search", "status", NULL, 0, 0, COMMAND_HAS_JSON,
	"Say how far the index of words is", NULL, NULL, run_status };
