/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Forms of statuses. */
#include "server/mastodon/posting_form.h"

#include "server/app.h"
#include "server/mastodon/parameters.h"

#include "base/encoding.h"
#include "base/language_tag.h"
#include "base/memory.h"
#include "base/text_line.h"
#include "base/time_format.h"
#include "storage/media.h"
#include "storage/preference.h"

#include <openssl/evp.h>
#include <stdlib.h>

#define SHA256_BYTES 32

/* ---- the key of a repeated request ---- */

static void add_fields(EVP_MD_CTX *digest, const struct form *form)
{
	for (size_t i = 0; i < form->count; i++) {
		const struct str parts[] = { form->fields[i].name, form->fields[i].value };
		for (size_t j = 0; j < 2; j++) {
			uint64_t len = parts[j].len;
			if (EVP_DigestUpdate(digest, &len, sizeof(len)) != 1 || EVP_DigestUpdate(digest, parts[j].data, parts[j].len) != 1)
				memory_fatal("cannot hash");
		}
	}
}

static struct str hash_request(struct request *request)
{
	unsigned char *hash = arena_alloc(request->arena, SHA256_BYTES);
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	if (!digest || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1 ||
		EVP_DigestUpdate(digest, &request->access.actor_id, sizeof(request->access.actor_id)) != 1)
		memory_fatal("cannot hash");
	add_fields(digest, &request->form);
	add_fields(digest, &request->query);
	if (EVP_DigestFinal_ex(digest, hash, NULL) != 1)
		memory_fatal("cannot hash");
	EVP_MD_CTX_free(digest);
	return (struct str){ (const char *)hash, SHA256_BYTES };
}

/* Keys are UUIDs or hashes; what is longer than the column is a hash from here on. */
static struct repetition read_repetition(struct request *request)
{
	struct str key = http_request_header(request->http, "Idempotency-Key");
	unsigned char hash[SHA256_BYTES];
	if (!key.len)
		return (struct repetition){ 0 };
	if (key.len > IDEMPOTENCY_KEY_MAX_CHARACTERS || !str_is_utf8(key)) {
		if (EVP_Digest(key.data, key.len, hash, NULL, EVP_sha256(), NULL) != 1)
			memory_fatal("cannot hash");
		key = base64_encode(request->arena, (struct str){ (const char *)hash, sizeof(hash) });
	}
	return (struct repetition){ .user_id = request->access.user_id, .key = key, .sha256 = hash_request(request) };
}

/* ---- parts ---- */

static const struct composition_poll *read_poll(const struct request *request)
{
	struct str *options;
	size_t count = parameter_list(request, "poll[options]", &options);
	if (!count)
		return NULL;
	struct composition_poll *poll = arena_alloc(request->arena, sizeof(*poll));
	*poll = (struct composition_poll){
		.options = options,
		.option_count = count,
		.is_multiple = parameter_bool(request, "poll[multiple]", false),
		.hides_totals = parameter_bool(request, "poll[hide_totals]", false),
		.duration_s = parameter_int(request, "poll[expires_in]", 0, 0, INT32_MAX),
	};
	return poll;
}

/* A file that is there twice is one; what is no id is a file that is not there. */
static size_t read_media(const struct request *request, const int64_t **ret_ids)
{
	struct str *values;
	size_t value_count = parameter_list(request, "media_ids", &values);
	int64_t *ids = arena_alloc_array(request->arena, value_count, sizeof(*ids));
	size_t count = 0;
	for (size_t i = 0; i < value_count && count <= COMPOSITION_MAX_MEDIA; i++) {
		int64_t id;
		bool is_there = false;
		if (!values[i].len)
			continue;
		if (!str_to_int64(values[i], &id) || id <= 0)
			id = -1;
		for (size_t j = 0; j < count; j++)
			is_there = is_there || ids[j] == id;
		if (!is_there)
			ids[count++] = id;
	}
	*ret_ids = ids;
	return count;
}

static enum error read_visibility(struct request *request, enum post_visibility *visibility)
{
	struct str word = parameter_text(request, "visibility");
	if (!word.len || post_visibility_from_name(word, visibility))
		return ERROR_NONE;
	return refuse(request, "Validation failed: Visibility is not included in the list");
}

enum error posting_form_read_policy(struct request *request, enum post_quote_policy *ret_policy, bool *ret_is_given)
{
	struct str word = parameter_text(request, "quote_approval_policy");
	*ret_is_given = word.len > 0;
	if (!word.len || post_quote_policy_from_name(word, ret_policy))
		return ERROR_NONE;
	return refuse(request, "Validation failed: Quote approval policy is not included in the list");
}

/* A wrong one is as good as none. */
static struct str read_language(const struct request *request, struct str otherwise)
{
	struct str language = language_tag_read(request->arena, parameter_text(request, "language"));
	return language.data ? language : otherwise;
}

enum error posting_form_read(struct request *request, struct publish_request *ret_request)
{
	return posting_form_read_for(request, request->access.actor_id, ret_request);
}

enum error posting_form_read_for(struct request *request, int64_t actor_id, struct publish_request *ret_request)
{
	struct preference preference;
	bool is_policy_given;
	enum error error = preference_find(request->db, request->arena, actor_id, &preference);
	if (error)
		return error;
	struct publish_request form = {
		.actor_id = actor_id,
		.text = parameter_text(request, "status"),
		.is_markdown = config_boolean(request->app->config, "posts.markdown"),
		.spoiler_text = parameter_text(request, "spoiler_text"),
		.language = read_language(request, preference.language.data ? preference.language : preference.locale),
		.visibility = preference.visibility,
		.in_reply_to_id = parameter_id(request, "in_reply_to_id"),
		.is_sensitive = parameter_bool(request, "sensitive", preference.is_sensitive),
		.poll = read_poll(request),
		.quote_id = parameter_id(request, "quoted_status_id"),
		.quote_policy = preference.quote_policy,
		.application_id = request->access.application_id,
		.user_id = request->access.user_id,
		.repetition = read_repetition(request),
	};
	form.media_count = read_media(request, &form.media_ids);
	error = read_visibility(request, &form.visibility);
	if (!error)
		error = posting_form_read_policy(request, &form.quote_policy, &is_policy_given);
	if (error)
		return error;
	if (form.visibility == POST_FOLLOWERS || form.visibility == POST_DIRECT)
		form.quote_policy = QUOTE_BY_NOBODY;
	*ret_request = form;
	return ERROR_NONE;
}

enum error posting_form_read_time(struct request *request, int64_t *ret_scheduled_us)
{
	struct str text = parameter_text(request, "scheduled_at");
	if (!text.len) {
		*ret_scheduled_us = 0;
		return ERROR_NONE;
	}
	/* Beyond the year 9999 the API has no words for it. */
	if (time_parse_rfc3339(text, ret_scheduled_us) && *ret_scheduled_us < INT64_C(253402300800) * 1000000)
		return ERROR_NONE;
	return refuse(request, "Validation failed: Scheduled at is invalid");
}

/* ---- edits ---- */

static bool read_focus(struct arena *arena, struct str text, const double (**ret_focus)[2])
{
	char *end;
	char *c_string = arena_c_string(arena, text);
	double (*focus)[2] = arena_alloc(arena, sizeof(*focus));
	(*focus)[0] = strtod(c_string, &end);
	if (end == c_string || *end != ',')
		return false;
	char *second = end + 1;
	(*focus)[1] = strtod(second, &end);
	if (end == second || *end || !((*focus)[0] >= -1 && (*focus)[0] <= 1) || !((*focus)[1] >= -1 && (*focus)[1] <= 1))
		return false;
	*ret_focus = (const double (*)[2])focus;
	return true;
}

static size_t count_characters(struct str text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
	return count;
}

static enum error read_media_details(struct request *request, struct edit_request *edit)
{
	struct parameter_member *members;
	size_t count = parameter_members(request, "media_attributes", COMPOSITION_MAX_MEDIA, &members);
	struct edit_media_details *details = arena_alloc_array(request->arena, count, sizeof(*details));
	for (size_t i = 0; i < count; i++) {
		struct str id = parameter_member_value(&members[i], "id");
		struct str alt = parameter_member_value(&members[i], "description");
		struct str focus = parameter_member_value(&members[i], "focus");
		if (!str_to_int64(id, &details[i].id))
			return refuse(request, "Validation failed: Media attributes must have an id");
		if (count_characters(alt) > MEDIA_MAX_ALT_CHARACTERS)
			return refuse(request, "Validation failed: Description is too long (maximum is 1500 characters)");
		if (alt.data) {
			struct str *kept = arena_alloc(request->arena, sizeof(*kept));
			*kept = text_lines(request->arena, alt);
			details[i].alt = kept;
		}
		if (focus.len && !read_focus(request->arena, focus, &details[i].focus))
			return refuse(request, "Validation failed: Focus is invalid");
	}
	edit->media_details = details;
	edit->media_detail_count = count;
	return ERROR_NONE;
}

enum error posting_form_read_edit(struct request *request, const struct post *post, struct edit_request *ret_edit)
{
	enum post_quote_policy *policy = arena_alloc(request->arena, sizeof(*policy));
	bool is_policy_given;
	struct edit_request edit = {
		.actor_id = request->access.actor_id,
		.post_id = post->id,
		.replaces_media = true,
		.composition = {
			.text = parameter_is_there(request, "status") ? parameter_text(request, "status") : post->text_source,
			.is_markdown = config_boolean(request->app->config, "posts.markdown"),
			.spoiler_text = parameter_is_there(request, "spoiler_text") ? parameter_text(request, "spoiler_text") :
				post->spoiler_text,
			.language = read_language(request, post->language),
			.is_sensitive = parameter_bool(request, "sensitive", post->is_sensitive),
			.poll = read_poll(request),
		},
	};
	edit.composition.media_count = read_media(request, &edit.composition.media_ids);
	enum error error = posting_form_read_policy(request, policy, &is_policy_given);
	if (!error)
		error = read_media_details(request, &edit);
	if (error)
		return error;
	if (is_policy_given && (post->visibility == POST_PUBLIC || post->visibility == POST_UNLISTED))
		edit.quote_policy = policy;
	*ret_edit = edit;
	return ERROR_NONE;
}
