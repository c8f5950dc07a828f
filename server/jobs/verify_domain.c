/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Looks whether a domain shows the token of its organisation, each day anew. The key of the job is the domain's id. */
#include "server/jobs/job_worker.h"

#include "server/action/organisation_domain.h"
#include "server/app.h"
#include "server/jobs/page_get.h"
#include "storage/actor.h"
#include "storage/organisation.h"

#include "base/dns_txt.h"
#include "base/html_rel.h"
#include "base/mutant.h"
#include "base/url.h"

struct looking {
	struct job_run *run;
	struct organisation_domain domain;
	struct buf why;
};

static void note(struct looking *looking, const char *method, const char *what)
{
	buf_add_printf(&looking->why, "%s%s: %s", looking->why.len ? "; " : "", method, what);
}

static struct str proof(struct looking *looking)
{
	return arena_printf(looking->run->arena, ORGANISATION_DOMAIN_PROOF "%.*s", STR_ARG(looking->domain.token));
}

static bool shows_in_dns(struct looking *looking)
{
	struct arena *arena = looking->run->arena;
	struct str server = str_from(config_text(looking->run->app->config, "dns.server")), wanted = proof(looking), *texts;
	size_t count = 0;
	struct str name = arena_printf(arena, "_comptoir.%.*s", STR_ARG(looking->domain.domain));
	enum error error = dns_txt_query(arena, server, name, &texts, &count);
	for (size_t i = 0; i < count && !error; i++)
		if (str_eq(str_trim(texts[i]), wanted) || MUTANT("domain_dns_token"))
			return true;
	note(looking, "dns_txt", error == ERROR_NOT_FOUND ? "there is no such record" : error ? "no answer" : "the record says something else");
	return false;
}

/* The page as the domain itself answered it, or the "www" of it: elsewhere somebody else may write. */
static bool is_at_home(struct looking *looking, struct str url)
{
	struct url parsed;
	struct arena *arena = looking->run->arena;
	struct str domain = looking->domain.domain;
	if (!url_parse(arena, url, &parsed) || parsed.has_port || !str_eq(parsed.scheme, STR_LITERAL("https")))
		return false;
	return str_eq(parsed.host, domain) || str_eq(parsed.host, arena_printf(arena, "www.%.*s", STR_ARG(domain))) ||
		MUTANT("domain_at_home");
}

static bool get_page(struct looking *looking, const char *method, const char *path, enum page_kind kind, struct page_answer *ret_page)
{
	struct job_run *run = looking->run;
	struct str url = arena_printf(run->arena, "https://%.*s%s", STR_ARG(looking->domain.domain), path);
	enum error error = page_get(run->app->config, run->arena, url, kind, ret_page);
	if (!error && is_at_home(looking, ret_page->url))
		return true;
	note(looking, method, error == ERROR_NOT_FOUND ? "there is no such page" : error ? "no answer" : "the page is somewhere else");
	return false;
}

static bool shows_in_file(struct looking *looking)
{
	struct page_answer page;
	struct str rest, line, wanted = proof(looking);
	if (!get_page(looking, "well_known", "/.well-known/comptoir-verification", PAGE_TEXT, &page))
		return false;
	rest = page.body;
	while (rest.len && str_split_next(&rest, '\n', &line)) {
		line = str_ends_with(line, STR_LITERAL("\r")) ? str_slice(line, 0, line.len - 1) : line;
		if (str_eq(str_trim(line), wanted) || MUTANT("domain_file_token"))
			return true;
	}
	note(looking, "well_known", "the file says something else");
	return false;
}

static bool links_to_brand(struct looking *looking)
{
	struct job_run *run = looking->run;
	struct page_answer page;
	struct brand_account *accounts;
	size_t count;
	if (!get_page(looking, "rel_me", "/", PAGE_HTML, &page))
		return false;
	enum error error = brand_account_list(run->db, run->arena, looking->domain.organisation_id, &accounts, &count);
	for (size_t i = 0; i < count && !error; i++) {
		struct actor actor;
		error = actor_find_by_id(run->db, run->arena, accounts[i].actor_id, &actor);
		const struct str urls[] = { actor.url, actor.uri };
		if (!error && html_rel_leads_to(run->arena, page.body, "me", urls, 2))
			return true;
	}
	note(looking, "rel_me", "the page links to no account of the organisation");
	return false;
}

static struct str find_method(struct looking *looking)
{
	if (shows_in_dns(looking))
		return STR_LITERAL("dns_txt");
	if (shows_in_file(looking))
		return STR_LITERAL("well_known");
	return links_to_brand(looking) ? STR_LITERAL("rel_me") : (struct str){ 0 };
}

static enum error read_domain(struct job_run *run, struct organisation_domain *ret_domain)
{
	int64_t id;
	if (!str_to_int64(run->job->key, &id))
		return ERROR_GONE;
	/* Looking takes long: the row is locked when what was found is noted. */
	enum error error = organisation_domain_find_any(run->db, run->arena, id, ret_domain);
	return error == ERROR_NOT_FOUND ? ERROR_GONE : error;
}

enum error job_verify_domain_run(struct job_run *run)
{
	struct looking looking = { .run = run };
	enum error error = read_domain(run, &looking.domain);
	if (error)
		return error;
	struct str method = find_method(&looking);
	error = organisation_domain_note(run->db, run->arena, looking.domain.id, method, buf_str(&looking.why), &run->next_due_us);
	buf_clear(&looking.why);
	return error == ERROR_NOT_FOUND ? ERROR_GONE : error;
}
