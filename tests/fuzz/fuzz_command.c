/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A command line, its words separated by NUL. */
#include "server/ctl/command.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 128

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(1 << 24);
	const char *words[WORDS_MAX];
	int count = 0;
	struct str rest = { (const char *)data, size }, word, message = { 0 };
	while (size > 0 && count < WORDS_MAX && str_split_next(&rest, '\0', &word))
		words[count++] = arena_c_string(arena, word);
	struct invocation invocation;
	enum error error = command_parse(arena, count, words, &invocation, &message);
	if (error ? message.len == 0 : !invocation.wants_help && !invocation.wants_version && !invocation.command)
		abort();
	struct buf out = { 0 };
	if (!error && invocation.wants_help && command_write_help(&out, invocation.help_noun, invocation.help_verb))
		abort();
	buf_clear(&out);
	arena_free(&arena);
	return 0;
}
