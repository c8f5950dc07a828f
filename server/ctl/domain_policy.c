/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir domain block|unblock|allow|disallow, and what `domain list --blocked` and `--allowed` show: with which other servers we exchange. */
#include "server/ctl/domain_policy.h"

#include "server/ctl/context.h"
#include "server/ctl/nouns.h"

#include "server/action/domain_suspend.h"
#include "storage/domain.h"
#include "storage/wake.h"

#include "base/url.h"

static enum error open_database(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	return error ? error : ctl_open_database(invocation, true);
}

static enum error read_domain(struct invocation *invocation, struct str *ret_domain)
{
	struct url url;
	struct arena *arena = invocation->arena;
	if (url_canonical_host(arena, str_from(invocation->arguments[0]), ret_domain))
		return ERROR_NONE;
	/* Servers without a name have an address, which stands for all its ports. */
	if (!url_parse(arena, arena_printf(arena, "https://%s/", invocation->arguments[0]), &url) || url.has_port || url.path.len > 1)
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no domain name and no address", invocation->arguments[0]);
	*ret_domain = url.host;
	return ERROR_NONE;
}

/* Blocking oneself would cut all own accounts off. */
static enum error refuse_own(struct invocation *invocation, struct str domain)
{
	struct domain *domains = NULL;
	size_t count = 0;
	enum error error = domain_list(ctl_db(invocation), invocation->arena, &domains, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	for (size_t i = 0; i < count; i++) {
		struct url url;
		bool is_host = url_parse(invocation->arena, domains[i].base_url, &url) && str_eq(url.host, domain);
		if (is_host || str_eq(domains[i].name, domain))
			return ctl_fail(ERROR_BAD_REQUEST, "'%.*s' is a domain of this server", STR_ARG(domain));
	}
	return ERROR_NONE;
}

static enum error fill_block(struct invocation *invocation, struct domain_block *block)
{
	const char *severity = option_value(invocation, "--severity");
	const char *comment = option_value(invocation, "--comment");
	const char *private_comment = option_value(invocation, "--private-comment");
	block->severity = DOMAIN_SUSPEND;
	if (severity && !domain_severity_from_name(str_from(severity), &block->severity))
		return ctl_fail(ERROR_BAD_REQUEST, "--severity is noop, silence or suspend, not '%s'", severity);
	block->rejects_media = option_is_given(invocation, "--reject-media");
	block->rejects_reports = option_is_given(invocation, "--reject-reports");
	block->public_comment = str_from(comment ? comment : "");
	block->private_comment = str_from(private_comment ? private_comment : "");
	if (block->public_comment.len > 2000 || block->private_comment.len > 2000)
		return ctl_fail(ERROR_BAD_REQUEST, "a comment has at most 2,000 bytes");
	if (!str_is_utf8(block->public_comment) || !str_is_utf8(block->private_comment))
		return ctl_fail(ERROR_BAD_REQUEST, "a comment must be UTF-8");
	return ERROR_NONE;
}

/* With all subdomains "com" is a good part of the world. */
static enum error ask_twice(struct invocation *invocation, struct str domain)
{
	bool is_address = str_contains_char(domain, ':') || str_contains_char(domain, '[');
	if (is_address || str_contains_char(domain, '.') || option_is_given(invocation, "--yes"))
		return ERROR_NONE;
	return ctl_fail(ERROR_BAD_REQUEST, "'%.*s' stands for every server whose name ends so: add --yes to block them all", STR_ARG(domain));
}

static enum error run_block(struct invocation *invocation)
{
	struct domain_block block = { 0 };
	enum error error = read_domain(invocation, &block.domain);
	if (!error)
		error = ask_twice(invocation, block.domain);
	if (!error)
		error = fill_block(invocation, &block);
	if (!error)
		error = open_database(invocation);
	if (!error)
		error = refuse_own(invocation, block.domain);
	if (error)
		return error;
	error = wake_start(ctl_config(invocation)); /* running servers hear of it at once */
	if (!error)
		error = domain_block_apply(ctl_db(invocation), invocation->arena, &block);
	wake_stop();
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "%.*s: %s%s%s\n", STR_ARG(block.domain), domain_severity_name(block.severity),
		block.rejects_media ? ", no media" : "", block.rejects_reports ? ", no reports" : "");
	return ctl_print(&out);
}

static enum error run_change(struct invocation *invocation, const char *done, const char *absent,
	enum error (*change)(struct db *db, struct arena *arena, struct str domain))
{
	struct str domain;
	enum error error = read_domain(invocation, &domain);
	if (!error)
		error = open_database(invocation);
	if (error)
		return error;
	error = wake_start(ctl_config(invocation));
	if (!error)
		error = change(ctl_db(invocation), invocation->arena, domain);
	wake_stop();
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "'%.*s' %s", STR_ARG(domain), absent);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "%.*s: %s\n", STR_ARG(domain), done);
	return ctl_print(&out);
}

static enum error run_unblock(struct invocation *invocation)
{
	return run_change(invocation, "no longer blocked", "is not blocked", domain_block_remove);
}

static enum error run_allow(struct invocation *invocation)
{
	return run_change(invocation, "allowed", "", domain_allow_add);
}

static enum error run_disallow(struct invocation *invocation)
{
	return run_change(invocation, "no longer allowed", "is not on the list", domain_allow_remove);
}

static void write_blocks_json(struct buf *out, const struct domain_block *blocks, size_t count)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(&json);
		json_out_key_str(&json, "domain", blocks[i].domain);
		json_out_key_c_string(&json, "severity", domain_severity_name(blocks[i].severity));
		json_out_key_bool(&json, "rejects_media", blocks[i].rejects_media);
		json_out_key_bool(&json, "rejects_reports", blocks[i].rejects_reports);
		json_out_key_str(&json, "comment", blocks[i].public_comment);
		json_out_key_str(&json, "private_comment", blocks[i].private_comment);
		json_out_key_time_ms(&json, "created_at", blocks[i].created_us);
		json_out_object_end(&json);
	}
	json_out_array_end(&json);
	buf_add_char(out, '\n');
}

enum error domain_policy_list_blocks(struct invocation *invocation)
{
	struct domain_block *blocks = NULL;
	size_t count = 0;
	enum error error = domain_block_list(ctl_db(invocation), invocation->arena, &blocks, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	if (invocation->is_json) {
		write_blocks_json(&out, blocks, count);
		return ctl_print(&out);
	}
	struct ctl_table table;
	ctl_table_init(&table, invocation->arena, 4);
	for (size_t i = 0; i < count; i++) {
		ctl_table_add(&table, blocks[i].domain);
		ctl_table_add(&table, str_from(domain_severity_name(blocks[i].severity)));
		ctl_table_add(&table, arena_printf(invocation->arena, "%s%s%s", blocks[i].rejects_media ? "no media" : "",
			blocks[i].rejects_media && blocks[i].rejects_reports ? ", " : "", blocks[i].rejects_reports ? "no reports" : ""));
		ctl_table_add(&table, blocks[i].public_comment);
	}
	ctl_table_write(&table, &out);
	return ctl_print(&out);
}

enum error domain_policy_list_allows(struct invocation *invocation)
{
	struct str *domains = NULL;
	size_t count = 0;
	enum error error = domain_allow_list(ctl_db(invocation), invocation->arena, &domains, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	json_out_init(&json, &out);
	if (invocation->is_json)
		json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		if (invocation->is_json) {
			json_out_str(&json, domains[i]);
		} else {
			buf_add(&out, domains[i].data, domains[i].len);
			buf_add_char(&out, '\n');
		}
	}
	if (invocation->is_json) {
		json_out_array_end(&json);
		buf_add_char(&out, '\n');
	}
	return ctl_print(&out);
}

static const struct command_option block_options[] = {
	{ "--severity", "LEVEL", "suspend (default): nothing in, nothing out; silence: shown to followers only; noop: only what the\n"
		"                     two switches say.", false },
	{ "--reject-media", NULL, "Pictures, videos and sounds of its people are not shown.", false },
	{ "--reject-reports", NULL, "Reports from there are dropped.", false },
	{ "--comment", "TEXT", "Why, for everyone.", false },
	{ "--private-comment", "TEXT", "Why, for those who run this server.", false },
	{ "--yes", NULL, "Says that you mean a whole top-level domain.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_domain_block = {
	.noun = "domain",
	.verb = "block",
	.arguments = "DOMAIN",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Blocks another server, with all its subdomains",
	.details = "Blocking a domain again replaces what was decided before. With suspend, the follows between its people and\n"
		"ours end, who lost some is told, and what waits to be delivered there is withheld. Servers that run hear of\n"
		"it at once.\n"
		"\nExamples:\n"
		"  comptoir domain block spam.example --comment 'unsolicited advertising'\n"
		"  comptoir domain block loud.example --severity silence --reject-media\n",
	.options = block_options,
	.run = run_block,
};

const struct command command_domain_unblock = {
	.noun = "domain",
	.verb = "unblock",
	.arguments = "DOMAIN",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Takes a block back",
	.details = "Follows that the block ended do not come back.\n\nExample:\n  comptoir domain unblock loud.example\n",
	.run = run_unblock,
};

const struct command command_domain_allow = {
	.noun = "domain",
	.verb = "allow",
	.arguments = "DOMAIN",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Puts another server on the list of federation.mode = allow_list",
	.details = "Subdomains are meant too. With federation.mode = open the list has no effect.\n"
		"\nExample:\n  comptoir domain allow partner.example\n",
	.run = run_allow,
};

const struct command command_domain_disallow = {
	.noun = "domain",
	.verb = "disallow",
	.arguments = "DOMAIN",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Takes another server off that list",
	.details = "Example:\n  comptoir domain disallow partner.example\n",
	.run = run_disallow,
};
