/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Keys of remote actors: where they come from, whose they are, and how often anyone is asked for them. The table, the
 * policy and the clock are the test's own. */
#include "federation/key_ring.h"

#include "federation/federation.h"
#include "federation/key_memory.h"
#include "federation/keys.h"
#include "federation/policy.h"
#include "storage/actor_key.h"
#include "storage/domain.h"

#include "base/clock.h"
#include "base/json_in.h"

#include "signature_support.h"

#include <string.h>

#define ACTOR "https://peer.test/users/a"
#define KEY ACTOR "#main-key"
#define MINUTE_US ((int64_t)60 * 1000000)

static int64_t now_us;
static struct actor_key stored_key; /* uri.data NULL: none */
static enum error table_error;
static int table_reads;
static struct str rsa_pem, other_pem, ed25519_multibase;
static struct arena *texts;

static int64_t read_clock(void)
{
	return now_us;
}

enum error actor_key_find(struct db *db, struct arena *arena, struct str uri, struct str authority,
	struct actor_key *ret_key, bool *ret_is_own_host)
{
	(void)db;
	(void)arena;
	table_reads++;
	if (table_error)
		return table_error;
	*ret_is_own_host = str_eq(authority, STR_LITERAL("our.test"));
	if (!stored_key.uri.data || !str_eq(stored_key.uri, uri))
		return ERROR_NOT_FOUND;
	*ret_key = stored_key;
	return ERROR_NONE;
}

enum error domain_find(struct db *db, struct arena *arena, struct str host, struct domain *ret_domain)
{
	(void)db;
	(void)arena;
	(void)ret_domain;
	return str_eq(host, STR_LITERAL("our.test")) ? ERROR_NONE : ERROR_NOT_FOUND;
}

struct policy_view policy_judge(struct policy *policy, struct str host)
{
	(void)policy;
	bool is_refused = str_eq(host, STR_LITERAL("suspended.test"));
	return (struct policy_view){ .verdict = is_refused ? POLICY_REFUSED : POLICY_OPEN };
}

static struct str new_pem(void)
{
	struct key_pairs pairs;
	assert_int_equal(keys_generate(texts, &pairs), ERROR_NONE);
	ed25519_multibase = keys_ed25519_multibase(texts, pairs.ed25519_public_bytes);
	return pairs.main_public_pem;
}

static int make_keys(void **state)
{
	(void)state;
	static const struct clock_source source = { read_clock, read_clock };
	texts = arena_new((size_t)1 << 20);
	other_pem = new_pem();
	rsa_pem = new_pem();
	clock_replace(&source);
	return 0;
}

static int free_keys(void **state)
{
	(void)state;
	clock_replace(NULL);
	arena_free(&texts);
	return 0;
}

struct fixture {
	struct federation federation;
	struct arena *arena;
	struct key_owner owner;
};

static int begin(void **state)
{
	struct fixture *fixture = memory_new(sizeof(*fixture));
	fixture->federation.keys = key_ring_new();
	fixture->federation.base_url = STR_LITERAL("https://our.test");
	fixture->arena = arena_new((size_t)64 << 20);
	now_us = INT64_C(1795348800000000);
	stored_key = (struct actor_key){ 0 };
	table_error = ERROR_NONE;
	table_reads = 0;
	*state = fixture;
	return 0;
}

static int end(void **state)
{
	struct fixture *fixture = *state;
	public_key_unref(&fixture->owner.key);
	key_ring_free(&fixture->federation.keys);
	arena_free(&fixture->arena);
	memory_free(fixture);
	return 0;
}

static enum key_lookup find(struct fixture *fixture, const char *key_id, bool wants_fresh)
{
	public_key_unref(&fixture->owner.key);
	return key_ring_find(&fixture->federation, NULL, fixture->arena, str_from(key_id), wants_fresh, &fixture->owner);
}

static enum key_lookup learn_document(struct fixture *fixture, const char *key_id, struct fetch_document *document)
{
	public_key_unref(&fixture->owner.key);
	return key_ring_learn(&fixture->federation, NULL, fixture->arena, str_from(key_id), document, &fixture->owner);
}

static enum key_lookup learn(struct fixture *fixture, const char *key_id, const char *url, const char *text)
{
	json_auto_t *json = NULL;
	struct fetch_document document = { .verdict = FETCH_OK, .status = 200, .url = str_from(url), .id = str_from(url) };
	assert_int_equal(json_in_parse(str_from(text), NULL, &json), ERROR_NONE);
	document.json = json;
	return learn_document(fixture, key_id, &document);
}

static enum key_lookup fail_to_learn(struct fixture *fixture, const char *key_id, enum fetch_verdict verdict)
{
	struct fetch_document document = { .verdict = verdict, .reason = "test", .retry_after_s = -1 };
	return learn_document(fixture, key_id, &document);
}

static const char *escaped(struct fixture *fixture, struct str pem)
{
	struct buf out = { 0 };
	for (size_t i = 0; i < pem.len; i++) {
		if (pem.data[i] == '\n')
			buf_add_c_string(&out, "\\n");
		else
			buf_add_char(&out, pem.data[i]);
	}
	const char *text = arena_c_string(fixture->arena, buf_str(&out));
	buf_clear(&out);
	return text;
}

static const char *actor_document(struct fixture *fixture, const char *id, const char *key_id, const char *owner,
	struct str pem)
{
	return arena_printf(fixture->arena, "{\"id\":\"%s\",\"type\":\"Person\",\"preferredUsername\":\"a\",\"inbox\":\"%s/inbox\","
		"\"publicKey\":{\"id\":\"%s\",\"owner\":\"%s\",\"publicKeyPem\":\"%s\"},"
		"\"assertionMethod\":[{\"id\":\"%s#ed25519-key\",\"type\":\"Multikey\",\"controller\":\"%s\",\"publicKeyMultibase\":\"%.*s\"}]}",
		id, id, key_id, owner, escaped(fixture, pem), id, owner, STR_ARG(ed25519_multibase)).data;
}

static const char *good_actor(struct fixture *fixture)
{
	return actor_document(fixture, ACTOR, KEY, ACTOR, rsa_pem);
}

static void learn_good_actor(struct fixture *fixture)
{
	assert_int_equal(find(fixture, KEY, false), KEY_WANTED);
	assert_int_equal(learn(fixture, KEY, ACTOR, good_actor(fixture)), KEY_FOUND);
}

static void store_key(struct str pem)
{
	stored_key = (struct actor_key){
		.uri = STR_LITERAL(KEY), .kind = ACTOR_KEY_RSA, .actor_id = 7, .actor_uri = STR_LITERAL(ACTOR), .public_pem = pem,
	};
}

static void a_stored_key_is_parsed_once_and_asked_for_again_after_five_minutes(void **state)
{
	struct fixture *fixture = *state;
	store_key(rsa_pem);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(find(fixture, KEY, false), KEY_FOUND);
		assert_int_equal(fixture->owner.actor_id, 7);
		assert_true(str_eq(fixture->owner.actor_uri, STR_LITERAL(ACTOR)));
	}
	assert_int_equal(table_reads, 1);
	now_us += 6 * MINUTE_US;
	assert_int_equal(find(fixture, KEY, false), KEY_FOUND);
	assert_int_equal(table_reads, 2);
}

static void keys_that_can_be_nobodys_are_refused_before_any_fetch(void **state)
{
	struct fixture *fixture = *state;
	static const char *const ids[] = {
		"https://user@peer.test/a", "file:///etc/passwd", "acct:a@peer.test", "", "https://",
		"https://suspended.test/users/a#main-key", "https://our.test/users/a#main-key", "https://OUR.test/actor",
	};
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_int_equal(find(fixture, ids[i], false), KEY_REFUSED);
	store_key(rsa_pem);
	stored_key.is_local = true;
	assert_int_equal(find(fixture, KEY, false), KEY_REFUSED);
	stored_key.is_local = false;
	stored_key.is_actor_suspended = true;
	assert_int_equal(find(fixture, KEY, false), KEY_REFUSED);
}

static void an_unknown_key_is_read_from_its_document_with_all_keys_of_its_actor(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(find(fixture, KEY, false), KEY_WANTED);
	assert_true(str_eq(fixture->owner.document_url, STR_LITERAL(ACTOR)));
	assert_int_equal(learn(fixture, KEY, ACTOR, good_actor(fixture)), KEY_FOUND);
	assert_true(str_eq(fixture->owner.actor_uri, STR_LITERAL(ACTOR)));
	assert_int_equal(fixture->owner.actor_id, 0);
	assert_int_equal(public_key_kind(fixture->owner.key), PUBLIC_KEY_RSA);
	assert_int_equal(find(fixture, ACTOR "#ed25519-key", false), KEY_FOUND);
	assert_int_equal(public_key_kind(fixture->owner.key), PUBLIC_KEY_ED25519);
	assert_int_equal(find(fixture, KEY, false), KEY_FOUND);
}

static bool awaits(struct fixture *fixture, const char *key_id, const char *url)
{
	return key_ring_awaits(fixture->federation.keys, fixture->arena, str_from(key_id), str_from(url));
}

static void only_what_was_asked_for_is_learned_from_without_asking_the_table(void **state)
{
	struct fixture *fixture = *state;
	assert_false(awaits(fixture, KEY, ACTOR));
	assert_int_equal(find(fixture, KEY, false), KEY_WANTED);
	assert_true(awaits(fixture, KEY, ACTOR));
	assert_false(awaits(fixture, KEY, "https://peer.test/users/b"));
	assert_false(awaits(fixture, "https://peer.test/users/b#main-key", ACTOR));
	assert_false(awaits(fixture, "not a url", ACTOR));
	now_us += MINUTE_US;
	assert_false(awaits(fixture, KEY, ACTOR));
	now_us -= MINUTE_US;
	assert_int_equal(learn(fixture, KEY, ACTOR, good_actor(fixture)), KEY_FOUND);
	assert_false(awaits(fixture, KEY, ACTOR));
}

static void a_key_that_is_known_is_tried_before_a_new_one_is_learned(void **state)
{
	struct fixture *fixture = *state;
	store_key(other_pem);
	assert_int_equal(find(fixture, KEY, false), KEY_FOUND);
	assert_int_equal(find(fixture, KEY, true), KEY_WANTED);
	assert_false(awaits(fixture, KEY, ACTOR));
}

static void everyone_who_asks_during_a_fetch_shares_it(void **state)
{
	struct fixture *fixture = *state;
	for (int i = 0; i < 50; i++) {
		assert_int_equal(find(fixture, KEY, false), KEY_WANTED);
		assert_true(str_eq(fixture->owner.document_url, STR_LITERAL(ACTOR)));
	}
	now_us += KEY_FETCH_LONGEST_US; /* nobody came back with it */
	assert_int_equal(find(fixture, KEY, false), KEY_LATER);
	now_us += 5 * MINUTE_US;
	assert_int_equal(find(fixture, KEY, false), KEY_WANTED);
}

static void a_key_document_is_believed_when_its_owner_lists_it(void **state)
{
	struct fixture *fixture = *state;
	const char *stub = arena_printf(fixture->arena, "{\"id\":\"%s\",\"owner\":\"%s\",\"publicKeyPem\":\"%s\"}", ACTOR "/main-key",
		ACTOR, escaped(fixture, rsa_pem)).data;
	assert_int_equal(find(fixture, ACTOR "/main-key", false), KEY_WANTED);
	assert_true(str_eq(fixture->owner.document_url, STR_LITERAL(ACTOR "/main-key")));
	assert_int_equal(learn(fixture, ACTOR "/main-key", ACTOR "/main-key", stub), KEY_WANTED);
	assert_true(str_eq(fixture->owner.document_url, STR_LITERAL(ACTOR)));
	assert_int_equal(find(fixture, ACTOR "/main-key", false), KEY_WANTED);
	assert_true(str_eq(fixture->owner.document_url, STR_LITERAL(ACTOR)));
	assert_int_equal(learn(fixture, ACTOR "/main-key", ACTOR,
		actor_document(fixture, ACTOR, ACTOR "/main-key", ACTOR, rsa_pem)), KEY_FOUND);
	assert_true(str_eq(fixture->owner.actor_uri, STR_LITERAL(ACTOR)));
}

static void a_key_that_its_owner_does_not_list_is_nobodys(void **state)
{
	struct fixture *fixture = *state;
	const char *stub = arena_printf(fixture->arena, "{\"id\":\"https://peer.test/k\",\"owner\":\"%s\",\"publicKeyPem\":\"%s\"}",
		ACTOR, escaped(fixture, other_pem)).data;
	assert_int_equal(find(fixture, "https://peer.test/k", false), KEY_WANTED);
	assert_int_equal(learn(fixture, "https://peer.test/k", "https://peer.test/k", stub), KEY_WANTED);
	assert_int_equal(learn(fixture, "https://peer.test/k", ACTOR, good_actor(fixture)), KEY_REFUSED);
	assert_int_equal(find(fixture, "https://peer.test/k", false), KEY_REFUSED);
	assert_int_equal(find(fixture, KEY, false), KEY_FOUND); /* what was read on the way is true */
}

static void documents_that_prove_nothing_are_refused(void **state)
{
	struct fixture *fixture = *state;
	const struct {
		const char *what;
		const char *url;
		const char *document;
	} cases[] = {
		{ "key on another host than its actor", "https://evil.test/users/a",
			actor_document(fixture, "https://evil.test/users/a", KEY, "https://evil.test/users/a", other_pem) },
		{ "owner is another actor", ACTOR, actor_document(fixture, ACTOR, KEY, "https://peer.test/users/b", other_pem) },
		{ "actor of another host served here", ACTOR,
			actor_document(fixture, "https://victim.test/users/a", "https://victim.test/users/a#main-key",
				"https://victim.test/users/a", other_pem) },
		{ "another key", ACTOR, actor_document(fixture, ACTOR, ACTOR "#other", ACTOR, other_pem) },
		{ "no key", ACTOR, "{\"id\":\"" ACTOR "\",\"type\":\"Person\",\"preferredUsername\":\"a\"}" },
		{ "a note", ACTOR, "{\"id\":\"" ACTOR "\",\"type\":\"Note\"}" },
		{ "a list", ACTOR, "[]" },
		{ "a private key", ACTOR, "{\"id\":\"" ACTOR "\",\"type\":\"Person\",\"preferredUsername\":\"a\",\"publicKey\":{\"id\":\"" KEY
			"\",\"owner\":\"" ACTOR "\",\"publicKeyPem\":\"-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----\"}}" },
		{ "a key that owns itself", KEY, "{\"id\":\"" KEY "\",\"owner\":\"" ACTOR "\",\"publicKeyPem\":\"-----BEGIN x\"}" },
		{ "a key of another host", ACTOR, "{\"id\":\"" KEY "\",\"owner\":\"https://victim.test/a\",\"publicKeyPem\":\"-----BEGIN x\"}" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		key_ring_free(&fixture->federation.keys);
		fixture->federation.keys = key_ring_new();
		assert_int_equal(find(fixture, KEY, false), KEY_WANTED);
		enum key_lookup lookup = learn(fixture, KEY, cases[i].url, cases[i].document);
		if (lookup != KEY_REFUSED)
			fail_msg("%s: %d", cases[i].what, (int)lookup);
		if (find(fixture, KEY, false) != KEY_REFUSED)
			fail_msg("%s: forgotten", cases[i].what);
	}
}

static void a_document_teaches_no_keys_of_another_host(void **state)
{
	struct fixture *fixture = *state;
	static const char victim[] = "https://victim.test/users/a";
	assert_int_equal(find(fixture, KEY, false), KEY_WANTED);
	assert_int_equal(learn(fixture, KEY, ACTOR,
		actor_document(fixture, victim, "https://victim.test/users/a#main-key", victim, other_pem)), KEY_REFUSED);
	assert_int_equal(find(fixture, "https://victim.test/users/a#main-key", false), KEY_WANTED);
}

static void what_could_not_be_had_is_not_asked_for_again_in_five_minutes(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		enum fetch_verdict verdict;
		enum key_lookup lookup;
	} cases[] = { { FETCH_GONE, KEY_REFUSED }, { FETCH_REFUSED, KEY_REFUSED }, { FETCH_FAILED, KEY_LATER } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(find(fixture, KEY, false), KEY_WANTED);
		assert_int_equal(fail_to_learn(fixture, KEY, cases[i].verdict), cases[i].lookup);
		for (int asked = 0; asked < 4; asked++) {
			assert_int_equal(find(fixture, asked % 2 ? KEY : ACTOR "#other", false), cases[i].lookup);
			now_us += MINUTE_US;
		}
		if (cases[i].lookup == KEY_LATER)
			assert_in_range(fixture->owner.retry_after_s, 1, 300);
		now_us += 2 * MINUTE_US;
	}
}

static void a_new_key_replaces_the_old_one_at_most_every_five_minutes(void **state)
{
	struct fixture *fixture = *state;
	store_key(other_pem);
	assert_int_equal(find(fixture, KEY, false), KEY_FOUND);
	struct public_key *old = public_key_ref(fixture->owner.key);
	assert_int_equal(find(fixture, KEY, true), KEY_WANTED);
	assert_int_equal(learn(fixture, KEY, ACTOR, good_actor(fixture)), KEY_FOUND);
	assert_ptr_not_equal(fixture->owner.key, old);
	assert_int_equal(fixture->owner.actor_id, 7);
	struct public_key *fresh = fixture->owner.key;
	assert_int_equal(find(fixture, KEY, false), KEY_FOUND);
	assert_ptr_equal(fixture->owner.key, fresh);
	assert_int_equal(find(fixture, KEY, true), KEY_REFUSED);
	now_us += 6 * MINUTE_US;
	assert_int_equal(find(fixture, KEY, true), KEY_WANTED);
	public_key_unref(&old);
}

static const char *numbered(struct fixture *fixture, const char *host, int number)
{
	return arena_printf(fixture->arena, "https://%s/users/u%d#main-key", host, number).data;
}

static void a_host_of_which_nothing_has_verified_is_asked_twice(void **state)
{
	struct fixture *fixture = *state;
	int wanted = 0;
	for (int i = 0; i < 100; i++)
		wanted += find(fixture, numbered(fixture, "victim.test", i), false) == KEY_WANTED;
	assert_int_equal(wanted, KEY_FETCHES_OF_UNPROVEN_HOST);
	assert_int_equal(find(fixture, numbered(fixture, "victim.test", 99), false), KEY_LATER);
	now_us += 6 * MINUTE_US;
	assert_int_equal(find(fixture, numbered(fixture, "victim.test", 99), false), KEY_WANTED);
}

static void hosts_without_number_are_asked_a_bounded_number_of_times(void **state)
{
	struct fixture *fixture = *state;
	int wanted = 0;
	for (int i = 0; i < 3 * KEY_FETCHES_OF_ALL_UNPROVEN; i++) {
		const char *host = arena_printf(fixture->arena, "h%d.evil.test", i).data;
		wanted += find(fixture, numbered(fixture, host, 0), false) == KEY_WANTED;
	}
	assert_int_equal(wanted, KEY_FETCHES_OF_ALL_UNPROVEN);
}

static void a_host_that_signs_is_not_short_of_fetches(void **state)
{
	struct fixture *fixture = *state;
	learn_good_actor(fixture);
	assert_false(fixture->owner.is_proven);
	key_ring_prove(fixture->federation.keys, STR_LITERAL(KEY));
	assert_int_equal(find(fixture, KEY, false), KEY_FOUND);
	assert_true(fixture->owner.is_proven);
	int wanted = 0;
	for (int i = 0; i < 1000; i++)
		wanted += find(fixture, numbered(fixture, "peer.test", i), false) == KEY_WANTED;
	assert_int_equal(wanted, KEY_FETCHES_OF_PROVEN_HOST);
}

static void fetches_that_led_to_a_signature_are_not_counted(void **state)
{
	struct fixture *fixture = *state;
	for (int i = 0; i < 300; i++) {
		const char *actor = arena_printf(fixture->arena, "https://peer.test/users/u%d", i).data;
		const char *key_id = numbered(fixture, "peer.test", i);
		assert_int_equal(find(fixture, key_id, false), KEY_WANTED);
		assert_int_equal(learn(fixture, key_id, actor, actor_document(fixture, actor, key_id, actor, rsa_pem)), KEY_FOUND);
		key_ring_prove(fixture->federation.keys, str_from(key_id));
	}
}

static void a_host_may_forward_a_bounded_number_of_activities(void **state)
{
	struct fixture *fixture = *state;
	int allowed = 0;
	for (int i = 0; i < 3 * FORWARDS_OF_HOST; i++)
		allowed += key_ring_may_forward(fixture->federation.keys, arena_printf(fixture->arena, "https://relay.test/%d", i));
	assert_int_equal(allowed, FORWARDS_OF_HOST);
	assert_true(key_ring_may_forward(fixture->federation.keys, STR_LITERAL(ACTOR)));
	now_us += 6 * MINUTE_US;
	assert_true(key_ring_may_forward(fixture->federation.keys, STR_LITERAL("https://relay.test/1")));
}

static void a_forgotten_actor_is_looked_for_in_the_table(void **state)
{
	struct fixture *fixture = *state;
	learn_good_actor(fixture);
	key_ring_forget(fixture->federation.keys, STR_LITERAL(ACTOR));
	assert_int_equal(find(fixture, KEY, false), KEY_LATER); /* the row is about to be committed */
	store_key(rsa_pem);
	assert_int_equal(find(fixture, KEY, false), KEY_FOUND);
	assert_int_equal(fixture->owner.actor_id, 7);
}

static void without_a_database_a_kept_key_is_still_good(void **state)
{
	struct fixture *fixture = *state;
	learn_good_actor(fixture);
	table_error = ERROR_DATABASE_UNREACHABLE;
	assert_int_equal(find(fixture, KEY, false), KEY_FOUND);
	assert_int_equal(find(fixture, "https://peer.test/users/b#main-key", false), KEY_LATER);
}

static void memory_is_bounded(void **state)
{
	struct fixture *fixture = *state;
	AUTO(public_key) struct public_key *key = public_key_from_pem(rsa_pem);
	struct key_memory *memory = key_memory_new();
	for (int i = 0; i < 3 * KEY_MEMORY_KEYS_MAX; i++) {
		struct str id = arena_printf(fixture->arena, "https://peer.test/u%d#main-key", i);
		struct str actor = arena_printf(fixture->arena, "https://peer.test/u%d", i / 2);
		key_memory_put(memory, &(struct key_to_keep){ id, actor, 0, key }, now_us);
		assert_non_null(key_memory_get(memory, id, now_us));
	}
	int kept = 0;
	for (int i = 0; i < 3 * KEY_MEMORY_KEYS_MAX; i++)
		kept += key_memory_get(memory, arena_printf(fixture->arena, "https://peer.test/u%d#main-key", i), now_us) != NULL;
	assert_int_equal(kept, KEY_MEMORY_KEYS_MAX);
	for (int i = 0; i < 3 * KEY_MEMORY_HOSTS_MAX; i++) {
		struct str host = arena_printf(fixture->arena, "h%d.test", i);
		if (!key_memory_begin_fetch(memory, arena_printf(fixture->arena, "https://h%d.test/", i), host, now_us))
			now_us += 6 * MINUTE_US;
	}
	key_memory_free(&memory);
	assert_null(memory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_stored_key_is_parsed_once_and_asked_for_again_after_five_minutes),
		TEST(keys_that_can_be_nobodys_are_refused_before_any_fetch),
		TEST(an_unknown_key_is_read_from_its_document_with_all_keys_of_its_actor),
		TEST(only_what_was_asked_for_is_learned_from_without_asking_the_table),
		TEST(a_key_that_is_known_is_tried_before_a_new_one_is_learned),
		TEST(everyone_who_asks_during_a_fetch_shares_it),
		TEST(a_key_document_is_believed_when_its_owner_lists_it),
		TEST(a_key_that_its_owner_does_not_list_is_nobodys),
		TEST(documents_that_prove_nothing_are_refused),
		TEST(a_document_teaches_no_keys_of_another_host),
		TEST(what_could_not_be_had_is_not_asked_for_again_in_five_minutes),
		TEST(a_new_key_replaces_the_old_one_at_most_every_five_minutes),
		TEST(a_host_of_which_nothing_has_verified_is_asked_twice),
		TEST(hosts_without_number_are_asked_a_bounded_number_of_times),
		TEST(a_host_that_signs_is_not_short_of_fetches),
		TEST(fetches_that_led_to_a_signature_are_not_counted),
		TEST(a_host_may_forward_a_bounded_number_of_activities),
		TEST(a_forgotten_actor_is_looked_for_in_the_table),
		TEST(without_a_database_a_kept_key_is_still_good),
		TEST(memory_is_bounded),
	};
	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
