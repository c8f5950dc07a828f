/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reads and writes cookies. What is no cookie pair is stepped over. */
#include "server/http/cookie.h"

static struct str find_in(struct str header, struct str name)
{
	struct str pair;
	while (str_split_next(&header, ';', &pair)) {
		pair = str_trim(pair);
		if (pair.len > name.len && pair.data[name.len] == '=' && str_starts_with(pair, name))
			return str_slice(pair, name.len + 1, pair.len);
	}
	return (struct str){ 0 };
}

struct str cookie_get(const struct http_request *request, struct str name)
{
	for (size_t i = 0; i < request->header_count; i++) {
		if (!str_eq_nocase(request->headers[i].name, STR_LITERAL("Cookie")))
			continue;
		struct str value = find_in(request->headers[i].value, name);
		if (value.data)
			return value;
	}
	return (struct str){ 0 };
}

void cookie_set(struct request *request, struct str name, struct str value, int64_t max_age_s, bool is_secure)
{
	respond_header(request, "Set-Cookie",
		arena_printf(request->arena, "%.*s=%.*s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s", STR_ARG(name),
			STR_ARG(value), (long long)max_age_s, is_secure ? "; Secure" : ""));
}
