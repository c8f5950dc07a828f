/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Timelines, and the other lists of statuses. */
#ifndef COMPTOIR_SERVER_MASTODON_TIMELINES_H
#define COMPTOIR_SERVER_MASTODON_TIMELINES_H

#include "server/http/request.h"

bool cached_home_timeline(struct request *request);
enum error handle_home_timeline(struct request *request);
bool cached_public_timeline(struct request *request);
enum error handle_public_timeline(struct request *request);
enum error handle_tag_timeline(struct request *request);
enum error handle_link_timeline(struct request *request);
enum error handle_list_timeline(struct request *request);
enum error handle_direct_timeline(struct request *request);
enum error handle_account_statuses(struct request *request);
enum error handle_bookmarks(struct request *request);
enum error handle_favourites(struct request *request);

#endif
