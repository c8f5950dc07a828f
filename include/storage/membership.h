/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who belongs to an organisation, what each was granted, and what that allows at this moment. Nothing of it is kept in
 * memory: whoever acts asks each time. */
#ifndef COMPTOIR_STORAGE_MEMBERSHIP_H
#define COMPTOIR_STORAGE_MEMBERSHIP_H

#include "storage/db.h"
#include "storage/permission.h"

#define MEMBERSHIP_LIST_MAX 1000
#define GRANT_LIST_MAX 500

enum membership_state { MEMBERSHIP_INVITED, MEMBERSHIP_ACTIVE, MEMBERSHIP_SUSPENDED, MEMBERSHIP_LEFT, MEMBERSHIP_STATE_COUNT };
const char *membership_state_name(enum membership_state state);

struct membership {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	int64_t user_id;
	enum membership_state state;
	int64_t invited_by;   /* a membership; 0: the operator */
	struct str username;  /* these are read, not written */
	struct str domain;
	bool has_second_factor;
	int64_t created_us;
};

/* ERROR_CONFLICT when that user has one in that organisation, in whatever state. */
enum error membership_create(struct db *db, struct arena *arena, const struct membership *membership) MUST_CHECK;
/* Of whatever state. */
enum error membership_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	struct membership *ret_membership) MUST_CHECK;
enum error membership_find_by_user(struct db *db, struct arena *arena, int64_t organisation_id, int64_t user_id,
	struct membership *ret_membership) MUST_CHECK;
/* The oldest first, without those who left; the first MEMBERSHIP_LIST_MAX. */
enum error membership_list(struct db *db, struct arena *arena, int64_t organisation_id, struct membership **ret_memberships,
	size_t *ret_count) MUST_CHECK;
/* Who leaves keeps no grant. */
enum error membership_set_state(struct db *db, struct arena *arena, int64_t id, enum membership_state state) MUST_CHECK;

struct grant {
	int64_t id; /* id_new() */
	int64_t membership_id;
	int64_t role_id;        /* 0: the permission below */
	struct str permission;  /* data NULL: the role above */
	int64_t actor_id;       /* for this brand account only; 0: for all, and for the organisation itself */
	int64_t granted_by;     /* a membership; 0: the operator */
	int64_t expires_us;     /* 0: never */
	struct str role_name;   /* these are read, not written; data NULL for a permission */
	bool waits_for_second_factor; /* the role is asked of members with one only, and this one has none */
};

/* The same once more takes the new end. */
enum error grant_store(struct db *db, struct arena *arena, const struct grant *grant) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not of that membership. */
enum error grant_remove(struct db *db, struct arena *arena, int64_t membership_id, int64_t id) MUST_CHECK;
/* Of all members of the organisation, by membership and then by age; those that have ended as well. */
enum error grant_list(struct db *db, struct arena *arena, int64_t organisation_id, struct grant **ret_grants,
	size_t *ret_count) MUST_CHECK;

/* What a user is in an organisation at this moment. */
struct standing {
	int64_t membership_id;   /* 0 without active membership */
	int64_t organisation_id; /* 0 likewise */
	struct rights rights;
};
/* As a brand account: by active membership, grants that have not ended, and roles whose demand for a second factor is met.
 * Nothing when the actor is no brand account. */
enum error rights_find(struct db *db, struct arena *arena, int64_t user_id, int64_t actor_id, struct standing *ret_standing) MUST_CHECK;
/* With the organisation itself: grants for one account do not count. */
enum error rights_find_in_organisation(struct db *db, struct arena *arena, int64_t user_id, int64_t organisation_id,
	struct standing *ret_standing) MUST_CHECK;
/* How many active members have a permission in the whole organisation, for ever, whether or not their second factor is on.
 * Locks the organisation against changes of it until the transaction ends. */
enum error rights_count_holders(struct db *db, struct arena *arena, int64_t organisation_id, enum permission permission,
	int64_t *ret_count) MUST_CHECK;

/* A brand account that somebody may do anything with. */
struct voice {
	int64_t actor_id;
	struct str username;
	struct str domain;
	struct str display_name;
	struct str organisation_name;
};
#define VOICE_LIST_MAX 200
/* Those of a user, by organisation and age. */
enum error voice_list(struct db *db, struct arena *arena, int64_t user_id, struct voice **ret_voices, size_t *ret_count) MUST_CHECK;

#endif
