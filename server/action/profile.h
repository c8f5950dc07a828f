/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What local actors tell of themselves. Each function is a transaction of its own (db must not be in one) and sends
 * the actor's new document to its followers. A caller with an app forgets the cached documents afterwards. */
#ifndef COMPTOIR_SERVER_ACTION_PROFILE_H
#define COMPTOIR_SERVER_ACTION_PROFILE_H

#include "storage/actor.h"

#define PROFILE_MAX_DISPLAY_NAME_CHARACTERS 100
#define PROFILE_MAX_BIO_CHARACTERS 2000
#define PROFILE_MAX_FIELDS 8
#define PROFILE_MAX_ALT_CHARACTERS 1500
#define PROFILE_MAX_FIELD_CHARACTERS 255 /* of a name or a value */

struct profile_field {
	struct str name;
	struct str value; /* a link when it is an http URL and nothing else */
};

/* Texts are plain, as people type them. Pointers that are NULL leave the value. */
struct profile_change {
	const struct str *display_name;
	const struct str *bio;
	const struct profile_field *fields; /* with replaces_fields; those without name are left out */
	size_t field_count;
	bool replaces_fields;
	const bool *is_locked, *is_discoverable, *is_indexable, *hides_collections;
	const bool *is_bot; /* Service instead of Person; for those two kinds only */
	const struct str *avatar_alt, *header_alt; /* what the pictures show */
	const bool *shows_media, *shows_media_replies, *shows_featured;
	const struct str *attribution_domains; /* with replaces_attribution_domains; empty ones are left out */
	size_t attribution_domain_count;
	bool replaces_attribution_domains;
	bool removes_avatar, removes_header;
};

/* What an app or a page tells the user. Static. */
struct profile_fault {
	const char *field; /* by the name that Mastodon's API gives it */
	struct str sentence;
};

/* Links in fields are verified later, by a job (verify_links). ERROR_FORBIDDEN when the actor may not act;
 * ERROR_UNPROCESSABLE with what is wrong. */
enum error profile_update(struct db *db, struct arena *arena, int64_t actor_id, const struct profile_change *change,
	struct profile_fault *ret_fault) MUST_CHECK;

/* The ids under which the actor is known elsewhere (alsoKnownAs): what one moves here from. Adding twice is fine.
 * ERROR_UNPROCESSABLE when it is no http URL, is its own, or when there are ACTOR_ALSO_KNOWN_AS_MAX; ERROR_NOT_FOUND
 * for removing what is not there. */
enum error profile_add_alias(struct db *db, struct arena *arena, int64_t actor_id, struct str uri) MUST_CHECK;
enum error profile_remove_alias(struct db *db, struct arena *arena, int64_t actor_id, struct str uri) MUST_CHECK;

/* The items of also_known_as_json. */
size_t profile_list_aliases(struct arena *arena, const struct actor *actor, const struct str **ret_uris);

#endif
