/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The rules, the first that fits counts. Speaking is for who may publish; liking, following and the like for who may
 * interact; private messages and notifications for who reads the inbox. */
#include "server/http/brand_rule.h"

#include "base/mutant.h"

#include <string.h>

#define SPEAK PERMISSION_BIT(PERMISSION_ACCOUNT_SPEAK)
#define INTERACT PERMISSION_BIT(PERMISSION_ACCOUNT_INTERACT)
#define DELETE_POST PERMISSION_BIT(PERMISSION_POST_DELETE)
#define EDIT_PROFILE PERMISSION_BIT(PERMISSION_PROFILE_EDIT)
#define READ_INBOX PERMISSION_BIT(PERMISSION_INBOX_READ)
#define RESOLVE PERMISSION_BIT(PERMISSION_INBOX_RESOLVE)
#define WRITE_DRAFT (SPEAK | PERMISSION_BIT(PERMISSION_DRAFT_WRITE))
/* What is not allowed at once becomes a draft, or is an answer in the inbox: the handlers say which. */
#define SAY (WRITE_DRAFT | PERMISSION_BIT(PERMISSION_INBOX_REPLY) | PERMISSION_BIT(PERMISSION_INBOX_REPLY_PRIVATE))

static const struct brand_rule rules[] = {
	{ HTTP_GET, "/api/v1/conversations*", READ_INBOX, NULL },
	{ HTTP_GET, "/api/v1/notifications*", READ_INBOX, NULL },
	{ HTTP_GET, "/api/v2/notifications*", READ_INBOX, NULL },
	{ HTTP_GET, "/api/v1/timelines/direct", READ_INBOX, NULL },
	{ HTTP_GET, "/api/v1/streaming*", READ_INBOX, NULL },
	{ HTTP_GET, "/api/v1/push/*", READ_INBOX, NULL },
	{ HTTP_GET, "*", 0, NULL },

	{ HTTP_POST, "/api/v1/statuses", SAY, "post.create" },
	{ HTTP_PUT, "/api/v1/statuses/{id}", WRITE_DRAFT, "post.edit" },
	{ HTTP_PATCH, "/api/v1/statuses/{id}", WRITE_DRAFT, "post.edit" },
	{ HTTP_DELETE, "/api/v1/statuses/{id}", DELETE_POST, "post.delete" },
	{ HTTP_PUT, "/api/v1/statuses/{id}/interaction_policy", SPEAK, "post.change_policy" },
	{ HTTP_PATCH, "/api/v1/statuses/{id}/interaction_policy", SPEAK, "post.change_policy" },
	{ HTTP_POST, "/api/v1/statuses/{id}/reblog", WRITE_DRAFT, "boost.create" },
	{ HTTP_POST, "/api/v1/statuses/{id}/unreblog", DELETE_POST, "boost.delete" },
	{ HTTP_POST, "/api/v1/statuses/{id}/translate", 0, NULL },
	{ HTTP_POST, "/api/v1/statuses/{id}/favourite", INTERACT, "favourite.create" },
	{ HTTP_POST, "/api/v1/statuses/{id}/unfavourite", INTERACT, "favourite.delete" },
	{ HTTP_POST, "/api/v1/statuses/{id}/pin", INTERACT, "post.pin" },
	{ HTTP_POST, "/api/v1/statuses/{id}/unpin", INTERACT, "post.unpin" },
	{ HTTP_POST, "/api/v1/statuses/{id}/bookmark", INTERACT, "bookmark.create" },
	{ HTTP_POST, "/api/v1/statuses/{id}/unbookmark", INTERACT, "bookmark.delete" },
	{ HTTP_POST, "/api/v1/statuses/{id}/mute", INTERACT, "thread.mute" },
	{ HTTP_POST, "/api/v1/statuses/{id}/unmute", INTERACT, "thread.unmute" },
	{ HTTP_POST, "/api/v1/statuses/{id}/quotes/{quoting_id}/revoke", INTERACT, "quote.revoke" },
	{ HTTP_POST, "/api/v1/polls/{id}/votes", INTERACT, "poll.vote" },
	{ HTTP_PUT, "/api/v1/scheduled_statuses/{id}", WRITE_DRAFT, "scheduled_post.change" },
	{ HTTP_PATCH, "/api/v1/scheduled_statuses/{id}", WRITE_DRAFT, "scheduled_post.change" },
	{ HTTP_DELETE, "/api/v1/scheduled_statuses/{id}", WRITE_DRAFT, "scheduled_post.delete" },
	{ HTTP_POST, "/api/v1/media", SAY, "media.create" },
	{ HTTP_POST, "/api/v2/media", SAY, "media.create" },
	{ HTTP_PUT, "/api/v1/media/{id}", SAY, "media.change" },
	{ HTTP_PATCH, "/api/v1/media/{id}", SAY, "media.change" },
	{ HTTP_DELETE, "/api/v1/media/{id}", SAY, "media.delete" },

	{ HTTP_POST, "/api/v1/accounts/{id}/follow", INTERACT, "follow.create" },
	{ HTTP_POST, "/api/v1/accounts/{id}/unfollow", INTERACT, "follow.delete" },
	{ HTTP_POST, "/api/v1/accounts/{id}/remove_from_followers", INTERACT, "follower.remove" },
	{ HTTP_POST, "/api/v1/accounts/{id}/block", INTERACT, "block.create" },
	{ HTTP_POST, "/api/v1/accounts/{id}/unblock", INTERACT, "block.delete" },
	{ HTTP_POST, "/api/v1/accounts/{id}/mute", INTERACT, "mute.create" },
	{ HTTP_POST, "/api/v1/accounts/{id}/unmute", INTERACT, "mute.delete" },
	{ HTTP_POST, "/api/v1/accounts/{id}/note", INTERACT, "note.change" },
	{ HTTP_POST, "/api/v1/accounts/{id}/pin", INTERACT, "endorsement.create" },
	{ HTTP_POST, "/api/v1/accounts/{id}/endorse", INTERACT, "endorsement.create" },
	{ HTTP_POST, "/api/v1/accounts/{id}/unpin", INTERACT, "endorsement.delete" },
	{ HTTP_POST, "/api/v1/accounts/{id}/unendorse", INTERACT, "endorsement.delete" },
	{ HTTP_POST, "/api/v1/follow_requests/{id}/authorize", INTERACT, "follow_request.accept" },
	{ HTTP_POST, "/api/v1/follow_requests/{id}/reject", INTERACT, "follow_request.reject" },
	{ HTTP_POST, "/api/v1/domain_blocks", INTERACT, "domain_block.create" },
	{ HTTP_DELETE, "/api/v1/domain_blocks", INTERACT, "domain_block.delete" },
	{ HTTP_POST, "/api/v1/tags/{name}/follow", INTERACT, "tag.follow" },
	{ HTTP_POST, "/api/v1/tags/{name}/unfollow", INTERACT, "tag.unfollow" },
	{ HTTP_POST, "/api/v1/reports", INTERACT, "report.create" },
	{ HTTP_DELETE, "/api/v1/suggestions/{account_id}", INTERACT, NULL },
	{ HTTP_POST, "/api/v1/lists*", INTERACT, "list.change" },
	{ HTTP_PUT, "/api/v1/lists*", INTERACT, "list.change" },
	{ HTTP_PATCH, "/api/v1/lists*", INTERACT, "list.change" },
	{ HTTP_DELETE, "/api/v1/lists*", INTERACT, "list.change" },
	{ HTTP_POST, "/api/v1/filters*", INTERACT, "filter.change" },
	{ HTTP_PUT, "/api/v1/filters*", INTERACT, "filter.change" },
	{ HTTP_PATCH, "/api/v1/filters*", INTERACT, "filter.change" },
	{ HTTP_DELETE, "/api/v1/filters*", INTERACT, "filter.change" },
	{ HTTP_POST, "/api/v2/filters*", INTERACT, "filter.change" },
	{ HTTP_PUT, "/api/v2/filters*", INTERACT, "filter.change" },
	{ HTTP_PATCH, "/api/v2/filters*", INTERACT, "filter.change" },
	{ HTTP_DELETE, "/api/v2/filters*", INTERACT, "filter.change" },

	{ HTTP_PATCH, "/api/v1/accounts/update_credentials", EDIT_PROFILE, "profile.change" },
	{ HTTP_PUT, "/api/v1/accounts/update_credentials", EDIT_PROFILE, "profile.change" },
	{ HTTP_PATCH, "/api/v1/profile", EDIT_PROFILE, "profile.change" },
	{ HTTP_PUT, "/api/v1/profile", EDIT_PROFILE, "profile.change" },
	{ HTTP_DELETE, "/api/v1/profile/avatar", EDIT_PROFILE, "profile.change" },
	{ HTTP_DELETE, "/api/v1/profile/header", EDIT_PROFILE, "profile.change" },
	{ HTTP_POST, "/api/v1/featured_tags", EDIT_PROFILE, "profile.feature_tag" },
	{ HTTP_DELETE, "/api/v1/featured_tags/{id}", EDIT_PROFILE, "profile.unfeature_tag" },
	{ HTTP_POST, "/api/v1/tags/{name}/feature", EDIT_PROFILE, "profile.feature_tag" },
	{ HTTP_POST, "/api/v1/tags/{name}/unfeature", EDIT_PROFILE, "profile.unfeature_tag" },

	{ HTTP_POST, "/api/v1/notifications*", RESOLVE, "notification.resolve" },
	{ HTTP_PUT, "/api/v1/notifications*", RESOLVE, "notification.resolve" },
	{ HTTP_PATCH, "/api/v1/notifications*", RESOLVE, "notification.resolve" },
	{ HTTP_DELETE, "/api/v1/notifications*", RESOLVE, "notification.resolve" },
	{ HTTP_POST, "/api/v2/notifications*", RESOLVE, "notification.resolve" },
	{ HTTP_PUT, "/api/v2/notifications*", RESOLVE, "notification.resolve" },
	{ HTTP_PATCH, "/api/v2/notifications*", RESOLVE, "notification.resolve" },
	{ HTTP_POST, "/api/v1/conversations*", RESOLVE, "thread.read" },
	{ HTTP_DELETE, "/api/v1/conversations*", RESOLVE, "thread.remove" },

	{ HTTP_PUT, "/api/v1/announcements/{id}/reactions/{name}", INTERACT, NULL },
	{ HTTP_DELETE, "/api/v1/announcements/{id}/reactions/{name}", INTERACT, NULL },

	/* These are the person's own, or the token's. */
	{ HTTP_POST, "/api/v1/announcements/{id}/dismiss", 0, NULL },
	{ HTTP_POST, "/api/v1/markers", READ_INBOX, NULL },
	{ HTTP_POST, "/api/v1/push/subscription", READ_INBOX, NULL },
	{ HTTP_PUT, "/api/v1/push/subscription", READ_INBOX, NULL },
	{ HTTP_PATCH, "/api/v1/push/subscription", READ_INBOX, NULL },
	{ HTTP_DELETE, "/api/v1/push/subscription", 0, NULL },
	{ HTTP_POST, "/oauth/userinfo", 0, NULL },

	/* Each operation there looks at the permission that it names, and writes its own entries of the log. */
	{ HTTP_POST, "/api/brand/v1/*", 0, NULL },
	{ HTTP_PUT, "/api/brand/v1/*", 0, NULL },
	{ HTTP_PATCH, "/api/brand/v1/*", 0, NULL },
	{ HTTP_DELETE, "/api/brand/v1/*", 0, NULL },
};

static bool fits(const struct brand_rule *rule, const struct route *route)
{
	size_t length = strlen(rule->path);
	if (rule->method != route->method)
		return false;
	if (length && rule->path[length - 1] == '*')
		return strncmp(rule->path, route->path, length - 1) == 0;
	return strcmp(rule->path, route->path) == 0;
}

const struct brand_rule *brand_rule_find(const struct route *route)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (fits(&rules[i], route))
			return &rules[i];
	return NULL;
}

bool brand_rule_allows(const struct route *route, struct rights rights)
{
	const struct brand_rule *rule = brand_rule_find(route);
	if (!rule)
		return MUTANT("brand_rule_unknown");
	return !rule->permissions || (rights.all & rule->permissions) != 0 || MUTANT("brand_rule");
}
