/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Single values: texts, ids, URLs, numbers, moments, audiences. */
#include "federation/vocab_in_values.h"

#include "base/mutant.h"
#include "base/time_format.h"
#include "base/url.h"

#include <string.h>

#define TIME_MAX_BYTES 64

static const struct str public_names[] = {
	STR("https://www.w3.org/ns/activitystreams#Public"), STR("as:Public"), STR("Public"),
};

bool vocab_is_public(struct str id)
{
	for (size_t i = 0; i < sizeof(public_names) / sizeof(public_names[0]); i++) {
		if (str_eq(id, public_names[i]))
			return true;
	}
	return false;
}

/* Not longer than max_bytes and without half a character at the end. */
static struct str cut(struct str text, size_t max_bytes)
{
	if (text.len <= max_bytes || MUTANT("vocab_text_limit"))
		return text;
	size_t len = max_bytes;
	while (len > 0 && ((unsigned char)text.data[len] & 0xC0) == 0x80)
		len--;
	return str_slice(text, 0, len);
}

/* C0 and C1 controls; C1 are two bytes in UTF-8. */
static size_t control_len(struct str text, size_t at)
{
	unsigned char c = (unsigned char)text.data[at];
	if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
		return 1;
	if (c == 0xC2 && at + 1 < text.len && (unsigned char)text.data[at + 1] < 0xA0)
		return 2;
	return 0;
}

static struct str copy_text(const struct vocab_reader *reader, struct str text, size_t max_bytes)
{
	text = cut(text, max_bytes);
	if (text.len == 0)
		return (struct str){ 0 };
	char *copy = arena_alloc(reader->arena, text.len + 1);
	size_t len = 0;
	for (size_t at = 0; at < text.len; at++) {
		size_t skipped = MUTANT("vocab_controls") ? 0 : control_len(text, at);
		if (skipped > 0)
			at += skipped - 1;
		else
			copy[len++] = text.data[at];
	}
	copy[len] = '\0';
	return len > 0 ? (struct str){ copy, len } : (struct str){ 0 };
}

struct str vocab_copy(const struct vocab_reader *reader, struct str text)
{
	return text.len > 0 ? arena_str(reader->arena, text) : (struct str){ 0 };
}

static struct str raw_text(const json_t *value)
{
	return vocab_raw(json_is_object(value) ? json_object_get(value, "@value") : value);
}

struct str vocab_text(const struct vocab_reader *reader, const json_t *value, size_t max_bytes)
{
	for (size_t i = 0; i < vocab_count(value); i++) {
		struct str text = raw_text(vocab_at(value, i));
		if (text.len > 0)
			return copy_text(reader, text, max_bytes);
	}
	return (struct str){ 0 };
}

struct str vocab_get_text(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property,
	size_t max_bytes)
{
	return vocab_text(reader, vocab_get(reader, owner, property), max_bytes);
}

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct str vocab_language(const struct vocab_reader *reader, struct str tag)
{
	if (tag.len < 2 || tag.len > VOCAB_LANGUAGE_MAX_BYTES || str_eq_nocase(tag, STR_LITERAL("und")))
		return (struct str){ 0 };
	for (size_t i = 0; i < tag.len; i++) {
		if (!is_alphanumeric(tag.data[i]) && (tag.data[i] != '-' || i == 0 || i + 1 == tag.len))
			return (struct str){ 0 };
	}
	return arena_str(reader->arena, tag);
}

struct str vocab_first_of_map(const struct vocab_reader *reader, const json_t *map, size_t max_bytes,
	struct str *ret_language)
{
	const char *key;
	json_t *value;
	size_t seen = 0;

	json_object_foreach ((json_t *)map, key, value) {
		if (seen++ >= VOCAB_LANGUAGES_MAX)
			break;
		struct str text = vocab_raw(value);
		if (text.len == 0 || key[0] == '@')
			continue;
		if (ret_language)
			*ret_language = vocab_language(reader, str_from(key));
		return copy_text(reader, text, max_bytes);
	}
	return (struct str){ 0 };
}

struct str vocab_media_type(const struct vocab_reader *reader, const json_t *value)
{
	struct str type = vocab_raw(vocab_at(value, 0));
	type = str_trim(str_slice(type, 0, str_index_of(type, ';', 0)));
	size_t slash = str_index_of(type, '/', 0);
	if (type.len > VOCAB_MEDIA_TYPE_MAX_BYTES || slash == 0 || slash + 1 >= type.len)
		return (struct str){ 0 };
	for (size_t i = 0; i < type.len; i++) {
		if (i != slash && !is_alphanumeric(type.data[i]) && (type.data[i] == '\0' || !strchr("!#$&-^_.+", type.data[i])))
			return (struct str){ 0 };
	}
	return arena_lower(reader->arena, type);
}

/* Whether text is a URL that may be fetched (or, if may_be_http, shown). *ret_url lives in scratch. */
static bool parse_url(struct arena *scratch, struct str text, bool allows_http, struct url *ret_url)
{
	if (text.len == 0 || text.len > VOCAB_ID_MAX_BYTES)
		return false;
	if (!url_parse(scratch, text, ret_url))
		return false;
	return allows_http || str_eq(ret_url->scheme, STR_LITERAL("https")) || MUTANT("vocab_id_scheme");
}

static bool id_is_acceptable(struct arena *scratch, struct str id, enum vocab_id_kind kind,
	const struct vocab_rules *rules)
{
	struct url url;
	if (!parse_url(scratch, id, rules->allows_http, &url))
		return false;
	return kind != VOCAB_ID_DOCUMENT || !url.fragment.data || MUTANT("vocab_id_fragment");
}

bool vocab_id_is_acceptable(struct str id, enum vocab_id_kind kind, const struct vocab_rules *rules)
{
	AUTO(arena) struct arena *scratch = arena_new(VOCAB_SCRATCH_BYTES);
	return id_is_acceptable(scratch, id, kind, rules);
}

static bool is_same_origin(struct arena *scratch, struct str a, struct str b)
{
	struct url first;
	struct url second;
	if (!parse_url(scratch, a, true, &first) || !parse_url(scratch, b, true, &second))
		return false;
	return url_same_origin(&first, &second) || MUTANT("vocab_origin");
}

bool vocab_same_origin(struct str a, struct str b)
{
	AUTO(arena) struct arena *scratch = arena_new(VOCAB_SCRATCH_BYTES);
	return is_same_origin(scratch, a, b);
}

bool vocab_is_of_origin(const struct vocab_reader *reader, struct str id, struct str base)
{
	bool is_same = is_same_origin(reader->scratch, id, base);
	arena_reset(reader->scratch);
	return is_same;
}

struct str vocab_id(const struct vocab_reader *reader, const json_t *value, enum vocab_id_kind kind)
{
	struct str id = json_is_object(value) ? vocab_raw_id(value) : vocab_raw(value);
	bool is_good = id.len > 0 && id_is_acceptable(reader->scratch, id, kind, reader->rules);
	arena_reset(reader->scratch);
	return is_good ? arena_str(reader->arena, id) : (struct str){ 0 };
}

struct str vocab_get_id(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property,
	enum vocab_id_kind kind)
{
	const json_t *value = vocab_get(reader, owner, property);
	for (size_t i = 0; i < vocab_count(value) && i < VOCAB_LINKS_MAX; i++) {
		struct str id = vocab_id(reader, vocab_at(value, i), kind);
		if (id.len > 0)
			return id;
	}
	return (struct str){ 0 };
}

struct str vocab_get_own_id(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property,
	struct str base)
{
	struct str id = vocab_get_id(reader, owner, property, VOCAB_ID_DOCUMENT);
	if (id.len > 0 && !vocab_is_of_origin(reader, id, base))
		return (struct str){ 0 };
	return id;
}

static size_t limited(size_t count, size_t max_count)
{
	return count <= max_count || MUTANT("vocab_list_limit") ? count : max_count;
}

struct vocab_ids vocab_get_ids(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property,
	size_t max_count, bool *ret_is_public)
{
	const json_t *value = vocab_get(reader, owner, property);
	size_t count = vocab_count(value);
	size_t room = limited(count, max_count);
	struct vocab_ids list = { 0 };

	if (count == 0)
		return list;
	list.ids = arena_alloc_array(reader->arena, room, sizeof(list.ids[0]));
	for (size_t i = 0; i < count; i++) {
		const json_t *one = vocab_at(value, i);
		if (vocab_is_public(json_is_object(one) ? vocab_raw_id(one) : vocab_raw(one))) {
			if (ret_is_public)
				*ret_is_public = true;
			continue;
		}
		if (list.count >= room)
			continue;
		struct str id = vocab_id(reader, one, VOCAB_ID_EMBEDDED);
		if (id.len > 0)
			list.ids[list.count++] = id;
	}
	return list;
}

struct str vocab_url(const struct vocab_reader *reader, struct str text, bool may_be_http)
{
	struct url url;
	struct str canonical = { 0 };
	if (parse_url(reader->scratch, text, may_be_http || reader->rules->allows_http, &url))
		canonical = arena_str(reader->arena, url.text);
	arena_reset(reader->scratch);
	return canonical;
}

bool vocab_get_bool(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property)
{
	return json_is_true(vocab_get(reader, owner, property));
}

int64_t vocab_get_count(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property,
	int64_t absent)
{
	const json_t *value = vocab_get(reader, owner, property);
	if (!json_is_integer(value))
		return absent;
	int64_t count = json_integer_value(value);
	if (MUTANT("vocab_count"))
		return count;
	if (count < 0)
		return 0;
	return count <= VOCAB_COUNT_MAX ? count : VOCAB_COUNT_MAX;
}

int64_t vocab_time(const json_t *value)
{
	struct str text = str_trim(vocab_raw(vocab_at(value, 0)));
	int64_t time_us;
	char with_zone[TIME_MAX_BYTES + 1];

	if (text.len == 0 || text.len >= TIME_MAX_BYTES)
		return 0;
	if (!time_parse_rfc3339(text, &time_us)) {
		/* Old versions of Lemmy send UTC without saying so. */
		memcpy(with_zone, text.data, text.len);
		with_zone[text.len] = 'Z';
		if (!time_parse_rfc3339((struct str){ with_zone, text.len + 1 }, &time_us))
			return 0;
	}
	return time_us > 0 ? time_us : 0;
}

int64_t vocab_get_time(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property)
{
	return vocab_time(vocab_get(reader, owner, property));
}

int64_t vocab_get_published(const struct vocab_reader *reader, const json_t *owner, bool *ret_is_given)
{
	int64_t time_us = vocab_get_time(reader, owner, PROPERTY_PUBLISHED);
	*ret_is_given = time_us > 0 && (time_us <= reader->rules->received_us || MUTANT("vocab_future_published"));
	return *ret_is_given ? time_us : reader->rules->received_us;
}

void vocab_get_audience(const struct vocab_reader *reader, const json_t *owner, struct vocab_audience *ret_audience)
{
	struct vocab_audience audience = { 0 };
	audience.to = vocab_get_ids(reader, owner, PROPERTY_TO, VOCAB_RECIPIENTS_MAX, &audience.is_public_in_to);
	audience.cc = vocab_get_ids(reader, owner, PROPERTY_CC, VOCAB_RECIPIENTS_MAX, &audience.is_public_in_cc);
	audience.bto = vocab_get_ids(reader, owner, PROPERTY_BTO, VOCAB_RECIPIENTS_MAX, NULL);
	audience.bcc = vocab_get_ids(reader, owner, PROPERTY_BCC, VOCAB_RECIPIENTS_MAX, NULL);
	audience.audience = vocab_get_ids(reader, owner, PROPERTY_AUDIENCE, VOCAB_RECIPIENTS_MAX, NULL);
	audience.is_direct_message = vocab_get_bool(reader, owner, PROPERTY_DIRECT_MESSAGE);
	*ret_audience = audience;
}

static bool contains(const struct vocab_ids *list, struct str id)
{
	for (size_t i = 0; i < list->count; i++) {
		if (str_eq(list->ids[i], id))
			return true;
	}
	return false;
}

/* The narrower reading wins where a sender contradicts itself. */
enum post_visibility vocab_visibility(const struct vocab_audience *audience, struct str followers_url)
{
	if (audience->is_direct_message && !MUTANT("vocab_direct_message"))
		return POST_DIRECT;
	if (audience->is_public_in_to)
		return POST_PUBLIC;
	if (audience->is_public_in_cc)
		return POST_UNLISTED;
	if (followers_url.len > 0 && (contains(&audience->to, followers_url) || contains(&audience->cc, followers_url)))
		return POST_FOLLOWERS;
	return POST_DIRECT;
}

/* The first page among strings and Links: what says text/html, else what says nothing about its type. */
static struct str find_page(const struct vocab_reader *reader, const json_t *value)
{
	struct str untyped = { 0 };
	for (size_t i = 0; i < vocab_count(value) && i < VOCAB_LINKS_MAX; i++) {
		const json_t *link = vocab_at(value, i);
		struct str text = vocab_raw(json_is_object(link) ? vocab_get(reader, link, PROPERTY_HREF) : link);
		struct str type = vocab_media_type(reader, vocab_get(reader, link, PROPERTY_MEDIA_TYPE));
		bool is_page = str_eq(type, STR_LITERAL("text/html"));
		if (text.len == 0 || (type.len > 0 && !is_page))
			continue;
		if (is_page)
			return text;
		/* PeerTube's trackers are Links without a type, too. */
		if (untyped.len == 0 && !vocab_get(reader, link, PROPERTY_REL))
			untyped = text;
	}
	return untyped;
}

struct str vocab_get_page(const struct vocab_reader *reader, const json_t *owner, struct str id)
{
	struct str page = vocab_url(reader, find_page(reader, vocab_get(reader, owner, PROPERTY_URL)), false);
	if (id.len == 0)
		return page;
	if (page.len > 0 && (vocab_is_of_origin(reader, page, id) || MUTANT("vocab_page_host")))
		return page;
	return vocab_url(reader, id, false);
}
