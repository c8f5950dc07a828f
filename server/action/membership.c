/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Members, grants and roles. Each deed: may the author, does it belong to this organisation, the write, whether somebody can
 * still give rights, the entry of the log. */
#include "server/action/membership.h"

#include "server/action/deed.h"
#include "server/action/organisation.h"
#include "storage/id.h"
#include "storage/membership_invitation.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "base/mutant.h"

struct deed {
	int64_t organisation_id;
	const struct audit_author *author;
	struct str message;
	int64_t membership_id;
	int64_t user_id;
	enum membership_state state;
	const struct grant_wanted *wanted;
	int64_t grant_id;
	const struct role *role;
	struct str name;
	bool demands;
	const struct str *names;
	size_t name_count;
	int64_t actor_id;
};

static enum error refuse(struct deed *deed, struct arena *arena, enum error error, const char *format, ...) PRINTF_LIKE(4, 5);
static enum error refuse(struct deed *deed, struct arena *arena, enum error error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	deed->message = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return error;
}

static enum error run(struct db *db, struct arena *arena, enum error (*write)(struct db *db, struct arena *arena, void *owner),
	struct deed *deed, enum error repeated, struct str *ret_message)
{
	enum error error = deed_write(db, arena, write, deed, repeated);
	if (deed->message.data)
		*ret_message = deed->message;
	return error;
}

static enum error note(struct db *db, struct arena *arena, const struct deed *deed, const char *action, struct str target,
	struct str data)
{
	const struct audit_entry entry = {
		.organisation_id = deed->organisation_id,
		.author = *deed->author,
		.action = str_from(action),
		.target = target,
		.data = data,
	};
	return audit_write(db, arena, &entry);
}

static struct str member_target(struct arena *arena, int64_t membership_id)
{
	return arena_printf(arena, "membership:%lld", (long long)membership_id);
}

/* Whoever gives rights must never be the last one to lose them. */
static enum error keep_a_holder(struct db *db, struct arena *arena, struct deed *deed)
{
	int64_t count = 0;
	enum error error = rights_count_holders(db, arena, deed->organisation_id, PERMISSION_ORG_ROLES, &count);
	if (!error && !count && !MUTANT("membership_last_owner"))
		return refuse(deed, arena, ERROR_CONFLICT, "nobody would be left who can give rights; make somebody else owner first");
	return error;
}

/* ---- coming and going ---- */

static enum error write_add(struct db *db, struct arena *arena, void *owner)
{
	struct deed *deed = owner;
	struct membership known;
	enum error error = organisation_authorise(db, arena, deed->organisation_id, deed->author, PERMISSION_ORG_MEMBERS);
	if (!error)
		error = membership_find_by_user(db, arena, deed->organisation_id, deed->user_id, &known);
	if (!error && known.state != MEMBERSHIP_LEFT)
		return refuse(deed, arena, ERROR_CONFLICT, "@%.*s is a member already", STR_ARG(known.username));
	if (!error) {
		deed->membership_id = known.id;
		error = membership_set_state(db, arena, known.id, deed->state);
	} else if (error == ERROR_NOT_FOUND) {
		const struct membership membership = {
			.id = deed->membership_id,
			.organisation_id = deed->organisation_id,
			.user_id = deed->user_id,
			.state = deed->state,
			.invited_by = deed->author->membership_id,
		};
		error = membership_create(db, arena, &membership);
	}
	if (error)
		return error;
	return note(db, arena, deed, deed->state == MEMBERSHIP_INVITED ? "member.invite" : "member.add",
		member_target(arena, deed->membership_id), (struct str){ 0 });
}

enum error membership_add(struct db *db, struct arena *arena, int64_t organisation_id, int64_t user_id, enum membership_state state,
	const struct audit_author *author, int64_t *ret_membership_id, struct str *ret_message)
{
	struct deed deed = { .organisation_id = organisation_id, .author = author, .membership_id = id_new(), .user_id = user_id,
		.state = state };
	enum error error = run(db, arena, write_add, &deed, ERROR_CONFLICT, ret_message);
	if (!error)
		*ret_membership_id = deed.membership_id;
	return error;
}

/* Members leave, and come in where they were invited, without anybody's leave. */
static bool is_own_step(const struct deed *deed, const struct membership *membership)
{
	if (!deed->author->user_id || deed->author->user_id != membership->user_id)
		return false;
	return deed->state == MEMBERSHIP_LEFT || (membership->state == MEMBERSHIP_INVITED && deed->state == MEMBERSHIP_ACTIVE);
}

static enum error may_change(struct db *db, struct arena *arena, const struct deed *deed, const struct membership *membership)
{
	struct standing standing;
	if (is_own_step(deed, membership))
		return ERROR_NONE;
	enum error error = organisation_authorise(db, arena, deed->organisation_id, deed->author, PERMISSION_ORG_MEMBERS);
	if (!error)
		error = rights_find_in_organisation(db, arena, membership->user_id, deed->organisation_id, &standing);
	if (!error && rights_allow(standing.rights, PERMISSION_ORG_ROLES) && !MUTANT("membership_removes_owner"))
		error = organisation_authorise(db, arena, deed->organisation_id, deed->author, PERMISSION_ORG_ROLES);
	return error;
}

static enum error write_state(struct db *db, struct arena *arena, void *owner)
{
	static const char *const actions[MEMBERSHIP_STATE_COUNT] = { "member.invite", "member.activate", "member.suspend",
		"member.leave" };
	struct deed *deed = owner;
	struct membership membership = { 0 };
	enum error error = membership_find(db, arena, deed->organisation_id, deed->membership_id, &membership);
	if (!error && membership.state == MEMBERSHIP_LEFT)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = may_change(db, arena, deed, &membership);
	if (error || membership.state == deed->state)
		return error;
	if (membership.state == MEMBERSHIP_INVITED && deed->state == MEMBERSHIP_ACTIVE && deed->author->user_id &&
		deed->author->user_id != membership.user_id)
		return refuse(deed, arena, ERROR_CONFLICT, "@%.*s has not taken up the invitation yet", STR_ARG(membership.username));
	error = membership_set_state(db, arena, membership.id, deed->state);
	if (!error && membership.state == MEMBERSHIP_ACTIVE)
		error = keep_a_holder(db, arena, deed);
	return error ? error : note(db, arena, deed, actions[deed->state], member_target(arena, membership.id), (struct str){ 0 });
}

enum error membership_change(struct db *db, struct arena *arena, int64_t organisation_id, int64_t membership_id,
	enum membership_state state, const struct audit_author *author, struct str *ret_message)
{
	struct deed deed = { .organisation_id = organisation_id, .author = author, .membership_id = membership_id, .state = state };
	return run(db, arena, write_state, &deed, ERROR_NOT_FOUND, ret_message);
}

enum error membership_answer_invitation(struct db *db, struct arena *arena, int64_t user_id, int64_t membership_id, bool accepts,
	enum audit_door door, struct str *ret_message)
{
	struct membership_invitation *all;
	size_t count = 0;
	const struct audit_author author = { user_id, membership_id, door };
	enum error error = membership_invitation_list(db, arena, user_id, &all, &count);
	for (size_t i = 0; i < count && !error; i++)
		if (all[i].membership_id == membership_id)
			return membership_change(db, arena, all[i].organisation.id, membership_id,
				accepts ? MEMBERSHIP_ACTIVE : MEMBERSHIP_LEFT, &author, ret_message);
	return error ? error : ERROR_NOT_FOUND;
}

/* ---- what they may do ---- */

static enum error check_grant(struct db *db, struct arena *arena, struct deed *deed, struct grant *grant)
{
	const struct grant_wanted *wanted = deed->wanted;
	struct membership membership = { 0 };
	struct brand_account account;
	struct role role;
	enum permission permission;
	enum error error = membership_find(db, arena, deed->organisation_id, wanted->membership_id, &membership);
	if (!error && membership.state == MEMBERSHIP_LEFT)
		error = ERROR_NOT_FOUND;
	if (!error && wanted->actor_id) {
		error = brand_account_find(db, arena, wanted->actor_id, &account);
		if (!error && account.organisation_id != deed->organisation_id && !MUTANT("grant_foreign_account"))
			error = ERROR_NOT_FOUND;
	}
	if (error)
		return error;
	if (wanted->expires_us && wanted->expires_us <= clock_now_us())
		return refuse(deed, arena, ERROR_UNPROCESSABLE, "the end is in the past");
	if (wanted->role.len) {
		error = role_find(db, arena, deed->organisation_id, wanted->role, &role);
		grant->role_id = error ? 0 : role.id;
		return error == ERROR_NOT_FOUND ?
			refuse(deed, arena, ERROR_UNPROCESSABLE, "there is no role '%.*s'", STR_ARG(wanted->role)) : error;
	}
	if (!permission_from_name(wanted->permission, &permission))
		return refuse(deed, arena, ERROR_UNPROCESSABLE, "there is no permission '%.*s'", STR_ARG(wanted->permission));
	grant->permission = wanted->permission;
	return ERROR_NONE;
}

static struct str describe(struct arena *arena, const struct grant_wanted *wanted)
{
	AUTO(buf) struct buf data = { 0 };
	struct json_out json;
	json_out_init(&json, &data);
	json_out_object_begin(&json);
	json_out_key_str(&json, wanted->role.len ? "role" : "permission", wanted->role.len ? wanted->role : wanted->permission);
	if (wanted->actor_id)
		json_out_key_id(&json, "actor_id", wanted->actor_id);
	if (wanted->expires_us)
		json_out_key_time_ms(&json, "expires_at", wanted->expires_us);
	json_out_object_end(&json);
	return arena_str(arena, buf_str(&data));
}

static enum error write_grant(struct db *db, struct arena *arena, void *owner)
{
	struct deed *deed = owner;
	const struct grant_wanted *wanted = deed->wanted;
	struct grant grant = {
		.id = deed->grant_id,
		.membership_id = wanted->membership_id,
		.actor_id = wanted->actor_id,
		.granted_by = deed->author->membership_id,
		.expires_us = wanted->expires_us,
	};
	enum error error = organisation_authorise(db, arena, deed->organisation_id, deed->author, PERMISSION_ORG_ROLES);
	if (!error)
		error = check_grant(db, arena, deed, &grant);
	if (!error)
		error = grant_store(db, arena, &grant);
	if (!error) /* the same grant, which now has an end */
		error = keep_a_holder(db, arena, deed);
	return error ? error : note(db, arena, deed, "grant.give", member_target(arena, wanted->membership_id), describe(arena, wanted));
}

enum error membership_grant(struct db *db, struct arena *arena, int64_t organisation_id, const struct grant_wanted *wanted,
	const struct audit_author *author, struct str *ret_message)
{
	struct deed deed = { .organisation_id = organisation_id, .author = author, .wanted = wanted, .grant_id = id_new() };
	return run(db, arena, write_grant, &deed, ERROR_NONE, ret_message);
}

static enum error write_withdrawal(struct db *db, struct arena *arena, void *owner)
{
	struct deed *deed = owner;
	struct membership membership = { 0 };
	enum error error = organisation_authorise(db, arena, deed->organisation_id, deed->author, PERMISSION_ORG_ROLES);
	if (!error)
		error = membership_find(db, arena, deed->organisation_id, deed->membership_id, &membership);
	if (!error)
		error = grant_remove(db, arena, membership.id, deed->grant_id);
	if (!error)
		error = keep_a_holder(db, arena, deed);
	struct str data = arena_printf(arena, "{\"grant_id\":\"%lld\"}", (long long)deed->grant_id);
	return error ? error : note(db, arena, deed, "grant.withdraw", member_target(arena, membership.id), data);
}

enum error membership_withdraw(struct db *db, struct arena *arena, int64_t organisation_id, int64_t membership_id, int64_t grant_id,
	const struct audit_author *author, struct str *ret_message)
{
	struct deed deed = { .organisation_id = organisation_id, .author = author, .membership_id = membership_id,
		.grant_id = grant_id };
	return run(db, arena, write_withdrawal, &deed, ERROR_NOT_FOUND, ret_message);
}

static bool is_named(const struct deed *deed, struct str role_name)
{
	for (size_t i = 0; i < deed->name_count; i++)
		if (str_eq(deed->names[i], role_name))
			return true;
	return false;
}

static bool is_granted(const struct deed *deed, const struct grant *grants, size_t count, struct str role_name)
{
	for (size_t i = 0; i < count; i++)
		if (grants[i].membership_id == deed->membership_id && grants[i].actor_id == deed->actor_id &&
			str_eq(grants[i].role_name, role_name))
			return true;
	return false;
}

static enum error remove_unnamed(struct db *db, struct arena *arena, const struct deed *deed, const struct grant *grants, size_t count)
{
	enum error error = ERROR_NONE;
	for (size_t i = 0; i < count && !error; i++)
		if (grants[i].membership_id == deed->membership_id && grants[i].role_id && grants[i].actor_id == deed->actor_id &&
			!is_named(deed, grants[i].role_name))
			error = grant_remove(db, arena, deed->membership_id, grants[i].id);
	return error;
}

static enum error add_named(struct db *db, struct arena *arena, struct deed *deed, const struct grant *grants, size_t count)
{
	struct deed one = *deed;
	enum error error = ERROR_NONE;
	for (size_t i = 0; i < deed->name_count && !error; i++) {
		const struct grant_wanted wanted = { .membership_id = deed->membership_id, .role = deed->names[i], .actor_id = deed->actor_id };
		struct grant grant = {
			.id = id_new(),
			.membership_id = deed->membership_id,
			.actor_id = deed->actor_id,
			.granted_by = deed->author->membership_id,
		};
		one.wanted = &wanted;
		error = check_grant(db, arena, &one, &grant);
		if (!error && !is_granted(deed, grants, count, deed->names[i]))
			error = grant_store(db, arena, &grant);
	}
	deed->message = one.message;
	return error;
}

static struct str describe_roles(struct arena *arena, const struct deed *deed)
{
	AUTO(buf) struct buf data = { 0 };
	struct json_out json;
	json_out_init(&json, &data);
	json_out_object_begin(&json);
	json_out_key_array_begin(&json, "roles");
	for (size_t i = 0; i < deed->name_count; i++)
		json_out_str(&json, deed->names[i]);
	json_out_array_end(&json);
	if (deed->actor_id)
		json_out_key_id(&json, "actor_id", deed->actor_id);
	json_out_object_end(&json);
	return arena_str(arena, buf_str(&data));
}

static enum error write_roles(struct db *db, struct arena *arena, void *owner)
{
	struct deed *deed = owner;
	struct membership membership = { 0 };
	struct grant *grants = NULL;
	size_t count = 0;
	enum error error = organisation_authorise(db, arena, deed->organisation_id, deed->author, PERMISSION_ORG_ROLES);
	if (!error)
		error = membership_find(db, arena, deed->organisation_id, deed->membership_id, &membership);
	if (!error && membership.state == MEMBERSHIP_LEFT)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = grant_list(db, arena, deed->organisation_id, &grants, &count);
	if (!error)
		error = add_named(db, arena, deed, grants, count);
	if (!error)
		error = remove_unnamed(db, arena, deed, grants, count);
	if (!error)
		error = keep_a_holder(db, arena, deed);
	return error ? error : note(db, arena, deed, "grant.set_roles", member_target(arena, deed->membership_id),
		describe_roles(arena, deed));
}

enum error membership_set_roles(struct db *db, struct arena *arena, int64_t organisation_id, int64_t membership_id, int64_t actor_id,
	const struct str *roles, size_t role_count, const struct audit_author *author, struct str *ret_message)
{
	struct deed deed = { .organisation_id = organisation_id, .author = author, .membership_id = membership_id,
		.names = roles, .name_count = role_count, .actor_id = actor_id };
	return run(db, arena, write_roles, &deed, ERROR_NONE, ret_message);
}

/* ---- roles ---- */

static enum error write_role(struct db *db, struct arena *arena, void *owner)
{
	struct deed *deed = owner;
	enum error error = organisation_authorise(db, arena, deed->organisation_id, deed->author, PERMISSION_ORG_ROLES);
	if (!error)
		error = role_create(db, arena, deed->role);
	if (error == ERROR_CONFLICT)
		return refuse(deed, arena, error, "there is a role '%.*s' already", STR_ARG(deed->role->name));
	return error ? error : note(db, arena, deed, "role.define", arena_printf(arena, "role:%lld", (long long)deed->role->id),
		(struct str){ 0 });
}

static bool check_role_name(struct arena *arena, struct str name, struct str *ret_message)
{
	if (name.len && name.len <= ROLE_NAME_MAX && str_is_utf8(name))
		return true;
	*ret_message = arena_printf(arena, "a role has a name of at most %d bytes", ROLE_NAME_MAX);
	return false;
}

enum error role_define(struct db *db, struct arena *arena, int64_t organisation_id, const struct role *wanted,
	const struct audit_author *author, struct str *ret_message)
{
	struct role role = *wanted;
	struct deed deed = { .organisation_id = organisation_id, .author = author, .role = &role };
	role.id = id_new();
	role.organisation_id = organisation_id;
	if (!check_role_name(arena, role.name, ret_message))
		return ERROR_UNPROCESSABLE;
	return run(db, arena, write_role, &deed, ERROR_CONFLICT, ret_message);
}

static enum error write_redefinition(struct db *db, struct arena *arena, void *owner)
{
	struct deed *deed = owner;
	enum error error = organisation_authorise(db, arena, deed->organisation_id, deed->author, PERMISSION_ORG_ROLES);
	if (!error)
		error = role_change(db, arena, deed->role);
	if (error == ERROR_CONFLICT)
		return refuse(deed, arena, error, "there is a role '%.*s' already", STR_ARG(deed->role->name));
	if (!error)
		error = keep_a_holder(db, arena, deed);
	return error ? error : note(db, arena, deed, "role.redefine", arena_printf(arena, "role:%lld", (long long)deed->role->id),
		(struct str){ 0 });
}

enum error role_redefine(struct db *db, struct arena *arena, int64_t organisation_id, const struct role *wanted,
	const struct audit_author *author, struct str *ret_message)
{
	struct role role = *wanted;
	struct deed deed = { .organisation_id = organisation_id, .author = author, .role = &role };
	role.organisation_id = organisation_id;
	if (!check_role_name(arena, role.name, ret_message))
		return ERROR_UNPROCESSABLE;
	return run(db, arena, write_redefinition, &deed, ERROR_NONE, ret_message);
}

static enum error find_role(struct db *db, struct arena *arena, struct deed *deed, struct role *ret_role)
{
	enum error error = organisation_authorise(db, arena, deed->organisation_id, deed->author, PERMISSION_ORG_ROLES);
	return error ? error : role_find(db, arena, deed->organisation_id, deed->name, ret_role);
}

static enum error write_role_end(struct db *db, struct arena *arena, void *owner)
{
	struct deed *deed = owner;
	struct role role;
	enum error error = find_role(db, arena, deed, &role);
	if (!error && !role.organisation_id)
		return refuse(deed, arena, ERROR_CONFLICT, "the role '%.*s' comes with the program and stays", STR_ARG(deed->name));
	if (!error)
		error = role_remove(db, arena, deed->organisation_id, role.id);
	if (!error)
		error = keep_a_holder(db, arena, deed);
	return error ? error : note(db, arena, deed, "role.remove", arena_printf(arena, "role:%lld", (long long)role.id),
		(struct str){ 0 });
}

enum error role_undefine(struct db *db, struct arena *arena, int64_t organisation_id, struct str name,
	const struct audit_author *author, struct str *ret_message)
{
	struct deed deed = { .organisation_id = organisation_id, .author = author, .name = name };
	return run(db, arena, write_role_end, &deed, ERROR_NOT_FOUND, ret_message);
}

static enum error write_demand(struct db *db, struct arena *arena, void *owner)
{
	struct deed *deed = owner;
	struct role role;
	enum error error = find_role(db, arena, deed, &role);
	if (!error)
		error = role_set_demand(db, arena, deed->organisation_id, role.id, deed->demands);
	return error ? error : note(db, arena, deed, deed->demands ? "role.demand_second_factor" : "role.waive_second_factor",
		arena_printf(arena, "role:%lld", (long long)role.id), (struct str){ 0 });
}

enum error role_demand_second_factor(struct db *db, struct arena *arena, int64_t organisation_id, struct str name, bool demands,
	const struct audit_author *author, struct str *ret_message)
{
	struct deed deed = { .organisation_id = organisation_id, .author = author, .name = name, .demands = demands };
	return run(db, arena, write_demand, &deed, ERROR_NONE, ret_message);
}
