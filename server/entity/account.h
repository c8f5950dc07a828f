/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Actors as Mastodon's entity Account. Loaded in one go for all that an answer needs, then written in any order. A
 * suspended actor is written stripped, with suspended: true; a deleted one is not there. */
#ifndef COMPTOIR_SERVER_ENTITY_ACCOUNT_H
#define COMPTOIR_SERVER_ENTITY_ACCOUNT_H

#include "server/entity/reader.h"
#include "storage/actor.h"

struct account_set;

/* Those of the ids that are here, each once, whatever their number; moved accounts come with the one they moved to. */
enum error account_set_load(const struct reader *reader, const int64_t *actor_ids, size_t count,
	struct account_set **ret_set) MUST_CHECK;
/* Of those that were looked at already, in any number; moved accounts as above. */
struct actor_glance;
enum error account_set_load_seen(const struct reader *reader, const struct actor_glance *glances, size_t count,
	struct account_set **ret_set) MUST_CHECK;
bool account_set_has(const struct account_set *set, int64_t actor_id);
/* NULL when it is not there. */
const struct actor *account_set_actor(const struct account_set *set, int64_t actor_id);

/* One Account; the id must be there. */
void account_set_write(const struct account_set *set, struct json_out *json, int64_t actor_id);
/* The members of an Account without the braces, for entities that add to it (CredentialAccount, MutedAccount). */
void account_set_write_members(const struct account_set *set, struct json_out *json, int64_t actor_id);
/* Notes what they are made of, and as they are written, where they hold numbers (page_cache.h). */
struct page_parts;
void account_set_note(struct account_set *set, struct page_parts *parts);
/* Those members of an Account that are numbers. */
void account_numbers_write(struct buf *out, const struct actor_glance *glance);
/* An array of those that are there, in the order of the ids. */
void account_set_write_array(const struct account_set *set, struct json_out *json, const int64_t *actor_ids, size_t count);

/* name for local actors, name@domain for others. */
struct str account_acct(struct arena *arena, const struct actor *actor) MUST_CHECK;
/* Absolute URLs under our own names: the picture (through our copy when it is remote), or the default one. */
struct str account_avatar_url(const struct reader *reader, const struct actor *actor) MUST_CHECK;
struct str account_header_url(const struct reader *reader, const struct actor *actor) MUST_CHECK;

/* Loads and answers one: 404 when it is not there. */
enum error account_respond(struct request *request, int64_t actor_id) MUST_CHECK;
/* Loads and answers an array in the order of the ids, those that are there. */
enum error account_respond_array(struct request *request, const int64_t *actor_ids, size_t count) MUST_CHECK;

#endif
