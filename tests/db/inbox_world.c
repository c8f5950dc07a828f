/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The world of the inbox tests. */
#include "inbox_world.h"

#include "federation/inbox_head.h"
#include "federation/policy.h"
#include "storage/activity_in.h"
#include "storage/block.h"
#include "storage/domain.h"
#include "storage/follow.h"
#include "storage/id.h"
#include "storage/statement.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/json_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct federation world_federation;
struct inbox_step world_step;
struct db *world_db;
struct arena *world_arena;

static struct config *config;
static struct db *owner_db;
static struct domain domain;
static json_t *documents; /* what verified() read */

int world_set_up(void **state)
{
	(void)state;
	const char *url = getenv("COMPTOIR_DATABASE_URL");
	if (!url)
		return -1;
	world_arena = arena_new((size_t)256 << 20);
	documents = json_array();
	const char *setting = text("database.url=%s", url);
	char *message = NULL;
	if (config_load(NULL, &setting, 1, &config, &message))
		return -1;
	world_db = db_new(config, DB_WEB);
	owner_db = db_new(config, DB_OWNER);
	if (domain_create(world_db, world_arena, STR_LITERAL("company.example"), STR_LITERAL(OUR_BASE), &domain))
		return -1;
	world_federation = (struct federation){ .config = config, .base_url = STR_LITERAL(OUR_BASE),
		.actor_uri = STR_LITERAL(OUR_BASE "/actor"), .arena = world_arena };
	if (policy_new(config, &world_federation.policy))
		return -1;
	world_step = (struct inbox_step){
		.federation = &world_federation,
		.db = db_new(config, DB_FEDERATION),
		.arena = arena_new(INBOX_STEP_ARENA_BYTES),
		.work_arena = arena_new(INBOX_WORK_ARENA_BYTES),
		.share_count = 1,
	};
	return 0;
}

int world_tear_down(void **state)
{
	(void)state;
	policy_free(&world_federation.policy);
	json_decref(documents);
	db_free(&world_step.db);
	arena_free(&world_step.arena);
	arena_free(&world_step.work_arena);
	db_free(&world_db);
	db_free(&owner_db);
	config_free(&config);
	arena_free(&world_arena);
	return 0;
}

const char *text(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct str made = arena_vprintf(world_arena, format, arguments);
	va_end(arguments);
	return made.data;
}

void execute(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct str sql = arena_vprintf(world_arena, format, arguments);
	va_end(arguments);
	assert_int_equal(db_begin(owner_db), ERROR_NONE);
	assert_int_equal(db_run_script(owner_db, "test", sql.data), ERROR_NONE);
	assert_int_equal(db_commit(owner_db), ERROR_NONE);
}

const char *query(const char *format, ...)
{
	static int number;
	va_list arguments;
	va_start(arguments, format);
	struct str inner = arena_vprintf(world_arena, format, arguments);
	va_end(arguments);
	struct statement *statement = arena_alloc(world_arena, sizeof(*statement));
	*statement = (struct statement){ text("test_%d", number++), 0, text("select (%.*s)::text", STR_ARG(inner)) };
	AUTO(db_rows) struct db_rows rows = { 0 };
	assert_int_equal(db_run(world_db, world_arena, statement, NULL, &rows), ERROR_NONE);
	struct str value = rows.count ? db_text(&rows, 0, 0) : STR_LITERAL("nothing");
	return value.data ? value.data : "null";
}

/* ---- people and posts ---- */

static int next_number(void)
{
	static int number;
	return ++number;
}

struct actor find_actor(const char *uri)
{
	struct actor actor = { 0 };
	assert_int_equal(actor_find_by_uri(world_db, world_arena, str_from(uri), &actor), ERROR_NONE);
	return actor;
}

struct actor make_local(const char *name, bool is_locked)
{
	struct str username = str_from(text("%s%d", name, next_number()));
	struct actor_new actor = {
		.id = id_new(),
		.kind = ACTOR_PERSON,
		.domain_id = domain.id,
		.username = username,
		.display_name = username,
		.is_locked = is_locked,
		.main_public_pem = STR_LITERAL("-----BEGIN PUBLIC KEY-----"),
		.main_private_sealed = STR_LITERAL("sealed"),
		.ed25519_public_bytes = STR_LITERAL("0123456789abcdef0123456789abcdef"),
		.ed25519_private_sealed = STR_LITERAL("sealed too"),
	};
	assert_int_equal(actor_create_local(world_db, world_arena, &actor), ERROR_NONE);
	struct actor found = { 0 };
	assert_int_equal(actor_find_by_id(world_db, world_arena, actor.id, &found), ERROR_NONE);
	return found;
}

void store_remote(const char *uri, const char *host, const char *also_known_as)
{
	struct str aliases[] = { str_from(also_known_as) };
	struct actor_remote actor = {
		.kind = ACTOR_PERSON,
		.username = str_from(strrchr(uri, '/') + 1),
		.domain = str_from(host),
		.uri = str_from(uri),
		.url = str_from(uri),
		.inbox_url = str_from(text("%s/inbox", uri)),
		.outbox_url = str_from(text("%s/outbox", uri)),
		.followers_url = str_from(text("%s/followers", uri)),
		.featured_url = str_from(text("%s/featured", uri)),
		.featured_tags_url = str_from(text("%s/tags", uri)),
		.fields_json = STR_LITERAL("[]"),
		.also_known_as = aliases,
		.also_known_as_count = also_known_as ? 1 : 0,
		.fetched_us = clock_now_us(),
	};
	int64_t id;
	bool is_new;
	assert_int_equal(actor_store_remote(world_db, world_arena, &actor, &id, &is_new), ERROR_NONE);
}

struct actor make_remote(const char *name, const char *host)
{
	const char *uri = text("https://%s/users/%s%d", host, name, next_number());
	store_remote(uri, host, NULL);
	return find_actor(uri);
}

struct post make_local_post(const struct actor *author, enum post_visibility visibility)
{
	struct post_new post = {
		.id = id_new(),
		.actor_id = author->id,
		.visibility = visibility,
		.html = STR_LITERAL("<p>Bonjour</p>"),
		.text_source = STR_LITERAL("Bonjour"),
	};
	assert_int_equal(db_begin(world_db), ERROR_NONE);
	assert_int_equal(post_create(world_db, world_arena, &post), ERROR_NONE);
	assert_int_equal(db_commit(world_db), ERROR_NONE);
	struct post found = { 0 };
	assert_int_equal(post_find_any(world_db, world_arena, post.id, &found), ERROR_NONE);
	return found;
}

struct post make_remote_post(const struct actor *author)
{
	struct post_remote post = {
		.id = id_new(),
		.actor_id = author->id,
		.uri = str_from(text("%s/posts/%d", author->uri.data, next_number())),
		.html = STR_LITERAL("<p>Hello</p>"),
		.created_us = clock_now_us(),
		.received_us = clock_now_us(),
	};
	post.url = post.uri;
	assert_int_equal(db_begin(world_db), ERROR_NONE);
	assert_int_equal(post_create_remote(world_db, world_arena, &post), ERROR_NONE);
	assert_int_equal(db_commit(world_db), ERROR_NONE);
	struct post found = { 0 };
	assert_int_equal(post_find_any(world_db, world_arena, post.id, &found), ERROR_NONE);
	return found;
}

void make_follow(const struct actor *follower, const struct actor *followed, const char *uri, bool is_accepted)
{
	struct follow follow = { .id = id_new(), .follower_id = follower->id, .followed_id = followed->id,
		.state = is_accepted ? FOLLOW_ACCEPTED : FOLLOW_PENDING, .uri = str_from(uri) };
	assert_int_equal(db_begin(world_db), ERROR_NONE);
	assert_int_equal(follow_create(world_db, world_arena, &follow), ERROR_NONE);
	assert_int_equal(db_commit(world_db), ERROR_NONE);
}

/* ---- activities ---- */

const char *activity(const char *id, const char *type, const char *actor, const char *object, const char *more)
{
	bool is_json = object[0] == '{' || object[0] == '[';
	const char *quote = is_json ? "" : "\"";
	return text("{\"@context\":\"https://www.w3.org/ns/activitystreams\",\"id\":\"%s\",\"type\":\"%s\",\"actor\":\"%s\","
		"\"object\":%s%s%s%s}", id, type, actor, quote, object, quote, more);
}

const char *id_of(const struct actor *actor, const char *what)
{
	static int number;
	return text("%s#%s/%d", actor->uri.data, what, ++number);
}

const char *say(const struct actor *actor, const char *type, const char *object)
{
	return activity(id_of(actor, type), type, actor->uri.data, object, "");
}

const char *asked(const char *id, const struct actor *follower, const struct actor *followed)
{
	return text("{\"id\":\"%s\",\"type\":\"Follow\",\"actor\":\"%s\",\"object\":\"%s\"}", id, follower->uri.data,
		followed->uri.data);
}

const char *with_target(struct str url)
{
	return text(",\"target\":\"%s\"", url.data);
}

const char *move_body(const struct actor *actor, const char *object, const char *to)
{
	return activity(id_of(actor, "moves"), "Move", actor->uri.data, object, text(",\"target\":\"%s\"", to));
}

const char *note_to(const char *uri, const struct actor *author, const struct actor *to)
{
	return text("{\"id\":\"%s\",\"type\":\"Note\",\"attributedTo\":\"%s\",\"content\":\"<p>Hi</p>\",\"to\":[\"%s\"],"
		"\"cc\":[\"https://www.w3.org/ns/activitystreams#Public\"],\"tag\":[{\"type\":\"Mention\",\"href\":\"%s\",\"name\":\"@a\"}]}",
		uri, author->uri.data, to->uri.data, to->uri.data);
}

void make_block(const struct actor *blocker, const struct actor *blocked, const char *uri)
{
	assert_int_equal(db_begin(world_db), ERROR_NONE);
	assert_int_equal(block_create(world_db, world_arena, id_new(), blocker->id, blocked->id, str_from(uri)), ERROR_NONE);
	assert_int_equal(db_commit(world_db), ERROR_NONE);
}

/* The same thing by which acceptance orders them. */
static struct str order_of(const json_t *document)
{
	static const char *const on_object[] = { "Accept", "Add", "Create", "Delete", "Reject", "Remove", "Undo", "Update" };
	const json_t *object = json_object_get(document, "object");
	struct str type = json_in_str(document, "type");
	for (size_t i = 0; i < sizeof(on_object) / sizeof(on_object[0]); i++) {
		if (str_eq(type, str_from(on_object[i])))
			return json_is_string(object) ? json_in_str(document, "object") : json_in_str(object, "id");
	}
	return json_in_str(document, "id");
}

struct inbox_direct world_direct(void)
{
	return (struct inbox_direct){ .federation = &world_federation, .db = world_step.db, .arena = world_step.arena,
		.work_arena = world_step.work_arena };
}

struct inbox_answer *verified(const char *body)
{
	struct inbox_head *head = arena_alloc(world_arena, sizeof(*head));
	struct inbox_answer *answer = arena_alloc(world_arena, sizeof(*answer));
	const struct vocab_rules rules = { .received_us = clock_now_us() };
	if (inbox_head_read(world_arena, str_from(body), &rules, head))
		return NULL;
	assert_int_equal(json_array_append_new(documents, head->document), 0);
	*answer = (struct inbox_answer){ .verdict = INBOX_VERIFIED, .activity = &head->activity, .document = head->document };
	answer->row = (struct activity_in){
		.id = id_new(),
		.uri = head->activity.id,
		.type = head->activity.type_name,
		.actor_uri = head->activity.actor_id,
		.object_uri = head->order_uri,
		.body = str_from(body),
		.received_us = rules.received_us,
	};
	return answer;
}

static bool deliver_directly(const char *body)
{
	bool is_stored = false;
	struct inbox_answer *answer = verified(body);
	const struct inbox_direct direct = world_direct();
	if (!answer)
		return false;
	enum error error = inbox_direct_take(&direct, &answer, 1, &is_stored);
	assert_true(error == ERROR_NONE || error == ERROR_UNPROCESSABLE);
	return is_stored;
}

void deliver(const char *body)
{
	json_auto_t *document = NULL;
	assert_int_equal(json_in_parse(str_from(body), NULL, &document), ERROR_NONE);
	struct str order = order_of(document);
	struct activity_in row = {
		.id = id_new(),
		.uri = json_in_str(document, "id"),
		.type = json_in_str(document, "type"),
		.actor_uri = json_in_str(document, "actor"),
		.object_uri = order.len ? order : (struct str){ 0 },
		.body = str_from(body),
		.received_us = clock_now_us(),
	};
	if (getenv("TEST_INBOX_DIRECTLY") && deliver_directly(body))
		return;
	assert_int_equal(activity_in_insert(world_db, world_arena, &row), ERROR_NONE);
}

void work(void)
{
	size_t claimed = 1;
	while (claimed)
		assert_int_equal(inbox_work_once(&world_step, &claimed), ERROR_NONE);
}

void work_on_suspect(void)
{
	size_t claimed;
	world_step.is_for_suspects = true;
	assert_int_equal(inbox_work_once(&world_step, &claimed), ERROR_NONE);
	world_step.is_for_suspects = false;
}

const char *outcome(const char *activity_uri)
{
	return query("select case state"
		" when 'done' then coalesce('dropped: ' || last_error, 'done')"
		" when 'parked' then 'parked: ' || parked_uri"
		" when 'set_aside' then 'set_aside: ' || last_error"
		" else state end"
		" from activities_in where uri = '%s'", activity_uri);
}

const char *result_of(const char *body)
{
	json_auto_t *document = NULL;
	deliver(body);
	work();
	assert_int_equal(json_in_parse(str_from(body), NULL, &document), ERROR_NONE);
	return outcome(text("%.*s", STR_ARG(json_in_str(document, "id"))));
}

const char *fingerprint(void)
{
	return query("select md5(concat_ws('|',"
		" (select string_agg(t::text, ',' order by id) from follows as t),"
		" (select string_agg(t::text, ',' order by id) from posts as t),"
		" (select string_agg(t::text, ',' order by id) from actors as t),"
		" (select string_agg(t::text, ',' order by id) from favourites as t),"
		" (select string_agg(t::text, ',' order by id) from boosts as t),"
		" (select string_agg(t::text, ',' order by id) from reactions as t),"
		" (select string_agg(t::text, ',' order by id) from blocks as t),"
		" (select string_agg(t::text, ',' order by id) from reports as t),"
		" (select string_agg(t::text, ',' order by id) from notifications as t),"
		" (select string_agg(t::text, ',' order by id) from activities_out as t),"
		" (select string_agg(t::text, ',' order by actor_id) from actor_counts as t),"
		" (select string_agg(t::text, ',' order by post_id) from post_counts as t),"
		" (select string_agg(t::text, ',' order by uri) from tombstones as t),"
		" (select string_agg(t::text, ',' order by uri) from actor_keys as t),"
		" (select string_agg(t::text, ',' order by actor_id, post_id) from pins as t),"
		" (select string_agg(t::text, ',' order by actor_id, name) from featured_tags as t),"
		" (select string_agg(t::text, ',' order by id) from fetches as t)))");
}
