/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir media: the files of this server and its copies of others'. */
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"
#include "server/media/proxy_url.h"
#include "server/media/sweep.h"
#include "storage/media.h"
#include "storage/remote_file.h"

#define LISTED_MAX 1000

static enum error open_database(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	return error ? error : ctl_open_database(invocation, true);
}

static void write_json(struct buf *out, const struct medium *media, size_t count)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(&json);
		json_out_key_id(&json, "id", media[i].id);
		json_out_key_id(&json, "actor_id", media[i].actor_id);
		json_out_key_c_string(&json, "kind", media_kind_name(media[i].kind));
		json_out_key_str(&json, "file_name", media[i].file_name);
		json_out_key_int(&json, "size_bytes", media[i].size_bytes);
		json_out_key_bool(&json, "is_ready", media[i].state == MEDIA_READY);
		json_out_key_id(&json, "post_id", media[i].post_id);
		json_out_object_end(&json);
	}
	json_out_array_end(&json);
	buf_add_char(out, '\n');
}

static enum error run_list(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct medium *media = NULL;
	size_t count = 0;
	struct ctl_table table;
	enum error error = open_database(invocation);
	if (!error)
		error = media_list(ctl_db(invocation), invocation->arena, 0, 0, LISTED_MAX, &media, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	if (invocation->is_json) {
		write_json(&out, media, count);
		return ctl_print(&out);
	}
	ctl_table_init(&table, invocation->arena, 5);
	for (size_t i = 0; i < count; i++) {
		bool is_ready = media[i].state == MEDIA_READY;
		ctl_table_add(&table, arena_printf(invocation->arena, "%lld", (long long)media[i].id));
		ctl_table_add(&table, str_from(media_kind_name(media[i].kind)));
		ctl_table_add(&table, arena_printf(invocation->arena, "%lld", (long long)media[i].size_bytes));
		ctl_table_add(&table, str_from(is_ready ? "ready" : media[i].state == MEDIA_FAILED ? "failed" : "pending"));
		ctl_table_add(&table, media[i].file_name);
	}
	ctl_table_write(&table, &out);
	return ctl_print(&out);
}

static enum error run_sweep(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	struct media_service *service = NULL;
	struct media_swept swept = { 0 };
	struct str message = { 0 };
	enum error error = open_database(invocation);
	if (error)
		return error;
	error = media_service_new(ctl_config(invocation), invocation->arena, &service, &message);
	if (error)
		return ctl_fail_with(error, message);
	error = media_sweep_rows(service, ctl_config(invocation), ctl_db(invocation), invocation->arena, &swept);
	if (!error)
		error = media_sweep_strays(service, ctl_db(invocation), 0, MEDIA_STORE_SHARDS, &swept);
	media_service_free(&service);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	buf_add_printf(&out, "%lld uploads that were never posted, %lld old copies, %lld files, %lld files that nobody knew\n",
		(long long)swept.orphans, (long long)swept.expired, (long long)swept.files, (long long)swept.strays);
	return ctl_print(&out);
}

static enum error run_refresh(struct invocation *invocation)
{
	AUTO(buf) struct buf out = { 0 };
	enum error error = open_database(invocation);
	if (error)
		return error;
	struct str name = media_proxy_name(invocation->arena, str_from(invocation->arguments[0]));
	error = remote_file_remove(ctl_db(invocation), invocation->arena, name);
	if (error)
		return ctl_fail(error, error == ERROR_NOT_FOUND ? "there is no copy of %s" : "the copy of %s stays", invocation->arguments[0]);
	buf_add_c_string(&out, "its copy is forgotten; the next look fetches it anew\n");
	return ctl_print(&out);
}

const struct command command_media_list = {
	.noun = "media",
	.verb = "list",
	.flags = COMMAND_HAS_JSON,
	.summary = "Lists the newest 1,000 files that were uploaded here",
	.details = "Example:\n  comptoir media list --json\n",
	.run = run_list,
};

const struct command command_media_sweep = {
	.noun = "media",
	.verb = "sweep",
	.summary = "Removes uploads that were never posted, old copies, and files that no row knows",
	.details = "The server does the same by and by. Files of the last day stay.\n\nExample:\n  comptoir media sweep\n",
	.run = run_sweep,
};

const struct command command_media_refresh = {
	.noun = "media",
	.verb = "refresh",
	.arguments = "URL",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "Forgets the copy of a file of another server, so that it is fetched anew",
	.details = "Example:\n  comptoir media refresh https://far.example/avatar.png\n",
	.run = run_refresh,
};
