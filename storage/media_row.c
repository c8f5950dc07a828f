/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reads rows of media. */
#include "storage/media_row.h"

#define FOCUS_SCALE 1000000.0

static const char *const kind_names[] = { "image", "gifv", "video", "audio", "unknown" };

const char *media_kind_name(enum media_kind kind)
{
	return kind_names[kind];
}

static enum media_kind kind_from(struct str name)
{
	for (size_t i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++)
		if (str_eq(name, str_from(kind_names[i])))
			return (enum media_kind)i;
	return MEDIA_UNKNOWN;
}

static enum media_state state_from(struct str name)
{
	return str_eq(name, STR_LITERAL("ready")) ? MEDIA_READY : str_eq(name, STR_LITERAL("failed")) ? MEDIA_FAILED : MEDIA_PENDING;
}

static enum media_purpose purpose_from(struct str name)
{
	return str_eq(name, STR_LITERAL("avatar")) ? MEDIA_AVATAR : str_eq(name, STR_LITERAL("header")) ? MEDIA_HEADER : MEDIA_ATTACHMENT;
}

static void read_row(const struct db_rows *rows, int row, struct medium *medium)
{
	*medium = (struct medium){
		.id = db_int64(rows, row, MEDIUM_ID),
		.actor_id = db_int64(rows, row, MEDIUM_ACTOR_ID),
		.kind = kind_from(db_text(rows, row, MEDIUM_KIND)),
		.state = state_from(db_text(rows, row, MEDIUM_STATE)),
		.name = db_text(rows, row, MEDIUM_NAME),
		.mime_type = db_text(rows, row, MEDIUM_MIME_TYPE),
		.file_name = db_text(rows, row, MEDIUM_FILE_NAME),
		.preview_name = db_text(rows, row, MEDIUM_PREVIEW_NAME),
		.remote_url = db_text(rows, row, MEDIUM_REMOTE_URL),
		.alt = db_text(rows, row, MEDIUM_ALT),
		.blurhash = db_text(rows, row, MEDIUM_BLURHASH),
		.size_bytes = db_int64(rows, row, MEDIUM_SIZE_BYTES),
		.width = (int32_t)db_int64(rows, row, MEDIUM_WIDTH),
		.height = (int32_t)db_int64(rows, row, MEDIUM_HEIGHT),
		.preview_width = (int32_t)db_int64(rows, row, MEDIUM_PREVIEW_WIDTH),
		.preview_height = (int32_t)db_int64(rows, row, MEDIUM_PREVIEW_HEIGHT),
		.duration_ms = db_int64(rows, row, MEDIUM_DURATION_MS),
		.frame_rate_milli = (int32_t)db_int64(rows, row, MEDIUM_FRAME_RATE_MILLI),
		.bit_rate = db_int64(rows, row, MEDIUM_BIT_RATE),
		.focus_x = (double)db_int64(rows, row, MEDIUM_FOCUS_X) / FOCUS_SCALE,
		.focus_y = (double)db_int64(rows, row, MEDIUM_FOCUS_Y) / FOCUS_SCALE,
		.post_id = db_int64(rows, row, MEDIUM_POST_ID),
		.purpose = purpose_from(db_text(rows, row, MEDIUM_PURPOSE)),
		.sha256 = db_bytes(rows, row, MEDIUM_SHA256),
	};
}

enum error media_rows_read(struct db *db, struct arena *arena, const struct statement *statement,
	const struct db_values *values, struct medium **ret_media, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	struct medium *media = arena_alloc_array(arena, (size_t)rows.count, sizeof(*media));
	for (int i = 0; i < rows.count; i++)
		read_row(&rows, i, &media[i]);
	*ret_media = media;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
