/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The program: reads the command line and hands over to the command. */
#include "server/ctl/context.h"
#include "server/ctl/version.h"
#include "server/privileges.h"

#include "base/log.h"

#include <malloc.h>

#define ARENA_LIMIT_BYTES ((size_t)256 * 1024 * 1024)

static enum error run(struct invocation *invocation)
{
	if (!invocation->wants_help && !invocation->wants_version)
		return invocation->command->run(invocation);
	AUTO(buf) struct buf out = { 0 };
	if (invocation->wants_version) {
		version_write(&out, invocation->is_json);
	} else {
		enum error error = command_write_help(&out, invocation->help_noun, invocation->help_verb);
		if (error)
			return error;
	}
	return ctl_print(&out);
}

int main(int argc, char **argv)
{
	/* Keeps large blocks (a password hash takes 19 MiB) out of the heap, whatever was freed before: they go back
	 * to the system at once. */
	(void)mallopt(M_MMAP_THRESHOLD, 256 * 1024);
	privileges_harden();
	log_configure(LOG_FORMAT_HUMAN, LOG_LEVEL_WARNING);

	AUTO(arena) struct arena *arena = arena_new(ARENA_LIMIT_BYTES);
	struct invocation invocation;
	struct str message = { 0 };
	enum error error = command_parse(arena, argc - 1, (const char *const *)(argv + 1), &invocation, &message);
	if (error) {
		error = ctl_fail(error, "%.*s", STR_ARG(message));
		return (int)exit_code_of(error);
	}
	error = run(&invocation);
	ctl_close(&invocation);
	return (int)exit_code_of(error);
}
