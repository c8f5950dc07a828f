/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir domain: the account domains that this server speaks for, and by options of its list those of others that
 * it blocks or allows. */
#include "server/action/instance_setup.h"
#include "server/ctl/context.h"
#include "server/ctl/domain_policy.h"
#include "server/ctl/nouns.h"

#include "base/url.h"

static enum error open_instance(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	if (!error)
		error = ctl_open_database(invocation, true);
	return error ? error : ctl_open_instance(invocation);
}

static void write_domain_json(struct json_out *json, const struct domain *domain)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", domain->id);
	json_out_key_str(json, "name", domain->name);
	json_out_key_str(json, "base_url", domain->base_url);
	json_out_key_bool(json, "is_primary", domain->is_primary);
	json_out_object_end(json);
}

static void write_json(struct buf *out, const struct domain *domains, size_t count)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++)
		write_domain_json(&json, &domains[i]);
	json_out_array_end(&json);
	buf_add_char(out, '\n');
}

static enum error run_list(struct invocation *invocation)
{
	struct domain *domains = NULL;
	size_t count = 0;
	bool is_blocked = option_is_given(invocation, "--blocked");
	bool is_allowed = option_is_given(invocation, "--allowed");
	if (is_blocked && is_allowed)
		return ctl_fail(ERROR_BAD_REQUEST, "--blocked or --allowed, not both");
	enum error error = open_instance(invocation);
	if (error)
		return error;
	if (is_blocked)
		return domain_policy_list_blocks(invocation);
	if (is_allowed)
		return domain_policy_list_allows(invocation);
	error = domain_list(ctl_db(invocation), invocation->arena, &domains, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));

	AUTO(buf) struct buf out = { 0 };
	if (invocation->is_json) {
		write_json(&out, domains, count);
		return ctl_print(&out);
	}
	struct ctl_table table;
	ctl_table_init(&table, invocation->arena, 3);
	for (size_t i = 0; i < count; i++) {
		ctl_table_add(&table, domains[i].name);
		ctl_table_add(&table, domains[i].base_url);
		ctl_table_add(&table, str_from(domains[i].is_primary ? "primary" : ""));
	}
	ctl_table_write(&table, &out);
	return ctl_print(&out);
}

/* The canonical account domain: a host name in A-labels. */
static bool canonical_name(struct arena *arena, const char *text, struct str *ret_name)
{
	return url_canonical_host(arena, str_from(text), ret_name);
}

static enum error run_add(struct invocation *invocation)
{
	struct arena *arena = invocation->arena;
	const char *given_url = option_value(invocation, "--base-url");
	struct str name;
	struct url url;
	if (!canonical_name(arena, invocation->arguments[0], &name))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no domain name", invocation->arguments[0]);
	struct str base_url = given_url ? str_from(given_url) : arena_printf(arena, "https://%.*s", STR_ARG(name));
	if (!url_parse(arena, base_url, &url) || url.path.len > 1 || url.query.data || url.fragment.data ||
		!str_eq(url.scheme, str_from("https")))
		return ctl_fail(ERROR_BAD_REQUEST, "--base-url must be https:// and a host, not '%.*s'", STR_ARG(base_url));
	base_url = arena_printf(arena, "https://%.*s", STR_ARG(url.authority));

	enum error error = open_instance(invocation);
	if (error)
		return error;
	struct domain domain;
	error = instance_add_domain(ctl_db(invocation), arena, ctl_secret_box(invocation), name, base_url, &domain);
	if (error == ERROR_CONFLICT)
		return ctl_fail(error, "the domain '%.*s' or the host of %.*s is in use already", STR_ARG(name), STR_ARG(base_url));
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	json_out_init(&json, &out);
	if (invocation->is_json) {
		write_domain_json(&json, &domain);
		buf_add_char(&out, '\n');
	} else {
		buf_add_printf(&out, "accounts @%.*s now live at %.*s\n", STR_ARG(domain.name), STR_ARG(domain.base_url));
	}
	return ctl_print(&out);
}

static const struct command_option add_options[] = {
	{ "--base-url", "URL", "Where pages and ids of its accounts stand; default: https:// and NAME. Never changes.", false },
	{ NULL, NULL, NULL, false },
};

static const struct command_option list_options[] = {
	{ "--blocked", NULL, "The domains of others that are blocked instead (comptoir domain block).", false },
	{ "--allowed", NULL, "Those on the list of federation.mode = allow_list instead (comptoir domain allow).", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_domain_list = {
	.noun = "domain",
	.verb = "list",
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the account domains of this server, or those of others that it blocks or allows",
	.details = "Examples:\n  comptoir domain list --json\n  comptoir domain list --blocked\n",
	.options = list_options,
	.run = run_list,
};

const struct command command_domain_add = {
	.noun = "domain",
	.verb = "add",
	.arguments = "NAME",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Adds an account domain, the part after the @",
	.details = "The front server must pass the host of the base URL on to this server, and https://NAME/.well-known/webfinger\n"
		"must lead here as well.\n"
		"\nExample:\n"
		"  comptoir domain add fleurs.example --base-url https://social.fleurs.example\n",
	.options = add_options,
	.run = run_add,
};
