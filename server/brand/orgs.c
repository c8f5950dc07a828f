/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Organisations and their accounts over the brand API. */
#include "server/brand/orgs.h"

#include "server/action/deed.h"
#include "server/action/organisation.h"
#include "server/action/profile.h"
#include "server/app.h"
#include "server/brand/organisation_json.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"
#include "server/web/actor_lookup.h"
#include "storage/seat_rights.h"

#include "base/mutant.h"

#include <string.h>

#define FOUNDED_MAX 20 /* organisations that one user can belong to and still found another */

/* ---- organisations ---- */

enum error handle_orgs_list(struct request *request, const struct seat *seat)
{
	struct organisation *all;
	size_t count;
	int64_t bound_id = request->access.standing.organisation_id;
	enum error error = organisation_list_of_user(request->db, request->arena, seat->user_id, &all, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		if (!bound_id || all[i].id == bound_id)
			organisation_write_json(json, &all[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error may_found(struct request *request)
{
	struct organisation *all;
	size_t count;
	enum language language = problem_language(request);
	if (request->access.standing.membership_id)
		return problem(request, PROBLEM_PERMISSION_MISSING, (struct str){ 0 });
	if (strcmp(config_text(request->app->config, "organisation.creation"), "users") != 0 && !MUTANT("orgs_found_operator"))
		return problem(request, PROBLEM_PERMISSION_MISSING, text_get(language, TEXT_PROBLEM_NO_FOUNDING));
	enum error error = organisation_list_of_user(request->db, request->arena, request->access.user_id, &all, &count);
	if (!error && count >= FOUNDED_MAX && !MUTANT("orgs_found_many"))
		return problem(request, PROBLEM_CONFLICT, text_get(language, TEXT_PROBLEM_TOO_MANY_ORGANISATIONS));
	return error;
}

enum error handle_orgs_found(struct request *request, const struct seat *seat)
{
	struct organisation_founding founding = {
		.organisation = {
			.slug = parameter_text(request, "slug"),
			.name = parameter_text(request, "name"),
			.kind = parameter_text(request, "kind"),
			.country = parameter_text(request, "country"),
			.locale = parameter_text(request, "language"),
			.time_zone = parameter_text(request, "time_zone"),
		},
		.founder_user_id = seat->user_id,
		.account_username = parameter_text(request, "account"),
	};
	struct organisation_founded founded = { 0 };
	if (!founding.organisation.name.len)
		founding.organisation.name = founding.organisation.slug;
	enum error error = may_found(request);
	if (error)
		return error;
	error = organisation_found(request->db, request->arena, request->app->secret_box, &founding, &seat->author, &founded,
		&request->error_message);
	if (!error)
		organisation_write_json(respond_json(request, 201), &founded.organisation);
	return error;
}

enum error handle_orgs_show(struct request *request, const struct seat *seat)
{
	organisation_write_json(respond_json(request, 200), &seat->organisation);
	return ERROR_NONE;
}

static void take_text(const struct request *request, const char *name, struct str *value)
{
	struct str given = parameter_text(request, name);
	if (given.data)
		*value = given;
}

enum error handle_orgs_change(struct request *request, const struct seat *seat)
{
	struct organisation organisation = seat->organisation;
	take_text(request, "name", &organisation.name);
	take_text(request, "kind", &organisation.kind);
	take_text(request, "country", &organisation.country);
	take_text(request, "language", &organisation.locale);
	take_text(request, "time_zone", &organisation.time_zone);
	if (!organisation.country.len)
		organisation.country = (struct str){ 0 };
	enum error error = seat_need(request, seat, PERMISSION_ORG_ADMIN);
	if (!error)
		error = organisation_change(request->db, request->arena, &organisation, &seat->author, &request->error_message);
	if (!error)
		organisation_write_json(respond_json(request, 200), &organisation);
	return error;
}

enum error handle_orgs_delete(struct request *request, const struct seat *seat)
{
	enum error error = seat_need(request, seat, PERMISSION_ORG_ROLES);
	if (error)
		return error;
	if (!str_eq(parameter_text(request, "confirm"), seat->organisation.slug) && !MUTANT("orgs_delete_confirm"))
		return problem(request, PROBLEM_BAD_VALUE, text_get(problem_language(request), TEXT_PROBLEM_CONFIRM));
	error = organisation_end(request->db, request->arena, seat->organisation.id, &seat->author);
	if (!error)
		respond_empty(request, 204);
	return error;
}

/* ---- accounts ---- */

enum error handle_accounts_list(struct request *request, const struct seat *seat)
{
	struct brand_account *all;
	size_t count;
	enum error error = brand_account_list(request->db, request->arena, seat->organisation.id, &all, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		if (!seat->actor_id || all[i].actor_id == seat->actor_id)
			brand_account_write_json(json, &all[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

static enum error respond_account(struct request *request, int status, int64_t actor_id)
{
	struct brand_account account;
	enum error error = brand_account_find(request->db, request->arena, actor_id, &account);
	if (!error)
		brand_account_write_json(respond_json(request, status), &account);
	return error;
}

static bool read_kind(struct str name, enum actor_kind *ret_kind)
{
	static const struct { const char *name; enum actor_kind kind; } kinds[] = { { "", ACTOR_ORGANIZATION },
		{ "organization", ACTOR_ORGANIZATION }, { "service", ACTOR_SERVICE }, { "group", ACTOR_GROUP } };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (str_eq(name, str_from(kinds[i].name))) {
			*ret_kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

enum error handle_accounts_create(struct request *request, const struct seat *seat)
{
	struct account_new account = {
		.username = parameter_text(request, "username"),
		.domain = parameter_text(request, "domain"),
		.display_name = parameter_text(request, "display_name"),
	};
	int64_t actor_id = 0;
	enum error error = seat_need(request, seat, PERMISSION_ORG_ADMIN);
	if (error)
		return error;
	if (!read_kind(parameter_text(request, "kind"), &account.kind))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("kind: organization, service, group"));
	error = organisation_add_account(request->db, request->arena, request->app->secret_box, seat->organisation.id, &account,
		parameter_text(request, "purpose"), &seat->author, &actor_id, &request->error_message);
	return error ? error : respond_account(request, 201, actor_id);
}

static bool is_reachable(const struct seat *seat, int64_t actor_id)
{
	for (size_t i = 0; i < seat->account_count; i++)
		if (seat->accounts[i].actor_id == actor_id)
			return true;
	return false;
}

enum error handle_accounts_show(struct request *request, const struct seat *seat)
{
	int64_t actor_id = parameter_path_id(request, 0);
	if (!is_reachable(seat, actor_id))
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	return respond_account(request, 200, actor_id);
}

static enum error change_profile(struct request *request, const struct seat *seat, int64_t actor_id)
{
	struct actor actor;
	const struct profile_change change = {
		.display_name = parameter_text_pointer(request, "display_name"),
		.bio = parameter_text_pointer(request, "note"),
		.is_locked = parameter_bool_pointer(request, "locked"),
		.is_discoverable = parameter_bool_pointer(request, "discoverable"),
		.is_indexable = parameter_bool_pointer(request, "indexable"),
		.hides_collections = parameter_bool_pointer(request, "hide_collections"),
	};
	const struct deed_author author = {
		.organisation_id = seat->organisation.id,
		.author = seat->author,
		.action = STR_LITERAL("profile.change"),
		.target = arena_printf(request->arena, "actor:%lld", (long long)actor_id),
	};
	if (!change.display_name && !change.bio && !change.is_locked && !change.is_discoverable && !change.is_indexable &&
		!change.hides_collections)
		return ERROR_NONE;
	deed_begin(&author);
	struct profile_fault fault = { 0 };
	enum error error = profile_update(request->db, request->arena, actor_id, &change, &fault);
	deed_end();
	if (error && fault.field)
		request->error_message = fault.sentence;
	if (!error)
		error = actor_find_by_id(request->db, request->arena, actor_id, &actor);
	if (!error)
		actor_documents_forget(request->app, request->arena, &actor);
	return error;
}

/* Everything is judged before anything is changed. */
enum error handle_accounts_change(struct request *request, const struct seat *seat)
{
	int64_t actor_id = parameter_path_id(request, 0);
	struct str purpose = parameter_text(request, "purpose");
	enum error error = seat_need_for(request, seat, PERMISSION_PROFILE_EDIT, actor_id, false);
	if (!error && purpose.data)
		error = seat_need(request, seat, PERMISSION_ORG_ADMIN);
	if (error)
		return error;
	if (purpose.data && !brand_account_purpose_is_known(purpose))
		return problem(request, PROBLEM_BAD_VALUE, STR_LITERAL("purpose: brand, support, press, jobs, shop, community"));
	error = change_profile(request, seat, actor_id);
	if (!error && purpose.data)
		error = organisation_set_purpose(request->db, request->arena, seat->organisation.id, actor_id, purpose, &seat->author,
			&request->error_message);
	return error ? error : respond_account(request, 200, actor_id);
}
