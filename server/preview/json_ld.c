/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Not a JSON-LD processor: contexts are not looked at, as nobody does who reads these. */
#include "server/preview/json_ld.h"

#include "base/json_in.h"

#define MAX_NODES 64

static const struct json_limits limits = {
	.max_bytes = (size_t)128 * 1024,
	.max_depth = 16,
	.max_values = 5000,
	.max_string_bytes = (size_t)64 * 1024,
};

static bool is_article_type(struct str type)
{
	static const struct str types[] = { STR("Article"), STR("NewsArticle"), STR("BlogPosting"), STR("ReportageNewsArticle"),
		STR("OpinionNewsArticle"), STR("AnalysisNewsArticle"), STR("LiveBlogPosting"), STR("TechArticle"),
		STR("ScholarlyArticle") };
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_eq(type, types[i]))
			return true;
	return false;
}

static const json_t *first_of(const json_t *value)
{
	return json_is_array(value) ? json_array_get(value, 0) : value;
}

static struct str text_of(const json_t *value)
{
	return json_is_string(value) ? (struct str){ json_string_value(value), json_string_length(value) } : (struct str){ 0 };
}

static bool is_article(const json_t *node)
{
	const json_t *type = json_object_get(node, "@type");
	if (!json_is_array(type))
		return is_article_type(text_of(type));
	for (size_t i = 0; i < json_array_size(type); i++)
		if (is_article_type(text_of(json_array_get(type, i))))
			return true;
	return false;
}

static const json_t *find_in(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list) && i < MAX_NODES; i++)
		if (is_article(json_array_get(list, i)))
			return json_array_get(list, i);
	return NULL;
}

static const json_t *find_article(const json_t *root)
{
	if (json_is_array(root))
		return find_in(root);
	return is_article(root) ? root : find_in(json_object_get(root, "@graph"));
}

/* "Anna", {"name": "Anna"}, [{"name": "Anna"}] */
static struct str name_of(const json_t *value)
{
	value = first_of(value);
	return json_is_object(value) ? text_of(first_of(json_object_get(value, "name"))) : text_of(value);
}

static struct str url_of(const json_t *value)
{
	value = first_of(value);
	return json_is_object(value) ? text_of(first_of(json_object_get(value, "url"))) : (struct str){ 0 };
}

static struct str member(struct arena *arena, const json_t *node, const char *key)
{
	return arena_str(arena, text_of(first_of(json_object_get(node, key))));
}

void json_ld_read(struct arena *arena, struct str script, struct json_ld *facts)
{
	json_auto_t *root = NULL;
	if (facts->is_found || ++facts->scripts > JSON_LD_MAX_SCRIPTS || json_in_parse(script, &limits, &root))
		return;
	const json_t *article = find_article(root);
	if (!article)
		return;
	const json_t *image = first_of(json_object_get(article, "image"));
	facts->is_found = true;
	facts->headline = member(arena, article, "headline");
	facts->description = member(arena, article, "description");
	facts->language = member(arena, article, "inLanguage");
	facts->date_published = member(arena, article, "datePublished");
	facts->image = arena_str(arena, json_is_object(image) ? url_of(image) : text_of(image));
	facts->author_name = arena_str(arena, name_of(json_object_get(article, "author")));
	facts->author_url = arena_str(arena, url_of(json_object_get(article, "author")));
	facts->publisher_name = arena_str(arena, name_of(json_object_get(article, "publisher")));
}
