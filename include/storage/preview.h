/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Previews of pages: one for each address that posts link to, read by a job (server/jobs/preview.c) some time after the
 * first of them, and anew once it is old and linked to again. A post shows at most one. */
#ifndef COMPTOIR_STORAGE_PREVIEW_H
#define COMPTOIR_STORAGE_PREVIEW_H

#include "storage/id_page.h"
#include "storage/post.h"
#include "storage/tag.h"

enum preview_kind { PREVIEW_LINK, PREVIEW_PHOTO, PREVIEW_VIDEO, PREVIEW_RICH };

/* "link", "photo", "video", "rich": the words of the Mastodon API and of oEmbed. */
const char *preview_kind_name(enum preview_kind kind);

#define PREVIEW_TEXT_MAX 500         /* characters: title, names */
#define PREVIEW_DESCRIPTION_MAX 2000 /* characters */
#define PREVIEW_ALT_MAX 1500         /* characters */
#define PREVIEW_LANGUAGE_MAX 35
#define PREVIEW_MAX_PIXELS 100000

/* Texts are plain and empty when unknown; URLs are http or https, or empty. */
struct preview {
	int64_t id;
	struct str url;               /* as linked to: html_link_list */
	enum preview_kind kind;
	struct str shown_url;         /* as the page calls itself; on the same host */
	struct str title, description;
	struct str language;          /* data NULL when unknown */
	struct str author_name, author_url;
	int64_t creator_id;           /* the actor who is its author; 0 for none */
	struct str provider_name, provider_url;
	struct str embed_url;         /* https: of a video or rich one the page for a frame, of a photo the picture */
	int32_t width, height;        /* 0: unknown */
	struct str image_url;         /* where it lies: shown through the media proxy only; data NULL for none */
	struct str image_description;
	struct str blurhash;          /* data NULL when unknown */
	int64_t published_us;         /* 0: unknown */
	int64_t fetched_us;
};

/* ---- wanting ---- */

#define PREVIEW_REMOTE_DELAY_MAX_S 60

/* In the transaction that stores a post or another version of it: has its link looked at once that is committed, if it has
 * one. A post from elsewhere is so on many servers at once: their requests are spread over a minute. Any role. */
enum error preview_want(struct db *db, struct arena *arena, int64_t post_id, struct str html, bool is_local) MUST_CHECK;
/* The same whatever it has now: it may show one that it has no more. */
enum error preview_want_anew(struct db *db, struct arena *arena, int64_t post_id, bool is_local) MUST_CHECK;

/* ---- reading pages: for the job ---- */

#define PREVIEW_MAX_AGE_US (14LL * 24 * 3600 * 1000000)

/* Whether the address is the id of a post that is here, or that of the one that post_id quotes. */
enum error preview_is_post(struct db *db, struct arena *arena, struct str url, int64_t post_id, bool *ret_is_post) MUST_CHECK;

/* Whether somebody here gets to see the post without looking for it: written here, for public timelines and no older than a
 * week, or by, boosted by or mentioning somebody whom that concerns. It shows no files then, too. */
enum error preview_is_called_for(struct db *db, struct arena *arena, int64_t post_id, bool *ret_is_called_for) MUST_CHECK;

enum preview_claim {
	PREVIEW_CLAIMED, /* the caller is to read the page now, and nobody else for a minute */
	PREVIEW_BUSY,    /* somebody else is */
	PREVIEW_READY,
	PREVIEW_NONE,    /* it was read, and there is nothing to show */
};
enum error preview_claim(struct db *db, struct arena *arena, struct str url, enum preview_claim *ret_claim, int64_t *ret_id) MUST_CHECK;

/* Somebody may read it at once: it could not be had just now. */
enum error preview_release(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;

/* What was found, under preview->id; NULL: nothing to show. */
enum error preview_store(struct db *db, struct arena *arena, int64_t id, const struct preview *preview) MUST_CHECK;

/* Who is called so and names that host, or one above it, as a site of theirs. ERROR_NOT_FOUND. */
enum error preview_find_creator(struct db *db, struct arena *arena, struct str username, struct str domain, struct str host,
	int64_t *ret_actor_id) MUST_CHECK;

/* The post shows the preview (0: none) from now on, unless it did. ERROR_CONFLICT: it is another version by now.
 * Those who watch hear of it as of an edit. In a transaction. */
enum error preview_attach(struct db *db, struct arena *arena, int64_t post_id, int32_t revision, int64_t preview_id) MUST_CHECK;

/* ---- showing ---- */

/* ERROR_NOT_FOUND when it shows none. */
enum error preview_find_of_post(struct db *db, struct arena *arena, int64_t post_id, struct preview *ret_preview) MUST_CHECK;
/* By the address that was linked to. ERROR_NOT_FOUND also when only posts that are not for all link there: that somebody knows
 * the address is their secret. */
enum error preview_find_by_url(struct db *db, struct arena *arena, struct str url, int64_t *ret_id) MUST_CHECK;

/* Public posts that show it, by people who want to be found, as the reader (0: anyone) wants to see them; newest first. */
enum error preview_list_posts(struct db *db, struct arena *arena, int64_t reader_id, int64_t preview_id,
	const struct id_page *page, int64_t **ret_ids, size_t *ret_count) MUST_CHECK;

/* ---- trends: trend.h tells how ---- */

struct preview_trend {
	struct preview preview;
	int64_t newest_day_us;
	int64_t uses[TREND_DAYS];
	int64_t accounts[TREND_DAYS];
};
enum error preview_count_trends(struct db *db, struct arena *arena) MUST_CHECK;
enum error preview_list_trends(struct db *db, struct arena *arena, int offset, int limit, struct preview_trend **ret_trends,
	size_t *ret_count) MUST_CHECK;

#endif
