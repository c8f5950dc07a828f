/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The run of a fetch on the loop. Who asks for a URL that is under way joins it. Otherwise it is judged (policy, negative
 * memory, budget), waits for one of its host's two places, and is sent: signed by draft-cavage, on a 401 once more by
 * RFC 9421. A document that names another id is asked for there once. Then all who wait get the same document. */
#include "federation/fetch_internal.h"

#include "federation/fetch_judge.h"
#include "federation/signature.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutant.h"

#define ARENA_BYTES ((size_t)256 * 1024)

struct fetch {
	struct list_link queue_link; /* of its host's waiting ones */
	struct fetcher *fetcher;
	struct fetch_host *host;     /* whose place it has; NULL for none */
	struct fetch_host *waits_at; /* in whose line it stands; NULL for none */
	struct arena *arena;
	struct str key;              /* in fetcher->fetches */
	enum fetch_form form;
	struct url url;              /* of the request under way */
	struct http_client_call *call; /* NULL for none */
	struct list_link waiters;
	bool is_second_try;          /* by RFC 9421 */
	bool is_own_id;              /* url is the id of the document that came first */
	bool was_refused;            /* a hop, by the policy */
};

static struct metric fetched[] = {
	METRIC_LABELLED("comptoir_fetches_total", "Documents asked of other servers", METRIC_COUNTER, "verdict", "ok"),
	METRIC_LABELLED("comptoir_fetches_total", "Documents asked of other servers", METRIC_COUNTER, "verdict", "gone"),
	METRIC_LABELLED("comptoir_fetches_total", "Documents asked of other servers", METRIC_COUNTER, "verdict", "refused"),
	METRIC_LABELLED("comptoir_fetches_total", "Documents asked of other servers", METRIC_COUNTER, "verdict", "failed"),
};

static void advance(struct fetch *fetch);

/* Ends */

static void give(struct fetch_result *result, struct list_link *waiters)
{
	while (!list_is_empty(waiters)) {
		struct fetch_waiter *waiter = LIST_OBJECT(waiters->next, struct fetch_waiter, link);
		list_remove(&waiter->link);
		waiter->done(waiter, fetch_document_ref(&result->document));
	}
	struct fetch_document *ours = &result->document;
	fetch_document_unref(&ours);
}

static void leave_line(struct fetch *fetch)
{
	list_remove(&fetch->queue_link);
	fetch->waits_at->waiting_count--;
	fetch->waits_at = NULL;
}

static void leave_host(struct fetch *fetch)
{
	if (fetch->host)
		fetch->host->used--;
	fetch->host = NULL;
}

static void start_next(struct fetch_host *host)
{
	while (host->waiting_count > 0 && host->used < FETCH_MAX_PER_HOST) {
		struct fetch *next = LIST_OBJECT(host->waiting.next, struct fetch, queue_link);
		leave_line(next);
		/* It spent from the budget when it began to wait. */
		advance(next);
	}
}

/* Frees fetch. Its result is complete. */
static void end(struct fetch *fetch, struct fetch_result *result)
{
	struct fetch_document *document = &result->document;
	struct fetch_host *host = fetch->host;
	struct list_link waiters;
	metric_add(&fetched[document->verdict], 1);
	if (document->verdict != FETCH_OK)
		log_event(LOG_LEVEL_DEBUG, "fetch_failed", LOG_STR("url", fetch->url.text), LOG_TEXT("reason", document->reason),
			LOG_INT("status", document->status));
	(void)map_remove(fetch->fetcher->fetches, fetch->key);
	leave_host(fetch);
	list_init(&waiters);
	while (!list_is_empty(&fetch->waiters)) {
		struct list_link *link = fetch->waiters.next;
		list_remove(link);
		list_add_last(&waiters, link);
	}
	arena_free(&fetch->arena);
	memory_free(fetch);
	give(result, &waiters);
	if (host)
		start_next(host);
}

static void end_early(struct fetch *fetch, enum fetch_verdict verdict, const char *reason, int status, int64_t retry_after_s)
{
	struct fetch_result *result = fetch_result_new(verdict, reason);
	result->document.status = status;
	result->document.retry_after_s = retry_after_s;
	result->document.url = arena_str(result->arena, fetch->url.text);
	end(fetch, result);
}

/* Requests */

static bool sign(void *argument, struct http_client_hop *hop)
{
	struct fetch *fetch = argument;
	const struct fetch_parts *parts = &fetch->fetcher->parts;
	if (parts->is_refused(parts->argument, hop->url.authority) && !MUTANT("fetch_policy_hop")) {
		fetch->was_refused = true;
		return false;
	}
	struct signature_headers headers;
	const struct signature_outbound outbound = {
		.method = HTTP_GET, .url = &hop->url, .key_id = parts->key_id, .now_us = clock_now_us() };
	enum error error = fetch->is_second_try ? signature_sign_rfc9421(hop->arena, &outbound, parts->key, &headers)
						: signature_sign_cavage(hop->arena, &outbound, parts->key, &headers);
	if (error)
		return false;
	for (size_t i = 0; i < headers.count; i++)
		http_client_add_header(hop, headers.entries[i].name, headers.entries[i].value);
	return true;
}

static struct str accept_of(enum fetch_form form)
{
	switch (form) {
	case FETCH_ACTIVITY_JSON:
	case FETCH_COLLECTION:
		return STR_LITERAL(
			"application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"");
	case FETCH_JRD: return STR_LITERAL("application/jrd+json, application/json");
	case FETCH_ANY_JSON: return STR_LITERAL("application/json");
	}
	return STR_LITERAL("*/*");
}

static void on_done(void *argument, struct http_client_result *result);

static void send_request(struct fetch *fetch)
{
	const struct http_client_header accept = { STR_LITERAL("Accept"), accept_of(fetch->form) };
	const struct http_client_request request = {
		.method = HTTP_CLIENT_GET,
		.url = fetch->url.text,
		.headers = &accept,
		.header_count = 1,
		.sign = sign,
		.done = on_done,
		.argument = fetch,
	};
	fetch->call = http_client_send(fetch->fetcher->parts.client, &request);
}

/* What an answer says of the host itself. */
static void learn_of_host(struct fetch *fetch, const struct http_client_result *result, const struct fetch_judgement *judgement)
{
	int64_t now_us = clock_monotonic_us();
	bool is_of_us = result->error == HTTP_CLIENT_BUSY || result->error == HTTP_CLIENT_CANCELLED;
	bool is_silent = result->error != HTTP_CLIENT_OK && judgement->verdict == FETCH_FAILED && !is_of_us;
	if (is_silent || result->status == 429)
		fetch_host_failed(fetch->host, result->retry_after_s, now_us);
	else if (result->error == HTTP_CLIENT_OK)
		fetch_host_answered(fetch->host);
	if (judgement->verdict == FETCH_OK || is_silent || is_of_us || result->status == 429)
		return;
	const struct fetch_memory memory = { judgement->verdict, judgement->reason, result->status };
	fetch_pace_remember(fetch->fetcher->pace, fetch->key, &memory, now_us);
}

static void ask_own_id(struct fetch *fetch, struct str id)
{
	struct fetch_host *host = fetch->host;
	if (!url_parse(fetch->arena, id, &fetch->url)) {
		end_early(fetch, FETCH_REFUSED, "id", 0, -1);
		return;
	}
	fetch->is_own_id = true;
	fetch->is_second_try = false;
	leave_host(fetch);
	start_next(host);
	advance(fetch);
}

static void on_done(void *argument, struct http_client_result *result)
{
	struct fetch *fetch = argument;
	struct fetch_judgement judgement;
	fetch->call = NULL;
	if (result->error == HTTP_CLIENT_OK && result->status == 401 && !fetch->is_second_try) {
		fetch->is_second_try = true;
		send_request(fetch);
		return;
	}
	fetch_judge(fetch->arena, fetch->form, fetch->url.text, fetch->is_own_id, result, &judgement);
	if (fetch->was_refused)
		judgement.reason = "policy";
	if (judgement.wants_own_id) {
		fetch_host_answered(fetch->host);
		ask_own_id(fetch, judgement.id);
		return;
	}
	learn_of_host(fetch, result, &judgement);
	struct fetch_result *given = fetch_result_new(judgement.verdict, judgement.reason);
	given->document.status = result->status;
	given->document.url = arena_str(given->arena, result->url);
	given->document.retry_after_s = result->retry_after_s;
	if (judgement.verdict == FETCH_OK) {
		size_t len;
		given->document.json = judgement.json;
		given->document.id = arena_str(given->arena, judgement.id);
		given->body = buf_take(&result->body, &len);
		given->document.body = (struct str){ given->body, len };
	}
	end(fetch, given);
}

/* Beginnings */

/* With its scheme: on one port only one of the two is spoken. */
static struct str origin_of(const struct url *url)
{
	return str_slice(url->text, 0, url->scheme.len + sizeof("://") - 1 + url->authority.len);
}

/* Sends it, or lets it wait for a place at its host, or ends it. */
static void advance(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;
	struct fetch_host *host = fetch_pace_host(fetcher->pace, origin_of(&fetch->url));
	int64_t pause_s = fetch_host_pause_s(host, clock_monotonic_us());
	if (fetcher->is_stopping) {
		end_early(fetch, FETCH_FAILED, "stopping", 0, -1);
	} else if (pause_s > 0) {
		end_early(fetch, FETCH_FAILED, "host_failed", 0, pause_s);
	} else if (host->used < FETCH_MAX_PER_HOST || MUTANT("fetch_per_host")) {
		fetch->host = host;
		host->used++;
		send_request(fetch);
	} else if (host->waiting_count >= FETCH_MAX_WAITING) {
		end_early(fetch, FETCH_FAILED, "host_busy", 0, 1);
	} else {
		fetch->waits_at = host;
		host->waiting_count++;
		list_add_last(&host->waiting, &fetch->queue_link);
	}
}

/* Whose budget it spends from. What is told apart by ports only is allowed by the operator (development and tests). */
static struct str budget_host(const struct url *url)
{
	char last = url->host.data[url->host.len - 1];
	return (last >= '0' && last <= '9') || last == ']' ? url->authority : url->host;
}

static void begin(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;
	struct fetch_memory memory;
	int64_t now_us = clock_monotonic_us();
	if (fetcher->parts.is_refused(fetcher->parts.argument, fetch->url.authority) && !MUTANT("fetch_policy"))
		end_early(fetch, FETCH_REFUSED, "policy", 0, -1);
	else if (fetch_pace_recall(fetcher->pace, fetch->key, now_us, &memory))
		end_early(fetch, memory.verdict, memory.reason, memory.status, -1);
	else if (!fetch_pace_spend(fetcher->pace, budget_host(&fetch->url), now_us))
		end_early(fetch, FETCH_FAILED, "domain_budget", 0, FETCH_FIRST_PAUSE_S);
	else
		advance(fetch);
}

static struct fetch *fetch_new(struct fetcher *fetcher, const struct url *url, enum fetch_form form, struct str key)
{
	struct fetch *fetch = memory_new(sizeof(*fetch));
	fetch->fetcher = fetcher;
	fetch->arena = arena_new(ARENA_BYTES);
	fetch->form = form;
	fetch->key = arena_str(fetch->arena, key);
	if (!url_parse(fetch->arena, url->text, &fetch->url))
		memory_fatal("a canonical URL cannot be parsed");
	list_init(&fetch->waiters);
	list_init(&fetch->queue_link);
	(void)map_set(fetcher->fetches, fetch->key, fetch);
	return fetch;
}

void fetch_end_all(struct fetcher *fetcher)
{
	size_t cursor = 0;
	struct str key;
	void *value;
	fetcher->is_stopping = true;
	/* The end of one changes the map, and may end others. */
	while (map_next(fetcher->fetches, &cursor, &key, &value)) {
		struct fetch *fetch = value;
		cursor = 0;
		if (fetch->call)
			http_client_cancel(fetcher->parts.client, fetch->call);
		if (fetch->waits_at)
			leave_line(fetch);
		end_early(fetch, FETCH_FAILED, "stopping", 0, -1);
	}
}

static void refuse_url(struct fetch_waiter *waiter)
{
	struct list_link waiters;
	list_init(&waiters);
	list_add_last(&waiters, &waiter->link);
	give(fetch_result_new(FETCH_REFUSED, "url"), &waiters);
}

void fetch_run(struct fetcher *fetcher, struct str text, enum fetch_form form, struct fetch_waiter *waiter)
{
	AUTO(arena) struct arena *arena = arena_new(ARENA_BYTES);
	struct url url;
	struct str asked = str_slice(text, 0, str_index_of(text, '#', 0));
	list_init(&waiter->link);
	if (!url_parse(arena, asked, &url)) {
		refuse_url(waiter);
		return;
	}
	struct str key = arena_printf(arena, "%c%.*s", 'a' + (int)form, STR_ARG(url.text));
	struct fetch *fetch = map_get(fetcher->fetches, key);
	if (fetch && !MUTANT("fetch_join")) {
		list_add_last(&fetch->waiters, &waiter->link);
		return;
	}
	fetch = fetch_new(fetcher, &url, form, key);
	list_add_last(&fetch->waiters, &waiter->link);
	begin(fetch);
}
