/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The one table of routes (routes.c): each names its method, path, handler, who may call it, which rate
 * limit counts it, how large a body it takes and which workers run it. The router matches on the loop; the
 * table is checked once at start. */
#ifndef COMPTOIR_SERVER_HTTP_ROUTE_H
#define COMPTOIR_SERVER_HTTP_ROUTE_H

#include "base/error.h"
#include "base/http_message.h"

struct request;

/* Where a handler runs. On the loop it must not block; "cached" answers on the loop from memory when it can
 * and is queued to the API workers otherwise. */
enum route_pool { ROUTE_ON_LOOP, ROUTE_API, ROUTE_SLOW };

/* Mastodon's classes of rate limits; figures in limits.c, printed by `comptoir serve --list-limits`. */
enum limit_class {
	LIMIT_NONE,      /* health, metrics */
	LIMIT_API,       /* 300 in 5 min per address, 1,500 per user */
	LIMIT_PAGE,      /* public pages and documents */
	LIMIT_MEDIA,     /* 30 in 30 min */
	LIMIT_SIGN_IN,   /* 25 in 5 min per address */
	LIMIT_SIGN_UP,   /* 5 in 30 min per address */
	LIMIT_APP,       /* app registration: 5 in 10 min per address */
	LIMIT_MAIL,      /* what sends a mail: 10 in 30 min per address */
	LIMIT_POST,      /* new posts: 300 in 3 h per user */
	LIMIT_DELETE,    /* deletions of posts and boosts: 30 in 30 min per user */
	LIMIT_INBOX,     /* what was signed by nobody: 6,000 in 5 min per address */
	LIMIT_CLASS_COUNT
};

/* Who may call. */
enum route_access {
	ACCESS_PUBLIC,   /* a token is not looked at unless it is there; with a scope it must be valid then, and hold it */
	ACCESS_APP,      /* any valid token, also of an application alone */
	ACCESS_USER,     /* a token with a user; scope names what it must hold */
	ACCESS_ADMIN,    /* the same, and the user's role */
};

#define ROUTE_MAX_VALUES 4
#define ROUTE_CORS 1u         /* answers OPTIONS and adds Access-Control-* as Mastodon does on /api */
#define ROUTE_BODY_FORM 2u    /* parses the body into request->form: urlencoded, multipart or JSON; else 415 */
#define ROUTE_NO_STORE 4u     /* Cache-Control: private, no-store */
#define ROUTE_UNCONFIRMED 16u /* also for users whose address is not confirmed, or who are not approved yet */
#define ROUTE_NEEDS_BODY 8u   /* a request that announces no body, not even an empty one, gets 411 */

#define FORM_BODY_BYTES ((size_t)256 * 1024) /* of routes that take parameters and no files */

struct route {
	enum http_method method; /* HTTP_GET serves HEAD as well */
	const char *path;        /* "/users/{name}/outbox"; {name} takes one segment; a last {rest*} takes all */
	enum error (*handler)(struct request *request);
	/* Optional, on the loop before anything is queued: true when it has answered from memory, or called
	 * request_hand_over. */
	bool (*cached)(struct request *request);
	enum route_pool pool;
	enum route_access access;
	const char *scope;       /* "read:accounts", or several of which one is enough: "profile read:accounts"; NULL for none */
	enum limit_class limit;
	unsigned flags;
	size_t max_body_bytes;   /* 0: a body is refused with 413 */
};

/* The table of the program. */
const struct route *routes_all(size_t *ret_count);

struct router;
/* Ends the process when two routes are the same or a path is malformed. */
struct router *router_new(const struct route *routes, size_t count) MUST_CHECK;
void router_free(struct router **router);

struct route_match {
	const struct route *route;
	struct str values[ROUTE_MAX_VALUES]; /* the {…} segments in order, decoded; slices of path */
	unsigned allowed_methods; /* bits 1u << method of all routes with this path (HEAD with GET), for Allow */
};
/* ERROR_NOT_FOUND, or ERROR_METHOD_NOT_ALLOWED with allowed_methods filled and route one of that path, for its
 * flags (ROUTE_CORS answers OPTIONS so); values are empty then, route NULL when the path is unknown. HTTP_METHOD_OTHER is not allowed
 * on any path, known or not. Below /api/ and /oauth/ one slash behind the path is forgiven. A literal segment wins over {name}, and {name} over {rest*}. */
enum error router_match(const struct router *router, enum http_method method, struct str path,
	struct route_match *ret_match) MUST_CHECK;

#endif
