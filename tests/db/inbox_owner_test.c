/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Nobody has a say in what is another's, and nothing has its effect twice: CHECKLIST A5 and A15. */
#include "inbox_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define REMOTE "peer.example"

/* Each is said by somebody whose business it is not: once from another server, once by another actor of the same one. */
static void nobody_changes_what_is_anothers(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	struct actor carol = make_remote("carol", REMOTE);
	struct actor eves[] = { make_remote("eve", "evil.example"), make_remote("eve", REMOTE) };
	struct post local = make_local_post(&alice, POST_PUBLIC);
	struct post post = make_remote_post(&bob);
	const char *follow = id_of(&bob, "follows");
	const char *ours = id_of(&alice, "follows");
	const char *pending = id_of(&alice, "follows");
	const char *like = id_of(&bob, "likes");
	const char *boost = id_of(&bob, "boosts");
	const char *react = id_of(&bob, "reacts");
	const char *blocked = id_of(&carol, "blocks");
	make_follow(&bob, &alice, follow, true);
	make_follow(&alice, &bob, ours, true);
	make_follow(&alice, &carol, pending, false);
	assert_string_equal(result_of(activity(like, "Like", bob.uri.data, local.uri.data, "")), "done");
	assert_string_equal(result_of(activity(boost, "Announce", bob.uri.data, local.uri.data,
		",\"to\":\"https://www.w3.org/ns/activitystreams#Public\"")), "done");
	assert_string_equal(result_of(activity(react, "EmojiReact", bob.uri.data, local.uri.data, ",\"content\":\"\xf0\x9f\xa7\xa1\"")), "done");
	make_block(&carol, &alice, blocked);
	assert_string_equal(result_of(activity(id_of(&bob, "add"), "Add", bob.uri.data, post.uri.data, with_target(bob.featured_url))), "done");

	for (size_t i = 0; i < 2; i++) {
		struct actor eve = eves[i];
		struct post own = make_remote_post(&eve);
		const char *third = text("https://third.example/users/third%zu", i);
		store_remote(third, "third.example", eve.uri.data);
		const char *by_eve = activity(follow, "Follow", eve.uri.data, alice.uri.data, "");
		const char *cases[] = {
			say(&eve, "Delete", post.uri.data),
			say(&eve, "Delete", text("{\"id\":\"%s\",\"type\":\"Tombstone\"}", local.uri.data)),
			say(&eve, "Delete", bob.uri.data),
			say(&eve, "Delete", alice.uri.data),
			say(&eve, "Undo", follow),
			say(&eve, "Undo", asked(follow, &bob, &alice)),
			say(&eve, "Undo", by_eve),
			say(&eve, "Undo", activity(like, "Like", bob.uri.data, local.uri.data, "")),
			say(&eve, "Undo", activity(boost, "Announce", bob.uri.data, local.uri.data, "")),
			say(&eve, "Undo", activity(react, "EmojiReact", bob.uri.data, local.uri.data, "")),
			say(&eve, "Undo", blocked),
			say(&eve, "Undo", bob.uri.data),
			say(&eve, "Undo", post.uri.data),
			say(&eve, "Undo", asked(ours, &alice, &bob)),
			say(&eve, "Accept", pending),
			say(&eve, "Accept", asked(pending, &alice, &carol)),
			say(&eve, "Accept", asked(follow, &bob, &alice)),
			say(&eve, "Accept", text("[\"%s\",\"%s\"]", pending, ours)),
			say(&eve, "Reject", ours),
			say(&eve, "Reject", asked(ours, &alice, &bob)),
			say(&eve, "Reject", asked(follow, &bob, &alice)),
			activity(id_of(&eve, "a"), "Add", eve.uri.data, post.uri.data, with_target(bob.featured_url)),
			activity(id_of(&eve, "a"), "Add", eve.uri.data, post.uri.data, with_target(eve.featured_url)),
			activity(id_of(&eve, "a"), "Add", eve.uri.data, own.uri.data, with_target(bob.featured_url)),
			activity(id_of(&eve, "a"), "Add", eve.uri.data, local.uri.data, with_target(alice.featured_url)),
			activity(id_of(&eve, "a"), "Remove", eve.uri.data, post.uri.data, with_target(bob.featured_url)),
			activity(id_of(&eve, "a"), "Remove", eve.uri.data, post.uri.data, with_target(eve.featured_url)),
			move_body(&eve, bob.uri.data, eve.uri.data),
			move_body(&eve, bob.uri.data, third),
			move_body(&eve, alice.uri.data, eve.uri.data),
			move_body(&eve, eve.uri.data, alice.uri.data),
			say(&eve, "Update", bob.uri.data),
			say(&eve, "Block", bob.uri.data),
			say(&eve, "Flag", bob.uri.data),
		};
		const char *before = fingerprint();
		for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
			const char *result = result_of(cases[k]);
			if (strncmp(result, "dropped: ", 9) != 0 || strcmp(fingerprint(), before) != 0)
				fail_msg("eve %zu, case %zu (%s): %s", i, k, cases[k], result);
		}
	}
}

/* A15: a second activity about the same thing changes nothing. */
static void the_first_one_wins(void **state)
{
	(void)state;
	struct actor alice = make_local("alice", false);
	struct actor bob = make_remote("bob", REMOTE);
	const char *uri = text("%s/posts/once", bob.uri.data);
	assert_string_equal(result_of(say(&bob, "Create", note_to(uri, &bob, &alice))), "done");
	assert_string_equal(result_of(say(&bob, "Like", make_local_post(&alice, POST_PUBLIC).uri.data)), "done");
	const char *before = fingerprint();
	result_of(say(&bob, "Create", note_to(uri, &bob, &alice)));
	assert_string_equal(fingerprint(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_changes_what_is_anothers),
		cmocka_unit_test(the_first_one_wins),
	};
	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
