/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One line and one count for each request, when its answer was written or given up. The route's pattern is
 * logged, not the path: paths may hold names and tokens. */
#include "server/http/connection.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

static struct metric requests_by_class[] = {
	METRIC_LABELLED("comptoir_http_requests_total", "HTTP requests answered", METRIC_COUNTER, "status", "1xx"),
	METRIC_LABELLED("comptoir_http_requests_total", "HTTP requests answered", METRIC_COUNTER, "status", "2xx"),
	METRIC_LABELLED("comptoir_http_requests_total", "HTTP requests answered", METRIC_COUNTER, "status", "3xx"),
	METRIC_LABELLED("comptoir_http_requests_total", "HTTP requests answered", METRIC_COUNTER, "status", "4xx"),
	METRIC_LABELLED("comptoir_http_requests_total", "HTTP requests answered", METRIC_COUNTER, "status", "5xx"),
};
static struct metric request_duration = METRIC("comptoir_http_request_seconds",
	"From the first byte of a request to the last of its answer", METRIC_HISTOGRAM);

void access_log_write(const struct exchange *exchange, const char *outcome)
{
	const struct request *request = &exchange->request;
	int status = request->response.status;
	int64_t took_us = clock_monotonic_us() - exchange->began_us;
	if (status >= 100 && status < 600)
		metric_add(&requests_by_class[status / 100 - 1], 1);
	metric_observe_us(&request_duration, took_us);
	enum log_level level = status >= 500 ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO;
	if (!log_level_is_on(level))
		return;
	log_event(level, "request",
		LOG_TEXT("method", request->http ? http_method_name(request->http->method) : ""),
		LOG_TEXT("route", request->route ? request->route->path : ""),
		LOG_INT("status", status),
		LOG_TEXT("outcome", outcome),
		LOG_TEXT("error", exchange->error == ERROR_NONE ? "" : error_name(exchange->error)),
		LOG_STR("detail", request->error_detail),
		LOG_INT("took_ms", took_us / 1000),
		LOG_INT("database_ms", exchange->database_us / 1000),
		LOG_INT("bytes", exchange->written),
		LOG_STR("request_id", request->id));
}
