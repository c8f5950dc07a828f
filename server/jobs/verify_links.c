/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Links on profiles: one is verified when the page that it leads to links back with rel="me", or when the organisation has
 * its domain verified. The moment stands in the field (actor.fields_json) and goes with it; what was verified by a domain says
 * so there ("proof"), and is verified no more when the domain is not. */
#include "server/jobs/job_worker.h"

#include "server/action/organisation_domain.h"
#include "server/app.h"
#include "server/jobs/page_get.h"
#include "server/web/actor_lookup.h"

#include "base/clock.h"
#include "base/html.h"
#include "base/html_rel.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "base/mutant.h"
#include "base/time_format.h"
#include "storage/actor.h"

/* What profile.c makes of a link, and nothing else: the href of the one element. */
static bool read_href(struct arena *arena, struct str html, struct str *ret_url)
{
	struct str begin = STR("<a href=\"");
	if (!str_starts_with(html, begin) || !str_ends_with(html, STR_LITERAL("</a>")))
		return false;
	size_t end = str_index_of(html, '"', begin.len);
	if (end == html.len)
		return false;
	/* Escaped there; a URL has no other character of HTML in it. */
	struct str url = html_text(arena, str_slice(html, begin.len, end));
	*ret_url = url;
	return url.len > 0;
}

struct verifying {
	struct job_run *run;
	const struct actor *actor;
	struct str *domains; /* verified ones of the actor's organisation */
	size_t domain_count;
	enum error error; /* of a page that could not be had just now */
	bool is_changed;
};

static bool links_back(struct verifying *verifying, struct str url)
{
	struct page_answer page;
	const struct str urls[] = { verifying->actor->url, verifying->actor->uri };
	struct job_run *run = verifying->run;
	enum error error = page_get(run->app->config, run->arena, url, PAGE_HTML, &page);
	if (error == ERROR_UNAVAILABLE)
		verifying->error = error;
	return !error && (html_rel_leads_to(run->arena, page.body, "me", urls, 2) || MUTANT("verify_links_back"));
}

static bool is_on_own_domain(const struct verifying *verifying, struct str url)
{
	for (size_t i = 0; i < verifying->domain_count; i++)
		if (organisation_domain_is_of(verifying->run->arena, verifying->domains[i], url))
			return true;
	return false;
}

struct proof {
	struct str at; /* empty: not verified */
	bool is_domain;
};

static struct proof prove(struct verifying *verifying, const json_t *field)
{
	char now[TIME_ISO8601_MS_LEN + 1];
	struct str url;
	struct proof proof = { json_in_str(field, "verified_at"), str_eq(json_in_str(field, "proof"), STR_LITERAL("domain")) };
	bool is_link = read_href(verifying->run->arena, json_in_str(field, "value"), &url);
	bool is_own = is_link && is_on_own_domain(verifying, url);
	if (proof.at.len && proof.is_domain && !is_own && !MUTANT("verify_links_domain_ended")) {
		proof = (struct proof){ 0 };
		verifying->is_changed = true;
	}
	if (!proof.at.len && (is_own || (is_link && links_back(verifying, url)))) {
		time_write_iso8601_ms(clock_now_us(), now);
		proof = (struct proof){ arena_str(verifying->run->arena, str_from(now)), is_own };
		verifying->is_changed = true;
	}
	return proof;
}

static void write_field(struct verifying *verifying, struct json_out *json, const json_t *field)
{
	struct proof proof = prove(verifying, field);
	json_out_object_begin(json);
	json_out_key_str(json, "name", json_in_str(field, "name"));
	json_out_key_str(json, "value", json_in_str(field, "value"));
	if (proof.at.len)
		json_out_key_str(json, "verified_at", proof.at);
	if (proof.at.len && proof.is_domain)
		json_out_key_c_string(json, "proof", "domain");
	json_out_object_end(json);
}

static enum error store(struct verifying *verifying, struct str fields)
{
	struct job_run *run = verifying->run;
	enum error error =
		actor_replace_fields(run->db, run->arena, verifying->actor->id, verifying->actor->fields_json, fields);
	/* Edited meanwhile: that edit has a job of its own. */
	if (error == ERROR_CONFLICT)
		return ERROR_NONE;
	if (!error)
		actor_documents_forget(run->app, run->arena, verifying->actor);
	return error;
}

enum error job_verify_links_run(struct job_run *run)
{
	struct actor actor;
	int64_t actor_id;
	json_auto_t *fields = NULL;
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	if (!str_to_int64(run->job->key, &actor_id))
		return ERROR_GONE;
	enum error error = actor_find_by_id(run->db, run->arena, actor_id, &actor);
	if (error == ERROR_NOT_FOUND || (!error && (!actor.is_local || actor.is_suspended)))
		return ERROR_GONE;
	if (error)
		return error;
	if (json_in_parse(actor.fields_json, NULL, &fields))
		return ERROR_GONE;
	struct verifying verifying = { .run = run, .actor = &actor };
	error = organisation_domain_list_of_actor(run->db, run->arena, actor.id, &verifying.domains, &verifying.domain_count);
	if (error)
		return error;
	json_out_init(&json, &out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < json_array_size(fields); i++)
		write_field(&verifying, &json, json_array_get(fields, i));
	json_out_array_end(&json);
	if (verifying.is_changed)
		error = store(&verifying, buf_str(&out));
	return error ? error : verifying.error;
}
