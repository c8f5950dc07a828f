/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Folded first, then in lower case: the folded form of Cherokee is in upper case, and tables want lower case. */
#include "base/hashtag.h"

#include <unicase.h>
#include <uninorm.h>

/* No character grows more than elevenfold, so that the results below never outgrow their buffers onto the heap. */
#define WORK_BYTES ((size_t)16 * HASHTAG_MAX_BYTES)

struct str hashtag_key(struct arena *arena, struct str name)
{
	uint8_t folded[WORK_BYTES];
	uint8_t lower[WORK_BYTES];
	size_t folded_len = sizeof(folded);
	size_t lower_len = sizeof(lower);
	if (name.len == 0 || name.len > HASHTAG_MAX_BYTES ||
		u8_casefold((const uint8_t *)name.data, name.len, NULL, UNINORM_NFKC, folded, &folded_len) != folded)
		return (struct str){ 0 };
	if (u8_tolower(folded, folded_len, NULL, NULL, lower, &lower_len) != lower || lower_len == 0 ||
		lower_len > HASHTAG_MAX_BYTES)
		return (struct str){ 0 };
	return arena_str(arena, (struct str){ (const char *)lower, lower_len });
}
