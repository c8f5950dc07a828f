/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Addresses as text and bytes, lists of networks, keys of clients, and who stands behind a proxy. */
#include "base/net_address.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

static struct net_address parsed(const char *text)
{
	struct net_address address;
	if (!net_address_parse_with_port(str_from(text), &address))
		fail_msg("'%s' does not parse", text);
	return address;
}

static void addresses_have_one_text(void **state)
{
	(void)state;
	static const struct {
		const char *text, *expected;
		enum net_family family;
		uint16_t port;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1", NET_IPV4, 0 },
		{ "192.0.2.1:8080", "192.0.2.1", NET_IPV4, 8080 },
		{ "2001:DB8:0:0::1", "2001:db8::1", NET_IPV6, 0 },
		{ "[2001:db8::1]", "2001:db8::1", NET_IPV6, 0 },
		{ "[2001:db8::1]:443", "2001:db8::1", NET_IPV6, 443 },
		{ "::ffff:192.0.2.1", "192.0.2.1", NET_IPV4, 0 },
		{ "[::ffff:c000:201]:1", "192.0.2.1", NET_IPV4, 1 },
		{ "unix", "unix", NET_UNIX, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[NET_ADDRESS_MAX_TEXT];
		struct net_address address = parsed(cases[i].text);
		assert_int_equal(address.family, cases[i].family);
		assert_int_equal(address.port, cases[i].port);
		assert_string_equal(net_address_text(&address, text).data, cases[i].expected);
		struct sockaddr_storage socket_address;
		socklen_t len = net_address_to_sockaddr(&address, &socket_address);
		struct net_address again = net_address_from_sockaddr((const struct sockaddr *)&socket_address, len);
		assert_true(len == 0 ? address.family == NET_UNIX : net_address_eq(&address, &again));
		assert_true(len == 0 || again.port == address.port);
	}
	const struct sockaddr_un unix_peer = { .sun_family = AF_UNIX };
	assert_int_equal(net_address_from_sockaddr((const struct sockaddr *)&unix_peer, sizeof(sa_family_t)).family, NET_UNIX);
	assert_int_equal(net_address_from_sockaddr((const struct sockaddr *)&unix_peer, 0).family, NET_NONE);
}

static void what_is_no_address_is_refused(void **state)
{
	(void)state;
	static const struct str cases[] = {
		STR(""), STR("1"), STR("127.1"), STR("0x7f.0.0.1"), STR("2130706433"), STR("192.0.2.256"), STR("192.0.2.01"),
		STR("192.0.2.1 "), STR("192.0.2.1\0"), STR("192.0.2.1:"), STR("192.0.2.1:0"), STR("192.0.2.1:65536"),
		STR("192.0.2.1:+1"), STR("fe80::1%eth0"), STR("[192.0.2.1]"), STR("[::1"), STR("[::1]x"), STR("[::1]:"),
		STR(":::"), STR("1:2:3:4:5:6:7:8:9"), STR("unix:"), STR("localhost"), STR("unknown"), STR("_hidden"),
		STR("192.0.2.1/32"), STR("0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001"),
	};
	struct net_address address;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (net_address_parse_with_port(cases[i], &address))
			fail_msg("'%.*s' parses", STR_ARG(cases[i]));
	}
	assert_false(net_address_parse(STR_LITERAL("192.0.2.1:80"), &address));
}

static struct net_list *list_of(const char *items, bool with_ports)
{
	struct str parts[16];
	struct str rest = str_from(items);
	struct str bad_item;
	size_t count = 0;
	while (rest.len > 0 && str_split_next(&rest, ' ', &parts[count]))
		count++;
	return net_list_new(parts, count, with_ports, &bad_item);
}

static void networks_hold_their_addresses(void **state)
{
	(void)state;
	static const struct {
		const char *items, *address;
		bool is_member;
	} cases[] = {
		{ "10.0.0.0/8", "10.255.255.255", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "192.0.2.128/25", "192.0.2.128", true },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "0.0.0.0/0", "203.0.113.1", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "::ffff:10.0.0.0/104", "10.1.2.3", true },
		{ "10.0.0.1", "::ffff:10.0.0.1", true },
		{ "unix", "unix", true },
		{ "0.0.0.0/0 ::/0", "unix", false },
		{ "192.0.2.1:80", "192.0.2.1:80", true },
		{ "192.0.2.1:80", "192.0.2.1:81", false },
		{ "127.0.0.0/8:8080", "127.3.2.1:8080", true },
		{ "[2001:db8::]/32:443", "[2001:db8::9]:443", true },
		{ "[2001:db8::1]:443", "[2001:db8::1]:444", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct net_list *list = list_of(cases[i].items, true);
		assert_non_null(list);
		struct net_address address = parsed(cases[i].address);
		if (net_list_contains(list, &address) != cases[i].is_member)
			fail_msg("%s in %s", cases[i].address, cases[i].items);
		net_list_free(&list);
	}
	struct net_address nobody = { 0 };
	struct net_list *all = list_of("0.0.0.0/0 ::/0 unix", false);
	assert_int_equal(net_list_count(all), 3);
	assert_false(net_list_contains(all, &nobody));
	assert_false(net_list_contains(NULL, &nobody));
	net_list_free(&all);
}

static void malformed_networks_are_refused(void **state)
{
	(void)state;
	static const char *const cases[] = { "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x",
		"2001:db8::1/64", "::/129", "::ffff:0.0.0.0/95", "10.0.0.0/8:0", "a/8", "2001:db8::/32:443", "/8", "10.0.0.0//8" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (list_of(cases[i], true))
			fail_msg("'%s' parses", cases[i]);
	}
	assert_null(list_of("10.0.0.0/8:80", false));
	struct str bad_item;
	static const struct str items[] = { STR("10.0.0.0/8"), STR("x") };
	assert_null(net_list_new(items, 2, false, &bad_item));
	assert_true(str_eq(bad_item, STR_LITERAL("x")));
}

static void a_key_is_one_ipv4_or_one_64(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool is_same;
	} cases[] = {
		{ "192.0.2.1:1", "192.0.2.1:2", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.1", "::ffff:192.0.2.1", true },
		{ "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true },
		{ "2001:db8:1:2::1", "2001:db8:1:3::1", false },
		{ "unix", "unix", true },
		{ "unix", "0.0.0.0", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char keys[2][NET_ADDRESS_KEY_BYTES];
		struct net_address a = parsed(cases[i].a);
		struct net_address b = parsed(cases[i].b);
		assert_int_equal(str_eq(net_address_key(&a, keys[0]), net_address_key(&b, keys[1])), cases[i].is_same);
	}
}

static void loopback_is_the_machine_itself(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_loopback;
	} cases[] = { { "127.0.0.1", true }, { "127.255.0.9", true }, { "::1", true }, { "::ffff:127.0.0.1", true },
		{ "128.0.0.1", false }, { "::2", false }, { "::", false }, { "0.0.0.0", false }, { "unix", false } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct net_address address = parsed(cases[i].text);
		assert_int_equal(net_address_is_loopback(&address), cases[i].is_loopback);
	}
}

static void the_client_is_the_right_most_untrusted(void **state)
{
	(void)state;
	static const struct {
		const char *trusted, *peer, *forwarded, *client;
	} cases[] = {
		{ "", "203.0.113.9", "1.1.1.1", "203.0.113.9" },
		{ "10.0.0.0/8", "203.0.113.9", "1.1.1.1", "203.0.113.9" },
		{ "10.0.0.0/8", "10.0.0.1", "", "10.0.0.1" },
		{ "10.0.0.0/8", "10.0.0.1", "192.0.2.1", "192.0.2.1" },
		{ "10.0.0.0/8", "10.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1" },
		{ "10.0.0.0/8", "10.0.0.1", "6.6.6.6, 192.0.2.1,10.0.0.7 ", "192.0.2.1" },
		{ "10.0.0.0/8", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3" },
		{ "10.0.0.0/8", "10.0.0.1", "192.0.2.1, unknown, 10.0.0.2", "10.0.0.2" },
		{ "10.0.0.0/8", "10.0.0.1", "192.0.2.1,", "10.0.0.1" },
		{ "10.0.0.0/8", "10.0.0.1", "[2001:db8::5]:4711", "2001:db8::5" },
		{ "unix", "unix", "192.0.2.1:99", "192.0.2.1" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct net_list *trusted = list_of(cases[i].trusted, false);
		struct net_address peer = parsed(cases[i].peer);
		struct net_address client = net_forwarded_client(trusted, &peer, str_from(cases[i].forwarded));
		char text[NET_ADDRESS_MAX_TEXT];
		if (strcmp(net_address_text(&client, text).data, cases[i].client) != 0)
			fail_msg("case %zu: %s, expected %s", i, text, cases[i].client);
		net_list_free(&trusted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_have_one_text),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(networks_hold_their_addresses),
		cmocka_unit_test(malformed_networks_are_refused),
		cmocka_unit_test(a_key_is_one_ipv4_or_one_64),
		cmocka_unit_test(loopback_is_the_machine_itself),
		cmocka_unit_test(the_client_is_the_right_most_untrusted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
