/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where root starts the server, the programs that touch what strangers made run under a user of their own: this process
 * has become that user, for good, and starts them on the server's behalf. */
#ifndef COMPTOIR_SERVER_FILM_HELPER_LAUNCHER_H
#define COMPTOIR_SERVER_FILM_HELPER_LAUNCHER_H

/* Serves the socket on descriptor 3 until the server is gone, then ends what it has started. */
int launcher_serve(void);

#endif
