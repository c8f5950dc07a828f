/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Publishes: reads what is needed, renders, then writes the post and all that must follow from it in one
 * transaction. A COMMIT whose answer was lost is looked up by the post's own id. */
#include "server/action/publish.h"

#include "base/mutant.h"
#include "server/action/publish_text.h"
#include "storage/actor.h"
#include "storage/id.h"

#include <string.h>

struct mention_search {
	struct db *db;
	struct arena *arena;
	struct str domain; /* the author's */
	enum error error;  /* of the database; stops the search */
};

static bool find_mention(void *owner, struct str username, struct str domain, struct text_mention *ret_mention)
{
	struct mention_search *search = owner;
	struct actor actor;
	if (search->error)
		return false;
	enum error error = actor_find_local(search->db, search->arena, username,
		arena_lower(search->arena, domain.len ? domain : search->domain), &actor);
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

static enum error refuse(const char *why, struct str *ret_message)
{
	*ret_message = str_from(why);
	return ERROR_UNPROCESSABLE;
}

static enum error check_text(const struct rendered_text *rendered, struct str spoiler_text, struct str *ret_message)
{
	if (rendered->characters == 0)
		return refuse("A post needs some text", ret_message);
	if (rendered->characters + spoiler_text.len > PUBLISH_MAX_CHARACTERS && !MUTANT("publish_length"))
		return refuse("The text is longer than 5,000 characters", ret_message);
	return ERROR_NONE;
}

static enum error find_author(struct db *db, struct arena *arena, int64_t actor_id, struct actor *ret_author)
{
	enum error error = actor_find_by_id(db, arena, actor_id, ret_author);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_FORBIDDEN : error;
	bool may_publish = ret_author->is_local && !ret_author->is_suspended && !ret_author->is_disabled;
	return may_publish || MUTANT("publish_author") ? ERROR_NONE : ERROR_FORBIDDEN;
}

static enum error write_post(struct db *db, struct arena *arena, const struct post_new *post)
{
	enum error error = db_begin(db);
	if (error)
		return error;
	error = post_create(db, arena, post);
	if (error) {
		db_rollback(db);
		return error;
	}
	return db_commit(db);
}

enum error publish_post(struct db *db, struct arena *arena, const struct publish_request *request,
	struct post *ret_post, struct str *ret_message)
{
	struct actor author;
	enum error error = find_author(db, arena, request->actor_id, &author);
	if (error)
		return error;
	if (request->language.len > 0 && !is_language(request->language))
		return refuse("The language is no language code", ret_message);
	struct mention_search search = { .db = db, .arena = arena, .domain = author.domain };
	struct publish_text_options options = { .base_url = author.base_url, .find_mention = find_mention, .owner = &search };
	struct rendered_text rendered;
	struct str spoiler_text;
	error = publish_text_render(arena, request->text, &options, &rendered);
	if (!error)
		error = publish_text_plain(arena, request->spoiler_text, &spoiler_text);
	if (error == ERROR_CONTENT_TOO_LARGE)
		return refuse("The text is longer than 5,000 characters", ret_message);
	if (!error)
		error = search.error;
	if (!error)
		error = check_text(&rendered, spoiler_text, ret_message);
	if (error)
		return error;
	struct post_new post = {
		.id = request->id ? request->id : id_new(),
		.actor_id = author.id,
		.in_reply_to_id = request->in_reply_to_id,
		.visibility = request->visibility,
		.html = rendered.html,
		.text_source = rendered.text,
		.spoiler_text = spoiler_text,
		.language = request->language.len ? request->language : (struct str){ 0 },
		.is_sensitive = request->is_sensitive || spoiler_text.len > 0,
		.created_us = request->id ? id_time_us(request->id) : 0,
		.mentioned_actor_ids = rendered.mentioned_actor_ids,
		.mention_count = rendered.mention_count,
	};
	error = write_post(db, arena, &post);
	if (error && error != ERROR_COMMIT_UNKNOWN)
		return error;
	enum error found = post_find(db, arena, author.id, post.id, ret_post);
	if (error == ERROR_COMMIT_UNKNOWN && found == ERROR_NOT_FOUND)
		return ERROR_DATABASE_UNREACHABLE; /* nothing was written: it may be done again */
	return found;
}
