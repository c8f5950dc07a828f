/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How a row of media is read, for the files that ask for it. */
#ifndef COMPTOIR_STORAGE_MEDIA_ROW_H
#define COMPTOIR_STORAGE_MEDIA_ROW_H

#include "storage/media.h"
#include "storage/statement.h"

/* Of media as m and post_media as pm. */
#define MEDIUM_COLUMNS \
	"m.id" \
	", m.actor_id" \
	", m.kind" \
	", m.state" \
	", m.name" \
	", m.mime_type" \
	", m.file_name" \
	", m.preview_name" \
	", m.remote_url" \
	", m.alt" \
	", m.blurhash" \
	", m.size_bytes" \
	", m.width" \
	", m.height" \
	", m.preview_width" \
	", m.preview_height" \
	", m.duration_ms" \
	", m.frame_rate_milli" \
	", m.bit_rate" \
	", round(m.focus_x * 1000000)::integer as focus_x" \
	", round(m.focus_y * 1000000)::integer as focus_y" \
	", pm.post_id" \
	", m.purpose" \
	", m.sha256"

enum {
	MEDIUM_ID,
	MEDIUM_ACTOR_ID,
	MEDIUM_KIND,
	MEDIUM_STATE,
	MEDIUM_NAME,
	MEDIUM_MIME_TYPE,
	MEDIUM_FILE_NAME,
	MEDIUM_PREVIEW_NAME,
	MEDIUM_REMOTE_URL,
	MEDIUM_ALT,
	MEDIUM_BLURHASH,
	MEDIUM_SIZE_BYTES,
	MEDIUM_WIDTH,
	MEDIUM_HEIGHT,
	MEDIUM_PREVIEW_WIDTH,
	MEDIUM_PREVIEW_HEIGHT,
	MEDIUM_DURATION_MS,
	MEDIUM_FRAME_RATE_MILLI,
	MEDIUM_BIT_RATE,
	MEDIUM_FOCUS_X,
	MEDIUM_FOCUS_Y,
	MEDIUM_POST_ID,
	MEDIUM_PURPOSE,
	MEDIUM_SHA256,
};

enum error media_rows_read(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct medium **ret_media, size_t *ret_count) MUST_CHECK;

#endif
