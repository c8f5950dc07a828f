/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Two places for processes; whoever has work takes a free one, talks to its process alone, and gives the place back. A
 * process that answers nonsense, too late or not at all is killed. */
#include "server/media/helper.h"

#include "server/media/launch.h"
#include "server/media/media_limits.h"

#include "base/log.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACES 2
#define JOBS_OF_A_PROCESS 50
#define START_MS 10000
#define JOB_MS 20000
#define DESCRIPTORS 3
#define LOG_PAUSE_US 60000000

struct place {
	pid_t process; /* 0: none */
	int descriptor;
	unsigned jobs;
	bool is_taken; /* under lock */
};

struct media_helper {
	char program[PATH_MAX];
	pthread_mutex_t lock;
	pthread_cond_t is_free;
	struct place places[PLACES];
	unsigned walls;        /* under lock: of the last one that was started; 0: none was */
	int64_t logged_us;     /* under lock */
};

static void find_program(const struct config *config, char ret_path[PATH_MAX])
{
	struct str named = str_from(config_text(config, "media.helper"));
	if (named.len == 0 || named.len >= PATH_MAX)
		media_spawn_find_program("comptoir-media", ret_path);
	else
		memcpy(ret_path, named.data, named.len + 1);
}

struct media_helper *media_helper_new(const struct config *config)
{
	struct media_helper *helper = memory_new(sizeof(*helper));
	find_program(config, helper->program);
	pthread_mutex_init(&helper->lock, NULL);
	pthread_cond_init(&helper->is_free, NULL);
	for (int i = 0; i < PLACES; i++)
		helper->places[i].descriptor = -1;
	return helper;
}

static void end_process(struct place *place)
{
	if (place->descriptor >= 0)
		close(place->descriptor);
	if (place->process > 0)
		(void)media_launch_end(place->process);
	place->process = 0;
	place->descriptor = -1;
	place->jobs = 0;
}

void media_helper_free(struct media_helper **helper)
{
	if (!*helper)
		return;
	for (int i = 0; i < PLACES; i++)
		end_process(&(*helper)->places[i]);
	pthread_mutex_destroy(&(*helper)->lock);
	pthread_cond_destroy(&(*helper)->is_free);
	memory_free(*helper);
	*helper = NULL;
}

/* The length of the packet, or -1: too late, or the other side is gone. */
static ssize_t receive(int descriptor, void *ret_bytes, size_t room, int wait_ms)
{
	struct pollfd waited = { .fd = descriptor, .events = POLLIN };
	int ready;
	do {
		ready = poll(&waited, 1, wait_ms);
	} while (ready < 0 && errno == EINTR);
	ssize_t len = ready == 1 ? recv(descriptor, ret_bytes, room, MSG_TRUNC) : 0;
	return len > 0 && len <= (ssize_t)room ? len : -1;
}

static bool start_process(const struct media_helper *helper, struct place *place, unsigned *ret_walls)
{
	struct helper_greeting greeting;
	char bytes[sizeof(greeting)];
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	char *const arguments[] = { (char *)(uintptr_t)"comptoir-media", NULL };
	const struct media_spawn spawn = { helper->program, arguments, { -1, -1, pair[1], -1 } };
	if (!media_launch_start(&spawn, &place->process)) {
		place->process = 0;
		close(pair[0]);
		close(pair[1]);
		return false;
	}
	close(pair[1]);
	place->descriptor = pair[0];
	ssize_t len = receive(place->descriptor, bytes, sizeof(bytes), START_MS);
	if (len < 0 || !helper_greeting_read((struct str){ bytes, (size_t)len }, &greeting)) {
		end_process(place);
		return false;
	}
	*ret_walls = greeting.walls | (media_launcher_is_there() ? MEDIA_WALL_USER : 0);
	return true;
}

static bool walls_suffice(unsigned walls)
{
	return walls & (MEDIA_WALL_SECCOMP | MEDIA_WALL_LANDLOCK);
}

static struct place *take_place(struct media_helper *helper)
{
	struct place *place = NULL;
	pthread_mutex_lock(&helper->lock);
	while (!place) {
		for (int i = 0; i < PLACES && !place; i++)
			if (!helper->places[i].is_taken)
				place = &helper->places[i];
		if (!place)
			pthread_cond_wait(&helper->is_free, &helper->lock);
	}
	place->is_taken = true;
	pthread_mutex_unlock(&helper->lock);
	return place;
}

static void give_back(struct media_helper *helper, struct place *place)
{
	pthread_mutex_lock(&helper->lock);
	place->is_taken = false;
	pthread_cond_signal(&helper->is_free);
	pthread_mutex_unlock(&helper->lock);
}

static void note_walls(struct media_helper *helper, unsigned walls, bool is_started)
{
	int64_t now_us = clock_monotonic_us();
	pthread_mutex_lock(&helper->lock);
	helper->walls = walls;
	bool is_logged = !(is_started && walls_suffice(walls)) && (!helper->logged_us || now_us - helper->logged_us > LOG_PAUSE_US);
	if (is_logged)
		helper->logged_us = now_us;
	pthread_mutex_unlock(&helper->lock);
	if (is_logged)
		log_event(LOG_LEVEL_ERROR, "media_helper_unusable", LOG_TEXT("program", helper->program), LOG_INT("walls", walls),
			LOG_TEXT("reason", is_started ? "no wall stands" : "it does not start"));
}

/* A process that may be given work. */
static enum error make_usable(struct media_helper *helper, struct place *place)
{
	unsigned walls = 0;
	if (place->process > 0 && place->jobs < JOBS_OF_A_PROCESS)
		return ERROR_NONE;
	end_process(place);
	bool is_started = start_process(helper, place, &walls);
	note_walls(helper, walls, is_started);
	if (is_started && walls_suffice(walls))
		return ERROR_NONE;
	end_process(place);
	return ERROR_UNAVAILABLE;
}

enum error media_helper_check(struct media_helper *helper, unsigned *ret_walls)
{
	pthread_mutex_lock(&helper->lock);
	unsigned walls = helper->walls;
	pthread_mutex_unlock(&helper->lock);
	if (!walls_suffice(walls) || !walls) {
		struct place *place = take_place(helper);
		enum error error = make_usable(helper, place);
		give_back(helper, place);
		pthread_mutex_lock(&helper->lock);
		walls = helper->walls;
		pthread_mutex_unlock(&helper->lock);
		*ret_walls = walls;
		return error;
	}
	*ret_walls = walls;
	return ERROR_NONE;
}

static bool send_request(int descriptor, const struct helper_request *request, const int descriptors[DESCRIPTORS])
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int) * DESCRIPTORS)];
	} control = { .room = { 0 } };
	struct helper_request copy = *request;
	struct iovec part = { &copy, sizeof(copy) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int) * DESCRIPTORS);
	memcpy(CMSG_DATA(rights), descriptors, sizeof(int) * DESCRIPTORS);
	return sendmsg(descriptor, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(copy);
}

/* What was written, if it is as long as was said; sealed, so that it cannot be cut while somebody reads it. */
static bool map_written(int descriptor, uint32_t size_bytes, struct str *ret_bytes)
{
	struct stat status;
	if (fstat(descriptor, &status) != 0 || status.st_size != (off_t)size_bytes || size_bytes == 0)
		return false;
	if (fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
		return false;
	void *bytes = mmap(NULL, size_bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (bytes == MAP_FAILED)
		return false;
	*ret_bytes = (struct str){ bytes, size_bytes };
	return true;
}

void media_picture_clear(struct media_picture *picture)
{
	if (picture->bytes.data)
		munmap((void *)(uintptr_t)picture->bytes.data, picture->bytes.len);
	if (picture->small.data)
		munmap((void *)(uintptr_t)picture->small.data, picture->small.len);
	*picture = (struct media_picture){ 0 };
}

/* What it writes to shows its type; it may be no wall of ours, so only what the reply says counts. */
static enum error take_results(const struct helper_reply *reply, const int descriptors[DESCRIPTORS], struct media_picture *ret_picture)
{
	struct media_picture picture = { .facts = *reply };
	if (reply->status == HELPER_TOO_LARGE)
		return ERROR_CONTENT_TOO_LARGE;
	if (reply->status != HELPER_DONE)
		return ERROR_UNPROCESSABLE;
	bool is_whole = map_written(descriptors[1], reply->size_bytes, &picture.bytes) &&
		(reply->small_type == MEDIA_TYPE_NONE || map_written(descriptors[2], reply->small_size_bytes, &picture.small));
	if (is_whole && (media_sniff(picture.bytes) != reply->type ||
		(picture.small.data && media_sniff(picture.small) != reply->small_type)))
		is_whole = false;
	if (!is_whole) {
		media_picture_clear(&picture);
		return ERROR_UNPROCESSABLE;
	}
	*ret_picture = picture;
	return ERROR_NONE;
}

/* *ret_has_died: it ended over this, or somebody ended it. */
static enum error converse(struct place *place, const struct helper_request *request, const int descriptors[DESCRIPTORS],
	struct media_picture *ret_picture, bool *ret_has_died)
{
	struct helper_reply reply;
	char bytes[sizeof(reply)];
	place->jobs++;
	ssize_t len = send_request(place->descriptor, request, descriptors) ?
		receive(place->descriptor, bytes, sizeof(bytes), JOB_MS) : -1;
	if (len >= 0 && helper_reply_read((struct str){ bytes, (size_t)len }, &reply))
		return take_results(&reply, descriptors, ret_picture);
	log_event(LOG_LEVEL_INFO, "media_helper_ended", LOG_TEXT("reason", len < 0 ? "no answer" : "no sense"));
	end_process(place);
	*ret_has_died = true;
	return ERROR_UNPROCESSABLE;
}

static enum error make(struct media_helper *helper, const struct helper_request *request, const int descriptors[DESCRIPTORS],
	struct media_picture *ret_picture, bool *ret_has_died)
{
	*ret_has_died = false;
	struct place *place = take_place(helper);
	enum error error = make_usable(helper, place);
	if (!error)
		error = converse(place, request, descriptors, ret_picture, ret_has_died);
	give_back(helper, place);
	return error;
}

static void close_all(const int *descriptors, int count)
{
	for (int i = 0; i < count; i++)
		if (descriptors[i] >= 0)
			close(descriptors[i]);
}

enum error media_helper_make(struct media_helper *helper, int descriptor, uint32_t size_bytes, enum media_type type,
	enum helper_shape shape, struct media_picture *ret_picture)
{
	const struct helper_request request = { HELPER_MAGIC, (uint32_t)type, (uint32_t)shape, size_bytes };
	bool has_died = true;
	enum error error = ERROR_UNAVAILABLE;
	/* Whoever ended it may have meant somebody else's picture, so it has a second try. */
	for (int attempt = 0; attempt < 2 && has_died; attempt++) {
		int descriptors[DESCRIPTORS] = { descriptor, memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING),
			memfd_create("small", MFD_CLOEXEC | MFD_ALLOW_SEALING) };
		has_died = false;
		if (descriptors[1] >= 0 && descriptors[2] >= 0)
			error = make(helper, &request, descriptors, ret_picture, &has_died);
		close_all(descriptors + 1, DESCRIPTORS - 1);
	}
	return error;
}
