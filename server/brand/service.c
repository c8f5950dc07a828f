/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Deeds around the team inbox. */
#include "server/brand/service.h"

#include "server/action/deed.h"
#include "server/action/organisation.h"
#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"

#define NAME_MAX_CHARACTERS 100

struct deed_owner {
	const struct seat *seat;
	const struct service_deed *deed;
};

static enum error write_deed(struct db *db, struct arena *arena, void *owner)
{
	const struct deed_owner *doing = owner;
	enum error error = organisation_authorise(db, arena, doing->seat->organisation.id, &doing->seat->author, doing->deed->permission);
	return error ? error : doing->deed->write(db, arena, doing->deed->thing);
}

enum error service_refuse(struct request *request, struct str sentence)
{
	return problem(request, PROBLEM_BAD_VALUE, sentence);
}

enum error service_deed_run(struct request *request, const struct seat *seat, const struct service_deed *deed)
{
	struct deed_owner owner = { seat, deed };
	const struct deed_author author = {
		.organisation_id = seat->organisation.id,
		.author = seat->author,
		.action = str_from(deed->action),
		.target = arena_printf(request->arena, "%s:%lld", deed->kind, (long long)deed->id),
	};
	deed_begin(&author);
	enum error error = deed_write(request->db, request->arena, write_deed, &owner, ERROR_NONE);
	(void)deed_end();
	bool is_french = problem_language(request) == LANGUAGE_FRENCH;
	if (error == ERROR_GONE)
		return problem(request, PROBLEM_STALE_VERSION, (struct str){ 0 });
	if (error == ERROR_CONFLICT)
		return problem(request, PROBLEM_CONFLICT, is_french ? STR_LITERAL("Il y en a déjà une de ce nom.") :
			STR_LITERAL("There is one of that name already."));
	if (error == ERROR_CONTENT_TOO_LARGE)
		return service_refuse(request, is_french ? STR_LITERAL("Il y en a trop.") : STR_LITERAL("There are too many of them."));
	if (error == ERROR_UNPROCESSABLE)
		return service_refuse(request, is_french ? STR_LITERAL("Une valeur n’est pas possible.") :
			STR_LITERAL("A value is not possible."));
	if (error == ERROR_FORBIDDEN)
		return problem(request, PROBLEM_PERMISSION_MISSING, (struct str){ 0 });
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	return error;
}

enum error service_begin(struct request *request, const struct seat *seat, enum permission permission, int64_t id, int64_t *ret_version)
{
	*ret_version = 0;
	enum error error = seat_need(request, seat, permission);
	return error || !id ? error : operation_need_version(request, ret_version);
}

enum error service_read_name(struct request *request, struct str *ret_name)
{
	struct str name = str_trim(parameter_text(request, "name"));
	if (!name.len || !str_is_utf8(name) || str_count_characters(name) > NAME_MAX_CHARACTERS)
		return service_refuse(request, STR_LITERAL("name: 1 to 100 characters"));
	*ret_name = name;
	return ERROR_NONE;
}
