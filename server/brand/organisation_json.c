/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The entities of an organisation. */
#include "server/brand/organisation_json.h"

static void write_text(struct json_out *json, const char *key, struct str text)
{
	if (text.data)
		json_out_key_str(json, key, text);
	else
		json_out_key_null(json, key);
}

static void write_id(struct json_out *json, const char *key, int64_t id)
{
	if (id)
		json_out_key_id(json, key, id);
	else
		json_out_key_null(json, key);
}

static void write_time(struct json_out *json, const char *key, int64_t time_us)
{
	if (time_us)
		json_out_key_time_ms(json, key, time_us);
	else
		json_out_key_null(json, key);
}

void organisation_write_json(struct json_out *json, const struct organisation *organisation)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", organisation->id);
	json_out_key_str(json, "slug", organisation->slug);
	json_out_key_str(json, "name", organisation->name);
	json_out_key_str(json, "kind", organisation->kind);
	write_text(json, "country", organisation->country);
	json_out_key_str(json, "language", organisation->locale);
	json_out_key_str(json, "time_zone", organisation->time_zone);
	write_time(json, "created_at", organisation->created_us);
	json_out_object_end(json);
}

void brand_account_write_json(struct json_out *json, const struct brand_account *account)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", account->actor_id);
	json_out_key_id(json, "organisation_id", account->organisation_id);
	json_out_key_str(json, "purpose", account->purpose);
	json_out_key_str(json, "username", account->username);
	json_out_key_str(json, "domain", account->domain);
	json_out_key_str(json, "display_name", account->display_name.data ? account->display_name : STR_LITERAL(""));
	json_out_object_end(json);
}

void grant_write_json(struct json_out *json, const struct grant *grant)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", grant->id);
	write_text(json, "role", grant->role_name);
	write_text(json, "permission", grant->permission);
	write_id(json, "actor_id", grant->actor_id);
	write_time(json, "expires_at", grant->expires_us);
	json_out_key_bool(json, "waits_for_second_factor", grant->waits_for_second_factor);
	json_out_object_end(json);
}

void member_write_json(struct json_out *json, const struct membership *membership, const struct grant *grants, size_t grant_count)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", membership->id);
	json_out_key_str(json, "username", membership->username);
	json_out_key_str(json, "domain", membership->domain);
	json_out_key_c_string(json, "state", membership_state_name(membership->state));
	json_out_key_bool(json, "has_second_factor", membership->has_second_factor);
	write_id(json, "invited_by", membership->invited_by);
	write_time(json, "created_at", membership->created_us);
	json_out_key_array_begin(json, "grants");
	for (size_t i = 0; i < grant_count; i++)
		if (grants[i].membership_id == membership->id)
			grant_write_json(json, &grants[i]);
	json_out_array_end(json);
	json_out_object_end(json);
}

void permissions_write_json(struct json_out *json, const char *key, uint64_t set)
{
	json_out_key_array_begin(json, key);
	for (int i = 0; i < PERMISSION_COUNT; i++)
		if (set & PERMISSION_BIT(i))
			json_out_c_string(json, permission_name((enum permission)i));
	json_out_array_end(json);
}

void role_write_json(struct json_out *json, const struct role *role)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", role->id);
	json_out_key_str(json, "name", role->name);
	json_out_key_bool(json, "is_built_in", role->organisation_id == 0);
	json_out_key_bool(json, "demands_second_factor", role->demands_second_factor);
	permissions_write_json(json, "permissions", role->rights.all);
	permissions_write_json(json, "own_permissions", role->rights.own & ~role->rights.all);
	json_out_object_end(json);
}

void team_write_json(struct json_out *json, const struct team *team, const struct team_place *places, size_t place_count)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", team->id);
	json_out_key_str(json, "name", team->name);
	write_time(json, "created_at", team->created_us);
	json_out_key_array_begin(json, "member_ids");
	for (size_t i = 0; i < place_count; i++)
		if (places[i].team_id == team->id)
			json_out_id(json, places[i].membership_id);
	json_out_array_end(json);
	json_out_object_end(json);
}
