/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir-act CONFIG_PATH VERB ARGUMENTS...: lets local actors do things without a client API, for tests of federation.
 * It opens the database as the web role does, does one deed through server/action/, rings as the program would, and
 * writes one JSON object: {"error": "none", ...}. Exit code 0 unless the error is another. */
#ifndef COMPTOIR_TESTS_FED_ACT_H
#define COMPTOIR_TESTS_FED_ACT_H

#include "base/config.h"
#include "base/json_out.h"
#include "base/secret_box.h"
#include "federation/federation.h"
#include "storage/actor.h"
#include "storage/db.h"

struct act {
	struct arena *arena; /* of the whole run */
	struct config *config;
	struct secret_box *secret_box;
	struct db *db; /* DB_WEB, in no transaction */
	struct federation *federation; /* only after act_open_federation */
	int argument_count;
	const char *const *arguments; /* those after the verb */
	struct json_out *json; /* inside of the result's object: verbs add keys to it */
};

struct act_verb {
	const char *name;
	const char *arguments; /* for the usage text */
	int min_arguments, max_arguments;
	enum error (*run)(struct act *act);
};

/* Each ends with a name of NULL. */
extern const struct act_verb act_actor_verbs[]; /* act_actor.c */
extern const struct act_verb act_post_verbs[];  /* act_posts.c */

/* NAME (of the primary domain), NAME@DOMAIN with or without a leading @, or an id: in the database only. */
enum error act_find_actor(struct act *act, const char *text, struct actor *ret_actor) MUST_CHECK;
enum error act_find_local(struct act *act, const char *text, struct actor *ret_actor) MUST_CHECK;

/* The argument, or the empty string when it was not given. "-" stands for the empty string. */
struct str act_argument(const struct act *act, int index) MUST_CHECK;

/* For verbs that read documents of other servers. Stopped by main. */
enum error act_open_federation(struct act *act) MUST_CHECK;

#endif
