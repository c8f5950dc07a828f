/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * "did you mean": the known word nearest to a mistyped one. */
#ifndef COMPTOIR_BASE_SUGGEST_H
#define COMPTOIR_BASE_SUGGEST_H

#include "base/str.h"

struct suggestion {
	struct str wanted;
	const char *best; /* NULL while nothing is near enough */
	size_t best_distance;
};

/* Offer every candidate (static) in turn; best is then the one with the fewest changed, missing, added or
 * swapped letters, if they are at most a third of the word. */
void suggestion_init(struct suggestion *suggestion, struct str wanted);
void suggestion_offer(struct suggestion *suggestion, const char *candidate);

#endif
