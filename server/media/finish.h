/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From the bytes that somebody brought to files in the store under names of ours. */
#ifndef COMPTOIR_SERVER_MEDIA_FINISH_H
#define COMPTOIR_SERVER_MEDIA_FINISH_H

#include "server/media/service.h"
#include "storage/media.h"

/* Those of other servers stay what they are announced as: a GIF a picture, a film as it came. */
enum media_origin { MEDIA_OF_OURS, MEDIA_OF_OTHERS };

/* The file in descriptor, of whatever kind, is made anew: pictures always, films and sounds of ours where ffmpeg is installed;
 * otherwise they are kept as they are. Fills all of medium
 * that is found out: kind, mime_type, file_name (of medium->name), preview_name, sizes, blurhash. The files are stored on
 * return. ERROR_UNPROCESSABLE and ERROR_CONTENT_TOO_LARGE: it is nothing that we take. */
enum error media_finish(struct media_service *service, struct arena *arena, int descriptor, int64_t size_bytes,
	enum helper_shape shape, enum media_origin origin, struct medium *medium) MUST_CHECK;

/* The small picture of a film or a sound, brought with it: fills medium's preview_name and the like, and is stored on return.
 * ERROR_UNPROCESSABLE when it is no picture. Then media_finish leaves it as it is. */
enum error media_finish_cover(struct media_service *service, struct arena *arena, struct str bytes, struct medium *medium) MUST_CHECK;

#endif
