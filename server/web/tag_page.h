/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What everybody said with a hashtag. */
#ifndef COMPTOIR_SERVER_WEB_TAG_PAGE_H
#define COMPTOIR_SERVER_WEB_TAG_PAGE_H

#include "server/http/request.h"

/* GET /tags/{name}: where the hashtags of our posts lead to. Public posts, newest first, older ones below ?max_id=. */
enum error handle_tag_page(struct request *request);

#endif
