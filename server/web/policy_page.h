/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The privacy policy and the terms of service as pages. */
#ifndef COMPTOIR_SERVER_WEB_POLICY_PAGE_H
#define COMPTOIR_SERVER_WEB_POLICY_PAGE_H

#include "server/http/request.h"

enum error handle_privacy_page(struct request *request) MUST_CHECK;
enum error handle_terms_page(struct request *request) MUST_CHECK;

#endif
