/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Campaigns over the brand API. */
#include "server/brand/planning_campaigns.h"

#include "server/brand/operation.h"
#include "server/brand/planning_deed.h"
#include "server/mastodon/parameters.h"
#include "storage/campaign.h"
#include "storage/id.h"

static void campaign_write_json(struct json_out *json, const struct campaign *campaign)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", campaign->id);
	json_out_key_str(json, "name", campaign->name);
	json_out_key_array_begin(json, "hashtags");
	for (size_t i = 0; i < campaign->hashtag_count; i++)
		json_out_str(json, campaign->hashtags[i]);
	json_out_array_end(json);
	planning_write_time(json, "starts_at", campaign->starts_us);
	planning_write_time(json, "ends_at", campaign->ends_us);
	for (int i = 0; i < UTM_COUNT; i++)
		planning_write_text(json, utm_name((enum utm)i), campaign->utm[i]);
	json_out_key_int(json, "version", campaign->version);
	json_out_key_time_ms(json, "created_at", campaign->created_us);
	json_out_object_end(json);
}

static enum error respond_campaign(struct request *request, const struct seat *seat, int status, int64_t id)
{
	struct campaign campaign;
	enum error error = campaign_find(request->db, request->arena, seat->organisation.id, id, &campaign);
	if (error)
		return error;
	operation_respond_version(request, campaign.version);
	campaign_write_json(respond_json(request, status), &campaign);
	return ERROR_NONE;
}

enum error handle_campaign_list(struct request *request, const struct seat *seat)
{
	struct id_page page;
	struct campaign *campaigns;
	size_t count;
	parameter_page(request, 40, 100, &page);
	enum error error = campaign_list(request->db, request->arena, seat->organisation.id, &page, &campaigns, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		campaign_write_json(json, &campaigns[i]);
	json_out_array_end(json);
	if (count)
		respond_link(request, count, campaigns[0].id, campaigns[count - 1].id, count >= (size_t)page.limit);
	return ERROR_NONE;
}

enum error handle_campaign_show(struct request *request, const struct seat *seat)
{
	return respond_campaign(request, seat, 200, parameter_path_id(request, 0));
}

static enum error read_hashtags(struct request *request, struct campaign *campaign)
{
	struct str *tags;
	size_t count = parameter_list(request, "hashtags", &tags);
	if (!count)
		return ERROR_NONE;
	if (count > CAMPAIGN_HASHTAGS_MAX)
		return planning_refuse(request, "A campaign has 20 hashtags at most.", "Une campagne a 20 mots-dièse au plus.");
	for (size_t i = 0; i < count; i++) {
		if (str_starts_with(tags[i], STR_LITERAL("#")))
			tags[i] = str_slice(tags[i], 1, tags[i].len);
		if (!tags[i].len || tags[i].len > 200 || str_contains_char(tags[i], ' ') || !str_is_utf8(tags[i]))
			return planning_refuse(request, "That is no hashtag.", "Ce n’est pas un mot-dièse.");
	}
	campaign->hashtags = tags;
	campaign->hashtag_count = count;
	return ERROR_NONE;
}

static enum error read_campaign(struct request *request, struct campaign *campaign)
{
	enum error error = planning_read_text(request, "name", 100, &campaign->name);
	if (!error && !campaign->name.len)
		error = planning_refuse(request, "A campaign needs a name.", "Une campagne a besoin d’un nom.");
	if (!error)
		error = read_hashtags(request, campaign);
	if (!error)
		error = planning_read_time(request, "starts_at", &campaign->starts_us);
	if (!error)
		error = planning_read_time(request, "ends_at", &campaign->ends_us);
	if (!error && campaign->starts_us && campaign->ends_us && campaign->starts_us >= campaign->ends_us)
		error = planning_refuse(request, "It ends before it begins.", "Elle finit avant de commencer.");
	for (int i = 0; i < UTM_COUNT && !error; i++) {
		error = planning_read_text(request, utm_name((enum utm)i), 100, &campaign->utm[i]);
		if (!campaign->utm[i].len)
			campaign->utm[i] = (struct str){ 0 };
	}
	return error;
}

static enum error write_insert(struct db *db, struct arena *arena, void *owner)
{
	return campaign_insert(db, arena, owner);
}

static enum error write_update(struct db *db, struct arena *arena, void *owner)
{
	return campaign_update(db, arena, owner);
}

static enum error write_delete(struct db *db, struct arena *arena, void *owner)
{
	const struct campaign *campaign = owner;
	return campaign_delete(db, arena, campaign->organisation_id, campaign->id);
}

enum error handle_campaign_create(struct request *request, const struct seat *seat)
{
	struct campaign campaign = { .id = id_new(), .organisation_id = seat->organisation.id };
	enum error error = seat_need(request, seat, PERMISSION_CAMPAIGN_MANAGE);
	if (!error)
		error = read_campaign(request, &campaign);
	if (!error)
		error = planning_deed(request, seat, "campaign.create", "campaign", campaign.id, write_insert, &campaign, ERROR_CONFLICT);
	return error ? error : respond_campaign(request, seat, 201, campaign.id);
}

enum error handle_campaign_change(struct request *request, const struct seat *seat)
{
	struct campaign campaign;
	int64_t version = 0;
	enum error error = seat_need(request, seat, PERMISSION_CAMPAIGN_MANAGE);
	if (!error)
		error = campaign_find(request->db, request->arena, seat->organisation.id, parameter_path_id(request, 0), &campaign);
	if (!error)
		error = operation_need_version(request, &version);
	if (error)
		return error;
	campaign.version = version;
	error = read_campaign(request, &campaign);
	if (!error)
		error = planning_deed(request, seat, "campaign.change", "campaign", campaign.id, write_update, &campaign, ERROR_CONFLICT);
	return error ? error : respond_campaign(request, seat, 200, campaign.id);
}

enum error handle_campaign_delete(struct request *request, const struct seat *seat)
{
	struct campaign campaign = { .id = parameter_path_id(request, 0), .organisation_id = seat->organisation.id };
	enum error error = seat_need(request, seat, PERMISSION_CAMPAIGN_MANAGE);
	if (!error)
		error = planning_deed(request, seat, "campaign.delete", "campaign", campaign.id, write_delete, &campaign, ERROR_NOT_FOUND);
	if (!error)
		respond_empty(request, 204);
	return error;
}
