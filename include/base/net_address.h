/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Network addresses as values: reading them, lists of networks from the configuration, the key under which
 * a client is counted, and the client's own address behind trusted proxies. No look-ups, no sockets.
 *
 * An IPv4-mapped IPv6 address (::ffff:192.0.2.1) is the IPv4 address everywhere. */
#ifndef COMPTOIR_BASE_NET_ADDRESS_H
#define COMPTOIR_BASE_NET_ADDRESS_H

#include "base/arena.h"
#include "base/buf.h"

#include <sys/socket.h>

enum net_family {
	NET_NONE, /* no address: nothing matches it */
	NET_IPV4,
	NET_IPV6,
	NET_UNIX, /* the peer of a Unix socket; all of them are equal */
};

struct net_address {
	enum net_family family;
	uint8_t bytes[16]; /* network order; IPv4 uses the first 4; the rest is zero */
	uint16_t port;     /* 0 when unknown; not part of matching */
};

#define NET_ADDRESS_MAX_TEXT 46 /* longest text with its NUL */

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]" or "unix", without port; no scope ids, no short IPv4 forms. */
bool net_address_parse(struct str text, struct net_address *ret_address) MUST_CHECK;

/* The same with an optional ":PORT" (IPv6 then in brackets), as proxies write it. */
bool net_address_parse_with_port(struct str text, struct net_address *ret_address) MUST_CHECK;

/* NET_NONE for a family that we do not know. A peer of a Unix socket is NET_UNIX. */
struct net_address net_address_from_sockaddr(const struct sockaddr *address, socklen_t len);

/* 0 when the address has no sockaddr_in or sockaddr_in6. */
socklen_t net_address_to_sockaddr(const struct net_address *address, struct sockaddr_storage *ret_address);

/* Shortest text without port and brackets: "192.0.2.1", "2001:db8::1", "unix", "" for NET_NONE. */
struct str net_address_text(const struct net_address *address, char ret_text[NET_ADDRESS_MAX_TEXT]);

/* Family and bytes; ports do not count. */
bool net_address_eq(const struct net_address *a, const struct net_address *b);

/* 127.0.0.0/8 and ::1. A Unix socket is not an address of a network, so it is not loopback. */
bool net_address_is_loopback(const struct net_address *address);

/* What limits count: an IPv4 address, or the /64 of an IPv6 address, since one subscriber owns all of it.
 * Equal keys, equal client. */
#define NET_ADDRESS_KEY_BYTES 17
struct str net_address_key(const struct net_address *address, char ret_key[NET_ADDRESS_KEY_BYTES]);

/* A list of networks, immutable once built; any thread may match. */
struct net_list;

/* items are ADDRESS[/BITS] or "unix"; with_ports allows ADDRESS[/BITS][:PORT] ("[2001:db8::]/32:8443",
 * "10.0.0.0/8:80", "192.0.2.1:80"); IPv6 with a port needs brackets. Bits of the host part must be zero.
 * On failure NULL, and *ret_bad_item is the item that was wrong. */
struct net_list *net_list_new(const struct str *items, size_t count, bool with_ports, struct str *ret_bad_item)
	MUST_CHECK;
void net_list_free(struct net_list **list); /* accepts NULL */
size_t net_list_count(const struct net_list *list);

/* Whether some network holds the address. Entries that name a port match only that port. NULL is empty. */
bool net_list_contains(const struct net_list *list, const struct net_address *address);

/* Entry index for checks at start: its network, bits, and port or 0. */
struct net_network {
	struct net_address address;
	unsigned bits;
	uint16_t port;
};
const struct net_network *net_list_entry(const struct net_list *list, size_t index);

/* The client's address: peer itself unless trusted holds it; else the right-most address of the
 * X-Forwarded-For value (several headers joined by ", ") that trusted does not hold. An entry that is not an
 * address ends the walk: the last trusted address before it is the client. When all are trusted, the
 * left-most is the client. */
struct net_address net_forwarded_client(const struct net_list *trusted, const struct net_address *peer,
	struct str forwarded_for);

#endif
