/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The filters of one actor in the form in which they are applied: one block of memory without pointers, so that it is
 * copied as it is. All keywords are looked for in one walk over the text (Aho and Corasick 1975), whatever their number. */
#ifndef COMPTOIR_SERVER_ENTITY_FILTER_WORDS_H
#define COMPTOIR_SERVER_ENTITY_FILTER_WORDS_H

#include "storage/filter.h"

struct filter_words;

struct filter_words_filter {
	int64_t id;
	int64_t expires_us; /* 0 for never */
	unsigned contexts;
	enum filter_action action;
	uint32_t title_at, title_len;
};

/* On the heap: memory_free. Its size is filter_words_size. */
struct filter_words *filter_words_new(struct arena *arena, const struct filter *filters, size_t count) MUST_CHECK;
size_t filter_words_size(const struct filter_words *words) MUST_CHECK;

size_t filter_words_count(const struct filter_words *words) MUST_CHECK;
const struct filter_words_filter *filter_words_filter(const struct filter_words *words, size_t number);
struct str filter_words_title(const struct filter_words *words, size_t number) MUST_CHECK;

size_t filter_words_keyword_count(const struct filter_words *words) MUST_CHECK;
/* As its owner wrote it. */
struct str filter_words_keyword(const struct filter_words *words, size_t keyword) MUST_CHECK;
/* The number of its filter. */
size_t filter_words_owner(const struct filter_words *words, size_t keyword) MUST_CHECK;
/* Sets ret_found[keyword] for each one that stands in the text, which was folded (base/text_fold.h); the others are left. */
void filter_words_look(const struct filter_words *words, struct str folded, bool *ret_found);

/* Whether a filter names the post. */
bool filter_words_has_post(const struct filter_words *words, size_t filter, int64_t post_id) MUST_CHECK;
/* Sets ret_found[filter] for each one that does; the others are left. */
void filter_words_look_for_post(const struct filter_words *words, int64_t post_id, bool *ret_found);

#endif
