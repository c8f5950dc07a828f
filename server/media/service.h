/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the process has for files: the store, the helpers and the fetcher of what lies elsewhere. Built with the app. */
#ifndef COMPTOIR_SERVER_MEDIA_SERVICE_H
#define COMPTOIR_SERVER_MEDIA_SERVICE_H

#include "server/media/film.h"
#include "server/media/helper.h"
#include "storage/media_store.h"

struct media_fetcher;

struct media_service {
	struct media_store *store;
	struct media_helper *helper;
	struct film_studio *studio;
	struct media_fetcher *fetcher; /* NULL without the web role; fetcher.h */
};

/* ERROR_CONFIGURATION with *ret_message (arena). */
enum error media_service_new(const struct config *config, struct arena *arena, struct media_service **ret_service,
	struct str *ret_message) MUST_CHECK;
void media_service_free(struct media_service **service); /* accepts NULL */

#endif
