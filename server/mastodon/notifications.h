/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Notifications one by one (version 1 of their API) and in groups (version 2). */
#ifndef COMPTOIR_SERVER_MASTODON_NOTIFICATIONS_H
#define COMPTOIR_SERVER_MASTODON_NOTIFICATIONS_H

#include "server/entity/page_cache.h"
#include "server/http/request.h"
#include "storage/notification_list.h"

bool cached_notifications(struct request *request);
enum error handle_notifications(struct request *request);
enum error handle_notification(struct request *request);
enum error handle_notifications_clear(struct request *request);
enum error handle_notification_dismiss(struct request *request);
enum error handle_notifications_dismiss_many(struct request *request);
enum error handle_notifications_unread_count(struct request *request);

bool cached_grouped_notifications(struct request *request);
enum error handle_grouped_notifications(struct request *request);
enum error handle_notification_group(struct request *request);
enum error handle_notification_group_accounts(struct request *request);
enum error handle_notification_group_dismiss(struct request *request);
enum error handle_grouped_unread_count(struct request *request);

/* types[], exclude_types[], account_id, include_filtered; the page is left to the caller. */
void notification_query_read(struct request *request, struct notification_query *ret_query);
/* What such a page is kept by, but for the account that it is asked of. */
struct page_key notification_page_key(enum page_kind kind, const struct notification_query *query);
/* What came after the marker of the user; its page's limit is from the parameter limit. */
enum error notification_query_read_unread(struct request *request, struct notification_query *ret_query) MUST_CHECK;
enum error respond_unread_count(struct request *request, size_t count);

#endif
