/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Files that people bring: attachments for their posts, and the pictures of their profiles. Each function is a transaction
 * of its own; db must not be in one. What the bytes are is said by the bytes, never by their name or announced type. */
#ifndef COMPTOIR_SERVER_ACTION_MEDIA_H
#define COMPTOIR_SERVER_ACTION_MEDIA_H

#include "storage/media.h"

struct app;

struct media_upload {
	struct str bytes;
	struct str alt;      /* data NULL for none */
	double focus_x, focus_y;
	struct str cover;    /* a picture for the small form of a film or a sound; data NULL for none, nothing to pictures */
};

/* Keeps the file and answers at once, with its row in MEDIA_PENDING; a job makes it ready. With is_awaited it is made ready
 * before this returns, which may take seconds. ERROR_UNPROCESSABLE with a sentence for the client (what it is, its size,
 * its quota); ERROR_STORAGE_FULL; ERROR_UNAVAILABLE when no helper stands behind its walls. */
enum error media_upload(struct app *app, struct db *db, struct arena *arena, int64_t actor_id, const struct media_upload *upload,
	bool is_awaited, struct medium *ret_medium, struct str *ret_message) MUST_CHECK;

/* Another small picture for a film or a sound that is ready and hangs at nothing. ERROR_UNPROCESSABLE with a sentence. */
enum error media_set_cover(struct app *app, struct db *db, struct arena *arena, struct medium *medium, struct str cover,
	struct str *ret_message) MUST_CHECK;

/* Avatar (cut to a square) or header; sent to the followers. alt data NULL: it keeps the one it has. Takes up to a second.
 * Errors as above. bytes.len 0: takes the picture away. A caller with an app forgets the cached documents afterwards. */
enum error profile_set_picture(struct app *app, struct db *db, struct arena *arena, int64_t actor_id, enum media_purpose purpose,
	struct str bytes, struct str alt, struct str *ret_message) MUST_CHECK;

/* Makes a pending file ready, or says that it cannot be. ERROR_NONE also when it was gone or ready before. */
enum error media_process(struct app *app, struct db *db, struct arena *arena, int64_t media_id) MUST_CHECK;

#endif
