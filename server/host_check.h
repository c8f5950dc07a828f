/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whether a request names this server: by an account domain, by the authority of a base URL, or by address. A
 * name of somebody else's that leads here (DNS rebinding, a forgotten record) is answered 421. */
#ifndef COMPTOIR_SERVER_HOST_CHECK_H
#define COMPTOIR_SERVER_HOST_CHECK_H

#include "server/http/request.h"

/* ERROR_NONE, or ERROR_MISDIRECTED_REQUEST; on the loop (request->db NULL) the latter means no more than that
 * memory does not know the host, and a worker has to ask. */
enum error host_check(struct request *request) MUST_CHECK;

/* "localhost", with or without a port. */
bool host_is_localhost(struct str host);

#endif
