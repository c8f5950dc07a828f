/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The small things that handlers ask of a request. */
#include "server/http/request.h"

#include <assert.h>
#include <stdarg.h>

enum error fail(struct request *request, enum error error, const char *detail_format, ...)
{
	va_list arguments;
	va_start(arguments, detail_format);
	request->error_detail = arena_vprintf(request->arena, detail_format, arguments);
	va_end(arguments);
	return error;
}

void request_await(struct request *request, struct str url)
{
	assert(request->db && !request->response.status);
	request->await_url = arena_str(request->arena, url);
	request->await_count++;
}

void request_go_slow(struct request *request)
{
	assert(request->db && !request->response.status && !request->is_slow);
	request->is_slow = true;
	request->goes_slow = true;
}

void request_hand_over(struct request *request, void (*give)(struct request *request, struct db *db), void *object)
{
	assert(!request->response.status);
	request->hand_over = give;
	request->handed_over = object;
}

void request_go_on(struct request *request)
{
	assert(request->hand_over && !request->response.status);
	request->goes_on = true;
	request->has_come_back = true;
}

struct str request_value(const struct request *request, unsigned index)
{
	assert(index < ROUTE_MAX_VALUES);
	return request->values[index];
}
