/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Teams. Each deed: may the author, is it this organisation's, the write, the entry of the log. */
#include "server/action/team.h"

#include "server/action/deed.h"
#include "server/action/organisation.h"
#include "storage/id.h"

#include "base/mutant.h"

struct team_deed {
	int64_t organisation_id;
	const struct audit_author *author;
	int64_t team_id;
	int64_t membership_id;
	struct str name;
	struct str message;
};

static enum error note(struct db *db, struct arena *arena, const struct team_deed *deed, const char *action)
{
	const struct audit_entry entry = {
		.organisation_id = deed->organisation_id,
		.author = *deed->author,
		.action = str_from(action),
		.target = arena_printf(arena, "team:%lld", (long long)deed->team_id),
		.data = deed->membership_id ?
			arena_printf(arena, "{\"membership_id\":\"%lld\"}", (long long)deed->membership_id) : (struct str){ 0 },
	};
	return audit_write(db, arena, &entry);
}

static enum error run(struct db *db, struct arena *arena, enum error (*write)(struct db *db, struct arena *arena, void *owner),
	struct team_deed *deed, enum error repeated, struct str *ret_message)
{
	enum error error = deed_write(db, arena, write, deed, repeated);
	if (deed->message.data)
		*ret_message = deed->message;
	return error;
}

static enum error authorise(struct db *db, struct arena *arena, const struct team_deed *deed)
{
	return organisation_authorise(db, arena, deed->organisation_id, deed->author, PERMISSION_ORG_MEMBERS);
}

static enum error refuse_name(struct arena *arena, struct team_deed *deed, enum error error)
{
	if (error == ERROR_CONFLICT)
		deed->message = arena_printf(arena, "there is a team '%.*s' already", STR_ARG(deed->name));
	return error;
}

static bool check_name(struct arena *arena, struct str name, struct str *ret_message)
{
	if (name.len && name.len <= TEAM_NAME_MAX && str_is_utf8(name))
		return true;
	*ret_message = arena_printf(arena, "a team has a name of at most %d bytes", TEAM_NAME_MAX);
	return false;
}

static enum error write_founding(struct db *db, struct arena *arena, void *owner)
{
	struct team_deed *deed = owner;
	const struct team team = { .id = deed->team_id, .organisation_id = deed->organisation_id, .name = deed->name };
	enum error error = authorise(db, arena, deed);
	if (!error)
		error = refuse_name(arena, deed, team_create(db, arena, &team));
	return error ? error : note(db, arena, deed, "team.create");
}

enum error team_found(struct db *db, struct arena *arena, int64_t organisation_id, struct str name,
	const struct audit_author *author, int64_t *ret_team_id, struct str *ret_message)
{
	struct team_deed deed = { .organisation_id = organisation_id, .author = author, .team_id = id_new(), .name = name };
	if (!check_name(arena, name, ret_message))
		return ERROR_UNPROCESSABLE;
	enum error error = run(db, arena, write_founding, &deed, ERROR_CONFLICT, ret_message);
	if (!error)
		*ret_team_id = deed.team_id;
	return error;
}

static enum error write_name(struct db *db, struct arena *arena, void *owner)
{
	struct team_deed *deed = owner;
	enum error error = authorise(db, arena, deed);
	if (!error)
		error = refuse_name(arena, deed, team_rename(db, arena, deed->organisation_id, deed->team_id, deed->name));
	return error ? error : note(db, arena, deed, "team.rename");
}

enum error team_change_name(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id, struct str name,
	const struct audit_author *author, struct str *ret_message)
{
	struct team_deed deed = { .organisation_id = organisation_id, .author = author, .team_id = team_id, .name = name };
	if (!check_name(arena, name, ret_message))
		return ERROR_UNPROCESSABLE;
	return run(db, arena, write_name, &deed, ERROR_NONE, ret_message);
}

static enum error write_end(struct db *db, struct arena *arena, void *owner)
{
	struct team_deed *deed = owner;
	enum error error = authorise(db, arena, deed);
	if (!error)
		error = team_remove(db, arena, deed->organisation_id, deed->team_id);
	return error ? error : note(db, arena, deed, "team.remove");
}

enum error team_end(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id,
	const struct audit_author *author, struct str *ret_message)
{
	struct team_deed deed = { .organisation_id = organisation_id, .author = author, .team_id = team_id };
	return run(db, arena, write_end, &deed, ERROR_NOT_FOUND, ret_message);
}

/* An active member of the organisation, and a team of it. */
static enum error check_place(struct db *db, struct arena *arena, const struct team_deed *deed)
{
	struct team team;
	struct membership membership = { 0 };
	enum error error = membership_find(db, arena, deed->organisation_id, deed->membership_id, &membership);
	if (!error && membership.state != MEMBERSHIP_ACTIVE && !MUTANT("team_active_member"))
		error = ERROR_NOT_FOUND;
	if (!error)
		error = team_find(db, arena, deed->organisation_id, deed->team_id, &team);
	return error;
}

static enum error write_join(struct db *db, struct arena *arena, void *owner)
{
	struct team_deed *deed = owner;
	enum error error = authorise(db, arena, deed);
	if (!error)
		error = check_place(db, arena, deed);
	if (!error)
		error = team_add_member(db, arena, deed->team_id, deed->membership_id);
	return error ? error : note(db, arena, deed, "team.join");
}

enum error team_join(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id, int64_t membership_id,
	const struct audit_author *author, struct str *ret_message)
{
	struct team_deed deed = { .organisation_id = organisation_id, .author = author, .team_id = team_id,
		.membership_id = membership_id };
	return run(db, arena, write_join, &deed, ERROR_NONE, ret_message);
}

static enum error write_leave(struct db *db, struct arena *arena, void *owner)
{
	struct team_deed *deed = owner;
	bool is_own = deed->author->membership_id && deed->author->membership_id == deed->membership_id;
	enum error error = is_own ? ERROR_NONE : authorise(db, arena, deed);
	if (!error)
		error = check_place(db, arena, deed);
	if (!error)
		error = team_remove_member(db, arena, deed->team_id, deed->membership_id);
	return error ? error : note(db, arena, deed, "team.leave");
}

enum error team_leave(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id, int64_t membership_id,
	const struct audit_author *author, struct str *ret_message)
{
	struct team_deed deed = { .organisation_id = organisation_id, .author = author, .team_id = team_id,
		.membership_id = membership_id };
	return run(db, arena, write_leave, &deed, ERROR_NOT_FOUND, ret_message);
}
