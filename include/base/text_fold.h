/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The form of a text in which case, width and the way in which accents are written make no difference. */
#ifndef COMPTOIR_BASE_TEXT_FOLD_H
#define COMPTOIR_BASE_TEXT_FOLD_H

#include "base/arena.h"

/* More is cut off. */
#define TEXT_FOLD_MAX_BYTES 65536

/* text: UTF-8. NFKC, case folded, in the arena. Accents stay. */
struct str text_fold(struct arena *arena, struct str text) MUST_CHECK;

/* Letters, digits, marks, and '_'. */
bool text_is_word_character(uint32_t code_point) MUST_CHECK;

#endif
