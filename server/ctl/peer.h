/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Peers as commands name them. */
#ifndef COMPTOIR_SERVER_CTL_PEER_H
#define COMPTOIR_SERVER_CTL_PEER_H

#include "server/ctl/command.h"

#include "storage/peer.h"

/* A host, with a port that is not the default; says what is wrong. */
enum error ctl_read_peer_name(struct invocation *invocation, const char *text, struct str *ret_name) MUST_CHECK;

/* Says so when nothing is known of it. After ctl_open_database. */
enum error ctl_find_peer(struct invocation *invocation, struct str name, struct peer_record *ret_record) MUST_CHECK;

#endif
