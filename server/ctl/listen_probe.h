/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whether an address of http.listen can be listened on, and who is there already if it cannot. */
#ifndef COMPTOIR_SERVER_CTL_LISTEN_PROBE_H
#define COMPTOIR_SERVER_CTL_LISTEN_PROBE_H

#include "base/arena.h"

enum listen_state {
	LISTEN_FREE,
	LISTEN_OURS,    /* this instance answers there */
	LISTEN_TAKEN,   /* in use, and no answer of this instance */
	LISTEN_FORBIDDEN, /* this user may not; a service manager may allow it to the service */
	LISTEN_FAILED,  /* errno says why */
};

/* text is an accepted entry of http.listen. base_url and authority are this instance's. Waits at most a few
 * seconds for an answer; asks in plain HTTP. */
enum listen_state listen_probe(struct arena *arena, struct str text, struct str base_url, struct str authority);

#endif
