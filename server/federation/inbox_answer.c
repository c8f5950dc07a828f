/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Statuses by DELIVERY.md 2: what a sender should try again is 401 and 503, all else it drops. */
#include "server/federation/inbox_answer.h"

#include "server/app.h"
#include "server/domain_table.h"

/* Of the address under which peers know us, whatever a proxy speaks to us. */
static struct str public_scheme(const struct request *request)
{
	const struct domain *domain = domain_table_get(request->http->host);
	struct str base_url = domain ? domain->base_url : request->app->base_url;
	return str_starts_with(base_url, STR_LITERAL("https:")) ? STR_LITERAL("https") : STR_LITERAL("http");
}

struct inbox_request inbox_request_of(struct request *request, int64_t inbox_actor_id)
{
	return (struct inbox_request){
		.http = request->http,
		.scheme = public_scheme(request),
		.inbox_actor_id = inbox_actor_id,
		.awaited = request->awaited,
		.awaited_url = request->awaited_url,
	};
}

static void refuse(struct request *request, int status, struct str text)
{
	struct json_out *out = respond_json(request, status);
	json_out_object_begin(out);
	json_out_key_str(out, "error", text);
	json_out_object_end(out);
}

void inbox_answer_unsigned(struct request *request)
{
	refuse(request, 401, STR_LITERAL("A valid HTTP signature is required."));
	respond_header(request, "Accept-Signature", inbox_accept_signature(request->http->method));
}

void inbox_answer_later(struct request *request, int retry_after_s)
{
	refuse(request, 503, STR_LITERAL("Try again later."));
	respond_header(request, "Retry-After", arena_printf(request->arena, "%d", retry_after_s > 0 ? retry_after_s : 1));
}

void inbox_answer_respond(struct request *request, const struct inbox_answer *answer)
{
	request->error_detail = str_from(answer->reason);
	switch (answer->verdict) {
	case INBOX_ACCEPTED:
		respond_empty(request, 202);
		break;
	case INBOX_MALFORMED:
		refuse(request, 400, STR_LITERAL("This is no activity that can be read."));
		break;
	case INBOX_UNAUTHORIZED:
		inbox_answer_unsigned(request);
		break;
	case INBOX_FORBIDDEN:
		refuse(request, 403, STR_LITERAL("This is not accepted from there."));
		break;
	case INBOX_LATER:
		inbox_answer_later(request, answer->retry_after_s);
		break;
	case INBOX_AWAIT:
		if (request->await_count < INBOX_MAX_AWAITS)
			request_await(request, answer->await_url);
		else
			inbox_answer_later(request, 1);
		break;
	case INBOX_VERIFIED:
		memory_fatal("an activity is answered before it is stored");
	}
}
