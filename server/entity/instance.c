/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every field that a client requires, with the value that is true today. The limits are those that the actions
 * enforce; both versions of the entity share the writers. */
#include "server/entity/instance.h"

#include "server/action/profile.h"
#include "server/media/media_limits.h"

#include "federation/nodeinfo.h"

#include "base/html.h"
#include "storage/pin.h"

static const char *const media_types[] = {
	"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif",
	"video/mp4", "video/webm", "video/quicktime",
	"audio/mpeg", "audio/mp4", "audio/ogg", "audio/flac", "audio/wav",
};

static const struct {
	const char *key;
	int64_t value;
} status_limits[] = {
	{ "max_characters", 5000 }, { "max_media_attachments", 4 }, { "characters_reserved_per_url", 23 },
}, media_limits[] = {
	{ "description_limit", 1500 },
	{ "image_size_limit", MEDIA_MAX_IMAGE_BYTES }, { "image_matrix_limit", MEDIA_MAX_PIXELS },
}, poll_limits[] = {
	{ "max_options", 8 }, { "max_characters_per_option", 100 },
	{ "min_expiration", 300 }, { "max_expiration", 2629746 },
}, account_limits[] = {
	{ "max_display_name_length", PROFILE_MAX_DISPLAY_NAME_CHARACTERS }, { "max_note_length", PROFILE_MAX_BIO_CHARACTERS },
	{ "max_avatar_description_length", PROFILE_MAX_ALT_CHARACTERS }, { "max_header_description_length", PROFILE_MAX_ALT_CHARACTERS },
	{ "max_featured_tags", FEATURED_TAG_MAX }, { "max_pinned_statuses", PIN_MAX }, { "max_profile_fields", PROFILE_MAX_FIELDS },
	{ "profile_field_name_limit", PROFILE_MAX_FIELD_CHARACTERS }, { "profile_field_value_limit", PROFILE_MAX_FIELD_CHARACTERS },
};

#define WRITE_LIMITS(json, limits)                                                            \
	do {                                                                                  \
		for (size_t limit_ = 0; limit_ < sizeof(limits) / sizeof((limits)[0]); limit_++) \
			json_out_key_int((json), (limits)[limit_].key, (limits)[limit_].value);  \
	} while (0)

static const char version[] = MASTODON_COMPATIBLE_VERSION " (compatible; Comptoir " COMPTOIR_VERSION ")";

static bool registrations_are(const struct config *config, const char *word)
{
	return str_eq(str_from(config_text(config, "instance.registrations")), str_from(word));
}

bool instance_is_open(const struct config *config)
{
	return registrations_are(config, "open") || registrations_are(config, "approval");
}

bool instance_wants_approval(const struct config *config)
{
	return registrations_are(config, "approval");
}

struct str instance_streaming_url(struct arena *arena, struct str base_url)
{
	const struct str secure = STR("https://");
	size_t scheme_len = str_index_of(base_url, ':', 0);

	return arena_printf(arena, "%s%.*s", str_starts_with(base_url, secure) ? "wss" : "ws",
		STR_ARG(str_slice(base_url, scheme_len, base_url.len)));
}

void instance_rules_write(struct json_out *json, const struct rule *rules, size_t count)
{
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		json_out_object_begin(json);
		json_out_key_id(json, "id", rules[i].id);
		json_out_key_str(json, "text", rules[i].text);
		json_out_key_str(json, "hint", rules[i].hint);
		json_out_key_object_begin(json, "translations");
		json_out_object_end(json);
		json_out_object_end(json);
	}
	json_out_array_end(json);
}

static struct str below(struct arena *arena, const struct instance_facts *facts, const char *path)
{
	return arena_printf(arena, "%.*s%s", STR_ARG(facts->base_url), path);
}

/* The description is plain text by configuration and HTML by the API. */
static void write_description(struct json_out *json, const char *key, const struct instance_facts *facts)
{
	AUTO(buf) struct buf html = { 0 };

	html_escape(&html, str_from(config_text(facts->config, "instance.description")));
	json_out_key_str(json, key, buf_str(&html));
}

static void write_languages(struct json_out *json, const struct config *config)
{
	const struct str *items;
	size_t count = config_list(config, "instance.languages", &items);

	json_out_key_array_begin(json, "languages");
	for (size_t i = 0; i < count; i++)
		json_out_str(json, items[i]);
	json_out_array_end(json);
}

static void write_limits(struct json_out *json, const struct config *config)
{
	json_out_key_object_begin(json, "accounts");
	WRITE_LIMITS(json, account_limits);
	json_out_object_end(json);

	json_out_key_object_begin(json, "statuses");
	WRITE_LIMITS(json, status_limits);
	json_out_object_end(json);

	json_out_key_object_begin(json, "media_attachments");
	json_out_key_array_begin(json, "supported_mime_types");
	for (size_t i = 0; i < sizeof(media_types) / sizeof(media_types[0]); i++)
		json_out_c_string(json, media_types[i]);
	json_out_array_end(json);
	WRITE_LIMITS(json, media_limits);
	json_out_key_int(json, "video_size_limit", config_size_bytes(config, "media.file_limit"));
	json_out_key_int(json, "video_frame_rate_limit", config_integer(config, "media.video_frame_rate"));
	json_out_key_int(json, "video_matrix_limit", config_integer(config, "media.video_pixels"));
	json_out_object_end(json);

	json_out_key_object_begin(json, "polls");
	WRITE_LIMITS(json, poll_limits);
	json_out_object_end(json);
}

static void write_contact(struct json_out *json, const char *key, const struct instance_facts *facts)
{
	json_out_key(json, key);
	if (facts->contact_json.data)
		json_out_raw(json, facts->contact_json);
	else
		json_out_null(json);
}

void instance_write_v1(struct json_out *json, struct arena *arena, const struct instance_facts *facts)
{
	const struct config *config = facts->config;

	json_out_object_begin(json);
	json_out_key_str(json, "uri", facts->domain);
	json_out_key_c_string(json, "title", config_text(config, "instance.title"));
	json_out_key_c_string(json, "short_description", config_text(config, "instance.description"));
	write_description(json, "description", facts);
	json_out_key_c_string(json, "email", config_text(config, "instance.contact_email"));
	json_out_key_c_string(json, "version", version);
	json_out_key_object_begin(json, "urls");
	json_out_key_str(json, "streaming_api", instance_streaming_url(arena, facts->base_url));
	json_out_object_end(json);
	json_out_key_object_begin(json, "stats");
	json_out_key_int(json, "user_count", facts->counts.users);
	json_out_key_int(json, "status_count", facts->counts.local_posts);
	json_out_key_int(json, "domain_count", facts->counts.known_peers);
	json_out_object_end(json);
	json_out_key_str(json, "thumbnail", below(arena, facts, "/assets/thumbnail.png"));
	write_languages(json, config);
	json_out_key_bool(json, "registrations", instance_is_open(config));
	json_out_key_bool(json, "approval_required", instance_wants_approval(config));
	json_out_key_bool(json, "invites_enabled", registrations_are(config, "invitation"));
	json_out_key_object_begin(json, "configuration");
	write_limits(json, config);
	json_out_object_end(json);
	write_contact(json, "contact_account", facts);
	json_out_key(json, "rules");
	instance_rules_write(json, facts->rules, facts->rule_count);
	json_out_object_end(json);
}

static void write_pictures(struct json_out *json, struct arena *arena, const struct instance_facts *facts)
{
	json_out_key_object_begin(json, "thumbnail");
	json_out_key_str(json, "url", below(arena, facts, "/assets/thumbnail.png"));
	json_out_key_c_string(json, "description", "");
	json_out_object_end(json);
	json_out_key_array_begin(json, "icon");
	json_out_object_begin(json);
	json_out_key_str(json, "src", below(arena, facts, "/assets/icon-192.png"));
	json_out_key_c_string(json, "size", "192x192");
	json_out_object_end(json);
	json_out_array_end(json);
}

static void write_feed_access(struct json_out *json, const char *key, const struct config *config)
{
	const char *who = config_boolean(config, "instance.public_timelines") ? "public" : "authenticated";

	json_out_key_object_begin(json, key);
	json_out_key_c_string(json, "local", who);
	json_out_key_c_string(json, "remote", who);
	json_out_object_end(json);
}

static void write_configuration(struct json_out *json, struct arena *arena, const struct instance_facts *facts)
{
	json_out_key_object_begin(json, "configuration");
	json_out_key_object_begin(json, "urls");
	json_out_key_str(json, "streaming", instance_streaming_url(arena, facts->base_url));
	json_out_key_null(json, "status");
	json_out_key_str(json, "about", below(arena, facts, "/about"));
	json_out_key_str(json, "privacy_policy", below(arena, facts, "/privacy-policy"));
	if (*config_text(facts->config, "instance.terms_of_service"))
		json_out_key_str(json, "terms_of_service", below(arena, facts, "/terms-of-service"));
	else
		json_out_key_null(json, "terms_of_service");
	json_out_object_end(json);
	write_limits(json, facts->config);
	json_out_key_object_begin(json, "vapid");
	json_out_key_str(json, "public_key", facts->vapid_key);
	json_out_object_end(json);
	json_out_key_object_begin(json, "translation");
	json_out_key_bool(json, "enabled", *config_text(facts->config, "translation.url") != '\0');
	json_out_object_end(json);
	json_out_key_object_begin(json, "timelines_access");
	write_feed_access(json, "live_feeds", facts->config);
	write_feed_access(json, "hashtag_feeds", facts->config);
	write_feed_access(json, "trending_link_feeds", facts->config);
	json_out_object_end(json);
	json_out_key_bool(json, "limited_federation", !str_eq(str_from(config_text(facts->config, "federation.mode")), STR_LITERAL("open")));
	json_out_object_end(json);
}

static void write_registrations(struct json_out *json, const struct config *config)
{
	json_out_key_object_begin(json, "registrations");
	json_out_key_bool(json, "enabled", instance_is_open(config));
	json_out_key_bool(json, "approval_required", instance_wants_approval(config));
	json_out_key_bool(json, "reason_required", instance_wants_approval(config));
	json_out_key_null(json, "message");
	json_out_key_null(json, "min_age");
	json_out_key_null(json, "url");
	json_out_object_end(json);
}

static struct str source_url(struct arena *arena, const struct instance_facts *facts)
{
	struct str named = str_from(config_text(facts->config, "instance.source_url"));

	return named.len ? named : below(arena, facts, "/about");
}

void instance_write_v2(struct json_out *json, struct arena *arena, const struct instance_facts *facts)
{
	const struct config *config = facts->config;

	json_out_object_begin(json);
	json_out_key_str(json, "domain", facts->domain);
	json_out_key_c_string(json, "title", config_text(config, "instance.title"));
	json_out_key_c_string(json, "version", version);
	json_out_key_str(json, "source_url", source_url(arena, facts));
	write_description(json, "description", facts);
	json_out_key_object_begin(json, "usage");
	json_out_key_object_begin(json, "users");
	json_out_key_int(json, "active_month", facts->counts.active_month);
	json_out_object_end(json);
	json_out_object_end(json);
	write_pictures(json, arena, facts);
	write_languages(json, config);
	write_configuration(json, arena, facts);
	write_registrations(json, config);
	json_out_key_object_begin(json, "api_versions");
	json_out_key_int(json, "mastodon", 4); /* the next one promises the filter action blur */
	json_out_key_int(json, "comptoir", 1);
	json_out_object_end(json);
	json_out_key_object_begin(json, "contact");
	json_out_key_c_string(json, "email", config_text(config, "instance.contact_email"));
	write_contact(json, "account", facts);
	json_out_object_end(json);
	json_out_key(json, "rules");
	instance_rules_write(json, facts->rules, facts->rule_count);
	json_out_object_end(json);
}
