/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Makes and unmakes what the process has for files. */
#include "server/media/service.h"

enum error media_service_new(const struct config *config, struct arena *arena, struct media_service **ret_service,
	struct str *ret_message)
{
	struct media_service *service = memory_new(sizeof(*service));
	enum error error = media_store_open(config, arena, &service->store, ret_message);
	if (error) {
		media_service_free(&service);
		return error;
	}
	service->helper = media_helper_new(config);
	service->studio = film_studio_new(config);
	*ret_service = service;
	return ERROR_NONE;
}

void media_service_free(struct media_service **service)
{
	if (!*service)
		return;
	media_helper_free(&(*service)->helper);
	film_studio_free(&(*service)->studio);
	media_store_close(&(*service)->store);
	memory_free(*service);
	*service = NULL;
}
