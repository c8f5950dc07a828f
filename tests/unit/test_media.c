/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What files are by their bytes, blurhashes, and what is believed of the helper. */
#include "server/media/film_facts.h"
#include "server/media/helper_message.h"
#include "server/media/media_limits.h"
#include "storage/media_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CASE(bytes, wanted) { STR(bytes "................................................................"), wanted }

static void files_are_what_their_bytes_say(void **state)
{
	static const struct {
		struct str bytes;
		enum media_type wanted;
	} cases[] = {
		CASE("\xff\xd8\xff\xe0", MEDIA_TYPE_JPEG),
		CASE("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", MEDIA_TYPE_PNG),
		CASE("\x89PNG\r\n\x1a\n\0\0\0\x0dIDAT", MEDIA_TYPE_NONE),
		CASE("GIF89a", MEDIA_TYPE_GIF),
		CASE("GIF90a", MEDIA_TYPE_NONE),
		CASE("RIFF\x10\0\0\0WEBPVP8 ", MEDIA_TYPE_WEBP),
		CASE("RIFF\x10\0\0\0WAVEfmt ", MEDIA_TYPE_WAV),
		CASE("RIFF\x10\0\0\0AVI LIST", MEDIA_TYPE_NONE),
		CASE("\0\0\0\x20" "ftypavif", MEDIA_TYPE_HEIF),
		CASE("\0\0\0\x20" "ftypisom", MEDIA_TYPE_MP4),
		CASE("\0\0\0\x20" "ftypM4A ", MEDIA_TYPE_M4A),
		CASE("\0\0\0\x20" "ftypqt  ", MEDIA_TYPE_MOV),
		CASE("\0\0\0\x04" "ftypisom", MEDIA_TYPE_NONE),
		CASE("\xff\0\0\0" "ftypisom", MEDIA_TYPE_NONE),
		CASE("\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", MEDIA_TYPE_WEBM),
		CASE("\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", MEDIA_TYPE_NONE),
		CASE("OggS\0\x02" "12345678901234567890\x01\x1e\x01vorbis", MEDIA_TYPE_OGG),
		CASE("OggS\0\x02" "12345678901234567890\x01\x13OpusHead", MEDIA_TYPE_OGG),
		CASE("OggS\0\x02" "12345678901234567890\x01\x13\x80theora", MEDIA_TYPE_NONE),
		CASE("fLaC\0\0\0\x22", MEDIA_TYPE_FLAC),
		CASE("fLaC\x04\0\0\x22", MEDIA_TYPE_NONE),
		CASE("<svg xmlns='http://www.w3.org/2000/svg'>", MEDIA_TYPE_NONE),
		CASE("%PDF-1.7", MEDIA_TYPE_NONE),
		CASE("#EXTM3U", MEDIA_TYPE_NONE),
		CASE("\xff\xfb\x90\0", MEDIA_TYPE_NONE),
		CASE("ID3\4\0\0\x7f\x7f\x7f\x7f", MEDIA_TYPE_NONE),
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(media_sniff(cases[i].bytes), cases[i].wanted);
	assert_int_equal(media_sniff(STR_LITERAL("\xff\xd8\xff")), MEDIA_TYPE_NONE);
	assert_int_equal(media_sniff((struct str){ 0 }), MEDIA_TYPE_NONE);
}

static void two_frames_make_an_mp3(void **state)
{
	char bytes[1024] = { 0 };
	(void)state;
	memcpy(bytes, "\xff\xfb\x90\0", 4);
	memcpy(bytes + 417, "\xff\xfb\x90\0", 4);
	assert_int_equal(media_sniff((struct str){ bytes, sizeof(bytes) }), MEDIA_TYPE_MP3);
	bytes[417] = 0;
	assert_int_equal(media_sniff((struct str){ bytes, sizeof(bytes) }), MEDIA_TYPE_NONE);
}

static void extensions_and_types_lead_back(void **state)
{
	(void)state;
	for (int type = MEDIA_TYPE_NONE + 1; type < MEDIA_TYPE_COUNT; type++) {
		assert_int_equal(media_type_from_extension(str_from(media_type_extension((enum media_type)type))), type);
		assert_int_equal(media_type_from_mime(str_from(media_type_mime((enum media_type)type))), type);
	}
	assert_int_equal(media_type_from_extension(STR_LITERAL("html")), MEDIA_TYPE_NONE);
	assert_int_equal(media_type_from_extension(STR_LITERAL("raw")), MEDIA_TYPE_NONE);
}

static void a_plain_colour_has_its_known_blurhash(void **state)
{
	unsigned char pixels[32 * 32 * 3];
	char text[BLURHASH_LEN + 1];
	(void)state;
	memset(pixels, 0, sizeof(pixels));
	blurhash_encode(pixels, 32, 32, text);
	assert_string_equal(text, "U00000fQfQfQfQfQfQfQfQfQfQfQfQfQfQfQ");
	for (size_t i = 0; i < sizeof(pixels); i += 3)
		pixels[i] = 255;
	blurhash_encode(pixels, 32, 32, text);
	assert_memory_equal(text + 2, "TI:j", 4); /* 255, 0, 0 */
	assert_true(blurhash_is_valid(text, strlen(text)));
	assert_false(blurhash_is_valid("\"<script>", 9));
	assert_false(blurhash_is_valid("", 0));
}

static struct helper_reply good_reply(void)
{
	struct helper_reply reply = { .magic = HELPER_MAGIC, .type = MEDIA_TYPE_JPEG, .small_type = MEDIA_TYPE_PNG, .width = 100,
		.height = 50, .small_width = 10, .small_height = 5, .size_bytes = 1000, .small_size_bytes = 100, .frames = 1 };
	memset(reply.blurhash, 'U', BLURHASH_LEN);
	return reply;
}

static bool is_believed(const struct helper_reply *reply)
{
	struct helper_reply read;
	return helper_reply_read((struct str){ (const char *)reply, sizeof(*reply) }, &read);
}

static void a_helper_that_lies_is_not_believed(void **state)
{
	struct helper_reply reply = good_reply();
	(void)state;
	assert_true(is_believed(&reply));
#define LIE(change) do { reply = good_reply(); change; assert_false(is_believed(&reply)); } while (0)
	LIE(reply.magic = 0);
	LIE(reply.status = HELPER_STATUS_COUNT);
	LIE(reply.type = MEDIA_TYPE_COUNT);
	LIE(reply.type = MEDIA_TYPE_MP4);
	LIE(reply.width = 0);
	LIE(reply.height = 65536);
	LIE(reply.width = 60000; reply.height = 60000);
	LIE(reply.size_bytes = 0);
	LIE(reply.size_bytes = MEDIA_MAX_FILE_BYTES + 1);
	LIE(reply.small_type = 99);
	LIE(reply.small_width = 0);
	LIE(reply.blurhash[3] = '"');
	LIE(reply.blurhash[BLURHASH_LEN] = 'U');
#undef LIE
	struct helper_reply read;
	reply = good_reply();
	assert_false(helper_reply_read((struct str){ (const char *)&reply, sizeof(reply) - 1 }, &read));
}

static void only_names_of_ours_are_names(void **state)
{
	static const char *const good[] = { "AAAAAAAAAAAAAAAAAAAAAA.jpg", "abc-_0123456789abcdefg.webp", "AAAAAAAAAAAAAAAAAAAAAA_small.png" };
	static const char *const bad[] = { "", ".", "..", "../../etc/passwd", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA.",
		"AAAAAAAAAAAAAAAAAAAAAA.j", "AAAAAAAAAAAAAAAAAAAAAA.jpegs", "AAAAAAAAAAAAAAAAAAAAAAA.jpg", "AAAAAAAAAAAAAAAAAAAAA/.jpg",
		"AAAAAAAAAAAAAAAAAAAAAA.JPG", "AAAAAAAAAAAAAAAAAAAAAA/jpg", "AAAAAAAAAAAAAAAAAAAAAA_big.jpg", "AAAAAAAAAAAAAAAAAAAAAA.j/g" };
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(media_store_is_name(str_from(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(media_store_is_name(str_from(bad[i])));
}

#define FILM(picture, sound) STR_LITERAL("{\"streams\":[" picture sound "],\"format\":{\"duration\":\"2.5\",\"bit_rate\":\"800000\"}}")
#define PICTURE(codec, width, rate, more) "{\"codec_type\":\"video\",\"codec_name\":\"" codec "\",\"width\":" width \
	",\"height\":360,\"avg_frame_rate\":\"" rate "\"" more "}"
#define SOUND(codec) "{\"codec_type\":\"audio\",\"codec_name\":\"" codec "\"}"

static void a_film_is_what_ffprobe_says(void **state)
{
	struct film_facts facts;
	(void)state;
	assert_true(film_facts_read(FILM(PICTURE("h264", "640", "30000/1001", ",\"nb_read_packets\":\"75\""), "," SOUND("aac")), &facts));
	assert_true(facts.has_picture && facts.has_sound);
	assert_int_equal(facts.width, 640);
	assert_int_equal(facts.height, 360);
	assert_int_equal(facts.frame_rate_milli, 29970);
	assert_int_equal(facts.duration_ms, 2500);
	assert_int_equal(facts.bit_rate, 800000);
	assert_int_equal(facts.frames, 75);
	assert_true(film_facts_read(FILM(PICTURE("vp9", "640", "0/0", ",\"side_data_list\":[{\"rotation\":-90}]"), ""), &facts));
	assert_true(facts.width == 360 && facts.height == 640 && facts.frame_rate_milli == 0 && !facts.has_sound);
	assert_true(film_facts_read(FILM(PICTURE("mjpeg", "640", "0/0", ",\"disposition\":{\"attached_pic\":1}"), "," SOUND("mp3")), &facts));
	assert_true(!facts.has_picture && facts.has_sound);
}

static void other_codecs_and_nonsense_are_no_film(void **state)
{
	struct film_facts facts;
	(void)state;
	assert_false(film_facts_read(STR_LITERAL(""), &facts));
	assert_false(film_facts_read(STR_LITERAL("{}"), &facts));
	assert_false(film_facts_read(STR_LITERAL("[1]"), &facts));
	assert_false(film_facts_read(FILM("", ""), &facts));
	assert_false(film_facts_read(FILM(PICTURE("mjpeg", "640", "25/1", ""), ""), &facts));
	assert_false(film_facts_read(FILM(PICTURE("h264", "0", "25/1", ""), ""), &facts));
	assert_false(film_facts_read(FILM(PICTURE("h264", "32769", "25/1", ""), ""), &facts));
	assert_false(film_facts_read(FILM(PICTURE("h264", "-5", "25/1", ""), ""), &facts));
	assert_false(film_facts_read(FILM(PICTURE("h264", "640", "25/1", ""), "," SOUND("ac3")), &facts));
}

static void films_are_judged_by_the_limits(void **state)
{
	static const struct film_limits limits = { 640 * 360, 60, 10000 };
	static const struct film_facts good = { .has_picture = true, .width = 640, .height = 360, .frame_rate_milli = 60000,
		.duration_ms = 10000 };
	const char *sentence = NULL;
	struct film_facts facts = good;
	(void)state;
	assert_int_equal(film_facts_judge(&good, &limits, &sentence), ERROR_NONE);
#define OVER(field) do { facts = good; facts.field++; assert_int_equal(film_facts_judge(&facts, &limits, &sentence), \
	ERROR_UNPROCESSABLE); assert_non_null(sentence); } while (0)
	OVER(width);
	OVER(frame_rate_milli);
	OVER(duration_ms);
#undef OVER
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_what_their_bytes_say),
		cmocka_unit_test(two_frames_make_an_mp3),
		cmocka_unit_test(extensions_and_types_lead_back),
		cmocka_unit_test(a_plain_colour_has_its_known_blurhash),
		cmocka_unit_test(a_helper_that_lies_is_not_believed),
		cmocka_unit_test(only_names_of_ours_are_names),
		cmocka_unit_test(a_film_is_what_ffprobe_says),
		cmocka_unit_test(other_codecs_and_nonsense_are_no_film),
		cmocka_unit_test(films_are_judged_by_the_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
