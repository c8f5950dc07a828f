/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Two tables of networks and the order in which the rules are asked. */
#include "federation/address_guard.h"

#include "base/mutant.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define HTTPS_PORT 443
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	uint32_t network;
	unsigned bits;
} reserved_ipv4[] = {
	{ 0x00000000, 8 },  /* 0.0.0.0/8 this network */
	{ 0x0a000000, 8 },  /* 10.0.0.0/8 private */
	{ 0x64400000, 10 }, /* 100.64.0.0/10 carrier-grade NAT */
	{ 0x7f000000, 8 },  /* 127.0.0.0/8 loopback */
	{ 0xa9fe0000, 16 }, /* 169.254.0.0/16 link-local, with the metadata services of clouds */
	{ 0xac100000, 12 }, /* 172.16.0.0/12 private */
	{ 0xc0000000, 24 }, /* 192.0.0.0/24 protocol assignments */
	{ 0xc0000200, 24 }, /* 192.0.2.0/24 documentation */
	{ 0xc01fc400, 24 }, /* 192.31.196.0/24 AS112 */
	{ 0xc034c100, 24 }, /* 192.52.193.0/24 AMT */
	{ 0xc0586300, 24 }, /* 192.88.99.0/24 6to4 relays */
	{ 0xc0a80000, 16 }, /* 192.168.0.0/16 private */
	{ 0xc0af3000, 24 }, /* 192.175.48.0/24 AS112 */
	{ 0xc6120000, 15 }, /* 198.18.0.0/15 benchmarks */
	{ 0xc6336400, 24 }, /* 198.51.100.0/24 documentation */
	{ 0xcb007100, 24 }, /* 203.0.113.0/24 documentation */
	{ 0xe0000000, 4 },  /* 224.0.0.0/4 multicast */
	{ 0xf0000000, 4 },  /* 240.0.0.0/4 reserved, broadcast */
};

/* Of 2000::/3; the first 64 bits. */
static const struct {
	uint64_t network;
	unsigned bits;
} reserved_ipv6[] = {
	{ 0x2001000000000000, 23 }, /* 2001::/23 protocol assignments: Teredo, ORCHID, benchmarks */
	{ 0x20010db800000000, 32 }, /* 2001:db8::/32 documentation */
	{ 0x2002000000000000, 16 }, /* 2002::/16 6to4: an IPv4 address inside */
	{ 0x2620004f80000000, 48 }, /* 2620:4f:8000::/48 AS112 */
	{ 0x3ffe000000000000, 16 }, /* 3ffe::/16 6bone, given back */
	{ 0x3fff000000000000, 20 }, /* 3fff::/20 documentation */
};

static bool is_public_ipv4(uint32_t address)
{
	for (size_t i = 0; i < COUNT(reserved_ipv4); i++) {
		if (((address ^ reserved_ipv4[i].network) >> (32 - reserved_ipv4[i].bits)) == 0)
			return false;
	}
	return true;
}

static bool is_public_ipv6(const uint8_t bytes[16])
{
	uint64_t prefix = 0;
	for (unsigned i = 0; i < 8; i++)
		prefix = prefix << 8 | bytes[i];
	if (prefix >> 61 != 1)
		return false;
	for (size_t i = 0; i < COUNT(reserved_ipv6); i++) {
		if (((prefix ^ reserved_ipv6[i].network) >> (64 - reserved_ipv6[i].bits)) == 0)
			return false;
	}
	return true;
}

bool address_is_public(const struct sockaddr *address, socklen_t len)
{
	if (address->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
		struct sockaddr_in ipv4;
		memcpy(&ipv4, address, sizeof(ipv4));
		return is_public_ipv4(ntohl(ipv4.sin_addr.s_addr));
	}
	if (address->sa_family == AF_INET6 && len >= sizeof(struct sockaddr_in6)) {
		struct sockaddr_in6 ipv6;
		memcpy(&ipv6, address, sizeof(ipv6));
		return is_public_ipv6(ipv6.sin6_addr.s6_addr);
	}
	return false;
}

/* An entry for 127.0.0.1 does not mean ::ffff:127.0.0.1, which only somebody with a plan would use. */
static bool is_mapped(const struct sockaddr *address, const struct net_address *parsed)
{
	return address->sa_family == AF_INET6 && parsed->family == NET_IPV4;
}

enum address_verdict address_guard_judge(const struct net_list *allowed, bool is_https, const struct sockaddr *address,
	socklen_t len)
{
	struct net_address parsed = net_address_from_sockaddr(address, len);
	if (parsed.family != NET_IPV4 && parsed.family != NET_IPV6)
		return ADDRESS_NOT_PUBLIC;
	if (!is_mapped(address, &parsed) && net_list_contains(allowed, &parsed))
		return ADDRESS_ALLOWED;
	if (!address_is_public(address, len) && !MUTANT("address_guard"))
		return ADDRESS_NOT_PUBLIC;
	if (!is_https && !MUTANT("outbound_https_only"))
		return ADDRESS_PLAIN_HTTP;
	if (parsed.port != HTTPS_PORT && !MUTANT("outbound_allow_port"))
		return ADDRESS_OTHER_PORT;
	return ADDRESS_ALLOWED;
}

static bool allows_port(const struct net_list *allowed, uint16_t port)
{
	for (size_t i = 0; i < net_list_count(allowed); i++) {
		uint16_t entry_port = net_list_entry(allowed, i)->port;
		if (entry_port == 0 || entry_port == port)
			return true;
	}
	return false;
}

enum address_verdict address_guard_judge_url(const struct net_list *allowed, const struct url *url)
{
	if (str_ends_with(url->host, STR_LITERAL(".onion")) && !MUTANT("outbound_onion"))
		return ADDRESS_NOT_PUBLIC;
	if (allows_port(allowed, url->port))
		return ADDRESS_ALLOWED;
	if (!str_eq(url->scheme, STR_LITERAL("https")) && !MUTANT("outbound_url_scheme"))
		return ADDRESS_PLAIN_HTTP;
	if (url->port != HTTPS_PORT && !MUTANT("outbound_url_port"))
		return ADDRESS_OTHER_PORT;
	return ADDRESS_ALLOWED;
}
