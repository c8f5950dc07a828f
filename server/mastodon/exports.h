/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * GET /api/v1/exports/NAME.csv: what people take along, in the files that Mastodon exports and imports. What was lost by an
 * event (storage/severance.h) is below /api/v1/exports/severed_relationships/ID/. */
#ifndef COMPTOIR_SERVER_MASTODON_EXPORTS_H
#define COMPTOIR_SERVER_MASTODON_EXPORTS_H

#include "server/http/request.h"

enum error handle_export_following(struct request *request);
enum error handle_export_followers(struct request *request);
enum error handle_export_lists(struct request *request);
enum error handle_export_mutes(struct request *request);
enum error handle_export_blocks(struct request *request);
enum error handle_export_domain_blocks(struct request *request);
enum error handle_export_bookmarks(struct request *request);

/* One of these by its name, for somebody who comes without a token; ERROR_NOT_FOUND for another. */
enum error respond_export(struct request *request, int64_t actor_id, struct str name) MUST_CHECK;

enum error handle_export_severed_following(struct request *request);
enum error handle_export_severed_followers(struct request *request);
/* The same file for somebody who comes without a token. ERROR_NOT_FOUND when actor_id lost nothing by that event. */
enum error respond_severed_export(struct request *request, int64_t actor_id, int64_t event_id, bool of_followers) MUST_CHECK;

#endif
