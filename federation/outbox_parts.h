/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the files of the outbox share: an activity with its audience becomes rows. */
#ifndef COMPTOIR_FEDERATION_OUTBOX_PARTS_H
#define COMPTOIR_FEDERATION_OUTBOX_PARTS_H

#include "federation/audience.h"
#include "federation/outbox.h"
#include "federation/post_document.h"

struct outbox_entry {
	const struct vocab_activity_out *activity; /* without addresses: those of the audience are taken */
	const struct audience *audience;
	int64_t actor_id;
	int64_t post_id;       /* 0 for none */
	struct str object_uri; /* what keeps it in order with others */
};
enum error outbox_insert(struct db *db, struct arena *arena, const struct outbox_entry *entry) MUST_CHECK;

/* By actor, for recipient alone. Nothing when recipient is local. */
enum error outbox_insert_for_one(struct db *db, struct arena *arena, const struct actor *actor,
	const struct vocab_activity_out *activity, const struct actor *recipient, struct str object_uri) MUST_CHECK;
enum error outbox_insert_for_author(struct db *db, struct arena *arena, const struct actor *actor,
	const struct vocab_activity_out *activity, const struct post *post, struct str object_uri) MUST_CHECK;

/* URI#name/ID, or URI/name/ID when there is a fragment already. */
struct str outbox_derived_uri(struct arena *arena, struct str uri, const char *name, int64_t id) MUST_CHECK;

/* The Undo of an activity, which is embedded. */
struct vocab_activity_out outbox_undo(struct arena *arena, const struct vocab_activity_out *activity) MUST_CHECK;

#endif
