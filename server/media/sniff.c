/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Each kind is known by more than a short magic where its format has more to offer: two frames of MP3, the codec of an Ogg
 * stream, the document type of an EBML file, the brands of an ISO file. */
#include "server/media/sniff.h"

#include <string.h>

static const struct {
	const char *mime, *extension;
} types[MEDIA_TYPE_COUNT] = {
	[MEDIA_TYPE_NONE] = { "application/octet-stream", "bin" },
	[MEDIA_TYPE_JPEG] = { "image/jpeg", "jpg" },
	[MEDIA_TYPE_PNG] = { "image/png", "png" },
	[MEDIA_TYPE_WEBP] = { "image/webp", "webp" },
	[MEDIA_TYPE_GIF] = { "image/gif", "gif" },
	[MEDIA_TYPE_HEIF] = { "image/avif", "avif" },
	[MEDIA_TYPE_MP4] = { "video/mp4", "mp4" },
	[MEDIA_TYPE_MOV] = { "video/quicktime", "mov" },
	[MEDIA_TYPE_WEBM] = { "video/webm", "webm" },
	[MEDIA_TYPE_MP3] = { "audio/mpeg", "mp3" },
	[MEDIA_TYPE_M4A] = { "audio/mp4", "m4a" },
	[MEDIA_TYPE_OGG] = { "audio/ogg", "ogg" },
	[MEDIA_TYPE_FLAC] = { "audio/flac", "flac" },
	[MEDIA_TYPE_WAV] = { "audio/wav", "wav" },
};

#define MIN_BYTES 32
#define EBML_HEAD_BYTES 64
#define OGG_HEAD_BYTES 28 /* of a page with one segment */

static bool has_at(struct str bytes, size_t at, const char *wanted)
{
	struct str text = str_from(wanted);
	return bytes.len >= at + text.len && memcmp(bytes.data + at, text.data, text.len) == 0;
}

static unsigned byte_at(struct str bytes, size_t at)
{
	return at < bytes.len ? (unsigned char)bytes.data[at] : 0;
}

static uint32_t number_at(struct str bytes, size_t at)
{
	return byte_at(bytes, at) << 24 | byte_at(bytes, at + 1) << 16 | byte_at(bytes, at + 2) << 8 | byte_at(bytes, at + 3);
}

/* ISO base media: size, "ftyp", major brand, version, more brands. */
static enum media_type sniff_iso(struct str bytes)
{
	static const struct {
		const char *brand;
		enum media_type type;
	} brands[] = {
		{ "avif", MEDIA_TYPE_HEIF }, { "avis", MEDIA_TYPE_HEIF }, { "heic", MEDIA_TYPE_HEIF }, { "heix", MEDIA_TYPE_HEIF },
		{ "mif1", MEDIA_TYPE_HEIF }, { "M4A ", MEDIA_TYPE_M4A }, { "M4B ", MEDIA_TYPE_M4A }, { "isom", MEDIA_TYPE_MP4 },
		{ "iso2", MEDIA_TYPE_MP4 }, { "iso4", MEDIA_TYPE_MP4 }, { "iso5", MEDIA_TYPE_MP4 }, { "iso6", MEDIA_TYPE_MP4 },
		{ "mp41", MEDIA_TYPE_MP4 }, { "mp42", MEDIA_TYPE_MP4 }, { "avc1", MEDIA_TYPE_MP4 }, { "M4V ", MEDIA_TYPE_MP4 },
		{ "qt  ", MEDIA_TYPE_MOV },
	};
	uint32_t size = number_at(bytes, 0);
	if (size < 16 || size > 4096 || size > bytes.len)
		return MEDIA_TYPE_NONE;
	for (size_t i = 0; i < sizeof(brands) / sizeof(brands[0]); i++)
		if (has_at(bytes, 8, brands[i].brand))
			return brands[i].type;
	return MEDIA_TYPE_NONE;
}

static enum media_type sniff_riff(struct str bytes)
{
	if (has_at(bytes, 8, "WEBPVP8"))
		return MEDIA_TYPE_WEBP;
	return has_at(bytes, 8, "WAVEfmt ") ? MEDIA_TYPE_WAV : MEDIA_TYPE_NONE;
}

/* The document type within the first element. */
static enum media_type sniff_ebml(struct str bytes)
{
	struct str head = str_slice(bytes, 0, EBML_HEAD_BYTES);
	return str_index_of_str(head, STR_LITERAL("\x42\x82\x84webm")) < head.len ? MEDIA_TYPE_WEBM : MEDIA_TYPE_NONE;
}

static enum media_type sniff_ogg(struct str bytes)
{
	bool is_first_page = byte_at(bytes, 4) == 0 && (byte_at(bytes, 5) & 2);
	bool is_sound = has_at(bytes, OGG_HEAD_BYTES, "\x01vorbis") || has_at(bytes, OGG_HEAD_BYTES, "OpusHead") ||
		has_at(bytes, OGG_HEAD_BYTES, "\x7f" "FLAC");
	return is_first_page && is_sound ? MEDIA_TYPE_OGG : MEDIA_TYPE_NONE;
}

/* Bytes of a frame of MPEG audio, layer III, whose head stands at that place; 0 for none. */
static size_t mp3_frame_bytes(struct str bytes, size_t at)
{
	static const unsigned rates_1[] = { 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 };
	static const unsigned rates_2[] = { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 };
	static const unsigned samplings[] = { 44100, 48000, 32000 };
	unsigned version = byte_at(bytes, at + 1) >> 3 & 3, layer = byte_at(bytes, at + 1) >> 1 & 3;
	unsigned rate = byte_at(bytes, at + 2) >> 4, sampling = byte_at(bytes, at + 2) >> 2 & 3, padding = byte_at(bytes, at + 2) >> 1 & 1;
	if (byte_at(bytes, at) != 0xff || (byte_at(bytes, at + 1) & 0xe0) != 0xe0 || version == 1 || layer != 1 || rate == 0 ||
		rate == 15 || sampling == 3)
		return 0;
	if (version == 3)
		return (size_t)144000 * rates_1[rate] / samplings[sampling] + padding;
	return (size_t)72000 * rates_2[rate] / (samplings[sampling] >> (version == 2 ? 1 : 2)) + padding;
}

static enum media_type sniff_mp3(struct str bytes)
{
	size_t at = 0;
	if (has_at(bytes, 0, "ID3")) {
		at = 10 + ((size_t)(byte_at(bytes, 6) & 127) << 21 | (size_t)(byte_at(bytes, 7) & 127) << 14 |
			(size_t)(byte_at(bytes, 8) & 127) << 7 | (size_t)(byte_at(bytes, 9) & 127));
		while (at < bytes.len && bytes.data[at] == '\0')
			at++; /* padding that its tag does not count */
	}
	size_t first = mp3_frame_bytes(bytes, at);
	if (!first)
		return MEDIA_TYPE_NONE;
	return mp3_frame_bytes(bytes, at + first) ? MEDIA_TYPE_MP3 : MEDIA_TYPE_NONE;
}

enum media_type media_sniff(struct str bytes)
{
	if (bytes.len < MIN_BYTES)
		return MEDIA_TYPE_NONE;
	if (has_at(bytes, 0, "\xff\xd8\xff"))
		return MEDIA_TYPE_JPEG;
	if (has_at(bytes, 0, "\x89PNG\r\n\x1a\n") && has_at(bytes, 12, "IHDR"))
		return MEDIA_TYPE_PNG;
	if (has_at(bytes, 0, "GIF87a") || has_at(bytes, 0, "GIF89a"))
		return MEDIA_TYPE_GIF;
	if (has_at(bytes, 0, "RIFF"))
		return sniff_riff(bytes);
	if (has_at(bytes, 4, "ftyp"))
		return sniff_iso(bytes);
	if (has_at(bytes, 0, "\x1a\x45\xdf\xa3"))
		return sniff_ebml(bytes);
	if (has_at(bytes, 0, "OggS"))
		return sniff_ogg(bytes);
	if (has_at(bytes, 0, "fLaC") && (byte_at(bytes, 4) & 127) == 0 && byte_at(bytes, 7) == 34)
		return MEDIA_TYPE_FLAC;
	return sniff_mp3(bytes);
}

bool media_type_is_image(enum media_type type)
{
	return type >= MEDIA_TYPE_JPEG && type <= MEDIA_TYPE_HEIF;
}

bool media_type_is_audio(enum media_type type)
{
	return type >= MEDIA_TYPE_MP3 && type < MEDIA_TYPE_COUNT;
}

const char *media_type_mime(enum media_type type)
{
	return types[type].mime;
}

const char *media_type_extension(enum media_type type)
{
	return types[type].extension;
}

enum media_type media_type_from_extension(struct str extension)
{
	for (int type = MEDIA_TYPE_NONE + 1; type < MEDIA_TYPE_COUNT; type++)
		if (str_eq(extension, str_from(types[type].extension)))
			return (enum media_type)type;
	return MEDIA_TYPE_NONE;
}

enum media_type media_type_from_mime(struct str mime)
{
	for (int type = MEDIA_TYPE_NONE + 1; type < MEDIA_TYPE_COUNT; type++)
		if (str_eq(mime, str_from(types[type].mime)))
			return (enum media_type)type;
	return MEDIA_TYPE_NONE;
}
