/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A request on its worker: the token is looked up and the request counted, the body becomes a form, the
 * handler runs from top to bottom, and the exchange goes back to its loop with one message. */
#include "server/http/connection.h"

#include "server/action/deed.h"
#include "server/http/auth.h"
#include "server/http/brand_rule.h"
#include "storage/audit.h"
#include "storage/db.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutant.h"

static struct metric queue_wait = METRIC("comptoir_http_queue_wait_seconds",
	"How long requests waited for a worker", METRIC_HISTOGRAM);

static bool has_user(const struct exchange *exchange)
{
	if (MUTANT("http_unknown_token_counts_per_address"))
		return exchange->token.data;
	return exchange->has_access && (exchange->request.access.user_id || MUTANT("http_application_counts_per_address"));
}

bool exchange_count(struct exchange *exchange)
{
	struct limits *limits = exchange->loop->server->app->limits;
	if (exchange->is_limited)
		return true;
	exchange->is_limited = true;
	enum limit_class class = exchange->request.route->limit;
	if (class == LIMIT_NONE || !limits)
		return true;
	int64_t now_us = clock_now_us();
	exchange->is_limited_by_user = has_user(exchange);
	exchange->limit = exchange->is_limited_by_user
		? limits_take_user(limits, class, exchange->request.access.user_id, &exchange->client, now_us)
		: limits_take_address(limits, class, &exchange->client, now_us);
	return !exchange->limit.is_counted || exchange->limit.is_allowed || MUTANT("http_rate_limit");
}

enum error exchange_check_access(struct exchange *exchange)
{
	const struct route *route = exchange->request.route;
	const char *sentence = NULL;
	/* Apps learn from it that they were logged out. */
	if (route->access == ACCESS_PUBLIC && route->scope && exchange->token.data && !exchange->has_access)
		return ERROR_UNAUTHORIZED;
	/* On a public route somebody who is still to be confirmed is nobody. */
	if (route->access == ACCESS_PUBLIC && exchange->has_access && exchange->request.access.state != ACCESS_READY) {
		exchange->request.access = (struct access){ 0 };
		exchange->has_access = false;
	}
	enum error error = auth_check(route, exchange->has_access ? &exchange->request.access : NULL, &sentence);
	if (sentence)
		exchange->request.error_message = str_from(sentence);
	return error;
}

/* What is the same under every name (health for monitors, static files) is answered to everyone. */
enum error exchange_check_host(struct exchange *exchange)
{
	const struct http_server_options *options = &exchange->loop->server->options;
	const struct route *route = exchange->request.route;
	if (exchange->has_own_host)
		return ERROR_NONE;
	enum error error = ERROR_NONE;
	if (options->check_host && route->limit != LIMIT_NONE)
		error = options->check_host(&exchange->request);
	exchange->has_own_host = error == ERROR_NONE;
	return error;
}

/* ERROR_NONE also for a token that is not valid: what that means is the route's to say. */
static enum error find_access(struct exchange *exchange)
{
	struct http_server *server = exchange->loop->server;
	struct request *request = &exchange->request;
	if (exchange->has_access || !exchange->token.len)
		return ERROR_NONE;
	char hash_bytes[AUTH_HASH_BYTES];
	auth_hash_token(exchange->token, hash_bytes);
	struct str hash = { hash_bytes, sizeof(hash_bytes) };
	struct access access = { 0 };
	uint64_t generation = auth_cache_generation(server->auth_cache);
	enum error error = server->options.find_access(request->db, exchange->arena, hash, &access);
	if (error == ERROR_NOT_FOUND)
		return ERROR_NONE;
	if (error != ERROR_NONE)
		return error;
	request->access = access;
	exchange->has_access = true;
	auth_cache_put(server->auth_cache, hash, &access, generation);
	return ERROR_NONE;
}

/* On the loop again. */
static void token_found(struct loop_message *message)
{
	exchange_token_found(LIST_OBJECT(message, struct exchange, message));
}

void exchange_find_token(struct worker_job *job, void *thread_state)
{
	struct exchange *exchange = LIST_OBJECT(job, struct exchange, job);
	struct db *db = thread_state;
	exchange->request.db = db;
	log_set_request_id(exchange->request.id);
	exchange->error = find_access(exchange);
	exchange->database_us += db_take_elapsed_us(db);
	exchange->request.db = NULL;
	log_set_request_id((struct str){ 0 });
	exchange->message.run = token_found;
	loop_post(exchange->loop->loop, &exchange->message);
}

static enum error parse_form(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	const struct http_request *http = request->http;
	request->form = (struct form){ 0 }; /* it may run a second time */
	if (!http->body.len)
		return ERROR_NONE;
	struct str content_type = http_request_header(http, "Content-Type");
	struct str type = http_media_type(exchange->arena, content_type);
	if (str_eq(type, STR_LITERAL("application/x-www-form-urlencoded")))
		return form_parse_urlencoded(exchange->arena, http->body, &request->form);
	if (str_eq(type, STR_LITERAL("multipart/form-data")))
		return form_parse_multipart(exchange->arena, content_type, http->body, &request->form);
	if (str_eq(type, STR_LITERAL("application/json")))
		return form_parse_json(exchange->arena, http->body, &request->form);
	return ERROR_UNSUPPORTED_MEDIA_TYPE;
}

#define TARGET_MAX_BYTES 200

/* What changed without a deed (lists, filters, what was read) is noted behind it. */
static void note_after(struct request *request, const struct deed_author *author)
{
	const struct audit_entry entry = {
		.organisation_id = author->organisation_id,
		.author = author->author,
		.action = author->action,
		.target = author->target,
	};
	if (request->response.status / 100 != 2 || db_is_in_transaction(request->db))
		return;
	enum error error = audit_write(request->db, request->arena, &entry);
	if (error)
		log_event(LOG_LEVEL_ERROR, "audit_entry_lost", LOG_INT("organisation_id", author->organisation_id),
			LOG_STR("action", author->action), LOG_TEXT("error", error_name(error)));
}

/* Whatever is done with a token of a brand account is in the log of its organisation. */
static enum error call_for_whom(struct request *request)
{
	const struct access *access = &request->access;
	const struct brand_rule *rule = access->standing.membership_id ? brand_rule_find(request->route) : NULL;
	if (!rule || !rule->action)
		return request->route->handler(request);
	const struct deed_author author = {
		.organisation_id = access->standing.organisation_id,
		.author = { access->user_id, access->standing.membership_id, AUDIT_APP },
		.action = str_from(rule->action),
		.target = str_slice(request->http->path, 0, TARGET_MAX_BYTES),
	};
	deed_begin(&author);
	enum error error = request->route->handler(request);
	if (!deed_end() && !error)
		note_after(request, &author);
	return error;
}

void exchange_call_handler(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	enum error error = ERROR_NONE;
	request->form = (struct form){ 0 };
	if (request->route->flags & ROUTE_BODY_FORM)
		error = parse_form(exchange);
	if (error == ERROR_NONE)
		error = call_for_whom(request);
	if (error == ERROR_NONE &&
	    (request->await_url.data || request->password_work || request->hand_over || request->goes_slow))
		return;
	if (error == ERROR_NONE && !request->response.status)
		error = fail(request, ERROR_INTERNAL, "the handler answered nothing");
	exchange->error = error;
	if (error != ERROR_NONE)
		respond_error(request, error);
}

static void run_checked(struct exchange *exchange)
{
	struct request *request = &exchange->request;
	enum error error = exchange_check_host(exchange);
	if (error == ERROR_NONE)
		error = find_access(exchange);
	if (error == ERROR_NONE && !exchange_count(exchange))
		error = ERROR_TOO_MANY_REQUESTS;
	if (error == ERROR_NONE)
		error = exchange_check_access(exchange);
	if (error == ERROR_NONE) {
		exchange_call_handler(exchange);
		return;
	}
	exchange->error = error;
	respond_error(request, error);
}

void exchange_finish(struct exchange *exchange)
{
	struct connection *connection = exchange->connection;
	if (!connection) {
		access_log_write(exchange, "client_gone");
		exchange_release(exchange);
		return;
	}
	exchange_answer(exchange);
	if (connection->state != CONNECTION_WRITING)
		connection_resume(connection);
}

static void go_on(struct exchange *exchange, struct worker_pool *pool)
{
	struct request *request = &exchange->request;
	request->goes_slow = false;
	request->goes_on = false;
	request->hand_over = NULL;
	exchange->job.run = exchange_run;
	if (worker_pool_submit(pool, &exchange->job))
		return;
	exchange->error = ERROR_UNAVAILABLE;
	request->error_detail = STR_LITERAL("the queue of workers is full");
	respond_error(request, ERROR_UNAVAILABLE);
	exchange_finish(exchange);
}

/* On the loop again. */
void exchange_work_done(struct loop_message *message)
{
	struct exchange *exchange = LIST_OBJECT(message, struct exchange, message);
	const struct request *request = &exchange->request;
	bool is_answered = request->response.status != 0;
	if ((request->await_url.data || request->password_work) && !is_answered)
		exchange_await(exchange);
	else if (request->goes_slow && !is_answered)
		go_on(exchange, exchange->loop->server->slow_pool);
	else if (request->goes_on && !is_answered)
		go_on(exchange, exchange->loop->server->api_pool);
	else
		exchange_finish(exchange);
}

void exchange_run(struct worker_job *job, void *thread_state)
{
	struct exchange *exchange = LIST_OBJECT(job, struct exchange, job);
	struct request *request = &exchange->request;
	struct db *db = thread_state;
	metric_observe_us(&queue_wait, clock_monotonic_us() - job->queued_us);
	request->db = db;
	log_set_request_id(request->id);
	run_checked(exchange);
	if (request->is_uncounted && exchange->limit.is_counted && !exchange->is_limited_by_user)
		limits_give_back_address(exchange->loop->server->app->limits, request->route->limit, &exchange->client);
	if (db_is_in_transaction(db))
		db_rollback(db);
	exchange->database_us += db_take_elapsed_us(db);
	request->db = NULL;
	log_set_request_id((struct str){ 0 });
	exchange->message.run = exchange_work_done;
	if (!request->hand_over) {
		loop_post(exchange->loop->loop, &exchange->message);
		return;
	}
	request->hand_over(request, db);
	(void)db_take_elapsed_us(db); /* not the next request's */
}

void request_answered(struct request *request)
{
	struct exchange *exchange = LIST_OBJECT(request, struct exchange, request);
	loop_post(exchange->loop->loop, &exchange->message);
}
