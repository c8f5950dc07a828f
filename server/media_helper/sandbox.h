/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The walls around the media helper. */
#ifndef COMPTOIR_SERVER_MEDIA_HELPER_SANDBOX_H
#define COMPTOIR_SERVER_MEDIA_HELPER_SANDBOX_H

/* Before anything is loaded: limits, no new privileges, nobody looks in. Returns bits of enum media_wall. */
unsigned sandbox_limit(void);

/* When all libraries are loaded and before the first stranger's byte: no file by path (Landlock, seccomp), no socket, no
 * other program. Returns bits of enum media_wall. */
unsigned sandbox_close(void);

#endif
