/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The only writer of ActivityPub JSON: structs in, documents with fixed contexts out. */
#ifndef COMPTOIR_FEDERATION_VOCAB_OUT_H
#define COMPTOIR_FEDERATION_VOCAB_OUT_H

#include "base/buf.h"
#include "storage/actor.h"

/* An actor as Mastodon and its peers read it: id, type, preferredUsername, name, summary, url, inbox, outbox,
 * followers, following, featured, endpoints.sharedInbox, publicKey, assertionMethod (FEP-521a), published,
 * manuallyApprovesFollowers, discoverable, indexable, attachment (PropertyValue), icon, image, webfinger
 * (FEP-2c59), generator.implements (FEP-844e). */
void vocab_write_actor(struct buf *out, struct arena *arena, const struct actor *actor);

/* A Tombstone for an actor that is gone (served with 410). */
void vocab_write_tombstone(struct buf *out, struct str id);

#endif
