/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The world of remote_post_test.c, remote_edit_test.c and inbox_post_test.c: a server at social.company.example with a database
 * (COMPTOIR_DATABASE_URL), its people, actors elsewhere, and what their servers send, handled as the inbox workers do, by
 * a connection of their role. */
#ifndef COMPTOIR_TESTS_DB_REMOTE_WORLD_H
#define COMPTOIR_TESTS_DB_REMOTE_WORLD_H

#include "federation/federation.h"
#include "federation/inbox_handler.h"
#include "federation/policy.h"
#include "federation/remote_post.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/json_in.h"
#include "storage/actor.h"
#include "storage/domain.h"
#include "storage/follow.h"
#include "storage/id.h"
#include "storage/poll.h"
#include "storage/post.h"
#include "storage/statement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BASE_URL "https://social.company.example"
#define ELSEWHERE "https://peer.example"
#define PUBLIC "https://www.w3.org/ns/activitystreams#Public"
#define NOW_US INT64_C(1795348800000000) /* 2026-11-22T12:00:00Z */
#define DAY_US INT64_C(86400000000)

static struct config *config;
static struct db *owner_db; /* of the test */
static struct db *db;       /* of an inbox worker */
static struct arena *arena;
static struct domain domain;
static struct federation federation;

__attribute__((unused)) static int64_t make_local(const char *name)
{
	struct actor_new actor = {
		.id = id_new(),
		.kind = ACTOR_PERSON,
		.domain_id = domain.id,
		.username = str_from(name),
		.display_name = str_from(name),
		.main_public_pem = STR_LITERAL("-----BEGIN PUBLIC KEY-----"),
		.main_private_sealed = STR_LITERAL("sealed"),
		.ed25519_public_bytes = STR_LITERAL("0123456789abcdef0123456789abcdef"),
		.ed25519_private_sealed = STR_LITERAL("sealed too"),
	};
	assert_int_equal(actor_create_local(owner_db, arena, &actor), ERROR_NONE);
	return actor.id;
}

/* Its followers are at URI/followers. Twice is the same one. */
static int64_t make_remote_of_kind(struct str uri, enum actor_kind kind)
{
	static unsigned number;
	bool is_new;
	struct actor known;
	struct actor_remote actor = {
		.kind = kind,
		.username = arena_printf(arena, "someone%u", ++number),
		.domain = STR_LITERAL("peer.example"),
		.uri = uri,
		.url = uri,
		.inbox_url = arena_printf(arena, "%.*s/inbox", STR_ARG(uri)),
		.followers_url = arena_printf(arena, "%.*s/followers", STR_ARG(uri)),
		.display_name = STR_LITERAL("Someone"),
		.summary_html = STR_LITERAL(""),
		.fields_json = STR_LITERAL("[]"),
		.fetched_us = NOW_US,
	};
	int64_t id = 0;
	if (actor_find_by_uri(owner_db, arena, uri, &known) == ERROR_NONE)
		return known.id;
	assert_int_equal(actor_store_remote(owner_db, arena, &actor, &id, &is_new), ERROR_NONE);
	return id;
}

__attribute__((unused)) static int64_t make_remote(const char *uri)
{
	return make_remote_of_kind(str_from(uri), ACTOR_PERSON);
}

__attribute__((unused)) static void make_follow(int64_t follower_id, int64_t followed_id)
{
	struct follow follow = { .id = id_new(), .follower_id = follower_id, .followed_id = followed_id, .state = FOLLOW_ACCEPTED };
	follow.uri = arena_printf(arena, BASE_URL "/follows/%lld", (long long)follow.id);
	assert_int_equal(follow_create(owner_db, arena, &follow), ERROR_NONE);
}

__attribute__((unused)) static struct post make_post(int64_t actor_id, enum post_visibility visibility)
{
	struct post post = { 0 };
	struct post_new new = {
		.id = id_new(),
		.actor_id = actor_id,
		.visibility = visibility,
		.html = STR_LITERAL("<p>Bonjour</p>"),
		.text_source = STR_LITERAL("Bonjour"),
	};
	assert_int_equal(post_create(owner_db, arena, &new), ERROR_NONE);
	assert_int_equal(post_find_any(owner_db, arena, new.id, &post), ERROR_NONE);
	return post;
}

static json_t *parse(struct str text)
{
	json_t *document = NULL;
	assert_int_equal(json_in_parse(text, NULL, &document), ERROR_NONE);
	return document;
}

/* One number out of the database. */
static int64_t ask_number(const struct statement *statement, struct str value)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_text(&values, value);
	assert_int_equal(db_run(owner_db, arena, statement, &values, &rows), ERROR_NONE);
	return rows.count ? db_int64(&rows, 0, 0) : 0;
}

__attribute__((unused)) static int64_t count_posts(void)
{
	static const struct statement statement = STATEMENT("test_posts", 1, "select count(*) from posts where $1::text = ''");
	return ask_number(&statement, STR_LITERAL(""));
}

__attribute__((unused)) static int64_t count_wishes(struct str uri)
{
	static const struct statement statement = STATEMENT("test_wishes", 1, "select count(*) from fetches where uri = $1");
	return ask_number(&statement, uri);
}

__attribute__((unused)) static int64_t count_notifications(const char *local_name, const char *kind)
{
	static const struct statement statement = STATEMENT("test_notifications", 1,
		"select count(*) from notifications as n join actors as a on a.id = n.actor_id"
		" where a.username || ' ' || n.kind = $1");
	return ask_number(&statement, arena_printf(arena, "%s %s", local_name, kind));
}

static bool find_post(struct str uri, struct post *ret_post)
{
	enum error error = post_find_any_by_uri(owner_db, arena, uri, ret_post);
	assert_true(error == ERROR_NONE || error == ERROR_NOT_FOUND);
	return error == ERROR_NONE;
}

__attribute__((unused)) static bool is_here(const char *uri)
{
	struct post post;
	return find_post(str_from(uri), &post);
}

/* The object of a document: itself, or what its activity (in an activity) carries. */
__attribute__((unused)) static void read_object(struct str text, struct vocab_object *ret_object)
{
	json_t *document = parse(text);
	json_t *inner = document;
	while (json_is_object(json_object_get(inner, "object")))
		inner = json_object_get(inner, "object");
	struct vocab_rules rules = { .received_us = NOW_US };
	assert_int_equal(vocab_read_object(arena, inner, &rules, ret_object), ERROR_NONE);
	json_decref(document);
}

__attribute__((unused)) static struct remote_post store(const struct vocab_object *object, const struct remote_post_origin *origin)
{
	struct remote_post post = { 0 };
	struct remote_post_origin fetched = { .received_us = NOW_US };
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(remote_post_store(&federation, db, arena, object, origin ? origin : &fetched, &post), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
	return post;
}

/* A note of ELSEWHERE/u/NAME with more members. */
__attribute__((unused)) static struct vocab_object make_note(const char *author, const char *id, const char *members)
{
	struct vocab_object object;
	read_object(arena_printf(arena, "{\"type\":\"Note\",\"id\":\"" ELSEWHERE "/n/%s\",\"attributedTo\":\"%s\",\"content\":\"<p>hi</p>\","
		"\"published\":\"2026-11-20T10:00:00Z\"%s%s}", id, author, *members ? "," : "", members), &object);
	return object;
}

static int set_up(void **state)
{
	(void)state;
	const char *url = getenv("COMPTOIR_DATABASE_URL");
	if (!url)
		return -1;
	arena = arena_new((size_t)1 << 30);
	const char *setting = arena_printf(arena, "database.url=%s", url).data;
	char *message = NULL;
	if (config_load(NULL, &setting, 1, &config, &message) != ERROR_NONE)
		return -1;
	owner_db = db_new(config, DB_OWNER);
	db = db_new(config, DB_FEDERATION);
	if (domain_create(owner_db, arena, STR_LITERAL("company.example"), STR_LITERAL(BASE_URL), &domain) != ERROR_NONE)
		return -1;
	federation = (struct federation){ .config = config, .base_url = STR_LITERAL(BASE_URL) };
	return policy_new(config, &federation.policy) == ERROR_NONE ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	policy_free(&federation.policy);
	db_free(&db);
	db_free(&owner_db);
	config_free(&config);
	arena_free(&arena);
	return 0;
}

#endif
