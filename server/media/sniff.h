/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a file is, by its own first bytes; names and announced types are not believed. Only what is on the list is taken,
 * and its extension and type on the way out come from here, so no file of a user's choosing is ever served as HTML, SVG or
 * ActivityPub. */
#ifndef COMPTOIR_SERVER_MEDIA_SNIFF_H
#define COMPTOIR_SERVER_MEDIA_SNIFF_H

#include "base/str.h"

enum media_type {
	MEDIA_TYPE_NONE,
	MEDIA_TYPE_JPEG, MEDIA_TYPE_PNG, MEDIA_TYPE_WEBP, MEDIA_TYPE_GIF, MEDIA_TYPE_HEIF, /* AVIF and HEIC */
	MEDIA_TYPE_MP4, MEDIA_TYPE_WEBM, MEDIA_TYPE_MOV,
	MEDIA_TYPE_MP3, MEDIA_TYPE_M4A, MEDIA_TYPE_OGG, MEDIA_TYPE_FLAC, MEDIA_TYPE_WAV,
	MEDIA_TYPE_COUNT
};

/* MEDIA_TYPE_NONE for everything else, for what is too short, and for HTML in disguise. */
enum media_type media_sniff(struct str bytes);

bool media_type_is_image(enum media_type type);
bool media_type_is_audio(enum media_type type);
const char *media_type_mime(enum media_type type);      /* "image/jpeg"; static */
const char *media_type_extension(enum media_type type); /* "jpg"; static */
/* MEDIA_TYPE_NONE when it is none of ours. */
enum media_type media_type_from_extension(struct str extension);
enum media_type media_type_from_mime(struct str mime);

#endif
