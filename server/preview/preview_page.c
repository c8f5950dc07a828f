/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One pass over the page collects what it says under the names that matter, the first of each; then each field is taken from
 * the best place that has it. */
#include "server/preview/preview_page.h"

#include "server/preview/json_ld.h"
#include "server/preview/preview_text.h"

#include "base/html_entities.h"
#include "base/html_tokenizer.h"
#include "base/mutant.h"
#include "base/time_format.h"

#define MAX_VALUE_BYTES ((size_t)8 * 1024)

/* Names of <meta name> and <meta property>. */
#define METAS(X)                                             \
	X(OG_TITLE, "og:title")                              \
	X(OG_DESCRIPTION, "og:description")                  \
	X(OG_TYPE, "og:type")                                \
	X(OG_URL, "og:url")                                  \
	X(OG_SITE_NAME, "og:site_name")                      \
	X(OG_IMAGE_SECURE, "og:image:secure_url")            \
	X(OG_IMAGE, "og:image")                              \
	X(OG_IMAGE_URL, "og:image:url")                      \
	X(OG_IMAGE_ALT, "og:image:alt")                      \
	X(OG_VIDEO_WIDTH, "og:video:width")                  \
	X(OG_VIDEO_HEIGHT, "og:video:height")                \
	X(OG_LOCALE, "og:locale")                            \
	X(TWITTER_TITLE, "twitter:title")                    \
	X(TWITTER_DESCRIPTION, "twitter:description")        \
	X(TWITTER_IMAGE, "twitter:image")                    \
	X(TWITTER_IMAGE_SRC, "twitter:image:src")            \
	X(TWITTER_IMAGE_ALT, "twitter:image:alt")            \
	X(TWITTER_PLAYER, "twitter:player")                  \
	X(TWITTER_PLAYER_WIDTH, "twitter:player:width")      \
	X(TWITTER_PLAYER_HEIGHT, "twitter:player:height")    \
	X(DESCRIPTION, "description")                        \
	X(AUTHOR, "author")                                  \
	X(ARTICLE_AUTHOR, "article:author")                  \
	X(ARTICLE_PUBLISHED, "article:published_time")       \
	X(FEDIVERSE_CREATOR, "fediverse:creator")

#define META_CONSTANT(name, text) META_##name,
enum meta { METAS(META_CONSTANT) META_COUNT };
#undef META_CONSTANT

#define META_NAME(name, text) [META_##name] = STR(text),
static const struct str meta_names[META_COUNT] = { METAS(META_NAME) };
#undef META_NAME

struct reading {
	struct arena *arena;
	const struct url *url;
	struct str metas[META_COUNT]; /* decoded; data NULL: not there */
	struct str title;             /* as written */
	struct str language, canonical, oembed;
	struct json_ld facts;
};

static struct str decode(struct arena *arena, struct str value)
{
	AUTO(buf) struct buf out = { 0 };
	html_decode_attribute(&out, str_slice(value, 0, MAX_VALUE_BYTES));
	return str_trim(arena_str(arena, buf_str(&out)));
}

static void keep_meta(struct reading *reading, struct str name, struct str content)
{
	for (enum meta meta = 0; meta < META_COUNT; meta++) {
		if (!str_eq_nocase(name, meta_names[meta]))
			continue;
		if (!reading->metas[meta].len)
			reading->metas[meta] = decode(reading->arena, content);
		return;
	}
}

static void read_meta(struct reading *reading, struct str attributes)
{
	struct html_attribute attribute;
	struct str name = { 0 }, property = { 0 }, content = { 0 };
	while (html_attribute_next(&attributes, &attribute)) {
		if (!name.data && str_eq_nocase(attribute.name, STR_LITERAL("name")))
			name = attribute.value;
		else if (!property.data && str_eq_nocase(attribute.name, STR_LITERAL("property")))
			property = attribute.value;
		else if (!content.data && str_eq_nocase(attribute.name, STR_LITERAL("content")))
			content = attribute.value;
	}
	if (!content.len)
		return;
	keep_meta(reading, str_trim(name), content);
	keep_meta(reading, str_trim(property), content);
}

static bool has_word(struct str text, struct str wanted)
{
	struct str word;
	while (str_split_next(&text, ' ', &word))
		if (str_eq_nocase(word, wanted))
			return true;
	return false;
}

static void read_link(struct reading *reading, struct str attributes)
{
	struct html_attribute attribute;
	struct str rel = { 0 }, type = { 0 }, href = { 0 };
	while (html_attribute_next(&attributes, &attribute)) {
		if (!rel.data && str_eq_nocase(attribute.name, STR_LITERAL("rel")))
			rel = attribute.value;
		else if (!type.data && str_eq_nocase(attribute.name, STR_LITERAL("type")))
			type = str_trim(attribute.value);
		else if (!href.data && str_eq_nocase(attribute.name, STR_LITERAL("href")))
			href = attribute.value;
	}
	if (!reading->canonical.data && has_word(rel, STR_LITERAL("canonical")))
		reading->canonical = decode(reading->arena, href);
	bool is_oembed = str_eq_nocase(type, STR_LITERAL("application/json+oembed")) ||
		str_eq_nocase(type, STR_LITERAL("text/json+oembed"));
	if (!reading->oembed.data && is_oembed && (has_word(rel, STR_LITERAL("alternate")) || has_word(rel, STR_LITERAL("alternative"))))
		reading->oembed = decode(reading->arena, href);
}

static struct str find_attribute(struct str attributes, struct str name)
{
	struct html_attribute attribute;
	while (html_attribute_next(&attributes, &attribute))
		if (str_eq_nocase(attribute.name, name))
			return str_trim(attribute.value);
	return (struct str){ 0 };
}

/* What stands between the start tag that was just read and its end tag; the tokenizer goes on behind that. */
static struct str take_raw_text(struct html_tokenizer *tokenizer, struct str name)
{
	size_t start = tokenizer->at;
	html_skip_raw_text(tokenizer, name);
	struct str content = str_slice(tokenizer->input, start, tokenizer->at);
	for (size_t end = content.len; end-- > 0;)
		if (content.data[end] == '<')
			return str_slice(content, 0, end);
	return content;
}

static void read_script(struct reading *reading, struct html_tokenizer *tokenizer, const struct html_token *token)
{
	struct str type = find_attribute(token->attributes, STR_LITERAL("type"));
	struct str content = take_raw_text(tokenizer, token->name);
	if (str_eq_nocase(type, STR_LITERAL("application/ld+json")))
		json_ld_read(reading->arena, content, &reading->facts);
}

static bool is_raw_text(struct str name)
{
	static const struct str names[] = { STR("style"), STR("textarea"), STR("xmp"), STR("iframe"), STR("noembed"), STR("noframes"),
		STR("noscript"), STR("template") };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq_nocase(name, names[i]))
			return true;
	return false;
}

static void read_tag(struct reading *reading, struct html_tokenizer *tokenizer, const struct html_token *token)
{
	if (str_eq_nocase(token->name, STR_LITERAL("meta"))) {
		read_meta(reading, token->attributes);
	} else if (str_eq_nocase(token->name, STR_LITERAL("link"))) {
		read_link(reading, token->attributes);
	} else if (str_eq_nocase(token->name, STR_LITERAL("script"))) {
		read_script(reading, tokenizer, token);
	} else if (str_eq_nocase(token->name, STR_LITERAL("title"))) {
		struct str title = take_raw_text(tokenizer, token->name);
		if (!reading->title.len)
			reading->title = title;
	} else if (str_eq_nocase(token->name, STR_LITERAL("html"))) {
		if (!reading->language.data)
			reading->language = find_attribute(token->attributes, STR_LITERAL("lang"));
	} else if (str_eq_nocase(token->name, STR_LITERAL("plaintext"))) {
		html_skip_all(tokenizer);
	} else if (is_raw_text(token->name)) {
		html_skip_raw_text(tokenizer, token->name);
	}
}

static void read_all(struct reading *reading, struct str text)
{
	struct html_tokenizer tokenizer = { .input = text };
	struct html_token token;
	while (html_token_next(&tokenizer, &token))
		if (token.kind == HTML_START_TAG)
			read_tag(reading, &tokenizer, &token);
}

/* The first of three that says something. */
static struct str first_text(struct reading *reading, struct str one, struct str two, struct str three, size_t max)
{
	struct str text = preview_text(reading->arena, one, max, false);
	if (!text.len)
		text = preview_text(reading->arena, two, max, false);
	return text.len ? text : preview_text(reading->arena, three, max, false);
}

static struct str resolve(const struct reading *reading, struct str reference)
{
	struct url url;
	if (!preview_resolve(reading->arena, reading->url, reference, &url))
		return (struct str){ 0 };
	return url.text;
}

static struct str find_image(const struct reading *reading)
{
	const struct str candidates[] = { reading->metas[META_OG_IMAGE_SECURE], reading->metas[META_OG_IMAGE],
		reading->metas[META_OG_IMAGE_URL], reading->metas[META_TWITTER_IMAGE], reading->metas[META_TWITTER_IMAGE_SRC],
		reading->facts.image };
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		struct str url = resolve(reading, candidates[i]);
		if (url.len)
			return url;
	}
	return (struct str){ 0 };
}

/* Another site's page cannot be passed off as this one. */
static struct str find_own_url(const struct reading *reading)
{
	const struct str candidates[] = { reading->canonical, reading->metas[META_OG_URL] };
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		struct url url;
		if (preview_resolve(reading->arena, reading->url, candidates[i], &url) &&
			(str_eq(url.authority, reading->url->authority) || MUTANT("preview_canonical")))
			return url.text;
	}
	return reading->url->text;
}

static struct str find_language(struct reading *reading)
{
	struct str language = reading->facts.language.len ? reading->facts.language :
		reading->language.len ? reading->language : reading->metas[META_OG_LOCALE];
	char *tag = arena_c_string(reading->arena, language);
	if (language.len < 2 || language.len > PREVIEW_LANGUAGE_MAX)
		return (struct str){ 0 };
	for (size_t i = 0; i < language.len; i++) {
		if (tag[i] == '_')
			tag[i] = '-';
		bool is_letter = (tag[i] >= 'a' && tag[i] <= 'z') || (tag[i] >= 'A' && tag[i] <= 'Z');
		bool is_digit = tag[i] >= '0' && tag[i] <= '9';
		if (!is_letter && !is_digit && tag[i] != '-')
			return (struct str){ 0 };
	}
	return (struct str){ tag, language.len };
}

static int64_t find_date(const struct reading *reading)
{
	int64_t time_us;
	if (time_parse_rfc3339(reading->facts.date_published, &time_us) ||
		time_parse_rfc3339(reading->metas[META_ARTICLE_PUBLISHED], &time_us))
		return time_us;
	return 0;
}

static int32_t read_pixels(struct str text)
{
	uint64_t number;
	return str_to_uint64(str_trim(text), &number) && number <= PREVIEW_MAX_PIXELS ? (int32_t)number : 0;
}

bool preview_set_embed(struct arena *arena, const struct url *url, struct str reference, struct preview *preview)
{
	struct url embed;
	if (!preview_resolve(arena, url, reference, &embed))
		return false;
	bool is_safe = str_eq(embed.scheme, STR_LITERAL("https")) || MUTANT("preview_embed_https");
	if (!is_safe || (!preview_is_same_site(url->host, embed.host) && !MUTANT("preview_embed_site")))
		return false;
	preview->embed_url = embed.text;
	preview->kind = PREVIEW_VIDEO;
	return true;
}

static void fill_video(struct reading *reading, struct preview *preview)
{
	struct str player = reading->metas[META_TWITTER_PLAYER];
	if (!player.len || !preview_set_embed(reading->arena, reading->url, player, preview))
		return;
	preview->width = read_pixels(reading->metas[META_TWITTER_PLAYER_WIDTH]);
	preview->height = read_pixels(reading->metas[META_TWITTER_PLAYER_HEIGHT]);
	if (!preview->width || !preview->height) {
		preview->width = read_pixels(reading->metas[META_OG_VIDEO_WIDTH]);
		preview->height = read_pixels(reading->metas[META_OG_VIDEO_HEIGHT]);
	}
}

/* Some write an address there. */
static struct str unless_url(struct str text)
{
	bool is_url = str_starts_with(text, STR_LITERAL("http://")) || str_starts_with(text, STR_LITERAL("https://"));
	return is_url ? (struct str){ 0 } : text;
}

static void fill_people(struct reading *reading, struct preview *preview)
{
	const struct json_ld *facts = &reading->facts;
	const struct str *metas = reading->metas;
	preview->author_name = first_text(reading, facts->author_name, unless_url(metas[META_AUTHOR]),
		unless_url(metas[META_ARTICLE_AUTHOR]), PREVIEW_TEXT_MAX);
	if (facts->author_url.len)
		preview->author_url = resolve(reading, facts->author_url);
	else if (!unless_url(metas[META_ARTICLE_AUTHOR]).len)
		preview->author_url = resolve(reading, metas[META_ARTICLE_AUTHOR]);
	preview->provider_name = first_text(reading, metas[META_OG_SITE_NAME], facts->publisher_name,
		url_display_host(reading->arena, reading->url->host), PREVIEW_TEXT_MAX);
	preview->provider_url =
		arena_printf(reading->arena, "%.*s://%.*s/", STR_ARG(reading->url->scheme), STR_ARG(reading->url->authority));
}

static bool wants_oembed(const struct reading *reading)
{
	/* What every weblog offers for its articles is a frame of its own page. */
	return reading->oembed.len && !str_eq_nocase(reading->metas[META_OG_TYPE], STR_LITERAL("article"));
}

bool preview_page_read(struct arena *arena, const struct url *url, struct str text, struct preview_page *ret_page)
{
	struct reading reading = { .arena = arena, .url = url };
	const struct str *metas = reading.metas;
	struct preview preview = { .kind = PREVIEW_LINK };
	read_all(&reading, text);
	preview.title = first_text(&reading, reading.facts.headline, metas[META_OG_TITLE], metas[META_TWITTER_TITLE], PREVIEW_TEXT_MAX);
	if (!preview.title.len)
		preview.title = preview_text(arena, reading.title, PREVIEW_TEXT_MAX, true);
	if (!preview.title.len)
		return false;
	preview.description = first_text(&reading, metas[META_OG_DESCRIPTION], metas[META_TWITTER_DESCRIPTION],
		metas[META_DESCRIPTION].len ? metas[META_DESCRIPTION] : reading.facts.description, PREVIEW_DESCRIPTION_MAX);
	preview.shown_url = find_own_url(&reading);
	preview.language = find_language(&reading);
	preview.image_url = find_image(&reading);
	preview.image_description =
		first_text(&reading, metas[META_OG_IMAGE_ALT], metas[META_TWITTER_IMAGE_ALT], (struct str){ 0 }, PREVIEW_ALT_MAX);
	preview.published_us = find_date(&reading);
	fill_people(&reading, &preview);
	fill_video(&reading, &preview);
	*ret_page = (struct preview_page){
		.preview = preview,
		.creator = preview_text(arena, metas[META_FEDIVERSE_CREATOR], PREVIEW_HANDLE_MAX, false),
		.oembed_url = wants_oembed(&reading) ? resolve(&reading, reading.oembed) : (struct str){ 0 },
	};
	return true;
}
