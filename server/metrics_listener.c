/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A second HTTP server with one loop and one route. The Host header must name this machine by address, so that
 * a page in an operator's browser cannot read the metrics under a name of its own (DNS rebinding). */
#include "server/metrics_listener.h"

#include "server/host_check.h"
#include "server/http/http_server.h"
#include "server/http/request.h"

#include "base/metrics.h"
#include "base/mutant.h"
#include "base/net_address.h"

#include <string.h>

static bool host_is_this_machine(struct str host)
{
	struct net_address address;
	return host_is_localhost(host) || (net_address_parse_with_port(host, &address) && net_address_is_loopback(&address));
}

static enum error handle_metrics(struct request *request)
{
	if (request->http->host.len > 0 && !host_is_this_machine(request->http->host) && !MUTANT("metrics_host"))
		return fail(request, ERROR_MISDIRECTED_REQUEST, "metrics asked for under another name");
	metrics_write(respond(request, 200, "text/plain; version=0.0.4; charset=utf-8"));
	return ERROR_NONE;
}

static const struct route metrics_routes[] = {
	{ .method = HTTP_GET, .path = "/metrics", .handler = handle_metrics, .pool = ROUTE_ON_LOOP,
		.access = ACCESS_PUBLIC, .limit = LIMIT_NONE, .flags = ROUTE_NO_STORE },
};

enum error metrics_listener_start(struct app *app, struct http_server **ret_server, char **ret_message)
{
	struct str listen = str_from(config_text(app->config, "metrics.listen"));
	struct net_address address;
	*ret_server = NULL;
	if (listen.len == 0)
		return ERROR_NONE;
	bool is_loopback = net_address_parse_with_port(listen, &address) && net_address_is_loopback(&address);
	if (!is_loopback && !MUTANT("metrics_loopback")) {
		*ret_message = memory_copy_string("metrics.listen is no loopback address");
		return ERROR_CONFIGURATION;
	}
	struct http_server_options options = {
		.app = app,
		.routes = metrics_routes,
		.route_count = sizeof(metrics_routes) / sizeof(metrics_routes[0]),
		.loop_count = 1,
		.listen = &listen,
		.listen_count = 1,
	};
	return http_server_start(&options, ret_server, ret_message);
}
