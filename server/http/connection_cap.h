/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How many connections each client holds: an IPv4 address or the /64 of an IPv6 address is one client. Shared
 * by all loops. */
#ifndef COMPTOIR_SERVER_HTTP_CONNECTION_CAP_H
#define COMPTOIR_SERVER_HTTP_CONNECTION_CAP_H

#include "base/net_address.h"

struct connection_cap;

struct connection_cap *connection_cap_new(unsigned max_per_client) MUST_CHECK;
void connection_cap_free(struct connection_cap **cap); /* accepts NULL */

/* False when the client holds max_per_client already. What was taken is given back. */
bool connection_cap_take(struct connection_cap *cap, const struct net_address *client) MUST_CHECK;
void connection_cap_give(struct connection_cap *cap, const struct net_address *client);

#endif
