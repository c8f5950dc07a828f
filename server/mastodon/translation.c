/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Translation of a status: all its texts in one question. What comes back is a stranger's and cleaned as such. */
#include "server/mastodon/translation.h"

#include "server/action/composition.h"
#include "server/app.h"
#include "server/documents.h"
#include "server/mastodon/parameters.h"
#include "server/mastodon/translator.h"

#include "base/html.h"
#include "base/json_in.h"
#include "base/language_tag.h"
#include "base/mutant.h"
#include "storage/media.h"
#include "storage/poll.h"
#include "storage/post.h"
#include "storage/preference.h"

#define MAX_HTML_BYTES ((size_t)200 * 1024)
#define MAX_TEXTS 64
#define MAX_LANGUAGES 500

/* Anybody may ask for it; the other server is not to be bothered by everybody. */
static const struct document languages_document = {
	.key = STR("translation_languages"), .content_type = "application/json; charset=utf-8", .lifetime_ms = 3600000,
};

struct translating {
	struct post post;
	struct poll poll; /* option_count 0 for none */
	struct medium *media;
	size_t medium_count;
	struct str target;
	struct str texts[MAX_TEXTS]; /* content, content warning, options, descriptions */
	size_t count;
	struct str source; /* as detected */
};

static void add_text(struct translating *translating, struct arena *arena, struct str plain)
{
	AUTO(buf) struct buf escaped = { 0 };
	html_escape(&escaped, plain);
	if (translating->count < MAX_TEXTS)
		translating->texts[translating->count++] = arena_str(arena, buf_str(&escaped));
}

static enum error load(struct request *request, struct translating *translating)
{
	struct post *post = &translating->post;
	enum error error = post_find(request->db, request->arena, request->access.actor_id, parameter_path_id(request, 0), post);
	if (error)
		return error;
	if (post->visibility != POST_PUBLIC && post->visibility != POST_UNLISTED && !MUTANT("translate_private"))
		return ERROR_FORBIDDEN;
	error = poll_find(request->db, request->arena, post->id, &translating->poll);
	if (!error || error == ERROR_NOT_FOUND)
		error = media_list_of_posts(request->db, request->arena, &post->id, 1, &translating->media, &translating->medium_count);
	if (error)
		return error;
	translating->texts[translating->count++] = post->html;
	add_text(translating, request->arena, post->spoiler_text);
	for (size_t i = 0; i < translating->poll.option_count && i < 16; i++)
		add_text(translating, request->arena, translating->poll.options[i].title);
	for (size_t i = 0; i < translating->medium_count && i < POST_MAX_MEDIA; i++)
		add_text(translating, request->arena, translating->media[i].alt);
	return ERROR_NONE;
}

/* What is asked for, else what the reader writes, else what is spoken here. */
static enum error choose_target(struct request *request, struct translating *translating)
{
	struct preference preference;
	const struct str *languages;
	translating->target = parameter_text(request, "lang");
	if (translating->target.len)
		return language_is_tag(translating->target) ? ERROR_NONE : ERROR_FORBIDDEN;
	enum error error = preference_find(request->db, request->arena, request->access.actor_id, &preference);
	if (error)
		return error;
	translating->target = preference.language;
	if (!translating->target.len && config_list(request->app->config, "instance.languages", &languages))
		translating->target = languages[0];
	return translating->target.len ? ERROR_NONE : ERROR_FORBIDDEN;
}

static struct str write_question(struct request *request, const struct translating *translating)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	const char *key = config_text(request->app->config, "translation.api_key");
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	json_out_key_array_begin(&json, "q");
	for (size_t i = 0; i < translating->count; i++)
		json_out_str(&json, translating->texts[i]);
	json_out_array_end(&json);
	json_out_key_str(&json, "source", translating->post.language.len ? translating->post.language : STR_LITERAL("auto"));
	json_out_key_str(&json, "target", translating->target);
	json_out_key_c_string(&json, "format", "html");
	if (*key)
		json_out_key_c_string(&json, "api_key", key);
	json_out_object_end(&json);
	return arena_str(request->arena, buf_str(&out));
}

static enum error read_answer(struct request *request, const json_t *answer, struct translating *translating)
{
	const json_t *texts = json_object_get(answer, "translatedText");
	const json_t *detected = json_object_get(answer, "detectedLanguage");
	if (!json_is_array(texts) || json_array_size(texts) != translating->count)
		return ERROR_UNAVAILABLE;
	for (size_t i = 0; i < translating->count; i++) {
		const json_t *text = json_array_get(texts, i);
		if (!json_is_string(text))
			return ERROR_UNAVAILABLE;
		struct str html = { json_string_value(text), json_string_length(text) };
		translating->texts[i] = i == 0 ? html_clean(request->arena, html, MAX_HTML_BYTES) : html_text(request->arena, html);
	}
	translating->source = translating->post.language;
	if (json_is_array(detected))
		detected = json_array_get(detected, 0);
	if (!translating->source.len)
		translating->source = arena_str(request->arena, json_in_str(detected, "language"));
	return ERROR_NONE;
}

static void respond_translation(struct request *request, const struct translating *translating)
{
	struct json_out *json = respond_json(request, 200);
	const struct str *text = translating->texts;
	json_out_object_begin(json);
	json_out_key_str(json, "content", *text++);
	json_out_key_str(json, "spoiler_text", *text++);
	json_out_key_str(json, "language", translating->target);
	json_out_key_str(json, "detected_source_language", translating->source);
	json_out_key_c_string(json, "provider", "LibreTranslate");
	if (translating->poll.option_count) {
		json_out_key_object_begin(json, "poll");
		json_out_key_id(json, "id", translating->post.id);
		json_out_key_array_begin(json, "options");
		for (size_t i = 0; i < translating->poll.option_count && i < 16; i++) {
			json_out_object_begin(json);
			json_out_key_str(json, "title", *text++);
			json_out_object_end(json);
		}
		json_out_array_end(json);
		json_out_object_end(json);
	}
	json_out_key_array_begin(json, "media_attachments");
	for (size_t i = 0; i < translating->medium_count && i < POST_MAX_MEDIA; i++) {
		json_out_object_begin(json);
		json_out_key_id(json, "id", translating->media[i].id);
		json_out_key_str(json, "description", *text++);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
}

enum error handle_status_translate(struct request *request)
{
	struct translating *translating = arena_alloc(request->arena, sizeof(*translating));
	json_t *answer;
	if (!*config_text(request->app->config, "translation.url"))
		return ERROR_NOT_FOUND;
	enum error error = load(request, translating);
	if (!error)
		error = choose_target(request, translating);
	if (error)
		return error;
	error = translator_ask(request->app->config, request->arena, "/translate", write_question(request, translating), &answer);
	if (error)
		return error;
	error = read_answer(request, answer, translating);
	json_decref(answer);
	if (!error)
		respond_translation(request, translating);
	return error;
}

/* {"en": ["de", "fr"], ...} from [{"code": "en", "targets": ["de", "fr"]}, ...]. */
static void write_languages(struct json_out *json, const json_t *languages)
{
	json_out_object_begin(json);
	for (size_t i = 0; i < json_array_size(languages) && i < MAX_LANGUAGES; i++) {
		const json_t *language = json_array_get(languages, i);
		const json_t *targets = json_object_get(language, "targets");
		struct str code = json_in_str(language, "code");
		if (!language_is_tag(code) || !json_is_array(targets))
			continue;
		json_out_key_array_begin(json, json_string_value(json_object_get(language, "code")));
		for (size_t j = 0; j < json_array_size(targets) && j < MAX_LANGUAGES; j++) {
			const json_t *target = json_array_get(targets, j);
			struct str name = { json_string_value(target), json_string_length(target) };
			if (json_is_string(target) && language_is_tag(name) && !str_eq(name, code))
				json_out_str(json, name);
		}
		json_out_array_end(json);
	}
	json_out_object_end(json);
}

bool cached_translation_languages(struct request *request)
{
	return documents_answer(request, &languages_document);
}

enum error handle_translation_languages(struct request *request)
{
	AUTO(buf) struct buf body = { 0 };
	struct json_out json;
	json_t *languages;
	enum error error = translator_ask(request->app->config, request->arena, "/languages", (struct str){ 0 }, &languages);
	if (error == ERROR_NOT_FOUND)
		return respond_empty_object(request);
	if (error)
		return error;
	json_out_init(&json, &body);
	write_languages(&json, languages);
	json_decref(languages);
	documents_store(request, &languages_document, &body);
	return ERROR_NONE;
}
