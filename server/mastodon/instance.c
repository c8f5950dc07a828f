/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The instance documents: the same for everyone, counted every half minute, sent from memory in between. */
#include "server/mastodon/instance.h"

#include "server/app.h"
#include "server/documents.h"
#include "server/domain_table.h"
#include "server/push/vapid.h"
#include "server/entity/account.h"

#include "base/html.h"

#define LIFETIME_MS 30000

static const struct document document_v1 = {
	.key = STR("instance:v1"), .content_type = "application/json; charset=utf-8", .lifetime_ms = LIFETIME_MS,
};
static const struct document document_v2 = {
	.key = STR("instance:v2"), .content_type = "application/json; charset=utf-8", .lifetime_ms = LIFETIME_MS,
};

/* Whom the configuration names, when it is there. */
static enum error load_contact(struct request *request, const struct domain *domain, struct str *ret_json)
{
	struct actor actor;
	struct account_set *set;
	struct json_out json;
	AUTO(buf) struct buf out = { 0 };
	struct str name = str_from(config_text(request->app->config, "instance.contact_account"));
	const struct reader reader = { request->app, request->db, request->arena, 0, FILTER_NONE };
	if (!name.len)
		return ERROR_NONE;
	enum error error = actor_find_local(request->db, request->arena, name, domain->name, &actor);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	error = account_set_load(&reader, &actor.id, 1, &set);
	if (error || !account_set_has(set, actor.id))
		return error;
	json_out_init(&json, &out);
	account_set_write(set, &json, actor.id);
	*ret_json = arena_str(request->arena, buf_str(&out));
	return ERROR_NONE;
}

enum error instance_load_facts(struct request *request, struct instance_facts *ret_facts)
{
	const struct domain *domain;
	struct instance_facts facts = { .config = request->app->config };

	enum error error = domain_table_find(request->db, request->arena, request->app->authority, &domain);
	if (!error)
		error = instance_count(request->db, request->arena, &facts.counts);
	if (error)
		return error;
	struct rule *rules;
	error = rule_list(request->db, request->arena, &rules, &facts.rule_count);
	if (!error)
		error = load_contact(request, domain, &facts.contact_json);
	if (error)
		return error;
	facts.rules = rules;
	facts.domain = domain->name;
	facts.base_url = domain->base_url;
	facts.vapid_key = vapid_public_key(request->app->vapid);
	*ret_facts = facts;
	return ERROR_NONE;
}

static enum error render(struct request *request, const struct document *document,
	void (*write)(struct json_out *json, struct arena *arena, const struct instance_facts *facts))
{
	AUTO(buf) struct buf body = { 0 };
	struct instance_facts facts;
	struct json_out json;

	enum error error = instance_load_facts(request, &facts);
	if (error)
		return error;
	json_out_init(&json, &body);
	write(&json, request->arena, &facts);
	documents_store(request, document, &body);
	return ERROR_NONE;
}

bool cached_instance_v1(struct request *request)
{
	return documents_answer(request, &document_v1);
}

enum error handle_instance_v1(struct request *request)
{
	return render(request, &document_v1, instance_write_v1);
}

bool cached_instance_v2(struct request *request)
{
	return documents_answer(request, &document_v2);
}

enum error handle_instance_v2(struct request *request)
{
	return render(request, &document_v2, instance_write_v2);
}

enum error handle_instance_extended_description(struct request *request)
{
	AUTO(buf) struct buf html = { 0 };
	struct json_out *json = respond_json(request, 200);

	buf_add_c_string(&html, "<p>");
	html_escape(&html, str_from(config_text(request->app->config, "instance.description")));
	buf_add_c_string(&html, "</p>");
	json_out_object_begin(json);
	json_out_key_time_ms(json, "updated_at", request->app->started_us);
	json_out_key_str(json, "content", buf_str(&html));
	json_out_object_end(json);
	return ERROR_NONE;
}
