/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How far one has read. */
#ifndef COMPTOIR_SERVER_MASTODON_MARKERS_H
#define COMPTOIR_SERVER_MASTODON_MARKERS_H

#include "server/http/request.h"

enum error handle_markers(struct request *request);
enum error handle_markers_change(struct request *request);

#endif
