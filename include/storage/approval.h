/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who must approve what, and who did. Whether a version is approved is asked of one function of the database, by every door
 * and by the gate of releases. */
#ifndef COMPTOIR_STORAGE_APPROVAL_H
#define COMPTOIR_STORAGE_APPROVAL_H

#include "storage/draft.h"
#include "storage/permission.h"

#define APPROVAL_MAX_STEPS 10

struct approval_step {
	int64_t number;          /* from 1, in order */
	struct str permission;   /* draft.approve or draft.approve_legal */
	int64_t minimum;         /* people */
	int64_t count;           /* of those who approved and count now; read, not written */
};

struct approval_policy {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	struct str name;
	int64_t position;          /* the lowest that fits counts */
	const int64_t *actor_ids;  /* none: all */
	size_t actor_count;
	const struct str *kinds;   /* post, edit, boost; none: all */
	size_t kind_count;
	const struct str *tags;    /* lower case, without "#"; one of them is enough; none: all */
	size_t tag_count;
	const struct str *languages;
	size_t language_count;
	int has_media, has_link;   /* 1, 0, or -1: either */
	bool binds_speakers;       /* also what holders of account.speak say */
	bool covers_replies;       /* also answers in the inbox */
	bool demands_alt_text;
	struct approval_step steps[APPROVAL_MAX_STEPS];
	size_t step_count;
};
/* The same id once more replaces it. In the caller's transaction. ERROR_CONFLICT when the name is taken. */
enum error approval_policy_store(struct db *db, struct arena *arena, const struct approval_policy *policy) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not of that organisation. */
enum error approval_policy_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;
/* By position; the first 200. */
enum error approval_policy_list(struct db *db, struct arena *arena, int64_t organisation_id,
	struct approval_policy **ret_policies, size_t *ret_count) MUST_CHECK;

/* What a policy looks at. */
struct approval_subject {
	int64_t actor_id;
	enum draft_kind kind;
	const struct str *tags; /* lower case */
	size_t tag_count;
	struct str language;    /* empty: unknown */
	bool has_media, has_link;
};
/* The first that fits; NULL for none. */
const struct approval_policy *approval_policy_choose(const struct approval_policy *policies, size_t count,
	const struct approval_subject *subject);

/* The steps of a draft in their order, with what counts of the version at this moment. */
enum error approval_steps_of(struct db *db, struct arena *arena, int64_t draft_id, int64_t version,
	struct approval_step **ret_steps, size_t *ret_count) MUST_CHECK;
enum error approval_is_complete(struct db *db, struct arena *arena, int64_t draft_id, int64_t version, bool *ret_is_complete) MUST_CHECK;

struct approval {
	int64_t draft_id;
	int64_t version;
	int64_t step;
	int64_t membership_id;
	int64_t user_id;
	bool is_rejection;
	struct str comment;
	int64_t decided_us;
};
/* ERROR_CONFLICT when that person decided on that version already. */
enum error approval_add(struct db *db, struct arena *arena, const struct approval *approval) MUST_CHECK;
/* Of all versions, the newest first; the first 500. */
enum error approval_list(struct db *db, struct arena *arena, int64_t draft_id, struct approval **ret_approvals, size_t *ret_count) MUST_CHECK;

#endif
