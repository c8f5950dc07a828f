/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Relationships, one query for as many as are asked. */
#include "server/entity/relationship.h"

void relationship_write(struct json_out *json, const struct relation *relation)
{
	json_out_object_begin(json);
	json_out_key_id(json, "id", relation->actor_id);
	json_out_key_bool(json, "following", relation->is_following);
	json_out_key_bool(json, "showing_reblogs", relation->shows_boosts);
	json_out_key_bool(json, "notifying", relation->notifies);
	json_out_key(json, "languages");
	if (relation->languages_json.data)
		json_out_raw(json, relation->languages_json);
	else
		json_out_null(json);
	json_out_key_bool(json, "followed_by", relation->is_followed_by);
	json_out_key_bool(json, "blocking", relation->is_blocking);
	json_out_key_bool(json, "blocked_by", relation->is_blocked_by);
	json_out_key_bool(json, "muting", relation->is_muting);
	json_out_key_bool(json, "muting_notifications", relation->hides_notifications);
	if (relation->mute_expires_us)
		json_out_key_time_ms(json, "muting_expires_at", relation->mute_expires_us);
	else
		json_out_key_null(json, "muting_expires_at");
	json_out_key_bool(json, "requested", relation->is_requested);
	json_out_key_bool(json, "requested_by", relation->is_requested_by);
	json_out_key_bool(json, "domain_blocking", relation->is_domain_blocking);
	json_out_key_bool(json, "endorsed", relation->is_endorsed);
	json_out_key_str(json, "note", relation->note);
	json_out_object_end(json);
}

enum error relationship_respond(struct request *request, int64_t other_id)
{
	struct relation *relations;
	size_t count;
	enum error error = relation_find_many(request->db, request->arena, request->access.actor_id, &other_id, 1, true,
		&relations, &count);
	if (error)
		return error;
	if (!count)
		return ERROR_NOT_FOUND;
	relationship_write(respond_json(request, 200), &relations[0]);
	return ERROR_NONE;
}
