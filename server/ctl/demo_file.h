/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * demo.json: who can log in to the demonstration and how, for people and for tests. The only place that keeps
 * its passwords. */
#ifndef COMPTOIR_SERVER_CTL_DEMO_FILE_H
#define COMPTOIR_SERVER_CTL_DEMO_FILE_H

#include "base/arena.h"
#include "base/error.h"

/* Fills passwords[i] for demo_people[i] from the file; those not in it stay empty. A file that is not there has
 * none; one that is not ours to read is refused with a sentence. */
enum error demo_file_read(struct arena *arena, const char *path, struct str *passwords, struct str *ret_message) MUST_CHECK;

/* Replaces the file (mode 0600) unless it holds just this. */
enum error demo_file_write(struct arena *arena, const char *path, struct str base_url, const struct str *passwords,
	struct str *ret_message) MUST_CHECK;

#endif
