/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The client on libcurl, as its own files see it. http_client_curl.c: the life of a request, its turn, its
 * deadlines, its redirects. http_client_hop.c: one hop handed to libcurl. http_client_answer.c: what comes back.
 * http_client_setup.c: what all hops share. */
#ifndef COMPTOIR_FEDERATION_HTTP_CLIENT_INTERNAL_H
#define COMPTOIR_FEDERATION_HTTP_CLIENT_INTERNAL_H

#include "federation/http_client.h"

#include "base/list.h"
#include "base/net_address.h"

#include <curl/curl.h>
#include <event2/event_struct.h>
#include <openssl/x509.h>

#define HTTP_CLIENT_MAX_HEADERS 256

struct http_client_multi;

/* A host and port with requests that are under way or wait. */
struct curl_host {
	struct str authority;     /* key of the map; in the memory of this struct */
	unsigned used;            /* requests that hold one of its connections */
	struct list_link waiting; /* of curl_call.queue_link */
};

/* What all requests of a client share; set once. */
struct curl_setup {
	struct net_list *allowed; /* federation.allow_addresses */
	const struct url *only;   /* NULL, or the one origin that is dialled, wherever it is */
	X509_STORE *authorities;
	char *user_agent;
	unsigned max_active;
	unsigned max_kept;
};

struct curl_client {
	struct http_client base;
	struct loop *loop;
	struct curl_setup setup;
	struct http_client_multi *multi;
	struct map *hosts;       /* authority -> struct curl_host */
	struct list_link calls;  /* all of them, by curl_call.link */
	struct list_link ready;  /* may start as soon as fewer than max_active are under way */
	struct list_link fresh;  /* hops that did not yet ask for a connection */
	struct event pump_event; /* starts what may start, never inside http_client_send */
	unsigned active;
	CURL **idle;             /* handles with the options that never change, for the next hops */
	unsigned idle_count;
	bool is_in_callback;
	bool is_stopping;
};

/* The answer of one hop. */
struct curl_answer {
	struct http_client_header *headers;
	size_t header_count;
	size_t header_capacity;
	size_t head_bytes;
	unsigned codings;    /* Content-Encoding and Transfer-Encoding, other than none */
	unsigned framings;
	bool has_begun;
	bool has_head;       /* of the final answer: what follows are trailers */
	bool is_cut;         /* we have as much of the body as was wanted, and broke it off */
	struct buf body;
};

enum curl_call_state {
	CALL_FRESH,   /* on the client's list of fresh ones */
	CALL_WAITING, /* for one of its host's connections, on the host's list */
	CALL_READY,   /* has that, on the client's list of ready ones */
	CALL_ACTIVE,  /* with libcurl */
	CALL_ENDED,   /* libcurl is through with it; still holds its place */
};

struct curl_call {
	struct http_client_call base;
	struct curl_client *client;
	struct list_link link;
	struct list_link queue_link; /* fresh, ready or a host's waiting */
	enum curl_call_state state;
	struct curl_host *host;      /* NULL for fresh ones */
	bool was_active;             /* some hop of it was */
	struct event deadline;
	int64_t began_us;
	int64_t hop_began_us;
	int64_t handshake_began_us; /* of this hop's connection; 0 on a kept one */
	struct arena *arena;
	struct http_client_limits limits;
	enum http_client_method method;
	struct http_client_header *headers; /* the caller's */
	size_t header_count;
	http_client_sign sign;
	struct http_client_hop hop;
	CURL *easy;
	struct curl_answer answer;
	enum http_client_error failure; /* why one of our callbacks broke the hop off */
	bool was_refused;               /* an address of this hop was, by the guard */
	char curl_error[CURL_ERROR_SIZE];
};

enum error curl_setup_init(struct curl_setup *setup, const struct config *config, char **ret_message) MUST_CHECK;
void curl_setup_clear(struct curl_setup *setup);

/* A handle with the options of all hops. */
CURL *curl_hop_new_handle(struct curl_client *client) MUST_CHECK;

/* Signs and fills call->easy. HTTP_CLIENT_OK when it may be added to the multi handle. */
enum http_client_error curl_hop_prepare(struct curl_call *call) MUST_CHECK;

/* What an end by libcurl means. */
enum http_client_error curl_hop_error(const struct curl_call *call, CURLcode code) MUST_CHECK;

/* Callbacks of libcurl; argument is the call. */
size_t curl_answer_take_header(char *data, size_t size, size_t count, void *argument);
size_t curl_answer_take_body(char *data, size_t size, size_t count, void *argument);

/* Forgets the answer of the hop before. */
void curl_answer_reset(struct curl_answer *answer);

/* Retry-After in seconds from now, or -1. */
int64_t curl_answer_retry_after(const struct http_client_result *result);

#endif
