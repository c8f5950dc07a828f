/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Saved replies and macros, and what they do in a conversation. */
#include "server/action/macro.h"
#include "server/action/saved_reply.h"
#include "server/action/service_steps.h"
#include "server/app.h"
#include "server/brand/operation.h"
#include "server/brand/problem.h"
#include "server/brand/service.h"
#include "server/brand/ticket_entity.h"
#include "server/brand/tickets.h"
#include "server/mastodon/parameters.h"
#include "storage/id.h"
#include "storage/macro.h"

#define FILLING_ARENA_BYTES ((size_t)16 * 1024 * 1024) /* for one reply */

/* ---- saved replies ---- */

static void write_reply(struct json_out *json, const struct saved_reply *reply)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", reply->id);
	json_out_key_str(json, "code", reply->code);
	json_out_key_str(json, "language", reply->language);
	json_out_key_str(json, "body", reply->body);
	json_out_key_int(json, "version", reply->version);
	json_out_object_end(json);
}

static enum error respond_reply(struct request *request, const struct seat *seat, int64_t id, int status)
{
	struct saved_reply reply;
	enum error error = saved_reply_find(request->db, request->arena, seat->organisation.id, id, &reply);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (error)
		return error;
	operation_respond_version(request, reply.version);
	write_reply(respond_json(request, status), &reply);
	return ERROR_NONE;
}

enum error handle_saved_reply_list(struct request *request, const struct seat *seat)
{
	struct saved_reply *replies;
	size_t count;
	enum error error = saved_reply_list(request->db, request->arena, seat->organisation.id, &replies, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_array_begin(json, "replies");
	for (size_t i = 0; i < count; i++)
		write_reply(json, &replies[i]);
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_saved_reply_show(struct request *request, const struct seat *seat)
{
	return respond_reply(request, seat, parameter_path_id(request, 0), 200);
}

static bool is_code(struct str code)
{
	if (!code.len || code.len > SAVED_REPLY_CODE_MAX || code.data[0] == '-' || code.data[0] == '_')
		return false;
	for (size_t i = 0; i < code.len; i++)
		if (!((code.data[i] >= 'a' && code.data[i] <= 'z') || (code.data[i] >= '0' && code.data[i] <= '9') ||
		      code.data[i] == '-' || code.data[i] == '_'))
			return false;
	return true;
}

/* "fr", "fr-CA", "zh-Hant-TW" */
static bool is_language(struct str language)
{
	struct str rest = language, part;
	bool is_first = true;
	if (language.len < 2 || language.len > 35 || str_ends_with(language, STR_LITERAL("-")))
		return false;
	while (rest.len && str_split_next(&rest, '-', &part)) {
		if (part.len < 2 || part.len > (is_first ? 3U : 8U))
			return false;
		for (size_t i = 0; i < part.len; i++) {
			char c = part.data[i];
			bool is_small = c >= 'a' && c <= 'z', is_other = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
			if (!is_small && (is_first || !is_other))
				return false;
		}
		is_first = false;
	}
	return true;
}

static enum error read_reply(struct request *request, struct saved_reply *reply)
{
	struct str unknown;
	reply->code = parameter_text(request, "code");
	reply->language = parameter_text(request, "language");
	reply->body = str_trim(parameter_text(request, "body"));
	if (!is_code(reply->code))
		return service_refuse(request, STR_LITERAL("code: 1 to 40 of a-z, 0-9, - and _"));
	if (!is_language(reply->language))
		return service_refuse(request, STR_LITERAL("language: as BCP 47 has it, such as fr or pt-BR"));
	if (!reply->body.len || !str_is_utf8(reply->body) || str_count_characters(reply->body) > SAVED_REPLY_MAX_CHARACTERS)
		return service_refuse(request, STR_LITERAL("body: 1 to 5,000 characters"));
	if (!saved_reply_check(reply->body, &unknown))
		return service_refuse(request, arena_printf(request->arena, "body: {name}, {number} and {agent} are filled, '%.*s' is not known",
			STR_ARG(unknown)));
	return ERROR_NONE;
}

static enum error write_reply_store(struct db *db, struct arena *arena, void *thing)
{
	return saved_reply_store(db, arena, thing);
}

static enum error set_reply(struct request *request, const struct seat *seat, int64_t id)
{
	struct saved_reply reply = { .id = id ? id : id_new(), .organisation_id = seat->organisation.id }, former;
	const struct service_deed deed = { PERMISSION_INBOX_MACROS, id ? "saved_reply.change" : "saved_reply.create", "saved_reply",
		reply.id, write_reply_store, &reply };
	enum error error = service_begin(request, seat, PERMISSION_INBOX_MACROS, id, &reply.version);
	if (!error && id)
		error = saved_reply_find(request->db, request->arena, seat->organisation.id, id, &former);
	if (!error)
		error = read_reply(request, &reply);
	if (!error)
		error = service_deed_run(request, seat, &deed);
	return error ? error : respond_reply(request, seat, reply.id, id ? 200 : 201);
}

enum error handle_saved_reply_create(struct request *request, const struct seat *seat)
{
	return set_reply(request, seat, 0);
}

enum error handle_saved_reply_change(struct request *request, const struct seat *seat)
{
	return set_reply(request, seat, parameter_path_id(request, 0));
}

static enum error write_reply_removal(struct db *db, struct arena *arena, void *thing)
{
	const struct saved_reply *reply = thing;
	return saved_reply_remove(db, arena, reply->organisation_id, reply->id);
}

enum error handle_saved_reply_delete(struct request *request, const struct seat *seat)
{
	struct saved_reply reply = { .id = parameter_path_id(request, 0), .organisation_id = seat->organisation.id };
	const struct service_deed deed = { PERMISSION_INBOX_MACROS, "saved_reply.delete", "saved_reply", reply.id, write_reply_removal,
		&reply };
	int64_t version;
	enum error error = service_begin(request, seat, PERMISSION_INBOX_MACROS, 0, &version);
	if (!error)
		error = service_deed_run(request, seat, &deed);
	if (!error)
		respond_empty(request, 204);
	return error;
}

/* Each code once, in the customer's language as far as it goes. */
enum error handle_conversation_saved_replies(struct request *request, const struct seat *seat)
{
	struct ticket ticket;
	struct saved_reply *replies;
	struct saved_reply_values values;
	struct str otherwise = seat->organisation.locale;
	size_t count;
	enum error error = tickets_find(request, seat, PERMISSION_INBOX_READ, &ticket);
	if (!error)
		error = saved_reply_choose_all(request->db, request->arena, seat->organisation.id,
			ticket.language.len ? ticket.language : otherwise, otherwise, &replies, &count);
	if (!error)
		error = saved_reply_find_values(request->db, request->arena, &ticket, seat->membership_id, &values);
	if (error)
		return error;
	AUTO(arena) struct arena *filling = arena_new(FILLING_ARENA_BYTES);
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_array_begin(json, "replies");
	for (size_t i = 0; i < count; i++) {
		arena_reset(filling);
		json_out_object_begin(json);
		json_out_key_str(json, "code", replies[i].code);
		json_out_key_str(json, "language", replies[i].language);
		json_out_key_str(json, "text", saved_reply_fill(filling, replies[i].body, &values));
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

/* ---- macros ---- */

static void write_macro(struct json_out *json, const struct macro *macro)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", macro->id);
	json_out_key_str(json, "name", macro->name);
	json_out_key(json, "actions");
	json_out_raw(json, macro->actions);
	json_out_key_int(json, "version", macro->version);
	json_out_object_end(json);
}

static enum error respond_macro(struct request *request, const struct seat *seat, int64_t id, int status)
{
	struct macro macro;
	enum error error = macro_find(request->db, request->arena, seat->organisation.id, id, &macro);
	if (error == ERROR_NOT_FOUND)
		return problem(request, PROBLEM_NOT_FOUND, (struct str){ 0 });
	if (error)
		return error;
	operation_respond_version(request, macro.version);
	write_macro(respond_json(request, status), &macro);
	return ERROR_NONE;
}

enum error handle_macro_list(struct request *request, const struct seat *seat)
{
	struct macro *macros;
	size_t count;
	enum error error = macro_list(request->db, request->arena, seat->organisation.id, &macros, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_array_begin(json, "macros");
	for (size_t i = 0; i < count; i++)
		write_macro(json, &macros[i]);
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_macro_show(struct request *request, const struct seat *seat)
{
	return respond_macro(request, seat, parameter_path_id(request, 0), 200);
}

static enum error read_macro(struct request *request, const struct seat *seat, struct macro *macro)
{
	AUTO(buf) struct buf out = { 0 };
	struct service_steps *steps = arena_alloc(request->arena, sizeof(*steps));
	struct str message = { 0 }, unknown;
	const json_t *body;
	struct json_out json;
	enum error error = operation_body(request, &body);
	if (!error)
		error = service_read_name(request, &macro->name);
	if (error)
		return error;
	error = service_steps_read(request->arena, json_object_get(body, "actions"), STEPS_OF_MACRO, steps, &message);
	const struct service_step *said = error ? NULL : service_steps_reply(steps);
	if (said && !said->is_saved_reply && !saved_reply_check(said->text, &unknown)) {
		message = STR_LITERAL("actions: placeholders are for saved replies");
		error = ERROR_UNPROCESSABLE;
	}
	if (!error)
		error = service_steps_check(request->db, request->arena, seat->organisation.id, steps, &message);
	if (error == ERROR_UNPROCESSABLE)
		return service_refuse(request, message);
	if (error)
		return error;
	json_out_init(&json, &out);
	service_steps_write(&json, steps);
	macro->actions = arena_str(request->arena, buf_str(&out));
	return ERROR_NONE;
}

static enum error write_macro_store(struct db *db, struct arena *arena, void *thing)
{
	return macro_store(db, arena, thing);
}

static enum error set_macro(struct request *request, const struct seat *seat, int64_t id)
{
	struct macro macro = { .id = id ? id : id_new(), .organisation_id = seat->organisation.id }, former;
	const struct service_deed deed = { PERMISSION_INBOX_MACROS, id ? "macro.change" : "macro.create", "macro", macro.id,
		write_macro_store, &macro };
	enum error error = service_begin(request, seat, PERMISSION_INBOX_MACROS, id, &macro.version);
	if (!error && id)
		error = macro_find(request->db, request->arena, seat->organisation.id, id, &former);
	if (!error)
		error = read_macro(request, seat, &macro);
	if (!error)
		error = service_deed_run(request, seat, &deed);
	return error ? error : respond_macro(request, seat, macro.id, id ? 200 : 201);
}

enum error handle_macro_create(struct request *request, const struct seat *seat)
{
	return set_macro(request, seat, 0);
}

enum error handle_macro_change(struct request *request, const struct seat *seat)
{
	return set_macro(request, seat, parameter_path_id(request, 0));
}

static enum error write_macro_removal(struct db *db, struct arena *arena, void *thing)
{
	const struct macro *macro = thing;
	return macro_remove(db, arena, macro->organisation_id, macro->id);
}

enum error handle_macro_delete(struct request *request, const struct seat *seat)
{
	struct macro macro = { .id = parameter_path_id(request, 0), .organisation_id = seat->organisation.id };
	const struct service_deed deed = { PERMISSION_INBOX_MACROS, "macro.delete", "macro", macro.id, write_macro_removal, &macro };
	int64_t version;
	enum error error = service_begin(request, seat, PERMISSION_INBOX_MACROS, 0, &version);
	if (!error)
		error = service_deed_run(request, seat, &deed);
	if (!error)
		respond_empty(request, 204);
	return error;
}

/* ---- in a conversation ---- */

enum error handle_conversation_macro(struct request *request, const struct seat *seat)
{
	struct ticket ticket;
	struct ticket_deed deed;
	int64_t post_id;
	struct str message = { 0 };
	enum error error = tickets_begin(request, seat, PERMISSION_INBOX_READ, "inbox.macro", &deed, &ticket);
	if (error)
		return error;
	error = macro_run(request->db, request->arena, &deed, parameter_id(request, "macro_id"),
		config_boolean(request->app->config, "posts.markdown"), &ticket, &post_id, &message);
	if (error)
		return tickets_refuse(request, &deed, error, message);
	operation_respond_version(request, ticket.version);
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key(json, "conversation");
	error = ticket_entity_write(request, json, &ticket);
	if (error)
		return error;
	json_out_key(json, "status");
	if (post_id)
		error = ticket_entity_write_post(request, json, ticket.actor_id, post_id);
	else
		json_out_null(json);
	json_out_object_end(json);
	return error;
}

enum error handle_conversation_tags(struct request *request, const struct seat *seat)
{
	struct ticket ticket;
	struct ticket_deed deed;
	struct str *tags, message = { 0 };
	enum error error = tickets_begin(request, seat, PERMISSION_INBOX_RESOLVE, "inbox.tags", &deed, &ticket);
	if (error)
		return error;
	size_t count = parameter_list(request, "tags", &tags);
	error = ticket_set_tags(request->db, request->arena, &deed, tags, count, &ticket, &message);
	if (error)
		return tickets_refuse(request, &deed, error, message);
	operation_respond_version(request, ticket.version);
	return ticket_entity_write(request, respond_json(request, 200), &ticket);
}
