/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rate limits as the operator configured them. */
#include "server/http/limits.h"

enum error limits_new(const struct config *config, struct limits **ret_limits, char **ret_message)
{
	const struct str *items;
	struct str bad_item;
	size_t count = config_list(config, "limits.exempt_addresses", &items);
	struct net_list *exempt = net_list_new(items, count, false, &bad_item);
	if (!exempt) {
		AUTO(buf) struct buf message = { 0 };
		buf_add_printf(&message, "limits.exempt_addresses: '%.*s' is not ADDRESS[/BITS]", STR_ARG(bad_item));
		buf_add_char(&message, '\0');
		size_t len;
		*ret_message = buf_take(&message, &len);
		return ERROR_CONFIGURATION;
	}
	*ret_limits = limits_new_with(exempt, LIMITS_MAX_WINDOWS);
	return ERROR_NONE;
}
