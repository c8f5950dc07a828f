/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the tests of storage about actors are written with: a domain, local and remote actors, follows, posts, on a
 * migrated database: COMPTOIR_DATABASE_URL names it. What strangers cause is done with the rights of an inbox worker. */
#ifndef COMPTOIR_TESTS_DB_ACTOR_WORLD_H
#define COMPTOIR_TESTS_DB_ACTOR_WORLD_H

#include "storage/actor.h"
#include "storage/domain.h"
#include "storage/follow.h"
#include "storage/id.h"
#include "storage/post.h"
#include "storage/statement.h"
#include "base/clock.h"
#include "base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UNUSED __attribute__((unused))
#define BASE_URL "https://social.company.example"
#define BYTES_A STR_LITERAL("0123456789abcdef0123456789abcdef")
#define BYTES_B STR_LITERAL("ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP")

static struct config *config;
static struct db *db;         /* comptoir_web */
static struct db *inbox_db;   /* comptoir_federation */
static struct arena *arena;
static struct domain domain;

UNUSED __attribute__((format(printf, 1, 2))) static void execute(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct str sql = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(db_run_script(db, "test", sql.data), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
}

/* The first column of the first row, as text. */
UNUSED __attribute__((format(printf, 1, 2))) static const char *query(const char *format, ...)
{
	static int number;
	va_list arguments;
	va_start(arguments, format);
	struct str inner = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	*statement = (struct statement){ arena_printf(arena, "test_%d", number++).data, 0,
		arena_printf(arena, "select (%.*s)::text", STR_ARG(inner)).data };
	AUTO(db_rows) struct db_rows rows = { 0 };
	assert_int_equal(db_run(db, arena, statement, NULL, &rows), ERROR_NONE);
	struct str value = rows.count ? db_text(&rows, 0, 0) : STR_LITERAL("nothing");
	return value.data ? value.data : "null";
}

UNUSED static int64_t make_actor(const char *name)
{
	struct actor_new actor = {
		.id = id_new(),
		.kind = ACTOR_PERSON,
		.domain_id = domain.id,
		.username = str_from(name),
		.display_name = STR_LITERAL("Someone"),
		.main_public_pem = STR_LITERAL("-----BEGIN PUBLIC KEY-----"),
		.main_private_sealed = STR_LITERAL("sealed"),
		.ed25519_public_bytes = BYTES_A,
		.ed25519_private_sealed = STR_LITERAL("sealed too"),
	};
	assert_int_equal(actor_create_local(db, arena, &actor), ERROR_NONE);
	return actor.id;
}

UNUSED static struct actor_key_new *main_key(const char *name, const char *pem)
{
	struct actor_key_new *key = arena_alloc(arena, sizeof(*key));
	*key = (struct actor_key_new){ .uri = arena_printf(arena, "https://far.example/users/%s#main-key", name),
		.public_pem = str_from(pem) };
	return key;
}

UNUSED static struct actor_remote remote_actor(const char *name)
{
	struct str uri = arena_printf(arena, "https://far.example/users/%s", name);
	return (struct actor_remote){
		.kind = ACTOR_PERSON,
		.username = str_from(name),
		.domain = STR_LITERAL("far.example"),
		.is_handle_confirmed = true,
		.uri = uri,
		.url = arena_printf(arena, "https://far.example/@%s", name),
		.inbox_url = arena_printf(arena, "%.*s/inbox", STR_ARG(uri)),
		.display_name = STR_LITERAL("From afar"),
		.fields_json = STR_LITERAL("[]"),
		.fetched_us = clock_now_us(),
		.keys = main_key(name, "pem 1"),
		.key_count = 1,
	};
}

UNUSED static int64_t store(const struct actor_remote *actor)
{
	int64_t id = 0;
	bool is_new;
	assert_int_equal(actor_store_remote(inbox_db, arena, actor, &id, &is_new), ERROR_NONE);
	return id;
}

UNUSED static int64_t make_remote(const char *name)
{
	struct actor_remote actor = remote_actor(name);
	return store(&actor);
}

UNUSED static struct actor find_actor(int64_t id)
{
	struct actor actor = { 0 };
	assert_int_equal(actor_find_by_id(db, arena, id, &actor), ERROR_NONE);
	return actor;
}

UNUSED static struct follow make_follow(int64_t follower_id, int64_t followed_id, enum follow_state state)
{
	struct follow follow = { .id = id_new(), .follower_id = follower_id, .followed_id = followed_id, .state = state };
	follow.uri = arena_printf(arena, BASE_URL "/follows/%lld", (long long)follow.id);
	assert_int_equal(follow_create(inbox_db, arena, &follow), ERROR_NONE);
	return follow;
}

UNUSED static int64_t make_post(int64_t actor_id, int64_t in_reply_to_id)
{
	struct post_new post = { .id = id_new(), .actor_id = actor_id, .in_reply_to_id = in_reply_to_id,
		.visibility = POST_PUBLIC, .html = STR_LITERAL("<p>Bonjour</p>"), .text_source = STR_LITERAL("Bonjour") };
	assert_int_equal(post_create(db, arena, &post), ERROR_NONE);
	return post.id;
}

/* As it comes from another server; its counters by hand. */
UNUSED static int64_t make_remote_post(int64_t actor_id, int64_t in_reply_to_id)
{
	int64_t id = id_new();
	execute("insert into posts (id, actor_id, uri, url, in_reply_to_id, in_reply_to_actor_id, conversation_id, visibility,"
		" html, created_at) select %lld, %lld, 'https://far.example/p/%lld', 'https://far.example/p/%lld', nullif(%lld, 0),"
		" (select actor_id from posts where id = %lld), %lld, 'public', '<p>Salut</p>', now()",
		(long long)id, (long long)actor_id, (long long)id, (long long)id, (long long)in_reply_to_id,
		(long long)in_reply_to_id, (long long)id);
	execute("insert into actor_counts (actor_id, posts) values (%lld, 1)"
		" on conflict (actor_id) do update set posts = actor_counts.posts + 1", (long long)actor_id);
	if (in_reply_to_id)
		execute("insert into post_counts (post_id, replies) values (%lld, 1)"
			" on conflict (post_id) do update set replies = post_counts.replies + 1", (long long)in_reply_to_id);
	return id;
}

UNUSED static void assert_counts(int64_t actor_id, int64_t followers, int64_t following)
{
	struct actor actor = find_actor(actor_id);
	assert_int_equal(actor.followers_count, followers);
	assert_int_equal(actor.following_count, following);
}

static int set_up(void **state)
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
	db = db_new(config, DB_WEB);
	inbox_db = db_new(config, DB_FEDERATION);
	return domain_create(db, arena, STR_LITERAL("company.example"), STR_LITERAL(BASE_URL), &domain) ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	db_free(&db);
	db_free(&inbox_db);
	config_free(&config);
	arena_free(&arena);
	return 0;
}

#endif
