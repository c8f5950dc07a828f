/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whether a request names this server. */
#include "server/host_check.h"

#include "server/app.h"
#include "server/domain_table.h"

#include "base/mutant.h"
#include "base/net_address.h"

bool host_is_localhost(struct str host)
{
	struct str localhost = STR("localhost");
	return str_starts_with(host, localhost) && (host.len == localhost.len || host.data[localhost.len] == ':');
}

/* An address cannot be rebound, and a page of another site cannot call itself localhost. */
static bool is_address_or_localhost(struct str host)
{
	struct net_address address;
	return net_address_parse_with_port(host, &address) || host_is_localhost(host);
}

enum error host_check(struct request *request)
{
	struct str host = request->http->host;
	const struct domain *domain;
	if (str_is_empty(host) || str_eq(host, request->app->authority) || is_address_or_localhost(host) ||
		domain_table_get(host) || MUTANT("host_check"))
		return ERROR_NONE;
	if (request->db) {
		enum error error = domain_table_find(request->db, request->arena, host, &domain);
		if (error != ERROR_NONE && error != ERROR_NOT_FOUND)
			return error;
		if (domain_table_get(host))
			return ERROR_NONE;
	}
	return ERROR_MISDIRECTED_REQUEST;
}
