/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir org: organisations and their accounts. */
#include "server/action/organisation.h"
#include "server/ctl/account_find.h"
#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"
#include "storage/role.h"

#include "base/json_out.h"

static enum error print_found(struct invocation *invocation, const struct organisation_founded *founded)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	if (invocation->is_json) {
		json_out_init(&json, &out);
		json_out_object_begin(&json);
		json_out_key_id(&json, "id", founded->organisation.id);
		json_out_key_str(&json, "slug", founded->organisation.slug);
		if (founded->account_actor_id)
			json_out_key_id(&json, "account_id", founded->account_actor_id);
		if (founded->membership_id)
			json_out_key_id(&json, "membership_id", founded->membership_id);
		json_out_object_end(&json);
		buf_add_char(&out, '\n');
	} else {
		buf_add_printf(&out, "%.*s is founded\n", STR_ARG(founded->organisation.name));
		if (!founded->account_actor_id)
			buf_add_printf(&out, "give it an account: comptoir org add-account %.*s USERNAME\n",
				STR_ARG(founded->organisation.slug));
		if (!founded->membership_id)
			buf_add_printf(&out, "give it people: comptoir member add %.*s NAME --role owner\n",
				STR_ARG(founded->organisation.slug));
	}
	return ctl_print(&out);
}

static enum error run_create(struct invocation *invocation)
{
	struct organisation_founding founding = {
		.organisation = {
			.slug = str_from(invocation->arguments[0]),
			.name = str_from(option_value(invocation, "--name")),
			.kind = str_from(option_value(invocation, "--kind")),
			.country = str_from(option_value(invocation, "--country")),
			.locale = str_from(option_value(invocation, "--language")),
			.time_zone = str_from(option_value(invocation, "--time-zone")),
		},
		.account_username = str_from(option_value(invocation, "--account")),
		.account_domain = str_from(option_value(invocation, "--domain")),
	};
	const char *founder = option_value(invocation, "--founder");
	struct organisation_founded founded;
	struct str message = { 0 };
	if (!founding.organisation.name.len)
		founding.organisation.name = founding.organisation.slug;
	enum error error = account_open(invocation);
	if (!error && founder)
		error = org_find_user(invocation, founder, &founding.founder_user_id);
	if (error)
		return error;
	error = organisation_found(ctl_db(invocation), invocation->arena, ctl_secret_box(invocation), &founding, &ctl_author, &founded,
		&message);
	return error ? ctl_fail_with(error, message) : print_found(invocation, &founded);
}

static enum error run_list(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct ctl_table table;
	struct json_out json;
	struct organisation *all;
	size_t count;
	enum error error = account_open(invocation);
	if (error)
		return error;
	error = organisation_list(ctl_db(invocation), invocation->arena, &all, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	ctl_table_init(&table, invocation->arena, 3);
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		if (!invocation->is_json) {
			ctl_table_add(&table, all[i].slug);
			ctl_table_add(&table, all[i].kind);
			ctl_table_add(&table, all[i].name);
			continue;
		}
		json_out_object_begin(&json);
		json_out_key_id(&json, "id", all[i].id);
		json_out_key_str(&json, "slug", all[i].slug);
		json_out_key_str(&json, "kind", all[i].kind);
		json_out_key_str(&json, "name", all[i].name);
		json_out_key_time_ms(&json, "created_at", all[i].created_us);
		json_out_object_end(&json);
	}
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	} else {
		ctl_table_write(&table, &out);
	}
	return ctl_print(&out);
}

static void write_organisation_json(struct buf *out, const struct organisation *organisation, const struct brand_account *accounts,
	size_t count)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_object_begin(&json);
	json_out_key_id(&json, "id", organisation->id);
	json_out_key_str(&json, "slug", organisation->slug);
	json_out_key_str(&json, "name", organisation->name);
	json_out_key_str(&json, "kind", organisation->kind);
	if (organisation->country.data)
		json_out_key_str(&json, "country", organisation->country);
	else
		json_out_key_null(&json, "country");
	json_out_key_str(&json, "language", organisation->locale);
	json_out_key_str(&json, "time_zone", organisation->time_zone);
	json_out_key(&json, "accounts");
	json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(&json);
		json_out_key_id(&json, "id", accounts[i].actor_id);
		json_out_key_str(&json, "username", accounts[i].username);
		json_out_key_str(&json, "domain", accounts[i].domain);
		json_out_key_str(&json, "purpose", accounts[i].purpose);
		json_out_object_end(&json);
	}
	json_out_array_end(&json);
	json_out_object_end(&json);
	buf_add_char(out, '\n');
}

static enum error run_show(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct organisation organisation;
	struct brand_account *accounts;
	size_t count;
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = brand_account_list(ctl_db(invocation), invocation->arena, organisation.id, &accounts, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (invocation->is_json) {
		write_organisation_json(&out, &organisation, accounts, count);
		return ctl_print(&out);
	}
	buf_add_printf(&out, "%.*s (%.*s)\nlanguage %.*s, time zone %.*s\n", STR_ARG(organisation.name), STR_ARG(organisation.kind),
		STR_ARG(organisation.locale), STR_ARG(organisation.time_zone));
	for (size_t i = 0; i < count; i++)
		buf_add_printf(&out, "@%.*s@%.*s  %.*s\n", STR_ARG(accounts[i].username), STR_ARG(accounts[i].domain),
			STR_ARG(accounts[i].purpose));
	return ctl_print(&out);
}

static enum error run_add_account(struct invocation *invocation)
{
	const char *kind = option_value(invocation, "--kind");
	struct account_new account = {
		.kind = ACTOR_ORGANIZATION,
		.username = str_from(invocation->arguments[1]),
		.domain = str_from(option_value(invocation, "--domain")),
		.display_name = str_from(option_value(invocation, "--name")),
	};
	struct organisation organisation;
	struct str message = { 0 };
	int64_t actor_id;
	if (kind && !account_kind_from_option(kind, &account.kind))
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no kind: organization, service, group", kind);
	enum error error = org_open(invocation, &organisation);
	if (error)
		return error;
	error = organisation_add_account(ctl_db(invocation), invocation->arena, ctl_secret_box(invocation), organisation.id, &account,
		str_from(option_value(invocation, "--purpose")), &ctl_author, &actor_id, &message);
	return error ? ctl_fail_with(error, message) : ERROR_NONE;
}

static const struct command_option create_options[] = {
	{ "--name", "TEXT", "What it is called; default: the short name.", false },
	{ "--kind", "KIND", "company, association, public_body, education, ngo or other; default: company.", false },
	{ "--founder", "NAME", "The person of this server who owns it and speaks for it.", false },
	{ "--account", "USERNAME", "Its first account, to be made now.", false },
	{ "--domain", "DOMAIN", "The domain of that account; default: the primary one.", false },
	{ "--language", "LANGUAGE", "en or fr; default: en.", false },
	{ "--country", "CODE", "Two capitals, as FR.", false },
	{ "--time-zone", "ZONE", "Of its business hours and calendar; default: Europe/Paris.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_org_create = {
	.noun = "org",
	.verb = "create",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Founds an organisation",
	.details = "The founder gets the roles owner and agent-lead and the right to speak; all can be taken away again.\n"
		"\nExample:\n  comptoir org create fleurs --name 'Fleurs de Marie' --founder marie --account fleurs --language fr\n",
	.options = create_options,
	.run = run_create,
};

const struct command command_org_list = {
	.noun = "org",
	.verb = "list",
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the organisations",
	.details = "Example:\n  comptoir org list\n",
	.run = run_list,
};

const struct command command_org_show = {
	.noun = "org",
	.verb = "show",
	.arguments = "SLUG",
	.min_arguments = 1,
	.max_arguments = 1,
	.flags = COMMAND_HAS_JSON,
	.summary = "Shows an organisation and its accounts",
	.details = "Example:\n  comptoir org show fleurs\n",
	.run = run_show,
};

static const struct command_option account_options[] = {
	{ "--kind", "KIND", "organization, service or group; default: organization.", false },
	{ "--purpose", "PURPOSE", "brand, support, press, jobs, shop or community; default: brand.", false },
	{ "--domain", "DOMAIN", "Default: the primary one.", false },
	{ "--name", "TEXT", "The name it shows; default: the username.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_org_add_account = {
	.noun = "org",
	.verb = "add-account",
	.arguments = "SLUG USERNAME",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "Gives an organisation another account",
	.details = "Nobody logs in as it: people speak for it by their rights.\n"
		"\nExample:\n  comptoir org add-account fleurs fleurs-support --purpose support\n",
	.options = account_options,
	.run = run_add_account,
};
