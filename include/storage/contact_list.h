/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lists: groups of people whom their owner follows, with a timeline of their own (post lists and home.h read them). Every
 * function takes the owner, so that nobody reaches another's list. */
#ifndef COMPTOIR_STORAGE_CONTACT_LIST_H
#define COMPTOIR_STORAGE_CONTACT_LIST_H

#include "storage/db.h"
#include "storage/id_page.h"

enum replies_policy {
	REPLIES_TO_FOLLOWED, /* to anyone whom the owner follows */
	REPLIES_TO_LIST,     /* to those on the list */
	REPLIES_TO_NOBODY,
};

struct contact_list {
	int64_t id; /* id_new() */
	int64_t owner_id;
	struct str title;
	enum replies_policy replies;
	bool is_exclusive; /* those on it are not in the home timeline */
};

#define CONTACT_LIST_TITLE_MAX_CHARACTERS 255
#define CONTACT_LIST_MAX 100 /* of one actor; Mastodon has 50 */

/* "followed", "list", "none": the words of the Mastodon API. */
const char *replies_policy_name(enum replies_policy policy);
bool replies_policy_from_name(struct str name, enum replies_policy *ret_policy) MUST_CHECK;

/* Alone or in the caller's transaction. ERROR_UNPROCESSABLE above CONTACT_LIST_MAX. */
enum error contact_list_create(struct db *db, struct arena *arena, const struct contact_list *list) MUST_CHECK;
/* ERROR_NOT_FOUND when the owner has no such list; so do the others. */
enum error contact_list_update(struct db *db, struct arena *arena, const struct contact_list *list) MUST_CHECK;
enum error contact_list_delete(struct db *db, struct arena *arena, int64_t owner_id, int64_t list_id) MUST_CHECK;
enum error contact_list_find(struct db *db, struct arena *arena, int64_t owner_id, int64_t list_id,
	struct contact_list *ret_list) MUST_CHECK;
/* All of them, oldest first; with member_id only those that it is on. */
enum error contact_list_list(struct db *db, struct arena *arena, int64_t owner_id, int64_t member_id,
	struct contact_list **ret_lists, size_t *ret_count) MUST_CHECK;

#define CONTACT_LIST_CHANGE_MAX 1000

/* ERROR_NOT_FOUND when one of them is neither followed nor asked by the owner, nor the owner; ERROR_CONFLICT when one is
 * on the list already. Nothing is changed then. */
enum error contact_list_add_members(struct db *db, struct arena *arena, int64_t owner_id, int64_t list_id,
	const int64_t *actor_ids, size_t count) MUST_CHECK;
/* Those that are not on it are passed over. */
enum error contact_list_remove_members(struct db *db, struct arena *arena, int64_t owner_id, int64_t list_id,
	const int64_t *actor_ids, size_t count) MUST_CHECK;

struct contact_list_member {
	int64_t id; /* pages go by it */
	int64_t actor_id;
};
/* Newest first. Of a list that is the owner's: look it up before. */
enum error contact_list_members(struct db *db, struct arena *arena, int64_t list_id, const struct id_page *page,
	struct contact_list_member **ret_members, size_t *ret_count) MUST_CHECK;

#endif
