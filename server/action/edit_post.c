/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Edits of local posts. */
#include "server/action/edit_post.h"

#include "server/action/deed.h"

#include "federation/outbox.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "storage/media.h"
#include "storage/post_relevance.h"
#include "storage/preview.h"

#include <math.h>

struct editing {
	const struct edit_request *request;
	struct composition composition;
	struct post before;
	struct poll poll_before; /* option_count 0 for none */
	bool changes_media;
};

static enum error find_own(struct db *db, struct arena *arena, const struct edit_request *request, struct post *ret_post)
{
	enum error error = post_find_any(db, arena, request->post_id, ret_post);
	if (error)
		return error;
	return ret_post->actor_id == request->actor_id || MUTANT("edit_owner") ? ERROR_NONE : ERROR_NOT_FOUND;
}

/* When the poll ends counts only together with another one: it is reckoned from now. */
static bool is_same_poll(const struct poll *one, const struct poll *other)
{
	if (one->option_count != other->option_count)
		return false;
	if (one->option_count && (one->is_multiple != other->is_multiple || one->hides_totals != other->hides_totals))
		return false;
	for (size_t i = 0; i < one->option_count; i++)
		if (!str_eq(one->options[i].title, other->options[i].title))
			return false;
	return true;
}

/* One that is not sent any more is taken away, as Mastodon does. */
static bool changes_poll(const struct editing *editing)
{
	return !is_same_poll(&editing->composition.poll, &editing->poll_before);
}

static bool changes_something(const struct editing *editing)
{
	const struct composition *composition = &editing->composition;
	const struct post *before = &editing->before;
	return !str_eq(composition->html, before->html) || !str_eq(composition->text, before->text_source) ||
		!str_eq(composition->spoiler_text, before->spoiler_text) || !str_eq(composition->language, before->language) ||
		composition->is_sensitive != before->is_sensitive || changes_poll(editing) || editing->changes_media;
}

static bool changes_policy(const struct editing *editing)
{
	return editing->request->quote_policy && *editing->request->quote_policy != editing->before.quote_policy;
}

static bool differs(const struct medium *medium, const struct edit_media_details *details)
{
	if (details->alt && !str_eq(*details->alt, medium->alt))
		return true;
	return details->focus && (fabs((*details->focus)[0] - medium->focus_x) > 0.0001 ||
		fabs((*details->focus)[1] - medium->focus_y) > 0.0001);
}

static enum error write_details(struct db *db, struct arena *arena, struct editing *editing, const struct medium *media,
	size_t count)
{
	const struct edit_request *request = editing->request;
	enum error error = ERROR_NONE;
	for (size_t i = 0; i < request->media_detail_count; i++) {
		const struct edit_media_details *details = &request->media_details[i];
		for (size_t j = 0; j < count && !error; j++) {
			if (media[j].id != details->id || !differs(&media[j], details))
				continue;
			editing->changes_media = true;
			error = media_set_details(db, arena, request->actor_id, details->id, details->alt,
				details->focus ? *details->focus : NULL);
		}
	}
	return error;
}

static bool are_same(const struct medium *media, size_t count, const struct composition_request *composition)
{
	if (count != composition->media_count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (media[i].id != composition->media_ids[i])
			return false;
	return true;
}

/* Details are written where the file is the post's afterwards. */
static enum error write_media(struct db *db, struct arena *arena, struct editing *editing)
{
	const struct edit_request *request = editing->request;
	struct medium *media;
	size_t count;
	editing->changes_media = false;
	enum error error = media_list_of_posts(db, arena, &request->post_id, 1, &media, &count);
	if (!error && request->replaces_media && !are_same(media, count, &request->composition)) {
		editing->changes_media = true;
		error = media_attach(db, arena, request->actor_id, request->post_id, request->composition.media_ids,
			request->composition.media_count);
		if (!error)
			error = media_list_of_posts(db, arena, &request->post_id, 1, &media, &count);
	}
	return error ? error : write_details(db, arena, editing, media, count);
}

static enum error write_rows(struct db *db, struct arena *arena, const struct editing *editing)
{
	const struct composition *composition = &editing->composition;
	struct str *options = arena_alloc_array(arena, editing->poll_before.option_count, sizeof(*options));
	for (size_t i = 0; i < editing->poll_before.option_count; i++)
		options[i] = editing->poll_before.options[i].title;
	const struct post_edit edit = {
		.post_id = editing->before.id,
		.html = &composition->html,
		.text_source = &composition->text,
		.spoiler_text = &composition->spoiler_text,
		.language = &composition->language,
		.is_sensitive = &composition->is_sensitive,
		.tags = composition->tags,
		.tag_count = composition->tag_count,
		.replaces_tags = true,
		.mentioned_actor_ids = composition->mentioned_actor_ids,
		.mention_count = composition->mention_count,
		.replaces_mentions = true,
		.edited_us = clock_now_us(),
		.poll_options = options,
		.poll_option_count = editing->poll_before.option_count,
	};
	enum error error = post_edit(db, arena, &edit);
	if (!error && changes_poll(editing))
		error = poll_set(db, arena, edit.post_id, &composition->poll);
	return error;
}

static enum error tell(struct db *db, struct arena *arena, const struct editing *editing)
{
	struct edit_listener *listeners;
	size_t count;
	int64_t author_id = editing->before.actor_id;
	enum error error = edit_listener_list(db, arena, editing->before.id, &listeners, &count);
	for (size_t i = 0; !error && i < count; i++)
		error = notification_add(db, arena, listeners[i].actor_id, listeners[i].kind, author_id, listeners[i].post_id);
	for (size_t i = 0; !error && i < editing->composition.mention_count; i++)
		error = notification_add(db, arena, editing->composition.mentioned_actor_ids[i], NOTIFICATION_MENTION, author_id,
			editing->before.id);
	return error;
}

/* Run again after a COMMIT without answer, it finds that there is nothing left to change. */
static enum error write_edit(struct db *db, struct arena *arena, void *owner)
{
	struct editing *editing = owner;
	enum error error = find_own(db, arena, editing->request, &editing->before);
	if (!error)
		error = poll_find(db, arena, editing->before.id, &editing->poll_before);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	if (!editing->before.id)
		return ERROR_NOT_FOUND;
	error = write_media(db, arena, editing);
	if (error)
		return error;
	bool is_other_text = changes_something(editing);
	if (!is_other_text && !changes_policy(editing))
		return ERROR_NONE;
	if (changes_policy(editing))
		error = post_set_quote_policy(db, arena, editing->before.id, *editing->request->quote_policy);
	if (!error && is_other_text)
		error = write_rows(db, arena, editing);
	if (!error && is_other_text)
		error = preview_want_anew(db, arena, editing->before.id, true);
	if (!error)
		error = outbox_update_post(db, arena, editing->before.id);
	return error || !is_other_text ? error : tell(db, arena, editing);
}

static enum error find_media(struct db *db, struct arena *arena, struct composition_request *composition)
{
	struct medium *media;
	size_t count;
	enum error error = media_list_of_posts(db, arena, &composition->post_id, 1, &media, &count);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = media[i].id;
	composition->media_ids = ids;
	composition->media_count = count;
	return ERROR_NONE;
}

enum error edit_post(struct db *db, struct arena *arena, const struct edit_request *request, struct post *ret_post,
	struct str *ret_message)
{
	struct actor author;
	struct post post;
	struct editing editing = { .request = request };
	struct composition_request composition = request->composition;
	enum error error = deed_find_doer(db, arena, request->actor_id, &author);
	if (!error)
		error = find_own(db, arena, request, &post);
	composition.post_id = request->post_id;
	if (!error && !request->replaces_media)
		error = find_media(db, arena, &composition);
	if (!error)
		error = composition_make(db, arena, &author, &composition, &editing.composition, ret_message);
	if (!error)
		error = deed_write(db, arena, write_edit, &editing, ERROR_NONE);
	return error ? error : post_find(db, arena, author.id, request->post_id, ret_post);
}
