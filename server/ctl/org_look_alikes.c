/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir org look-alikes: accounts whose names look like those of an organisation. */
#include "server/ctl/nouns.h"
#include "server/ctl/org_find.h"
#include "storage/look_alike.h"

#include "base/json_out.h"

#define LOOK_ALIKES_SHOWN 200

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
