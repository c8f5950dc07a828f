/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Deeds around domains of organisations. */
#include "server/action/organisation_domain.h"

#include "server/action/deed.h"
#include "server/action/organisation.h"
#include "storage/id.h"
#include "storage/job.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "base/random.h"
#include "base/url.h"

#define TOKEN_BYTES 24
#define HOUR_US (INT64_C(3600) * 1000 * 1000)
#define DAY_US (24 * HOUR_US)
/* Who has just named one is about to set it up; who has not after so long will ask. */
#define EAGER_US (3 * DAY_US)
#define GIVEN_UP_US (60 * DAY_US)

struct domain_deed {
	struct organisation_domain domain;
	const struct audit_author *author;
	struct str method, why;
	int64_t next_us;
};

static struct str id_text(struct arena *arena, int64_t id)
{
	return arena_printf(arena, "%lld", (long long)id);
}

static enum error write_log(struct db *db, struct arena *arena, const struct domain_deed *deed, const char *action)
{
	const struct audit_entry entry = {
		.organisation_id = deed->domain.organisation_id,
		.author = *deed->author,
		.action = str_from(action),
		.target = arena_printf(arena, "domain:%lld", (long long)deed->domain.id),
	};
	return audit_write(db, arena, &entry);
}

static enum error check_soon(struct db *db, struct arena *arena, int64_t id)
{
	return job_add(db, arena, STR_LITERAL("verify_domain"), id_text(arena, id), (struct str){ 0 }, 0);
}

/* ---- naming ---- */

static enum error authorise(struct db *db, struct arena *arena, const struct domain_deed *deed)
{
	return organisation_authorise(db, arena, deed->domain.organisation_id, deed->author, PERMISSION_ORG_DOMAINS);
}

static enum error write_name(struct db *db, struct arena *arena, void *owner)
{
	struct domain_deed *deed = owner;
	enum error error = authorise(db, arena, deed);
	if (!error)
		error = organisation_domain_add(db, arena, &deed->domain);
	if (!error)
		error = check_soon(db, arena, deed->domain.id);
	return error ? error : write_log(db, arena, deed, "domain.add");
}

enum error organisation_domain_name(struct db *db, struct arena *arena, int64_t organisation_id, struct str domain,
	const struct audit_author *author, int64_t *ret_id, struct str *ret_message)
{
	struct domain_deed deed = { .domain = { .id = id_new(), .organisation_id = organisation_id }, .author = author };
	if (!url_canonical_host(arena, str_trim(domain), &deed.domain.domain) || !str_contains_char(deed.domain.domain, '.')) {
		*ret_message = STR_LITERAL("domain: a name such as fleurs.example, without https:// and path");
		return ERROR_UNPROCESSABLE;
	}
	deed.domain.token = random_token(arena, TOKEN_BYTES);
	enum error error = deed_write(db, arena, write_name, &deed, ERROR_CONFLICT);
	if (error == ERROR_CONFLICT)
		*ret_message = STR_LITERAL("domain: it is on the list already");
	if (error == ERROR_CONTENT_TOO_LARGE) {
		*ret_message = STR_LITERAL("domain: there are too many of them");
		return ERROR_UNPROCESSABLE;
	}
	if (!error)
		*ret_id = deed.domain.id;
	return error;
}

/* ---- what follows ---- */

/* Links of the accounts' profiles are looked at anew (server/jobs/verify_links.c). */
static enum error look_at_profiles(struct db *db, struct arena *arena, const struct domain_deed *deed, bool is_lost)
{
	struct brand_account *accounts;
	size_t count;
	enum error error = brand_account_list(db, arena, deed->domain.organisation_id, &accounts, &count);
	for (size_t i = 0; i < count && !error; i++) {
		struct str id = id_text(arena, accounts[i].actor_id);
		struct str key = is_lost ? arena_printf(arena, "%.*s/%.*s", STR_ARG(id), STR_ARG(deed->domain.domain)) : id;
		error = job_add(db, arena, STR_LITERAL("verify_links"), key, (struct str){ 0 }, 0);
	}
	return error;
}

static enum error write_drop(struct db *db, struct arena *arena, void *owner)
{
	struct domain_deed *deed = owner;
	int64_t organisation_id = deed->domain.organisation_id;
	enum error error = authorise(db, arena, deed);
	if (!error)
		error = organisation_domain_lock(db, arena, deed->domain.id, &deed->domain);
	if (!error && deed->domain.organisation_id != organisation_id)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = organisation_domain_remove(db, arena, organisation_id, deed->domain.id);
	if (!error && deed->domain.verified_us)
		error = look_at_profiles(db, arena, deed, true);
	return error ? error : write_log(db, arena, deed, "domain.remove");
}

enum error organisation_domain_drop(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	const struct audit_author *author)
{
	struct domain_deed deed = { .domain = { .id = id, .organisation_id = organisation_id }, .author = author };
	return deed_write(db, arena, write_drop, &deed, ERROR_NOT_FOUND);
}

static enum error write_ask(struct db *db, struct arena *arena, void *owner)
{
	struct domain_deed *deed = owner;
	enum error error = authorise(db, arena, deed);
	if (!error)
		error = organisation_domain_find(db, arena, deed->domain.organisation_id, deed->domain.id, &deed->domain);
	return error ? error : check_soon(db, arena, deed->domain.id);
}

enum error organisation_domain_ask(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	const struct audit_author *author)
{
	struct domain_deed deed = { .domain = { .id = id, .organisation_id = organisation_id }, .author = author };
	return deed_write(db, arena, write_ask, &deed, ERROR_NONE);
}

/* ---- what was found ---- */

static int64_t next_check(const struct organisation_domain *domain, int64_t now_us)
{
	int64_t age_us = now_us - domain->created_us;
	if (domain->verified_us)
		return now_us + DAY_US;
	return age_us < EAGER_US ? now_us + HOUR_US : age_us < GIVEN_UP_US ? now_us + DAY_US : 0;
}

static enum error note_found(struct db *db, struct arena *arena, struct domain_deed *deed)
{
	struct organisation_domain *domain = &deed->domain;
	bool is_new = !domain->verified_us;
	domain->method = deed->method;
	domain->failures = 0;
	domain->last_error = (struct str){ 0 };
	domain->verified_us = is_new ? domain->checked_us : domain->verified_us;
	enum error error = organisation_domain_store(db, arena, domain);
	if (!error && is_new)
		error = look_at_profiles(db, arena, deed, false);
	return error || !is_new ? error : write_log(db, arena, deed, "domain.verified");
}

static enum error note_missing(struct db *db, struct arena *arena, struct domain_deed *deed)
{
	struct organisation_domain *domain = &deed->domain;
	domain->failures++;
	domain->last_error = deed->why;
	bool is_lost = domain->verified_us && domain->failures >= ORGANISATION_DOMAIN_FAILURES && !MUTANT("domain_is_lost");
	if (is_lost)
		domain->verified_us = 0;
	enum error error = organisation_domain_store(db, arena, domain);
	if (!error && is_lost)
		error = look_at_profiles(db, arena, deed, true);
	return error || !is_lost ? error : write_log(db, arena, deed, "domain.lost");
}

static enum error write_note(struct db *db, struct arena *arena, void *owner)
{
	struct domain_deed *deed = owner;
	bool is_taken = false;
	enum error error = organisation_domain_lock(db, arena, deed->domain.id, &deed->domain);
	if (!error && deed->method.data)
		error = organisation_domain_is_taken(db, arena, &deed->domain, &is_taken);
	if (error)
		return error;
	deed->domain.checked_us = clock_now_us();
	if (is_taken)
		deed->why = STR_LITERAL("another organisation has verified it");
	error = deed->method.data && !is_taken ? note_found(db, arena, deed) : note_missing(db, arena, deed);
	deed->next_us = next_check(&deed->domain, deed->domain.checked_us);
	return error;
}

enum error organisation_domain_note(struct db *db, struct arena *arena, int64_t id, struct str method, struct str why,
	int64_t *ret_next_us)
{
	static const struct audit_author program = { .door = AUDIT_WORKER };
	struct domain_deed deed = { .domain = { .id = id }, .author = &program, .method = method, .why = why };
	enum error error = deed_write(db, arena, write_note, &deed, ERROR_NONE);
	if (!error)
		*ret_next_us = deed.next_us;
	return error;
}

bool organisation_domain_covers(struct arena *arena, const struct str *domains, size_t count, struct str url)
{
	struct url parsed;
	if (!url_parse(arena, url, &parsed) || parsed.has_port)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct str host = parsed.host, domain = domains[i];
		if (str_eq(host, domain) ||
		    (host.len > domain.len && str_ends_with(host, domain) && host.data[host.len - domain.len - 1] == '.'))
			return true;
	}
	return false;
}
