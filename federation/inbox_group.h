/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Activities that a group passes on in an Announce (FEP-1b12: Lemmy, PieFed, Mbin, NodeBB). */
#ifndef COMPTOIR_FEDERATION_INBOX_GROUP_H
#define COMPTOIR_FEDERATION_INBOX_GROUP_H

#include "federation/inbox_handler.h"

/* A group that somebody here follows is believed about people of its own origin; what it says about others is taken as
 * a pointer and read from theirs. Sets the outcome. */
enum error inbox_group_activity(struct inbox_context *context, const struct vocab_activity *inner);

#endif
