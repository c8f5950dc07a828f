/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What this server is, who is on it, whom to ask. */
#include "server/web/home_page.h"

#include "server/app.h"
#include "server/documents.h"
#include "server/domain_table.h"
#include "server/mastodon/instance.h"
#include "server/web/actor_page.h"
#include "server/web/page.h"
#include "storage/actor.h"

#include "base/html.h"

#define LIFETIME_MS 15000
#define LISTED_ACTORS 60
#define EXCERPT_MAX_BYTES 140
#define URI_MAX_BYTES 2048

static struct document describe(struct request *request, const char *name)
{
	return (struct document){
		.key = arena_printf(request->arena, "page:%s:%.*s", name, STR_ARG(language_tag(page_language(request)))),
		.content_type = PAGE_CONTENT_TYPE,
		.lifetime_ms = LIFETIME_MS,
	};
}

static bool answer_page(struct request *request, const char *name)
{
	const struct document document = describe(request, name);

	if (!documents_answer(request, &document))
		return false;
	page_headers(request);
	return true;
}

static void store_page(struct request *request, const char *name, struct buf *body)
{
	const struct document document = describe(request, name);

	documents_store(request, &document, body);
	page_headers(request);
}

static struct str setting(const struct request *request, const char *name)
{
	return str_from(config_text(request->app->config, name));
}

static void write_row(struct buf *out, enum language language, enum text label, struct str value)
{
	TEMPLATE(out, "<div><dt>{}</dt><dd>{}</dd></div>", template_text(text_get(language, label)), template_text(value));
}

static void write_card(struct request *request, struct buf *out, const struct actor *actor, enum language language)
{
	struct str summary = page_excerpt(request->arena, html_text(request->arena, actor->summary_html), EXCERPT_MAX_BYTES);

	TEMPLATE(out, "<li><a class=\"card\" href=\"{}\">", template_url(actor->url));
	actor_write_avatar(out, actor, "small");
	TEMPLATE(out, "<span class=\"who\"><strong>{}</strong> <span class=\"kind\">{}</span>"
		"<span class=\"handle\">@{}@{}</span><span class=\"line\">{}</span></span></a></li>\n",
		template_text(actor_shown_name(actor)), template_text(text_get(language, actor_kind_text(actor->kind))),
		template_text(actor->username), template_text(actor->domain), template_text(summary));
}

static void write_directory(struct request *request, struct buf *out, const struct actor *actors, size_t count,
	enum language language)
{
	TEMPLATE(out, "<section><h2>{}</h2>\n<ul class=\"cards\">\n", template_text(text_get(language, TEXT_WHO_IS_HERE)));
	for (size_t i = 0; i < count; i++)
		write_card(request, out, &actors[i], language);
	TEMPLATE(out, "</ul>\n");
	if (count == 0)
		TEMPLATE(out, "<p class=\"empty\">{}</p>\n", template_text(text_get(language, TEXT_NOBODY_YET)));
	TEMPLATE(out, "</section>\n");
}

bool cached_home_page(struct request *request)
{
	return answer_page(request, "home");
}

enum error handle_home_page(struct request *request)
{
	AUTO(buf) struct buf out = { 0 };
	enum language language = page_language(request);
	const struct actor_page wanted = { .limit = LISTED_ACTORS, .scope = ACTORS_LISTED };
	struct instance_facts facts;
	struct actor *actors;
	size_t count;

	enum error error = instance_load_facts(request, &facts);
	if (!error)
		error = actor_list(request->db, request->arena, &wanted, &actors, &count);
	if (error)
		return error;
	const struct page page = {
		.language = language, .title = setting(request, "instance.title"),
		.description = setting(request, "instance.description"),
		.canonical = arena_printf(request->arena, "%.*s/", STR_ARG(facts.base_url)), .kind = "website", .is_indexable = true,
	};
	page_begin(request, &out, &page);
	TEMPLATE(&out, "<section class=\"hero\"><h1>{}</h1><p class=\"lead\">{}</p>\n<dl class=\"numbers\">",
		template_text(page.title), template_text(page.description));
	write_row(&out, language, TEXT_PEOPLE, text_number(request->arena, language, facts.counts.users));
	write_row(&out, language, TEXT_ACTIVE_THIS_MONTH, text_number(request->arena, language, facts.counts.active_month));
	write_row(&out, language, TEXT_POSTS, text_number(request->arena, language, facts.counts.local_posts));
	write_row(&out, language, TEXT_KNOWN_SERVERS, text_number(request->arena, language, facts.counts.known_peers));
	TEMPLATE(&out, "</dl></section>\n");
	if (count > 0)
		TEMPLATE(&out, "<aside class=\"follow\"><h2>{}</h2><p>{} <code>@{}@{}</code></p></aside>\n",
			template_text(text_get(language, TEXT_HOW_TO_FOLLOW)), template_text(text_get(language, TEXT_HOME_HELP)),
			template_text(actors[0].username), template_text(actors[0].domain));
	write_directory(request, &out, actors, count, language);
	page_end(request, &out, &page);
	store_page(request, "home", &out);
	return ERROR_NONE;
}

static enum text registrations_text(struct str registrations)
{
	if (str_eq(registrations, STR_LITERAL("open")))
		return TEXT_REGISTRATIONS_OPEN;
	if (str_eq(registrations, STR_LITERAL("approval")))
		return TEXT_REGISTRATIONS_APPROVAL;
	if (str_eq(registrations, STR_LITERAL("invitation")))
		return TEXT_REGISTRATIONS_INVITATION;
	return TEXT_REGISTRATIONS_CLOSED;
}

static struct str spoken_languages(struct request *request)
{
	const struct str *items;
	size_t count = config_list(request->app->config, "instance.languages", &items);
	struct str joined = { "", 0 };

	for (size_t i = 0; i < count; i++)
		joined = arena_printf(request->arena, "%.*s%s%.*s", STR_ARG(joined), i ? ", " : "", STR_ARG(items[i]));
	return joined;
}

static void write_contact(struct request *request, struct buf *out, const struct instance_facts *facts, enum language language)
{
	struct str email = setting(request, "instance.contact_email");
	struct str account = setting(request, "instance.contact_account");

	if (str_is_empty(email) && str_is_empty(account))
		return;
	TEMPLATE(out, "<div><dt>{}</dt><dd>", template_text(text_get(language, TEXT_CONTACT)));
	if (!str_is_empty(account))
		TEMPLATE(out, "<a href=\"{}\">@{}@{}</a> ",
			template_url(arena_printf(request->arena, "%.*s/@%.*s", STR_ARG(facts->base_url), STR_ARG(account))),
			template_text(account), template_text(facts->domain));
	if (!str_is_empty(email))
		TEMPLATE(out, "<a href=\"{}\">{}</a>",
			template_url(arena_printf(request->arena, "mailto:%.*s", STR_ARG(email))), template_text(email));
	TEMPLATE(out, "</dd></div>");
}

static void write_source(struct request *request, struct buf *out, enum language language)
{
	struct str url = setting(request, "instance.source_url");

	if (str_is_empty(url)) {
		write_row(out, language, TEXT_SOURCE, text_get(language, TEXT_SOURCE_ON_REQUEST));
		return;
	}
	TEMPLATE(out, "<div><dt>{}</dt><dd><a href=\"{}\">{}</a></dd></div>", template_text(text_get(language, TEXT_SOURCE)),
		template_url(url), template_text(url));
}

static void write_rules(struct buf *out, const struct instance_facts *facts, enum language language)
{
	if (!facts->rule_count)
		return;
	TEMPLATE(out, "<section><h2>{}</h2><ol>", template_text(text_get(language, TEXT_RULES)));
	for (size_t i = 0; i < facts->rule_count; i++)
		TEMPLATE(out, "<li>{}</li>", template_text(facts->rules[i].text));
	TEMPLATE(out, "</ol></section>\n");
}

bool cached_about_page(struct request *request)
{
	return answer_page(request, "about");
}

enum error handle_about_page(struct request *request)
{
	AUTO(buf) struct buf out = { 0 };
	enum language language = page_language(request);
	struct instance_facts facts;

	enum error error = instance_load_facts(request, &facts);
	if (error)
		return error;
	const struct page page = {
		.language = language, .title = text_get(language, TEXT_ABOUT),
		.description = setting(request, "instance.description"),
		.canonical = arena_printf(request->arena, "%.*s/about", STR_ARG(facts.base_url)), .kind = "website", .is_indexable = true,
	};
	page_begin(request, &out, &page);
	TEMPLATE(&out, "<section class=\"hero\"><h1>{}</h1><p class=\"lead\">{}</p></section>\n<section><dl class=\"fields\">\n",
		template_text(setting(request, "instance.title")), template_text(page.description));
	write_row(&out, language, TEXT_ADDRESS, facts.domain);
	write_contact(request, &out, &facts, language);
	write_row(&out, language, TEXT_REGISTRATIONS,
		text_get(language, registrations_text(setting(request, "instance.registrations"))));
	write_row(&out, language, TEXT_LANGUAGES, spoken_languages(request));
	write_row(&out, language, TEXT_VERSION, STR_LITERAL("Comptoir " COMPTOIR_VERSION));
	write_source(request, &out, language);
	TEMPLATE(&out, "\n</dl></section>\n");
	write_rules(&out, &facts, language);
	TEMPLATE(&out, "<section><p><a href=\"/privacy-policy\">{}</a></p></section>\n",
		template_text(text_get(language, TEXT_PRIVACY_POLICY)));
	page_end(request, &out, &page);
	store_page(request, "about", &out);
	return ERROR_NONE;
}

enum error handle_interaction_page(struct request *request)
{
	enum language language = page_language(request);
	struct str uri = form_value(&request->query, "uri");
	const struct page page = {
		.language = language, .title = text_get(language, TEXT_INTERACT_TITLE), .kind = "website",
	};

	if (str_is_empty(uri) || uri.len > URI_MAX_BYTES)
		return ERROR_BAD_REQUEST;
	struct buf *out = page_respond(request, 200, &page);
	/* Text, not a link: whoever made the address must not borrow our name for it. */
	TEMPLATE(out, "<section class=\"message\"><h1>{}</h1><p>{}</p><p><code>{}</code></p></section>\n",
		template_text(page.title), template_text(text_get(language, TEXT_INTERACT_HELP)), template_text(uri));
	page_end(request, out, &page);
	return ERROR_NONE;
}
