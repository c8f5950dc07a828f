/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Videos and sounds by ffmpeg, where it is installed, in processes of their own behind walls (server/film_helper). What
 * they are is known by their bytes before (sniff.h), and one demuxer only gets to see them: nothing in a file can name
 * another. Any thread; calls block. */
#ifndef COMPTOIR_SERVER_MEDIA_FILM_H
#define COMPTOIR_SERVER_MEDIA_FILM_H

#include "server/media/film_facts.h"
#include "server/media/sniff.h"

#include "base/arena.h"
#include "base/config.h"

struct film_studio;

struct film_studio *film_studio_new(const struct config *config) MUST_CHECK;
void film_studio_free(struct film_studio **studio); /* accepts NULL */

/* Whether ffmpeg is there, starts, and both walls stand around it. ERROR_UNAVAILABLE with what is missing (static). */
enum error film_studio_check(struct film_studio *studio, struct arena *arena, const char **ret_reason) MUST_CHECK;

struct film {
	struct film_facts facts;
	enum media_type type; /* of what was made: MP4 of MOV and of GIF, else as it was */
	int descriptor;       /* of the file without metadata, in memory; -1: none */
	int poster;           /* a PNG, in memory; -1: none */
};

/* The file in descriptor anew: the same pictures and sounds, no metadata, playable from its first bytes. A GIF that moves
 * becomes a film; one that does not is ERROR_NOT_FOUND. ERROR_UNPROCESSABLE: it is nothing that we take, or ffmpeg broke
 * over it. ERROR_UNAVAILABLE: there is no ffmpeg for it. */
enum error film_make(struct film_studio *studio, struct arena *arena, int descriptor, enum media_type type, struct film *ret_film)
	MUST_CHECK;
void film_close(struct film *film);

#endif
