/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tagged links as text. */
#include "server/brand/link_text.h"

#include "base/url.h"

static bool has_parameter(struct str query, struct str name)
{
	struct str part;
	while (query.len && str_split_next(&query, '&', &part))
		if (str_starts_with(part, name) && part.len > name.len && part.data[name.len] == '=')
			return true;
	return false;
}

struct str link_location(struct arena *arena, struct str target, const struct campaign *campaign)
{
	size_t fragment = str_index_of(target, '#', 0);
	size_t cut = fragment < target.len ? fragment : target.len;
	struct str before = str_slice(target, 0, cut), after = str_slice(target, cut, target.len);
	size_t mark = str_index_of(before, '?', 0);
	bool has_query = mark < before.len;
	struct str query = has_query ? str_slice(before, mark + 1, before.len) : STR_LITERAL("");
	for (int i = 0; campaign && i < UTM_COUNT; i++) {
		struct str name = str_from(utm_name((enum utm)i));
		if (!campaign->utm[i].len || has_parameter(query, name))
			continue;
		struct str value = url_encode(arena, campaign->utm[i]);
		before = arena_printf(arena, "%.*s%s%.*s=%.*s", STR_ARG(before), has_query ? "&" : "?", STR_ARG(name), STR_ARG(value));
		has_query = true;
	}
	return arena_printf(arena, "%.*s%.*s", STR_ARG(before), STR_ARG(after));
}

static bool ends_address(char c)
{
	return (unsigned char)c <= ' ' || c == '<' || c == '>' || c == '"' || c == 0x7f;
}

bool link_find_next(struct str text, size_t from, size_t *ret_begin, size_t *ret_end)
{
	for (size_t i = from; i < text.len; i++) {
		struct str rest = str_slice(text, i, text.len);
		if (!str_starts_with(rest, STR_LITERAL("http://")) && !str_starts_with(rest, STR_LITERAL("https://")))
			continue;
		size_t end = i;
		while (end < text.len && !ends_address(text.data[end]))
			end++;
		while (end > i && str_contains_char(STR_LITERAL(".,;:!?)]'*_"), text.data[end - 1]))
			end--;
		*ret_begin = i;
		*ret_end = end;
		return true;
	}
	return false;
}

bool link_is_followed_by_machine(struct str user_agent)
{
	static const char *const words[] = { "bot", "crawl", "spider", "preview", "mastodon", "pleroma", "akkoma", "misskey", "firefish",
		"sharkey", "gotosocial", "lemmy", "friendica", "pixelfed", "peertube", "mobilizon", "hubzilla", "comptoir", "fediverse",
		"activitypub", "http.rb", "facebookexternalhit", "slurp", "curl", "wget", "python", "go-http-client", "java/", "okhttp",
		"headless", "monitor", "scanner", "fetch" };
	if (!user_agent.len || user_agent.len > 1024)
		return true;
	char lower[1025];
	for (size_t i = 0; i < user_agent.len; i++)
		lower[i] = user_agent.data[i] >= 'A' && user_agent.data[i] <= 'Z' ? (char)(user_agent.data[i] + 32) : user_agent.data[i];
	struct str name = { lower, user_agent.len };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_index_of_str(name, str_from(words[i])) < name.len)
			return true;
	return false;
}
