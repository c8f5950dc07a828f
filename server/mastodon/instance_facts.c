/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Short lists, read from their tables each time, and two policies from files that the operator names. */
#include "server/mastodon/instance_facts.h"

#include "server/action/policy_text.h"
#include "server/app.h"
#include "server/entity/instance.h"
#include "server/mastodon/parameters.h"

#include "base/html.h"
#include "base/mutant.h"
#include "base/time_format.h"
#include "base/url.h"
#include "storage/domain_policy.h"
#include "storage/emoji_image.h"
#include "storage/instance.h"
#include "storage/post.h"
#include "storage/rule.h"

#include <openssl/evp.h>

#define PEER_MAX_BYTES 259
#define PEERS_FOUND 10
#define OEMBED_CACHE_S 86400
#define OEMBED_WIDTH 400
#define OEMBED_MAX_WIDTH 1200

enum error handle_instance_rules(struct request *request)
{
	struct rule *rules;
	size_t count;
	enum error error = rule_list(request->db, request->arena, &rules, &count);
	if (!error)
		instance_rules_write(respond_json(request, 200), rules, count);
	return error;
}

static enum error respond_names(struct request *request, const struct str *names, size_t count)
{
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		json_out_str(json, names[i]);
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error handle_instance_peers(struct request *request)
{
	struct str *names;
	size_t count;
	if (!config_boolean(request->app->config, "instance.shows_peers"))
		return fail(request, ERROR_NOT_FOUND, "not shown");
	enum error error = instance_list_peers(request->db, request->arena, &names, &count);
	return error ? error : respond_names(request, names, count);
}

/* What was typed as the beginning of a name: of a URL only the host counts. */
static bool read_beginning(struct request *request, struct str *ret_beginning)
{
	struct url url;
	struct str text = str_trim(parameter_text(request, "q"));
	size_t scheme = str_index_of_str(text, STR_LITERAL("://"));
	if (scheme < text.len)
		text = str_slice(text, scheme + 3, text.len);
	text = str_slice(text, 0, str_index_of(text, '/', 0));
	if (!text.len || text.len > PEER_MAX_BYTES ||
	    !url_parse(request->arena, arena_printf(request->arena, "https://%.*s/", STR_ARG(text)), &url))
		return false;
	*ret_beginning = url.authority;
	return true;
}

enum error handle_peers_search(struct request *request)
{
	struct str *names, beginning;
	size_t count;
	if (!config_boolean(request->app->config, "instance.shows_peers") && !MUTANT("peers_search_hidden"))
		return fail(request, ERROR_NOT_FOUND, "not shown");
	if (!read_beginning(request, &beginning))
		return respond_names(request, NULL, 0);
	enum error error = instance_search_peers(request->db, request->arena, beginning, PEERS_FOUND, &names, &count);
	return error ? error : respond_names(request, names, count);
}

static void write_number(struct request *request, struct json_out *json, const char *key, int64_t number)
{
	json_out_key_str(json, key, arena_printf(request->arena, "%lld", (long long)number));
}

/* All numbers are texts there. */
enum error handle_instance_activity(struct request *request)
{
	struct instance_week weeks[INSTANCE_WEEKS] = { 0 };
	enum error error = instance_list_weeks(request->db, request->arena, weeks);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < INSTANCE_WEEKS; i++) {
		json_out_object_begin(json);
		write_number(request, json, "week", weeks[i].begin_us / 1000000);
		write_number(request, json, "statuses", weeks[i].posts);
		write_number(request, json, "logins", weeks[i].active_users);
		write_number(request, json, "registrations", weeks[i].new_users);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}

static struct str digest_of(struct arena *arena, struct str text)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	AUTO(buf) struct buf hex = { 0 };
	if (EVP_Digest(text.data, text.len, digest, &len, EVP_sha256(), NULL) != 1)
		memory_fatal("SHA-256 failed");
	for (unsigned i = 0; i < len; i++)
		buf_add_printf(&hex, "%02x", digest[i]);
	return arena_str(arena, buf_str(&hex));
}

/* What is blocked is told to people who are logged in; why, as far as the operator says it publicly. */
enum error handle_instance_domain_blocks(struct request *request)
{
	struct domain_block *blocks;
	size_t count;
	enum error error = domain_block_list(request->db, request->arena, &blocks, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		if (blocks[i].severity == DOMAIN_NOOP)
			continue;
		json_out_object_begin(json);
		json_out_key_str(json, "domain", blocks[i].domain);
		json_out_key_str(json, "digest", digest_of(request->arena, blocks[i].domain));
		json_out_key_c_string(json, "severity", domain_severity_name(blocks[i].severity));
		json_out_key_str(json, "comment", blocks[i].public_comment);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}

static const struct {
	const char *code;
	const char *name;
} languages[] = {
	{ "ar", "Arabic" }, { "bg", "Bulgarian" }, { "ca", "Catalan" }, { "cs", "Czech" }, { "da", "Danish" }, { "de", "German" },
	{ "el", "Greek" }, { "en", "English" }, { "eo", "Esperanto" }, { "es", "Spanish" }, { "et", "Estonian" },
	{ "eu", "Basque" }, { "fi", "Finnish" }, { "fr", "French" }, { "ga", "Irish" }, { "gl", "Galician" }, { "he", "Hebrew" },
	{ "hi", "Hindi" }, { "hr", "Croatian" }, { "hu", "Hungarian" }, { "id", "Indonesian" }, { "is", "Icelandic" },
	{ "it", "Italian" }, { "ja", "Japanese" }, { "ko", "Korean" }, { "lt", "Lithuanian" }, { "lv", "Latvian" },
	{ "nl", "Dutch" }, { "no", "Norwegian" }, { "pl", "Polish" }, { "pt", "Portuguese" }, { "ro", "Romanian" },
	{ "ru", "Russian" }, { "sk", "Slovak" }, { "sl", "Slovenian" }, { "sr", "Serbian" }, { "sv", "Swedish" },
	{ "th", "Thai" }, { "tr", "Turkish" }, { "uk", "Ukrainian" }, { "vi", "Vietnamese" }, { "zh", "Chinese" },
};

enum error handle_instance_languages(struct request *request)
{
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++) {
		json_out_object_begin(json);
		json_out_key_c_string(json, "code", languages[i].code);
		json_out_key_c_string(json, "name", languages[i].name);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}

enum error handle_instance_privacy_policy(struct request *request)
{
	struct policy_text policy;
	enum error error = policy_text_read(request->arena, request->app->config, POLICY_PRIVACY, false, &policy);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_time_ms(json, "updated_at", policy.updated_us);
	json_out_key_str(json, "content", policy.html);
	json_out_object_end(json);
	return ERROR_NONE;
}

static enum error read_terms(struct request *request, struct policy_text *ret_terms, struct str *ret_day)
{
	enum error error = policy_text_read(request->arena, request->app->config, POLICY_TERMS, false, ret_terms);
	if (!error)
		*ret_day = str_slice(time_iso8601_ms(request->arena, ret_terms->updated_us), 0, 10);
	return error;
}

static enum error respond_terms(struct request *request, const struct policy_text *terms, struct str day)
{
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_str(json, "effective_date", day);
	json_out_key_bool(json, "effective", true);
	json_out_key_str(json, "content", terms->html);
	json_out_key_null(json, "succeeded_by");
	json_out_object_end(json);
	return ERROR_NONE;
}

enum error handle_instance_terms(struct request *request)
{
	struct policy_text terms;
	struct str day;
	enum error error = read_terms(request, &terms, &day);
	return error ? error : respond_terms(request, &terms, day);
}

/* Terms of other days are not kept. */
enum error handle_instance_terms_of(struct request *request)
{
	struct policy_text terms;
	struct str day;
	enum error error = read_terms(request, &terms, &day);
	if (!error && !str_eq(request_value(request, 0), day))
		error = ERROR_NOT_FOUND;
	return error ? error : respond_terms(request, &terms, day);
}

enum error handle_custom_emojis(struct request *request)
{
	struct emoji_image *images;
	size_t count;
	enum error error = emoji_image_list(request->db, request->arena, &images, &count);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++) {
		struct str url = emoji_image_url(request->arena, request->app->base_url, &images[i]);
		json_out_object_begin(json);
		json_out_key_str(json, "shortcode", images[i].shortcode);
		json_out_key_str(json, "url", url);
		json_out_key_str(json, "static_url", url);
		json_out_key_bool(json, "visible_in_picker", images[i].is_listed);
		if (images[i].category.data)
			json_out_key_str(json, "category", images[i].category);
		else
			json_out_key_null(json, "category");
		json_out_object_end(json);
	}
	json_out_array_end(json);
	return ERROR_NONE;
}

/* "name.png": the ending is for readers, the type is what the row says. */
enum error handle_emoji_image(struct request *request)
{
	struct emoji_image image;
	struct str name = request_value(request, 0);
	enum error error = emoji_image_find(request->db, request->arena, str_slice(name, 0, str_index_of(name, '.', 0)), &image);
	if (error)
		return error;
	buf_add_str(respond(request, 200, arena_c_string(request->arena, image.mime_type)), image.bytes);
	respond_header(request, "Cache-Control", STR_LITERAL("public, max-age=86400"));
	respond_header(request, "Content-Security-Policy", STR_LITERAL("default-src 'none'; sandbox"));
	return ERROR_NONE;
}

/* The id of a post from the URL of its page: BASE/@name/ID. */
static bool read_post_url(const struct request *request, struct str text, int64_t *ret_id)
{
	struct url url;
	struct str base = request->app->base_url;
	if (!url_parse(request->arena, text, &url) || !str_starts_with(url.text, base))
		return false;
	struct str rest = str_slice(url.path, 1, url.path.len), handle, id;
	return str_split_next(&rest, '/', &handle) && str_starts_with(handle, STR_LITERAL("@")) &&
	       str_split_next(&rest, '/', &id) && str_to_int64(id, ret_id);
}

static struct str oembed_html(struct request *request, const struct post *post)
{
	AUTO(buf) struct buf html = { 0 };
	buf_add_c_string(&html, "<blockquote cite=\"");
	html_escape(&html, post->url);
	buf_add_c_string(&html, "\">");
	if (post->spoiler_text.len)
		html_escape(&html, post->spoiler_text);
	else
		buf_add_str(&html, post->html);
	buf_add_c_string(&html, "<p><a href=\"");
	html_escape(&html, post->url);
	buf_add_c_string(&html, "\">@");
	html_escape(&html, post->actor_username);
	buf_add_c_string(&html, "</a></p></blockquote>");
	return arena_str(request->arena, buf_str(&html));
}

enum error handle_oembed(struct request *request)
{
	int64_t id;
	struct post post;
	if (!read_post_url(request, parameter_text(request, "url"), &id))
		return fail(request, ERROR_NOT_FOUND, "no URL of a post");
	enum error error = post_find(request->db, request->arena, 0, id, &post);
	if (!error && !post.is_local)
		error = ERROR_NOT_FOUND;
	if (error)
		return error;
	struct str name = post.actor_display_name.len ? post.actor_display_name : post.actor_username;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_c_string(json, "type", "rich");
	json_out_key_c_string(json, "version", "1.0");
	json_out_key_str(json, "author_name", name);
	json_out_key_str(json, "author_url", arena_printf(request->arena, "%.*s/@%.*s", STR_ARG(request->app->base_url),
		STR_ARG(post.actor_username)));
	json_out_key_c_string(json, "provider_name", config_text(request->app->config, "instance.title"));
	json_out_key_str(json, "provider_url", request->app->base_url);
	json_out_key_int(json, "cache_age", OEMBED_CACHE_S);
	json_out_key_str(json, "html", oembed_html(request, &post));
	json_out_key_int(json, "width", parameter_int(request, "maxwidth", OEMBED_WIDTH, 100, OEMBED_MAX_WIDTH));
	json_out_key_null(json, "height");
	json_out_object_end(json);
	return ERROR_NONE;
}
