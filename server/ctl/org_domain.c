/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir org: domains of organisations, and names that look like theirs. */
#include "server/action/organisation_domain.h"

#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"
#include "storage/look_alike.h"

#include "base/json_out.h"

#define LOOK_ALIKES_SHOWN 200

static struct str state_of(const struct organisation_domain *domain)
{
	if (domain->asked_us)
		return STR_LITERAL("checking");
	if (domain->verified_us)
		return STR_LITERAL("verified");
	return domain->problem.data ? domain->problem : STR_LITERAL("unchecked");
}

static void write_domain(struct json_out *json, struct arena *arena, const struct organisation_domain *domain, struct str profile_url)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", domain->id);
	json_out_key_str(json, "domain", domain->domain);
	json_out_key_c_string(json, "method", domain_method_name(domain->method));
	json_out_key_str(json, "place", organisation_domain_place(arena, domain));
	json_out_key_str(json, "proof", organisation_domain_proof(arena, domain, profile_url));
	json_out_key_str(json, "state", state_of(domain));
	json_out_key_bool(json, "verified", domain->verified_us != 0);
	json_out_key_int(json, "failed_checks", domain->failed_checks);
	json_out_object_end(json);
}

static enum error find_profile(struct invocation *invocation, int64_t organisation_id, struct str *ret_url)
{
	struct str *urls;
	size_t count;
	enum error error = organisation_domain_list_profiles(ctl_db(invocation), invocation->arena, organisation_id, &urls, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	*ret_url = count ? urls[0] : STR_LITERAL("");
	return ERROR_NONE;
}

static enum error run_list(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct ctl_table table;
	struct json_out json;
	struct organisation organisation;
	struct organisation_domain *domains;
	struct str profile_url;
	size_t count;
	enum error error = org_open(invocation, &organisation);
	if (!error)
		error = find_profile(invocation, organisation.id, &profile_url);
	if (error)
		return error;
	error = organisation_domain_list(ctl_db(invocation), invocation->arena, organisation.id, &domains, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	ctl_table_init(&table, invocation->arena, 5);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		if (invocation->is_json) {
			write_domain(&json, invocation->arena, &domains[i], profile_url);
			continue;
		}
		ctl_table_add(&table, domains[i].domain);
		ctl_table_add(&table, str_from(domain_method_name(domains[i].method)));
		ctl_table_add(&table, state_of(&domains[i]));
		ctl_table_add(&table, organisation_domain_place(invocation->arena, &domains[i]));
		ctl_table_add(&table, organisation_domain_proof(invocation->arena, &domains[i], profile_url));
	}
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

static enum error run_add(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	const struct domain_claim claim = { str_from(invocation->arguments[1]), str_from(option_value(invocation, "--method")),
		str_from(option_value(invocation, "--page")) };
	struct organisation organisation;
	struct organisation_domain domain;
	struct str message = { 0 }, profile_url;
	struct json_out json;
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = organisation_domain_claim(ctl_db(invocation), invocation->arena, ctl_config(invocation), organisation.id, &claim,
		&ctl_author, &domain, &message);
	if (error)
		return ctl_fail_with(error, message);
	error = find_profile(invocation, organisation.id, &profile_url);
	if (error)
		return error;
	if (invocation->is_json) {
		json_out_init(&json, &out);
		write_domain(&json, invocation->arena, &domain, profile_url);
		buf_add_char(&out, '\n');
	} else {
		buf_add_printf(&out, "put this at %.*s:\n%.*s\nand then: comptoir org verify-domain %.*s %.*s\n",
			STR_ARG(organisation_domain_place(invocation->arena, &domain)),
			STR_ARG(organisation_domain_proof(invocation->arena, &domain, profile_url)), STR_ARG(organisation.slug),
			STR_ARG(domain.domain));
	}
	return ctl_print(&out);
}

typedef enum error (*domain_deed)(struct db *db, struct arena *arena, const struct organisation_domain *domain,
	const struct audit_author *author);

static enum error run_deed(struct invocation *invocation, domain_deed deed)
{
	struct organisation organisation;
	struct organisation_domain domain;
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = organisation_domain_find_named(ctl_db(invocation), invocation->arena, organisation.id,
		str_from(invocation->arguments[1]), &domain);
	if (!error)
		error = deed(ctl_db(invocation), invocation->arena, &domain, &ctl_author);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "%.*s has no domain '%s'; `comptoir org domains %.*s` shows them", STR_ARG(organisation.slug),
			invocation->arguments[1], STR_ARG(organisation.slug));
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

static enum error run_verify(struct invocation *invocation)
{
	return run_deed(invocation, organisation_domain_request_check);
}

static enum error run_remove(struct invocation *invocation)
{
	return run_deed(invocation, organisation_domain_release);
}

static void add_look_alike(const struct invocation *invocation, struct ctl_table *table, struct json_out *json,
	const struct look_alike *found)
{
	struct str acct = arena_printf(invocation->arena, "%.*s@%.*s", STR_ARG(found->username), STR_ARG(found->domain));
	struct str matched = found->is_display_name ? STR_LITERAL("display_name") : STR_LITERAL("username");
	if (!invocation->is_json) {
		ctl_table_add(table, acct);
		ctl_table_add(table, matched);
		ctl_table_add(table, arena_printf(invocation->arena, "%d", found->distance));
		ctl_table_add(table, found->display_name);
		return;
	}
	json_out_object_begin(json);
	json_out_key_id(json, "id", found->id);
	json_out_key_id(json, "account_id", found->brand_actor_id);
	json_out_key_str(json, "acct", acct);
	json_out_key_str(json, "display_name", found->display_name);
	json_out_key_str(json, "matched", matched);
	json_out_key_int(json, "distance", found->distance);
	json_out_object_end(json);
}

static enum error run_look_alikes(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct ctl_table table;
	struct json_out json;
	struct organisation organisation;
	struct brand_account *accounts;
	struct look_alike *all = NULL;
	size_t count = 0, account_count;
	const struct id_page page = { .limit = LOOK_ALIKES_SHOWN };
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = brand_account_list(ctl_db(invocation), invocation->arena, organisation.id, &accounts, &account_count);
	int64_t *ids = arena_alloc_array(invocation->arena, ORGANISATION_ACCOUNTS_MAX, sizeof(*ids));
	for (size_t i = 0; !error && i < account_count; i++)
		ids[i] = accounts[i].actor_id;
	if (!error)
		error = look_alike_list(ctl_db(invocation), invocation->arena, ids, account_count, LOOK_ALIKE_OPEN, &page, &all, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	ctl_table_init(&table, invocation->arena, 4);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++)
		add_look_alike(invocation, &table, &json, &all[i]);
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

const struct command command_org_domains = {
	.noun = "org",
	.verb = "domains",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the domains of an organisation and what proves them",
	.details = "Example:\n  comptoir org domains fleurs\n",
	.run = run_list,
};

static const struct command_option add_options[] = {
	{ "--method", "METHOD", "dns_txt, well_known or rel_me; default: dns_txt.", false },
	{ "--page", "URL", "For rel_me: the page that links to the profile; default: the first of the domain.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_org_add_domain = {
	.noun = "org",
	.verb = "add-domain",
	.arguments = "SLUG DOMAIN",
	.min_arguments = 2,
	.max_arguments = 2,
	.flags = COMMAND_HAS_JSON,
	.summary = "Claims a domain for an organisation, and says what proves it",
	.details = "Example:\n  comptoir org add-domain fleurs fleurs.example --method well_known\n",
	.options = add_options,
	.run = run_add,
};

const struct command command_org_verify_domain = {
	.noun = "org",
	.verb = "verify-domain",
	.arguments = "SLUG DOMAIN",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Has the running server look for what proves a domain",
	.details = "It does so every day by itself once that was found.\n\nExample:\n  comptoir org verify-domain fleurs fleurs.example\n",
	.run = run_verify,
};

const struct command command_org_remove_domain = {
	.noun = "org",
	.verb = "remove-domain",
	.arguments = "SLUG DOMAIN",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Gives up a domain of an organisation",
	.details = "Example:\n  comptoir org remove-domain fleurs fleurs.example\n",
	.run = run_remove,
};

const struct command command_org_look_alikes = {
	.noun = "org",
	.verb = "look-alikes",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists accounts whose names look like those of an organisation",
	.details = "Those that nobody has dismissed or reported yet, the newest first.\n\nExample:\n  comptoir org look-alikes fleurs\n",
	.run = run_look_alikes,
};
