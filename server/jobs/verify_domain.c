/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Looks for what proves that a domain is an organisation's: when somebody asks for it, and every day while it is verified. */
#include "server/jobs/job_worker.h"

#include "server/action/organisation_domain.h"
#include "server/app.h"
#include "server/jobs/dns_txt.h"
#include "server/jobs/page_get.h"

#include "base/clock.h"
#include "base/html_rel.h"
#include "base/mutant.h"

#define CHECK_EVERY_US (INT64_C(24) * 3600 * 1000000)

/* A page of the domain itself: wherever it leads to is somebody else's. */
static enum error get_page(struct job_run *run, const struct organisation_domain *domain, enum page_kind kind, struct str *ret_body)
{
	struct page_answer page;
	enum error error = page_get(run->app->config, run->arena, organisation_domain_place(run->arena, domain), kind, &page);
	if (error)
		return error;
	if (!organisation_domain_is_of(run->arena, domain->domain, page.url) && !MUTANT("domain_redirect"))
		return ERROR_NOT_FOUND;
	*ret_body = page.body;
	return ERROR_NONE;
}

static enum error look_for_token(struct job_run *run, const struct organisation_domain *domain)
{
	struct str body;
	enum error error = get_page(run, domain, PAGE_TEXT, &body);
	if (error)
		return error;
	return str_index_of_str(body, domain->token) < body.len || MUTANT("domain_token") ? ERROR_NONE : ERROR_NOT_FOUND;
}

static enum error look_for_link(struct job_run *run, const struct organisation_domain *domain)
{
	struct str body, *urls;
	size_t count;
	enum error error = organisation_domain_list_profiles(run->db, run->arena, domain->organisation_id, &urls, &count);
	if (!error)
		error = get_page(run, domain, PAGE_HTML, &body);
	if (error)
		return error;
	return count && html_rel_leads_to(run->arena, body, "me", urls, count) ? ERROR_NONE : ERROR_NOT_FOUND;
}

static enum error look_for_proof(struct job_run *run, const struct organisation_domain *domain)
{
	switch (domain->method) {
	case DOMAIN_DNS_TXT:
		return dns_txt_find(run->app->config, run->arena, organisation_domain_place(run->arena, domain),
			organisation_domain_proof(run->arena, domain, (struct str){ 0 }));
	case DOMAIN_WELL_KNOWN:
		return look_for_token(run, domain);
	case DOMAIN_REL_ME:
		return look_for_link(run, domain);
	case DOMAIN_METHOD_COUNT:
		break;
	}
	return ERROR_NOT_FOUND;
}

enum error job_verify_domain_run(struct job_run *run)
{
	struct organisation_domain domain;
	int64_t id;
	bool is_verified = false;
	enum domain_verdict verdict;
	if (!str_to_int64(run->job->key, &id))
		return ERROR_GONE;
	enum error error = organisation_domain_find_by_id(run->db, run->arena, id, &domain);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_GONE : error;
	error = look_for_proof(run, &domain);
	if (!error)
		verdict = DOMAIN_PROVEN;
	else if (error == ERROR_NOT_FOUND)
		verdict = DOMAIN_MISSING;
	else if (error == ERROR_UNAVAILABLE)
		verdict = DOMAIN_UNAVAILABLE;
	else if (error == ERROR_FORBIDDEN)
		verdict = DOMAIN_REFUSED;
	else
		return error;
	error = organisation_domain_judge(run->db, run->arena, &domain, verdict, &is_verified);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_GONE : error;
	if (is_verified)
		run->next_due_us = clock_now_us() + CHECK_EVERY_US;
	return ERROR_NONE;
}
