/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * /api/v2/filters, and /api/v1/filters, where each keyword is a filter of its own. */
#ifndef COMPTOIR_SERVER_MASTODON_FILTERS_H
#define COMPTOIR_SERVER_MASTODON_FILTERS_H

#include "server/http/request.h"
#include "storage/filter.h"

enum error handle_filters(struct request *request);
enum error handle_filter(struct request *request);
enum error handle_filter_create(struct request *request);
enum error handle_filter_update(struct request *request);
enum error handle_filter_delete(struct request *request);
enum error handle_filter_keywords(struct request *request);
enum error handle_filter_keyword_add(struct request *request);
enum error handle_filter_keyword(struct request *request);
enum error handle_filter_keyword_update(struct request *request);
enum error handle_filter_keyword_delete(struct request *request);
enum error handle_filter_statuses(struct request *request);
enum error handle_filter_status_add(struct request *request);
enum error handle_filter_status(struct request *request);
enum error handle_filter_status_delete(struct request *request);

enum error handle_filters_v1(struct request *request);
enum error handle_filter_v1(struct request *request);
enum error handle_filter_create_v1(struct request *request);
enum error handle_filter_update_v1(struct request *request);
enum error handle_filter_delete_v1(struct request *request);

/* What both versions read alike: context[], expires_in (what was not said stays), and a keyword's words. */
enum error filter_read_common(struct request *request, struct filter *filter) MUST_CHECK;
enum error filter_check_keyword(struct request *request, struct str *keyword) MUST_CHECK;
/* The sentence for what storage/filter.h calls ERROR_UNPROCESSABLE; other errors are passed on. */
enum error filter_refuse_too_many(struct request *request, enum error error) MUST_CHECK;

#endif
