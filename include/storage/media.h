/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rows of files: attachments of local posts from their upload on, pictures of local profiles, and where the attachments of
 * remote posts lie. The files are in the media store (media_store.h) under the names that stand here; a file is there
 * before its row says so. Deleting a row leaves the names of its files to the sweeper. */
#ifndef COMPTOIR_STORAGE_MEDIA_H
#define COMPTOIR_STORAGE_MEDIA_H

#include "storage/db.h"

enum media_kind { MEDIA_IMAGE, MEDIA_GIFV, MEDIA_VIDEO, MEDIA_AUDIO, MEDIA_UNKNOWN };
enum media_state { MEDIA_PENDING, MEDIA_READY, MEDIA_FAILED };
enum media_purpose { MEDIA_ATTACHMENT, MEDIA_AVATAR, MEDIA_HEADER };

/* "image", "gifv", "video", "audio", "unknown": the words of the Mastodon API. */
const char *media_kind_name(enum media_kind kind);

#define MEDIA_NAME_BYTES 16 /* random bytes of a name */
#define MEDIA_NAME_LEN 22   /* base64url of them */
#define MEDIA_MAX_ALT_CHARACTERS 1500

struct medium {
	int64_t id;
	int64_t actor_id;
	enum media_kind kind;
	enum media_state state;  /* of ours; a remote one stays pending */
	struct str name;
	struct str mime_type;
	struct str file_name;    /* below /media/; data NULL until it is there, and for remote ones */
	struct str preview_name; /* data NULL for none */
	struct str remote_url;   /* data NULL when it is ours */
	struct str alt;
	struct str blurhash;     /* data NULL for none */
	int64_t size_bytes;
	int32_t width, height;   /* 0: unknown */
	int32_t preview_width, preview_height;
	int64_t duration_ms;     /* 0: unknown */
	int32_t frame_rate_milli; /* 0: unknown */
	int64_t bit_rate;        /* 0: unknown */
	double focus_x, focus_y;
	int64_t post_id;         /* 0: hangs at none */
	enum media_purpose purpose;
	struct str sha256;       /* of the file; data NULL until it is there, and for remote ones */
};

/* Whose ever; those that are there, in no order. */
enum error media_find_many(struct db *db, struct arena *arena, const int64_t *ids, size_t count, struct medium **ret_media,
	size_t *ret_count) MUST_CHECK;
/* ERROR_NOT_FOUND also when it is not the actor's. */
enum error media_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, struct medium *ret_medium) MUST_CHECK;

/* Of many posts: by post_id, then in the order of the post. */
enum error media_list_of_posts(struct db *db, struct arena *arena, const int64_t *post_ids, size_t count,
	struct medium **ret_media, size_t *ret_count) MUST_CHECK;

/* In the caller's transaction: the post's attachments are exactly these, in this order; count 0 detaches all. What it had
 * before and has no more is kept for a day. Those that hang at this post already are fine. ERROR_NOT_FOUND when one is not
 * the actor's; ERROR_UNPROCESSABLE when one is not ready or hangs at another post. */
enum error media_attach(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, const int64_t *ids,
	size_t count) MUST_CHECK;

/* For what is posted later: whether media_attach would take them (the same errors), and they are not thrown away before
 * until_us. */
enum error media_keep(struct db *db, struct arena *arena, int64_t actor_id, const int64_t *ids, size_t count,
	int64_t until_us) MUST_CHECK;

/* Alone or in a transaction. alt (at most MEDIA_MAX_ALT_CHARACTERS, the caller has checked) and focus NULL: left as they
 * are. focus: x and y, clamped to -1..1. Whether it hangs at a post or not. */
enum error media_set_details(struct db *db, struct arena *arena, int64_t actor_id, int64_t id, const struct str *alt,
	const double focus[2]) MUST_CHECK;

/* Whether it hangs at no post of the actor: ERROR_NOT_FOUND when not theirs, ERROR_UNPROCESSABLE when it hangs at one. */
enum error media_remove(struct db *db, struct arena *arena, int64_t actor_id, int64_t id) MUST_CHECK;

/* In the caller's transaction before post_delete, which otherwise detaches the files of a local post and lets them be kept
 * for a day, so that they can be posted again: throws them away at once. */
enum error media_discard_of_post(struct db *db, struct arena *arena, int64_t post_id) MUST_CHECK;

/* Has the files of rows that are gone removed soon, not only when the sweeper comes round; in the transaction or after it.
 * What throws files away here does so itself. */
enum error media_remove_files_soon(struct db *db, struct arena *arena) MUST_CHECK;

/* The bytes that an actor's files take. */
enum error media_sum_of_actor(struct db *db, struct arena *arena, int64_t actor_id, int64_t *ret_bytes) MUST_CHECK;

/* What was uploaded: its id, actor_id, kind, name, mime_type, size_bytes, alt, focus and purpose. */
enum error media_create(struct db *db, struct arena *arena, const struct medium *medium) MUST_CHECK;

/* It is ready: all that processing finds out, with file_name and preview_name. ERROR_NOT_FOUND when it is gone or was
 * ready before: the files of this time are not wanted then. */
enum error media_set_ready(struct db *db, struct arena *arena, const struct medium *medium) MUST_CHECK;
/* Of one that is ready: its preview_name, preview sizes and blurhash; ERROR_NOT_FOUND when it is not. */
enum error media_set_preview(struct db *db, struct arena *arena, const struct medium *medium) MUST_CHECK;
enum error media_set_failed(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;

/* The actor has another avatar or header now (keep_id; 0: none): the former ones go. */
enum error media_replace_picture(struct db *db, struct arena *arena, int64_t actor_id, enum media_purpose purpose,
	int64_t keep_id) MUST_CHECK;

/* What the actor's row says: url data NULL: it has none; alt data NULL: as it is. Sets updated_us. */
enum error media_set_profile_url(struct db *db, struct arena *arena, int64_t actor_id, enum media_purpose purpose, struct str url,
	struct str alt) MUST_CHECK;

/* For the sweeper, in batches of MEDIA_SWEEP_BATCH. Attachments of ours that hang at nothing and are kept no longer. */
#define MEDIA_SWEEP_BATCH 200
enum error media_forget_orphans(struct db *db, struct arena *arena, int64_t *ret_count) MUST_CHECK;

/* Files without row: taken for removal, then forgotten. */
struct media_leftover {
	int64_t id;
	struct str file_name;
};
enum error media_list_leftovers(struct db *db, struct arena *arena, struct media_leftover **ret_items, size_t *ret_count) MUST_CHECK;
enum error media_forget_leftovers(struct db *db, struct arena *arena, const int64_t *ids, size_t count) MUST_CHECK;

/* Of the file names (with or without _small) those that no row knows; one that is being made ready knows all of its name. */
enum error media_list_unknown(struct db *db, struct arena *arena, const struct str *file_names, size_t count,
	struct str **ret_unknown, size_t *ret_count) MUST_CHECK;

/* For the command line: newest first, those before before_id (0: the newest); remote ones are not there. actor_id 0: all. */
enum error media_list(struct db *db, struct arena *arena, int64_t actor_id, int64_t before_id, int limit,
	struct medium **ret_media, size_t *ret_count) MUST_CHECK;

#endif
