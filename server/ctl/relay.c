/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir relay: relays that this server listens to. */
#include "server/action/relay.h"
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"

#include "federation/federation.h"
#include "federation/resolve.h"

#include "base/url.h"
#include "storage/wake.h"

static enum error open_instance(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	if (!error)
		error = ctl_open_database(invocation, true);
	return error ? error : ctl_open_instance(invocation);
}

static enum error read_url(struct invocation *invocation, struct str *ret_url)
{
	struct url url;
	if (!url_parse(invocation->arena, str_from(invocation->arguments[0]), &url) || url.fragment.data)
		return ctl_fail(ERROR_BAD_REQUEST, "'%s' is no URL such as https://relay.example/inbox", invocation->arguments[0]);
	*ret_url = url.text;
	return ERROR_NONE;
}

/* The relay's actor says where its inbox is. */
static enum error find_inbox(struct federation *federation, struct invocation *invocation, struct str actor_uri,
	struct str *ret_inbox_url)
{
	struct actor actor;
	enum error error = resolve_actor(federation, ctl_db(invocation), invocation->arena, actor_uri, 0, &actor);
	if (error)
		return ctl_fail(error, "the actor %.*s cannot be read: %s", STR_ARG(actor_uri), error_text(error));
	*ret_inbox_url = actor.inbox_url;
	return ERROR_NONE;
}

static enum error subscribe(struct invocation *invocation, struct federation *federation, enum relay_kind kind,
	struct str url)
{
	struct str inbox_url = url;
	struct relay relay;
	enum error error = kind == RELAY_LITEPUB ? find_inbox(federation, invocation, url, &inbox_url) : ERROR_NONE;
	if (error)
		return error;
	error = relay_subscribe(ctl_db(invocation), invocation->arena, kind, inbox_url, url, &relay);
	if (error == ERROR_CONFLICT)
		return ctl_fail(error, "this server listens to %.*s already", STR_ARG(inbox_url));
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "%.*s was asked; `comptoir relay list` tells when it has accepted\n", STR_ARG(inbox_url));
	return ctl_print(&out);
}

static enum error run_add(struct invocation *invocation)
{
	const char *kind_text = option_value(invocation, "--kind");
	enum relay_kind kind = RELAY_MASTODON;
	struct federation *federation = NULL;
	struct str url, message = { 0 };
	enum error error = read_url(invocation, &url);
	if (error)
		return error;
	if (kind_text && str_eq(str_from(kind_text), STR_LITERAL("litepub")))
		kind = RELAY_LITEPUB;
	else if (kind_text && !str_eq(str_from(kind_text), STR_LITERAL("mastodon")))
		return ctl_fail(ERROR_BAD_REQUEST, "--kind is mastodon or litepub, not '%s'", kind_text);
	error = open_instance(invocation);
	if (error)
		return error;
	error = federation_start(ctl_config(invocation), ctl_secret_box(invocation), false, invocation->arena, &federation, &message);
	if (error)
		return ctl_fail_with(error, message);
	error = subscribe(invocation, federation, kind, url);
	federation_stop(&federation);
	return error;
}

static enum error run_remove(struct invocation *invocation)
{
	struct str url;
	enum error error = read_url(invocation, &url);
	if (!error)
		error = open_instance(invocation);
	if (!error)
		error = wake_start(ctl_config(invocation));
	if (error)
		return error;
	error = relay_unsubscribe(ctl_db(invocation), invocation->arena, url);
	wake_stop();
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "this server does not listen to %.*s", STR_ARG(url));
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "%.*s: no longer listened to\n", STR_ARG(url));
	return ctl_print(&out);
}

static void write_json(struct buf *out, const struct relay *relays, size_t count)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(&json);
		json_out_key_str(&json, "inbox", relays[i].inbox_url);
		json_out_key_c_string(&json, "kind", relay_kind_name(relays[i].kind));
		json_out_key_c_string(&json, "state", relay_state_name(relays[i].state));
		json_out_object_end(&json);
	}
	json_out_array_end(&json);
	buf_add_char(out, '\n');
}

static enum error run_list(struct invocation *invocation)
{
	struct relay *relays = NULL;
	size_t count = 0;
	enum error error = open_instance(invocation);
	if (error)
		return error;
	error = relay_list(ctl_db(invocation), invocation->arena, &relays, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	if (invocation->is_json) {
		write_json(&out, relays, count);
		return ctl_print(&out);
	}
	struct ctl_table table;
	ctl_table_init(&table, invocation->arena, 3);
	for (size_t i = 0; i < count; i++) {
		ctl_table_add(&table, relays[i].inbox_url);
		ctl_table_add(&table, str_from(relay_kind_name(relays[i].kind)));
		ctl_table_add(&table, str_from(relay_state_name(relays[i].state)));
	}
	ctl_table_write(&table, &out);
	return ctl_print(&out);
}

static const struct command_option add_options[] = {
	{ "--kind", "KIND", "mastodon (default): URL is the relay's inbox; litepub: URL is the relay's actor.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_relay_add = {
	.noun = "relay",
	.verb = "add",
	.arguments = "URL",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Listens to a relay: what its members publish is fetched",
	.details = "Public posts that the relay tells of arrive in the federated timeline. Nothing of ours is sent to it.\n"
		"\nExamples:\n"
		"  comptoir relay add https://relay.example/inbox\n"
		"  comptoir relay add https://relay.example/actor --kind litepub\n",
	.options = add_options,
	.run = run_add,
};

const struct command command_relay_remove = {
	.noun = "relay",
	.verb = "remove",
	.arguments = "URL",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Listens no longer to a relay",
	.details = "URL is the relay's inbox or its actor.\n"
		"\nExamples:\n"
		"  comptoir relay remove https://relay.example/inbox\n"
		"  comptoir relay remove https://relay.example/actor\n",
	.run = run_remove,
};

const struct command command_relay_list = {
	.noun = "relay",
	.verb = "list",
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the relays and whether they have accepted",
	.details = "Example:\n  comptoir relay list --json\n",
	.run = run_list,
};
