/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir mail-domain: e-mail addresses that nobody may sign up with. */
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"

#include "base/url.h"
#include "storage/mail_domain.h"

static enum error open_all(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	return error ? error : ctl_open_database(invocation, true);
}

static enum error say(struct str domain, const char *what)
{
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "%.*s and what is below it %s\n", STR_ARG(domain), what);
	return ctl_print(&out);
}

/* A top-level domain would shut out nearly everybody. */
static enum error read_domain(struct invocation *invocation, struct str *ret_domain)
{
	const char *text = invocation->arguments[0];
	if (!url_canonical_host(invocation->arena, str_from(text), ret_domain) || !str_contains_char(*ret_domain, '.'))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no domain of e-mail addresses, such as mail.example", text);
	return open_all(invocation);
}

static enum error run_block(struct invocation *invocation)
{
	struct str domain;
	enum error error = read_domain(invocation, &domain);
	if (error)
		return error;
	error = mail_domain_block(ctl_db(invocation), invocation->arena, domain);
	return error ? ctl_fail(error, "%s", error_text(error)) : say(domain, "are blocked for new addresses");
}

static enum error run_unblock(struct invocation *invocation)
{
	struct str domain;
	enum error error = read_domain(invocation, &domain);
	if (error)
		return error;
	error = mail_domain_unblock(ctl_db(invocation), invocation->arena, domain);
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "'%.*s' is not blocked", STR_ARG(domain));
	return error ? ctl_fail(error, "%s", error_text(error)) : say(domain, "are no longer blocked");
}

static enum error run_list(struct invocation *invocation)
{
	struct str *domains;
	size_t count;
	struct json_out json;
	AUTO(buf) struct buf out = { 0 };
	enum error error = open_all(invocation);
	if (error)
		return error;
	error = mail_domain_list(ctl_db(invocation), invocation->arena, &domains, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (invocation->is_json) {
		json_out_init(&json, &out);
		json_out_array_begin(&json);
		for (size_t i = 0; i < count; i++)
			json_out_str(&json, domains[i]);
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		for (size_t i = 0; i < count; i++)
			buf_add_printf(&out, "%.*s\n", STR_ARG(domains[i]));
	}
	return ctl_print(&out);
}

const struct command command_mail_domain_block = { "mail-domain", "block", "DOMAIN", 1, 1, 0,
	"Refuses e-mail addresses of a domain, and of those below it",
	"For new accounts and for addresses that people change to. Accounts that are there stay.\n\n"
	"  comptoir mail-domain block throwaway.example", NULL, run_block };
const struct command command_mail_domain_unblock = { "mail-domain", "unblock", "DOMAIN", 1, 1, 0, "Accepts them again", NULL, NULL,
	run_unblock };
const struct command command_mail_domain_list = { "mail-domain", "list", NULL, 0, 0, COMMAND_HAS_JSON, "Lists the domains whose addresses are refused",
	NULL, NULL, run_list };
