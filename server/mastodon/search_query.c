/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Nothing of what is typed reaches the database as syntax: words are folded to letters and digits and put in quotes. */
#include "server/mastodon/search_query.h"

#include "server/app.h"
#include "server/mastodon/tags.h"

#include "base/buf.h"
#include "base/mutant.h"
#include "base/search_text.h"
#include "base/time_format.h"
#include "storage/actor.h"
#include "storage/id.h"

#define DAY_US INT64_C(86400000000)

struct reading {
	struct request *request;
	struct post_search *search;
	struct buf words, french_words;
	size_t word_count;
	bool is_nothing;
};

struct term {
	struct str key, value; /* key without data: a word or phrase */
	bool is_excluded;
};

static bool is(struct str text, const char *name)
{
	return str_eq_nocase(text, str_from(name));
}

static void add_mark(struct reading *reading, struct post_search_mark mark)
{
	if (reading->search->mark_count < POST_SEARCH_MAX_MARKS)
		reading->search->marks[reading->search->mark_count++] = mark;
}

static void add_words(struct buf *out, struct str folded, bool is_excluded)
{
	buf_add_c_string(out, out->len ? " " : "");
	buf_add_c_string(out, is_excluded ? "-\"" : "\"");
	buf_add_str(out, folded);
	buf_add_char(out, '"');
}

static void read_words(struct reading *reading, struct str text, bool is_excluded)
{
	AUTO(buf) struct buf folded = { 0 }, french = { 0 };
	size_t count = search_text_add(&folded, text, false);
	if (!count || (reading->word_count + count > SEARCH_QUERY_MAX_WORDS && !MUTANT("search_words")))
		return;
	search_text_add(&french, text, true);
	reading->word_count += count;
	add_words(&reading->words, buf_str(&folded), is_excluded);
	add_words(&reading->french_words, buf_str(&french), is_excluded);
}

/* A handle with or without "@" and domain, or "me"; *ret_id 0: nobody that we know. */
static enum error find_actor(struct request *request, struct str name, int64_t *ret_id)
{
	struct actor actor;
	*ret_id = request->access.actor_id;
	if (is(name, "me"))
		return ERROR_NONE;
	if (str_starts_with(name, STR_LITERAL("@")))
		name = str_slice(name, 1, name.len);
	size_t at = str_index_of(name, '@', 0);
	struct str domain = at < name.len ? str_slice(name, at + 1, name.len) : request->app->domain;
	enum error error = actor_find_by_handle(request->db, request->arena, str_slice(name, 0, at),
		arena_lower(request->arena, domain), &actor);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	*ret_id = error ? 0 : actor.id;
	return ERROR_NONE;
}

static enum error read_actor(struct reading *reading, enum post_search_mark_kind kind, const struct term *term)
{
	int64_t id;
	enum error error = find_actor(reading->request, term->value, &id);
	if (error)
		return error;
	if (id)
		add_mark(reading, (struct post_search_mark){ .kind = kind, .is_excluded = term->is_excluded, .id = id });
	else if (!term->is_excluded)
		reading->is_nothing = true;
	return ERROR_NONE;
}

static bool read_has(struct reading *reading, const struct term *term)
{
	struct post_search_mark mark = { .is_excluded = term->is_excluded };
	if (is(term->value, "media"))
		mark.kind = MARK_MEDIA;
	else if (is(term->value, "image") || is(term->value, "video") || is(term->value, "audio")) {
		mark.kind = MARK_MEDIA;
		mark.text = arena_lower(reading->request->arena, term->value);
	} else if (is(term->value, "poll"))
		mark.kind = MARK_POLL;
	else if (is(term->value, "link") || is(term->value, "embed"))
		mark.kind = MARK_LINK;
	else if (is(term->value, "quote"))
		mark.kind = MARK_QUOTE;
	else
		return false;
	add_mark(reading, mark);
	return true;
}

static bool read_is(struct reading *reading, const struct term *term)
{
	if (!is(term->value, "reply") && !is(term->value, "sensitive"))
		return false;
	add_mark(reading, (struct post_search_mark){ .kind = is(term->value, "reply") ? MARK_REPLY : MARK_SENSITIVE,
		.is_excluded = term->is_excluded });
	return true;
}

static bool read_in(struct reading *reading, const struct term *term)
{
	if (!is(term->value, "library") && !is(term->value, "public") && !is(term->value, "all"))
		return false;
	reading->search->is_library_only = is(term->value, "library") != term->is_excluded && !is(term->value, "all");
	reading->search->is_public_only = is(term->value, "public") != term->is_excluded && !is(term->value, "all");
	return true;
}

static void bound(struct reading *reading, int64_t first_us, int64_t end_us)
{
	struct post_search *search = reading->search;
	int64_t min_id = first_us ? id_at_time(first_us) - 1 : 0, max_id = end_us ? id_at_time(end_us) : 0;
	if (min_id > search->min_id)
		search->min_id = min_id;
	if (max_id && (!search->max_id || max_id < search->max_id))
		search->max_id = max_id;
}

/* Days are those of UTC: before and after leave the day itself out. */
static bool read_date(struct reading *reading, const struct term *term)
{
	int64_t day_us;
	struct str text = arena_printf(reading->request->arena, "%.*sT00:00:00Z", STR_ARG(term->value));
	bool is_before = is(term->key, "before"), is_after = is(term->key, "after");
	if ((!is_before && !is_after && !is(term->key, "during")) || !time_parse_rfc3339(text, &day_us))
		return false;
	if (is_before || is_after) {
		if (is_before != term->is_excluded)
			bound(reading, 0, is_before ? day_us : day_us + DAY_US);
		else
			bound(reading, is_before ? day_us : day_us + DAY_US, 0);
		return true;
	}
	if (!term->is_excluded)
		bound(reading, day_us, day_us + DAY_US);
	return !term->is_excluded;
}

static bool read_language(struct reading *reading, const struct term *term)
{
	size_t end = str_index_of(term->value, '-', 0);
	if (end < 2 || end > 8)
		return false;
	add_mark(reading, (struct post_search_mark){ .kind = MARK_LANGUAGE, .is_excluded = term->is_excluded,
		.text = arena_lower(reading->request->arena, str_slice(term->value, 0, end)) });
	return true;
}

static enum error read_term(struct reading *reading, const struct term *term, struct str whole)
{
	bool is_known = false;
	if (is(term->key, "from"))
		return read_actor(reading, MARK_AUTHOR, term);
	if (is(term->key, "has"))
		is_known = read_has(reading, term);
	else if (is(term->key, "is"))
		is_known = read_is(reading, term);
	else if (is(term->key, "in"))
		is_known = read_in(reading, term);
	else if (is(term->key, "language"))
		is_known = read_language(reading, term);
	else
		is_known = read_date(reading, term);
	if (!is_known)
		read_words(reading, whole, term->is_excluded);
	return ERROR_NONE;
}

static enum error read_part(struct reading *reading, struct str part)
{
	struct term term = { .is_excluded = part.len > 1 && part.data[0] == '-' };
	if (str_eq(part, STR_LITERAL("OR"))) {
		buf_add_c_string(&reading->words, reading->words.len ? " or" : "");
		buf_add_c_string(&reading->french_words, reading->french_words.len ? " or" : "");
		return ERROR_NONE;
	}
	if (term.is_excluded)
		part = str_slice(part, 1, part.len);
	size_t colon = str_index_of(part, ':', 0);
	if (part.data[0] == '"') {
		read_words(reading, part, term.is_excluded);
		return ERROR_NONE;
	}
	if (part.data[0] == '@' && part.len > 1) {
		term.value = part;
		return read_actor(reading, MARK_MENTION, &term);
	}
	struct str tag = part.data[0] == '#' ? tag_name_of(reading->request->arena, part) : (struct str){ 0 };
	if (tag.len) {
		add_mark(reading, (struct post_search_mark){ .kind = MARK_TAG, .is_excluded = term.is_excluded, .text = tag });
		return ERROR_NONE;
	}
	if (colon + 1 < part.len) {
		term.key = str_slice(part, 0, colon);
		term.value = str_slice(part, colon + 1, part.len);
		return read_term(reading, &term, part);
	}
	read_words(reading, part, term.is_excluded);
	return ERROR_NONE;
}

/* The next word, or what stands between quotes, with a minus before it. */
static bool next_part(struct str *rest, struct str *ret_part)
{
	*rest = str_trim(*rest);
	if (!rest->len)
		return false;
	size_t quote = rest->data[0] == '-' ? 1 : 0, end = str_index_of(*rest, ' ', 0);
	if (quote < rest->len && rest->data[quote] == '"') {
		size_t close = str_index_of(*rest, '"', quote + 1);
		end = close < rest->len ? close + 1 : rest->len;
	}
	*ret_part = str_slice(*rest, 0, end);
	*rest = str_slice(*rest, end, rest->len);
	return true;
}

enum error search_query_read(struct request *request, struct str text, struct post_search *search, bool *ret_is_nothing)
{
	struct reading reading = { .request = request, .search = search };
	enum error error = ERROR_NONE;
	struct str part;
	bool is_asked = false;
	while (!error && next_part(&text, &part)) {
		is_asked = true;
		error = read_part(&reading, part);
	}
	search->words = reading.words.len ? arena_str(request->arena, buf_str(&reading.words)) : STR_LITERAL("");
	search->french_words = reading.french_words.len ? arena_str(request->arena, buf_str(&reading.french_words)) : STR_LITERAL("");
	bool has_terms = reading.word_count || search->mark_count || search->max_id || search->min_id ||
		search->is_library_only || search->is_public_only;
	*ret_is_nothing = reading.is_nothing || (is_asked && !has_terms);
	buf_clear(&reading.words);
	buf_clear(&reading.french_words);
	return error;
}
