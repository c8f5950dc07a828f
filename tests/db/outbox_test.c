/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whose inboxes what is said really goes to, on a migrated database: each visibility with each kind of person concerned
 * (CHECKLIST G5), and what goes to one actor alone. Run by tests/db/test_storage.py.
 *
 * The world: follower1 and follower2 share the inbox of follow.example; solo.example has no shared inbox; a pending, a
 * former and a suspended follower, one on a suspended domain, and strangers. */
#include "federation/outbox.h"
#include "federation/vocab_out.h"
#include "storage/domain.h"
#include "storage/id.h"
#include "storage/statement.h"
#include "base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct config *config;
static struct db *db; /* comptoir_web */
static struct db *owner_db;
static struct arena *arena;
static struct domain domain;
static struct actor me, eve;

/* ---- what the cases are written with ---- */

__attribute__((format(printf, 1, 2))) static void execute(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct str sql = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	assert_int_equal(db_begin(owner_db), ERROR_NONE);
	assert_int_equal(db_run_script(owner_db, "test", sql.data), ERROR_NONE);
	assert_int_equal(db_commit(owner_db), ERROR_NONE);
}

/* The first column of the first row, as text. */
__attribute__((format(printf, 1, 2))) static struct str query(const char *format, ...)
{
	static int number;
	va_list arguments;
	va_start(arguments, format);
	struct str inner = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	struct statement *statement = arena_alloc(arena, sizeof(*statement));
	*statement = (struct statement){
		arena_printf(arena, "test_%d", number++).data, 0, arena_printf(arena, "select (%.*s)::text", STR_ARG(inner)).data,
	};
	AUTO(db_rows) struct db_rows rows = { 0 };
	assert_int_equal(db_run(owner_db, arena, statement, NULL, &rows), ERROR_NONE);
	return rows.count && !db_is_null(&rows, 0, 0) ? db_text(&rows, 0, 0) : STR_LITERAL("");
}

static int64_t make_local(const char *name)
{
	struct actor_new actor = {
		.id = id_new(), .kind = ACTOR_PERSON, .domain_id = domain.id, .username = str_from(name),
		.main_public_pem = STR_LITERAL("-----BEGIN PUBLIC KEY-----"), .main_private_sealed = STR_LITERAL("sealed"),
		.ed25519_public_bytes = STR_LITERAL("0123456789abcdef0123456789abcdef"), .ed25519_private_sealed = STR_LITERAL("too"),
	};
	assert_int_equal(actor_create_local(db, arena, &actor), ERROR_NONE);
	return actor.id;
}

/* NAME@HOST, with the shared inbox of the host when there is one. */
static int64_t make_remote(const char *host, const char *name, bool is_shared)
{
	int64_t id = id_new();
	execute("insert into actors (id, kind, username, handle, domain, uri, url, inbox_url, shared_inbox_url, followers_url,"
		" created_at, updated_at, fetched_at) values (%lld, 'Person', '%s', '%s', '%s', 'https://%s/%s', 'https://%s/%s',"
		" 'https://%s/%s/inbox', nullif('%s', ''), 'https://%s/%s/followers', now(), now(), now())",
		(long long)id, name, name, host, host, name, host, name, host, name,
		is_shared ? arena_printf(arena, "https://%s/inbox", host).data : "", host, name);
	return id;
}

static int64_t id_of(const char *name)
{
	int64_t id = 0;
	assert_true(str_to_int64(query("select id from actors where handle = '%s'", name), &id));
	return id;
}

static void make_follow(const char *follower, const char *followed, const char *state)
{
	long long id = (long long)id_new();
	execute("insert into follows (id, follower_id, followed_id, state, uri) values (%lld, %lld, %lld, '%s',"
		" 'https://f.example/%lld')",
		id, (long long)id_of(follower), (long long)id_of(followed), state, id);
}

static struct actor find(const char *name)
{
	struct actor actor;
	assert_int_equal(actor_find_by_id(db, arena, id_of(name), &actor), ERROR_NONE);
	return actor;
}

/* A post of NAME elsewhere. */
static struct post remote_post(const char *name)
{
	struct post post;
	long long id = (long long)id_new();
	execute("insert into posts (id, actor_id, uri, url, conversation_id, visibility, html, created_at, fetched_at)"
		" values (%lld, %lld, 'https://x.example/%lld', 'https://x.example/%lld', %lld, 'public', '', now(), now())",
		id, (long long)id_of(name), id, id, id);
	assert_int_equal(post_find_any(db, arena, id, &post), ERROR_NONE);
	return post;
}

enum concern { ALONE, MENTION, MENTION_FOLLOWER, MENTION_LOCAL, MENTION_SOLO, ANSWER, QUOTE };

static int64_t write_post(enum post_visibility visibility, enum concern concern)
{
	static const char *const mentioned[] = {
		[MENTION] = "mentioned", [MENTION_FOLLOWER] = "follower1", [MENTION_LOCAL] = "eve", [MENTION_SOLO] = "solo",
	};
	struct post_new post = {
		.id = id_new(), .actor_id = me.id, .visibility = visibility, .html = STR_LITERAL("<p>Bonjour</p>"),
		.text_source = STR_LITERAL("Bonjour"),
	};
	int64_t actor_id;
	if (concern >= MENTION && concern <= MENTION_SOLO) {
		actor_id = id_of(mentioned[concern]);
		post.mentioned_actor_ids = &actor_id;
		post.mention_count = 1;
	}
	if (concern == ANSWER)
		post.in_reply_to_id = remote_post("answered").id;
	if (concern == QUOTE) {
		struct post quoted = remote_post("quoted");
		post.quote_id = quoted.id;
		post.quote_uri = quoted.uri;
		post.quote_state = QUOTE_PENDING;
	}
	assert_int_equal(post_create(db, arena, &post), ERROR_NONE);
	return post.id;
}

/* A remote actor who liked it, and may not follow (any more). */
static void like(int64_t post_id)
{
	long long id = (long long)id_new();
	execute("insert into favourites (id, actor_id, post_id, uri) values (%lld, %lld, %lld, 'https://fan.example/l/%lld')", id,
		(long long)id_of("fan"), (long long)post_id, id);
}

/* The inboxes of the last activity, without what all of them have. */
static struct str inboxes(void)
{
	return query("select coalesce(string_agg(replace(d.inbox_url, 'https://', ''), ' ' order by d.inbox_url), '')"
		" from deliveries as d where d.activity_id = (select max(id) from activities_out)");
}

static void assert_text(const char *what, size_t row, struct str is, const char *expected)
{
	if (!str_eq(is, str_from(expected)))
		fail_msg("%s, row %zu: \"%.*s\" instead of \"%s\"", what, row, STR_ARG(is), expected);
}

#define SENDS_TO(call, expected)                                               \
	do {                                                                   \
		assert_int_equal(call, ERROR_NONE);                            \
		assert_text(#call, (size_t)__LINE__, inboxes(), expected);     \
	} while (0)

#define FOLLOWERS "follow.example/inbox solo.example/solo/inbox"

/* ---- posts ---- */

static const struct {
	enum post_visibility visibility;
	enum concern concern;
	const char *inboxes;
} creations[] = {
	{ POST_PUBLIC, ALONE, FOLLOWERS },
	{ POST_PUBLIC, MENTION, "follow.example/inbox mention.example/inbox solo.example/solo/inbox" },
	{ POST_PUBLIC, MENTION_FOLLOWER, FOLLOWERS },
	{ POST_PUBLIC, MENTION_LOCAL, FOLLOWERS },
	{ POST_PUBLIC, MENTION_SOLO, FOLLOWERS },
	{ POST_PUBLIC, ANSWER, "answer.example/inbox " FOLLOWERS },
	{ POST_PUBLIC, QUOTE, "follow.example/inbox quote.example/inbox solo.example/solo/inbox" },
	{ POST_UNLISTED, ALONE, FOLLOWERS },
	{ POST_UNLISTED, MENTION, "follow.example/inbox mention.example/inbox solo.example/solo/inbox" },
	{ POST_UNLISTED, MENTION_FOLLOWER, FOLLOWERS },
	{ POST_UNLISTED, MENTION_LOCAL, FOLLOWERS },
	{ POST_UNLISTED, MENTION_SOLO, FOLLOWERS },
	{ POST_UNLISTED, ANSWER, "answer.example/inbox " FOLLOWERS },
	{ POST_UNLISTED, QUOTE, "follow.example/inbox quote.example/inbox solo.example/solo/inbox" },
	{ POST_FOLLOWERS, ALONE, FOLLOWERS },
	{ POST_FOLLOWERS, MENTION, "follow.example/inbox mention.example/inbox solo.example/solo/inbox" },
	{ POST_FOLLOWERS, MENTION_FOLLOWER, FOLLOWERS },
	{ POST_FOLLOWERS, MENTION_LOCAL, FOLLOWERS },
	{ POST_FOLLOWERS, MENTION_SOLO, FOLLOWERS },
	{ POST_FOLLOWERS, ANSWER, FOLLOWERS },
	{ POST_FOLLOWERS, QUOTE, FOLLOWERS },
	{ POST_DIRECT, ALONE, "" },
	{ POST_DIRECT, MENTION, "mention.example/mentioned/inbox" },
	{ POST_DIRECT, MENTION_FOLLOWER, "follow.example/follower1/inbox" },
	{ POST_DIRECT, MENTION_LOCAL, "" },
	{ POST_DIRECT, MENTION_SOLO, "solo.example/solo/inbox" },
	{ POST_DIRECT, ANSWER, "" },
	{ POST_DIRECT, QUOTE, "" },
};

static void a_post_is_delivered_to_those_it_is_for_and_nobody_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(creations) / sizeof(creations[0]); i++) {
		int64_t id = write_post(creations[i].visibility, creations[i].concern);
		assert_int_equal(outbox_create_post(db, arena, id), ERROR_NONE);
		assert_text("creation", i, inboxes(), creations[i].inboxes);
	}
}

static void edits_and_ends_reach_those_who_had_to_do_with_a_post(void **state)
{
	(void)state;
	static const struct {
		enum post_visibility visibility;
		const char *update, *deletion;
	} cases[] = {
		{ POST_PUBLIC, "fan.example/inbox " FOLLOWERS, "fan.example/inbox " FOLLOWERS },
		{ POST_UNLISTED, "fan.example/inbox " FOLLOWERS, "fan.example/inbox " FOLLOWERS },
		{ POST_FOLLOWERS, FOLLOWERS, "fan.example/inbox " FOLLOWERS },
		{ POST_DIRECT, "", "fan.example/fan/inbox" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t id = write_post(cases[i].visibility, ALONE);
		like(id);
		assert_int_equal(outbox_update_post(db, arena, id), ERROR_NONE);
		assert_text("update", i, inboxes(), cases[i].update);
		assert_int_equal(outbox_delete_post(db, arena, id), ERROR_NONE);
		assert_text("deletion", i, inboxes(), cases[i].deletion);
	}
}

static void only_what_is_public_gets_a_proof_and_only_followers_get_their_digest(void **state)
{
	(void)state;
	static const char *const flags[] = {
		[POST_PUBLIC] = "true false", [POST_UNLISTED] = "true false", [POST_FOLLOWERS] = "false true", [POST_DIRECT] = "false false",
	};
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		assert_int_equal(outbox_create_post(db, arena, write_post((enum post_visibility)i, MENTION)), ERROR_NONE);
		assert_text("flags", i, query("select is_public::text || ' ' || is_for_followers::text from activities_out order by id desc"
			" limit 1"), flags[i]);
	}
}

static void no_body_names_hidden_recipients(void **state)
{
	(void)state;
	assert_text("bodies", 0, query("select count(*) from activities_out where convert_from(body, 'utf8') ~ '\"b(to|cc)\"'"), "0");
	assert_true(str_compare(query("select count(*) from activities_out"), STR_LITERAL("0")) != 0);
}

/* ---- deeds ---- */

static void boosts_go_to_followers_and_to_the_author(void **state)
{
	(void)state;
	struct post post = remote_post("quoted");
	struct boost boost = {
		.id = id_new(), .actor_id = me.id, .post_id = post.id, .visibility = POST_PUBLIC, .created_us = post.created_us,
	};
	boost.uri = outbox_boost_uri(arena, &me, boost.id);
	SENDS_TO(outbox_boost(db, arena, &me, &boost), "follow.example/inbox quote.example/inbox solo.example/solo/inbox");
	SENDS_TO(outbox_undo_boost(db, arena, &me, &boost), "follow.example/inbox quote.example/inbox solo.example/solo/inbox");
}

static void what_is_said_to_one_goes_to_one(void **state)
{
	(void)state;
	const struct actor fan = find("fan"), solo = find("solo");
	struct post post = remote_post("answered");
	struct str title = STR_LITERAL("Yes"), vote = outbox_vote_uri(arena, &me, 5);
	SENDS_TO(outbox_follow(db, arena, &me, &fan, outbox_follow_uri(arena, &me, 1)), "fan.example/inbox");
	SENDS_TO(outbox_undo_follow(db, arena, &me, &fan, outbox_follow_uri(arena, &me, 1)), "fan.example/inbox");
	SENDS_TO(outbox_accept_follow(db, arena, &me, &solo, STR_LITERAL("https://solo.example/f/1")), "solo.example/solo/inbox");
	SENDS_TO(outbox_reject_follow(db, arena, &me, &fan, STR_LITERAL("https://fan.example/f/1")), "fan.example/inbox");
	SENDS_TO(outbox_block(db, arena, &me, &fan, outbox_block_uri(arena, &me, 2)), "fan.example/inbox");
	SENDS_TO(outbox_undo_block(db, arena, &me, &fan, outbox_block_uri(arena, &me, 2)), "fan.example/inbox");
	SENDS_TO(outbox_favourite(db, arena, &me, &post, outbox_favourite_uri(arena, &me, 3)), "answer.example/inbox");
	SENDS_TO(outbox_reaction(db, arena, &me, &post, STR_LITERAL("!"), outbox_reaction_uri(arena, &me, 4)), "answer.example/inbox");
	SENDS_TO(outbox_vote(db, arena, &me, &post, &title, &vote, 1), "answer.example/answered/inbox");
	SENDS_TO(outbox_flag(db, arena, &me, &fan, NULL, 0, STR_LITERAL("spam"), outbox_report_uri(arena, &me, 6)), "fan.example/inbox");
	SENDS_TO(outbox_relay_follow(db, arena, &me, STR_LITERAL("https://relay.example/inbox"), STR_LITERAL(VOCAB_PUBLIC),
		outbox_follow_uri(arena, &me, 7), false), "relay.example/inbox");
}

static void local_business_is_not_sent(void **state)
{
	(void)state;
	struct str before = query("select count(*) from activities_out");
	struct post post;
	assert_int_equal(post_find_any(db, arena, write_post(POST_PUBLIC, ALONE), &post), ERROR_NONE);
	assert_int_equal(outbox_follow(db, arena, &me, &eve, outbox_follow_uri(arena, &me, 8)), ERROR_NONE);
	assert_int_equal(outbox_favourite(db, arena, &eve, &post, outbox_favourite_uri(arena, &eve, 9)), ERROR_NONE);
	assert_true(str_eq(query("select count(*) from activities_out"), before));
}

static void changes_of_an_actor_reach_its_followers(void **state)
{
	(void)state;
	const struct actor fan = find("fan");
	SENDS_TO(outbox_update_actor(db, arena, me.id), FOLLOWERS);
	SENDS_TO(outbox_move(db, arena, &me, &fan), FOLLOWERS);
	SENDS_TO(outbox_pin(db, arena, &me, STR_LITERAL("https://social.company.example/users/me/statuses/1"), true), FOLLOWERS);
	SENDS_TO(outbox_featured_tag(db, arena, &me, STR_LITERAL("fleurs"), false), FOLLOWERS);
}

static void a_quote_is_asked_for_and_taken_back_where_it_belongs(void **state)
{
	(void)state;
	struct post quote, quoted = remote_post("quoted"), theirs = remote_post("fan");
	const struct actor fan = find("fan");
	assert_int_equal(post_find_any(db, arena, write_post(POST_PUBLIC, QUOTE), &quote), ERROR_NONE);
	SENDS_TO(outbox_quote_request(db, arena, &me, &quote, &quoted), "quote.example/inbox");
	SENDS_TO(outbox_accept_quote(db, arena, &me, &fan, STR_LITERAL("https://fan.example/r/1"), theirs.uri, quote.uri,
		outbox_quote_authorization_uri(arena, &me, theirs.id)), "fan.example/inbox");
	theirs.quote_uri = quote.uri;
	SENDS_TO(outbox_revoke_quote(db, arena, &me, &theirs), "fan.example/inbox " FOLLOWERS);
	theirs.visibility = POST_FOLLOWERS;
	SENDS_TO(outbox_revoke_quote(db, arena, &me, &theirs), "fan.example/inbox");
}

static void what_a_peer_said_is_passed_on_once(void **state)
{
	(void)state;
	struct str uri = STR_LITERAL("https://fan.example/a/1"), object = STR_LITERAL("https://fan.example/n/1");
	struct str body = STR_LITERAL("{\"type\":\"Create\",\"proof\":{}}");
	SENDS_TO(outbox_forward(db, arena, me.id, uri, STR_LITERAL("Create"), object, body), FOLLOWERS);
	assert_int_equal(outbox_forward(db, arena, me.id, uri, STR_LITERAL("Create"), object, body), ERROR_NONE);
	assert_text("body", 0, query("select convert_from(body, 'utf8') from activities_out where uri = 'https://fan.example/a/1'"),
		"{\"type\":\"Create\",\"proof\":{}}");
}

static void the_end_of_an_actor_is_told_wherever_it_is_known(void **state)
{
	(void)state;
	int64_t id = make_local("leaver");
	long long post_id = (long long)id_new(), like_id = (long long)id_new();
	make_follow("solo", "leaver", "accepted");
	make_follow("leaver", "answered", "accepted");
	execute("insert into posts (id, actor_id, uri, url, conversation_id, visibility, html, created_at) values (%lld, %lld,"
		" 'https://social.company.example/p/%lld', 'https://social.company.example/p/%lld', %lld, 'public', '', now());"
		" insert into post_mentions values (%lld, %lld);"
		" insert into favourites (id, actor_id, post_id, uri) values (%lld, %lld, %lld, 'https://fan.example/l/%lld')",
		post_id, (long long)id, post_id, post_id, post_id, post_id, (long long)id_of("mentioned"), like_id,
		(long long)id_of("fan"), post_id, like_id);
	SENDS_TO(outbox_delete_actor(db, arena, id),
		"answer.example/inbox fan.example/inbox mention.example/inbox solo.example/solo/inbox");
}

/* ---- running ---- */

static void make_world(void)
{
	make_local("me");
	make_local("eve");
	make_remote("follow.example", "follower1", true);
	make_remote("follow.example", "follower2", true);
	make_remote("follow.example", "other", true);
	make_remote("solo.example", "solo", false);
	make_remote("pending.example", "pending", true);
	make_remote("former.example", "former", true);
	make_remote("gone.example", "gone", true);
	make_remote("blocked.example", "blocked", true);
	make_remote("mention.example", "mentioned", true);
	make_remote("answer.example", "answered", true);
	make_remote("quote.example", "quoted", true);
	make_remote("fan.example", "fan", true);
	make_follow("follower1", "me", "accepted");
	make_follow("follower2", "me", "accepted");
	make_follow("solo", "me", "accepted");
	make_follow("eve", "me", "accepted");
	make_follow("pending", "me", "pending");
	make_follow("gone", "me", "accepted");
	make_follow("blocked", "me", "accepted");
	execute("update actors set suspended_at = now() where handle = 'gone'; insert into domain_blocks (domain, severity) values"
		" ('blocked.example', 'suspend')");
	me = find("me");
	eve = find("eve");
}

static int set_up(void **state)
{
	(void)state;
	const char *url = getenv("COMPTOIR_DATABASE_URL");
	if (!url)
		return -1;
	arena = arena_new(256 << 20);
	const char *setting = arena_printf(arena, "database.url=%s", url).data;
	char *message = NULL;
	if (config_load(NULL, &setting, 1, &config, &message))
		return -1;
	db = db_new(config, DB_WEB);
	owner_db = db_new(config, DB_OWNER);
	if (domain_create(owner_db, arena, STR_LITERAL("company.example"), STR_LITERAL("https://social.company.example"), &domain))
		return -1;
	make_world();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	db_free(&db);
	db_free(&owner_db);
	config_free(&config);
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_post_is_delivered_to_those_it_is_for_and_nobody_else),
		cmocka_unit_test(edits_and_ends_reach_those_who_had_to_do_with_a_post),
		cmocka_unit_test(only_what_is_public_gets_a_proof_and_only_followers_get_their_digest),
		cmocka_unit_test(no_body_names_hidden_recipients),
		cmocka_unit_test(boosts_go_to_followers_and_to_the_author),
		cmocka_unit_test(what_is_said_to_one_goes_to_one),
		cmocka_unit_test(local_business_is_not_sent),
		cmocka_unit_test(changes_of_an_actor_reach_its_followers),
		cmocka_unit_test(a_quote_is_asked_for_and_taken_back_where_it_belongs),
		cmocka_unit_test(what_a_peer_said_is_passed_on_once),
		cmocka_unit_test(the_end_of_an_actor_is_told_wherever_it_is_known),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
