/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Requests to other servers, from a loop. One client per loop; every function is called on that loop's thread
 * (or while the loop does not run). Behind a function table, so that tests put a fake client in its place.
 *
 * What it promises: https at public addresses only, judged at each connect (address_guard.h); verified TLS 1.2
 * or later; redirects of GET followed by hand, each hop judged and signed anew, redirects of POST never;
 * nothing from the environment, no cookies, no credentials; each answer bounded in bytes and in time. */
#ifndef COMPTOIR_FEDERATION_HTTP_CLIENT_H
#define COMPTOIR_FEDERATION_HTTP_CLIENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/url.h"

struct config;
struct loop;

enum http_client_method { HTTP_CLIENT_GET, HTTP_CLIENT_POST };

enum http_client_error {
	HTTP_CLIENT_OK,         /* there is an answer; its status may be any */
	HTTP_CLIENT_BAD_URL,    /* not one that url_parse takes */
	HTTP_CLIENT_REFUSED,    /* by the guard: scheme, port or address; nothing was dialled */
	HTTP_CLIENT_NOT_SIGNED, /* the caller's sign said no, or a header of the caller's cannot be sent */
	HTTP_CLIENT_BUSY,       /* its time passed before a connection was free: says nothing about the peer */
	HTTP_CLIENT_DNS,
	HTTP_CLIENT_CONNECT,
	HTTP_CLIENT_TLS,
	HTTP_CLIENT_TIMEOUT,
	HTTP_CLIENT_TOO_LARGE,  /* body or head */
	HTTP_CLIENT_PROTOCOL,   /* broken off, or no HTTP that we accept */
	HTTP_CLIENT_REDIRECT,   /* too many, or to what is no URL */
	HTTP_CLIENT_CANCELLED,  /* the client was freed */
	HTTP_CLIENT_ERROR_COUNT
};

/* The stable word for logs and receipts, such as "dns". Static. */
const char *http_client_error_name(enum http_client_error error);

struct http_client_header {
	struct str name;
	struct str value;
};

struct http_client_limits {
	size_t max_body_bytes; /* after decompression */
	bool cuts_body;        /* what is longer is cut there and is an answer like others, not HTTP_CLIENT_TOO_LARGE */
	size_t max_head_bytes; /* all header lines of a hop, interim ones and trailers included */
	unsigned max_redirects; /* 0: a redirect is an answer like others, as it always is for POST */
	int64_t connect_ms;    /* name and connection */
	int64_t tls_ms;
	int64_t first_byte_ms; /* from the end of the handshake on */
	int64_t total_ms;      /* from http_client_send on, all hops and waiting for a connection included */
};

/* 1 MiB, 64 KiB, 3 redirects, 5 s, 5 s, 10 s, 30 s. Answers of more than 256 headers are too large anyway. */
extern const struct http_client_limits http_client_limits_default;

/* One hop that is about to be sent. */
struct http_client_hop {
	const char *method; /* "GET" or "POST" */
	struct url url;     /* Host is url.authority; path and query are sent as they stand here */
	struct str body;
	unsigned number;    /* 0 for the first, counts redirects */
	struct arena *arena; /* lives until the request ends */
	struct http_client_header *headers; /* of this hop; added to by http_client_add_header */
	size_t header_count;
	bool is_broken;     /* a header could not be added */
};

/* Copies. A name or value that would break the head (CR, LF, NUL) keeps the hop from being sent. */
void http_client_add_header(struct http_client_hop *hop, struct str name, struct str value);

struct http_client_result {
	enum http_client_error error;
	struct str detail;       /* for the log, such as "connection refused"; may quote the peer */
	int status;              /* 0 without an answer */
	struct str url;          /* canonical, of the last hop; empty for HTTP_CLIENT_BAD_URL */
	unsigned redirects;
	struct str content_type; /* as sent; empty when absent */
	int64_t retry_after_s;   /* Retry-After in seconds from now; -1 when absent or senseless */
	const struct http_client_header *headers; /* of the last hop's final answer, as sent */
	size_t header_count;
	struct buf body;         /* decompressed; the receiver may buf_take it */
};

/* The first of that name, in any case; false when absent. */
bool http_client_find_header(const struct http_client_result *result, struct str name, struct str *ret_value) MUST_CHECK;

/* Runs just before each hop is sent; adds signature, Date, Digest. False: the request ends, NOT_SIGNED. May be NULL. */
typedef bool (*http_client_sign)(void *argument, struct http_client_hop *hop);

/* Runs once per request, on the loop, never inside http_client_send. All of result goes when it returns. May send
 * and cancel other requests, not free the client. */
typedef void (*http_client_done)(void *argument, struct http_client_result *result);

struct http_client_request {
	enum http_client_method method;
	struct str url;  /* copied */
	struct str body; /* by reference: stays until done or cancelled */
	const struct http_client_header *headers; /* sent at each hop; copied */
	size_t header_count;
	const struct http_client_limits *limits; /* copied; NULL: http_client_limits_default */
	http_client_sign sign;
	http_client_done done;
	void *argument; /* of both */
};

/* A request under way; gone when done has begun or http_client_cancel returned. */
struct http_client_call {
	http_client_done done;
	void *argument;
};

struct http_client;

struct http_client_operations {
	struct http_client_call *(*send)(struct http_client *client, const struct http_client_request *request);
	void (*cancel)(struct http_client *client, struct http_client_call *call);
	void (*free)(struct http_client *client);
};

/* The first field of every implementation. */
struct http_client {
	const struct http_client_operations *operations;
};

/* The result is needed for cancelling only. */
struct http_client_call *http_client_send(struct http_client *client, const struct http_client_request *request);

/* Without done being called. */
void http_client_cancel(struct http_client *client, struct http_client_call *call);

/* Every request under way is done with HTTP_CLIENT_CANCELLED inside this call, and may not send another. Before the
 * loop is freed. Accepts NULL. */
void http_client_free(struct http_client **client);

/* Connections to one host and port at a time; more requests wait their turn. */
#define HTTP_CLIENT_CONNECTIONS_PER_HOST 4

/* The real one, on libcurl. Reads federation.allow_addresses, federation.ca_file and instance.base_url (for the
 * User-Agent). How many requests are under way at a time, and how many connections are kept, follows from the
 * limit of open files at this moment: at most 512 and 2048. On failure *ret_message (heap) says what is wrong. */
enum error http_client_new(struct loop *loop, const struct config *config, struct http_client **ret_client,
	char **ret_message) MUST_CHECK;

/* One that dials nothing but the scheme, host and port of origin (which outlives it), and that wherever it is: for a service
 * that the operator named. origin NULL: as http_client_new. */
enum error http_client_new_for(struct loop *loop, const struct config *config, const struct url *origin,
	struct http_client **ret_client, char **ret_message) MUST_CHECK;

#endif
