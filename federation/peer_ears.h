/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Remembers which hosts were heard, and writes it down at most once a minute for each, on a thread of its own: whoever
 * verifies a request must not wait for that. */
#ifndef COMPTOIR_FEDERATION_PEER_EARS_H
#define COMPTOIR_FEDERATION_PEER_EARS_H

#include "base/memory.h"
#include "base/str.h"

struct config;
struct peer_ears;

struct peer_ears *peer_ears_start(const struct config *config) MUST_CHECK;
void peer_ears_stop(struct peer_ears **ears); /* writes what is left; accepts NULL */

/* name: a host, with a port that is not the default, in lower case. Any thread, never blocks. */
void peer_ears_hear(struct peer_ears *ears, struct str name, bool speaks_rfc9421);

#endif
