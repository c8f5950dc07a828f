/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * WebFinger (RFC 7033): what a resource names, whom of ours it means, and the document about them. */
#ifndef COMPTOIR_FEDERATION_WEBFINGER_H
#define COMPTOIR_FEDERATION_WEBFINGER_H

#include "base/buf.h"
#include "storage/actor.h"

enum webfinger_kind {
	WEBFINGER_HANDLE,   /* username at a domain, in any of its spellings */
	WEBFINGER_INSTANCE, /* the instance actor: a base URL (FEP-d556) or BASE/actor */
};

struct webfinger_resource {
	enum webfinger_kind kind;
	struct str username; /* lower case; empty for WEBFINGER_INSTANCE */
	struct str domain;   /* canonical, with a port that is not the default */
	struct str origin;   /* of a URL: "https://host"; data NULL for a handle */
};

/* Reads acct:user@domain, @user@domain, user@domain, the URL of an actor or of a profile page, or a base URL,
 * without asking anyone. ERROR_BAD_REQUEST for anything that is none of these in form; ERROR_NOT_FOUND for a
 * URL that can name no actor of ours. resource is decoded text. */
enum error webfinger_parse(struct arena *arena, struct str resource, struct webfinger_resource *ret_resource) MUST_CHECK;

/* Finds the local actor that a resource names, on any of our domains. ERROR_NOT_FOUND for none of ours.
 * Suspended ones are found. */
enum error webfinger_find(struct db *db, struct arena *arena, const struct webfinger_resource *resource,
	struct actor *ret_actor) MUST_CHECK;

/* The JRD: subject, aliases, links (profile-page, self twice, subscribe template, FEP-3b86, avatar). rels: only
 * the links with these relations (RFC 7033 4.3), all when rel_count is 0. */
void webfinger_write(struct buf *out, struct arena *arena, const struct actor *actor, const struct str *rels, size_t rel_count);

#endif
