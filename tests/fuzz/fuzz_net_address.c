/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Addresses, networks and X-Forwarded-For; what is read is written and read again as the same. */
#include "base/net_address.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct net_address address, again;
	char written[NET_ADDRESS_MAX_TEXT];
	if (net_address_parse_with_port(text, &address)
		&& (!net_address_parse(net_address_text(&address, written), &again) || !net_address_eq(&address, &again)))
		abort();
	struct str bad_item;
	struct net_list *list = net_list_new(&text, 1, true, &bad_item);
	if (list) {
		struct net_address member = net_list_entry(list, 0)->address;
		member.port = net_list_entry(list, 0)->port;
		if (!net_list_contains(list, &member))
			abort();
	}
	net_list_free(&list);
	static const struct str loopback[] = { STR("127.0.0.0/8"), STR("::1"), STR("10.0.0.0/8") };
	list = net_list_new(loopback, 3, false, &bad_item);
	(void)net_address_parse(STR_LITERAL("127.0.0.1"), &address);
	again = net_forwarded_client(list, &address, text);
	if (again.family == NET_NONE)
		abort();
	net_list_free(&list);
	return 0;
}
