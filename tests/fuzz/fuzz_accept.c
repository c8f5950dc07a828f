/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Accept and Content-Type as a client sends them. */
#include "base/http_message.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct str offered[] = {
		STR("text/html"),
		STR("application/activity+json"),
		STR("application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""),
	};
	struct str text = { (const char *)data, size };
	struct arena *arena = arena_new(1 << 20);
	int chosen = http_choose_type(text, offered, 3);
	if (chosen < -1 || chosen > 2 || http_media_type(arena, text).len > size)
		abort();
	(void)http_list_has_token(text, "close");
	arena_free(&arena);
	return 0;
}
