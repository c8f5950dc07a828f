/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Domains of organisations over the brand API. Checks are made in the background: whoever asks for one looks again. */
#include "server/action/organisation_domain.h"
#include "server/brand/planning_deed.h"
#include "server/brand/problem.h"
#include "server/mastodon/parameters.h"

#define OPERATION(method, path, name, handler, who, permission, scope, flags, takes, gives) \
	enum error handler(struct request *request, const struct seat *seat);
#include "server/brand/operations/domains.inc"
#undef OPERATION

static void write_domain(struct request *request, struct json_out *json, const struct organisation_domain *domain)
{
	struct arena *arena = request->arena;
	struct str proof = arena_printf(arena, ORGANISATION_DOMAIN_PROOF "%.*s", STR_ARG(domain->token));
	json_out_object_begin(json);
	json_out_key_id(json, "id", domain->id);
	json_out_key_str(json, "domain", domain->domain);
	json_out_key_c_string(json, "state", domain->verified_us ? "verified" : domain->checked_us ? "missing" : "waiting");
	planning_write_text(json, "method", domain->verified_us ? domain->method : (struct str){ 0 });
	planning_write_time(json, "verified_at", domain->verified_us);
	planning_write_time(json, "checked_at", domain->checked_us);
	json_out_key_int(json, "failures", domain->failures);
	planning_write_text(json, "last_error", domain->last_error);
	json_out_key_object_begin(json, "dns_txt");
	json_out_key_str(json, "name", arena_printf(arena, "_comptoir.%.*s", STR_ARG(domain->domain)));
	json_out_key_str(json, "value", proof);
	json_out_object_end(json);
	json_out_key_object_begin(json, "well_known");
	json_out_key_str(json, "url", arena_printf(arena, "https://%.*s/.well-known/comptoir-verification", STR_ARG(domain->domain)));
	json_out_key_str(json, "value", proof);
	json_out_object_end(json);
	json_out_object_end(json);
}

static enum error respond_domain(struct request *request, const struct seat *seat, int64_t id, int status)
{
	struct organisation_domain domain;
	enum error error = organisation_domain_find(request->db, request->arena, seat->organisation.id, id, &domain);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (!error)
		write_domain(request, respond_json(request, status), &domain);
	return error;
}

static enum error refuse_domain(struct request *request, enum error error, struct str message)
{
	if (error == ERROR_UNPROCESSABLE)
		return problem(request, PROBLEM_BAD_VALUE, message);
	if (error == ERROR_CONFLICT)
		return problem(request, PROBLEM_CONFLICT, message);
	if (error == ERROR_FORBIDDEN)
		return problem(request, PROBLEM_PERMISSION_MISSING, (struct str){ 0 });
	return error == ERROR_NOT_FOUND ? problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 }) : error;
}

enum error handle_domain_list(struct request *request, const struct seat *seat)
{
	struct organisation_domain *domains;
	size_t count;
	enum error error = organisation_domain_list(request->db, request->arena, seat->organisation.id, &domains, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_array_begin(json, "domains");
	for (size_t i = 0; i < count; i++)
		write_domain(request, json, &domains[i]);
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_domain_show(struct request *request, const struct seat *seat)
{
	return respond_domain(request, seat, parameter_path_id(request, 1), 200);
}

enum error handle_domain_create(struct request *request, const struct seat *seat)
{
	int64_t id = 0;
	struct str message = { 0 };
	enum error error = seat_need(request, seat, PERMISSION_ORG_DOMAINS);
	if (error)
		return error;
	error = organisation_domain_name(request->db, request->arena, seat->organisation.id, parameter_text(request, "domain"),
		&seat->author, &id, &message);
	return error ? refuse_domain(request, error, message) : respond_domain(request, seat, id, 201);
}

enum error handle_domain_delete(struct request *request, const struct seat *seat)
{
	enum error error = seat_need(request, seat, PERMISSION_ORG_DOMAINS);
	if (error)
		return error;
	error = organisation_domain_drop(request->db, request->arena, seat->organisation.id, parameter_path_id(request, 1), &seat->author);
	if (error)
		return refuse_domain(request, error, (struct str){ 0 });
	respond_empty(request, 204);
	return ERROR_NONE;
}

enum error handle_domain_verify(struct request *request, const struct seat *seat)
{
	int64_t id = parameter_path_id(request, 1);
	enum error error = seat_need(request, seat, PERMISSION_ORG_DOMAINS);
	if (error)
		return error;
	error = organisation_domain_ask(request->db, request->arena, seat->organisation.id, id, &seat->author);
	return error ? refuse_domain(request, error, (struct str){ 0 }) : respond_domain(request, seat, id, 202);
}
