/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reads weighted lists in one pass without memory of its own; what is malformed weighs nothing. */
#include "server/web/accept.h"

#define WEIGHT_MAX 1000
#define LIST_MAX_ITEMS 64 /* browsers send ten; the rest of a longer list is not looked at */

/* Takes the part before the next separator that is not inside quotes; false when *rest is used up. */
static bool next_part(struct str *rest, char separator, struct str *ret_part)
{
	bool is_quoted = false;
	size_t i;

	if (!rest->data)
		return false;
	for (i = 0; i < rest->len; i++) {
		char c = rest->data[i];
		if (is_quoted && c == '\\')
			i++;
		else if (c == '"')
			is_quoted = !is_quoted;
		else if (c == separator && !is_quoted)
			break;
	}
	*ret_part = str_trim(str_slice(*rest, 0, i));
	*rest = i < rest->len ? str_slice(*rest, i + 1, rest->len) : (struct str){ NULL, 0 };
	return true;
}

/* qvalue in thousandths; 0 when malformed. */
static unsigned parse_weight(struct str text)
{
	unsigned weight = 0;
	unsigned unit = WEIGHT_MAX;

	if (str_is_empty(text) || text.len > 5 || (text.data[0] != '0' && text.data[0] != '1'))
		return 0;
	if (text.len > 1 && text.data[1] != '.')
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		if (i == 1)
			continue;
		if (text.data[i] < '0' || text.data[i] > '9')
			return 0;
		weight += (unsigned)(text.data[i] - '0') * unit;
		unit /= 10;
	}
	return weight > WEIGHT_MAX ? 0 : weight;
}

static struct str unquote(struct str text)
{
	if (text.len >= 2 && text.data[0] == '"' && text.data[text.len - 1] == '"')
		return str_slice(text, 1, text.len - 1);
	return text;
}

struct range {
	struct str name;
	unsigned weight;
	bool has_profile;
	bool has_activity_profile;
};

static bool names_activity_streams(struct str profiles)
{
	struct str profile;

	while (str_split_next(&profiles, ' ', &profile)) {
		if (str_eq_nocase(profile, STR_LITERAL("https://www.w3.org/ns/activitystreams")))
			return true;
	}
	return false;
}

static bool next_range(struct str *list, struct range *ret_range)
{
	struct str item;
	struct str parameter;

	if (!next_part(list, ',', &item))
		return false;
	*ret_range = (struct range){ .weight = WEIGHT_MAX };
	if (!next_part(&item, ';', &ret_range->name))
		return true;
	while (next_part(&item, ';', &parameter)) {
		size_t equals = str_index_of(parameter, '=', 0);
		struct str name = str_trim(str_slice(parameter, 0, equals));
		struct str value = str_trim(str_slice(parameter, equals + 1, parameter.len));
		if (str_eq_nocase(name, STR_LITERAL("q")))
			ret_range->weight = parse_weight(value);
		if (str_eq_nocase(name, STR_LITERAL("profile"))) {
			ret_range->has_profile = true;
			ret_range->has_activity_profile = names_activity_streams(unquote(value));
		}
	}
	return true;
}

static bool is_activity(const struct range *range)
{
	if (str_eq_nocase(range->name, STR_LITERAL("application/ld+json")))
		return !range->has_profile || range->has_activity_profile;
	return str_eq_nocase(range->name, STR_LITERAL("application/activity+json")) ||
		str_eq_nocase(range->name, STR_LITERAL("application/json"));
}

static bool is_page(const struct range *range)
{
	return str_eq_nocase(range->name, STR_LITERAL("text/html")) || str_eq_nocase(range->name, STR_LITERAL("text/*")) ||
		str_eq_nocase(range->name, STR_LITERAL("application/xhtml+xml"));
}

bool accept_prefers_activity(struct str accept, bool otherwise)
{
	unsigned activity_weight = 0;
	unsigned page_weight = 0;
	struct range range;

	for (unsigned i = 0; i < LIST_MAX_ITEMS && next_range(&accept, &range); i++) {
		if (is_activity(&range) && range.weight > activity_weight)
			activity_weight = range.weight;
		if (is_page(&range) && range.weight > page_weight)
			page_weight = range.weight;
	}
	if (activity_weight == 0 && page_weight == 0)
		return otherwise;
	return activity_weight >= page_weight;
}

enum language accept_choose_language(struct str accept_language, enum language otherwise)
{
	enum language best = otherwise;
	unsigned best_weight = 0;
	struct range range;

	for (unsigned i = 0; i < LIST_MAX_ITEMS && next_range(&accept_language, &range); i++) {
		enum language language;
		if (range.weight > best_weight && language_from_tag(range.name, &language)) {
			best = language;
			best_weight = range.weight;
		}
	}
	return best;
}
