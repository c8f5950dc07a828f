/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Numbers come as strings, fractions as two of them. The first picture and the first sound count. */
#include "server/media/film_facts.h"

#include "server/media/media_limits.h"

#include "base/json_in.h"
#include "base/mutant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MAX 32768
#define DURATION_MAX_MS 864000000.0
#define FRAME_RATE_MAX_MILLI 1000000.0
#define BIT_RATE_MAX 10000000000LL
#define FRAMES_MAX 100000000LL

static const struct json_limits limits = { FILM_FACTS_MAX_BYTES, 8, 2000, 200 };

static bool is_one_of(struct str word, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(word, str_from(*words)))
			return true;
	return false;
}

/* At most that, and 0 when it is not there or makes no sense. */
static int64_t number_of(const json_t *object, const char *key, int64_t most)
{
	int64_t number = 0;
	if (!str_to_int64(json_in_str(object, key), &number) || number < 0 || number > most)
		return 0;
	return number;
}

static int64_t seconds_as_ms(struct str text)
{
	char copy[32];
	if (text.len == 0 || text.len >= sizeof(copy))
		return 0;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	double ms = round(strtod(copy, NULL) * 1000);
	return ms > 0 && ms <= DURATION_MAX_MS ? (int64_t)ms : 0;
}

static int32_t fraction_as_milli(struct str text)
{
	size_t slash = str_index_of(text, '/', 0);
	int64_t above = 0, below = 0;
	if (!str_to_int64(str_slice(text, 0, slash), &above) || !str_to_int64(str_slice(text, slash + 1, text.len), &below) ||
		above <= 0 || below <= 0)
		return 0;
	double milli = round((double)above * 1000 / (double)below);
	return milli >= 1 && milli <= FRAME_RATE_MAX_MILLI ? (int32_t)milli : 0;
}

static bool is_turned(const json_t *stream)
{
	const json_t *all = json_object_get(stream, "side_data_list");
	for (size_t i = 0; i < json_array_size(all); i++) {
		int64_t degrees = 0;
		if (json_in_int64(json_array_get(all, i), "rotation", &degrees) && degrees % 180 != 0)
			return true;
	}
	return false;
}

static bool is_cover(const json_t *stream)
{
	int64_t is_attached = 0;
	return json_in_int64(json_object_get(stream, "disposition"), "attached_pic", &is_attached) && is_attached;
}

static bool read_picture(const json_t *stream, struct film_facts *facts)
{
	static const char *const codecs[] = { "h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "gif", NULL };
	int64_t width = 0, height = 0;
	if (!is_one_of(json_in_str(stream, "codec_name"), codecs) || !json_in_int64(stream, "width", &width) ||
		!json_in_int64(stream, "height", &height) || width < 1 || height < 1 || width > SIDE_MAX || height > SIDE_MAX)
		return false;
	bool is_on_its_side = is_turned(stream);
	facts->has_picture = true;
	facts->width = (int32_t)(is_on_its_side ? height : width);
	facts->height = (int32_t)(is_on_its_side ? width : height);
	facts->frame_rate_milli = fraction_as_milli(json_in_str(stream, "avg_frame_rate"));
	facts->frames = number_of(stream, "nb_read_packets", FRAMES_MAX);
	return true;
}

static bool read_sound(const json_t *stream, struct film_facts *facts)
{
	static const char *const codecs[] = { "aac", "mp3", "opus", "vorbis", "flac", "alac", "pcm_u8", "pcm_s16le", "pcm_s24le",
		"pcm_s32le", "pcm_f32le", NULL };
	facts->has_sound = true;
	return is_one_of(json_in_str(stream, "codec_name"), codecs);
}

static bool read_streams(const json_t *streams, struct film_facts *facts)
{
	for (size_t i = 0; i < json_array_size(streams); i++) {
		const json_t *stream = json_array_get(streams, i);
		struct str type = json_in_str(stream, "codec_type");
		if (str_eq(type, STR_LITERAL("video")) && !facts->has_picture && !is_cover(stream) && !read_picture(stream, facts))
			return false;
		if (str_eq(type, STR_LITERAL("audio")) && !facts->has_sound && !read_sound(stream, facts))
			return false;
	}
	return facts->has_picture || facts->has_sound;
}

bool film_facts_read(struct str text, struct film_facts *ret_facts)
{
	json_t *json = NULL;
	struct film_facts facts = { 0 };
	if (json_in_parse(text, &limits, &json))
		return false;
	const json_t *format = json_object_get(json, "format");
	bool is_read = read_streams(json_object_get(json, "streams"), &facts);
	facts.duration_ms = seconds_as_ms(json_in_str(format, "duration"));
	facts.bit_rate = number_of(format, "bit_rate", BIT_RATE_MAX);
	json_decref(json);
	if (is_read)
		*ret_facts = facts;
	return is_read;
}

enum error film_facts_judge(const struct film_facts *facts, const struct film_limits *most, const char **ret_sentence)
{
	const char *sentence = NULL;
	if ((int64_t)facts->width * facts->height > most->pixels && !MUTANT("film_pixels"))
		sentence = "Validation failed: File has too many pixels";
	else if (facts->frame_rate_milli > most->frame_rate * 1000 && !MUTANT("film_frame_rate"))
		sentence = "Validation failed: File has too many frames per second";
	else if (facts->duration_ms > most->duration_ms && !MUTANT("film_duration"))
		sentence = "Validation failed: File lasts too long";
	if (!sentence)
		return ERROR_NONE;
	*ret_sentence = sentence;
	return ERROR_UNPROCESSABLE;
}
