/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How a post of a brand account came to be said: who wrote it, who approved which version at which step, who pressed, and on
 * what ground. For people of its organisation and the operator: the public never sees who they are. It stays when the post is
 * gone. */
#ifndef COMPTOIR_SERVER_ACTION_PROVENANCE_H
#define COMPTOIR_SERVER_ACTION_PROVENANCE_H

#include "storage/approval.h"
#include "storage/audit.h"
#include "storage/release.h"

#include "base/json_out.h"

/* What it is about, for a look at rights before the rest is read. ERROR_NOT_FOUND when no brand account of ours said it. */
struct provenance_subject {
	int64_t post_id;
	int64_t actor_id;
	int64_t organisation_id;
};
enum error provenance_find_subject(struct db *db, struct arena *arena, int64_t post_id, struct provenance_subject *ret_subject) MUST_CHECK;

struct provenance_person {
	int64_t membership_id; /* 0: the operator, or nobody that is known */
	struct str username;   /* data NULL when there is no such member any more */
};

struct provenance_approval {
	struct provenance_person person;
	int64_t version;
	int64_t step;
	bool is_rejection;
	int64_t decided_us;
};

/* Of the post, or of one of its edits or boosts. */
struct provenance_step {
	struct release release;
	bool has_draft;
	struct draft draft;
	struct provenance_person pressed_by;
	struct provenance_person *writers; /* each once, the first first */
	size_t writer_count;
	struct provenance_approval *approvals; /* of the version that was said */
	size_t approval_count;
};

struct provenance_act {
	struct audit_record record;
	struct provenance_person person;
};

struct provenance {
	struct provenance_subject subject;
	struct provenance_step *steps; /* newest first */
	size_t step_count;
	struct provenance_act *acts; /* of the log, about this post: newest first */
	size_t act_count;
};
enum error provenance_find(struct db *db, struct arena *arena, const struct provenance_subject *subject,
	struct provenance *ret_provenance) MUST_CHECK;

/* post, edit or boost; NULL when that was not kept yet. */
const char *provenance_kind(const struct provenance_step *step);

/* The same form at every door. */
void provenance_write(struct json_out *json, const struct provenance *provenance);

#endif
