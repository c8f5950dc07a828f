/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What we have is answered at once; the rest waits for the fetcher without a worker. */
#include "server/media/proxy.h"

#include "server/app.h"
#include "server/http/request.h"
#include "server/media/fetcher.h"
#include "server/media/proxy_url.h"
#include "server/media/serve.h"
#include "server/media/service.h"

#include "federation/media_policy.h"

enum error handle_media_proxy(struct request *request)
{
	struct remote_file file;
	struct str url;
	enum media_size size;
	struct media_fetcher *fetcher = request->app->media->fetcher;
	if (!app_is_prepared(request->app) || !fetcher)
		return fail(request, ERROR_UNAVAILABLE, "not ready");
	if (!media_proxy_read(request->app, request->arena, request->values, &url, &size))
		return fail(request, ERROR_NOT_FOUND, "not a URL of ours");
	if (!federation_takes_media(request->app->federation, url))
		return fail(request, ERROR_NOT_FOUND, "its media are not taken");
	enum error error = remote_file_find(request->db, request->arena, media_proxy_name(request->arena, url), &file);
	if (!error && file.is_ready) {
		bool is_small = size == MEDIA_SMALL && file.preview_name.data;
		error = media_respond_file(request, is_small ? file.preview_name : file.file_name, STR_LITERAL("public, max-age=86400"));
		return error ? fail(request, error, "copy") : ERROR_NONE;
	}
	if (!error && !media_fetcher_is_due(&file))
		return fail(request, ERROR_NOT_FOUND, "could not be had");
	if (error && error != ERROR_NOT_FOUND)
		return fail(request, error, "copy");
	request_hand_over(request, media_fetcher_answer, fetcher);
	return ERROR_NONE;
}
