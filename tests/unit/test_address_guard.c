/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every network that is not public, at its first and last address, and the ports and schemes. */
#include "federation/address_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

static socklen_t make(const char *text, uint16_t port, struct sockaddr_storage *ret_address)
{
	struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	memset(ret_address, 0, sizeof(*ret_address));
	if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1) {
		memcpy(ret_address, &ipv4, sizeof(ipv4));
		return sizeof(ipv4);
	}
	if (inet_pton(AF_INET6, text, &ipv6.sin6_addr) != 1)
		fail_msg("bad address %s", text);
	memcpy(ret_address, &ipv6, sizeof(ipv6));
	return sizeof(ipv6);
}

static enum address_verdict judge(const struct net_list *allowed, bool is_https, const char *text, uint16_t port)
{
	struct sockaddr_storage address;
	socklen_t len = make(text, port, &address);
	return address_guard_judge(allowed, is_https, (const struct sockaddr *)&address, len);
}

static struct net_list *list_of(const char *item)
{
	struct str text = str_from(item), bad;
	struct net_list *list = net_list_new(&text, 1, true, &bad);
	assert_non_null(list);
	return list;
}

static void no_address_that_is_not_public_is_dialled(void **state)
{
	static const char *const refused[] = {
		"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.0",
		"127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0",
		"172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.0", "192.0.2.255", "192.31.196.0", "192.31.196.255",
		"192.52.193.0", "192.52.193.255", "192.88.99.0", "192.88.99.255", "192.168.0.0", "192.168.255.255",
		"192.175.48.0", "192.175.48.255", "198.18.0.0", "198.19.255.255", "198.51.100.0", "198.51.100.255",
		"203.0.113.0", "203.0.113.255", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.254",
		"255.255.255.255",
		"::", "::1", "::2", "::7f00:1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:255.255.255.255",
		"64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::", "100::ffff", "2001::", "2001:0:1::1",
		"2001:10::1", "2001:20::1", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::", "2001:db8:ffff::1",
		"2002::", "2002:7f00:1::1", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2620:4f:8000::1", "3ffe::1",
		"3fff::", "3fff:fff:ffff::1", "4000::1", "1fff:ffff::1", "5f00::1", "8000::1", "fc00::", "fd00::1",
		"fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "feff::1", "ff00::", "ff02::1", "ffff::1",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (judge(NULL, true, refused[i], 443) != ADDRESS_NOT_PUBLIC)
			fail_msg("%s is allowed", refused[i]);
	}
}

static void the_neighbours_of_those_networks_are_dialled(void **state)
{
	static const char *const allowed[] = {
		"1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
		"169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0",
		"192.31.195.255", "192.31.197.0", "192.52.192.255", "192.52.194.0", "192.88.98.255", "192.88.100.0",
		"192.167.255.255", "192.169.0.0", "192.175.47.255", "192.175.49.0", "198.17.255.255", "198.20.0.0",
		"198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
		"2000::", "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2003::1", "2620:4f:7fff::1", "2620:4f:8001::1",
		"2a00::1", "3ffd:ffff::1", "3fff:1000::1",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (judge(NULL, true, allowed[i], 443) != ADDRESS_ALLOWED)
			fail_msg("%s is refused", allowed[i]);
	}
}

static void what_is_no_internet_address_is_refused(void **state)
{
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	struct sockaddr_storage address;
	(void)state;
	assert_int_equal(address_guard_judge(NULL, true, (const struct sockaddr *)&local, sizeof(local)), ADDRESS_NOT_PUBLIC);
	assert_false(address_is_public((const struct sockaddr *)&local, sizeof(local)));
	socklen_t len = make("8.8.8.8", 443, &address);
	assert_true(address_is_public((const struct sockaddr *)&address, len));
	assert_false(address_is_public((const struct sockaddr *)&address, len - 1));
	assert_int_equal(address_guard_judge(NULL, true, (const struct sockaddr *)&address, len - 1), ADDRESS_NOT_PUBLIC);
}

static void only_https_at_443_is_dialled(void **state)
{
	(void)state;
	assert_int_equal(judge(NULL, true, "8.8.8.8", 443), ADDRESS_ALLOWED);
	assert_int_equal(judge(NULL, false, "8.8.8.8", 443), ADDRESS_PLAIN_HTTP);
	assert_int_equal(judge(NULL, false, "8.8.8.8", 80), ADDRESS_PLAIN_HTTP);
	assert_int_equal(judge(NULL, true, "8.8.8.8", 80), ADDRESS_OTHER_PORT);
	assert_int_equal(judge(NULL, true, "8.8.8.8", 25), ADDRESS_OTHER_PORT);
	assert_int_equal(judge(NULL, true, "2a00::1", 8443), ADDRESS_OTHER_PORT);
}

static void an_entry_allows_its_addresses_and_nothing_else(void **state)
{
	(void)state;
	struct net_list *list = list_of("127.0.0.0/8:8080");
	assert_int_equal(judge(list, false, "127.0.0.1", 8080), ADDRESS_ALLOWED);
	assert_int_equal(judge(list, true, "127.9.9.9", 8080), ADDRESS_ALLOWED);
	assert_int_equal(judge(list, false, "127.0.0.1", 8081), ADDRESS_NOT_PUBLIC);
	assert_int_equal(judge(list, true, "127.0.0.1", 443), ADDRESS_NOT_PUBLIC);
	assert_int_equal(judge(list, false, "::ffff:127.0.0.1", 8080), ADDRESS_NOT_PUBLIC);
	assert_int_equal(judge(list, false, "10.0.0.1", 8080), ADDRESS_NOT_PUBLIC);
	assert_int_equal(judge(list, false, "8.8.8.8", 8080), ADDRESS_PLAIN_HTTP);
	assert_int_equal(judge(list, true, "8.8.8.8", 8080), ADDRESS_OTHER_PORT);
	net_list_free(&list);
	list = list_of("::1");
	assert_int_equal(judge(list, false, "::1", 5), ADDRESS_ALLOWED);
	assert_int_equal(judge(list, false, "::2", 5), ADDRESS_NOT_PUBLIC);
	net_list_free(&list);
}

static void urls_that_no_address_could_save_are_refused_before_any_look_up(void **state)
{
	static const struct {
		const char *allowed;
		const char *url;
		enum address_verdict verdict;
	} cases[] = {
		{ NULL, "https://a.test/", ADDRESS_ALLOWED },
		{ NULL, "https://a.test:443/", ADDRESS_ALLOWED },
		{ NULL, "http://a.test/", ADDRESS_PLAIN_HTTP },
		{ NULL, "http://a.test:443/", ADDRESS_PLAIN_HTTP },
		{ NULL, "https://a.test:25/", ADDRESS_OTHER_PORT },
		{ NULL, "https://a.onion/", ADDRESS_NOT_PUBLIC },
		{ "127.0.0.1:8080", "http://a.test:8080/", ADDRESS_ALLOWED },
		{ "127.0.0.1:8080", "https://a.test:8080/", ADDRESS_ALLOWED },
		{ "127.0.0.1:8080", "http://a.test/", ADDRESS_PLAIN_HTTP },
		{ "127.0.0.1:8080", "https://a.test:8081/", ADDRESS_OTHER_PORT },
		{ "127.0.0.1", "https://a.test:8081/", ADDRESS_ALLOWED },
		{ "127.0.0.1", "http://b.a.onion:8081/", ADDRESS_NOT_PUBLIC },
	};
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(65536);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct url url;
		struct net_list *list = cases[i].allowed ? list_of(cases[i].allowed) : NULL;
		assert_true(url_parse(arena, str_from(cases[i].url), &url));
		if (address_guard_judge_url(list, &url) != cases[i].verdict)
			fail_msg("%s with %s", cases[i].url, cases[i].allowed ? cases[i].allowed : "nothing");
		net_list_free(&list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_address_that_is_not_public_is_dialled),
		cmocka_unit_test(the_neighbours_of_those_networks_are_dialled),
		cmocka_unit_test(what_is_no_internet_address_is_refused),
		cmocka_unit_test(only_https_at_443_is_dialled),
		cmocka_unit_test(an_entry_allows_its_addresses_and_nothing_else),
		cmocka_unit_test(urls_that_no_address_could_save_are_refused_before_any_look_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
