/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Seats. Each of the ways to name an organisation or an account narrows what the ones before it left; none widens it. */
#include "server/brand/seat.h"

#include "server/brand/problem.h"
#include "server/brand/seat_find.h"
#include "server/mastodon/parameters.h"
#include "storage/seat_rights.h"

#include "base/mutant.h"

#include <string.h>

/* ---- which organisation ---- */

enum error seat_find_organisation(struct request *request, struct str text, struct organisation *ret_organisation)
{
	int64_t id;
	enum error error = ERROR_NOT_FOUND;
	if (str_to_int64(text, &id))
		error = organisation_find(request->db, request->arena, id, ret_organisation);
	if (error != ERROR_NOT_FOUND || !organisation_slug_is_valid(text))
		return error;
	return organisation_find_by_slug(request->db, request->arena, text, ret_organisation);
}

/* Where "{org}" stands among the values of the path. */
static bool path_names_organisation(const struct request *request, unsigned *ret_index)
{
	unsigned index = 0;
	for (const char *at = strchr(request->route->path, '{'); at; at = strchr(at + 1, '{'), index++) {
		if (strncmp(at, "{org}", 5) == 0) {
			*ret_index = index;
			return true;
		}
	}
	return false;
}

/* Whom they act as: by the token, which a header cannot widen, or by the header. */
static enum error find_actor(struct request *request, int64_t *ret_actor_id)
{
	struct str header = http_request_header(request->http, "X-Act-As");
	int64_t bound_id = request->access.standing.membership_id ? request->access.actor_id : 0;
	int64_t asked_id = 0;
	if (header.data && (!str_to_int64(str_trim(header), &asked_id) || asked_id <= 0))
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (bound_id && asked_id && asked_id != bound_id && !MUTANT("seat_bound_token"))
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	*ret_actor_id = asked_id ? asked_id : bound_id;
	return ERROR_NONE;
}

static enum error find_only_organisation(struct request *request, struct organisation *ret_organisation)
{
	struct organisation *all;
	size_t count;
	enum error error = organisation_list_of_user(request->db, request->arena, request->access.user_id, &all, &count);
	if (error)
		return error;
	if (!count)
		return problem(request, PROBLEM_PERMISSION_MISSING,
			text_get(problem_language(request), TEXT_PROBLEM_NO_ORGANISATION));
	if (count > 1)
		return problem(request, PROBLEM_ACCOUNT_NEEDED, (struct str){ 0 });
	*ret_organisation = all[0];
	return ERROR_NONE;
}

static enum error find_organisation(struct request *request, int64_t actor_id, struct organisation *ret_organisation)
{
	struct brand_account account = { 0 };
	unsigned index;
	bool is_in_path = path_names_organisation(request, &index);
	struct str named = is_in_path ? request_value(request, index) : parameter_text(request, "org");
	enum error error = ERROR_NONE;
	if (actor_id)
		error = brand_account_find(request->db, request->arena, actor_id, &account);
	if (error)
		return error;
	if (named.len) {
		error = seat_find_organisation(request, named, ret_organisation);
		return !error && actor_id && account.organisation_id != ret_organisation->id ? ERROR_NOT_FOUND : error;
	}
	if (actor_id)
		return organisation_find(request->db, request->arena, account.organisation_id, ret_organisation);
	return find_only_organisation(request, ret_organisation);
}

/* ---- what they may do there ---- */

static void copy_accounts(struct request *request, struct seat *seat, const struct account_rights *all, size_t count)
{
	struct seat_account *accounts = arena_alloc_array(request->arena, count + 1, sizeof(*accounts));
	for (size_t i = 0; i < count; i++)
		if (!seat->actor_id || all[i].actor_id == seat->actor_id || MUTANT("seat_narrow"))
			accounts[seat->account_count++] = (struct seat_account){ all[i].actor_id, all[i].rights };
	seat->accounts = accounts;
}

enum error seat_find(struct request *request, struct seat *ret_seat)
{
	struct seat seat = { .user_id = request->access.user_id };
	struct standing standing = { 0 };
	struct account_rights *accounts = NULL;
	size_t count = 0;
	enum error error = find_actor(request, &seat.actor_id);
	if (!error)
		error = find_organisation(request, seat.actor_id, &seat.organisation);
	if (!error)
		error = seat_rights_find(request->db, request->arena, seat.user_id, seat.organisation.id, &standing, &accounts, &count);
	if (!error && !standing.membership_id)
		error = ERROR_NOT_FOUND;
	if (error == ERROR_NOT_FOUND && !request->problem)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (error)
		return error;
	seat.membership_id = standing.membership_id;
	seat.rights = standing.rights;
	seat.author = (struct audit_author){ seat.user_id, seat.membership_id, AUDIT_API };
	copy_accounts(request, &seat, accounts, count);
	*ret_seat = seat;
	return ERROR_NONE;
}

bool seat_holds_anywhere(const struct seat *seat, enum permission permission, bool own_too)
{
	if (own_too ? rights_allow_own(seat->rights, permission) : rights_allow(seat->rights, permission))
		return true;
	for (size_t i = 0; i < seat->account_count; i++) {
		struct rights rights = seat->accounts[i].rights;
		if (own_too ? rights_allow_own(rights, permission) : rights_allow(rights, permission))
			return true;
	}
	return false;
}

enum error seat_refuse(struct request *request, enum permission permission)
{
	struct str needs = text_get(problem_language(request), TEXT_PROBLEM_NEEDS);
	const char *name = permission_name(permission);
	AUTO(buf) struct buf object = { 0 };
	struct json_out json;
	json_out_init(&json, &object);
	json_out_object_begin(&json);
	json_out_key_c_string(&json, "permission", name);
	json_out_object_end(&json);
	return problem_with(request, PROBLEM_PERMISSION_MISSING, arena_printf(request->arena, "%.*s %s.", STR_ARG(needs), name),
		arena_str(request->arena, str_slice(buf_str(&object), 1, object.len - 1)));
}

enum error seat_need(struct request *request, const struct seat *seat, enum permission permission)
{
	if (rights_allow(seat->rights, permission) || MUTANT("seat_need"))
		return ERROR_NONE;
	return seat_refuse(request, permission);
}

static const struct seat_account *find_account(const struct seat *seat, int64_t actor_id)
{
	for (size_t i = 0; i < seat->account_count; i++)
		if (seat->accounts[i].actor_id == actor_id)
			return &seat->accounts[i];
	return NULL;
}

enum error seat_need_for(struct request *request, const struct seat *seat, enum permission permission, int64_t actor_id, bool is_own)
{
	const struct seat_account *account = find_account(seat, actor_id);
	if (!account)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (rights_allow(account->rights, permission) || (is_own && rights_allow_own(account->rights, permission)) ||
		MUTANT("seat_need_for"))
		return ERROR_NONE;
	return seat_refuse(request, permission);
}

size_t seat_accounts_with(const struct seat *seat, struct arena *arena, enum permission permission, bool own_too,
	int64_t **ret_actor_ids)
{
	int64_t *ids = arena_alloc_array(arena, seat->account_count + 1, sizeof(*ids));
	size_t count = 0;
	for (size_t i = 0; i < seat->account_count; i++) {
		struct rights rights = seat->accounts[i].rights;
		if (rights_allow(rights, permission) || (own_too && rights_allow_own(rights, permission)))
			ids[count++] = seat->accounts[i].actor_id;
	}
	*ret_actor_ids = ids;
	return count;
}

enum error seat_choose_account(struct request *request, const struct seat *seat, enum permission permission, int64_t *ret_actor_id)
{
	int64_t asked_id = parameter_id(request, "actor_id");
	int64_t actor_id = asked_id ? asked_id : seat->actor_id;
	int64_t *ids;
	if (!actor_id) {
		size_t count = seat_accounts_with(seat, request->arena, permission, true, &ids);
		if (!count)
			return seat_refuse(request, permission);
		if (count > 1)
			return problem(request, PROBLEM_ACCOUNT_NEEDED, (struct str){ 0 });
		actor_id = ids[0];
	}
	enum error error = seat_need_for(request, seat, permission, actor_id, true);
	if (!error)
		*ret_actor_id = actor_id;
	return error;
}
