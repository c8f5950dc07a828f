/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tagged links: made and counted over the brand API, followed by anybody. */
#include "server/brand/planning_links.h"

#include "server/brand/link_counter.h"
#include "server/brand/link_text.h"
#include "server/brand/operation.h"
#include "server/brand/planning_deed.h"
#include "server/domain_table.h"
#include "server/mastodon/parameters.h"
#include "storage/id.h"
#include "storage/tagged_link.h"

#include "base/mutant.h"
#include "base/random.h"
#include "base/url.h"

#define TEXT_LINKS_MAX 10
#define TEXT_MAX 10000

/* ---- made ---- */

static void write_members(struct json_out *json, struct arena *arena, const struct tagged_link *link)
{
	json_out_key_id(json, "id", link->id);
	json_out_key_id(json, "account_id", link->actor_id);
	json_out_key_str(json, "url", arena_printf(arena, "%.*s/l/%.*s", STR_ARG(link->base_url), STR_ARG(link->code)));
	json_out_key_str(json, "target", link->target);
	json_out_key_str(json, "location", link->location);
	planning_write_id(json, "campaign_id", link->campaign_id);
	json_out_key_int(json, "people", link->people);
	json_out_key_int(json, "machines", link->machines);
	json_out_key_time_ms(json, "created_at", link->created_us);
}

static struct str make_code(struct arena *arena)
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	char *code = arena_alloc(arena, TAGGED_LINK_CODE_LEN);
	for (int i = 0; i < TAGGED_LINK_CODE_LEN; i++)
		code[i] = letters[random_below(sizeof(letters) - 1)];
	return (struct str){ code, TAGGED_LINK_CODE_LEN };
}

static enum error write_link(struct db *db, struct arena *arena, void *owner)
{
	return tagged_link_insert(db, arena, owner);
}

/* The campaign that is named, or none. */
static enum error read_campaign(struct request *request, const struct seat *seat, struct campaign *ret_campaign)
{
	*ret_campaign = (struct campaign){ 0 };
	int64_t id = parameter_id(request, "campaign_id");
	return id ? campaign_find(request->db, request->arena, seat->organisation.id, id, ret_campaign) : ERROR_NONE;
}

static enum error make_link(struct request *request, const struct seat *seat, int64_t actor_id, const struct campaign *campaign,
	struct str target, struct tagged_link *ret_link)
{
	struct url url;
	if (!url_parse(request->arena, target, &url))
		return planning_refuse(request, "A link leads to an address with http or https.", "Un lien mène à une adresse en http ou https.");
	struct tagged_link link = {
		.id = id_new(),
		.organisation_id = seat->organisation.id,
		.actor_id = actor_id,
		.campaign_id = campaign->id,
		.code = make_code(request->arena),
		.target = url.text,
		.location = link_location(request->arena, url.text, campaign),
		.created_by = seat->membership_id,
	};
	if (link.location.len > LINK_LOCATION_MAX)
		return planning_refuse(request, "With its tags the address is too long.", "Avec ses étiquettes, l’adresse est trop longue.");
	enum error error = planning_deed(request, seat, "link.create", "link", link.id, write_link, &link, ERROR_CONFLICT);
	if (!error)
		error = tagged_link_find(request->db, request->arena, seat->organisation.id, link.id, ret_link);
	return error;
}

enum error handle_link_create(struct request *request, const struct seat *seat)
{
	struct campaign campaign;
	struct tagged_link link;
	int64_t actor_id;
	enum error error = seat_choose_account(request, seat, PERMISSION_CAMPAIGN_MANAGE, &actor_id);
	if (!error)
		error = read_campaign(request, seat, &campaign);
	if (!error)
		error = make_link(request, seat, actor_id, &campaign, parameter_text(request, "target"), &link);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 201);
	json_out_object_begin(json);
	write_members(json, request->arena, &link);
	json_out_object_end(json);
	return ERROR_NONE;
}

/* Addresses of a text become tagged ones; those of this server's own links stay. */
enum error handle_link_text(struct request *request, const struct seat *seat)
{
	struct campaign campaign;
	struct tagged_link links[TEXT_LINKS_MAX];
	struct str text = parameter_text(request, "text");
	size_t count = 0, at = 0, begin, end;
	int64_t actor_id;
	enum error error = seat_choose_account(request, seat, PERMISSION_CAMPAIGN_MANAGE, &actor_id);
	if (!error)
		error = read_campaign(request, seat, &campaign);
	if (!error && (!text.data || str_count_characters(text) > TEXT_MAX))
		error = planning_refuse(request, "A text of 10,000 characters at most is needed.", "Il faut un texte de 10 000 caractères au plus.");
	if (error)
		return error;
	struct str out = STR_LITERAL("");
	while (count < TEXT_LINKS_MAX && link_find_next(text, at, &begin, &end)) {
		struct url url;
		struct str target = str_slice(text, begin, end), replaced = target;
		if (url_parse(request->arena, target, &url) &&
			!(domain_table_get(url.authority) && str_starts_with(url.path, STR_LITERAL("/l/")))) {
			error = make_link(request, seat, actor_id, &campaign, target, &links[count]);
			if (error)
				return error;
			replaced = arena_printf(request->arena, "%.*s/l/%.*s", STR_ARG(links[count].base_url), STR_ARG(links[count].code));
			count++;
		}
		struct str kept = str_slice(text, at, begin);
		out = arena_printf(request->arena, "%.*s%.*s%.*s", STR_ARG(out), STR_ARG(kept), STR_ARG(replaced));
		at = end;
	}
	struct str rest = str_slice(text, at, text.len);
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_str(json, "text", arena_printf(request->arena, "%.*s%.*s", STR_ARG(out), STR_ARG(rest)));
	json_out_key_array_begin(json, "links");
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		write_members(json, request->arena, &links[i]);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
	return ERROR_NONE;
}

/* ---- counted ---- */

enum error handle_link_list(struct request *request, const struct seat *seat)
{
	struct id_page page;
	struct tagged_link *links;
	int64_t *actor_ids;
	size_t count, actor_count = seat_accounts_with(seat, request->arena, PERMISSION_ANALYTICS_READ, false, &actor_ids);
	parameter_page(request, 40, 100, &page);
	enum error error = tagged_link_list(request->db, request->arena, actor_ids, actor_count, &page, &links, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		write_members(json, request->arena, &links[i]);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	if (count)
		respond_link(request, count, links[0].id, links[count - 1].id, count >= (size_t)page.limit);
	return ERROR_NONE;
}

static void write_counts(struct json_out *json, const char *key, const struct link_count *counts, size_t count)
{
	json_out_key_array_begin(json, key);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		if (counts[i].hour_us)
			json_out_key_time_ms(json, "hour", counts[i].hour_us);
		else
			json_out_key_str(json, "referrer", counts[i].referrer);
		json_out_key_int(json, "people", counts[i].people);
		json_out_key_int(json, "machines", counts[i].machines);
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

enum error handle_link_show(struct request *request, const struct seat *seat)
{
	struct tagged_link link;
	struct link_count *hours, *referrers;
	size_t hour_count, referrer_count;
	enum error error = tagged_link_find(request->db, request->arena, seat->organisation.id, parameter_path_id(request, 0), &link);
	if (!error)
		error = seat_need_for(request, seat, PERMISSION_ANALYTICS_READ, link.actor_id, false);
	if (!error)
		error = link_count_by_hour(request->db, request->arena, link.id, &hours, &hour_count);
	if (!error)
		error = link_count_by_referrer(request->db, request->arena, link.id, &referrers, &referrer_count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	write_members(json, request->arena, &link);
	write_counts(json, "hours", hours, hour_count);
	write_counts(json, "referrers", referrers, referrer_count);
	json_out_object_end(json);
	return ERROR_NONE;
}

/* ---- followed ---- */

static bool code_is_possible(struct str code)
{
	if (code.len < 8 || code.len > 16)
		return false;
	for (size_t i = 0; i < code.len; i++)
		if (!((code.data[i] >= '0' && code.data[i] <= '9') || (code.data[i] >= 'A' && code.data[i] <= 'Z') ||
			(code.data[i] >= 'a' && code.data[i] <= 'z')))
			return false;
	return true;
}

enum error handle_tagged_link(struct request *request)
{
	const struct domain *domain;
	struct url referrer = { 0 };
	struct str code = request_value(request, 0), location;
	int64_t id;
	if (!code_is_possible(code))
		return ERROR_NOT_FOUND;
	enum error error = domain_table_find(request->db, request->arena, request->http->host, &domain);
	if (!error)
		error = tagged_link_resolve(request->db, request->arena, domain->id, code, &id, &location);
	if (error)
		return error;
	bool is_machine = request->http->method == HTTP_HEAD ||
		link_is_followed_by_machine(http_request_header(request->http, "User-Agent"));
	bool has_referrer = url_parse(request->arena, http_request_header(request->http, "Referer"), &referrer);
	link_counter_add(id, is_machine && !MUTANT("link_machines"), has_referrer ? referrer.host : STR_LITERAL(""));
	respond_redirect(request, location);
	respond_header(request, "Cache-Control", STR_LITERAL("no-store"));
	return ERROR_NONE;
}
