/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Filters as Mastodon's entities Filter, FilterKeyword, FilterStatus and V1::Filter. */
#ifndef COMPTOIR_SERVER_ENTITY_FILTER_ENTITY_H
#define COMPTOIR_SERVER_ENTITY_FILTER_ENTITY_H

#include "base/json_out.h"
#include "storage/filter.h"

/* Of a Filter, without keywords and posts: as results of filtering show it. */
void filter_write_members(struct json_out *json, const struct filter *filter);
/* With both. */
void filter_write(struct json_out *json, const struct filter *filter);
void filter_keyword_write(struct json_out *json, const struct filter_keyword *keyword);
void filter_post_write(struct json_out *json, const struct filter_post *post);
/* One of its keywords as the first version of filters. */
void filter_write_v1(struct json_out *json, const struct filter *filter, const struct filter_keyword *keyword);

#endif
