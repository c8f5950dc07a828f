/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Joins header lines. */
#include "federation/header_line.h"

struct str header_line_joined(struct arena *arena, const struct http_request *request, struct str name)
{
	size_t count = 0;
	struct str first = { 0 };
	for (size_t i = 0; i < request->header_count; i++) {
		if (str_eq_nocase(request->headers[i].name, name) && count++ == 0)
			first = request->headers[i].value;
	}
	if (count == 1)
		return first.data ? first : STR_LITERAL("");
	if (count == 0)
		return (struct str){ 0 };
	struct str *parts = arena_alloc_array(arena, 2 * count, sizeof(*parts));
	size_t used = 0;
	for (size_t i = 0; i < request->header_count; i++) {
		if (!str_eq_nocase(request->headers[i].name, name))
			continue;
		if (used > 0)
			parts[used++] = STR_LITERAL(", ");
		parts[used++] = request->headers[i].value;
	}
	return arena_join(arena, parts, used);
}
