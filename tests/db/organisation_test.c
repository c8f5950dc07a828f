/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What members of an organisation may do to each other, on a migrated database: COMPTOIR_DATABASE_URL names it. Run by
 * tests/db/test_storage.py. */
#include "tests/db/actor_world.h"

#include "server/action/membership.h"
#include "server/action/organisation.h"
#include "storage/user.h"

static int64_t make_user(const char *name)
{
	const struct user user = {
		.id = id_new(),
		.actor_id = make_actor(name),
		.email = arena_printf(arena, "%s@people.example", name),
		.password_hash = STR_LITERAL("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA"),
		.locale = STR_LITERAL("fr"),
		.is_confirmed = true,
		.created_us = clock_now_us(),
	};
	assert_int_equal(db_begin(db), ERROR_NONE);
	assert_int_equal(user_create(db, arena, &user), ERROR_NONE);
	assert_int_equal(db_commit(db), ERROR_NONE);
	return user.id;
}

static const struct audit_author operator = { .door = AUDIT_COMMAND };
static struct str message;
static int count_of_worlds;

/* An organisation with an owner, an admin, and somebody who only reads. */
struct world {
	int64_t organisation_id;
	struct audit_author owner, admin, reader;
};

static struct audit_author add_member(int64_t organisation_id, const char *name, const char *role)
{
	struct audit_author member = { .user_id = make_user(name), .door = AUDIT_API };
	assert_int_equal(membership_add(db, arena, organisation_id, member.user_id, MEMBERSHIP_ACTIVE, &operator,
		&member.membership_id, &message), ERROR_NONE);
	const struct grant_wanted wanted = { .membership_id = member.membership_id, .role = str_from(role) };
	assert_int_equal(membership_grant(db, arena, organisation_id, &wanted, &operator, &message), ERROR_NONE);
	return member;
}

static struct world make_world(void)
{
	int n = ++count_of_worlds;
	struct organisation_founding founding = { .organisation = { .slug = arena_printf(arena, "shop-%d", n), .name = STR_LITERAL("Shop") } };
	struct organisation_founded founded;
	assert_int_equal(organisation_found(db, arena, NULL, &founding, &operator, &founded, &message), ERROR_NONE);
	struct world world = { .organisation_id = founded.organisation.id };
	world.owner = add_member(world.organisation_id, arena_printf(arena, "owner%d", n).data, "owner");
	world.admin = add_member(world.organisation_id, arena_printf(arena, "admin%d", n).data, "admin");
	world.reader = add_member(world.organisation_id, arena_printf(arena, "reader%d", n).data, "reader");
	return world;
}

static enum error give(const struct world *world, const struct audit_author *author, const struct audit_author *whom, const char *role)
{
	const struct grant_wanted wanted = { .membership_id = whom->membership_id, .role = str_from(role) };
	return membership_grant(db, arena, world->organisation_id, &wanted, author, &message);
}

static enum error set_state(const struct world *world, const struct audit_author *author, const struct audit_author *whom,
	enum membership_state state)
{
	return membership_change(db, arena, world->organisation_id, whom->membership_id, state, author, &message);
}

static int64_t entries(const struct world *world)
{
	return strtoll(query("select count from audit_heads where organisation_id = %lld", (long long)world->organisation_id), NULL, 10);
}

static void who_gives_rights_has_the_right_to(void **state)
{
	(void)state;
	struct world world = make_world();
	int64_t before = entries(&world);
	assert_int_equal(give(&world, &world.reader, &world.reader, "owner"), ERROR_FORBIDDEN);
	assert_int_equal(give(&world, &world.admin, &world.admin, "owner"), ERROR_FORBIDDEN);
	assert_int_equal(entries(&world), before);
	assert_int_equal(give(&world, &world.owner, &world.reader, "writer"), ERROR_NONE);
	assert_int_equal(entries(&world), before + 1);
}

static void nobody_acts_in_the_organisation_of_others(void **state)
{
	(void)state;
	struct world one = make_world(), other = make_world();
	int64_t membership_id;
	assert_int_equal(give(&one, &other.owner, &one.reader, "writer"), ERROR_FORBIDDEN);
	assert_int_equal(give(&one, &one.owner, &other.reader, "writer"), ERROR_NOT_FOUND);
	assert_int_equal(set_state(&one, &one.owner, &other.reader, MEMBERSHIP_SUSPENDED), ERROR_NOT_FOUND);
	assert_int_equal(membership_add(db, arena, one.organisation_id, make_user("stranger"), MEMBERSHIP_ACTIVE, &other.owner,
		&membership_id, &message), ERROR_FORBIDDEN);
}

static void an_account_of_others_is_none_to_give(void **state)
{
	(void)state;
	struct world one = make_world(), other = make_world();
	const struct brand_account account = { make_actor(arena_printf(arena, "brand%d", count_of_worlds).data), other.organisation_id,
		STR_LITERAL("brand"), { 0 }, { 0 }, { 0 } };
	assert_int_equal(brand_account_create(db, arena, &account), ERROR_NONE);
	const struct grant_wanted wanted = { .membership_id = one.reader.membership_id, .role = STR_LITERAL("agent"),
		.actor_id = account.actor_id };
	assert_int_equal(membership_grant(db, arena, one.organisation_id, &wanted, &one.owner, &message), ERROR_NOT_FOUND);
}

static void a_membership_is_of_the_one_who_acts(void **state)
{
	(void)state;
	struct world world = make_world();
	struct audit_author false_name = world.owner;
	false_name.membership_id = world.reader.membership_id;
	assert_int_equal(give(&world, &false_name, &world.reader, "writer"), ERROR_FORBIDDEN);
}

static void only_the_command_line_acts_without_a_person(void **state)
{
	(void)state;
	struct world world = make_world();
	const struct audit_author nobody = { .door = AUDIT_API };
	assert_int_equal(give(&world, &nobody, &world.reader, "writer"), ERROR_FORBIDDEN);
}

static void an_admin_lets_people_go_but_no_owner(void **state)
{
	(void)state;
	struct world world = make_world();
	assert_int_equal(set_state(&world, &world.admin, &world.owner, MEMBERSHIP_LEFT), ERROR_FORBIDDEN);
	assert_int_equal(set_state(&world, &world.admin, &world.owner, MEMBERSHIP_SUSPENDED), ERROR_FORBIDDEN);
	assert_int_equal(set_state(&world, &world.admin, &world.reader, MEMBERSHIP_SUSPENDED), ERROR_NONE);
	assert_int_equal(set_state(&world, &world.reader, &world.admin, MEMBERSHIP_LEFT), ERROR_FORBIDDEN);
	assert_int_equal(set_state(&world, &world.admin, &world.reader, MEMBERSHIP_LEFT), ERROR_NONE);
}

static void members_leave_and_take_up_invitations_by_themselves(void **state)
{
	(void)state;
	struct world world = make_world();
	struct audit_author guest = { .user_id = make_user(arena_printf(arena, "guest%d", count_of_worlds).data), .door = AUDIT_API };
	assert_int_equal(membership_add(db, arena, world.organisation_id, guest.user_id, MEMBERSHIP_INVITED, &world.admin,
		&guest.membership_id, &message), ERROR_NONE);
	assert_int_equal(give(&world, &world.owner, &guest, "agent"), ERROR_NONE);
	struct standing standing;
	assert_int_equal(rights_find_in_organisation(db, arena, guest.user_id, world.organisation_id, &standing), ERROR_NONE);
	assert_true(rights_are_none(standing.rights)); /* not before it is taken up */
	assert_int_equal(set_state(&world, &world.admin, &guest, MEMBERSHIP_ACTIVE), ERROR_CONFLICT);
	assert_int_equal(set_state(&world, &guest, &guest, MEMBERSHIP_ACTIVE), ERROR_NONE);
	assert_int_equal(rights_find_in_organisation(db, arena, guest.user_id, world.organisation_id, &standing), ERROR_NONE);
	assert_true(rights_allow(standing.rights, PERMISSION_INBOX_REPLY));
	assert_false(rights_allow(standing.rights, PERMISSION_INBOX_ASSIGN));
	assert_true(rights_allow_own(standing.rights, PERMISSION_INBOX_ASSIGN));
	assert_int_equal(set_state(&world, &world.reader, &world.reader, MEMBERSHIP_LEFT), ERROR_NONE);
	assert_int_equal(set_state(&world, &world.owner, &world.owner, MEMBERSHIP_LEFT), ERROR_CONFLICT);
	assert_non_null(strstr(message.data, "nobody would be left"));
}

static void a_suspended_member_restores_nobody(void **state)
{
	(void)state;
	struct world world = make_world();
	assert_int_equal(set_state(&world, &world.owner, &world.admin, MEMBERSHIP_SUSPENDED), ERROR_NONE);
	assert_int_equal(set_state(&world, &world.admin, &world.admin, MEMBERSHIP_ACTIVE), ERROR_FORBIDDEN);
	assert_int_equal(set_state(&world, &world.admin, &world.reader, MEMBERSHIP_SUSPENDED), ERROR_FORBIDDEN);
}

static void only_who_administers_changes_the_organisation(void **state)
{
	(void)state;
	struct world world = make_world();
	struct organisation organisation;
	assert_int_equal(organisation_find(db, arena, world.organisation_id, &organisation), ERROR_NONE);
	organisation.name = STR_LITERAL("Grand Shop");
	assert_int_equal(organisation_change(db, arena, &organisation, &world.reader, &message), ERROR_FORBIDDEN);
	assert_int_equal(organisation_change(db, arena, &organisation, &world.admin, &message), ERROR_NONE);
	assert_string_equal(query("select name from organisations where id = %lld", (long long)world.organisation_id), "Grand Shop");
}

static void only_who_gives_rights_makes_roles(void **state)
{
	(void)state;
	struct world world = make_world();
	const struct role role = { .name = STR_LITERAL("night"), .rights = { .all = PERMISSION_BIT(PERMISSION_ORG_ROLES) } };
	assert_int_equal(role_define(db, arena, world.organisation_id, &role, &world.admin, &message), ERROR_FORBIDDEN);
	assert_int_equal(role_define(db, arena, world.organisation_id, &role, &world.owner, &message), ERROR_NONE);
	assert_int_equal(role_demand_second_factor(db, arena, world.organisation_id, role.name, true, &world.admin, &message),
		ERROR_FORBIDDEN);
	assert_int_equal(role_undefine(db, arena, world.organisation_id, role.name, &world.admin, &message), ERROR_FORBIDDEN);
}

static void a_role_that_gives_the_last_right_stays(void **state)
{
	(void)state;
	struct world world = make_world();
	const struct role role = { .name = STR_LITERAL("head"), .rights = { .all = PERMISSION_BIT(PERMISSION_ORG_ROLES) } };
	assert_int_equal(role_define(db, arena, world.organisation_id, &role, &world.owner, &message), ERROR_NONE);
	assert_int_equal(give(&world, &world.owner, &world.reader, "head"), ERROR_NONE);
	assert_int_equal(set_state(&world, &world.owner, &world.owner, MEMBERSHIP_LEFT), ERROR_NONE);
	assert_int_equal(role_undefine(db, arena, world.organisation_id, role.name, &world.reader, &message), ERROR_CONFLICT);
}

static void the_words_of_permissions_are_those_of_the_database(void **state)
{
	(void)state;
	for (int i = 0; i < PERMISSION_COUNT; i++)
		assert_string_equal(query("select count(*) from permissions where name = '%s'", permission_name((enum permission)i)), "1");
	assert_int_equal(strtol(query("select count(*) from permissions"), NULL, 10), PERMISSION_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_gives_rights_has_the_right_to),
		cmocka_unit_test(nobody_acts_in_the_organisation_of_others),
		cmocka_unit_test(an_account_of_others_is_none_to_give),
		cmocka_unit_test(a_membership_is_of_the_one_who_acts),
		cmocka_unit_test(only_the_command_line_acts_without_a_person),
		cmocka_unit_test(an_admin_lets_people_go_but_no_owner),
		cmocka_unit_test(members_leave_and_take_up_invitations_by_themselves),
		cmocka_unit_test(a_suspended_member_restores_nobody),
		cmocka_unit_test(only_who_administers_changes_the_organisation),
		cmocka_unit_test(only_who_gives_rights_makes_roles),
		cmocka_unit_test(a_role_that_gives_the_last_right_stays),
		cmocka_unit_test(the_words_of_permissions_are_those_of_the_database),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
