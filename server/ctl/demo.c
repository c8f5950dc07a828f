/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir demo: makes the demonstration through the same actions as everyone, or what of it is missing. Each
 * thing is looked up before it is made, so a run that was killed is simply run again. */
#include "server/ctl/context.h"
#include "server/ctl/demo_file.h"
#include "server/ctl/demo_world.h"
#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"

#include "server/action/account_create.h"
#include "server/action/deed.h"
#include "server/action/follow.h"
#include "server/action/membership.h"
#include "server/action/organisation.h"
#include "server/action/publish.h"

#include "base/password.h"
#include "storage/domain.h"
#include "storage/id.h"
#include "storage/user.h"

#define MINUTE_US (60 * 1000000LL)

struct demo {
	struct arena *arena;
	struct db *db;
	const struct secret_box *box;
	struct domain domain;
	struct str *passwords; /* of demo_people */
	struct str message;    /* why it failed, when there is more to say than the error does */
};

static enum error find_actor(struct demo *demo, struct str username, struct actor *ret_actor)
{
	return actor_find_local(demo->db, demo->arena, username, demo->domain.name, ret_actor);
}

static enum error set_password(struct demo *demo, int64_t actor_id, struct str password)
{
	struct user user;
	struct str hash;
	enum error error = user_find_by_actor(demo->db, demo->arena, actor_id, &user);
	if (!error)
		error = password_hash(demo->arena, password, &hash);
	if (!error)
		error = db_begin(demo->db);
	if (error)
		return error;
	error = user_set_password(demo->db, demo->arena, user.id, hash);
	if (!error)
		return db_commit(demo->db);
	db_rollback(demo->db);
	return error;
}

/* Passwords that the file does not know are made; an account that has one already gets the new one. All before
 * the file is written: a run that is killed in between makes them once more. */
static enum error complete_passwords(struct demo *demo)
{
	for (size_t i = 0; i < demo_people_count; i++) {
		if (demo->passwords[i].len > 0)
			continue;
		struct str password = password_generate(demo->arena);
		struct actor actor;
		enum error error = find_actor(demo, demo_people[i].username, &actor);
		if (!error)
			error = set_password(demo, actor.id, password);
		if (error && error != ERROR_NOT_FOUND)
			return error;
		demo->passwords[i] = password;
	}
	return ERROR_NONE;
}

static enum error make_account(struct demo *demo, const struct account_new *account)
{
	struct actor actor;
	struct account_created created;
	enum error error = find_actor(demo, account->username, &actor);
	if (error != ERROR_NOT_FOUND)
		return error;
	return account_create(demo->db, demo->arena, demo->box, account, &created, &demo->message);
}

static enum error find_user(struct demo *demo, struct str username, int64_t *ret_user_id)
{
	struct actor actor;
	struct user user;
	enum error error = find_actor(demo, username, &actor);
	if (!error)
		error = user_find_by_actor(demo->db, demo->arena, actor.id, &user);
	if (!error)
		*ret_user_id = user.id;
	return error;
}

static const struct demo_person *find_person(struct str username)
{
	size_t at = 0;
	while (!str_eq(demo_people[at].username, username))
		at++;
	return &demo_people[at];
}

/* A member without a role is one whom a run that was killed has left so. */
static enum error make_member(struct demo *demo, int64_t organisation_id, const struct demo_person *person)
{
	struct membership membership;
	int64_t user_id;
	enum error error = find_user(demo, person->username, &user_id);
	if (error)
		return error;
	error = membership_find_by_user(demo->db, demo->arena, organisation_id, user_id, &membership);
	if (error == ERROR_NOT_FOUND)
		error = membership_add(demo->db, demo->arena, organisation_id, user_id, MEMBERSHIP_ACTIVE, &ctl_author, &membership.id,
			&demo->message);
	if (error || !person->brand_role.len)
		return error;
	return membership_set_roles(demo->db, demo->arena, organisation_id, membership.id, 0, &person->brand_role, 1, &ctl_author,
		&demo->message);
}

/* One that a former release made has no organisation, and stays as it is. */
static enum error make_brand(struct demo *demo, const struct demo_brand *brand)
{
	struct organisation organisation;
	struct actor actor;
	enum error error = organisation_find_by_slug(demo->db, demo->arena, brand->username, &organisation);
	if (error == ERROR_NOT_FOUND && find_actor(demo, brand->username, &actor) == ERROR_NONE)
		return ERROR_NONE;
	if (error == ERROR_NOT_FOUND) {
		struct organisation_founding founding = {
			.organisation = { .slug = brand->username, .name = brand->display_name, .locale = STR_LITERAL("fr"),
				.country = STR_LITERAL("FR"), .time_zone = STR_LITERAL("Europe/Paris") },
			.account_username = brand->username,
		};
		struct organisation_founded founded = { 0 };
		error = find_user(demo, brand->speakers[0], &founding.founder_user_id);
		if (!error)
			error = organisation_found(demo->db, demo->arena, demo->box, &founding, &ctl_author, &founded, &demo->message);
		organisation = founded.organisation;
	}
	for (size_t i = 1; i < DEMO_MAX_SPEAKERS && brand->speakers[i].len && !error; i++)
		error = make_member(demo, organisation.id, find_person(brand->speakers[i]));
	return error;
}

static enum error make_accounts(struct demo *demo)
{
	enum error error = ERROR_NONE;
	for (size_t i = 0; i < demo_people_count && !error; i++) {
		const struct demo_person *person = &demo_people[i];
		const struct account_new account = { .kind = ACTOR_PERSON, .username = person->username, .domain = demo->domain.name,
			.display_name = person->display_name, .email = person->email, .password = demo->passwords[i],
			.role = USER_MEMBER, .locale = person->locale, .is_confirmed = true };
		error = make_account(demo, &account);
	}
	for (size_t i = 0; i < demo_brand_count && !error; i++)
		error = make_brand(demo, &demo_brands[i]);
	return error;
}

static enum error make_follows(struct demo *demo)
{
	for (size_t i = 0; i < demo_follow_count; i++) {
		struct actor follower;
		struct actor followed;
		struct follow follow;
		enum error error = find_actor(demo, demo_follows[i].follower, &follower);
		if (!error)
			error = find_actor(demo, demo_follows[i].followed, &followed);
		if (!error)
			error = follow_start(demo->db, demo->arena, follower.id, followed.id, &follow);
		if (error)
			return error;
	}
	return ERROR_NONE;
}

/* The same on every run: an account's day of birth does not change. */
static int64_t post_id(int64_t born_us, size_t index)
{
	return id_at_time(born_us - (int64_t)demo_posts[index].minutes_ago * MINUTE_US) + (int64_t)index;
}

/* For a brand account its founder speaks. */
static enum error claim(struct demo *demo, struct str username)
{
	struct organisation organisation;
	struct membership membership;
	struct release_claim made = { .ground = RELEASE_SPOKEN };
	size_t at = 0;
	while (at < demo_brand_count && !str_eq(demo_brands[at].username, username))
		at++;
	if (at == demo_brand_count)
		return ERROR_NONE;
	enum error error = organisation_find_by_slug(demo->db, demo->arena, username, &organisation);
	if (error == ERROR_NOT_FOUND)
		return ERROR_NONE;
	if (!error)
		error = find_user(demo, demo_brands[at].speakers[0], &made.user_id);
	if (!error)
		error = membership_find_by_user(demo->db, demo->arena, organisation.id, made.user_id, &membership);
	if (error)
		return error;
	made.membership_id = membership.id;
	const struct deed_author author = { .organisation_id = organisation.id, .author = ctl_author, .action = STR_LITERAL("post.create") };
	deed_begin(&author);
	deed_set_claim(&made);
	return ERROR_NONE;
}

static enum error publish(struct demo *demo, const struct demo_post *wanted, const struct publish_request *request)
{
	struct post post;
	enum error error = claim(demo, wanted->author);
	if (error)
		return error;
	error = publish_post(demo->db, demo->arena, request, &post, &demo->message);
	(void)deed_end();
	return error;
}

static enum error make_posts(struct demo *demo)
{
	struct actor florist;
	enum error error = find_actor(demo, demo_brands[0].username, &florist);
	for (size_t i = 0; i < demo_post_count && !error; i++) {
		const struct demo_post *wanted = &demo_posts[i];
		struct actor author;
		struct post post;
		error = find_actor(demo, wanted->author, &author);
		if (error)
			return error;
		const struct publish_request request = { .id = post_id(florist.created_us, i), .actor_id = author.id,
			.text = wanted->text, .language = wanted->language, .visibility = POST_PUBLIC,
			.in_reply_to_id = wanted->answers ? post_id(florist.created_us, (size_t)wanted->answers - 1) : 0 };
		error = post_find(demo->db, demo->arena, author.id, request.id, &post);
		if (error == ERROR_NOT_FOUND)
			error = publish(demo, wanted, &request);
	}
	return error;
}

static enum error print_people(const struct demo *demo)
{
	struct ctl_table table;
	AUTO(buf) struct buf out = { 0 };
	ctl_table_init(&table, demo->arena, 4);
	ctl_table_add(&table, STR_LITERAL("PERSON"));
	ctl_table_add(&table, STR_LITERAL("ROLE"));
	ctl_table_add(&table, STR_LITERAL("E-MAIL"));
	ctl_table_add(&table, STR_LITERAL("PASSWORD"));
	for (size_t i = 0; i < demo_people_count; i++) {
		ctl_table_add(&table, demo_people[i].username);
		ctl_table_add(&table, demo_people[i].role);
		ctl_table_add(&table, demo_people[i].email);
		ctl_table_add(&table, demo->passwords[i]);
	}
	ctl_table_write(&table, &out);
	return ctl_print(&out);
}

static enum error make_world(struct demo *demo, const char *path)
{
	enum error error = domain_find_primary(demo->db, demo->arena, &demo->domain);
	if (!error)
		error = demo_file_read(demo->arena, path, demo->passwords, &demo->message);
	if (!error)
		error = complete_passwords(demo);
	if (!error)
		error = demo_file_write(demo->arena, path, demo->domain.base_url, demo->passwords, &demo->message);
	if (!error)
		error = make_accounts(demo);
	if (!error)
		error = make_follows(demo);
	if (!error)
		error = make_posts(demo);
	return error;
}

static enum error run_demo(struct invocation *invocation)
{
	const char *path = option_value(invocation, "--file");
	if (!path)
		return ctl_fail(ERROR_BAD_REQUEST, "--file is missing: where demo.json is kept");
	enum error error = ctl_open_config(invocation);
	if (!error)
		error = ctl_open_database(invocation, true);
	if (!error)
		error = ctl_open_instance(invocation);
	if (error)
		return error;
	struct demo demo = { .arena = invocation->arena, .db = ctl_db(invocation), .box = ctl_secret_box(invocation) };
	demo.passwords = arena_alloc_array(demo.arena, demo_people_count, sizeof(*demo.passwords));
	error = make_world(&demo, path);
	return error ? ctl_fail_with(error, demo.message) : print_people(&demo);
}

static const struct command_option demo_options[] = {
	{ "--file", "FILE", "Where the people and their passwords are described, such as DIR/demo.json (mode 0600).", false },
	{ 0 },
};

const struct command command_demo = {
	.noun = "demo",
	.summary = "Makes a small world to look at: two companies, their staff, their customers",
	.details = "Makes fleurs, a florist who works alone, and magasin, a larger retailer with a service team, with the\n"
		"people behind them, customer1 to customer3, follows, posts and answers. Run again it adds what is missing;\n"
		"passwords stay as they are in FILE. Not for a server that the public can reach.\n",
	.options = demo_options,
	.run = run_demo,
};
