/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is to be said by brand accounts: drafts, their versions, and how far they got. States change along the printed edges
 * only, which the database holds to as well:
 *
 *   draft > in_review > approved > scheduled > publishing > published
 *   in_review > changes_requested > draft      publishing > failed > scheduled
 *   all but publishing and published > withdrawn
 *   a new version of one in review, approved or scheduled goes to in_review, or to draft */
#ifndef COMPTOIR_STORAGE_DRAFT_H
#define COMPTOIR_STORAGE_DRAFT_H

#include "storage/db.h"
#include "storage/id_page.h"

enum draft_state {
	DRAFT_DRAFT, DRAFT_IN_REVIEW, DRAFT_CHANGES_REQUESTED, DRAFT_APPROVED, DRAFT_SCHEDULED, DRAFT_PUBLISHING,
	DRAFT_PUBLISHED, DRAFT_FAILED, DRAFT_WITHDRAWN,
	DRAFT_STATE_COUNT
};
const char *draft_state_name(enum draft_state state);
bool draft_state_from_name(struct str name, enum draft_state *ret_state) MUST_CHECK;

enum draft_kind { DRAFT_POST, DRAFT_EDIT, DRAFT_BOOST };
const char *draft_kind_name(enum draft_kind kind);
bool draft_kind_from_name(struct str name, enum draft_kind *ret_kind) MUST_CHECK;

struct draft {
	int64_t id;               /* id_new() */
	int64_t organisation_id;
	int64_t number;           /* counted within the organisation, for people */
	int64_t actor_id;         /* the brand account */
	enum draft_kind kind;
	enum draft_state state;
	int64_t version;          /* the current one */
	int64_t lock_version;     /* grows with every change */
	int64_t author_id;        /* the membership of who began it */
	int64_t author_user_id;
	int64_t policy_id;        /* 0: the one approval that counts without */
	int64_t post_id;          /* of a post: what it became, 0 until then; of an edit or a boost: whose */
	int64_t ticket_id;        /* 0 for none */
	int64_t campaign_id;      /* 0 for none */
	int64_t application_id;   /* 0 for none */
	int64_t scheduled_us;     /* 0: not scheduled */
	int64_t scheduled_by;     /* the membership whose right it is published by; 0 with the line above */
	int64_t scheduled_user_id;
	int64_t embargo_us;       /* not before; 0 for none */
	int64_t expires_us;       /* not after; 0 for none */
	struct str idempotency_key; /* data NULL for none */
	struct str failure;       /* why publishing failed; data NULL for none */
	int64_t created_us, changed_us;
};

struct draft_version {
	int64_t draft_id;
	int64_t version;
	int64_t author_id;
	int64_t author_user_id;
	struct str payload;       /* canonical JSON (server/action/post_request.h): approvals count for these bytes */
	struct str sha256;        /* of them; read, not written */
	const int64_t *media_ids;
	size_t media_count;
	int64_t created_us;
};

/* With its first version; number, version and times are given by the database. In the caller's transaction. ERROR_CONFLICT
 * when that user gave that idempotency key to that account before. */
enum error draft_insert(struct db *db, struct arena *arena, const struct draft *draft, const struct draft_version *version) MUST_CHECK;
/* What a key gave before. ERROR_NOT_FOUND. */
enum error draft_find_by_key(struct db *db, struct arena *arena, int64_t actor_id, int64_t user_id, struct str key,
	struct draft *ret_draft) MUST_CHECK;
/* ERROR_NOT_FOUND when it is not of that organisation (0: of any). */
enum error draft_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct draft *ret_draft) MUST_CHECK;
/* By what people quote. ERROR_NOT_FOUND. */
enum error draft_find_by_number(struct db *db, struct arena *arena, int64_t organisation_id, int64_t number,
	struct draft *ret_draft) MUST_CHECK;
/* The same as draft_find, and nobody else changes it until the transaction ends. */
enum error draft_lock(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct draft *ret_draft) MUST_CHECK;
/* The draft that a post was published from, or changed by last. ERROR_NOT_FOUND. */
enum error draft_find_by_post(struct db *db, struct arena *arena, int64_t post_id, struct draft *ret_draft) MUST_CHECK;

struct draft_filter {
	const int64_t *actor_ids;
	size_t actor_count;
	enum draft_state state; /* DRAFT_STATE_COUNT: all */
	int64_t author_id;      /* a membership; 0: all */
	int64_t from_us, until_us; /* of scheduled_us; 0 and 0: all */
	struct str text;        /* in the payload of the current version, whatever the case; empty: all */
	bool only_waiting_posts; /* posts that have a time and are neither published nor withdrawn */
};
/* Newest first. */
enum error draft_list(struct db *db, struct arena *arena, const struct draft_filter *filter, const struct id_page *page,
	struct draft **ret_drafts, size_t *ret_count) MUST_CHECK;

/* Along an edge; ERROR_CONFLICT when it is in another state than from. */
enum error draft_go(struct db *db, struct arena *arena, int64_t id, enum draft_state from, enum draft_state to) MUST_CHECK;
/* The last edge; post_id: what a post became. ERROR_CONFLICT likewise. */
enum error draft_note_published(struct db *db, struct arena *arena, int64_t id, int64_t post_id) MUST_CHECK;
/* Another version becomes the current one, and the draft goes to a state: draft or in_review. policy_id: what fits it now. */
enum error draft_add_version(struct db *db, struct arena *arena, const struct draft *draft, const struct draft_version *version,
	enum draft_state state, int64_t policy_id) MUST_CHECK;
/* When, and by whose right; 0, 0 and 0: not any more. */
enum error draft_set_time(struct db *db, struct arena *arena, int64_t id, int64_t scheduled_us, int64_t membership_id,
	int64_t user_id) MUST_CHECK;
enum error draft_set_limits(struct db *db, struct arena *arena, int64_t id, int64_t embargo_us, int64_t expires_us,
	int64_t campaign_id) MUST_CHECK;
enum error draft_set_failure(struct db *db, struct arena *arena, int64_t id, struct str failure) MUST_CHECK;

/* ERROR_NOT_FOUND. */
enum error draft_version_find(struct db *db, struct arena *arena, int64_t draft_id, int64_t version,
	struct draft_version *ret_version) MUST_CHECK;
/* The newest first; the first 200. */
enum error draft_version_list(struct db *db, struct arena *arena, int64_t draft_id, struct draft_version **ret_versions,
	size_t *ret_count) MUST_CHECK;
/* Whether a file is part of a version that was submitted and is neither published nor withdrawn: it cannot be changed. */
enum error draft_holds_medium(struct db *db, struct arena *arena, int64_t medium_id, bool *ret_is_held) MUST_CHECK;

struct draft_comment {
	int64_t id; /* id_new() */
	int64_t draft_id;
	int64_t version;
	int64_t membership_id; /* 0: the program, whose body is one word that says what it is about */
	int64_t user_id;
	struct str body;
	int64_t created_us;
};
enum error draft_comment_add(struct db *db, struct arena *arena, const struct draft_comment *comment) MUST_CHECK;
/* The oldest first; the first 500. */
enum error draft_comment_list(struct db *db, struct arena *arena, int64_t draft_id, struct draft_comment **ret_comments,
	size_t *ret_count) MUST_CHECK;

#endif
