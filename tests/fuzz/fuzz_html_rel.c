/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whatever the page: it is read within its bytes, and a link that stands before it is found. */
#include "base/html_rel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct str back = STR("<a rel=me href=https://company.example/@anna>");
	static const struct str url = STR("https://company.example/@anna");
	AUTO(arena) struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
	struct str text = { (const char *)data, size };
	(void)html_rel_leads_to(arena, text, "me", &url, 1);
	const struct str parts[] = { back, text };
	if (!html_rel_leads_to(arena, arena_join(arena, parts, 2), "me", &url, 1))
		memory_fatal("the link was not found");
	return 0;
}
