/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Polls: their numbers change with every vote, so nothing of them is kept. */
#include "server/entity/poll.h"

#include "server/entity/emojis.h"
#include "server/http/request.h"
#include "storage/actor.h"
#include "storage/poll.h"
#include "storage/post_glance.h"

#include "base/clock.h"

struct poll_view {
	struct poll poll;
	int64_t post_id;
	bool is_logged_in, has_voted;
	int *own_positions;
	size_t own_count;
	struct str emojis; /* the member, rendered */
};

static bool uses_emojis(const struct poll *poll)
{
	for (size_t i = 0; i < poll->option_count; i++)
		if (str_contains_char(poll->options[i].title, ':'))
			return true;
	return false;
}

static enum error load_emojis(const struct reader *reader, struct poll_view *view, int64_t author_id)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	struct actor author;
	const struct poll *poll = &view->poll;

	view->emojis = STR_LITERAL("\"emojis\":[]");
	if (!uses_emojis(poll))
		return ERROR_NONE;
	struct str *texts = arena_alloc_array(reader->arena, poll->option_count, sizeof(*texts));
	for (size_t i = 0; i < poll->option_count; i++)
		texts[i] = poll->options[i].title;
	enum error error = actor_find_by_id(reader->db, reader->arena, author_id, &author);
	if (error)
		return error;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	error = emojis_write_used(reader, &json, author.is_local, author.uri, texts, poll->option_count);
	if (error)
		return error;
	json_out_object_end(&json);
	view->emojis = arena_str(reader->arena, str_slice(buf_str(&out), 1, out.len - 1));
	return ERROR_NONE;
}

enum error poll_view_load(const struct reader *reader, int64_t post_id, int64_t author_id, struct poll_view **ret_view)
{
	struct poll_view *view = arena_alloc(reader->arena, sizeof(*view));

	view->post_id = post_id;
	enum error error = poll_find(reader->db, reader->arena, post_id, &view->poll);
	if (error == ERROR_NOT_FOUND) {
		*ret_view = NULL;
		return ERROR_NONE;
	}
	view->is_logged_in = reader->actor_id != 0;
	if (!error && view->is_logged_in)
		error = poll_list_own(reader->db, reader->arena, post_id, reader->actor_id, &view->own_positions, &view->own_count);
	if (!error)
		error = load_emojis(reader, view, author_id);
	view->has_voted = view->own_count > 0 || (view->is_logged_in && reader->actor_id == author_id);
	if (!error)
		*ret_view = view;
	return error;
}

static bool is_over(const struct poll *poll)
{
	return poll->closed_us || (poll->ends_us && poll->ends_us <= clock_now_us());
}

int64_t poll_view_until_us(const struct poll_view *view)
{
	return view->poll.ends_us && !is_over(&view->poll) ? view->poll.ends_us : INT64_MAX;
}

static void write_options(const struct poll *poll, struct json_out *json)
{
	bool is_hidden = poll->hides_totals && !is_over(poll);

	json_out_key_array_begin(json, "options");
	for (size_t i = 0; i < poll->option_count; i++) {
		json_out_object_begin(json);
		json_out_key_str(json, "title", poll->options[i].title);
		if (is_hidden)
			json_out_key_null(json, "votes_count");
		else
			json_out_key_int(json, "votes_count", poll->options[i].votes);
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

void poll_view_write(const struct poll_view *view, struct json_out *json)
{
	const struct poll *poll = &view->poll;
	int64_t votes = 0;

	for (size_t i = 0; i < poll->option_count; i++)
		votes += poll->options[i].votes;
	json_out_object_begin(json);
	json_out_key_id(json, "id", view->post_id);
	if (poll->ends_us)
		json_out_key_time_ms(json, "expires_at", poll->ends_us);
	else
		json_out_key_null(json, "expires_at");
	json_out_key_bool(json, "expired", is_over(poll));
	json_out_key_bool(json, "multiple", poll->is_multiple);
	json_out_key_int(json, "votes_count", votes);
	if (poll->is_multiple)
		json_out_key_int(json, "voters_count", poll->voters);
	else
		json_out_key_null(json, "voters_count");
	write_options(poll, json);
	json_out_raw_members(json, view->emojis);
	if (view->is_logged_in) {
		json_out_key_bool(json, "voted", view->has_voted);
		json_out_key_array_begin(json, "own_votes");
		for (size_t i = 0; i < view->own_count; i++)
			json_out_int(json, view->own_positions[i]);
		json_out_array_end(json);
	}
	json_out_object_end(json);
}

enum error poll_respond(struct request *request, int64_t post_id)
{
	const struct reader reader = reader_of(request, FILTER_NONE);
	struct post_glance *glances;
	struct poll_view *view;
	size_t count;

	enum error error = post_glance_list(reader.db, reader.arena, reader.actor_id, &post_id, 1, &glances, &count);
	if (!error && (count == 0 || glances[0].booster_id))
		error = ERROR_NOT_FOUND;
	if (!error)
		error = poll_view_load(&reader, post_id, glances[0].actor_id, &view);
	if (error)
		return error;
	if (!view)
		return ERROR_NOT_FOUND;
	poll_view_write(view, respond_json(request, 200));
	return ERROR_NONE;
}
