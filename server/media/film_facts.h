/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What ffprobe says of a file, and whether we take it. Its words come from a process that read what a stranger made, so
 * they are read like anything from outside. */
#ifndef COMPTOIR_SERVER_MEDIA_FILM_FACTS_H
#define COMPTOIR_SERVER_MEDIA_FILM_FACTS_H

#include "base/error.h"
#include "base/str.h"

#define FILM_FACTS_MAX_BYTES (64 * 1024)

struct film_facts {
	bool has_picture, has_sound; /* cover pictures of sounds do not count */
	int32_t width, height;       /* as it is shown, that is turned; 0 without picture */
	int64_t duration_ms;         /* 0: unknown */
	int32_t frame_rate_milli;    /* 0: unknown */
	int64_t bit_rate;            /* 0: unknown */
	int64_t frames;              /* 0: not counted */
};

struct film_limits {
	int64_t pixels;
	int64_t frame_rate;
	int64_t duration_ms;
};

/* False when it is no such text, or its codecs are not those that browsers play. */
bool film_facts_read(struct str json, struct film_facts *ret_facts) MUST_CHECK;

/* ERROR_UNPROCESSABLE with a sentence for people (static). */
enum error film_facts_judge(const struct film_facts *facts, const struct film_limits *limits, const char **ret_sentence) MUST_CHECK;

#endif
