/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who signed a GET. */
#include "server/federation/viewer.h"

static bool is_signed(const struct request *request)
{
	return http_request_header(request->http, "Signature").data || http_request_header(request->http, "Signature-Input").data;
}

bool viewer_may_share(const struct request *request)
{
	return !is_signed(request);
}

enum error viewer_identify(struct request *request, struct viewer *ret_viewer, bool *ret_is_answered)
{
	(void)request;
	*ret_viewer = (struct viewer){ 0 };
	*ret_is_answered = false;
	return ERROR_NONE;
}
