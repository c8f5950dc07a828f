/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What one takes along (server/mastodon/exports.h): a part of the settings, and its files. */
#ifndef COMPTOIR_SERVER_LOGIN_SETTINGS_EXPORTS_H
#define COMPTOIR_SERVER_LOGIN_SETTINGS_EXPORTS_H

#include "server/login/visitor.h"

enum error handle_settings_export(struct request *request); /* GET /settings/exports/{NAME.csv} */

void settings_write_exports(struct buf *out, const struct visitor *visitor);

#endif
