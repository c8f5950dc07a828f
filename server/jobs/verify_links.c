/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Links on profiles: one is verified when the page that it leads to links back with rel="me", or when it leads to a domain that
 * the account's organisation has verified. The moment stands in the field (actor.fields_json) and goes with it, or with the
 * domain. The key of the job is the actor's id, and "/" with a domain that is verified no longer. */
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
	struct str *domains; /* verified */
	size_t domain_count;
	struct str lost;     /* a domain; empty for none */
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

static void write_field(struct verifying *verifying, struct json_out *json, const json_t *field)
{
	struct str value = json_in_str(field, "value");
	struct str verified = json_in_str(field, "verified_at");
	struct str url;
	char now[TIME_ISO8601_MS_LEN + 1];
	struct arena *arena = verifying->run->arena;
	bool has_link = read_href(arena, value, &url);
	if (verified.len && has_link && verifying->lost.len && organisation_domain_covers(arena, &verifying->lost, 1, url)) {
		verified = (struct str){ 0 };
		verifying->is_changed = true;
	}
	if (!verified.len && has_link &&
	    (organisation_domain_covers(arena, verifying->domains, verifying->domain_count, url) || links_back(verifying, url))) {
		time_write_iso8601_ms(clock_now_us(), now);
		verified = str_from(now);
		verifying->is_changed = true;
	}
	json_out_object_begin(json);
	json_out_key_str(json, "name", json_in_str(field, "name"));
	json_out_key_str(json, "value", value);
	if (verified.len)
		json_out_key_str(json, "verified_at", verified);
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
	struct str rest = run->job->key, id;
	if (!str_split_next(&rest, '/', &id) || !str_to_int64(id, &actor_id))
		return ERROR_GONE;
	enum error error = actor_find_by_id(run->db, run->arena, actor_id, &actor);
	if (error == ERROR_NOT_FOUND || (!error && (!actor.is_local || actor.is_suspended)))
		return ERROR_GONE;
	if (error)
		return error;
	if (json_in_parse(actor.fields_json, NULL, &fields))
		return ERROR_GONE;
	struct verifying verifying = { .run = run, .actor = &actor };
	verifying.lost = rest;
	error = organisation_domain_list_of_account(run->db, run->arena, actor.id, &verifying.domains, &verifying.domain_count);
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
