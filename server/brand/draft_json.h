/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A draft as JSON: the schemas Draft and DraftAlone. */
#ifndef COMPTOIR_SERVER_BRAND_DRAFT_JSON_H
#define COMPTOIR_SERVER_BRAND_DRAFT_JSON_H

#include "storage/draft.h"

#include "base/json_out.h"

/* With its words; alone, with the steps of its approval and what was decided as well. */
enum error draft_json_write(struct db *db, struct arena *arena, struct json_out *json, const struct draft *draft, bool is_alone) MUST_CHECK;

#endif
