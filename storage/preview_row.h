/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A row of previews (v) as struct preview. The list of columns and the enum below it have one order. */
#ifndef COMPTOIR_STORAGE_PREVIEW_ROW_H
#define COMPTOIR_STORAGE_PREVIEW_ROW_H

#include "storage/preview.h"
#include "storage/statement.h"

#define PREVIEW_COLUMNS          \
	"v.id"                   \
	", v.url"                \
	", v.kind"               \
	", v.shown_url"          \
	", v.title"              \
	", v.description"        \
	", v.language"           \
	", v.author_name"        \
	", v.author_url"         \
	", v.creator_id"         \
	", v.provider_name"      \
	", v.provider_url"       \
	", v.embed_url"          \
	", v.width"              \
	", v.height"             \
	", v.image_url"          \
	", v.image_description"  \
	", v.blurhash"           \
	", v.published_at"       \
	", v.fetched_at"

enum {
	PREVIEW_ID,
	PREVIEW_URL,
	PREVIEW_KIND,
	PREVIEW_SHOWN_URL,
	PREVIEW_TITLE,
	PREVIEW_DESCRIPTION,
	PREVIEW_LANGUAGE,
	PREVIEW_AUTHOR_NAME,
	PREVIEW_AUTHOR_URL,
	PREVIEW_CREATOR_ID,
	PREVIEW_PROVIDER_NAME,
	PREVIEW_PROVIDER_URL,
	PREVIEW_EMBED_URL,
	PREVIEW_WIDTH,
	PREVIEW_HEIGHT,
	PREVIEW_IMAGE_URL,
	PREVIEW_IMAGE_DESCRIPTION,
	PREVIEW_BLURHASH,
	PREVIEW_PUBLISHED_AT,
	PREVIEW_FETCHED_AT,
};

/* Whose columns begin at first. */
void preview_row_read(const struct db_rows *rows, int row, int first, struct preview *ret_preview);

#endif
