/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Checks and renders what an author typed. */
#include "server/action/composition.h"

#include "server/action/publish_text.h"

#include "base/clock.h"
#include "base/language_tag.h"
#include "base/mutant.h"
#include "base/url.h"
#include "storage/media.h"
#include "storage/scheduled_post.h"

#include <string.h>

struct mention_search {
	struct db *db;
	struct arena *arena;
	struct str domain; /* the author's */
	enum error error;  /* of the database; stops the search */
	struct str *unknown; /* handles that are wanted but not here; NULL: they are not asked for */
	size_t unknown_count, unknown_maximum;
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
	if (error == ERROR_NOT_FOUND && domain.len && search->unknown && search->unknown_count < search->unknown_maximum)
		search->unknown[search->unknown_count++] =
			arena_printf(search->arena, "@%.*s@%.*s", STR_ARG(username), STR_ARG(domain));
	if (error || actor.is_suspended || actor.is_pending)
		return false;
	*ret_mention = (struct text_mention){ .actor_id = actor.id, .url = actor.url };
	return true;
}

enum error composition_refuse(const char *why, struct str *ret_message)
{
	*ret_message = str_from(why);
	return ERROR_UNPROCESSABLE;
}

#define TOO_LONG "Validation failed: Text character limit of 5000 exceeded"

static enum error check_text(const struct composition_request *request, const struct rendered_text *rendered,
	struct str spoiler_text, struct str *ret_message)
{
	if (rendered->characters == 0 && !request->media_count)
		return composition_refuse("Validation failed: Text can't be blank", ret_message);
	if (rendered->characters + spoiler_text.len > COMPOSITION_MAX_CHARACTERS && !MUTANT("publish_length"))
		return composition_refuse(TOO_LONG, ret_message);
	return ERROR_NONE;
}

static const struct medium *find_item(const struct medium *items, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (items[i].id == id)
			return &items[i];
	return NULL;
}

static bool is_attachable(const struct medium *item, const struct actor *author, const struct composition_request *request)
{
	if (!item || (item->actor_id != author->id && !MUTANT("composition_media_owner")))
		return false;
	return !item->remote_url.data && item->purpose == MEDIA_ATTACHMENT && (!item->post_id || item->post_id == request->post_id);
}

static enum error check_media(struct db *db, struct arena *arena, const struct actor *author,
	const struct composition_request *request, struct str *ret_message)
{
	struct medium *items;
	size_t count;
	bool is_mixed = false, is_ready = true, is_promised = false;
	if (!request->media_count)
		return ERROR_NONE;
	if ((request->media_count > COMPOSITION_MAX_MEDIA || request->poll) && !MUTANT("composition_media"))
		return composition_refuse("Cannot attach more than 4 files", ret_message);
	enum error error = media_find_many(db, arena, request->media_ids, request->media_count, &items, &count);
	if (!error)
		error = scheduled_post_holds(db, arena, author->id, request->scheduled_id, request->media_ids, request->media_count, &is_promised);
	if (error)
		return error;
	if (is_promised && !MUTANT("composition_media_promised"))
		return composition_refuse("Cannot attach files that a scheduled post waits with", ret_message);
	for (size_t i = 0; i < request->media_count; i++) {
		const struct medium *item = find_item(items, count, request->media_ids[i]);
		if (!is_attachable(item, author, request)) {
			*ret_message = arena_printf(arena, "Media %lld not found or already attached to another post",
				(long long)request->media_ids[i]);
			return ERROR_UNPROCESSABLE;
		}
		is_ready = is_ready && item->state == MEDIA_READY;
		is_mixed = is_mixed || (item->kind != MEDIA_IMAGE && request->media_count > 1);
	}
	if (!is_ready && !MUTANT("composition_media_ready"))
		return composition_refuse("Cannot attach files that have not finished processing. Try again in a moment!", ret_message);
	if (is_mixed)
		return composition_refuse("Cannot attach a video to a post that already contains images", ret_message);
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
		return composition_refuse("Validation failed: Poll options cannot be longer than 100 characters each", ret_message);
	if (error)
		return error;
	if (str_is_empty(option->title))
		return composition_refuse("Validation failed: Poll options can't be blank", ret_message);
	if (rendered.characters > COMPOSITION_POLL_MAX_OPTION_CHARACTERS)
		return composition_refuse("Validation failed: Poll options cannot be longer than 100 characters each", ret_message);
	if (is_repeated(poll, poll->option_count))
		return composition_refuse("Validation failed: Poll options contain duplicate items", ret_message);
	poll->option_count++;
	return ERROR_NONE;
}

static enum error make_poll(struct arena *arena, const struct composition_poll *request, struct poll *ret_poll,
	struct str *ret_message)
{
	if (request->option_count < COMPOSITION_POLL_MIN_OPTIONS)
		return composition_refuse("Validation failed: Poll options must have more than one item", ret_message);
	if (request->option_count > COMPOSITION_POLL_MAX_OPTIONS)
		return composition_refuse("Validation failed: Poll options can't contain more than 8 items", ret_message);
	if (request->duration_s < COMPOSITION_POLL_MIN_SECONDS)
		return composition_refuse("Validation failed: Expires at is too soon", ret_message);
	if (request->duration_s > COMPOSITION_POLL_MAX_SECONDS)
		return composition_refuse("Validation failed: Expires at is too far into the future", ret_message);
	struct poll poll = {
		.is_multiple = request->is_multiple,
		.hides_totals = request->hides_totals,
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

/* A content warning without text is the text. */
static void choose_texts(const struct composition_request *request, struct str *ret_text, struct str *ret_spoiler_text)
{
	bool is_blank = str_is_empty(str_trim(request->text));
	*ret_text = is_blank ? request->spoiler_text : request->text;
	*ret_spoiler_text = is_blank ? (struct str){ 0 } : request->spoiler_text;
}

enum error composition_make(struct db *db, struct arena *arena, const struct actor *author, const struct composition_request *request,
	struct composition *ret_draft, struct str *ret_message)
{
	struct mention_search search = { .db = db, .arena = arena, .domain = author->domain };
	struct publish_text_options options = { .base_url = author->base_url, .find_mention = find_mention, .owner = &search,
		.is_markdown = request->is_markdown };
	struct rendered_text rendered;
	struct composition composition = { 0 };
	struct str text, spoiler_text;
	composition.language = language_tag_read(arena, request->language);
	if (request->language.len > 0 && !composition.language.data)
		return composition_refuse("Validation failed: Language is invalid", ret_message);
	choose_texts(request, &text, &spoiler_text);
	enum error error = publish_text_render(arena, text, &options, &rendered);
	if (!error)
		error = publish_text_plain(arena, spoiler_text, &composition.spoiler_text);
	if (error == ERROR_CONTENT_TOO_LARGE)
		return composition_refuse(TOO_LONG, ret_message);
	if (!error)
		error = search.error;
	if (!error)
		error = check_text(request, &rendered, composition.spoiler_text, ret_message);
	if (!error)
		error = check_media(db, arena, author, request, ret_message);
	if (!error && request->poll)
		error = make_poll(arena, request->poll, &composition.poll, ret_message);
	if (error)
		return error;
	composition.html = rendered.html;
	composition.text = rendered.text;
	composition.is_sensitive = request->is_sensitive || composition.spoiler_text.len > 0;
	composition.mentioned_actor_ids = rendered.mentioned_actor_ids;
	composition.mention_count = rendered.mention_count;
	composition.tags = rendered.tags;
	composition.tag_count = rendered.tag_count;
	*ret_draft = composition;
	return ERROR_NONE;
}

enum error composition_list_unknown(struct db *db, struct arena *arena, const struct actor *author, struct str text,
	size_t maximum, struct str **ret_handles, size_t *ret_count)
{
	struct mention_search search = { .db = db, .arena = arena, .domain = author->domain, .unknown_maximum = maximum };
	struct publish_text_options options = { .base_url = author->base_url, .find_mention = find_mention, .owner = &search };
	struct rendered_text rendered;
	search.unknown = arena_alloc_array(arena, maximum, sizeof(*search.unknown));
	enum error error = publish_text_render(arena, text, &options, &rendered);
	if (error == ERROR_CONTENT_TOO_LARGE || error == ERROR_BAD_REQUEST)
		error = ERROR_NONE; /* Whoever makes a composition of it says so. */
	if (!error)
		error = search.error;
	if (error)
		return error;
	*ret_handles = search.unknown;
	*ret_count = search.unknown_count;
	return ERROR_NONE;
}
