/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which addresses the server may dial on behalf of others: https at public addresses, port 443. Judged on the
 * sockaddr of each connect, the only truth there is: spellings of numbers, redirects and names that answer
 * differently each time all end there. Entries of federation.allow_addresses are the one exception. */
#ifndef COMPTOIR_FEDERATION_ADDRESS_GUARD_H
#define COMPTOIR_FEDERATION_ADDRESS_GUARD_H

#include "base/net_address.h"
#include "base/url.h"

enum address_verdict {
	ADDRESS_ALLOWED,
	ADDRESS_PLAIN_HTTP, /* http, and no entry allows it */
	ADDRESS_OTHER_PORT, /* not 443, and no entry allows it */
	ADDRESS_NOT_PUBLIC, /* private, reserved, multicast, loopback, or of a family that is no internet */
};

/* Globally reachable by the registries of IANA (RFC 6890 and its successors): for IPv6 only what lies in
 * 2000::/3 and is not reserved there. IPv4-mapped addresses are not: no name should answer with them. */
bool address_is_public(const struct sockaddr *address, socklen_t len) MUST_CHECK;

/* Before each connect. allowed (NULL: none) lifts all rules for the addresses and ports that it holds. */
enum address_verdict address_guard_judge(const struct net_list *allowed, bool is_https, const struct sockaddr *address,
	socklen_t len) MUST_CHECK;

/* Before a name is looked up: whether any address could be allowed for that scheme and port. ADDRESS_NOT_PUBLIC
 * also for names that are no names of the public internet (.onion, RFC 7686). */
enum address_verdict address_guard_judge_url(const struct net_list *allowed, const struct url *url) MUST_CHECK;

#endif
