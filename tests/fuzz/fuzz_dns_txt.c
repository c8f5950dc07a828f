/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers of name servers. */
#include "base/dns_txt.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(4 << 20);
	struct str *texts;
	size_t count, total = 0;
	if (!dns_txt_read(arena, (struct str){ (const char *)data, size }, &texts, &count))
		return 0;
	assert(count <= DNS_TXT_MAX_RECORDS);
	for (size_t i = 0; i < count; i++)
		total += texts[i].len;
	/* No byte is read twice but by names that point back, which are not texts. */
	assert(total <= size);
	return 0;
}
