/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Teams of an organisation's members: whom conversations are given to. */
#ifndef COMPTOIR_STORAGE_TEAM_H
#define COMPTOIR_STORAGE_TEAM_H

#include "storage/db.h"

#define TEAM_NAME_MAX 60
#define TEAM_LIST_MAX 200

struct team {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	struct str name;
	int64_t created_us; /* read, not written */
};

/* ERROR_CONFLICT when the organisation has one of that name. */
enum error team_create(struct db *db, struct arena *arena, const struct team *team) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not of that organisation; so the others. */
enum error team_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct team *ret_team) MUST_CHECK;
/* ERROR_NOT_FOUND. */
enum error team_find_by_name(struct db *db, struct arena *arena, int64_t organisation_id, struct str name,
	struct team *ret_team) MUST_CHECK;
/* By name; the first TEAM_LIST_MAX. */
enum error team_list(struct db *db, struct arena *arena, int64_t organisation_id, struct team **ret_teams, size_t *ret_count) MUST_CHECK;
/* ERROR_CONFLICT when the name is taken. */
enum error team_rename(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct str name) MUST_CHECK;
enum error team_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;

/* Twice is fine. The caller has looked whose team and whose membership it is. */
enum error team_add_member(struct db *db, struct arena *arena, int64_t team_id, int64_t membership_id) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not in it. */
enum error team_remove_member(struct db *db, struct arena *arena, int64_t team_id, int64_t membership_id) MUST_CHECK;

struct team_place {
	int64_t team_id;
	int64_t membership_id;
};
#define TEAM_PLACE_MAX 5000
/* Of all teams of the organisation, by team; active members only. */
enum error team_list_places(struct db *db, struct arena *arena, int64_t organisation_id, struct team_place **ret_places,
	size_t *ret_count) MUST_CHECK;

#endif
