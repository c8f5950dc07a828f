/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a handler sees: the request, who calls, the database connection of its worker, and the response it
 * writes. Everything lives in the request's arena; a handler frees nothing.
 *
 *   enum error handle_x(struct request *request) {
 *           ...
 *           struct json_out *out = respond_json(request, 200);
 *           json_out_object_begin(out); ...
 *           return ERROR_NONE;
 *   }
 *
 * Returning an error writes the error answer of the route's kind (JSON {"error": "..."} or a page) with the
 * error's status; use fail() to add the detail for the log.
 *
 * A handler that needs a document of another server calls request_await and returns ERROR_NONE without having answered
 * anything or left a trace; no worker waits. When the document has come, or could not be had, the handler runs again
 * from the top, with it in request->awaited. So it is with passwords (password_work.h): hashing takes long, and is done by
 * one thread, one after the other. */
#ifndef COMPTOIR_SERVER_HTTP_REQUEST_H
#define COMPTOIR_SERVER_HTTP_REQUEST_H

#include "base/form.h"
#include "base/json_out.h"
#include "server/http/route.h"
#include "server/http/shared_bytes.h"
#include "storage/access.h"

struct fetch_document;
struct json_t;
struct password_work;
struct problem_note;
struct seat;
struct app;  /* server/app.h: configuration, caches, secret box: read-only and shared by all threads */
struct stream;

struct response_header {
	struct str name;
	struct str value;
};
#define RESPONSE_MAX_HEADERS 24
#define JSON_CONTENT_TYPE "application/json; charset=utf-8"

struct response {
	int status; /* 0 until something was answered */
	struct response_header headers[RESPONSE_MAX_HEADERS];
	size_t header_count;
	struct buf body;             /* either this ... */
	struct shared_bytes *shared; /* ... or this, referenced ... */
	struct str static_body;      /* ... or this, static ... */
	struct stream *stream;       /* ... or this, referenced: the answer goes on (stream.h) */
	struct json_out json;
	const char *content_type;    /* static; NULL for none */
};

struct request {
	struct http_request *http;
	struct arena *arena;
	struct app *app;
	struct db *db; /* NULL on the loop */
	const struct route *route;
	struct str values[ROUTE_MAX_VALUES];
	struct str id;             /* X-Request-Id */
	struct str client_address; /* text; behind a trusted proxy the client's own */
	bool is_https;
	struct access access;      /* token_id 0: anonymous */
	struct form query;         /* parsed query string */
	struct form form;          /* with ROUTE_BODY_FORM */
	struct fetch_document *awaited; /* what request_await asked for last; NULL at first */
	struct str awaited_url;
	unsigned await_count;      /* documents that were asked for */
	struct str await_url;      /* the next one; data NULL for none */
	struct password_work *password_work;      /* what request_await_password asked for, until it is begun */
	struct password_outcome *password_outcome; /* what came of it; NULL at first */
	bool is_slow;              /* set by request_go_slow: a slow worker has it */
	bool goes_slow;            /* until one has */
	struct response response;
	/* Set by request_hand_over. */
	void (*hand_over)(struct request *request, struct db *db);
	void *handed_over;
	bool goes_on;              /* set by request_go_on, until a worker has it */
	bool has_come_back;        /* set by request_go_on, for good */
	bool is_uncounted;         /* set by the handler: it does not count against its address after all */
	struct str error_detail;   /* for the log */
	struct str error_message;  /* instead of the safe text, chosen by the handler for the client */
	const struct seat *seat;            /* from where it is called, likewise, while its handler runs (server/brand/seat.h) */
	const struct problem_note *problem; /* what kind of error it is, below /api/brand/v1 (server/brand/problem.h) */
	struct json_t *json_body;  /* server/brand/operation.h */
};

/* Log detail and error in one: return fail(request, ERROR_NOT_FOUND, "no actor %.*s", ...). */
enum error fail(struct request *request, enum error error, const char *detail_format, ...) MUST_CHECK PRINTF_LIKE(3, 4);

/* On a worker only. url: canonical, without fragment. Besides: the client may leave meanwhile, and the handler runs to its
 * end all the same; after 30 s, or when the server stops, the client gets 503 and the handler does not run again. */
void request_await(struct request *request, struct str url);

/* For a handler that finds that it must wait for the network: returns, without having answered anything or left a trace,
 * and runs again from the top on a slow worker, where is_slow is set. On an API worker only, once. */
void request_go_slow(struct request *request);

/* For a handler whose answer another thread will write: give is called as the last thing on the worker, with the worker's
 * connection, and passes the request on. Whoever has it then writes the answer and calls request_answered, once; the
 * request is no longer theirs when that returns. The server does not stop before. */
void request_hand_over(struct request *request, void (*give)(struct request *request, struct db *db), void *object);
void request_answered(struct request *request);
/* For whoever was handed a request: it was not answered, and its handler runs on a worker, from the top, once
 * request_answered is called. A "cached" handler may hand over too, on the loop and without a connection. */
void request_go_on(struct request *request);

/* Starts a JSON answer; content type application/json; charset=utf-8. */
struct json_out *respond_json(struct request *request, int status);

/* Starts an answer of another type (static text); write to the buffer it returns. */
struct buf *respond(struct request *request, int status, const char *content_type);

/* Answers bytes that others share; takes a reference of its own. */
void respond_shared(struct request *request, int status, const char *content_type, struct shared_bytes *bytes);

/* Answers bytes of static storage, such as an embedded file, without copying them. */
void respond_static(struct request *request, int status, const char *content_type, struct str bytes);

/* An answer without body: 204, or 304 with the headers that respond_header adds. */
void respond_empty(struct request *request, int status);

/* 302 to an absolute or rooted URL. */
void respond_redirect(struct request *request, struct str location);

/* Adds a header; a name or value that may not be sent is dropped and logged. Strings must live as long as
 * the arena. The server itself writes Date, Content-Type, Content-Length, Connection, X-Request-Id, rate
 * limits, CORS and the security headers; a Content-Security-Policy or Cache-Control given here replaces the
 * server's. */
void respond_header(struct request *request, const char *name, struct str value);

/* Throws away what was answered so far and writes the error answer instead: JSON {"error": "..."} below /api
 * and /oauth and for clients that do not ask for HTML, else a small page in English or French. The server
 * calls it for handlers that return an error. */
void respond_error(struct request *request, enum error error);
/* The same with a status that only the reader of requests gives, and its sentence (static). */
void respond_error_status(struct request *request, int status, struct str message);

/* Frees or unreferences the body. Called by the server when the answer has been written or dropped. */
void response_clear(struct response *response);

/* The value of a captured segment, by position. */
struct str request_value(const struct request *request, unsigned index);

#endif
