/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Checks and renders what an author typed. */
#include "server/action/draft.h"

#include "server/action/publish_text.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "base/url.h"

#include <string.h>

struct mention_search {
	struct db *db;
	struct arena *arena;
	struct str domain; /* the author's */
	enum error error;  /* of the database; stops the search */
};

/* As domains are stored: in lower case, with A-labels; a port is kept. */
static struct str stored_domain(struct arena *arena, struct str domain)
{
	struct url url;
	if (!url_parse(arena, arena_printf(arena, "https://%.*s/", STR_ARG(domain)), &url))
		return arena_lower(arena, domain);
	return url.authority;
}

static bool find_mention(void *owner, struct str username, struct str domain, struct text_mention *ret_mention)
{
	struct mention_search *search = owner;
	struct actor actor;
	if (search->error)
		return false;
	enum error error = actor_find_by_handle(search->db, search->arena, username,
		domain.len ? stored_domain(search->arena, domain) : search->domain, &actor);
	if (error && error != ERROR_NOT_FOUND)
		search->error = error;
	if (error || actor.is_suspended)
		return false;
	*ret_mention = (struct text_mention){ .actor_id = actor.id, .url = actor.url };
	return true;
}

/* Letters, digits and hyphens, as in "fr" or "pt-BR" (RFC 5646). */
static bool is_language(struct str language)
{
	if (language.len < 2 || language.len > 35 || language.data[0] == '-')
		return false;
	for (size_t i = 0; i < language.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", language.data[i]))
			return false;
	return true;
}

enum error draft_refuse(const char *why, struct str *ret_message)
{
	*ret_message = str_from(why);
	return ERROR_UNPROCESSABLE;
}

static enum error check_text(const struct rendered_text *rendered, struct str spoiler_text, struct str *ret_message)
{
	if (rendered->characters == 0)
		return draft_refuse("A post needs some text", ret_message);
	if (rendered->characters + spoiler_text.len > DRAFT_MAX_CHARACTERS && !MUTANT("publish_length"))
		return draft_refuse("The text is longer than 5,000 characters", ret_message);
	return ERROR_NONE;
}

static bool is_repeated(const struct poll *poll, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (str_eq(poll->options[i].title, poll->options[index].title))
			return true;
	return false;
}

static enum error make_option(struct arena *arena, struct str text, struct poll *poll, struct str *ret_message)
{
	struct rendered_text rendered;
	struct poll_option *option = &poll->options[poll->option_count];
	enum error error = publish_text_plain(arena, text, &option->title);
	if (!error)
		error = publish_text_render(arena, option->title, &(struct publish_text_options){ 0 }, &rendered);
	if (error == ERROR_CONTENT_TOO_LARGE)
		return draft_refuse("An option is too long", ret_message);
	if (error)
		return error;
	if (str_is_empty(option->title))
		return draft_refuse("An option needs some text", ret_message);
	if (rendered.characters > DRAFT_POLL_MAX_OPTION_CHARACTERS)
		return draft_refuse("An option is too long", ret_message);
	if (is_repeated(poll, poll->option_count))
		return draft_refuse("Two options are the same", ret_message);
	poll->option_count++;
	return ERROR_NONE;
}

static enum error make_poll(struct arena *arena, const struct draft_poll *request, struct poll *ret_poll,
	struct str *ret_message)
{
	if (request->option_count < DRAFT_POLL_MIN_OPTIONS || request->option_count > DRAFT_POLL_MAX_OPTIONS)
		return draft_refuse("A poll has 2 to 8 options", ret_message);
	if (request->duration_s < DRAFT_POLL_MIN_SECONDS || request->duration_s > DRAFT_POLL_MAX_SECONDS)
		return draft_refuse("A poll lasts five minutes to one month", ret_message);
	struct poll poll = {
		.is_multiple = request->is_multiple,
		.ends_us = clock_now_us() + request->duration_s * 1000000,
		.options = arena_alloc_array(arena, request->option_count, sizeof(*poll.options)),
	};
	enum error error = ERROR_NONE;
	for (size_t i = 0; i < request->option_count && !error; i++)
		error = make_option(arena, request->options[i], &poll, ret_message);
	if (!error)
		*ret_poll = poll;
	return error;
}

enum error draft_make(struct db *db, struct arena *arena, const struct actor *author, const struct draft_request *request,
	struct draft *ret_draft, struct str *ret_message)
{
	struct mention_search search = { .db = db, .arena = arena, .domain = author->domain };
	struct publish_text_options options = { .base_url = author->base_url, .find_mention = find_mention, .owner = &search };
	struct rendered_text rendered;
	struct draft draft = { 0 };
	if (request->language.len > 0 && !is_language(request->language))
		return draft_refuse("The language is no language code", ret_message);
	enum error error = publish_text_render(arena, request->text, &options, &rendered);
	if (!error)
		error = publish_text_plain(arena, request->spoiler_text, &draft.spoiler_text);
	if (error == ERROR_CONTENT_TOO_LARGE)
		return draft_refuse("The text is longer than 5,000 characters", ret_message);
	if (!error)
		error = search.error;
	if (!error)
		error = check_text(&rendered, draft.spoiler_text, ret_message);
	if (!error && request->poll)
		error = make_poll(arena, request->poll, &draft.poll, ret_message);
	if (error)
		return error;
	draft.html = rendered.html;
	draft.text = rendered.text;
	draft.language = request->language.len ? request->language : (struct str){ 0 };
	draft.is_sensitive = request->is_sensitive || draft.spoiler_text.len > 0;
	draft.mentioned_actor_ids = rendered.mentioned_actor_ids;
	draft.mention_count = rendered.mention_count;
	draft.tags = rendered.tags;
	draft.tag_count = rendered.tag_count;
	*ret_draft = draft;
	return ERROR_NONE;
}
