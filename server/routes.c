/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * THE table: every path that this server answers, who may ask, what counts the asking, and where it runs. */
#include "server/http/route.h"

#include "server/brand/operation.h"
#include "server/brand/planning_links.h"
#include "server/federation/actor_routes.h"
#include "server/federation/answer.h"
#include "server/federation/inbox_post.h"
#include "server/federation/post_routes.h"
#include "server/mastodon/accounts.h"
#include "server/mastodon/credentials.h"
#include "server/mastodon/directory.h"
#include "server/mastodon/filters.h"
#include "server/mastodon/search.h"
#include "server/mastodon/tags.h"
#include "server/mastodon/domain_blocks.h"
#include "server/mastodon/exports.h"
#include "server/login/account_api.h"
#include "server/login/link_pages.h"
#include "server/login/oauth_app.h"
#include "server/login/oauth_authorize.h"
#include "server/login/oauth_token.h"
#include "server/login/second_factor.h"
#include "server/login/settings.h"
#include "server/login/settings_invitations.h"
#include "server/login/settings_exports.h"
#include "server/login/settings_severed.h"
#include "server/login/sign_in.h"
#include "server/login/sign_up_page.h"
#include "server/login/two_factor.h"
#include "server/mastodon/announcements.h"
#include "server/mastodon/instance.h"
#include "server/mastodon/instance_facts.h"
#include "server/mastodon/statuses.h"
#include "server/mastodon/timelines.h"
#include "server/mastodon/translation.h"
#include "server/mastodon/unoffered.h"
#include "server/mastodon/trends.h"
#include "server/mastodon/lists.h"
#include "server/mastodon/preferences.h"
#include "server/mastodon/relationships.h"
#include "server/mastodon/reports.h"
#include "server/mastodon/conversations.h"
#include "server/mastodon/interactions.h"
#include "server/mastodon/markers.h"
#include "server/mastodon/media.h"
#include "server/mastodon/notification_policy.h"
#include "server/mastodon/notifications.h"
#include "server/mastodon/push.h"
#include "server/mastodon/posting.h"
#include "server/mastodon/scheduled.h"
#include "server/media/media_limits.h"
#include "server/media/proxy.h"
#include "server/media/serve.h"
#include "server/readiness.h"
#include "server/http/static_files.h"
#include "server/stream/stream_routes.h"
#include "server/web/actor_document.h"
#include "server/web/actor_page.h"
#include "server/web/discovery.h"
#include "server/web/home_page.h"
#include "server/web/policy_page.h"
#include "server/web/post_page.h"
#include "server/web/tag_page.h"

/* method, path, handler, cached, pool, access, scope, limit, flags, max_body_bytes */
static const struct route routes[] = {
	/* operation */
	{ HTTP_GET, "/health", handle_health, NULL, ROUTE_ON_LOOP, ACCESS_PUBLIC, NULL, LIMIT_NONE, 0, 0 },
	{ HTTP_GET, "/ready", handle_ready, cached_ready, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_NONE, 0, 0 },

	/* discovery */
	{ HTTP_GET, "/.well-known/webfinger", handle_webfinger, cached_webfinger, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE,
		ROUTE_CORS, 0 },
	{ HTTP_GET, "/.well-known/host-meta", handle_host_meta, cached_host_meta, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE,
		ROUTE_CORS, 0 },
	{ HTTP_GET, "/.well-known/host-meta.json", handle_host_meta_json, cached_host_meta_json, ROUTE_API, ACCESS_PUBLIC, NULL,
		LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/.well-known/nodeinfo", handle_nodeinfo_links, cached_nodeinfo_links, ROUTE_API, ACCESS_PUBLIC, NULL,
		LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/nodeinfo/{version}", handle_nodeinfo, cached_nodeinfo, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE,
		ROUTE_CORS, 0 },
	{ HTTP_GET, "/.well-known/oauth-authorization-server", handle_oauth_metadata, NULL, ROUTE_ON_LOOP, ACCESS_PUBLIC, NULL,
		LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/.well-known/security.txt", handle_security_txt, NULL, ROUTE_ON_LOOP, ACCESS_PUBLIC, NULL, LIMIT_PAGE, 0, 0 },
	{ HTTP_GET, "/robots.txt", handle_robots, NULL, ROUTE_ON_LOOP, ACCESS_PUBLIC, NULL, LIMIT_PAGE, 0, 0 },

	/* instance */
	{ HTTP_GET, "/api/v1/instance", handle_instance_v1, cached_instance_v1, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_API,
		ROUTE_CORS, 0 },
	{ HTTP_GET, "/api/v2/instance", handle_instance_v2, cached_instance_v2, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_API,
		ROUTE_CORS, 0 },
	{ HTTP_GET, "/api/v1/instance/extended_description", handle_instance_extended_description, NULL, ROUTE_ON_LOOP,
		ACCESS_PUBLIC, NULL, LIMIT_API, ROUTE_CORS, 0 },

	/* actors as ActivityPub */
	{ HTTP_GET, "/actor", handle_instance_actor, cached_instance_actor, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE,
		ROUTE_CORS, 0 },
	{ HTTP_GET, "/users/{name}", handle_actor_document, cached_actor_document, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE,
		ROUTE_CORS, 0 },

	/* what actors say, and their collections */
	{ HTTP_GET, "/users/{name}/outbox", handle_outbox, answer_cached, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE,
		ROUTE_CORS, 0 },
	{ HTTP_GET, "/users/{name}/followers", handle_followers, answer_cached, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE,
		ROUTE_CORS, 0 },
	{ HTTP_GET, "/users/{name}/following", handle_following, answer_cached, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE,
		ROUTE_CORS, 0 },
	{ HTTP_GET, "/users/{name}/collections/featured", handle_featured, answer_cached, ROUTE_API, ACCESS_PUBLIC, NULL,
		LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/users/{name}/collections/tags", handle_featured_tags, answer_cached, ROUTE_API, ACCESS_PUBLIC, NULL,
		LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/users/{name}/followers_synchronization", handle_followers_synchronization, NULL, ROUTE_API, ACCESS_PUBLIC,
		NULL, LIMIT_PAGE, 0, 0 },
	{ HTTP_GET, "/users/{name}/quote_authorizations/{id}", handle_quote_authorization, answer_cached, ROUTE_API,
		ACCESS_PUBLIC, NULL, LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/users/{name}/statuses/{id}", handle_post_document, answer_cached, ROUTE_API, ACCESS_PUBLIC, NULL,
		LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/users/{name}/statuses/{id}/activity", handle_post_activity, answer_cached, ROUTE_API, ACCESS_PUBLIC, NULL,
		LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/users/{name}/statuses/{id}/replies", handle_post_replies, answer_cached, ROUTE_API, ACCESS_PUBLIC, NULL,
		LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/users/{name}/statuses/{id}/likes", handle_post_likes, answer_cached, ROUTE_API, ACCESS_PUBLIC, NULL,
		LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/users/{name}/statuses/{id}/shares", handle_post_shares, answer_cached, ROUTE_API, ACCESS_PUBLIC, NULL,
		LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/contexts/{id}", handle_context, answer_cached, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE, ROUTE_CORS, 0 },

	/* inboxes */
	{ HTTP_POST, "/inbox", handle_shared_inbox, NULL, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_INBOX, ROUTE_NEEDS_BODY,
		INBOX_MAX_BODY_BYTES },
	{ HTTP_POST, "/users/{name}/inbox", handle_actor_inbox, NULL, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_INBOX,
		ROUTE_NEEDS_BODY, INBOX_MAX_BODY_BYTES },
	{ HTTP_POST, "/actor/inbox", handle_instance_inbox, NULL, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_INBOX, ROUTE_NEEDS_BODY,
		INBOX_MAX_BODY_BYTES },

	/* what apps call */
#include "server/routes/login.inc"
#include "server/routes/accounts.inc"
#include "server/routes/statuses.inc"
#include "server/routes/writing.inc"
#include "server/routes/notifications.inc"
#include "server/routes/discovery.inc"
#include "server/routes/instance.inc"
#include "server/routes/media.inc"
#include "server/routes/streaming.inc"
#include "server/routes/filters.inc"
#include "server/routes/finding.inc"
#include "server/routes/trends.inc"
#include "server/routes/planning.inc"

	/* what organisations' programs call */
#define OPERATION(method, path, name, handler, who, permission, scope, flags, takes, gives) \
	{ method, path, handle_operation, NULL, ROUTE_API, (who) == FOR_ANYBODY ? ACCESS_PUBLIC : ACCESS_USER, scope, LIMIT_API, \
		ROUTE_CORS | ((who) == FOR_ANYBODY ? 0 : ROUTE_NO_STORE), (method) == HTTP_GET ? 0 : FORM_BODY_BYTES },
#include "server/brand/operations/all.inc"
#undef OPERATION

	/* pages */
	{ HTTP_GET, "/", handle_home_page, cached_home_page, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE, 0, 0 },
	{ HTTP_GET, "/about", handle_about_page, cached_about_page, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE, 0, 0 },
	{ HTTP_GET, "/authorize_interaction", handle_interaction_page, NULL, ROUTE_ON_LOOP, ACCESS_PUBLIC, NULL, LIMIT_PAGE, 0, 0 },
	{ HTTP_GET, "/tags/{name}", handle_tag_page, NULL, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE, 0, 0 },
	{ HTTP_GET, "/{handle}", handle_actor_page, NULL, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/{handle}/{id}", handle_post_page, NULL, ROUTE_API, ACCESS_PUBLIC, NULL, LIMIT_PAGE, ROUTE_CORS, 0 },
	{ HTTP_GET, "/assets/{rest*}", handle_static_file, NULL, ROUTE_ON_LOOP, ACCESS_PUBLIC, NULL, LIMIT_NONE, 0, 0 },
	{ HTTP_GET, "/favicon.ico", handle_favicon, NULL, ROUTE_ON_LOOP, ACCESS_PUBLIC, NULL, LIMIT_NONE, 0, 0 },
};

const struct route *routes_all(size_t *ret_count)
{
	*ret_count = sizeof(routes) / sizeof(routes[0]);
	return routes;
}
