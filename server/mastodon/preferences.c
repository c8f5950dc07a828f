/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How the reader likes to post and to read; update_credentials changes it. */
#include "server/mastodon/preferences.h"

#include "storage/preference.h"

enum error handle_preferences(struct request *request)
{
	struct preference preference;
	enum error error = preference_find(request->db, request->arena, request->access.actor_id, &preference);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_c_string(json, "posting:default:visibility", post_visibility_name(preference.visibility));
	json_out_key_bool(json, "posting:default:sensitive", preference.is_sensitive);
	if (preference.language.len)
		json_out_key_str(json, "posting:default:language", preference.language);
	else
		json_out_key_null(json, "posting:default:language");
	json_out_key_c_string(json, "posting:default:quote_policy", post_quote_policy_name(preference.quote_policy));
	json_out_key_c_string(json, "reading:expand:media", media_expansion_name(preference.media));
	json_out_key_bool(json, "reading:expand:spoilers", preference.expands_spoilers);
	json_out_key_bool(json, "reading:autoplay:gifs", false);
	json_out_object_end(json);
	return ERROR_NONE;
}
