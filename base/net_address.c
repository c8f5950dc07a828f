/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Addresses are compared as bytes after one canonical reading; text is only read and written at the edges. */
#include "base/net_address.h"

#include "base/mutant.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#define MAX_FORWARDED_ENTRIES 64

struct net_list {
	size_t count;
	struct net_network networks[];
};

static void become_ipv4_if_mapped(struct net_address *address)
{
	static const uint8_t mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	if (address->family != NET_IPV6 || memcmp(address->bytes, mapped_prefix, sizeof(mapped_prefix)) != 0)
		return;
	memmove(address->bytes, address->bytes + 12, 4);
	memset(address->bytes + 4, 0, 12);
	address->family = NET_IPV4;
}

/* Without brackets; a mapped address stays IPv6 so that its bits can be told. */
static bool parse_plain(struct str text, struct net_address *ret_address)
{
	char terminated[INET6_ADDRSTRLEN];
	struct net_address address = { 0 };
	if (text.len == 0 || text.len >= sizeof(terminated) || memchr(text.data, '\0', text.len))
		return false;
	memcpy(terminated, text.data, text.len);
	terminated[text.len] = '\0';
	bool is_ipv6 = str_contains_char(text, ':');
	address.family = is_ipv6 ? NET_IPV6 : NET_IPV4;
	if (inet_pton(is_ipv6 ? AF_INET6 : AF_INET, terminated, address.bytes) != 1)
		return false;
	*ret_address = address;
	return true;
}

static bool parse_port(struct str text, uint16_t *ret_port)
{
	uint64_t port;
	if (text.len > 5 || !str_to_uint64(text, &port) || port == 0 || port > UINT16_MAX)
		return false;
	*ret_port = (uint16_t)port;
	return true;
}

/* Takes the address off the front: "[v6]" or everything up to "/BITS" or a port; *ret_rest is what follows. */
static bool split_address(struct str text, struct str *ret_address, struct str *ret_rest)
{
	size_t end;
	if (text.len > 0 && text.data[0] == '[') {
		end = str_index_of(text, ']', 0);
		*ret_address = str_slice(text, 1, end);
		*ret_rest = str_slice(text, end + 1, text.len);
		return end < text.len && str_contains_char(*ret_address, ':');
	}
	end = str_index_of(text, '/', 0);
	size_t colon = str_index_of(text, ':', 0);
	if (colon < end && str_index_of(text, ':', colon + 1) >= end)
		end = colon;
	*ret_address = str_slice(text, 0, end);
	*ret_rest = str_slice(text, end, text.len);
	return true;
}

static bool parse_address(struct str text, bool with_port, struct net_address *ret_address)
{
	struct net_address address = { 0 };
	struct str host, rest;
	if (str_eq(text, STR_LITERAL("unix"))) {
		*ret_address = (struct net_address){ .family = NET_UNIX };
		return true;
	}
	if (!split_address(text, &host, &rest) || !parse_plain(host, &address))
		return false;
	if (rest.len > 0
		&& (!with_port || rest.data[0] != ':' || !parse_port(str_slice(rest, 1, rest.len), &address.port)))
		return false;
	become_ipv4_if_mapped(&address);
	*ret_address = address;
	return true;
}

bool net_address_parse(struct str text, struct net_address *ret_address)
{
	return parse_address(text, false, ret_address);
}

bool net_address_parse_with_port(struct str text, struct net_address *ret_address)
{
	return parse_address(text, true, ret_address);
}

struct net_address net_address_from_sockaddr(const struct sockaddr *address, socklen_t len)
{
	struct net_address result = { 0 };
	if (len < sizeof(address->sa_family))
		return result;
	if (address->sa_family == AF_UNIX) {
		result.family = NET_UNIX;
	} else if (address->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
		struct sockaddr_in ipv4;
		memcpy(&ipv4, address, sizeof(ipv4));
		result.family = NET_IPV4;
		memcpy(result.bytes, &ipv4.sin_addr, 4);
		result.port = ntohs(ipv4.sin_port);
	} else if (address->sa_family == AF_INET6 && len >= sizeof(struct sockaddr_in6)) {
		struct sockaddr_in6 ipv6;
		memcpy(&ipv6, address, sizeof(ipv6));
		result.family = NET_IPV6;
		memcpy(result.bytes, &ipv6.sin6_addr, 16);
		result.port = ntohs(ipv6.sin6_port);
		become_ipv4_if_mapped(&result);
	}
	return result;
}

socklen_t net_address_to_sockaddr(const struct net_address *address, struct sockaddr_storage *ret_address)
{
	if (address->family == NET_IPV4) {
		struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons(address->port) };
		memcpy(&ipv4.sin_addr, address->bytes, 4);
		memcpy(ret_address, &ipv4, sizeof(ipv4));
		return sizeof(ipv4);
	}
	if (address->family == NET_IPV6) {
		struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons(address->port) };
		memcpy(&ipv6.sin6_addr, address->bytes, 16);
		memcpy(ret_address, &ipv6, sizeof(ipv6));
		return sizeof(ipv6);
	}
	return 0;
}

struct str net_address_text(const struct net_address *address, char ret_text[NET_ADDRESS_MAX_TEXT])
{
	ret_text[0] = '\0';
	if (address->family == NET_UNIX)
		memcpy(ret_text, "unix", sizeof("unix"));
	else if (address->family != NET_NONE)
		(void)inet_ntop(address->family == NET_IPV4 ? AF_INET : AF_INET6, address->bytes, ret_text,
			NET_ADDRESS_MAX_TEXT);
	return str_from(ret_text);
}

bool net_address_eq(const struct net_address *a, const struct net_address *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool net_address_is_loopback(const struct net_address *address)
{
	static const uint8_t loopback[16] = { [15] = 1 };
	if (address->family == NET_IPV4)
		return address->bytes[0] == 127;
	return address->family == NET_IPV6 && memcmp(address->bytes, loopback, sizeof(loopback)) == 0;
}

struct str net_address_key(const struct net_address *address, char ret_key[NET_ADDRESS_KEY_BYTES])
{
	size_t len = address->family == NET_IPV4 ? 4 : address->family == NET_IPV6 ? 8 : 0;
	ret_key[0] = (char)('0' + address->family);
	memcpy(ret_key + 1, address->bytes, len);
	return (struct str){ ret_key, len + 1 };
}

/* Whether the first bits of both are equal. */
static bool has_prefix(const uint8_t *bytes, const uint8_t *prefix, unsigned bits)
{
	unsigned whole = bits / 8;
	unsigned rest = bits % 8;
	if (memcmp(bytes, prefix, whole) != 0)
		return false;
	return rest == 0 || ((bytes[whole] ^ prefix[whole]) & (0xff00u >> rest) & 0xffu) == 0;
}

static bool has_zero_host_part(const struct net_address *address, unsigned bits)
{
	for (unsigned bit = bits; bit < 128; bit++) {
		if (address->bytes[bit / 8] & (0x80u >> (bit % 8)))
			return false;
	}
	return true;
}

/* "", "/BITS", ":PORT" or "/BITS:PORT" after the address. */
static bool parse_bits_and_port(struct str rest, bool with_port, unsigned family_bits, struct net_network *network)
{
	network->bits = family_bits;
	if (rest.len > 0 && rest.data[0] == '/') {
		uint64_t bits;
		size_t end = str_index_of(rest, ':', 0);
		if (end > 4 || !str_to_uint64(str_slice(rest, 1, end), &bits) || bits > family_bits)
			return false;
		network->bits = (unsigned)bits;
		rest = str_slice(rest, end, rest.len);
	}
	if (rest.len == 0)
		return true;
	return with_port && rest.data[0] == ':' && parse_port(str_slice(rest, 1, rest.len), &network->port);
}

static bool parse_network(struct str text, bool with_port, struct net_network *ret_network)
{
	struct net_network network = { 0 };
	struct str host, rest;
	if (str_eq(text, STR_LITERAL("unix"))) {
		ret_network->address.family = NET_UNIX;
		return true;
	}
	if (!split_address(text, &host, &rest) || !parse_plain(host, &network.address))
		return false;
	bool is_ipv6 = network.address.family == NET_IPV6;
	if (!parse_bits_and_port(rest, with_port, is_ipv6 ? 128 : 32, &network))
		return false;
	if (network.port != 0 && is_ipv6 && text.data[0] != '[')
		return false;
	become_ipv4_if_mapped(&network.address);
	if (is_ipv6 && network.address.family == NET_IPV4) {
		if (network.bits < 96)
			return false;
		network.bits -= 96;
	}
	if (!has_zero_host_part(&network.address, network.bits))
		return false;
	*ret_network = network;
	return true;
}

struct net_list *net_list_new(const struct str *items, size_t count, bool with_ports, struct str *ret_bad_item)
{
	struct net_list *list = memory_new(sizeof(*list) + count * sizeof(list->networks[0]));
	list->count = count;
	for (size_t i = 0; i < count; i++) {
		if (!parse_network(items[i], with_ports, &list->networks[i])) {
			*ret_bad_item = items[i];
			net_list_free(&list);
			return NULL;
		}
	}
	return list;
}

void net_list_free(struct net_list **list)
{
	memory_free(*list);
	*list = NULL;
}

size_t net_list_count(const struct net_list *list)
{
	return list ? list->count : 0;
}

bool net_list_contains(const struct net_list *list, const struct net_address *address)
{
	for (size_t i = 0; i < net_list_count(list); i++) {
		const struct net_network *network = &list->networks[i];
		if (network->address.family == address->family && address->family != NET_NONE
			&& (network->port == 0 || network->port == address->port)
			&& has_prefix(address->bytes, network->address.bytes, network->bits))
			return true;
	}
	return false;
}

const struct net_network *net_list_entry(const struct net_list *list, size_t index)
{
	return &list->networks[index];
}

struct net_address net_forwarded_client(const struct net_list *trusted, const struct net_address *peer,
	struct str forwarded_for)
{
	struct net_address client = *peer;
	struct str rest = forwarded_for;
	for (unsigned i = 0; i < MAX_FORWARDED_ENTRIES && rest.len > 0; i++) {
		if (!net_list_contains(trusted, &client) && !MUTANT("net_trusted_proxy"))
			break;
		const char *comma = memrchr(rest.data, ',', rest.len);
		size_t from = comma ? (size_t)(comma - rest.data) + 1 : 0;
		if (!net_address_parse_with_port(str_trim(str_slice(rest, from, rest.len)), &client))
			break;
		rest = str_slice(rest, 0, comma ? from - 1 : 0);
	}
	return client;
}
