/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A small world for tests of what accepted activities do: a migrated database, local and remote actors, and a worker's
 * step without network. COMPTOIR_DATABASE_URL names the database. */
#ifndef COMPTOIR_TESTS_INBOX_WORLD_H
#define COMPTOIR_TESTS_INBOX_WORLD_H

#include "federation/federation.h"
#include "federation/inbox_direct.h"
#include "federation/inbox_step.h"

#include "storage/actor.h"
#include "storage/db.h"
#include "storage/post.h"

#define OUR_BASE "https://social.company.example"

extern struct federation world_federation;
extern struct inbox_step world_step;
extern struct db *world_db; /* comptoir_web */
extern struct arena *world_arena;

/* For cmocka_run_group_tests. */
int world_set_up(void **state);
int world_tear_down(void **state);

/* In an arena that lasts; format as printf. */
const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* SQL, as the owner; query: the first column of the first row as text, "null" or "nothing". */
void execute(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *query(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A local actor /users/NAMEn of its own number; a remote one at https://HOST/users/NAMEn. */
struct actor make_local(const char *name, bool is_locked);
struct actor make_remote(const char *name, const char *host);
void store_remote(const char *uri, const char *host, const char *also_known_as);
struct actor find_actor(const char *uri);

/* Public posts; a remote one has the uri given. */
struct post make_local_post(const struct actor *author, enum post_visibility visibility);
struct post make_remote_post(const struct actor *author);

/* follows of a state, with the uri given. */
void make_follow(const struct actor *follower, const struct actor *followed, const char *uri, bool is_accepted);

/* A row of the inbox, as acceptance would insert it; with TEST_INBOX_DIRECTLY in the environment it is handled at once
 * where that can be. */
void deliver(const char *body);

/* As acceptance would hand it over: for inbox_direct_take. In an arena that lasts. */
struct inbox_answer *verified(const char *body);
struct inbox_direct world_direct(void);

/* A body: {"id", "type", "actor", "object": text or JSON, and whatever else, beginning with ","}. */
const char *activity(const char *id, const char *type, const char *actor, const char *object, const char *more);

/* Ids of the actor's that no other activity has. */
const char *id_of(const struct actor *actor, const char *what);

/* An activity of its own id. */
const char *say(const struct actor *actor, const char *type, const char *object);

/* A Follow as it is embedded in answers and Undos. */
const char *asked(const char *id, const struct actor *follower, const struct actor *followed);

const char *with_target(struct str url); /* for activity: ,"target":url */
const char *move_body(const struct actor *actor, const char *object, const char *to);
const char *note_to(const char *uri, const struct actor *author, const struct actor *to); /* public, mentions to */
void make_block(const struct actor *blocker, const struct actor *blocked, const char *uri);

/* Steps until nothing is due. */
void work(void);
void work_on_suspect(void);

/* "done", "dropped: REASON", "parked: URI", "waiting", "set_aside: ERROR". */
const char *outcome(const char *activity_uri);

/* deliver, work, outcome. */
const char *result_of(const char *body);

/* Everything that activities may change, as one hash. */
const char *fingerprint(void);

#endif
