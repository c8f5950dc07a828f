/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The world of the tests of posts. */
#include "tests/db/post_world.h"

#include "base/config.h"
#include "storage/actor.h"
#include "storage/id.h"
#include "storage/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct db *web;
struct db *federation;
struct arena *arena;
struct domain domain;
static struct config *config;

void run_sql(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct str sql = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	assert_int_equal(db_begin(web), ERROR_NONE);
	assert_int_equal(db_run_script(web, "test", sql.data), ERROR_NONE);
	assert_int_equal(db_commit(web), ERROR_NONE);
}

int64_t sql_number(const char *format, ...)
{
	static int made;
	va_list arguments;
	va_start(arguments, format);
	struct str sql = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	*statement = (struct statement){ arena_printf(arena, "test_%d", made++).data, 0, sql.data };
	AUTO(db_rows) struct db_rows rows = { 0 };
	assert_int_equal(db_run(web, arena, statement, NULL, &rows), ERROR_NONE);
	return rows.count ? db_int64(&rows, 0, 0) : -1;
}

int64_t add_local(const char *name)
{
	struct actor_new actor = {
		.id = id_new(),
		.kind = ACTOR_PERSON,
		.domain_id = domain.id,
		.username = str_from(name),
		.display_name = STR_LITERAL("Someone"),
		.main_public_pem = STR_LITERAL("-----BEGIN PUBLIC KEY-----"),
		.main_private_sealed = STR_LITERAL("sealed"),
		.ed25519_public_bytes = STR_LITERAL("0123456789abcdef0123456789abcdef"),
		.ed25519_private_sealed = STR_LITERAL("sealed too"),
	};
	assert_int_equal(actor_create_local(web, arena, &actor), ERROR_NONE);
	return actor.id;
}

/* On a host of its own unless shared_inbox is given. */
int64_t add_remote_behind(const char *name, const char *shared_inbox)
{
	int64_t id = id_new();
	run_sql("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, shared_inbox_url, created_at,"
		" updated_at, fetched_at) values (%lld, 'Person', '%s', '%s', 'there.example', '" REMOTE "/users/%s', '" REMOTE
		"/@%s', '" REMOTE "/users/%s/inbox', %s%s%s, now(), now(), now())", (long long)id, name, name, name, name, name,
		shared_inbox ? "'" : "", shared_inbox ? shared_inbox : "null", shared_inbox ? "'" : "");
	return id;
}

int64_t add_remote(const char *name)
{
	return add_remote_behind(name, NULL);
}

void add_follow(int64_t follower_id, int64_t followed_id, enum follow_state state)
{
	struct follow follow = { .id = id_new(), .follower_id = follower_id, .followed_id = followed_id, .state = state };
	follow.uri = arena_printf(arena, REMOTE "/follows/%lld", (long long)follow.id);
	assert_int_equal(follow_create(web, arena, &follow), ERROR_NONE);
}

void add_block(int64_t blocker_id, int64_t blocked_id)
{
	int64_t id = id_new();
	run_sql("insert into blocks (id, blocker_id, blocked_id, uri) values (%lld, %lld, %lld, '" REMOTE "/blocks/%lld')",
		(long long)id, (long long)blocker_id, (long long)blocked_id, (long long)id);
}

int64_t add_post(int64_t actor_id, enum post_visibility visibility, int64_t in_reply_to_id)
{
	struct post_new post = {
		.id = id_new(),
		.actor_id = actor_id,
		.in_reply_to_id = in_reply_to_id,
		.visibility = visibility,
		.html = STR_LITERAL("<p>Bonjour</p>"),
		.text_source = STR_LITERAL("Bonjour"),
	};
	assert_int_equal(post_create(web, arena, &post), ERROR_NONE);
	return post.id;
}

struct post_remote remote_post(int64_t actor_id, const char *name)
{
	return (struct post_remote){
		.id = id_new(),
		.actor_id = actor_id,
		.uri = arena_printf(arena, REMOTE "/p/%s", name),
		.url = arena_printf(arena, REMOTE "/@/%s", name),
		.html = STR_LITERAL("<p>Hello</p>"),
		.created_us = 1700000000000000,
		.received_us = 1700000001000000,
	};
}

enum error store(const struct post_remote *post)
{
	assert_int_equal(db_begin(federation), ERROR_NONE);
	enum error error = post_create_remote(federation, arena, post);
	/* The transaction is usable whatever the verdict. */
	assert_int_equal(db_commit(federation), ERROR_NONE);
	return error;
}

int64_t store_new(struct post_remote post)
{
	assert_int_equal(store(&post), ERROR_NONE);
	return post.id;
}

/* Answers the post of that name, here or not. */
int64_t store_answer(int64_t actor_id, const char *name, const char *parent_name)
{
	struct post_remote post = remote_post(actor_id, name);
	post.in_reply_to_uri = arena_printf(arena, REMOTE "/p/%s", parent_name);
	return store_new(post);
}

struct post read_post(int64_t id)
{
	struct post post = { 0 };
	assert_int_equal(post_find_any(web, arena, id, &post), ERROR_NONE);
	return post;
}

void delete_post_of(int64_t id)
{
	assert_int_equal(db_begin(federation), ERROR_NONE);
	assert_int_equal(post_delete(federation, arena, id), ERROR_NONE);
	assert_int_equal(db_commit(federation), ERROR_NONE);
}

void assert_text(struct str text, const char *expected)
{
	assert_string_equal(text.data ? text.data : "(null)", expected);
}

int post_world_set_up(void **state)
{
	(void)state;
	const char *url = getenv("COMPTOIR_DATABASE_URL");
	if (!url)
		return -1;
	arena = arena_new(64 << 20);
	const char *setting = arena_printf(arena, "database.url=%s", url).data;
	char *message = NULL;
	if (config_load(NULL, &setting, 1, &config, &message))
		return -1;
	web = db_new(config, DB_WEB);
	federation = db_new(config, DB_FEDERATION);
	return domain_create(web, arena, STR_LITERAL("company.example"), STR_LITERAL("https://social.company.example"), &domain) ?
		-1 : 0;
}

int post_world_tear_down(void **state)
{
	(void)state;
	db_free(&web);
	db_free(&federation);
	config_free(&config);
	arena_free(&arena);
	return 0;
}
