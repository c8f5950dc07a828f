/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who signed a GET. Without a signature one is nobody, which is enough for what is public unless the server asks
 * everybody to sign (federation.authorized_fetch). */
#ifndef COMPTOIR_SERVER_FEDERATION_VIEWER_H
#define COMPTOIR_SERVER_FEDERATION_VIEWER_H

#include "server/federation/answer.h"

/* ret_is_answered: 401, 403 or 503 has been written, or a key is awaited and the handler has to return. */
enum error viewer_identify(struct request *request, struct viewer *ret_viewer, bool *ret_is_answered) MUST_CHECK;

/* Whether this reader gets what everyone gets: not signed, and nobody has to. Any thread, never blocks. */
bool viewer_may_share(const struct request *request);

#endif
