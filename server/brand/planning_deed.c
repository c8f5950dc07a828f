/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the deeds of planning have in common. */
#include "server/brand/planning_deed.h"

#include "server/action/deed.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"

#include "base/time_format.h"

enum error planning_deed(struct request *request, const struct seat *seat, const char *action, const char *kind, int64_t id,
	enum error (*write)(struct db *db, struct arena *arena, void *owner), void *owner, enum error repeated)
{
	const struct deed_author author = {
		.organisation_id = seat->organisation.id,
		.author = seat->author,
		.action = str_from(action),
		.target = arena_printf(request->arena, "%s:%lld", kind, (long long)id),
	};
	deed_begin(&author);
	enum error error = deed_write(request->db, request->arena, write, owner, repeated);
	(void)deed_end();
	if (error == ERROR_CONFLICT)
		return problem(request, PROBLEM_STALE_VERSION, (struct str){ 0 });
	return error;
}

enum error planning_refuse(struct request *request, const char *english, const char *french)
{
	return problem(request, PROBLEM_BAD_VALUE, str_from(problem_language(request) == LANGUAGE_FRENCH ? french : english));
}

enum error planning_read_time(struct request *request, const char *name, int64_t *time_us)
{
	struct str text = parameter_text(request, name);
	if (!text.data)
		return ERROR_NONE;
	if (!text.len) {
		*time_us = 0;
		return ERROR_NONE;
	}
	if (!time_parse_rfc3339(text, time_us))
		return planning_refuse(request, "That is no time as 2026-03-29T09:00:00Z.", "Ce n’est pas une heure comme 2026-03-29T09:00:00Z.");
	return ERROR_NONE;
}

enum error planning_read_text(struct request *request, const char *name, size_t maximum, struct str *text)
{
	struct str value = parameter_text(request, name);
	if (!value.data)
		return ERROR_NONE;
	value = str_trim(value);
	if (!str_is_utf8(value) || str_count_characters(value) > maximum)
		return planning_refuse(request, "A text is too long.", "Un texte est trop long.");
	*text = value;
	return ERROR_NONE;
}

void planning_write_time(struct json_out *json, const char *key, int64_t time_us)
{
	if (time_us)
		json_out_key_time_ms(json, key, time_us);
	else
		json_out_key_null(json, key);
}

void planning_write_id(struct json_out *json, const char *key, int64_t id)
{
	if (id)
		json_out_key_id(json, key, id);
	else
		json_out_key_null(json, key);
}

void planning_write_text(struct json_out *json, const char *key, struct str text)
{
	if (text.len)
		json_out_key_str(json, key, text);
	else
		json_out_key_null(json, key);
}
