/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Damerau-Levenshtein distance (optimal string alignment) over short words. */
#include "base/suggest.h"

#include <string.h>

#define WORD_MAX_BYTES 64

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;
	return ab < c ? ab : c;
}

static size_t distance(struct str a, struct str b)
{
	size_t rows[3][WORD_MAX_BYTES + 1]; /* two rows back, one row back, this row */
	size_t *before = rows[0], *above = rows[1], *row = rows[2];
	for (size_t j = 0; j <= b.len; j++)
		before[j] = above[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t change = a.data[i - 1] != b.data[j - 1];
			row[j] = smallest(above[j] + 1, row[j - 1] + 1, above[j - 1] + change);
			bool is_swapped = i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
			if (is_swapped && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		size_t *free_row = before;
		before = above;
		above = row;
		row = free_row;
	}
	return above[b.len];
}

void suggestion_init(struct suggestion *suggestion, struct str wanted)
{
	*suggestion = (struct suggestion){ .wanted = wanted, .best_distance = wanted.len / 3 + 1 };
}

void suggestion_offer(struct suggestion *suggestion, const char *candidate)
{
	struct str word = str_from(candidate);
	if (word.len > WORD_MAX_BYTES || suggestion->wanted.len > WORD_MAX_BYTES)
		return;
	size_t found = distance(suggestion->wanted, word);
	if (found < suggestion->best_distance || (found == suggestion->best_distance && !suggestion->best)) {
		suggestion->best = candidate;
		suggestion->best_distance = found;
	}
}
