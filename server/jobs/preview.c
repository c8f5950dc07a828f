/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Gives a post the preview of the first page that it links to; the key is the post's id. The page is read by whichever job is
 * first to claim it; the others wait for what it finds. Reading what the post says at this moment, and writing only if it
 * still says so, makes any number of runs come to the same. */
#include "server/jobs/job_worker.h"

#include "server/app.h"
#include "server/preview/pace.h"
#include "server/preview/preview_fetch.h"

#include "federation/media_policy.h"

#include "base/clock.h"
#include "base/html_link.h"
#include "base/mutant.h"
#include "base/random.h"
#include "base/url.h"

#define LOOKED_AT_LINKS 8
#define TRIES 3
#define SOON_US 1000000

static void come_again(struct job_run *run, int64_t wait_us)
{
	run->next_due_us = clock_now_us() + wait_us;
}

/* The first link that leads to a page: not to us, nor to a post that is here, nor where we do not go. data NULL for none. */
static enum error choose_link(struct job_run *run, const struct post *post, struct str *ret_url)
{
	struct str urls[LOOKED_AT_LINKS];
	size_t count = html_link_list(run->arena, post->html, urls, LOOKED_AT_LINKS);
	*ret_url = (struct str){ 0 };
	for (size_t i = 0; i < count; i++) {
		bool is_post;
		if (!federation_takes_media(run->app->federation, urls[i]) && !MUTANT("preview_link_policy"))
			continue;
		enum error error = preview_is_post(run->db, run->arena, urls[i], post->id, &is_post);
		if (error)
			return error;
		if (!is_post) {
			*ret_url = urls[i];
			return ERROR_NONE;
		}
	}
	return ERROR_NONE;
}

static enum error attach(struct job_run *run, const struct post *post, int64_t preview_id)
{
	enum error error = db_begin(run->db);
	if (!error)
		error = preview_attach(run->db, run->arena, post->id, post->revision, preview_id);
	if (!error)
		return db_commit(run->db);
	db_rollback(run->db);
	if (error == ERROR_NOT_FOUND)
		return ERROR_GONE;
	if (error != ERROR_CONFLICT)
		return error;
	come_again(run, SOON_US);
	return ERROR_NONE;
}

static enum error read_page(struct job_run *run, const struct post *post, struct str url, int64_t preview_id)
{
	struct preview preview;
	enum error error = preview_fetch(run->app, run->db, run->arena, url, &preview);
	bool is_worth_another = error == ERROR_UNAVAILABLE && run->job->attempts < TRIES;
	bool is_nothing = error == ERROR_NOT_FOUND || error == ERROR_FORBIDDEN || (error == ERROR_UNAVAILABLE && !is_worth_another);
	if (error && !is_nothing) {
		enum error release_error = preview_release(run->db, run->arena, preview_id);
		return release_error ? release_error : error;
	}
	error = preview_store(run->db, run->arena, preview_id, is_nothing ? NULL : &preview);
	return error ? error : attach(run, post, is_nothing ? 0 : preview_id);
}

static enum error read_at_pace(struct job_run *run, const struct post *post, struct str text, int64_t preview_id)
{
	struct url url;
	int64_t wait_us;
	if (!url_parse(run->arena, text, &url))
		return ERROR_GONE;
	if (!preview_pace_begin(url.authority, &wait_us)) {
		come_again(run, wait_us);
		return preview_release(run->db, run->arena, preview_id);
	}
	enum error error = read_page(run, post, text, preview_id);
	preview_pace_end(url.authority);
	return error;
}

static enum error give(struct job_run *run, const struct post *post, struct str url)
{
	enum preview_claim claim;
	int64_t preview_id;
	enum error error = preview_claim(run->db, run->arena, url, &claim, &preview_id);
	if (error)
		return error;
	switch (claim) {
	case PREVIEW_CLAIMED:
		return read_at_pace(run, post, url, preview_id);
	case PREVIEW_READY:
		return attach(run, post, preview_id);
	case PREVIEW_NONE:
		return attach(run, post, 0);
	case PREVIEW_BUSY:
		come_again(run, SOON_US + (int64_t)random_below(SOON_US));
		return ERROR_NONE;
	}
	return ERROR_GONE;
}

enum error job_preview_run(struct job_run *run)
{
	struct post post;
	int64_t post_id;
	struct str url;
	bool is_called_for;
	if (!str_to_int64(run->job->key, &post_id))
		return ERROR_GONE;
	enum error error = post_find_any(run->db, run->arena, post_id, &post);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_GONE : error;
	error = preview_is_called_for(run->db, run->arena, post_id, &is_called_for);
	if (!error)
		error = choose_link(run, &post, &url);
	if (error)
		return error;
	return is_called_for && url.data ? give(run, &post, url) : attach(run, &post, 0);
}
