/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts one below the other on a page, and the way to older ones. */
#ifndef COMPTOIR_SERVER_WEB_POST_LIST_H
#define COMPTOIR_SERVER_WEB_POST_LIST_H

#include "server/web/post_view.h"

#define POST_LIST_PAGE 20

struct post_list {
	struct post_view *views;
	size_t count;
	int64_t older_id; /* 0: these are the last; else the bound of the next page: below it */
};

/* What was asked for: posts below it; 0 for the newest. False when it is no id. */
bool post_list_read_bound(const struct request *request, int64_t *ret_before_id) MUST_CHECK;

/* Of posts that were listed for this page (one more than POST_LIST_PAGE when there are older ones), with their polls. */
enum error post_list_load(struct request *request, const struct post *posts, size_t count, enum post_view_place place,
	struct post_list *ret_list) MUST_CHECK;
/* The same by ids, in their order. Whoever may see them: the ids were listed for anyone. */
enum error post_list_load_ids(struct request *request, const int64_t *ids, size_t count, enum post_view_place place,
	struct post_list *ret_list) MUST_CHECK;

void post_list_write(struct request *request, struct buf *out, const struct post_list *list, enum language language);

/* Links to the newest page and to the one below this. path: of the page without query. */
void post_list_write_ways(struct request *request, struct buf *out, const struct post_list *list, struct str path,
	bool is_newest, enum language language);

#endif
