/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the functions of storage/ promise, on a migrated database: COMPTOIR_DATABASE_URL names it. Run by
 * tests/db/test_storage.py. Each case makes what it needs, with names of its own. */
#include "storage/access.h"
#include "storage/actor.h"
#include "storage/domain.h"
#include "storage/expiry.h"
#include "storage/follow.h"
#include "storage/id.h"
#include "storage/instance.h"
#include "storage/job.h"
#include "storage/oauth.h"
#include "storage/post.h"
#include "storage/statement.h"
#include "storage/user.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PASSWORD_HASH STR_LITERAL("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA")
#define BASE_URL "https://social.company.example"

static struct config *config;
static struct db *db;
static struct arena *arena;
static struct domain domain;

static int64_t make_actor_of_kind(const char *name, enum actor_kind kind, bool is_locked)
{
	struct actor_new actor = {
		.id = id_new(),
		.kind = kind,
		.domain_id = domain.id,
		.username = str_from(name),
		.display_name = STR_LITERAL("Someone"),
		.is_locked = is_locked,
		.main_public_pem = STR_LITERAL("-----BEGIN PUBLIC KEY-----"),
		.main_private_sealed = STR_LITERAL("sealed"),
		.ed25519_public_bytes = STR_LITERAL("0123456789abcdef0123456789abcdef"),
		.ed25519_private_sealed = STR_LITERAL("sealed too"),
	};
	assert_int_equal(actor_create_local(db, arena, &actor), ERROR_NONE);
	return actor.id;
}

static int64_t make_actor(const char *name)
{
	return make_actor_of_kind(name, ACTOR_PERSON, false);
}

static void make_follow(int64_t follower_id, int64_t followed_id, enum follow_state state)
{
	struct follow follow = { .id = id_new(), .follower_id = follower_id, .followed_id = followed_id, .state = state };
	follow.uri = arena_printf(arena, BASE_URL "/follows/%lld", (long long)follow.id);
	assert_int_equal(follow_create(db, arena, &follow), ERROR_NONE);
}

static int64_t make_post(int64_t actor_id, enum post_visibility visibility, int64_t in_reply_to_id)
{
	struct post_new post = {
		.id = id_new(),
		.actor_id = actor_id,
		.in_reply_to_id = in_reply_to_id,
		.visibility = visibility,
		.html = STR_LITERAL("<p>Bonjour</p>"),
		.text_source = STR_LITERAL("Bonjour"),
		.language = STR_LITERAL("fr"),
	};
	assert_int_equal(post_create(db, arena, &post), ERROR_NONE);
	return post.id;
}

static struct actor find_actor(int64_t id)
{
	struct actor actor = { 0 };
	assert_int_equal(actor_find_by_id(db, arena, id, &actor), ERROR_NONE);
	return actor;
}

static struct user make_user(const char *name)
{
	struct user user = {
		.id = id_new(),
		.actor_id = make_actor(name),
		.email = arena_printf(arena, "%s@Company.example", name),
		.password_hash = PASSWORD_HASH,
		.role = USER_MODERATOR,
		.is_confirmed = true,
		.locale = STR_LITERAL("fr"),
	};
	assert_int_equal(user_create(db, arena, &user), ERROR_NONE);
	return user;
}

static struct instance_counts count_instance(void)
{
	struct instance_counts counts = { 0 };
	assert_int_equal(instance_count(db, arena, &counts), ERROR_NONE);
	return counts;
}

/* ---- domains ---- */

static void the_first_domain_is_primary_and_later_ones_are_not(void **state)
{
	(void)state;
	struct domain found;
	assert_true(domain.is_primary);
	assert_int_equal(domain_create(db, arena, STR_LITERAL("Other.example"), STR_LITERAL("https://www.other.example"), &found),
		ERROR_NONE);
	assert_false(found.is_primary);
	assert_true(str_eq(found.name, STR_LITERAL("other.example")));
	struct domain primary;
	assert_int_equal(domain_find_primary(db, arena, &primary), ERROR_NONE);
	assert_int_equal(primary.id, domain.id);
	struct domain *domains;
	size_t count;
	assert_int_equal(domain_list(db, arena, &domains, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(domains[0].id, domain.id);
}

static void a_domain_is_found_by_name_and_by_authority_in_any_case(void **state)
{
	(void)state;
	static const struct {
		struct str host;
		enum error error;
	} cases[] = {
		{ STR("company.example"), ERROR_NONE }, { STR("Company.EXAMPLE"), ERROR_NONE },
		{ STR("social.company.example"), ERROR_NONE }, { STR("example"), ERROR_NOT_FOUND },
		{ STR("social.company.example:8443"), ERROR_NOT_FOUND }, { STR(""), ERROR_NOT_FOUND },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct domain found = { 0 };
		assert_int_equal(domain_find(db, arena, cases[i].host, &found), cases[i].error);
		assert_int_equal(found.id, cases[i].error ? 0 : domain.id);
	}
}

static void a_host_stands_for_one_domain_only(void **state)
{
	(void)state;
	static const struct {
		struct str name;
		struct str base_url;
	} cases[] = {
		{ STR("company.example"), STR("https://new.example") },
		{ STR("new.example"), STR("https://social.company.example") },
		{ STR("social.company.example"), STR("https://new.example") },
		{ STR("new.example"), STR("https://company.example") },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct domain found;
		assert_int_equal(domain_create(db, arena, cases[i].name, cases[i].base_url, &found), ERROR_CONFLICT);
	}
}

/* ---- actors ---- */

static void a_new_actor_has_its_urls_and_keys(void **state)
{
	(void)state;
	struct actor actor = find_actor(make_actor_of_kind("Fleurs", ACTOR_ORGANIZATION, true));
	assert_int_equal(actor.kind, ACTOR_ORGANIZATION);
	assert_true(actor.is_local && actor.is_locked);
	assert_false(actor.is_suspended || actor.is_disabled || actor.is_discoverable || actor.is_memorial);
	static const char uri[] = BASE_URL "/users/Fleurs";
	assert_string_equal(actor.uri.data, uri);
	assert_string_equal(actor.url.data, BASE_URL "/@Fleurs");
	assert_string_equal(actor.inbox_url.data, BASE_URL "/users/Fleurs/inbox");
	assert_string_equal(actor.outbox_url.data, BASE_URL "/users/Fleurs/outbox");
	assert_string_equal(actor.followers_url.data, BASE_URL "/users/Fleurs/followers");
	assert_string_equal(actor.following_url.data, BASE_URL "/users/Fleurs/following");
	assert_string_equal(actor.featured_url.data, BASE_URL "/users/Fleurs/collections/featured");
	assert_string_equal(actor.shared_inbox_url.data, BASE_URL "/inbox");
	assert_string_equal(actor.domain.data, "company.example");
	assert_string_equal(actor.base_url.data, BASE_URL);
	assert_string_equal(actor.display_name.data, "Someone");
	assert_string_equal(actor.summary_html.data, "");
	assert_string_equal(actor.fields_json.data, "[]");
	assert_null(actor.avatar_url.data);
	assert_null(actor.header_url.data);
	assert_string_equal(actor.main_public_pem.data, "-----BEGIN PUBLIC KEY-----");
	assert_int_equal(actor.ed25519_public_bytes.len, 32);
	assert_int_equal(actor.followers_count + actor.following_count + actor.posts_count + actor.last_post_us, 0);
	assert_in_range(actor.created_us, clock_now_us() - 60000000, clock_now_us() + 60000000);
	assert_int_equal(actor.updated_us, actor.created_us);
	struct actor same;
	assert_int_equal(actor_find_by_uri(db, arena, str_from(uri), &same), ERROR_NONE);
	assert_int_equal(same.id, actor.id);
}

static void a_handle_is_unique_per_domain_in_any_case(void **state)
{
	(void)state;
	int64_t id = make_actor("Amelie");
	struct actor found;
	assert_int_equal(actor_find_local(db, arena, STR_LITERAL("aMELIE"), STR_LITERAL("Company.example"), &found), ERROR_NONE);
	assert_int_equal(found.id, id);
	assert_int_equal(actor_find_local(db, arena, STR_LITERAL("amelie"), STR_LITERAL("other.example"), &found), ERROR_NOT_FOUND);
	struct actor_new again = {
		.id = id_new(), .domain_id = domain.id, .username = STR_LITERAL("AMELIE"),
		.main_public_pem = STR_LITERAL("pem"), .main_private_sealed = STR_LITERAL("x"),
		.ed25519_public_bytes = STR_LITERAL("0123456789abcdef0123456789abcdef"), .ed25519_private_sealed = STR_LITERAL("x"),
	};
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(actor_create_local(db, arena, &again), ERROR_CONFLICT);
	again.username = STR_LITERAL("Amelie2");
	assert_int_equal(actor_create_local(db, arena, &again), ERROR_NONE); /* the transaction stays usable */
	again.id = id_new();
	again.domain_id = 1;
	assert_int_equal(actor_create_local(db, arena, &again), ERROR_NOT_FOUND);
	db_rollback(db);
}

static void a_domain_has_one_instance_actor(void **state)
{
	(void)state;
	struct actor found;
	assert_int_equal(actor_find_instance(db, arena, &found), ERROR_NOT_FOUND);
	int64_t id = make_actor_of_kind("company.example", ACTOR_APPLICATION, false);
	assert_int_equal(actor_find_instance(db, arena, &found), ERROR_NONE);
	assert_int_equal(found.id, id);
	assert_string_equal(found.uri.data, BASE_URL "/actor");
	struct actor_new second = { .id = id_new(), .kind = ACTOR_APPLICATION, .domain_id = domain.id, .username = STR_LITERAL("two"),
		.main_public_pem = STR_LITERAL("pem"), .ed25519_public_bytes = STR_LITERAL("0123456789abcdef0123456789abcdef") };
	assert_int_equal(actor_create_local(db, arena, &second), ERROR_CONFLICT);
}

static void actors_are_listed_page_by_page(void **state)
{
	(void)state;
	make_actor("page1");
	int64_t middle = make_actor("page2");
	int64_t last = make_actor("page3");
	struct actor_page page = { .after_id = middle - 1, .limit = 1 };
	struct actor *actors;
	size_t count;
	assert_int_equal(actor_list(db, arena, &page, &actors, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_int_equal(actors[0].id, middle);
	page.after_id = middle;
	page.scope = ACTORS_ALL;
	assert_int_equal(actor_list(db, arena, &page, &actors, &count), ERROR_NONE);
	assert_int_equal(actors[0].id, last);
}

static void an_actor_can_be_disabled(void **state)
{
	(void)state;
	int64_t id = make_actor("disabled");
	assert_int_equal(actor_set_disabled(db, arena, id, true), ERROR_NONE);
	assert_true(find_actor(id).is_disabled);
	assert_int_equal(actor_set_disabled(db, arena, id, false), ERROR_NONE);
	assert_false(find_actor(id).is_disabled);
	assert_int_equal(actor_set_disabled(db, arena, 1, true), ERROR_NOT_FOUND);
}

/* ---- users ---- */

static void a_user_is_found_by_address_in_any_case(void **state)
{
	(void)state;
	struct user made = make_user("margot");
	struct user found;
	assert_int_equal(user_find_by_email(db, arena, STR_LITERAL("MARGOT@company.example"), &found), ERROR_NONE);
	assert_int_equal(found.id, made.id);
	assert_string_equal(found.email.data, "margot@Company.example");
	assert_int_equal(found.role, USER_MODERATOR);
	assert_true(found.is_confirmed);
	assert_string_equal(found.locale.data, "fr");
	assert_int_equal(user_find_by_actor(db, arena, made.actor_id, &found), ERROR_NONE);
	struct user again = made;
	again.id = id_new();
	again.actor_id = make_actor("margot2");
	again.email = STR_LITERAL("Margot@COMPANY.example");
	assert_int_equal(user_create(db, arena, &again), ERROR_CONFLICT);
}

static void the_number_of_users_follows_them(void **state)
{
	(void)state;
	int64_t before = count_instance().users;
	struct user user = make_user("counted");
	assert_int_equal(count_instance().users, before + 1);
	assert_int_equal(user_set_disabled(db, arena, user.id, true), ERROR_NONE);
	assert_int_equal(user_set_disabled(db, arena, user.id, true), ERROR_NONE);
	assert_int_equal(count_instance().users, before);
	assert_int_equal(user_set_disabled(db, arena, user.id, false), ERROR_NONE);
	assert_int_equal(count_instance().users, before + 1);
	assert_int_equal(user_set_disabled(db, arena, 1, false), ERROR_NOT_FOUND);
}

/* ---- access ---- */

struct token {
	struct oauth_application application;
	struct user user;
	struct oauth_token token;
};

static struct token make_token(const char *name, int64_t expires_us)
{
	struct token made = { .user = make_user(name) };
	made.application = (struct oauth_application){
		.id = id_new(), .client_id = random_token(arena, 32), .name = STR_LITERAL("A client"),
		.redirect_uris = STR_LITERAL("urn:ietf:wg:oauth:2.0:oob"), .scopes = STR_LITERAL("read write"),
	};
	assert_int_equal(oauth_application_create(db, arena, &made.application), ERROR_NONE);
	assert_int_equal(oauth_application_create(db, arena, &made.application), ERROR_CONFLICT);
	char hash[32];
	random_bytes(hash, sizeof(hash));
	made.token = (struct oauth_token){
		.id = id_new(), .token_hash = arena_str(arena, (struct str){ hash, sizeof(hash) }),
		.application_id = made.application.id, .user_id = made.user.id, .actor_id = made.user.actor_id,
		.scopes = STR_LITERAL("read"), .expires_us = expires_us,
	};
	assert_int_equal(oauth_token_create(db, arena, &made.token), ERROR_NONE);
	return made;
}

static enum error find_access(const struct token *token)
{
	struct access access;
	return access_find(db, arena, token->token.token_hash, &access);
}

static void a_token_gives_access_and_notes_the_day(void **state)
{
	(void)state;
	int64_t active_before = count_instance().active_month;
	struct token made = make_token("visitor", clock_now_us() + 3600000000);
	struct access access;
	assert_int_equal(access_find(db, arena, made.token.token_hash, &access), ERROR_NONE);
	assert_int_equal(access.token_id, made.token.id);
	assert_int_equal(access.application_id, made.application.id);
	assert_int_equal(access.user_id, made.user.id);
	assert_int_equal(access.actor_id, made.user.actor_id);
	assert_int_equal(access.user_role, USER_MODERATOR);
	assert_string_equal(access.scopes.data, "read");
	assert_int_equal(count_instance().active_month, active_before + 1);
	assert_int_equal(access_find(db, arena, STR_LITERAL("0123456789abcdef0123456789abcdef"), &access), ERROR_NOT_FOUND);
}

static void a_token_without_user_gives_access_to_nobody(void **state)
{
	(void)state;
	struct token made = make_token("nobody", 0);
	struct oauth_token bare = made.token;
	bare.id = id_new();
	bare.user_id = bare.actor_id = 0;
	bare.token_hash = STR_LITERAL("abcdefghijklmnopqrstuvwxyz012345");
	assert_int_equal(oauth_token_create(db, arena, &bare), ERROR_NONE);
	struct access access;
	assert_int_equal(access_find(db, arena, bare.token_hash, &access), ERROR_NONE);
	assert_int_equal(access.user_id, 0);
	assert_int_equal(access.actor_id, 0);
	assert_int_equal(access.user_role, USER_MEMBER);
}

static void a_revoked_token_gives_no_access(void **state)
{
	(void)state;
	struct token made = make_token("revoked", 0);
	assert_int_equal(find_access(&made), ERROR_NONE);
	assert_int_equal(oauth_token_revoke(db, arena, 1, made.token.token_hash), ERROR_NOT_FOUND);
	assert_int_equal(find_access(&made), ERROR_NONE);
	assert_int_equal(oauth_token_revoke(db, arena, made.application.id, made.token.token_hash), ERROR_NONE);
	assert_int_equal(find_access(&made), ERROR_NOT_FOUND);
}

static void an_expired_token_gives_no_access(void **state)
{
	(void)state;
	struct token made = make_token("expired", clock_now_us() - 1000000);
	assert_int_equal(find_access(&made), ERROR_NOT_FOUND);
}

static void a_disabled_user_or_actor_has_no_access(void **state)
{
	(void)state;
	struct token made = make_token("barred", 0);
	assert_int_equal(user_set_disabled(db, arena, made.user.id, true), ERROR_NONE);
	assert_int_equal(find_access(&made), ERROR_NOT_FOUND);
	assert_int_equal(user_set_disabled(db, arena, made.user.id, false), ERROR_NONE);
	assert_int_equal(find_access(&made), ERROR_NONE);
	assert_int_equal(actor_set_disabled(db, arena, made.user.actor_id, true), ERROR_NONE);
	assert_int_equal(find_access(&made), ERROR_NOT_FOUND);
}

static void a_new_password_ends_all_tokens(void **state)
{
	(void)state;
	struct token made = make_token("changed", 0);
	struct str hash = STR_LITERAL("$argon2id$v=19$m=19456,t=2,p=1$bmV3$bmV3");
	assert_int_equal(user_set_password(db, arena, made.user.id, hash), ERROR_NONE);
	assert_int_equal(find_access(&made), ERROR_NOT_FOUND);
	struct user found;
	assert_int_equal(user_find_by_actor(db, arena, made.user.actor_id, &found), ERROR_NONE);
	assert_true(str_eq(found.password_hash, hash));
	assert_int_equal(user_set_password(db, arena, 1, hash), ERROR_NOT_FOUND);
}

/* ---- follows ---- */

static void accepted_follows_count_and_pending_ones_do_not(void **state)
{
	(void)state;
	int64_t shop = make_actor("shop");
	int64_t fan = make_actor("fan");
	int64_t waiting = make_actor("waiting");
	make_follow(fan, shop, FOLLOW_ACCEPTED);
	make_follow(waiting, shop, FOLLOW_PENDING);
	make_follow(shop, fan, FOLLOW_ACCEPTED);
	assert_int_equal(find_actor(shop).followers_count, 1);
	assert_int_equal(find_actor(shop).following_count, 1);
	assert_int_equal(find_actor(fan).followers_count, 1);
	assert_int_equal(find_actor(waiting).following_count, 0);
	struct follow found;
	assert_int_equal(follow_find(db, arena, waiting, shop, &found), ERROR_NONE);
	assert_int_equal(found.state, FOLLOW_PENDING);
	assert_int_equal(follow_find(db, arena, shop, waiting, &found), ERROR_NOT_FOUND);
}

static void impossible_follows_are_refused(void **state)
{
	(void)state;
	int64_t one = make_actor("follower1");
	int64_t other = make_actor("follower2");
	make_follow(one, other, FOLLOW_ACCEPTED);
	struct follow follow = { .id = id_new(), .follower_id = one, .followed_id = other, .uri = STR_LITERAL("https://a.example/f/1") };
	assert_int_equal(follow_create(db, arena, &follow), ERROR_CONFLICT);
	assert_int_equal(find_actor(other).followers_count, 1);
	follow.followed_id = one;
	assert_int_equal(follow_create(db, arena, &follow), ERROR_UNPROCESSABLE);
	follow.followed_id = 1;
	assert_int_equal(follow_create(db, arena, &follow), ERROR_NOT_FOUND);
}

/* ---- posts ---- */

static void a_new_post_has_what_was_given(void **state)
{
	(void)state;
	int64_t author = make_actor("author");
	struct post_new new_post = {
		.id = id_new(), .actor_id = author, .visibility = POST_UNLISTED, .html = STR_LITERAL("<p>Hi</p>"),
		.text_source = STR_LITERAL("Hi"), .spoiler_text = STR_LITERAL("cw"), .is_sensitive = true, .created_us = 1700000000000000,
	};
	assert_int_equal(post_create(db, arena, &new_post), ERROR_NONE);
	assert_int_equal(post_create(db, arena, &new_post), ERROR_CONFLICT);
	struct post post;
	assert_int_equal(post_find(db, arena, 0, new_post.id, &post), ERROR_NONE);
	assert_string_equal(post.uri.data, arena_printf(arena, BASE_URL "/users/author/statuses/%lld", (long long)post.id).data);
	assert_string_equal(post.url.data, arena_printf(arena, BASE_URL "/@author/%lld", (long long)post.id).data);
	assert_string_equal(post.html.data, "<p>Hi</p>");
	assert_string_equal(post.text_source.data, "Hi");
	assert_string_equal(post.spoiler_text.data, "cw");
	assert_string_equal(post.actor_username.data, "author");
	assert_string_equal(post.actor_domain.data, "company.example");
	assert_string_equal(post.actor_display_name.data, "Someone");
	assert_null(post.language.data);
	assert_true(post.is_sensitive);
	assert_int_equal(post.visibility, POST_UNLISTED);
	assert_int_equal(post.created_us, 1700000000000000);
	assert_int_equal(post.edited_us, 0);
	assert_int_equal(post.revision, 1);
	assert_int_equal(post.in_reply_to_id, 0);
	assert_int_equal(find_actor(author).last_post_us, 1700000000000000);
	new_post.id = id_new();
	new_post.actor_id = 1;
	assert_int_equal(post_create(db, arena, &new_post), ERROR_NOT_FOUND);
}

static void replies_are_counted_where_they_belong(void **state)
{
	(void)state;
	struct instance_counts before = count_instance();
	int64_t asker = make_actor("asker");
	int64_t agent = make_actor("agent");
	int64_t question = make_post(asker, POST_PUBLIC, 0);
	int64_t answer = make_post(agent, POST_PUBLIC, question);
	make_post(asker, POST_PUBLIC, answer);
	struct post post;
	assert_int_equal(post_find(db, arena, 0, question, &post), ERROR_NONE);
	assert_int_equal(post.replies_count, 1);
	assert_int_equal(post_find(db, arena, 0, answer, &post), ERROR_NONE);
	assert_int_equal(post.in_reply_to_id, question);
	assert_int_equal(post.in_reply_to_actor_id, asker);
	assert_int_equal(find_actor(asker).posts_count, 2);
	assert_int_equal(find_actor(agent).posts_count, 1);
	struct instance_counts after = count_instance();
	assert_int_equal(after.local_posts, before.local_posts + 1);
	assert_int_equal(after.local_comments, before.local_comments + 2);
}

static void only_its_audience_sees_a_post(void **state)
{
	(void)state;
	enum { ANYONE, STRANGER, FOLLOWER, WAITING, MENTIONED, AUTHOR, VIEWERS };
	static const bool sees[4][VIEWERS] = {
		[POST_PUBLIC] = { true, true, true, true, true, true },
		[POST_UNLISTED] = { true, true, true, true, true, true },
		[POST_FOLLOWERS] = { false, false, true, false, true, true },
		[POST_DIRECT] = { false, false, false, false, true, true },
	};
	int64_t viewers[VIEWERS] = { [ANYONE] = 0, [STRANGER] = make_actor("v_stranger"), [FOLLOWER] = make_actor("v_follower"),
		[WAITING] = make_actor("v_waiting"), [MENTIONED] = make_actor("v_mentioned"), [AUTHOR] = make_actor("v_author") };
	make_follow(viewers[FOLLOWER], viewers[AUTHOR], FOLLOW_ACCEPTED);
	make_follow(viewers[WAITING], viewers[AUTHOR], FOLLOW_PENDING);
	for (int visibility = 0; visibility < 4; visibility++) {
		struct post_new new_post = {
			.id = id_new(), .actor_id = viewers[AUTHOR], .visibility = (enum post_visibility)visibility,
			.html = STR_LITERAL("<p>x</p>"), .mentioned_actor_ids = &viewers[MENTIONED], .mention_count = 1,
		};
		assert_int_equal(post_create(db, arena, &new_post), ERROR_NONE);
		for (int viewer = 0; viewer < VIEWERS; viewer++) {
			struct post post;
			enum error expected = sees[visibility][viewer] ? ERROR_NONE : ERROR_NOT_FOUND;
			assert_int_equal(post_find(db, arena, viewers[viewer], new_post.id, &post), expected);
			if (viewer == ANYONE)
				continue;
			struct post_new reply = { .id = id_new(), .actor_id = viewers[viewer], .in_reply_to_id = new_post.id,
				.visibility = POST_DIRECT, .html = STR_LITERAL("<p>y</p>") };
			assert_int_equal(post_create(db, arena, &reply), expected);
		}
	}
}

static void a_profile_lists_open_posts_newest_first(void **state)
{
	(void)state;
	int64_t other = make_post(make_actor("l_other"), POST_PUBLIC, 0);
	int64_t author = make_actor("l_author");
	int64_t first = make_post(author, POST_PUBLIC, 0);
	make_post(author, POST_FOLLOWERS, 0);
	make_post(author, POST_DIRECT, 0);
	int64_t reply = make_post(author, POST_PUBLIC, other);
	int64_t thread = make_post(author, POST_UNLISTED, first);
	struct post_page page = { .actor_id = author, .limit = 10 };
	struct post *posts;
	size_t count;
	assert_int_equal(post_list_public(db, arena, &page, &posts, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(posts[0].id, thread);
	assert_int_equal(posts[1].id, first);
	page.with_replies = true;
	page.before_id = thread;
	assert_int_equal(post_list_public(db, arena, &page, &posts, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(posts[0].id, reply);
	page.limit = 1;
	assert_int_equal(post_list_public(db, arena, &page, &posts, &count), ERROR_NONE);
	assert_int_equal(count, 1);
}

/* ---- transactions ---- */

static struct user broken_user(int64_t actor_id)
{
	return (struct user){ .id = id_new(), .actor_id = actor_id, .email = STR_LITERAL("broken@company.example"),
		.password_hash = STR_LITERAL("not a hash"), .locale = STR_LITERAL("en") };
}

static void a_failed_transaction_cannot_be_committed(void **state)
{
	(void)state;
	int64_t actor_id = make_actor("failed");
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_true(db_is_in_transaction(db));
	make_post(actor_id, POST_PUBLIC, 0);
	struct user broken = broken_user(actor_id);
	assert_int_equal(user_create(db, arena, &broken), ERROR_DATABASE);
	struct actor actor;
	assert_int_equal(actor_find_by_id(db, arena, actor_id, &actor), ERROR_DATABASE);
	assert_int_equal(db_commit(db), ERROR_DATABASE);
	assert_false(db_is_in_transaction(db));
	assert_int_equal(find_actor(actor_id).posts_count, 0);
}

static void a_rollback_undoes_and_a_commit_keeps(void **state)
{
	(void)state;
	int64_t actor_id = make_actor("kept");
	assert_int_equal(db_begin(db), ERROR_NONE);
	int64_t undone = make_post(actor_id, POST_PUBLIC, 0);
	db_rollback(db);
	assert_int_equal(db_begin(db), ERROR_NONE);
	int64_t kept = make_post(actor_id, POST_PUBLIC, 0);
	assert_int_equal(db_commit(db), ERROR_NONE);
	struct post post;
	assert_int_equal(post_find(db, arena, 0, undone, &post), ERROR_NOT_FOUND);
	assert_int_equal(post_find(db, arena, 0, kept, &post), ERROR_NONE);
	assert_true(db_take_elapsed_us(db) > 0);
	assert_int_equal(db_take_elapsed_us(db), 0);
}

/* It is the first statement that begins one. */
static void a_transaction_may_fail_with_its_first_statement(void **state)
{
	(void)state;
	int64_t actor_id = make_actor("firstfails");
	struct user broken = broken_user(actor_id);
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(user_create(db, arena, &broken), ERROR_DATABASE);
	assert_true(db_is_in_transaction(db));
	assert_int_equal(db_commit(db), ERROR_DATABASE);
	assert_false(db_is_in_transaction(db));
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(user_create(db, arena, &broken), ERROR_DATABASE);
	db_rollback(db);
	assert_int_equal(find_actor(actor_id).posts_count, 0);
	assert_int_equal(db_begin(db), ERROR_NONE);
	make_post(actor_id, POST_PUBLIC, 0);
	assert_int_equal(db_commit(db), ERROR_NONE);
	assert_int_equal(find_actor(actor_id).posts_count, 1);
}

static void a_transaction_without_statements_ends_either_way(void **state)
{
	(void)state;
	int64_t actor_id = make_actor("asksnothing");
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
	assert_int_equal(db_begin(db), ERROR_NONE);
	db_rollback(db);
	assert_false(db_is_in_transaction(db));
	/* Nor is one left open behind it: what follows commits by itself. */
	int64_t kept = make_post(actor_id, POST_PUBLIC, 0);
	assert_int_equal(db_begin(db), ERROR_NONE);
	db_rollback(db);
	struct post post;
	assert_int_equal(post_find(db, arena, 0, kept, &post), ERROR_NONE);
}

static void a_connection_may_go_before_the_first_statement(void **state)
{
	(void)state;
	int64_t actor_id = make_actor("goesbefore");
	struct db *other = db_new(config, DB_OWNER);
	struct actor actor;
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(db_begin(other), ERROR_NONE);
	assert_int_equal(db_run_script(other, "terminate", "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
		" where pid <> pg_backend_pid() and datname = current_database() and usename = session_user"), ERROR_NONE);
	assert_int_equal(db_commit(other), ERROR_NONE);
	db_free(&other);
	assert_int_equal(actor_find_by_id(db, arena, actor_id, &actor), ERROR_DATABASE_UNREACHABLE);
	assert_int_equal(db_commit(db), ERROR_DATABASE_UNREACHABLE);
	assert_int_equal(db_begin(db), ERROR_NONE);
	make_post(actor_id, POST_PUBLIC, 0);
	assert_int_equal(db_commit(db), ERROR_NONE);
	assert_int_equal(find_actor(actor_id).posts_count, 1);
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
	return domain_create(db, arena, STR_LITERAL("company.example"), STR_LITERAL(BASE_URL), &domain) ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	db_free(&db);
	config_free(&config);
	arena_free(&arena);
	return 0;
}

static int64_t make_application_token(int64_t application_id, unsigned char byte)
{
	char hash[32];
	memset(hash, byte, sizeof(hash));
	const struct oauth_token token = { .id = id_new(), .token_hash = { hash, sizeof(hash) }, .application_id = application_id,
		.scopes = STR_LITERAL("read") };
	assert_int_equal(oauth_token_create(db, arena, &token), ERROR_NONE);
	return token.id;
}

static void age(int64_t token_id, const char *changes)
{
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(db_run_script(db, "test", arena_printf(arena, "update oauth_tokens set %s where id = %lld", changes,
		(long long)token_id).data), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
}

static bool has_token(unsigned char byte)
{
	char hash[32];
	int64_t application_id;
	memset(hash, byte, sizeof(hash));
	enum error error = oauth_token_find_application(db, arena, (struct str){ hash, sizeof(hash) }, &application_id);
	assert_true(!error || error == ERROR_NOT_FOUND);
	return !error;
}

static void tokens_that_count_no_more_go_away(void **state)
{
	(void)state;
	bool has_more;
	const struct oauth_application application = { .id = id_new(), .client_id = STR_LITERAL("forgotten-application"),
		.name = STR_LITERAL("App"), .redirect_uris = STR_LITERAL("urn:ietf:wg:oauth:2.0:oob"), .scopes = STR_LITERAL("read") };
	assert_int_equal(oauth_application_create(db, arena, &application), ERROR_NONE);
	age(make_application_token(application.id, 201), "revoked_at = now() - interval '8 days'");
	age(make_application_token(application.id, 202), "revoked_at = now() - interval '6 days'");
	age(make_application_token(application.id, 203), "created_at = now() - interval '31 days'");
	age(make_application_token(application.id, 204), "created_at = now() - interval '31 days', last_used_on = current_date");
	age(make_application_token(application.id, 205), "created_at = now() - interval '29 days'");
	age(make_application_token(application.id, 206), "expires_at = now() - interval '8 days', last_used_on = current_date");
	age(make_application_token(application.id, 207), "expires_at = now() - interval '6 days'");
	assert_int_equal(expiry_forget(db, arena, &has_more), ERROR_NONE);
	assert_true(!has_token(201) && has_token(202) && !has_token(203) && has_token(204) && has_token(205));
	assert_true(!has_token(206) && has_token(207));
}

static void a_job_that_is_wanted_again_while_it_runs_comes_again(void **state)
{
	(void)state;
	const struct str kind = STR_LITERAL("again"), key = STR_LITERAL("one");
	const int64_t lease_s = 60;
	struct job *jobs;
	size_t count;
	assert_int_equal(job_add(db, arena, kind, key, STR_LITERAL("{\"n\":1}"), 0), ERROR_NONE);
	assert_int_equal(job_claim(db, arena, &kind, &lease_s, 1, 10, &jobs, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	int64_t first = jobs[0].id;
	assert_int_equal(job_add(db, arena, kind, key, STR_LITERAL("{\"n\":2}"), 0), ERROR_NONE);
	assert_int_equal(job_done(db, arena, first), ERROR_NONE);
	assert_int_equal(job_claim(db, arena, &kind, &lease_s, 1, 10, &jobs, &count), ERROR_NONE);
	assert_int_equal(count, 1);
	assert_true(jobs[0].id != first && strstr(jobs[0].payload.data, "2"));
	assert_int_equal(job_done(db, arena, jobs[0].id), ERROR_NONE);
	assert_int_equal(job_claim(db, arena, &kind, &lease_s, 1, 10, &jobs, &count), ERROR_NONE);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_that_count_no_more_go_away),
		cmocka_unit_test(a_job_that_is_wanted_again_while_it_runs_comes_again),
		cmocka_unit_test(the_first_domain_is_primary_and_later_ones_are_not),
		cmocka_unit_test(a_domain_is_found_by_name_and_by_authority_in_any_case),
		cmocka_unit_test(a_host_stands_for_one_domain_only),
		cmocka_unit_test(a_new_actor_has_its_urls_and_keys),
		cmocka_unit_test(a_handle_is_unique_per_domain_in_any_case),
		cmocka_unit_test(a_domain_has_one_instance_actor),
		cmocka_unit_test(actors_are_listed_page_by_page),
		cmocka_unit_test(an_actor_can_be_disabled),
		cmocka_unit_test(a_user_is_found_by_address_in_any_case),
		cmocka_unit_test(the_number_of_users_follows_them),
		cmocka_unit_test(a_token_gives_access_and_notes_the_day),
		cmocka_unit_test(a_token_without_user_gives_access_to_nobody),
		cmocka_unit_test(a_revoked_token_gives_no_access),
		cmocka_unit_test(an_expired_token_gives_no_access),
		cmocka_unit_test(a_disabled_user_or_actor_has_no_access),
		cmocka_unit_test(a_new_password_ends_all_tokens),
		cmocka_unit_test(accepted_follows_count_and_pending_ones_do_not),
		cmocka_unit_test(impossible_follows_are_refused),
		cmocka_unit_test(a_new_post_has_what_was_given),
		cmocka_unit_test(replies_are_counted_where_they_belong),
		cmocka_unit_test(only_its_audience_sees_a_post),
		cmocka_unit_test(a_profile_lists_open_posts_newest_first),
		cmocka_unit_test(a_failed_transaction_cannot_be_committed),
		cmocka_unit_test(a_rollback_undoes_and_a_commit_keeps),
		cmocka_unit_test(a_transaction_may_fail_with_its_first_statement),
		cmocka_unit_test(a_transaction_without_statements_ends_either_way),
		cmocka_unit_test(a_connection_may_go_before_the_first_statement),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
