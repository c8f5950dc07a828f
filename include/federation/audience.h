/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * To whom: what stands in to and cc, and whose inboxes get it. The first is what everybody may read; the second never
 * goes beyond those who may see the thing (CHECKLIST G5). */
#ifndef COMPTOIR_FEDERATION_AUDIENCE_H
#define COMPTOIR_FEDERATION_AUDIENCE_H

#include "federation/vocab_out.h"
#include "storage/activity_out.h"

struct post_document;

struct audience {
	struct vocab_addresses addresses;
	struct activity_audience reach;
	bool is_public;        /* public or unlisted */
	bool is_for_followers; /* followers, and not public */
};

/* others: ids of actors who are named besides; those of them that are empty or named already are left out. */
struct vocab_addresses audience_address(struct arena *arena, enum post_visibility visibility, struct str followers_url,
	const struct str *others, size_t other_count) MUST_CHECK;

enum audience_purpose {
	AUDIENCE_CREATE,
	AUDIENCE_UPDATE, /* and those who had to do with it, while they may still see it */
	AUDIENCE_DELETE, /* and all who may hold it: a Tombstone tells nothing */
};
enum error audience_of_post(struct db *db, struct arena *arena, const struct post_document *document,
	enum audience_purpose purpose, struct audience *ret_audience) MUST_CHECK;

/* A boost goes to the followers of who boosts and to the post's author. */
void audience_of_boost(struct arena *arena, const struct actor *actor, enum post_visibility visibility,
	const struct post *post, struct audience *ret_audience);

/* One actor alone, nobody else's business; the personal inbox when is_personal. */
void audience_of_one(struct arena *arena, int64_t actor_id, struct str actor_uri, bool is_personal,
	struct audience *ret_audience);

/* Public, to the followers of an actor. */
void audience_of_followers(struct arena *arena, const struct actor *actor, struct audience *ret_audience);

#endif
