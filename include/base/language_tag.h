/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Names of languages as they are compared. */
#ifndef COMPTOIR_BASE_LANGUAGE_TAG_H
#define COMPTOIR_BASE_LANGUAGE_TAG_H

#include "base/arena.h"

#define LANGUAGE_TAG_MAX_BYTES 35

/* Letters, digits and single hyphens or '_' within, two to LANGUAGE_TAG_MAX_BYTES bytes. */
bool language_is_tag(struct str text);

/* In the letters of RFC 5646, section 2.1.1 ("pt-BR", "zh-Hant"), whichever it was written in; '_' becomes '-'. data NULL
 * for what is no tag. */
struct str language_tag_read(struct arena *arena, struct str text) MUST_CHECK;

#endif
