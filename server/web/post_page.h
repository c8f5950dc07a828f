/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A post as people read it. */
#ifndef COMPTOIR_SERVER_WEB_POST_PAGE_H
#define COMPTOIR_SERVER_WEB_POST_PAGE_H

#include "server/http/request.h"

/* GET /@{name}/{id}: the page of an open post, with what it answers and what answers it; its document for who asks for
 * ActivityPub. Everything else is not there, or gone. */
enum error handle_post_page(struct request *request);

#endif
