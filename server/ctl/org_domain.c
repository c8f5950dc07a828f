/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir org ...-domain: domains that are an organisation's. */
#include "server/action/organisation_domain.h"
#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"

#include "base/json_out.h"
#include "base/url.h"

static void write_domain(struct json_out *json, const struct organisation_domain *domain)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", domain->id);
	json_out_key_str(json, "domain", domain->domain);
	json_out_key_bool(json, "verified", domain->verified_us != 0);
	if (domain->method.data)
		json_out_key_str(json, "method", domain->method);
	if (domain->verified_us)
		json_out_key_time_ms(json, "verified_at", domain->verified_us);
	if (domain->checked_us)
		json_out_key_time_ms(json, "checked_at", domain->checked_us);
	json_out_key_str(json, "token", domain->token);
	if (domain->last_error.data)
		json_out_key_str(json, "last_error", domain->last_error);
	json_out_object_end(json);
}

static enum error print_domains(struct invocation *invocation, const struct organisation_domain *domains, size_t count)
{
	AUTO(buf) struct buf out = { 0 };
	struct ctl_table table;
	struct json_out json;
	ctl_table_init(&table, invocation->arena, 3);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		if (invocation->is_json) {
			write_domain(&json, &domains[i]);
			continue;
		}
		ctl_table_add(&table, domains[i].domain);
		ctl_table_add(&table, domains[i].verified_us ? domains[i].method : STR_LITERAL("not verified"));
		ctl_table_add(&table, domains[i].last_error.data ? domains[i].last_error : STR_LITERAL(""));
	}
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

static enum error run_domains(struct invocation *invocation)
{
	struct organisation organisation;
	struct organisation_domain *domains;
	size_t count;
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = organisation_domain_list(ctl_db(invocation), invocation->arena, organisation.id, &domains, &count);
	return error ? ctl_fail(error, "%s", error_text(error)) : print_domains(invocation, domains, count);
}

static enum error find_domain(struct invocation *invocation, struct organisation_domain *ret_domain)
{
	struct organisation organisation;
	struct organisation_domain *domains;
	struct str name;
	size_t count;
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	if (!url_canonical_host(invocation->arena, str_from(invocation->arguments[1]), &name))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no domain", invocation->arguments[1]);
	error = organisation_domain_list(ctl_db(invocation), invocation->arena, organisation.id, &domains, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	for (size_t i = 0; i < count; i++)
		if (str_eq(domains[i].domain, name)) {
			*ret_domain = domains[i];
			return ERROR_NONE;
		}
	return ctl_fail(ERROR_NOT_FOUND, "%.*s has not named the domain %.*s", STR_ARG(organisation.slug), STR_ARG(name));
}

static enum error print_token(const struct organisation_domain *domain)
{
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "Show one of these; it is looked at each hour, and then each day:\n"
		"  a TXT record of _comptoir.%.*s:\n    " ORGANISATION_DOMAIN_PROOF "%.*s\n"
		"  the same line in https://%.*s/.well-known/comptoir-verification\n"
		"  a link with rel=\"me\" from https://%.*s/ to an account of the organisation\n",
		STR_ARG(domain->domain), STR_ARG(domain->token), STR_ARG(domain->domain), STR_ARG(domain->domain));
	return ctl_print(&out);
}

static enum error run_add(struct invocation *invocation)
{
	struct organisation organisation;
	struct organisation_domain domain;
	struct str message = { 0 };
	int64_t id;
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = organisation_domain_name(ctl_db(invocation), invocation->arena, organisation.id, str_from(invocation->arguments[1]),
		&ctl_author, &id, &message);
	if (error)
		return ctl_fail_with(error, message);
	error = organisation_domain_find(ctl_db(invocation), invocation->arena, organisation.id, id, &domain);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	return invocation->is_json ? print_domains(invocation, &domain, 1) : print_token(&domain);
}

static enum error run_verify(struct invocation *invocation)
{
	struct organisation_domain domain;
	enum error error = find_domain(invocation, &domain);
	if (error)
		return error;
	error = organisation_domain_ask(ctl_db(invocation), invocation->arena, domain.organisation_id, domain.id, &ctl_author);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	return print_token(&domain);
}

static enum error run_remove(struct invocation *invocation)
{
	struct organisation_domain domain;
	enum error error = find_domain(invocation, &domain);
	if (error)
		return error;
	error = organisation_domain_drop(ctl_db(invocation), invocation->arena, domain.organisation_id, domain.id, &ctl_author);
	return error ? ctl_fail(error, "%s", error_text(error)) : ERROR_NONE;
}

const struct command command_org_domains = {
	.noun = "org",
	.verb = "domains",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the domains of an organisation",
	.details = "With how each was verified, or what was wrong when it was looked at last.\n"
		"\nExample:\n  comptoir org domains fleurs\n",
	.run = run_domains,
};

const struct command command_org_add_domain = {
	.noun = "org",
	.verb = "add-domain",
	.arguments = "SLUG DOMAIN",
	.min_arguments = 2,
	.max_arguments = 2,
	.flags = COMMAND_HAS_JSON,
	.summary = "Says that a domain is an organisation's",
	.details = "Prints what the domain has to show. Links in the profiles of its accounts that lead there are verified then.\n"
		"\nExample:\n  comptoir org add-domain fleurs fleurs.example\n",
	.run = run_add,
};

const struct command command_org_verify_domain = {
	.noun = "org",
	.verb = "verify-domain",
	.arguments = "SLUG DOMAIN",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Has the running server look at a domain now",
	.details = "What it finds is shown by `comptoir org domains`.\n"
		"\nExample:\n  comptoir org verify-domain fleurs fleurs.example\n",
	.run = run_verify,
};

const struct command command_org_remove_domain = {
	.noun = "org",
	.verb = "remove-domain",
	.arguments = "SLUG DOMAIN",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Takes a domain off the list of an organisation",
	.details = "Links that were verified by it are no longer.\n"
		"\nExample:\n  comptoir org remove-domain fleurs fleurs.example\n",
	.run = run_remove,
};
