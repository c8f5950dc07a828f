/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the tests of posts are written with: two connections, a domain of ours, and actors and posts of both kinds. Each
 * helper fails the running case when it cannot do its work. */
#ifndef COMPTOIR_TESTS_DB_POST_WORLD_H
#define COMPTOIR_TESTS_DB_POST_WORLD_H

#include "storage/domain.h"
#include "storage/follow.h"
#include "storage/post.h"

#define REMOTE "https://there.example"
#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

extern struct db *web;
extern struct db *federation; /* as inbox workers have it */
extern struct arena *arena;   /* of the whole program */
extern struct domain domain;

/* For cmocka_run_group_tests; COMPTOIR_DATABASE_URL names the database. */
int post_world_set_up(void **state);
int post_world_tear_down(void **state);

void run_sql(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The first column of the first row; -1 for no row. */
int64_t sql_number(const char *format, ...) __attribute__((format(printf, 1, 2)));

int64_t add_local(const char *name);
int64_t add_remote(const char *name);
int64_t add_remote_behind(const char *name, const char *shared_inbox); /* NULL: has none */
void add_follow(int64_t follower_id, int64_t followed_id, enum follow_state state);
void add_block(int64_t blocker_id, int64_t blocked_id);
int64_t add_post(int64_t actor_id, enum post_visibility visibility, int64_t in_reply_to_id);

/* Its uri is REMOTE "/p/" name. */
struct post_remote remote_post(int64_t actor_id, const char *name);
/* In a transaction of its own, which commits whatever the verdict. */
enum error store(const struct post_remote *post);
int64_t store_new(struct post_remote post);
/* Answers the post of that name, here or not. */
int64_t store_answer(int64_t actor_id, const char *name, const char *parent_name);

struct post read_post(int64_t id);
void delete_post_of(int64_t id);
void assert_text(struct str text, const char *expected);

#endif
