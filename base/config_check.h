/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rules for values that their type alone does not express: words out of a list, addresses, paths. */
#ifndef COMPTOIR_BASE_CONFIG_CHECK_H
#define COMPTOIR_BASE_CONFIG_CHECK_H

#include "base/arena.h"

/* Whether text may be the value of the key; otherwise *ret_reason (arena) says in a sentence what it must be.
 * items are the parts of text for a list. */
bool config_check_value(struct arena *arena, const char *key_name, struct str text, const struct str *items,
	size_t item_count, struct str *ret_reason) MUST_CHECK;

#endif
