/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Makes and unmakes what all threads share. */
#include "server/app.h"

#include "server/document_cache.h"
#include "server/http/limits.h"
#include "server/http/static_files.h"
#include "server/push/vapid.h"
#include "server/media/service.h"

#include "base/clock.h"
#include "base/url.h"

#define NAMES_LIMIT_BYTES ((size_t)64 * 1024)

const char *app_key_file(const struct config *config, struct arena *arena)
{
	const char *named = config_text(config, "data.key_file");
	if (named[0])
		return named;
	return arena_printf(arena, "%s/secret.key", config_text(config, "data.directory")).data;
}

void app_instance_names(const struct config *config, struct arena *arena, struct str *ret_base_url,
	struct str *ret_authority, struct str *ret_domain)
{
	struct url url;
	if (!url_parse(arena, str_from(config_text(config, "instance.base_url")), &url))
		memory_fatal("instance.base_url was accepted and does not parse");
	*ret_base_url = arena_printf(arena, "%.*s://%.*s", STR_ARG(url.scheme), STR_ARG(url.authority));
	*ret_authority = url.authority;
	struct str named = str_from(config_text(config, "instance.domain"));
	*ret_domain = named.len ? arena_lower(arena, named) : url.authority;
}

enum error app_new(const struct config *config, struct arena *arena, struct app **ret_app, struct str *ret_message)
{
	struct app *app = memory_new(sizeof(*app));
	char *message = NULL;
	app->started_us = clock_now_us();
	app->config = config;
	app->arena = arena_new(NAMES_LIMIT_BYTES);
	app_instance_names(config, app->arena, &app->base_url, &app->authority, &app->domain);
	enum error error = limits_new(config, &app->limits, &message);
	if (error) {
		*ret_message = arena_str(arena, str_from(message));
		memory_free(message);
		app_free(&app);
		return error;
	}
	error = media_service_new(config, arena, &app->media, ret_message);
	if (error) {
		app_free(&app);
		return error;
	}
	app->documents = document_cache_new((size_t)config_size_bytes(config, "http.document_cache"));
	app->static_files = static_files_new(asset_files);
	*ret_app = app;
	return ERROR_NONE;
}

void app_free(struct app **app)
{
	if (!*app)
		return;
	struct secret_box *box = (struct secret_box *)(uintptr_t)(*app)->secret_box;
	secret_box_close(&box);
	document_cache_free(&(*app)->documents);
	media_service_free(&(*app)->media);
	limits_free(&(*app)->limits);
	static_files_free(&(*app)->static_files);
	vapid_close(&(*app)->vapid);
	arena_free(&(*app)->arena);
	memory_free(*app);
	*app = NULL;
}

void app_set_prepared(struct app *app, const struct secret_box *box, struct vapid *vapid, struct federation *federation)
{
	app->secret_box = box;
	app->vapid = vapid;
	app->federation = federation;
	atomic_store_explicit(&app->is_prepared, true, memory_order_release);
}

bool app_is_prepared(const struct app *app)
{
	return atomic_load_explicit(&app->is_prepared, memory_order_acquire);
}
