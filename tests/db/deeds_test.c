/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What local actors do to others, on a migrated database: who may, what is written, and which activities go to whom. Run
 * by tests/db/test_storage.py. A COMMIT can lose its answer, before or after it was done. */
#include "server/action/account_end.h"
#include "server/action/block.h"
#include "server/action/follow.h"
#include "server/action/profile.h"
#include "server/action/report.h"

#include "base/config.h"
#include "storage/actor_key.h"
#include "storage/domain.h"
#include "storage/id.h"
#include "storage/post.h"
#include "storage/statement.h"
#include "storage/user.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define BASE_URL "https://social.company.example"

static struct config *config;
static struct db *db;
static struct arena *arena;
static struct domain domain;
static struct secret_box *box;
static char key_path[] = "/tmp/comptoir-deeds-XXXXXX";

enum commit_loss { LOSE_NOTHING, LOSE_ANSWER, LOSE_COMMIT };
static enum commit_loss loss;

enum error __real_db_commit(struct db *database);
enum error __wrap_db_commit(struct db *database);
enum error __wrap_db_commit(struct db *database)
{
	enum commit_loss now = loss;
	loss = LOSE_NOTHING;
	if (now == LOSE_NOTHING)
		return __real_db_commit(database);
	if (now == LOSE_ANSWER)
		assert_int_equal(__real_db_commit(database), ERROR_NONE);
	else
		db_rollback(database);
	return ERROR_COMMIT_UNKNOWN;
}

/* ---- what the cases are written with ---- */

__attribute__((format(printf, 1, 2))) static void execute(const char *format, ...)
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
__attribute__((format(printf, 1, 2))) static const char *query(const char *format, ...)
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
	return value.data ? value.data : "nothing";
}

static int64_t make_of_kind(const char *name, enum actor_kind kind)
{
	struct actor_new actor = {
		.id = id_new(),
		.kind = kind,
		.domain_id = domain.id,
		.username = str_from(name),
		.main_public_pem = STR_LITERAL("-----BEGIN PUBLIC KEY-----"),
		.main_private_sealed = STR_LITERAL("sealed"),
		.ed25519_public_bytes = STR_LITERAL("0123456789abcdef0123456789abcdef"),
		.ed25519_private_sealed = STR_LITERAL("sealed too"),
	};
	assert_int_equal(actor_create_local(db, arena, &actor), ERROR_NONE);
	return actor.id;
}

static int64_t make(const char *name)
{
	return make_of_kind(name, ACTOR_PERSON);
}

static struct str far_uri(const char *name)
{
	return arena_printf(arena, "https://far.example/users/%s", name);
}

static int64_t make_far_known_as(const char *name, const struct str *aliases, size_t count)
{
	struct str uri = far_uri(name);
	struct actor_remote actor = {
		.kind = ACTOR_PERSON,
		.username = str_from(name),
		.domain = STR_LITERAL("far.example"),
		.uri = uri,
		.url = uri,
		.inbox_url = arena_printf(arena, "%.*s/inbox", STR_ARG(uri)),
		.also_known_as = aliases,
		.also_known_as_count = count,
		.fetched_us = 1700000000000000,
	};
	int64_t id;
	bool is_new;
	assert_int_equal(actor_store_remote(db, arena, &actor, &id, &is_new), ERROR_NONE);
	return id;
}

static int64_t make_far(const char *name)
{
	return make_far_known_as(name, NULL, 0);
}

static struct actor find(int64_t id)
{
	struct actor actor = { 0 };
	assert_int_equal(actor_find_by_id(db, arena, id, &actor), ERROR_NONE);
	return actor;
}

static void make_follow(int64_t follower_id, int64_t followed_id, enum follow_state state)
{
	struct follow follow = { .id = id_new(), .follower_id = follower_id, .followed_id = followed_id, .state = state };
	follow.uri = arena_printf(arena, "https://far.example/follows/%lld", (long long)follow.id);
	assert_int_equal(follow_create(db, arena, &follow), ERROR_NONE);
}

/* Types of what the actor has sent, in order, with the inboxes they go to. */
static const char *sent(int64_t actor_id)
{
	return query("select string_agg(a.type || coalesce(' ' || i.inboxes, ''), ', ' order by a.id) from activities_out as a"
		" left join lateral (select string_agg(replace(replace(d.inbox_url, 'https://far.example/users/', ''), '/inbox', ''),"
		" '+' order by d.inbox_url) as inboxes from deliveries as d where d.activity_id = a.id) as i on true"
		" where a.actor_id = %lld", (long long)actor_id);
}

static const char *body(int64_t actor_id, const char *type)
{
	return query("select convert_from(body, 'UTF8') from activities_out where actor_id = %lld and type = '%s'"
		" order by id desc limit 1", (long long)actor_id, type);
}

static const char *notifications(int64_t actor_id)
{
	return query("select string_agg(kind, ' ' order by kind) from notifications where actor_id = %lld", (long long)actor_id);
}

/* ---- follows ---- */

static void a_follow_begins_in_its_state(void **state)
{
	(void)state;
	int64_t anna = make("anna");
	int64_t open = make("anna_open");
	int64_t locked = make("anna_locked");
	int64_t far = make_far("anna_far");
	int64_t suspended = make("anna_suspended");
	int64_t disabled = make("anna_disabled");
	int64_t blocked = make_far("anna_blocked");
	int64_t blocker = make_far("anna_blocker");
	execute("update actors set is_locked = true where id = %lld", (long long)locked);
	assert_int_equal(actor_set_suspended(db, arena, suspended, true), ERROR_NONE);
	assert_int_equal(actor_set_disabled(db, arena, disabled, true), ERROR_NONE);
	assert_int_equal(block_create(db, arena, id_new(), anna, blocked, STR_LITERAL("https://far.example/blocks/anna1")), ERROR_NONE);
	assert_int_equal(block_create(db, arena, id_new(), blocker, anna, STR_LITERAL("https://far.example/blocks/anna2")), ERROR_NONE);
	const struct {
		int64_t follower, followed;
		enum error error;
		enum follow_state state;
	} cases[] = { { anna, open, ERROR_NONE, FOLLOW_ACCEPTED }, { anna, locked, ERROR_NONE, FOLLOW_PENDING },
		{ anna, far, ERROR_NONE, FOLLOW_PENDING }, { anna, anna, ERROR_FORBIDDEN, 0 }, { anna, suspended, ERROR_NOT_FOUND, 0 },
		{ anna, 7, ERROR_NOT_FOUND, 0 }, { anna, blocked, ERROR_FORBIDDEN, 0 }, { anna, blocker, ERROR_FORBIDDEN, 0 },
		{ disabled, open, ERROR_FORBIDDEN, 0 }, { far, open, ERROR_FORBIDDEN, 0 }, { 7, open, ERROR_FORBIDDEN, 0 } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct follow follow = { 0 };
		assert_int_equal(follow_start(db, arena, cases[i].follower, cases[i].followed, &follow), cases[i].error);
		if (!cases[i].error)
			assert_int_equal(follow.state, cases[i].state);
	}
	assert_string_equal(sent(anna), "Follow anna_far");
	assert_string_equal(notifications(open), "follow");
	assert_string_equal(notifications(locked), "follow_request");
}

static void following_twice_answers_the_first_and_sends_nothing_more(void **state)
{
	(void)state;
	int64_t bert = make("bert");
	int64_t far = make_far("bert_far");
	struct follow first;
	struct follow second;
	assert_int_equal(follow_start(db, arena, bert, far, &first), ERROR_NONE);
	assert_int_equal(follow_start(db, arena, bert, far, &second), ERROR_NONE);
	assert_int_equal(first.id, second.id);
	assert_string_equal(sent(bert), "Follow bert_far");
	assert_int_equal(follow_stop(db, arena, bert, far), ERROR_NONE);
	assert_int_equal(follow_stop(db, arena, bert, far), ERROR_NOT_FOUND);
	assert_string_equal(sent(bert), "Follow bert_far, Undo bert_far");
	assert_non_null(strstr(body(bert, "Undo"), first.uri.data));
	assert_string_equal(query("select count(*) from follows where follower_id = %lld", (long long)bert), "0");
}

static void a_commit_without_answer_is_done_once(void **state)
{
	(void)state;
	static const enum commit_loss losses[] = { LOSE_ANSWER, LOSE_COMMIT };
	for (size_t i = 0; i < 2; i++) {
		int64_t carl = make(i ? "carl2" : "carl1");
		int64_t far = make_far(i ? "carl_far2" : "carl_far1");
		struct follow follow;
		loss = losses[i];
		assert_int_equal(follow_start(db, arena, carl, far, &follow), ERROR_NONE);
		loss = losses[i];
		assert_int_equal(follow_stop(db, arena, carl, far), ERROR_NONE);
		loss = losses[i];
		assert_int_equal(block_start(db, arena, carl, far), ERROR_NONE);
		loss = losses[i];
		assert_int_equal(block_stop(db, arena, carl, far), ERROR_NONE);
		assert_string_equal(query("select string_agg(type, ' ' order by id) from activities_out where actor_id = %lld",
			(long long)carl), "Follow Undo Block Undo");
		loss = losses[i];
		assert_int_equal(account_delete(db, arena, carl), ERROR_NONE);
		assert_true(find(carl).is_deleted);
		assert_int_equal(loss, LOSE_NOTHING);
	}
}

static void a_request_to_follow_is_answered(void **state)
{
	(void)state;
	int64_t dora = make("dora");
	int64_t asks = make_far("dora_asks");
	int64_t asks_too = make_far("dora_asks_too");
	assert_int_equal(follow_request_accept(db, arena, dora, asks), ERROR_NOT_FOUND);
	make_follow(asks, dora, FOLLOW_PENDING);
	make_follow(asks_too, dora, FOLLOW_PENDING);
	assert_int_equal(follow_request_accept(db, arena, dora, asks), ERROR_NONE);
	assert_int_equal(follow_request_accept(db, arena, dora, asks), ERROR_NONE);
	assert_int_equal(find(dora).followers_count, 1);
	assert_string_equal(sent(dora), "Accept dora_asks");
	assert_int_equal(follow_request_reject(db, arena, dora, asks), ERROR_NOT_FOUND);
	assert_int_equal(follower_remove(db, arena, dora, asks_too), ERROR_NOT_FOUND);
	assert_int_equal(follow_request_reject(db, arena, dora, asks_too), ERROR_NONE);
	assert_int_equal(follower_remove(db, arena, dora, asks), ERROR_NONE);
	assert_int_equal(find(dora).followers_count, 0);
	assert_string_equal(sent(dora), "Accept dora_asks, Reject dora_asks_too, Reject dora_asks");
}

/* ---- blocks and reports ---- */

static void a_block_ends_all_and_says_so(void **state)
{
	(void)state;
	int64_t emil = make("emil");
	int64_t far = make_far("emil_far");
	make_follow(emil, far, FOLLOW_ACCEPTED);
	make_follow(far, emil, FOLLOW_ACCEPTED);
	assert_int_equal(block_start(db, arena, emil, emil), ERROR_FORBIDDEN);
	assert_int_equal(block_start(db, arena, far, emil), ERROR_FORBIDDEN);
	assert_int_equal(block_start(db, arena, emil, far), ERROR_NONE);
	assert_int_equal(block_start(db, arena, emil, far), ERROR_NONE);
	assert_string_equal(sent(emil), "Undo emil_far, Reject emil_far, Block emil_far");
	struct actor after = find(emil);
	assert_int_equal(after.followers_count + after.following_count, 0);
	assert_int_equal(block_stop(db, arena, emil, far), ERROR_NONE);
	assert_int_equal(block_stop(db, arena, emil, far), ERROR_NOT_FOUND);
	assert_string_equal(sent(emil), "Undo emil_far, Reject emil_far, Block emil_far, Undo emil_far");
	struct follow follow;
	assert_int_equal(follow_start(db, arena, emil, far, &follow), ERROR_NONE);
}

static int64_t make_far_post(int64_t actor_id, const char *visibility)
{
	int64_t id = id_new();
	execute("insert into posts (id, actor_id, uri, url, conversation_id, visibility, html, created_at) values"
		" (%lld, %lld, 'https://far.example/p/%lld', 'https://far.example/p/%lld', %lld, '%s', '<p>x</p>', now())",
		(long long)id, (long long)actor_id, (long long)id, (long long)id, (long long)id, visibility);
	return id;
}

static void a_forwarded_report_names_what_was_seen_and_not_who_saw_it(void **state)
{
	(void)state;
	int64_t instance = make_of_kind("company.example", ACTOR_APPLICATION);
	int64_t frida = make("frida");
	int64_t far = make_far("frida_far");
	int64_t posts[] = { make_far_post(far, "public"), make_far_post(far, "direct"), make_far_post(make_far("frida_other"), "public") };
	struct report_request request = { .reporter_id = frida, .target_id = far, .post_ids = posts, .post_count = 3,
		.comment = STR("rude words") };
	int64_t id;
	assert_int_equal(report_send(db, arena, &request, &id), ERROR_NONE);
	assert_string_equal(sent(instance), "nothing");
	request.is_forwarded = true;
	loss = LOSE_ANSWER;
	assert_int_equal(report_send(db, arena, &request, &id), ERROR_NONE);
	assert_string_equal(query("select array_to_string(post_ids, ' ') from reports where id = %lld", (long long)id),
		arena_printf(arena, "%lld", (long long)posts[0]).data);
	assert_string_equal(sent(instance), "Flag frida_far");
	const char *flag = body(instance, "Flag");
	assert_non_null(strstr(flag, "rude words"));
	assert_non_null(strstr(flag, arena_printf(arena, "https://far.example/p/%lld", (long long)posts[0]).data));
	assert_null(strstr(flag, arena_printf(arena, "https://far.example/p/%lld", (long long)posts[1]).data));
	assert_null(strstr(flag, arena_printf(arena, "https://far.example/p/%lld", (long long)posts[2]).data));
	assert_null(strstr(flag, "users/frida\""));
	request.target_id = frida;
	assert_int_equal(report_send(db, arena, &request, &id), ERROR_FORBIDDEN);
	request.target_id = 7;
	assert_int_equal(report_send(db, arena, &request, &id), ERROR_NOT_FOUND);
	request = (struct report_request){ .reporter_id = far, .target_id = frida };
	assert_int_equal(report_send(db, arena, &request, &id), ERROR_FORBIDDEN);
}

/* ---- profiles ---- */

static void a_profile_is_rendered_and_sent(void **state)
{
	(void)state;
	int64_t greta = make("greta");
	make_follow(make_far("greta_fan"), greta, FOLLOW_ACCEPTED);
	struct profile_fault fault;
	struct str name = STR(" Greta\tG. ");
	struct str bio = STR("Ami de @greta_fan@far.example <b>");
	struct profile_field fields[] = { { STR("site"), STR("https://greta.example/?a=1&b=2") }, { STR(""), STR("x") },
		{ STR("note"), STR("<script>") } };
	bool yes = true;
	struct profile_change change = { .display_name = &name, .bio = &bio, .fields = fields, .field_count = 3,
		.replaces_fields = true, .is_locked = &yes, .is_bot = &yes };
	assert_int_equal(profile_update(db, arena, greta, &change, &fault), ERROR_NONE);
	struct actor after = find(greta);
	assert_true(str_starts_with(after.display_name, STR_LITERAL("Greta")));
	assert_non_null(strstr(after.summary_html.data, "href=\"https://far.example/users/greta_fan\""));
	assert_non_null(strstr(after.summary_html.data, "&lt;b&gt;"));
	assert_null(strstr(after.fields_json.data, "<script>"));
	assert_non_null(strstr(after.fields_json.data, "href=\\\"https://greta.example/?a=1&amp;b=2\\\""));
	assert_true(after.is_locked);
	assert_int_equal(after.kind, ACTOR_SERVICE);
	assert_string_equal(query("select jsonb_array_length(fields) from actors where id = %lld", (long long)greta), "2");
	assert_string_equal(sent(greta), "Update greta_fan");
	assert_non_null(strstr(body(greta, "Update"), "\"type\":\"Service\""));
}

static void what_does_not_fit_a_profile_is_refused(void **state)
{
	(void)state;
	static char text[PROFILE_MAX_BIO_CHARACTERS + 2];
	memset(text, 'a', sizeof(text));
	int64_t hugo = make("hugo");
	int64_t group = make_of_kind("hugo_group", ACTOR_GROUP);
	struct str long_name = { text, PROFILE_MAX_DISPLAY_NAME_CHARACTERS + 1 };
	struct str long_bio = { text, PROFILE_MAX_BIO_CHARACTERS + 1 };
	struct str no_text = STR("\xff");
	struct profile_field many[PROFILE_MAX_FIELDS + 1];
	for (size_t i = 0; i < PROFILE_MAX_FIELDS + 1; i++)
		many[i] = (struct profile_field){ STR("n"), STR("v") };
	struct profile_field long_field = { STR("n"), { text, PROFILE_MAX_FIELD_CHARACTERS + 1 } };
	bool yes = true;
	const struct profile_change changes[] = { { .display_name = &long_name }, { .display_name = &no_text }, { .bio = &long_bio },
		{ .bio = &no_text }, { .fields = many, .field_count = PROFILE_MAX_FIELDS + 1, .replaces_fields = true },
		{ .fields = &long_field, .field_count = 1, .replaces_fields = true } };
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct profile_fault fault = { 0 };
		assert_int_equal(profile_update(db, arena, hugo, &changes[i], &fault), ERROR_UNPROCESSABLE);
		assert_true(fault.field && fault.sentence.len > 0);
	}
	struct profile_fault fault;
	const struct profile_change bot = { .is_bot = &yes };
	assert_int_equal(profile_update(db, arena, group, &bot, &fault), ERROR_UNPROCESSABLE);
	assert_int_equal(profile_update(db, arena, make_far("hugo_far"), &bot, &fault), ERROR_FORBIDDEN);
	assert_string_equal(sent(hugo), "nothing");
}

static void aliases_are_a_list_without_repetition(void **state)
{
	(void)state;
	int64_t ida = make("ida");
	for (int i = 0; i < ACTOR_ALSO_KNOWN_AS_MAX; i++)
		assert_int_equal(profile_add_alias(db, arena, ida, arena_printf(arena, "https://old.example/%d", i)), ERROR_NONE);
	assert_int_equal(profile_add_alias(db, arena, ida, STR_LITERAL("https://old.example/1")), ERROR_NONE);
	assert_int_equal(profile_add_alias(db, arena, ida, STR_LITERAL("https://old.example/more")), ERROR_UNPROCESSABLE);
	assert_int_equal(profile_add_alias(db, arena, ida, STR_LITERAL("javascript:alert(1)")), ERROR_UNPROCESSABLE);
	assert_int_equal(profile_add_alias(db, arena, ida, STR_LITERAL(BASE_URL "/users/ida")), ERROR_UNPROCESSABLE);
	assert_int_equal(profile_remove_alias(db, arena, ida, STR_LITERAL("https://old.example/0")), ERROR_NONE);
	assert_int_equal(profile_remove_alias(db, arena, ida, STR_LITERAL("https://old.example/0")), ERROR_NOT_FOUND);
	struct actor actor = find(ida);
	const struct str *uris;
	assert_int_equal(profile_list_aliases(arena, &actor, &uris), ACTOR_ALSO_KNOWN_AS_MAX - 1);
	assert_string_equal(uris[0].data, "https://old.example/1");
}

/* ---- moves, keys, ends ---- */

static void an_account_moves_where_it_is_expected_and_not_too_often(void **state)
{
	(void)state;
	int64_t jan = make("jan");
	int64_t fan = make("jan_fan");
	struct str alias = STR(BASE_URL "/users/jan");
	int64_t stranger = make_far("jan_stranger");
	int64_t there = make_far_known_as("jan_there", &alias, 1);
	int64_t later = make_far_known_as("jan_later", &alias, 1);
	struct str message;
	make_follow(make_far("jan_far_fan"), jan, FOLLOW_ACCEPTED);
	make_follow(fan, jan, FOLLOW_ACCEPTED);
	assert_int_equal(account_move(db, arena, jan, stranger, &message), ERROR_UNPROCESSABLE);
	assert_int_equal(account_move(db, arena, jan, jan, &message), ERROR_UNPROCESSABLE);
	assert_int_equal(account_move(db, arena, jan, 7, &message), ERROR_NOT_FOUND);
	assert_int_equal(account_move(db, arena, there, jan, &message), ERROR_FORBIDDEN);
	assert_string_equal(sent(jan), "nothing");
	assert_int_equal(account_move(db, arena, jan, there, &message), ERROR_NONE);
	assert_int_equal(account_move(db, arena, jan, there, &message), ERROR_NONE);
	assert_string_equal(sent(jan), "Update jan_far_fan, Move jan_far_fan");
	assert_int_equal(find(jan).moved_to_id, there);
	assert_string_equal(sent(fan), "Follow jan_there");
	assert_string_equal(notifications(fan), "move");
	assert_string_equal(query("select count(*) from follows where follower_id = %lld and followed_id = %lld", (long long)fan,
		(long long)jan), "0");
	assert_int_equal(account_move(db, arena, jan, later, &message), ERROR_TOO_MANY_REQUESTS);
	execute("update actors set moved_at = now() - interval '31 days' where id = %lld", (long long)jan);
	assert_int_equal(account_move(db, arena, jan, later, &message), ERROR_NONE);
	assert_int_equal(find(jan).moved_to_id, later);
}

static void nobody_moves_to_one_who_has_moved(void **state)
{
	(void)state;
	int64_t karl = make("karl");
	struct str alias = STR(BASE_URL "/users/karl");
	int64_t gone = make_far_known_as("karl_gone", &alias, 1);
	struct str message;
	assert_int_equal(actor_set_moved(db, arena, gone, make_far("karl_far")), ERROR_NONE);
	assert_int_equal(account_move(db, arena, karl, gone, &message), ERROR_UNPROCESSABLE);
}

static void new_keys_can_be_opened_and_are_sent(void **state)
{
	(void)state;
	int64_t lena = make("lena");
	make_follow(make_far("lena_fan"), lena, FOLLOW_ACCEPTED);
	assert_int_equal(account_rotate_keys(db, arena, box, lena), ERROR_NONE);
	struct actor_key key;
	struct str plain;
	assert_int_equal(actor_key_find_private(db, arena, lena, ACTOR_KEY_ED25519, &key), ERROR_NONE);
	assert_int_equal(secret_box_unseal(box, arena, arena_printf(arena, "actor_key:%lld:ed25519", (long long)lena),
		key.private_sealed, &plain), ERROR_NONE);
	assert_true(plain.len >= 32);
	assert_false(str_eq(key.public_bytes, STR_LITERAL("0123456789abcdef0123456789abcdef")));
	assert_int_equal(actor_key_find_private(db, arena, lena, ACTOR_KEY_RSA, &key), ERROR_NONE);
	assert_true(str_starts_with(key.public_pem, STR_LITERAL("-----BEGIN PUBLIC KEY-----\n")));
	assert_string_equal(sent(lena), "Update lena_fan");
	assert_int_equal(account_rotate_keys(db, arena, box, make_far("lena_far")), ERROR_NOT_FOUND);
}

static void a_deleted_account_is_gone_and_told_to_all(void **state)
{
	(void)state;
	int64_t mona = make("mona");
	struct user user = { .id = id_new(), .actor_id = mona, .email = STR("mona@company.example"),
		.password_hash = STR("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA"), .locale = STR("fr") };
	assert_int_equal(user_create(db, arena, &user), ERROR_NONE);
	/* More than become a fan-out: their follows are gone when it would be walked. */
	execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, created_at, updated_at, fetched_at)"
		" select n, 'Person', 'fan' || n, 'fan' || n, 'fans.example', 'https://fans.example/u/' || n,"
		" 'https://fans.example/u/' || n, 'https://fans.example/u/' || n || '/inbox', now(), now(), now()"
		" from generate_series(1000, 1600) as n");
	execute("insert into follows (id, follower_id, followed_id, state, uri)"
		" select n, n, %lld, 'accepted', 'https://fans.example/f/' || n from generate_series(1000, 1600) as n", (long long)mona);
	execute("insert into actor_counts (actor_id, following) select n, 1 from generate_series(1000, 1600) as n");
	execute("insert into actor_counts (actor_id, followers) values (%lld, 601)", (long long)mona);
	assert_int_equal(account_delete(db, arena, mona), ERROR_NONE);
	assert_int_equal(account_delete(db, arena, mona), ERROR_NOT_FOUND);
	assert_string_equal(query("select count(*) from deliveries as d join activities_out as a on a.id = d.activity_id"
		" where a.actor_id = %lld and a.type = 'Delete'", (long long)mona), "601");
	assert_string_equal(query("select count(*) from users where actor_id = %lld", (long long)mona), "0");
	assert_string_equal(query("select sum(following) from actor_counts where actor_id between 1000 and 1600"), "0");
	assert_true(find(mona).is_deleted);
	struct actor instance;
	assert_int_equal(actor_find_instance(db, arena, &instance), ERROR_NONE);
	assert_int_equal(account_delete(db, arena, instance.id), ERROR_FORBIDDEN);
	assert_int_equal(account_delete(db, arena, make_far("mona_far")), ERROR_NOT_FOUND);
}

static void a_suspended_remote_actor_reads_us_no_longer(void **state)
{
	(void)state;
	int64_t nora = make("nora");
	int64_t far = make_far("nora_far");
	make_follow(far, nora, FOLLOW_ACCEPTED);
	make_follow(far, make("nora2"), FOLLOW_PENDING);
	make_follow(nora, far, FOLLOW_ACCEPTED);
	assert_int_equal(account_suspend(db, arena, far), ERROR_NONE);
	assert_int_equal(account_suspend(db, arena, far), ERROR_NONE);
	assert_true(find(far).is_suspended);
	assert_string_equal(sent(nora), "Reject nora_far");
	/* Who lost a follower is told, by a job; who was only asked, is not. */
	assert_string_equal(query("select string_agg(s.actor_id || ' ' || e.kind || ' ' || e.target || ' ' || j.kind, ',')"
		" from severed_actors s join severance_events e on e.id = s.event_id join jobs j on j.key = e.id::text"), arena_printf(arena,
		"%lld account_suspension nora_far@far.example tell_severed", (long long)nora).data);
	assert_string_equal(query("select count(*) from follows where follower_id = %lld", (long long)far), "0");
	assert_int_equal(find(nora).followers_count, 0);
	assert_int_equal(find(nora).following_count, 1);
	assert_int_equal(account_unsuspend(db, arena, far), ERROR_NONE);
	assert_false(find(far).is_suspended);
}

static void a_suspended_local_actor_is_told_of(void **state)
{
	(void)state;
	int64_t olga = make("olga");
	make_follow(make_far("olga_fan"), olga, FOLLOW_ACCEPTED);
	assert_int_equal(account_suspend(db, arena, olga), ERROR_NONE);
	assert_non_null(strstr(body(olga, "Update"), "\"suspended\":true"));
	assert_int_equal(account_unsuspend(db, arena, olga), ERROR_NONE);
	assert_null(strstr(body(olga, "Update"), "\"suspended\":true"));
	assert_string_equal(sent(olga), "Update olga_fan, Update olga_fan");
	struct actor instance;
	assert_int_equal(actor_find_instance(db, arena, &instance), ERROR_NONE);
	assert_int_equal(account_suspend(db, arena, instance.id), ERROR_FORBIDDEN);
	assert_int_equal(account_suspend(db, arena, 7), ERROR_NOT_FOUND);
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
	struct str text;
	int fd = mkstemp(key_path);
	close(fd);
	unlink(key_path);
	if (config_load(NULL, &setting, 1, &config, &message) || secret_box_open(key_path, true, arena, &box, &text))
		return -1;
	db = db_new(config, DB_WEB);
	return domain_create(db, arena, STR_LITERAL("company.example"), STR_LITERAL(BASE_URL), &domain) ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(key_path);
	secret_box_close(&box);
	db_free(&db);
	config_free(&config);
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_follow_begins_in_its_state),
		cmocka_unit_test(following_twice_answers_the_first_and_sends_nothing_more),
		cmocka_unit_test(a_commit_without_answer_is_done_once),
		cmocka_unit_test(a_request_to_follow_is_answered),
		cmocka_unit_test(a_block_ends_all_and_says_so),
		cmocka_unit_test(a_forwarded_report_names_what_was_seen_and_not_who_saw_it),
		cmocka_unit_test(a_profile_is_rendered_and_sent),
		cmocka_unit_test(what_does_not_fit_a_profile_is_refused),
		cmocka_unit_test(aliases_are_a_list_without_repetition),
		cmocka_unit_test(an_account_moves_where_it_is_expected_and_not_too_often),
		cmocka_unit_test(nobody_moves_to_one_who_has_moved),
		cmocka_unit_test(new_keys_can_be_opened_and_are_sent),
		cmocka_unit_test(a_deleted_account_is_gone_and_told_to_all),
		cmocka_unit_test(a_suspended_remote_actor_reads_us_no_longer),
		cmocka_unit_test(a_suspended_local_actor_is_told_of),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
