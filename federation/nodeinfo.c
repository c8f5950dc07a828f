/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Writes the NodeInfo documents by their JSON schemas, which allow no other keys. */
#include "federation/nodeinfo.h"

#include "base/json_out.h"

#define SCHEMA "http://nodeinfo.diaspora.software/ns/schema/"

static void write_link(struct json_out *json, struct arena *arena, const char *rel, struct str base_url, const char *path)
{
	json_out_object_begin(json);
	json_out_key_c_string(json, "rel", rel);
	json_out_key_str(json, "href", arena_printf(arena, "%.*s%s", STR_ARG(base_url), path));
	json_out_object_end(json);
}

void nodeinfo_write_links(struct buf *out, struct arena *arena, struct str base_url)
{
	struct json_out json;

	json_out_init(&json, out);
	json_out_object_begin(&json);
	json_out_key_array_begin(&json, "links");
	write_link(&json, arena, SCHEMA "2.0", base_url, "/nodeinfo/2.0");
	write_link(&json, arena, SCHEMA "2.1", base_url, "/nodeinfo/2.1");
	write_link(&json, arena, "https://www.w3.org/ns/activitystreams#Application", base_url, "/actor");
	json_out_array_end(&json);
	json_out_object_end(&json);
}

static void write_usage(struct json_out *json, const struct instance_counts *counts)
{
	json_out_key_object_begin(json, "usage");
	json_out_key_object_begin(json, "users");
	json_out_key_int(json, "total", counts->users);
	json_out_key_int(json, "activeMonth", counts->active_month);
	json_out_key_int(json, "activeHalfyear", counts->active_half_year);
	json_out_object_end(json);
	json_out_key_int(json, "localPosts", counts->local_posts);
	json_out_key_int(json, "localComments", counts->local_comments);
	json_out_object_end(json);
}

/* megalodon refuses software that it does not know unless it names the API that it speaks. */
static void write_metadata(struct json_out *json, const struct nodeinfo *info)
{
	json_out_key_object_begin(json, "metadata");
	json_out_key_str(json, "nodeName", info->name);
	json_out_key_str(json, "nodeDescription", info->description);
	json_out_key_object_begin(json, "upstream");
	json_out_key_c_string(json, "name", "mastodon");
	json_out_key_c_string(json, "version", MASTODON_COMPATIBLE_VERSION);
	json_out_object_end(json);
	json_out_object_end(json);
}

void nodeinfo_write(struct buf *out, enum nodeinfo_version version, const struct nodeinfo *info)
{
	struct json_out json;

	json_out_init(&json, out);
	json_out_object_begin(&json);
	json_out_key_c_string(&json, "version", version == NODEINFO_2_1 ? "2.1" : "2.0");
	json_out_key_object_begin(&json, "software");
	json_out_key_c_string(&json, "name", "comptoir");
	json_out_key_c_string(&json, "version", COMPTOIR_VERSION);
	if (version == NODEINFO_2_1 && info->repository.len) /* 2.0 knows no such key */
		json_out_key_str(&json, "repository", info->repository);
	json_out_object_end(&json);
	json_out_key_array_begin(&json, "protocols");
	json_out_c_string(&json, "activitypub");
	json_out_array_end(&json);
	json_out_key_object_begin(&json, "services");
	json_out_key_array_begin(&json, "inbound");
	json_out_array_end(&json);
	json_out_key_array_begin(&json, "outbound");
	json_out_array_end(&json);
	json_out_object_end(&json);
	json_out_key_bool(&json, "openRegistrations", info->is_open);
	write_usage(&json, &info->counts);
	write_metadata(&json, info);
	json_out_object_end(&json);
}

const char *nodeinfo_content_type(enum nodeinfo_version version)
{
	if (version == NODEINFO_2_1)
		return "application/json; profile=\"" SCHEMA "2.1#\"; charset=utf-8";
	return "application/json; profile=\"" SCHEMA "2.0#\"; charset=utf-8";
}
