/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Domains of organisations. Whatever changes what is verified has the profile fields of the brand accounts looked at anew. */
#include "server/action/organisation_domain.h"

#include "server/action/deed.h"
#include "server/action/organisation.h"
#include "storage/id.h"
#include "storage/job.h"

#include "base/config.h"
#include "base/json_out.h"
#include "base/mutant.h"
#include "base/random.h"
#include "base/url.h"

#define TOKEN_BYTES 24
#define DOMAIN_MAX_BYTES 240 /* there is room for a label before it */

/* ---- places and proofs ---- */

bool organisation_domain_canonical(struct arena *arena, const struct config *config, struct str text, struct str *ret_domain)
{
	struct url url;
	struct str trimmed = str_trim(text), host;
	const struct str *allowed;
	size_t allowed_count = config_list(config, "federation.allow_addresses", &allowed);
	if (!trimmed.len || !url_parse(arena, arena_printf(arena, "https://%.*s", STR_ARG(trimmed)), &url) || url.path.len > 1 ||
		url.query.data || url.fragment.data || !url_canonical_host(arena, url.host, &host))
		return false;
	if (url.has_port && !allowed_count)
		return false;
	if (url.authority.len > DOMAIN_MAX_BYTES || !str_contains_char(host, '.'))
		return false;
	*ret_domain = url.authority;
	return true;
}

static const char *scheme_of(const struct organisation_domain *domain)
{
	return str_contains_char(domain->domain, ':') ? "http" : "https";
}

struct str organisation_domain_place(struct arena *arena, const struct organisation_domain *domain)
{
	switch (domain->method) {
	case DOMAIN_DNS_TXT:
		return arena_printf(arena, "_comptoir.%.*s", STR_ARG(str_slice(domain->domain, 0, str_index_of(domain->domain, ':', 0))));
	case DOMAIN_WELL_KNOWN:
		return arena_printf(arena, "%s://%.*s/.well-known/comptoir-verification", scheme_of(domain), STR_ARG(domain->domain));
	case DOMAIN_REL_ME:
		return domain->page.data ? domain->page :
			arena_printf(arena, "%s://%.*s/", scheme_of(domain), STR_ARG(domain->domain));
	case DOMAIN_METHOD_COUNT:
		break;
	}
	return (struct str){ 0 };
}

struct str organisation_domain_proof(struct arena *arena, const struct organisation_domain *domain, struct str profile_url)
{
	switch (domain->method) {
	case DOMAIN_DNS_TXT:
		return arena_printf(arena, DOMAIN_PROOF_PREFIX "%.*s", STR_ARG(domain->token));
	case DOMAIN_WELL_KNOWN:
		return domain->token;
	case DOMAIN_REL_ME:
		return arena_printf(arena, "<link rel=\"me\" href=\"%.*s\">", STR_ARG(profile_url));
	case DOMAIN_METHOD_COUNT:
		break;
	}
	return (struct str){ 0 };
}

enum error organisation_domain_list_profiles(struct db *db, struct arena *arena, int64_t organisation_id, struct str **ret_urls,
	size_t *ret_count)
{
	struct brand_account *accounts;
	size_t account_count, count = 0;
	enum error error = brand_account_list(db, arena, organisation_id, &accounts, &account_count);
	if (error)
		return error;
	struct str *urls = arena_alloc_array(arena, account_count * 2 + 1, sizeof(*urls));
	for (size_t i = 0; i < account_count; i++) {
		struct actor actor;
		error = actor_find_by_id(db, arena, accounts[i].actor_id, &actor);
		if (error && error != ERROR_NOT_FOUND)
			return error;
		if (error || actor.is_suspended || actor.is_deleted)
			continue;
		urls[count++] = actor.url.len ? actor.url : actor.uri;
		urls[count++] = actor.uri;
	}
	*ret_urls = urls;
	*ret_count = count;
	return ERROR_NONE;
}

bool organisation_domain_is_of(struct arena *arena, struct str domain, struct str url_text)
{
	struct url url;
	if (!url_parse(arena, url_text, &url))
		return false;
	return str_eq(url.authority, domain) || (str_starts_with(url.authority, STR_LITERAL("www.")) &&
		str_eq(str_slice(url.authority, 4, url.authority.len), domain));
}

/* ---- deeds ---- */

struct domain_deed {
	const struct organisation_domain *domain;
	const struct audit_author *author;
	enum domain_verdict verdict;
	bool is_verified;
};

static enum error note(struct db *db, struct arena *arena, const struct domain_deed *deed, const char *action)
{
	AUTO(buf) struct buf data = { 0 };
	struct json_out json;
	json_out_init(&json, &data);
	json_out_object_begin(&json);
	json_out_key_str(&json, "domain", deed->domain->domain);
	json_out_key_c_string(&json, "method", domain_method_name(deed->domain->method));
	json_out_object_end(&json);
	const struct audit_entry entry = {
		.organisation_id = deed->domain->organisation_id,
		.author = *deed->author,
		.action = str_from(action),
		.target = arena_printf(arena, "domain:%lld", (long long)deed->domain->id),
		.data = arena_str(arena, buf_str(&data)),
	};
	return audit_write(db, arena, &entry);
}

static enum error authorise(struct db *db, struct arena *arena, const struct domain_deed *deed)
{
	return organisation_authorise(db, arena, deed->domain->organisation_id, deed->author, PERMISSION_ORG_DOMAINS);
}

static struct str job_key(struct arena *arena, int64_t id)
{
	return arena_printf(arena, "%lld", (long long)id);
}

static enum error look_at_fields(struct db *db, struct arena *arena, int64_t organisation_id)
{
	struct brand_account *accounts;
	size_t count;
	enum error error = brand_account_list(db, arena, organisation_id, &accounts, &count);
	for (size_t i = 0; i < count && !error; i++)
		error = job_add(db, arena, STR_LITERAL("verify_links"), job_key(arena, accounts[i].actor_id), STR_LITERAL("{}"), 0);
	return error;
}

static enum error write_claim(struct db *db, struct arena *arena, void *owner)
{
	const struct domain_deed *deed = owner;
	enum error error = authorise(db, arena, deed);
	if (!error)
		error = organisation_domain_create(db, arena, deed->domain);
	return error ? error : note(db, arena, deed, "domain.claim");
}

static enum error refuse(struct str *ret_message, enum error error, struct str sentence)
{
	*ret_message = sentence;
	return error;
}

enum error organisation_domain_claim(struct db *db, struct arena *arena, const struct config *config, int64_t organisation_id,
	const struct domain_claim *claim, const struct audit_author *author, struct organisation_domain *ret_domain,
	struct str *ret_message)
{
	struct organisation_domain domain = { .id = id_new(), .organisation_id = organisation_id,
		.token = random_token(arena, TOKEN_BYTES), .method = DOMAIN_DNS_TXT };
	struct domain_deed deed = { .domain = &domain, .author = author };
	struct url page;
	if (!organisation_domain_canonical(arena, config, claim->domain, &domain.domain))
		return refuse(ret_message, ERROR_UNPROCESSABLE, STR_LITERAL("that is no domain; fleurs.example is one"));
	if (claim->method.len && !domain_method_from_name(claim->method, &domain.method))
		return refuse(ret_message, ERROR_UNPROCESSABLE, STR_LITERAL("the method is dns_txt, well_known or rel_me"));
	if (claim->page.len) {
		if (domain.method != DOMAIN_REL_ME || !url_parse(arena, claim->page, &page) ||
			!str_eq(page.scheme, str_from(scheme_of(&domain))) ||
			(!organisation_domain_is_of(arena, domain.domain, page.text) && !MUTANT("domain_page")))
			return refuse(ret_message, ERROR_UNPROCESSABLE, STR_LITERAL("the page, for rel_me only, is one of that domain"));
		domain.page = page.text;
	}
	enum error error = deed_write(db, arena, write_claim, &deed, ERROR_CONFLICT);
	if (error == ERROR_CONFLICT)
		return refuse(ret_message, error, STR_LITERAL("the organisation has that domain already"));
	if (error == ERROR_UNAVAILABLE)
		return refuse(ret_message, ERROR_UNPROCESSABLE,
			arena_printf(arena, "an organisation has %d domains at most", ORGANISATION_DOMAINS_MAX));
	return error ? error : organisation_domain_find(db, arena, organisation_id, domain.domain, ret_domain);
}

enum error organisation_domain_find_named(struct db *db, struct arena *arena, int64_t organisation_id, struct str name,
	struct organisation_domain *ret_domain)
{
	struct url url;
	if (!url_parse(arena, arena_printf(arena, "https://%.*s/", STR_ARG(str_trim(name))), &url) || url.path.len > 1)
		return ERROR_NOT_FOUND;
	return organisation_domain_find(db, arena, organisation_id, url.authority, ret_domain);
}

static enum error write_request(struct db *db, struct arena *arena, void *owner)
{
	const struct domain_deed *deed = owner;
	const struct organisation_domain *domain = deed->domain;
	enum error error = authorise(db, arena, deed);
	if (!error)
		error = organisation_domain_ask(db, arena, domain->organisation_id, domain->id);
	if (!error)
		error = job_add(db, arena, STR_LITERAL("verify_domain"), job_key(arena, domain->id), STR_LITERAL("{}"), 0);
	return error ? error : note(db, arena, deed, "domain.check");
}

enum error organisation_domain_request_check(struct db *db, struct arena *arena, const struct organisation_domain *domain,
	const struct audit_author *author)
{
	struct domain_deed deed = { .domain = domain, .author = author };
	return deed_write(db, arena, write_request, &deed, ERROR_NONE);
}

static enum error write_release(struct db *db, struct arena *arena, void *owner)
{
	const struct domain_deed *deed = owner;
	const struct organisation_domain *domain = deed->domain;
	enum error error = authorise(db, arena, deed);
	if (!error)
		error = organisation_domain_remove(db, arena, domain->organisation_id, domain->id);
	if (!error)
		error = look_at_fields(db, arena, domain->organisation_id);
	return error ? error : note(db, arena, deed, "domain.release");
}

enum error organisation_domain_release(struct db *db, struct arena *arena, const struct organisation_domain *domain,
	const struct audit_author *author)
{
	struct domain_deed deed = { .domain = domain, .author = author };
	return deed_write(db, arena, write_release, &deed, ERROR_NOT_FOUND);
}

/* ---- checks ---- */

static enum error write_success(struct db *db, struct arena *arena, void *owner)
{
	struct domain_deed *deed = owner;
	bool is_new = false;
	enum error error = organisation_domain_note_success(db, arena, deed->domain->id, &is_new);
	deed->is_verified = !error;
	if (error || !is_new)
		return error;
	error = look_at_fields(db, arena, deed->domain->organisation_id);
	return error ? error : note(db, arena, deed, "domain.verify");
}

static const char *problem_of(enum domain_verdict verdict)
{
	switch (verdict) {
	case DOMAIN_PROVEN: return "taken";
	case DOMAIN_MISSING: return "missing";
	case DOMAIN_UNAVAILABLE: return "unavailable";
	case DOMAIN_REFUSED: return "refused";
	}
	return "missing";
}

static enum error write_failure(struct db *db, struct arena *arena, void *owner)
{
	struct domain_deed *deed = owner;
	struct domain_failure failure;
	enum error error = organisation_domain_note_failure(db, arena, deed->domain->id, str_from(problem_of(deed->verdict)), &failure);
	if (error)
		return error;
	deed->is_verified = failure.is_verified;
	if (!failure.is_dropped)
		return ERROR_NONE;
	error = look_at_fields(db, arena, deed->domain->organisation_id);
	return error ? error : note(db, arena, deed, "domain.drop");
}

enum error organisation_domain_judge(struct db *db, struct arena *arena, const struct organisation_domain *domain,
	enum domain_verdict verdict, bool *ret_is_verified)
{
	const struct audit_author worker = { .door = AUDIT_WORKER };
	struct domain_deed deed = { .domain = domain, .author = &worker, .verdict = verdict };
	enum error error = ERROR_CONFLICT;
	if (verdict == DOMAIN_PROVEN)
		error = deed_write(db, arena, write_success, &deed, ERROR_NONE);
	if (error == ERROR_CONFLICT)
		error = deed_write(db, arena, write_failure, &deed, ERROR_NONE);
	if (!error)
		*ret_is_verified = deed.is_verified;
	return error;
}
