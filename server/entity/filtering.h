/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The filters of one actor, ready to be applied to many posts: Status.filtered. */
#ifndef COMPTOIR_SERVER_ENTITY_FILTERING_H
#define COMPTOIR_SERVER_ENTITY_FILTERING_H

#include "server/entity/reader.h"

struct filter_set;

/* Those of the reader's actor that are in force in the reader's context; NULL when there are none. Kept per process and
 * read anew after EVENT_FILTERS_CHANGED. Lives in the arena or is kept alive by it. */
enum error filter_set_load(const struct reader *reader, const struct filter_set **ret_set) MUST_CHECK;

/* When one of them expires; INT64_MAX for never. */
int64_t filter_set_until_us(const struct filter_set *set);
/* What is kept of an actor's is read anew. */
void filters_forget(int64_t actor_id);
void filters_forget_all(void);

/* Writes the key "filtered" with the array of FilterResult; an empty one when set is NULL. text: what words are looked for
 * in, folded (base/text_fold.h): content without tags, content warning, options, descriptions. author_id: one's own posts are not filtered. */
void filter_set_write(const struct filter_set *set, struct json_out *json, int64_t post_id, int64_t author_id, struct str text);

/* Whether a filter with the action hide matches: such a post makes no notification and no push. */
bool filter_set_hides(const struct filter_set *set, int64_t post_id, int64_t author_id, struct str text);

#endif
