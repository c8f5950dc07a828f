/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Notifications as Mastodon's entity Notification, and conversations as Conversation. One that an app cannot show (its
 * sender or post is gone or not for the reader any more, or a filter hides it) is not there. */
#ifndef COMPTOIR_SERVER_ENTITY_NOTIFICATION_H
#define COMPTOIR_SERVER_ENTITY_NOTIFICATION_H

#include "server/entity/account.h"
#include "server/entity/status.h"
#include "storage/conversation.h"
#include "storage/notification_list.h"

/* The kinds that have a type of Mastodon's: bits 1u << kind. */
#define NOTIFICATION_KINDS_SHOWN (((1U << NOTIFICATION_KIND_COUNT) - 1) & ~(1U << NOTIFICATION_MOVE))

/* Reactions are favourites to apps. */
const char *notification_type_name(enum notification_kind kind);
/* The kinds of a type, as bits; 0 for one that we do not have. */
unsigned notification_kinds_of_type(struct str type);

/* What many notifications are made of, in one go. */
struct report;
struct severance_loss;
struct notification_set {
	struct account_set *accounts;
	struct status_set *statuses;
	struct report *reports;
	size_t report_count;
	struct severance_loss *losses;
	size_t loss_count;
};
/* With the senders, and extra_actor_ids besides. parts as of status_set_load_noting, or NULL. */
struct page_parts;
enum error notification_set_load(const struct reader *reader, const struct notification *notifications, size_t count,
	const int64_t *extra_actor_ids, size_t extra_count, struct page_parts *parts, struct notification_set *ret_set) MUST_CHECK;
bool notification_set_has(const struct notification_set *set, const struct notification *notification);
/* It must be there. */
void notification_set_write(const struct notification_set *set, const struct reader *reader, struct json_out *json,
	const struct notification *notification);

/* The members "report" and "event" (RelationshipSeveranceEvent), for those that have one. */
void notification_set_write_about(const struct notification_set *set, struct json_out *json,
	const struct notification *notification);

/* The key of the group that it is in when its kind is grouped, or that of itself alone. */
struct str notification_group_key(struct arena *arena, const struct notification *notification, bool is_grouped) MUST_CHECK;
#define NOTIFICATION_KINDS_GROUPED \
	(1U << NOTIFICATION_FAVOURITE | 1U << NOTIFICATION_REACTION | 1U << NOTIFICATION_BOOST | 1U << NOTIFICATION_FOLLOW | \
		1U << NOTIFICATION_SIGN_UP)

/* One that has just been written or is asked for, for streams and push: ERROR_NOT_FOUND when it is not there or held
 * back. */
enum error notification_render(const struct reader *reader, int64_t id, struct buf *ret_json) MUST_CHECK;

/* An array, or one. */
enum error conversation_write_array(const struct reader *reader, struct json_out *json, const struct conversation *conversations,
	size_t count) MUST_CHECK;
enum error conversation_render(const struct reader *reader, int64_t id, struct buf *ret_json) MUST_CHECK;

#endif
