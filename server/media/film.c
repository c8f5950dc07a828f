/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Three runs for a film: what it is, the same without metadata, its first picture. Each is a process that is killed when it
 * takes too long. Pictures and sounds are copied as they are, so the second is quick. */
#include "server/media/film.h"

#include "server/media/film_code.h"
#include "server/media/launch.h"
#include "server/media/media_limits.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <semaphore.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT_A_TIME 2
#define RUN_MS 30000
#define CONVERSION_MS 60000
#define ARGUMENTS_MAX 64
#define INPUT "file:/proc/self/fd/3"
#define OUTPUT "file:/proc/self/fd/4" /* which can be gone back in; a pipe cannot */
/* What decodes for the poster and, of sounds, for what ffprobe wants to know. */
#define DECODERS "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,mpeg4,gif,aac,mp3,mp3float,opus,libopus,vorbis,flac,alac," \
	"pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le"
#define FACTS "format=duration,bit_rate:stream=codec_type,codec_name,width,height,avg_frame_rate,nb_read_packets:" \
	"stream_disposition=attached_pic:stream_side_data=rotation"

struct film_studio {
	char helper[PATH_MAX];
	char ffmpeg[PATH_MAX], ffprobe[PATH_MAX]; /* empty: not wanted */
	struct film_limits limits;
	sem_t places;
};

struct command {
	const char *words[ARGUMENTS_MAX];
	size_t count;
};

static void add_words(struct command *command, const char *const *words)
{
	for (; *words && command->count < ARGUMENTS_MAX - 1; words++)
		command->words[command->count++] = *words;
}

#define ADD(command, ...) add_words((command), (const char *const[]){ __VA_ARGS__, NULL })

struct film_studio *film_studio_new(const struct config *config)
{
	struct film_studio *studio = memory_new(sizeof(*studio));
	struct str ffmpeg = str_from(config_text(config, "media.ffmpeg"));
	size_t folder = 0;
	for (size_t i = 0; i < ffmpeg.len; i++)
		if (ffmpeg.data[i] == '/')
			folder = i + 1;
	media_spawn_find_program("comptoir-film", studio->helper);
	if (ffmpeg.len > 0 && ffmpeg.len < PATH_MAX - sizeof("ffprobe")) {
		memcpy(studio->ffmpeg, ffmpeg.data, ffmpeg.len + 1);
		memcpy(studio->ffprobe, ffmpeg.data, folder);
		memcpy(studio->ffprobe + folder, "ffprobe", sizeof("ffprobe"));
	}
	studio->limits = (struct film_limits){
		.pixels = config_integer(config, "media.video_pixels"),
		.frame_rate = config_integer(config, "media.video_frame_rate"),
		.duration_ms = config_duration_ms(config, "media.duration"),
	};
	sem_init(&studio->places, 0, AT_A_TIME);
	return studio;
}

void film_studio_free(struct film_studio **studio)
{
	if (!*studio)
		return;
	sem_destroy(&(*studio)->places);
	memory_free(*studio);
	*studio = NULL;
}

/* What it says until it ends. False when it says too much or does not end in time. */
static bool listen_to(int descriptor, int wait_ms, struct buf *said)
{
	int64_t end_us = clock_monotonic_us() + (int64_t)wait_ms * 1000;
	char some[4096];
	for (;;) {
		struct pollfd waited = { .fd = descriptor, .events = POLLIN };
		int64_t left_ms = (end_us - clock_monotonic_us()) / 1000;
		int ready = left_ms > 0 ? poll(&waited, 1, (int)left_ms) : 0;
		if (ready < 0 && errno == EINTR)
			continue;
		ssize_t len = ready > 0 ? read(descriptor, some, sizeof(some)) : -1;
		if (len == 0)
			return true;
		if (len < 0 || said->len + (size_t)len > FILM_FACTS_MAX_BYTES)
			return false;
		buf_add(said, some, (size_t)len);
	}
}

static enum error verdict_of(int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (code == FILM_NO_PROGRAM || code == FILM_NO_WALLS || code == FILM_NO_INPUT)
		return ERROR_UNAVAILABLE;
	return code == 0 ? ERROR_NONE : ERROR_UNPROCESSABLE;
}

static enum error run(struct film_studio *studio, const struct command *command, int input, int output, int wait_ms, struct buf *said)
{
	pid_t process;
	int ends[2];
	char *arguments[ARGUMENTS_MAX + 2] = { (char *)(uintptr_t)"comptoir-film" };
	for (size_t i = 0; i < command->count; i++)
		arguments[i + 1] = (char *)(uintptr_t)command->words[i];
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (nowhere < 0 || pipe2(ends, O_CLOEXEC) != 0) {
		if (nowhere >= 0)
			close(nowhere);
		return ERROR_UNAVAILABLE;
	}
	const struct media_spawn spawn = { studio->helper, arguments, { ends[1], nowhere, input, output } };
	while (sem_wait(&studio->places) != 0)
		;
	bool is_started = media_launch_start(&spawn, &process);
	close(ends[1]);
	close(nowhere);
	enum error error = ERROR_UNAVAILABLE;
	if (is_started && listen_to(ends[0], wait_ms, said)) {
		error = verdict_of(media_launch_wait(process));
	} else if (is_started) {
		(void)media_launch_end(process);
		error = ERROR_UNPROCESSABLE;
	}
	sem_post(&studio->places);
	close(ends[0]);
	return error;
}

/* The one demuxer that its bytes ask for. */
static const char *demuxer_of(enum media_type type)
{
	switch (type) {
	case MEDIA_TYPE_MP4:
	case MEDIA_TYPE_MOV:
	case MEDIA_TYPE_M4A:
		return "mov";
	case MEDIA_TYPE_WEBM:
		return "matroska";
	case MEDIA_TYPE_MP3:
		return "mp3";
	case MEDIA_TYPE_OGG:
		return "ogg";
	case MEDIA_TYPE_FLAC:
		return "flac";
	case MEDIA_TYPE_WAV:
		return "wav";
	case MEDIA_TYPE_GIF:
		return "gif";
	case MEDIA_TYPE_NONE:
	case MEDIA_TYPE_JPEG:
	case MEDIA_TYPE_PNG:
	case MEDIA_TYPE_WEBP:
	case MEDIA_TYPE_HEIF:
	case MEDIA_TYPE_COUNT:
		break;
	}
	return NULL;
}

static const char *muxer_of(enum media_type type)
{
	if (type == MEDIA_TYPE_WEBM)
		return "webm";
	if (type == MEDIA_TYPE_M4A)
		return "ipod";
	return type == MEDIA_TYPE_MP4 ? "mp4" : demuxer_of(type);
}

static void add_input(struct command *command, const char *program, enum media_type type)
{
	ADD(command, program, "-v", "quiet", "-f", demuxer_of(type), "-protocol_whitelist", "file", "-format_whitelist",
		type == MEDIA_TYPE_WEBM ? "matroska,webm" : demuxer_of(type), "-codec_whitelist", DECODERS);
}

static enum error find_facts(struct film_studio *studio, int descriptor, enum media_type type, struct film_facts *ret_facts)
{
	AUTO(buf) struct buf said = { 0 };
	struct command command = { .count = 0 };
	add_input(&command, studio->ffprobe, type);
	if (type == MEDIA_TYPE_GIF)
		ADD(&command, "-count_packets");
	ADD(&command, "-i", INPUT, "-of", "json", "-show_entries", FACTS);
	enum error error = run(studio, &command, descriptor, -1, RUN_MS, &said);
	if (error)
		return error;
	return film_facts_read(buf_str(&said), ret_facts) ? ERROR_NONE : ERROR_UNPROCESSABLE;
}

static enum error run_ffmpeg(struct film_studio *studio, const struct command *command, int input, int wait_ms, int *ret_output)
{
	AUTO(buf) struct buf said = { 0 };
	int output = memfd_create("film", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (output < 0)
		return ERROR_UNAVAILABLE;
	enum error error = run(studio, command, input, output, wait_ms, &said);
	if (!error && fcntl(output, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
		error = ERROR_UNPROCESSABLE;
	if (error)
		close(output);
	else
		*ret_output = output;
	return error;
}

static void begin_ffmpeg(const struct film_studio *studio, enum media_type type, struct command *command)
{
	add_input(command, studio->ffmpeg, type);
	ADD(command, "-threads", "2", "-nostdin", "-y", "-i", INPUT, "-filter_threads", "2", "-sn", "-dn", "-map_metadata", "-1",
		"-map_chapters", "-1");
}

/* The container is written anew, with nothing in it but what is seen and heard. */
static enum error copy_plain(struct film_studio *studio, int descriptor, enum media_type type, struct film *film)
{
	struct command command = { .count = 0 };
	begin_ffmpeg(studio, type, &command);
	if (film->facts.has_picture)
		ADD(&command, "-map", "0:V:0");
	if (film->facts.has_sound)
		ADD(&command, "-map", "0:a:0");
	ADD(&command, "-c", "copy", "-fflags", "+bitexact", "-flags", "+bitexact");
	if (film->type == MEDIA_TYPE_MP4 || film->type == MEDIA_TYPE_M4A)
		ADD(&command, "-movflags", "+faststart");
	if (film->type == MEDIA_TYPE_MP3)
		ADD(&command, "-id3v2_version", "0");
	ADD(&command, "-f", muxer_of(film->type), OUTPUT);
	return run_ffmpeg(studio, &command, descriptor, RUN_MS, &film->descriptor);
}

/* Sides are even, as the colours of H.264 want it. */
static enum error convert_animation(struct film_studio *studio, int descriptor, struct film *film)
{
	struct command command = { .count = 0 };
	begin_ffmpeg(studio, MEDIA_TYPE_GIF, &command);
	ADD(&command, "-map", "0:V:0", "-vf", "scale=w=ceil(iw/2)*2:h=ceil(ih/2)*2", "-c:v", "libx264", "-preset", "veryfast", "-crf",
		"20", "-threads", "2", "-pix_fmt", "yuv420p", "-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", "-f",
		"mp4", OUTPUT);
	return run_ffmpeg(studio, &command, descriptor, CONVERSION_MS, &film->descriptor);
}

static enum error take_poster(struct film_studio *studio, struct arena *arena, struct film *film)
{
	struct command command = { .count = 0 };
	double scale = fmin(1, sqrt((double)MEDIA_PREVIEW_PIXELS / ((double)film->facts.width * film->facts.height)));
	int width = (int)fmax(1, round(film->facts.width * scale)), height = (int)fmax(1, round(film->facts.height * scale));
	begin_ffmpeg(studio, film->type, &command);
	ADD(&command, "-map", "0:V:0", "-frames:v", "1", "-vf", arena_printf(arena, "scale=%d:%d", width, height).data, "-c:v", "png",
		"-pix_fmt", "rgb24", "-f", "image2pipe", OUTPUT);
	return run_ffmpeg(studio, &command, film->descriptor, RUN_MS, &film->poster);
}

/* It shows its type like any other file. */
static bool is_as_meant(int descriptor, enum media_type type)
{
	struct stat status;
	char head[4096];
	if (fstat(descriptor, &status) != 0 || status.st_size <= 0 || status.st_size > MEDIA_MAX_FILE_BYTES)
		return false;
	ssize_t len = pread(descriptor, head, sizeof(head), 0);
	return len > 0 && media_sniff((struct str){ head, (size_t)len }) == type;
}

static enum error make(struct film_studio *studio, struct arena *arena, int descriptor, enum media_type type, struct film *film)
{
	const char *sentence = NULL;
	enum error error = find_facts(studio, descriptor, type, &film->facts);
	if (!error && type == MEDIA_TYPE_GIF && film->facts.frames < 2)
		return ERROR_NOT_FOUND;
	if (!error && media_type_is_audio(type)) {
		film->facts.has_picture = false;
		film->facts.width = film->facts.height = film->facts.frame_rate_milli = 0;
		error = film->facts.has_sound ? ERROR_NONE : ERROR_UNPROCESSABLE;
	} else if (!error && !film->facts.has_picture) {
		error = ERROR_UNPROCESSABLE;
	}
	if (!error)
		error = film_facts_judge(&film->facts, &studio->limits, &sentence);
	if (error)
		return error;
	error = type == MEDIA_TYPE_GIF ? convert_animation(studio, descriptor, film) : copy_plain(studio, descriptor, type, film);
	if (!error && !is_as_meant(film->descriptor, film->type))
		error = ERROR_UNPROCESSABLE;
	if (!error && film->facts.has_picture)
		error = find_facts(studio, film->descriptor, film->type, &film->facts);
	if (!error && film->facts.has_picture)
		error = take_poster(studio, arena, film);
	return error;
}

enum error film_make(struct film_studio *studio, struct arena *arena, int descriptor, enum media_type type, struct film *ret_film)
{
	struct film film = { .descriptor = -1, .poster = -1, .type = type };
	if (type == MEDIA_TYPE_MOV || type == MEDIA_TYPE_GIF)
		film.type = MEDIA_TYPE_MP4;
	if (!studio->ffmpeg[0] || !demuxer_of(type))
		return ERROR_UNAVAILABLE;
	enum error error = make(studio, arena, descriptor, type, &film);
	if (error)
		film_close(&film);
	else
		*ret_film = film;
	return error;
}

void film_close(struct film *film)
{
	if (film->descriptor >= 0)
		close(film->descriptor);
	if (film->poster >= 0)
		close(film->poster);
	film->descriptor = film->poster = -1;
}

enum error film_studio_check(struct film_studio *studio, struct arena *arena, const char **ret_reason)
{
	/* A sound of no length, but of the right form. */
	static const char sound[] = "RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x04\0\0\0\x80\x80\x80\x80";
	struct film film;
	if (!studio->ffmpeg[0] || access(studio->ffmpeg, X_OK) != 0 || access(studio->ffprobe, X_OK) != 0) {
		*ret_reason = "ffmpeg and ffprobe are not there";
		return ERROR_UNAVAILABLE;
	}
	int descriptor = memfd_create("sound", MFD_CLOEXEC);
	bool is_written = descriptor >= 0 && write(descriptor, sound, sizeof(sound) - 1) == (ssize_t)sizeof(sound) - 1;
	enum error error = is_written ? film_make(studio, arena, descriptor, MEDIA_TYPE_WAV, &film) : ERROR_UNAVAILABLE;
	if (descriptor >= 0)
		close(descriptor);
	if (!error) {
		film_close(&film);
		return ERROR_NONE;
	}
	*ret_reason = error == ERROR_UNAVAILABLE ? "comptoir-film does not start, or Landlock or seccomp is missing here" :
		"ffmpeg does not do what it should";
	return ERROR_UNAVAILABLE;
}
