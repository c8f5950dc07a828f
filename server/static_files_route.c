/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * GET /assets/{rest*}: runs on the loop, sends the program's own bytes by reference. */
#include "server/static_files.h"

#include "server/app.h"
#include "server/request.h"

enum error handle_static_file(struct request *request)
{
	const struct static_file *file = static_files_get(request->app->static_files, request_value(request, 0));
	if (!file)
		return fail(request, ERROR_NOT_FOUND, "no such file");
	bool is_fresh = static_file_is_fresh(file, http_request_header(request->http, "If-None-Match"));
	if (is_fresh) {
		(void)respond(request, 304, file->content_type);
	} else {
		struct shared_bytes *bytes = shared_bytes_new_static(file->bytes);
		respond_shared(request, 200, file->content_type, bytes);
		shared_bytes_unref(&bytes);
	}
	respond_header(request, "ETag", file->etag);
	respond_header(request, "Cache-Control", file->cache_control);
	return ERROR_NONE;
}
