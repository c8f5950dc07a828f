/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What local actors do with posts, on a migrated database: who may, what is written, and which activities go out. Run by
 * tests/db/test_storage.py. A COMMIT can lose its answer, before or after it was done. */
#include "tests/db/post_world.h"

#include "server/action/boost.h"
#include "server/action/delete_post.h"
#include "server/action/edit_post.h"
#include "server/action/favourite.h"
#include "server/action/pin_post.h"
#include "server/action/publish.h"
#include "server/action/quoting.h"
#include "server/action/vote.h"

#include "federation/poll_closing.h"

#include "storage/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum commit_loss { LOSE_NOTHING, LOSE_ANSWER, LOSE_COMMIT, LOSSES };
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

/* Somebody of ours with one follower elsewhere, who hears of everything that is not direct. */
static int64_t add_author(const char *name)
{
	int64_t author = add_local(name);
	add_follow(add_remote(arena_printf(arena, "%s_follower", name).data), author, FOLLOW_ACCEPTED);
	return author;
}

static enum error publish(const struct publish_request *request, struct post *ret_post)
{
	struct str message = { 0 };
	enum error error = publish_post(web, arena, request, ret_post, &message);
	assert_int_equal(error == ERROR_UNPROCESSABLE || error == ERROR_NOT_FOUND, message.len > 0);
	return error;
}

static struct post published(struct publish_request request)
{
	struct post post = { 0 };
	if (!request.text.len)
		request.text = STR_LITERAL("Bonjour");
	assert_int_equal(publish(&request, &post), ERROR_NONE);
	return post;
}

static int64_t sent(const char *type, int64_t actor_id)
{
	return sql_number("select count(*) from activities_out where type = '%s' and actor_id = %lld", type, (long long)actor_id);
}

static int64_t told(const char *kind, int64_t actor_id, int64_t post_id)
{
	return sql_number("select count(*) from notifications where kind = '%s' and actor_id = %lld and post_id = %lld", kind,
		(long long)actor_id, (long long)post_id);
}

/* ---- publishing ---- */

static void only_a_local_actor_in_good_standing_publishes(void **state)
{
	(void)state;
	int64_t good = add_local("p_good");
	int64_t suspended = add_local("p_suspended");
	int64_t disabled = add_local("p_disabled");
	run_sql("update actors set suspended_at = now() where id = %lld", (long long)suspended);
	run_sql("update actors set is_disabled = true where id = %lld", (long long)disabled);
	const struct {
		int64_t actor_id;
		enum error error;
	} cases[] = { { good, ERROR_NONE }, { suspended, ERROR_FORBIDDEN }, { disabled, ERROR_FORBIDDEN },
		{ add_remote("p_remote"), ERROR_FORBIDDEN }, { 5, ERROR_FORBIDDEN } };
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct post post;
		const struct publish_request request = { .actor_id = cases[i].actor_id, .text = STR("Bonjour") };
		assert_int_equal(publish(&request, &post), cases[i].error);
	}
}

static void what_cannot_be_a_post_is_refused(void **state)
{
	(void)state;
	static char text[PUBLISH_MAX_CHARACTERS + 1];
	memset(text, 'a', sizeof(text));
	int64_t author = add_local("p_limits");
	const struct {
		struct publish_request request;
		enum error error;
	} cases[] = {
		{ { .text = STR(" \n ") }, ERROR_UNPROCESSABLE },
		{ { .text = { text, sizeof(text) } }, ERROR_UNPROCESSABLE },
		{ { .text = { text, sizeof(text) - 1 }, .spoiler_text = STR("b") }, ERROR_UNPROCESSABLE },
		{ { .text = { text, sizeof(text) - 1 } }, ERROR_NONE },
		{ { .text = STR("a"), .language = STR("pt-BR") }, ERROR_NONE },
		{ { .text = STR("a"), .language = STR("fr\"><b>") }, ERROR_UNPROCESSABLE },
		{ { .text = STR("a\xff") }, ERROR_BAD_REQUEST },
		{ { .text = STR("a"), .in_reply_to_id = 5 }, ERROR_NOT_FOUND },
		{ { .text = STR("a"), .quote_id = 5 }, ERROR_NOT_FOUND },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct publish_request request = cases[i].request;
		struct post post;
		request.actor_id = author;
		assert_int_equal(publish(&request, &post), cases[i].error);
	}
}

static void a_post_mentions_whom_we_know_here_and_elsewhere(void **state)
{
	(void)state;
	int64_t author = add_author("m_author");
	int64_t here = add_local("m_here");
	int64_t there = add_remote("m_there");
	int64_t hidden = add_local("m_hidden");
	run_sql("update actors set suspended_at = now() where id = %lld", (long long)hidden);
	struct post post = published((struct publish_request){ .actor_id = author, .visibility = POST_UNLISTED,
		.text = STR("Bonjour @M_Here, @m_there@There.Example, @m_hidden et @m_nobody@there.example #Fleurs #fleurs #\xc3\x89t\xc3\xa9"),
		.spoiler_text = STR("Pollen"), .language = STR("fr") });
	assert_true(post.is_sensitive);
	assert_text(post.spoiler_text, "Pollen");
	assert_text(post.language, "fr");
	assert_int_equal(post.visibility, POST_UNLISTED);
	assert_non_null(strstr(post.html.data, "<span class=\"h-card\"><a href=\"" REMOTE "/@m_there\" class=\"u-url mention\">@<span>m_there"));
	assert_non_null(strstr(post.html.data, "@m_hidden et @m_nobody@there.example"));
	struct post_details details;
	assert_int_equal(post_load_details(web, arena, post.id, &details), ERROR_NONE);
	assert_int_equal(details.mention_count, 2);
	assert_int_equal(details.mentions[0].actor_id, here);
	assert_int_equal(details.mentions[1].actor_id, there);
	assert_int_equal(details.tag_count, 2);
	assert_text(details.tags[0], "fleurs");
	assert_int_equal(told("mention", here, post.id), 1);
	assert_int_equal(sent("Create", author), 1);
	assert_int_equal(sql_number("select count(*) from deliveries as d join activities_out as a on a.id = d.activity_id"
		" where a.post_id = %lld and d.inbox_url = '" REMOTE "/users/m_there/inbox'", (long long)post.id), 1);
}

static void an_importer_names_the_id_and_with_it_the_time(void **state)
{
	(void)state;
	struct publish_request request = { .actor_id = add_local("p_importer"), .text = STR("a"), .id = id_at_time(1700000000000000) + 5 };
	struct post post = published(request);
	assert_int_equal(post.id, request.id);
	assert_int_equal(post.created_us, 1700000000000000);
	assert_int_equal(publish(&request, &post), ERROR_CONFLICT);
}

static void a_deed_is_done_once_whatever_becomes_of_its_commit(void **state)
{
	(void)state;
	for (int kind = LOSE_ANSWER; kind < LOSSES; kind++) {
		int64_t author = add_author(arena_printf(arena, "lost%d", kind).data);
		int64_t fan = add_local(arena_printf(arena, "lost_fan%d", kind).data);
		loss = (enum commit_loss)kind;
		struct post post = published((struct publish_request){ .actor_id = author });
		struct post remote = read_post(store_new(remote_post(add_remote(arena_printf(arena, "lost_far%d", kind).data),
			arena_printf(arena, "lost%d", kind).data)));
		struct boost boost;
		struct str message;
		const struct edit_request edit = { .actor_id = author, .post_id = post.id, .composition = { .text = STR("Bonsoir") } };
		loss = (enum commit_loss)kind;
		assert_int_equal(boost_start(web, arena, author, remote.id, POST_PUBLIC, &boost), ERROR_NONE);
		loss = (enum commit_loss)kind;
		assert_int_equal(favourite_start(web, arena, fan, remote.id), ERROR_NONE);
		loss = (enum commit_loss)kind;
		assert_int_equal(edit_post(web, arena, &edit, &post, &message), ERROR_NONE);
		assert_int_equal(post.revision, 2);
		loss = (enum commit_loss)kind;
		assert_int_equal(favourite_stop(web, arena, fan, remote.id), ERROR_NONE);
		loss = (enum commit_loss)kind;
		assert_int_equal(delete_post(web, arena, author, post.id, false, &post), ERROR_NONE);
		assert_int_equal(sql_number("select posts from actor_counts where actor_id = %lld", (long long)author), 0);
		assert_int_equal(sent("Create", author), 1);
		assert_int_equal(sent("Announce", author), 1);
		assert_int_equal(sent("Update", author), 1);
		assert_int_equal(sent("Delete", author), 1);
		assert_int_equal(sent("Like", fan), 1);
		assert_int_equal(sent("Undo", fan), 1);
		assert_int_equal(read_post(remote.id).boosts_count, 1);
		assert_int_equal(read_post(remote.id).favourites_count, 0);
		loss = LOSE_NOTHING;
	}
}

static void a_poll_has_different_options_and_an_end(void **state)
{
	(void)state;
	static char long_option[COMPOSITION_POLL_MAX_OPTION_CHARACTERS + 1];
	memset(long_option, 'o', sizeof(long_option));
	int64_t author = add_author("pollster");
	const struct {
		struct str options[9];
		size_t count;
		int64_t duration_s;
		enum error error;
	} cases[] = {
		{ { STR("yes"), STR("no") }, 2, 300, ERROR_NONE },
		{ { STR("yes") }, 1, 300, ERROR_UNPROCESSABLE },
		{ { STR("1"), STR("2"), STR("3"), STR("4"), STR("5"), STR("6"), STR("7"), STR("8") }, 8, 300, ERROR_NONE },
		{ { STR("1"), STR("2"), STR("3"), STR("4"), STR("5"), STR("6"), STR("7"), STR("8"), STR("9") }, 9, 300, ERROR_UNPROCESSABLE },
		{ { STR("yes"), STR(" yes\n") }, 2, 300, ERROR_UNPROCESSABLE },
		{ { STR("yes"), STR(" ") }, 2, 300, ERROR_UNPROCESSABLE },
		{ { STR("yes"), { long_option, sizeof(long_option) } }, 2, 300, ERROR_UNPROCESSABLE },
		{ { STR("yes"), { long_option, sizeof(long_option) - 1 } }, 2, 300, ERROR_NONE },
		{ { STR("yes"), STR("no") }, 2, 299, ERROR_UNPROCESSABLE },
		{ { STR("yes"), STR("no") }, 2, COMPOSITION_POLL_MAX_SECONDS + 1, ERROR_UNPROCESSABLE },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct composition_poll composition = { .options = cases[i].options, .option_count = cases[i].count, .duration_s = cases[i].duration_s };
		struct post post;
		const struct publish_request request = { .actor_id = author, .text = STR("?"), .poll = &composition };
		assert_int_equal(publish(&request, &post), cases[i].error);
		struct poll poll;
		if (cases[i].error)
			continue;
		assert_int_equal(post.kind, POST_QUESTION);
		assert_int_equal(poll_find(web, arena, post.id, &poll), ERROR_NONE);
		assert_int_equal(poll.option_count, cases[i].count);
		assert_true(poll.ends_us > post.created_us);
	}
	assert_int_equal(sql_number("select count(*) from activities_out where actor_id = %lld"
		" and convert_from(body, 'utf8')::jsonb #>> '{object,type}' = 'Question'", (long long)author), 3);
}

/* ---- quotes ---- */

static void a_post_of_ours_says_at_once_who_may_quote_it(void **state)
{
	(void)state;
	enum { STRANGER, FOLLOWER, BLOCKED_FOLLOWER, AUTHOR, QUOTERS };
	static const enum error verdicts[3][QUOTERS] = {
		[QUOTE_BY_ANYONE] = { ERROR_NONE, ERROR_NONE, ERROR_NOT_FOUND, ERROR_NONE },
		[QUOTE_BY_FOLLOWERS] = { ERROR_UNPROCESSABLE, ERROR_NONE, ERROR_NOT_FOUND, ERROR_NONE },
		[QUOTE_BY_NOBODY] = { ERROR_UNPROCESSABLE, ERROR_UNPROCESSABLE, ERROR_NOT_FOUND, ERROR_NONE },
	};
	int64_t author = add_author("quoted");
	int64_t quoters[QUOTERS] = { add_author("q_stranger"), add_author("q_follower"), add_author("q_blocked"), author };
	add_follow(quoters[FOLLOWER], author, FOLLOW_ACCEPTED);
	add_follow(quoters[BLOCKED_FOLLOWER], author, FOLLOW_ACCEPTED);
	add_block(author, quoters[BLOCKED_FOLLOWER]);
	for (int policy = 0; policy < 3; policy++) {
		struct post quoted = published((struct publish_request){ .actor_id = author, .quote_policy = (enum post_quote_policy)policy });
		for (int i = 0; i < QUOTERS; i++) {
			struct post quote;
			const struct publish_request request = { .actor_id = quoters[i], .text = STR("So"), .quote_id = quoted.id };
			assert_int_equal(publish(&request, &quote), verdicts[policy][i]);
			if (verdicts[policy][i])
				continue;
			assert_int_equal(quote.quote_state, QUOTE_ACCEPTED);
			assert_int_equal(quote.quote_id, quoted.id);
			assert_text(quote.quote_uri, quoted.uri.data);
			assert_text(quote.quote_authorization_uri,
				arena_printf(arena, "https://social.company.example/users/quoted/quote_authorizations/%lld", (long long)quote.id).data);
			assert_int_equal(told("quote", author, quote.id), i != AUTHOR);
		}
	}
	/* Whom one blocks oneself is not quoted either. */
	struct post quoted = published((struct publish_request){ .actor_id = author });
	struct post quote;
	add_block(quoters[STRANGER], author);
	const struct publish_request request = { .actor_id = quoters[STRANGER], .text = STR("So"), .quote_id = quoted.id };
	assert_int_equal(publish(&request, &quote), ERROR_UNPROCESSABLE);
}

static void a_quote_is_never_wider_than_what_it_quotes(void **state)
{
	(void)state;
	static const enum error of_own[4][4] = { /* [quoted][quote] */
		[POST_PUBLIC] = { ERROR_NONE, ERROR_NONE, ERROR_NONE, ERROR_NONE },
		[POST_UNLISTED] = { ERROR_NONE, ERROR_NONE, ERROR_NONE, ERROR_NONE },
		[POST_FOLLOWERS] = { ERROR_UNPROCESSABLE, ERROR_UNPROCESSABLE, ERROR_NONE, ERROR_NONE },
		[POST_DIRECT] = { ERROR_UNPROCESSABLE, ERROR_UNPROCESSABLE, ERROR_UNPROCESSABLE, ERROR_UNPROCESSABLE },
	};
	int64_t author = add_author("narrow");
	int64_t follower = add_author("narrow_follower_here");
	add_follow(follower, author, FOLLOW_ACCEPTED);
	for (int quoted = 0; quoted < 4; quoted++) {
		int64_t quoted_id = add_post(author, (enum post_visibility)quoted, 0);
		for (int visibility = 0; visibility < 4; visibility++) {
			struct post quote;
			struct publish_request request = { .actor_id = author, .text = STR("So"), .quote_id = quoted_id,
				.visibility = (enum post_visibility)visibility };
			assert_int_equal(publish(&request, &quote), of_own[quoted][visibility]);
			request.actor_id = follower;
			assert_int_equal(publish(&request, &quote), quoted == POST_PUBLIC || quoted == POST_UNLISTED ? ERROR_NONE :
				quoted == POST_FOLLOWERS ? ERROR_UNPROCESSABLE : ERROR_NOT_FOUND);
		}
	}
}

static void the_author_of_a_remote_post_is_asked(void **state)
{
	(void)state;
	int64_t author = add_author("asking");
	struct post quoted = read_post(store_new(remote_post(add_remote("asked"), "asked")));
	struct post quote = published((struct publish_request){ .actor_id = author, .quote_id = quoted.id });
	assert_int_equal(quote.quote_state, QUOTE_PENDING);
	assert_int_equal(quote.quote_id, quoted.id);
	assert_null(quote.quote_authorization_uri.data);
	assert_int_equal(sent("QuoteRequest", author), 1);
}

static void only_the_quoted_author_revokes(void **state)
{
	(void)state;
	int64_t author = add_author("revoking");
	int64_t quoter = add_author("revoked");
	struct post quoted = published((struct publish_request){ .actor_id = author });
	struct post quote = published((struct publish_request){ .actor_id = quoter, .quote_id = quoted.id });
	assert_int_equal(quoting_revoke(web, arena, quoter, quote.id), ERROR_NOT_FOUND);
	assert_int_equal(quoting_revoke(web, arena, author, quoted.id), ERROR_NOT_FOUND);
	assert_int_equal(quoting_revoke(web, arena, author, quote.id), ERROR_NONE);
	assert_int_equal(quoting_revoke(web, arena, author, quote.id), ERROR_NOT_FOUND);
	quote = read_post(quote.id);
	assert_int_equal(quote.quote_state, QUOTE_REVOKED);
	assert_null(quote.quote_authorization_uri.data);
	assert_int_equal(told("quote", author, quote.id), 0);
	assert_int_equal(sent("Update", quoter), 1);
}

/* ---- editing and deleting ---- */

static enum error edit(int64_t actor_id, int64_t post_id, struct composition_request composition, struct post *ret_post)
{
	struct str message = { 0 };
	const struct edit_request request = { .actor_id = actor_id, .post_id = post_id, .composition = composition };
	enum error error = edit_post(web, arena, &request, ret_post, &message);
	assert_int_equal(error == ERROR_UNPROCESSABLE, message.len > 0);
	return error;
}

static void an_edit_reaches_all_who_have_the_post(void **state)
{
	(void)state;
	int64_t author = add_author("editor");
	int64_t booster = add_author("editor_booster");
	int64_t quoter = add_author("editor_quoter");
	int64_t later = add_local("editor_later");
	struct post post = published((struct publish_request){ .actor_id = author, .text = STR("Bonjour #un") });
	struct boost boost;
	assert_int_equal(boost_start(web, arena, booster, post.id, POST_PUBLIC, &boost), ERROR_NONE);
	struct post quote = published((struct publish_request){ .actor_id = quoter, .quote_id = post.id });
	assert_int_equal(edit(booster, post.id, (struct composition_request){ .text = STR("Moi") }, &post), ERROR_NOT_FOUND);
	assert_int_equal(edit(author, 5, (struct composition_request){ .text = STR("Moi") }, &post), ERROR_NOT_FOUND);
	assert_int_equal(edit(author, post.id, (struct composition_request){ .text = STR(" ") }, &post), ERROR_UNPROCESSABLE);
	assert_int_equal(edit(author, post.id, (struct composition_request){ .text = STR("Bonjour #un") }, &post), ERROR_NONE);
	assert_int_equal(post.revision, 1);
	assert_int_equal(sent("Update", author), 0);
	assert_int_equal(edit(author, post.id, (struct composition_request){ .text = STR("Bonsoir @editor_later #deux") }, &post), ERROR_NONE);
	assert_int_equal(post.revision, 2);
	assert_true(post.edited_us > 0);
	assert_text(post.text_source, "Bonsoir @editor_later #deux");
	struct post_details details;
	assert_int_equal(post_load_details(web, arena, post.id, &details), ERROR_NONE);
	assert_int_equal(details.tag_count, 1);
	assert_text(details.tags[0], "deux");
	assert_int_equal(sent("Update", author), 1);
	assert_int_equal(told("mention", later, post.id), 1);
	assert_int_equal(told("update", booster, post.id), 1);
	assert_int_equal(told("quoted_update", quoter, quote.id), 1);
	assert_int_equal(sql_number("select count(*) from post_revisions where post_id = %lld and text_source = 'Bonjour #un'",
		(long long)post.id), 1);
}

static void a_poll_changes_with_its_post_only(void **state)
{
	(void)state;
	static const struct str options[] = { STR("yes"), STR("no") };
	static const struct str others[] = { STR("yes"), STR("never") };
	const struct composition_poll composition = { .options = options, .option_count = 2, .duration_s = 300 };
	const struct composition_poll other = { .options = others, .option_count = 2, .duration_s = 600 };
	int64_t author = add_author("poll_editor");
	int64_t voter = add_local("poll_editor_voter");
	struct post plain = published((struct publish_request){ .actor_id = author });
	struct post post = published((struct publish_request){ .actor_id = author, .text = STR("?"), .poll = &composition });
	struct post found;
	struct poll poll;
	int position = 0;
	assert_int_equal(vote_cast(web, arena, voter, post.id, &position, 1), ERROR_NONE);
	assert_int_equal(edit(author, plain.id, (struct composition_request){ .text = STR("?"), .poll = &composition }, &found), ERROR_NONE);
	assert_int_equal(found.kind, POST_QUESTION);
	assert_int_equal(found.revision, 2);
	assert_int_equal(edit(author, post.id, (struct composition_request){ .text = STR("??"), .poll = &composition }, &found), ERROR_NONE);
	assert_int_equal(found.revision, 2);
	assert_int_equal(poll_find(web, arena, post.id, &poll), ERROR_NONE);
	assert_int_equal(poll.options[0].votes, 1);
	assert_int_equal(edit(author, post.id, (struct composition_request){ .text = STR("??"), .poll = &composition }, &found), ERROR_NONE);
	assert_int_equal(found.revision, 2);
	assert_int_equal(edit(author, post.id, (struct composition_request){ .text = STR("??"), .poll = &other }, &found), ERROR_NONE);
	assert_int_equal(found.revision, 3);
	assert_int_equal(poll_find(web, arena, post.id, &poll), ERROR_NONE);
	assert_int_equal(poll.options[0].votes, 0);
	assert_text(poll.options[1].title, "never");
	assert_int_equal(edit(author, post.id, (struct composition_request){ .text = STR("??") }, &found), ERROR_NONE);
	assert_int_equal(found.kind, POST_NOTE);
	assert_int_equal(found.revision, 4);
	assert_int_equal(poll_find(web, arena, post.id, &poll), ERROR_NOT_FOUND);
	assert_int_equal(sql_number("select count(*) from post_revisions where post_id = %lld and options = array['yes', 'no']",
		(long long)post.id), 2);
}

static void only_its_author_deletes_a_post(void **state)
{
	(void)state;
	int64_t author = add_author("remover");
	struct post post = published((struct publish_request){ .actor_id = author });
	struct post gone;
	assert_int_equal(delete_post(web, arena, add_local("remover_other"), post.id, false, &gone), ERROR_NOT_FOUND);
	assert_int_equal(delete_post(web, arena, author, post.id, false, &gone), ERROR_NONE);
	assert_text(gone.text_source, "Bonjour");
	assert_int_equal(delete_post(web, arena, author, post.id, false, &gone), ERROR_NOT_FOUND);
	assert_int_equal(sent("Delete", author), 1);
	assert_int_equal(sql_number("select count(*) from tombstones where uri = '%s'", post.uri.data), 1);
}

/* ---- boosts, favourites, reactions ---- */

static void what_is_not_for_all_is_boosted_by_its_author_only(void **state)
{
	(void)state;
	static const struct {
		enum post_visibility of_post, asked;
		bool is_own;
		enum error error;
		enum post_visibility got;
	} cases[] = {
		{ POST_PUBLIC, POST_PUBLIC, false, ERROR_NONE, POST_PUBLIC },
		{ POST_PUBLIC, POST_UNLISTED, false, ERROR_NONE, POST_UNLISTED },
		{ POST_UNLISTED, POST_FOLLOWERS, false, ERROR_NONE, POST_FOLLOWERS },
		{ POST_PUBLIC, POST_DIRECT, false, ERROR_UNPROCESSABLE, 0 },
		{ POST_FOLLOWERS, POST_PUBLIC, false, ERROR_FORBIDDEN, 0 },
		{ POST_FOLLOWERS, POST_FOLLOWERS, false, ERROR_FORBIDDEN, 0 },
		{ POST_DIRECT, POST_FOLLOWERS, false, ERROR_NOT_FOUND, 0 },
		{ POST_FOLLOWERS, POST_PUBLIC, true, ERROR_NONE, POST_FOLLOWERS },
		{ POST_DIRECT, POST_FOLLOWERS, true, ERROR_FORBIDDEN, 0 },
	};
	int64_t author = add_author("boostee");
	int64_t booster = add_author("boosting");
	add_follow(booster, author, FOLLOW_ACCEPTED);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int64_t post = add_post(author, cases[i].of_post, 0);
		int64_t actor = cases[i].is_own ? author : booster;
		struct boost boost;
		struct boost again;
		int64_t before = sent("Announce", actor);
		assert_int_equal(boost_start(web, arena, actor, post, cases[i].asked, &boost), cases[i].error);
		assert_int_equal(sent("Announce", actor), before + !cases[i].error);
		assert_int_equal(told("boost", author, post), !cases[i].error && !cases[i].is_own);
		if (cases[i].error)
			continue;
		assert_int_equal(boost.visibility, cases[i].got);
		assert_int_equal(boost_start(web, arena, actor, post, POST_PUBLIC, &again), ERROR_NONE);
		assert_int_equal(again.id, boost.id);
		assert_int_equal(read_post(post).boosts_count, 1);
		assert_int_equal(boost_stop(web, arena, actor, post), ERROR_NONE);
		assert_int_equal(boost_stop(web, arena, actor, post), ERROR_NOT_FOUND);
		assert_int_equal(read_post(post).boosts_count, 0);
		assert_int_equal(told("boost", author, post), 0);
	}
	assert_int_equal(sent("Undo", booster), 3);
}

static void a_favourite_is_told_to_the_author(void **state)
{
	(void)state;
	int64_t author = add_local("favoured");
	int64_t fan = add_local("favouring");
	int64_t ours = add_post(author, POST_PUBLIC, 0);
	int64_t hidden = add_post(author, POST_FOLLOWERS, 0);
	int64_t theirs = store_new(remote_post(add_remote("favoured_far"), "favoured"));
	assert_int_equal(favourite_start(web, arena, fan, hidden), ERROR_NOT_FOUND);
	assert_int_equal(favourite_start(web, arena, fan, ours), ERROR_NONE);
	assert_int_equal(favourite_start(web, arena, fan, ours), ERROR_NONE);
	assert_int_equal(read_post(ours).favourites_count, 1);
	assert_int_equal(told("favourite", author, ours), 1);
	assert_int_equal(sent("Like", fan), 0);
	assert_int_equal(favourite_start(web, arena, fan, theirs), ERROR_NONE);
	assert_int_equal(sent("Like", fan), 1);
	assert_int_equal(favourite_stop(web, arena, fan, theirs), ERROR_NONE);
	assert_int_equal(favourite_stop(web, arena, fan, theirs), ERROR_NOT_FOUND);
	assert_int_equal(sent("Undo", fan), 1);
	assert_int_equal(favourite_stop(web, arena, fan, ours), ERROR_NONE);
	assert_int_equal(told("favourite", author, ours), 0);
}

static void a_reaction_is_one_emoji(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_emoji;
	} cases[] = {
		{ "\xf0\x9f\x8c\xb9", true },                                                 /* rose */
		{ "\xe2\x9d\xa4\xef\xb8\x8f", true },                                         /* heart with variation selector */
		{ "\xe2\x9d\xa4", true },                                                     /* heart without */
		{ "\xf0\x9f\x87\xab\xf0\x9f\x87\xb7", true },                                 /* flag */
		{ "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", true },                     /* family */
		{ "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", true },                                 /* thumb with a tone */
		{ "1\xef\xb8\x8f\xe2\x83\xa3", true },                                        /* one in a box */
		{ "1", false }, { "a", false }, { "", false }, { "<b>", false }, { ":rose:", false }, { "\xff", false },
		{ "\xf0\x9f\x8c\xb9\xf0\x9f\x8c\xb9", false },                                /* two */
		{ "\xc2\xa9", false },                                                        /* copyright sign as text */
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(reaction_is_emoji(str_from(cases[i].text)), cases[i].is_emoji);
	int64_t fan = add_local("reacting");
	int64_t post = store_new(remote_post(add_remote("reacted"), "reacted"));
	assert_int_equal(reaction_start(web, arena, fan, post, STR_LITERAL("x")), ERROR_UNPROCESSABLE);
	assert_int_equal(reaction_start(web, arena, fan, post, str_from(cases[0].text)), ERROR_NONE);
	assert_int_equal(reaction_start(web, arena, fan, post, str_from(cases[0].text)), ERROR_NONE);
	assert_int_equal(sent("EmojiReact", fan), 1);
	assert_int_equal(reaction_stop(web, arena, fan, post, str_from(cases[0].text)), ERROR_NONE);
	assert_int_equal(reaction_stop(web, arena, fan, post, str_from(cases[0].text)), ERROR_NOT_FOUND);
	assert_int_equal(sent("Undo", fan), 1);
}

/* ---- polls and pins ---- */

static void a_vote_is_cast_once_and_for_all(void **state)
{
	(void)state;
	static struct poll_option options[] = { { .title = STR("a") }, { .title = STR("b") }, { .title = STR("c") } };
	int64_t far = add_remote("far_asker");
	int64_t voter = add_local("voting");
	struct post_remote single = remote_post(far, "single");
	struct post_remote multiple = remote_post(far, "multiple");
	single.kind = multiple.kind = POST_QUESTION;
	store_new(single);
	store_new(multiple);
	int64_t plain = store_new(remote_post(far, "no_poll"));
	struct poll poll = { .options = options, .option_count = 3 };
	assert_int_equal(poll_store(web, arena, single.id, &poll), ERROR_NONE);
	poll.is_multiple = true;
	assert_int_equal(poll_store(web, arena, multiple.id, &poll), ERROR_NONE);
	const struct {
		int64_t post_id;
		int positions[4];
		size_t count;
		enum error error;
		int64_t sent; /* after it, in all */
	} cases[] = {
		{ plain, { 0 }, 1, ERROR_NOT_FOUND, 0 }, { single.id, { 0 }, 0, ERROR_UNPROCESSABLE, 0 },
		{ single.id, { 0, 1 }, 2, ERROR_UNPROCESSABLE, 0 }, { single.id, { 3 }, 1, ERROR_UNPROCESSABLE, 0 },
		{ single.id, { -1 }, 1, ERROR_UNPROCESSABLE, 0 }, { multiple.id, { 1, 1 }, 2, ERROR_UNPROCESSABLE, 0 },
		{ multiple.id, { 0, 1, 2, 0 }, 4, ERROR_UNPROCESSABLE, 0 }, { single.id, { 1 }, 1, ERROR_NONE, 1 },
		{ single.id, { 2 }, 1, ERROR_CONFLICT, 1 }, { multiple.id, { 0, 2 }, 2, ERROR_NONE, 3 },
		{ multiple.id, { 1 }, 1, ERROR_CONFLICT, 3 },
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(vote_cast(web, arena, voter, cases[i].post_id, cases[i].positions, cases[i].count), cases[i].error);
		assert_int_equal(sent("Create", voter), cases[i].sent);
	}
	static const struct str titles[] = { STR("yes"), STR("no") };
	const struct composition_poll composition = { .options = titles, .option_count = 2, .duration_s = 300 };
	struct post own = published((struct publish_request){ .actor_id = voter, .text = STR("?"), .poll = &composition });
	assert_int_equal(vote_cast(web, arena, voter, own.id, cases[0].positions, 1), ERROR_FORBIDDEN);
}

static void a_poll_that_ends_is_told_to_all_it_concerns(void **state)
{
	(void)state;
	static const struct str titles[] = { STR("yes"), STR("no") };
	static struct poll_option options[] = { { .title = STR("a") }, { .title = STR("b") } };
	const struct composition_poll composition = { .options = titles, .option_count = 2, .duration_s = 300 };
	int64_t author = add_author("ending");
	int64_t voter = add_local("ending_voter");
	int64_t far_voter = add_remote("ending_far_voter");
	struct post post = published((struct publish_request){ .actor_id = author, .text = STR("?"), .poll = &composition });
	struct post_remote theirs = remote_post(add_remote("ending_far"), "ending");
	theirs.kind = POST_QUESTION;
	store_new(theirs);
	struct poll poll = { .options = options, .option_count = 2 };
	int position = 1;
	assert_int_equal(poll_store(web, arena, theirs.id, &poll), ERROR_NONE);
	assert_int_equal(vote_cast(web, arena, voter, post.id, &position, 1), ERROR_NONE);
	assert_int_equal(vote_cast(web, arena, voter, theirs.id, &position, 1), ERROR_NONE);
	assert_int_equal(poll_vote_add(federation, arena, &(struct poll_vote){ .post_id = post.id, .actor_id = far_voter,
		.uri = STR(REMOTE "/v/ending") }), ERROR_NONE);
	size_t count = 7;
	assert_int_equal(poll_closing_run(federation, arena, 10, &count), ERROR_NONE);
	assert_int_equal(count, 0);
	run_sql("update polls set ends_at = now() where post_id in (%lld, %lld)", (long long)post.id, (long long)theirs.id);
	assert_int_equal(poll_closing_run(federation, arena, 10, &count), ERROR_NONE);
	assert_int_equal(count, 2);
	assert_int_equal(poll_closing_run(federation, arena, 10, &count), ERROR_NONE);
	assert_int_equal(count, 0);
	assert_int_equal(sent("Update", author), 1);
	assert_int_equal(sql_number("select count(*) from deliveries as d join activities_out as a on a.id = d.activity_id"
		" where a.type = 'Update' and a.post_id = %lld and d.inbox_url = '" REMOTE "/users/ending_far_voter/inbox'",
		(long long)post.id), 1);
	assert_int_equal(told("poll", author, post.id), 1);
	assert_int_equal(told("poll", voter, post.id), 1);
	assert_int_equal(told("poll", voter, theirs.id), 1);
	assert_int_equal(vote_cast(web, arena, add_local("ending_late"), post.id, &position, 1), ERROR_GONE);
}

static void one_pins_what_is_ones_own(void **state)
{
	(void)state;
	int64_t author = add_author("pinning");
	int64_t post = add_post(author, POST_PUBLIC, 0);
	int64_t for_followers = add_post(author, POST_FOLLOWERS, 0);
	int64_t direct = add_post(author, POST_DIRECT, 0);
	assert_int_equal(pin_post(web, arena, add_local("pinning_other"), post), ERROR_NOT_FOUND);
	assert_int_equal(pin_post(web, arena, author, direct), ERROR_UNPROCESSABLE);
	assert_int_equal(pin_post(web, arena, author, for_followers), ERROR_NONE);
	assert_int_equal(sent("Add", author), 0);
	assert_int_equal(pin_post(web, arena, author, post), ERROR_NONE);
	assert_int_equal(sent("Add", author), 1);
	assert_int_equal(unpin_post(web, arena, author, post), ERROR_NONE);
	assert_int_equal(unpin_post(web, arena, author, post), ERROR_NOT_FOUND);
	assert_int_equal(sent("Remove", author), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_local_actor_in_good_standing_publishes),
		cmocka_unit_test(what_cannot_be_a_post_is_refused),
		cmocka_unit_test(a_post_mentions_whom_we_know_here_and_elsewhere),
		cmocka_unit_test(an_importer_names_the_id_and_with_it_the_time),
		cmocka_unit_test(a_deed_is_done_once_whatever_becomes_of_its_commit),
		cmocka_unit_test(a_poll_has_different_options_and_an_end),
		cmocka_unit_test(a_post_of_ours_says_at_once_who_may_quote_it),
		cmocka_unit_test(a_quote_is_never_wider_than_what_it_quotes),
		cmocka_unit_test(the_author_of_a_remote_post_is_asked),
		cmocka_unit_test(only_the_quoted_author_revokes),
		cmocka_unit_test(an_edit_reaches_all_who_have_the_post),
		cmocka_unit_test(a_poll_changes_with_its_post_only),
		cmocka_unit_test(only_its_author_deletes_a_post),
		cmocka_unit_test(what_is_not_for_all_is_boosted_by_its_author_only),
		cmocka_unit_test(a_favourite_is_told_to_the_author),
		cmocka_unit_test(a_reaction_is_one_emoji),
		cmocka_unit_test(a_vote_is_cast_once_and_for_all),
		cmocka_unit_test(a_poll_that_ends_is_told_to_all_it_concerns),
		cmocka_unit_test(one_pins_what_is_ones_own),
	};
	return cmocka_run_group_tests(tests, post_world_set_up, post_world_tear_down);
}
