/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the server asks of the launcher (server/film_helper/launcher.h), a packet each: to start a program with the
 * descriptors that come along, to end one, or whether one has ended. The launcher has no rights but those of its user. */
#ifndef COMPTOIR_SERVER_MEDIA_LAUNCH_MESSAGE_H
#define COMPTOIR_SERVER_MEDIA_LAUNCH_MESSAGE_H

#include "server/media/spawn.h"

#include <stdint.h>

#define LAUNCH_MAGIC 0x434d4c31u
#define LAUNCH_TEXT_MAX 8192
#define LAUNCH_WORDS_MAX 80

enum launch_kind { LAUNCH_START, LAUNCH_END, LAUNCH_ASK };

struct launch_request {
	uint32_t magic;
	uint32_t kind;          /* enum launch_kind */
	int32_t process;        /* to end, or asked about */
	uint32_t given;         /* bit i: descriptor i comes along */
	uint32_t text_bytes;
	char text[LAUNCH_TEXT_MAX]; /* the program and its arguments, each with its NUL */
};

struct launch_reply {
	uint32_t magic;
	int32_t process;        /* what was started; 0: nothing was, or it still runs */
	int32_t status;         /* as waitpid gives it */
};

#endif
