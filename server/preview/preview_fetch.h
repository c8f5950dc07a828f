/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From an address to a preview, with all requests that takes: the page, what its oEmbed endpoint adds, its picture. For jobs:
 * waits for the network, in no transaction. */
#ifndef COMPTOIR_SERVER_PREVIEW_PREVIEW_FETCH_H
#define COMPTOIR_SERVER_PREVIEW_PREVIEW_FETCH_H

#include "base/error.h"
#include "storage/preview.h"

struct app;

/* ERROR_NOT_FOUND and ERROR_FORBIDDEN: there is nothing to show. ERROR_UNAVAILABLE: not just now. */
enum error preview_fetch(struct app *app, struct db *db, struct arena *arena, struct str url, struct preview *ret_preview) MUST_CHECK;

#endif
