/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Domains over the brand API. A check takes seconds of the network: it is asked for here, and made by a job. */
#include "server/brand/domains.h"

#include "server/action/organisation_domain.h"
#include "server/app.h"
#include "server/mastodon/parameters.h"

#include "base/clock.h"

static void write_time(struct json_out *json, const char *key, int64_t time_us)
{
	if (time_us)
		json_out_key_time_ms(json, key, time_us);
	else
		json_out_key_null(json, key);
}

static void write_domain(struct json_out *json, struct arena *arena, const struct organisation_domain *domain, struct str profile_url)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", domain->id);
	json_out_key_str(json, "domain", domain->domain);
	json_out_key_c_string(json, "method", domain_method_name(domain->method));
	json_out_key_str(json, "token", domain->token);
	json_out_key_str(json, "place", organisation_domain_place(arena, domain));
	json_out_key_str(json, "proof", organisation_domain_proof(arena, domain, profile_url));
	json_out_key_bool(json, "verified", domain->verified_us != 0);
	write_time(json, "verified_at", domain->verified_us);
	write_time(json, "checked_at", domain->checked_us);
	json_out_key_bool(json, "checking", domain->asked_us != 0);
	json_out_key_int(json, "failed_checks", domain->failed_checks);
	if (domain->problem.data)
		json_out_key_str(json, "problem", domain->problem);
	else
		json_out_key_null(json, "problem");
	write_time(json, "created_at", domain->created_us);
	json_out_object_end(json);
}

static enum error find_profile(struct request *request, const struct seat *seat, struct str *ret_url)
{
	struct str *urls;
	size_t count;
	enum error error = organisation_domain_list_profiles(request->db, request->arena, seat->organisation.id, &urls, &count);
	if (!error)
		*ret_url = count ? urls[0] : STR_LITERAL("");
	return error;
}

enum error handle_domains_list(struct request *request, const struct seat *seat)
{
	struct organisation_domain *domains;
	struct str profile_url;
	size_t count;
	enum error error = organisation_domain_list(request->db, request->arena, seat->organisation.id, &domains, &count);
	if (!error)
		error = find_profile(request, seat, &profile_url);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_array_begin(json, "domains");
	for (size_t i = 0; i < count; i++)
		write_domain(json, request->arena, &domains[i], profile_url);
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

static enum error respond_domain(struct request *request, const struct seat *seat, int status, const struct organisation_domain *domain)
{
	struct str profile_url;
	enum error error = find_profile(request, seat, &profile_url);
	if (!error)
		write_domain(respond_json(request, status), request->arena, domain, profile_url);
	return error;
}

enum error handle_domains_claim(struct request *request, const struct seat *seat)
{
	const struct domain_claim claim = { parameter_text(request, "domain"), parameter_text(request, "method"),
		parameter_text(request, "page") };
	struct organisation_domain domain;
	enum error error = seat_need(request, seat, PERMISSION_ORG_DOMAINS);
	if (!error)
		error = organisation_domain_claim(request->db, request->arena, request->app->config, seat->organisation.id, &claim,
			&seat->author, &domain, &request->error_message);
	return error ? error : respond_domain(request, seat, 201, &domain);
}

static enum error find_named(struct request *request, const struct seat *seat, struct organisation_domain *ret_domain)
{
	enum error error = seat_need(request, seat, PERMISSION_ORG_DOMAINS);
	return error ? error : organisation_domain_find_named(request->db, request->arena, seat->organisation.id, request->values[1],
		ret_domain);
}

enum error handle_domains_release(struct request *request, const struct seat *seat)
{
	struct organisation_domain domain;
	enum error error = find_named(request, seat, &domain);
	if (!error)
		error = organisation_domain_release(request->db, request->arena, &domain, &seat->author);
	if (!error)
		respond_empty(request, 204);
	return error;
}

enum error handle_domains_verify(struct request *request, const struct seat *seat)
{
	struct organisation_domain domain;
	enum error error = find_named(request, seat, &domain);
	if (!error)
		error = organisation_domain_request_check(request->db, request->arena, &domain, &seat->author);
	domain.asked_us = clock_now_us();
	return error ? error : respond_domain(request, seat, 202, &domain);
}
