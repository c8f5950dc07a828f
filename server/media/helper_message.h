/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What server and media helper say to one another, on a socket of packets: a greeting when the walls stand, then a request
 * with descriptors (the file; where the picture and its small one go) and a reply, in turn. The helper reads what strangers
 * made, so the server believes nothing of a reply that it has not checked here. */
#ifndef COMPTOIR_SERVER_MEDIA_HELPER_MESSAGE_H
#define COMPTOIR_SERVER_MEDIA_HELPER_MESSAGE_H

#include "server/media/blurhash.h"
#include "server/media/sniff.h"

/* What stands between the helper and the machine. */
enum media_wall {
	MEDIA_WALL_SECCOMP = 1,  /* no socket, no file by path, no other program */
	MEDIA_WALL_LANDLOCK = 2, /* no file by path, by the kernel's other means */
	MEDIA_WALL_LIMITS = 4,   /* of memory, time, files and their size */
	MEDIA_WALL_PRIVILEGES = 8, /* none can be gained, and nobody may look in */
	MEDIA_WALL_USER = 16,    /* a user of its own; the server says so, not the helper */
};

enum helper_shape { HELPER_ATTACHMENT, HELPER_AVATAR, HELPER_HEADER, HELPER_SHAPE_COUNT };
enum helper_status { HELPER_DONE, HELPER_REFUSED, HELPER_TOO_LARGE, HELPER_STATUS_COUNT };

#define HELPER_MAGIC 0x434d4831u
#define HELPER_SIDE_MAX 65535

struct helper_greeting {
	uint32_t magic;
	uint32_t walls;
};

struct helper_request {
	uint32_t magic;
	uint32_t type;  /* enum media_type of the file */
	uint32_t shape; /* enum helper_shape */
	uint32_t size_bytes;
};

struct helper_reply {
	uint32_t magic;
	uint32_t status;
	uint32_t type, small_type; /* of what was written; MEDIA_TYPE_NONE: no small one */
	uint32_t width, height, small_width, small_height;
	uint32_t size_bytes, small_size_bytes;
	uint32_t frames;
	char blurhash[BLURHASH_LEN + 1];
	char padding[3];
};

/* True when the bytes are one in every respect that can be known here. */
bool helper_greeting_read(struct str bytes, struct helper_greeting *ret_greeting);
bool helper_request_read(struct str bytes, struct helper_request *ret_request);
bool helper_reply_read(struct str bytes, struct helper_reply *ret_reply);

#endif
