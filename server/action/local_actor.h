/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What every new local actor needs, whoever it is: a name that may be given, and sealed keys. */
#ifndef COMPTOIR_SERVER_ACTION_LOCAL_ACTOR_H
#define COMPTOIR_SERVER_ACTION_LOCAL_ACTOR_H

#include "base/secret_box.h"
#include "storage/actor.h"

#define USERNAME_MAX_BYTES 30

/* Letters, digits and underscores of ASCII, with dots and hyphens inside, as Mastodon has it; 1 to
 * USERNAME_MAX_BYTES. */
bool username_is_valid(struct str username);

/* Names that people would take for the operator's word (any case); only staff may bear them. */
bool username_is_reserved(struct str username);

/* Makes the key pairs of actor->id and seals the private halves under it. Costs tens of milliseconds. */
enum error local_actor_make_keys(struct arena *arena, const struct secret_box *box, struct actor_new *actor) MUST_CHECK;

#endif
