/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Another version of a post that is here. Order is not guaranteed by anyone, so versions go by their updated date: what
 * is older is dropped, what is as old or undated (Mastodon's numbers of a poll) changes counts only, what is newer
 * replaces the texts and files. Who may see the post never changes. */
#include "federation/remote_post_parts.h"

#include "federation/remote_quote.h"

#include "base/mutant.h"
#include "storage/preview.h"

struct edit_job {
	struct remote_post_job *job;
	struct post old;
	struct post_details details;
	struct poll poll; /* option_count 0: none */
	struct str *option_titles;
};

static enum error load(struct edit_job *edit)
{
	struct remote_post_job *job = edit->job;
	enum error error = post_find_any(job->db, job->arena, job->arrival.post_id, &edit->old);
	if (!error)
		error = post_load_details(job->db, job->arena, edit->old.id, &edit->details);
	if (!error)
		error = poll_find(job->db, job->arena, edit->old.id, &edit->poll);
	if (error == ERROR_NOT_FOUND) {
		edit->poll = (struct poll){ 0 };
		error = ERROR_NONE;
	}
	edit->option_titles = arena_alloc_array(job->arena, edit->poll.option_count, sizeof(*edit->option_titles));
	for (size_t i = 0; i < edit->poll.option_count; i++)
		edit->option_titles[i] = edit->poll.options[i].title;
	return error;
}

static bool has_same_options(const struct edit_job *edit)
{
	const struct poll *poll = &edit->job->fields.poll;
	if (poll->option_count != edit->poll.option_count || poll->is_multiple != edit->poll.is_multiple)
		return false;
	for (size_t i = 0; i < poll->option_count; i++)
		if (!str_eq(poll->options[i].title, edit->poll.options[i].title))
			return false;
	return true;
}

static bool has_same_files(const struct edit_job *edit, bool with_texts)
{
	const struct remote_post_fields *fields = &edit->job->fields;
	if (fields->medium_count != edit->details.medium_count)
		return false;
	for (size_t i = 0; i < fields->medium_count; i++) {
		if (!str_eq(fields->media[i].url, edit->details.media[i].url) ||
			(with_texts && !str_eq(fields->media[i].alt, edit->details.media[i].alt)))
			return false;
	}
	return true;
}

/* What people would call an edit. */
static bool is_changed(const struct edit_job *edit)
{
	const struct remote_post_fields *fields = &edit->job->fields;
	return !str_eq(fields->html, edit->old.html) || !str_eq(fields->title, edit->old.title) ||
		!str_eq(fields->spoiler_text, edit->old.spoiler_text) || fields->is_sensitive != edit->old.is_sensitive ||
		!has_same_files(edit, true) || !has_same_options(edit);
}

static enum error tell_listeners(struct remote_post_job *job, int64_t post_id)
{
	struct edit_listener *listeners;
	size_t count;
	enum error error = edit_listener_list(job->db, job->arena, post_id, &listeners, &count);
	for (size_t i = 0; !error && i < count; i++)
		error = notification_add(job->db, job->arena, listeners[i].actor_id, listeners[i].kind, job->arrival.author_id,
			listeners[i].post_id);
	return error;
}

static enum error replace(struct edit_job *edit)
{
	struct remote_post_job *job = edit->job;
	const struct remote_post_fields *fields = &job->fields;
	enum error error = remote_post_find_mentions(job);
	if (error)
		return error;
	struct post_edit change = {
		.post_id = edit->old.id,
		.title = &fields->title,
		.html = &fields->html,
		.spoiler_text = &fields->spoiler_text,
		.language = &fields->language,
		.is_sensitive = &fields->is_sensitive,
		.media = fields->media,
		.medium_count = fields->medium_count,
		.replaces_media = !has_same_files(edit, true),
		.tags = fields->tags,
		.tag_count = fields->tag_count,
		.replaces_tags = true,
		.mentioned_actor_ids = job->mentioned_ids,
		.mention_count = job->mention_count,
		.replaces_mentions = true,
		.edited_us = fields->edited_us,
		.poll_options = edit->option_titles,
		.poll_option_count = edit->poll.option_count,
	};
	error = post_edit(job->db, job->arena, &change);
	if (!error)
		error = emoji_store(job->db, job->arena, job->authority, fields->emojis, fields->emoji_count);
	if (!error)
		error = remote_post_tell_mentioned(job, edit->old.id);
	if (!error)
		error = tell_listeners(job, edit->old.id);
	return error;
}

/* A quote that was taken out, or that has got an authorization since. */
static enum error update_quote(struct edit_job *edit)
{
	struct remote_post_job *job = edit->job;
	const struct post *old = &edit->old;
	bool is_live = old->quote_state == QUOTE_PENDING || old->quote_state == QUOTE_ACCEPTED;
	if (!is_live)
		return ERROR_NONE;
	if (job->object->is_quote_removed)
		return post_set_quote_state(job->db, job->arena, old->id, QUOTE_REVOKED, (struct str){ 0 });
	struct str authorization = remote_quote_authorization(job->object);
	if (old->quote_state != QUOTE_PENDING || authorization.len == 0 || !str_eq(job->quote, old->quote_uri))
		return ERROR_NONE;
	enum error error = post_set_quote_state(job->db, job->arena, old->id, QUOTE_PENDING, authorization);
	return error ? error : remote_post_wish(job, authorization, FETCH_OBJECT);
}

enum error remote_post_edit(struct remote_post_job *job, struct remote_post *ret_post)
{
	struct edit_job edit = { .job = job };
	*ret_post = (struct remote_post){ .outcome = REMOTE_POST_KNOWN, .post_id = job->arrival.post_id };
	enum error error = load(&edit);
	if (error)
		return error;
	int64_t edited_us = job->fields.edited_us;
	if (edited_us < edit.old.edited_us && !MUTANT("remote_post_stale"))
		return ERROR_NONE;
	job->visibility = edit.old.visibility;
	bool is_newer = edited_us > edit.old.edited_us;
	bool has_options = job->fields.poll.option_count > 0 && edit.poll.option_count > 0;
	bool is_edit = is_newer && is_changed(&edit);
	if (is_edit)
		error = replace(&edit);
	if (!error && is_edit)
		error = preview_want_anew(job->db, job->arena, edit.old.id, false);
	if (!error && has_options && (is_newer || has_same_options(&edit)))
		error = poll_store(job->db, job->arena, edit.old.id, &job->fields.poll);
	if (!error)
		error = update_quote(&edit);
	if (is_edit || has_options)
		ret_post->outcome = REMOTE_POST_STORED;
	if (is_edit)
		ret_post->thread_actor_id = remote_post_thread_actor(job);
	return error;
}
