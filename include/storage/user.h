/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * People who log in. Each has one Person actor of their own; brand accounts have no user and no password. */
#ifndef COMPTOIR_STORAGE_USER_H
#define COMPTOIR_STORAGE_USER_H

#include "storage/db.h"

enum user_role { USER_MEMBER, USER_MODERATOR, USER_ADMINISTRATOR };

struct user {
	int64_t id;
	int64_t actor_id;
	struct str email;         /* as given; unique in lower case */
	struct str password_hash; /* PHC string of Argon2id */
	enum user_role role;
	bool is_confirmed;
	bool is_pending; /* somebody has to approve first */
	bool is_disabled;
	struct str locale; /* "en" or "fr" */
	int64_t created_us;
	struct str sign_up_reason; /* data NULL for none */
	int64_t invitation_id;     /* 0 for none */
	struct str totp_sealed;    /* second factor; data NULL when off; not written by user_create */
};

const char *user_role_name(enum user_role role);
bool user_role_from_name(struct str name, enum user_role *ret_role) MUST_CHECK;

/* In the caller's transaction. ERROR_CONFLICT when the address is taken. */
enum error user_create(struct db *db, struct arena *arena, const struct user *user) MUST_CHECK;
enum error user_find_by_actor(struct db *db, struct arena *arena, int64_t actor_id, struct user *ret_user) MUST_CHECK;
enum error user_find_by_email(struct db *db, struct arena *arena, struct str email, struct user *ret_user) MUST_CHECK;

enum error user_find_by_id(struct db *db, struct arena *arena, int64_t id, struct user *ret_user) MUST_CHECK;
/* By the handle of a local person on the primary domain, in any case, or an address. */
enum error user_find_by_login(struct db *db, struct arena *arena, struct str login, struct user *ret_user) MUST_CHECK;

/* Those who wait for approval and have confirmed their address, the longest waiting first. */
#define USER_WAITING_MAX 200
enum error user_list_waiting(struct db *db, struct arena *arena, struct user **ret_users, size_t *ret_count) MUST_CHECK;

/* email: the address that was confirmed; it becomes the user's. ERROR_CONFLICT when it is somebody else's meanwhile. */
enum error user_confirm(struct db *db, struct arena *arena, int64_t user_id, struct str email) MUST_CHECK;
/* Before it was confirmed: somebody mistyped their own. ERROR_CONFLICT when it is taken, ERROR_NOT_FOUND when the user's
 * address is confirmed. */
enum error user_change_unconfirmed_email(struct db *db, struct arena *arena, int64_t user_id, struct str email) MUST_CHECK;
/* ERROR_NOT_FOUND when the user does not wait. */
enum error user_approve(struct db *db, struct arena *arena, int64_t user_id) MUST_CHECK;

/* The same password by newer parameters: nothing ends. */
enum error user_set_rehashed(struct db *db, struct arena *arena, int64_t user_id, struct str password_hash) MUST_CHECK;

/* In the caller's transaction: also ends all sessions and tokens of the user. */
enum error user_set_password(struct db *db, struct arena *arena, int64_t user_id, struct str password_hash) MUST_CHECK;
enum error user_set_disabled(struct db *db, struct arena *arena, int64_t user_id, bool is_disabled) MUST_CHECK;

/* In the caller's transaction: whoever logs in as that actor, with all that they logged in by, and every token that
 * speaks for it. Fine when nobody does. */
enum error user_delete_by_actor(struct db *db, struct arena *arena, int64_t actor_id) MUST_CHECK;

#endif
