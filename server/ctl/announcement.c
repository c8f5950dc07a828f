/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir announcement: what everyone here is told. */
#include "server/action/publish_text.h"
#include "server/app.h"
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"

#include "base/time_format.h"
#include "storage/announcement.h"
#include "storage/id.h"
#include "storage/wake.h"

#define TEXT_MAX_BYTES 10000

/* Other processes are told of it. */
static enum error open_all(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	if (!error)
		error = ctl_open_database(invocation, true);
	return error ? error : wake_start(ctl_config(invocation));
}

static enum error read_time(const struct invocation *invocation, const char *option, int64_t *ret_time_us)
{
	const char *text = option_value(invocation, option);
	if (text && !time_parse_rfc3339(str_from(text), ret_time_us))
		return ctl_fail(ERROR_BAD_REQUEST, "%s is a moment such as 2026-12-24T18:00:00Z, not '%s'", option, text);
	return ERROR_NONE;
}

static enum error render(struct invocation *invocation, struct str text, struct announcement *announcement)
{
	struct rendered_text rendered;
	struct str authority, domain;
	struct publish_text_options options = { .find_mention = NULL };
	app_instance_names(ctl_config(invocation), invocation->arena, &options.base_url, &authority, &domain);
	enum error error = publish_text_render(invocation->arena, text, &options, &rendered);
	if (error || !text.len || text.len > TEXT_MAX_BYTES)
		return ctl_fail(ERROR_BAD_REQUEST, "an announcement is text of 1 to %d bytes", TEXT_MAX_BYTES);
	announcement->text = rendered.text;
	announcement->html = rendered.html;
	return ERROR_NONE;
}

static enum error say_id(int64_t id, const char *what)
{
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "%s announcement %lld\n", what, (long long)id);
	return ctl_print(&out);
}

static enum error run_add(struct invocation *invocation)
{
	struct announcement announcement = { .id = id_new(), .is_all_day = option_is_given(invocation, "--all-day") };
	enum error error = read_time(invocation, "--starts", &announcement.starts_us);
	if (!error)
		error = read_time(invocation, "--ends", &announcement.ends_us);
	if (!error && announcement.ends_us && announcement.ends_us < announcement.starts_us)
		error = ctl_fail(ERROR_BAD_REQUEST, "it cannot end before it starts");
	if (!error)
		error = open_all(invocation);
	if (!error)
		error = render(invocation, str_from(invocation->arguments[0]), &announcement);
	if (error) {
		wake_stop();
		return error;
	}
	error = announcement_add(ctl_db(invocation), invocation->arena, &announcement);
	wake_stop();
	return error ? ctl_fail(error, "%s", error_text(error)) : say_id(announcement.id, "published");
}

static enum error run_remove(struct invocation *invocation)
{
	int64_t id;
	if (!str_to_int64(str_from(invocation->arguments[0]), &id))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no id; `comptoir announcement list` shows them", invocation->arguments[0]);
	enum error error = open_all(invocation);
	if (error)
		return error;
	error = announcement_remove(ctl_db(invocation), invocation->arena, id);
	wake_stop();
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no announcement %lld", (long long)id);
	return error ? ctl_fail(error, "%s", error_text(error)) : say_id(id, "removed");
}

static enum error run_list(struct invocation *invocation)
{
	struct announcement *announcements;
	size_t count;
	struct ctl_table table;
	struct json_out json;
	AUTO(buf) struct buf out = { 0 };
	enum error error = ctl_open_config(invocation);
	if (!error)
		error = ctl_open_database(invocation, true);
	if (error)
		return error;
	error = announcement_list(ctl_db(invocation), invocation->arena, 0, &announcements, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	ctl_table_init(&table, invocation->arena, 2);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		if (invocation->is_json) {
			json_out_object_begin(&json);
			json_out_key_id(&json, "id", announcements[i].id);
			json_out_key_str(&json, "text", announcements[i].text);
			json_out_object_end(&json);
			continue;
		}
		ctl_table_add(&table, arena_printf(invocation->arena, "%lld", (long long)announcements[i].id));
		ctl_table_add(&table, announcements[i].text);
	}
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

static const struct command_option add_options[] = {
	{ "--starts", "MOMENT", "When what it is about begins.", false },
	{ "--ends", "MOMENT", "When it ends; it is shown no more after that.", false },
	{ "--all-day", NULL, "The two moments are whole days.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_announcement_add = { "announcement", "add", "TEXT", 1, 1, 0, "Tell everyone here something",
	"Apps show it above the timelines.\n\n  comptoir announcement add \"We move on Sunday.\" --ends 2026-12-06T18:00:00Z",
	add_options, run_add };
const struct command command_announcement_remove = { "announcement", "remove", "ID", 1, 1, 0, "Take an announcement back", NULL,
	NULL, run_remove };
const struct command command_announcement_list = { "announcement", "list", NULL, 0, 0, COMMAND_HAS_JSON, "List the announcements",
	NULL, NULL, run_list };
