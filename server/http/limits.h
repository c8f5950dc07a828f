/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rate limits: fixed windows per class and key, as Mastodon's rack-attack counts, so that clients read the
 * same X-RateLimit-* headers. A window begins with the period that the wall clock is in (now / window), so
 * X-RateLimit-Reset is the same moment for every process. Any thread; sharded, each shard under its own lock.
 *
 * Memory is bounded: LIMITS_MAX_WINDOWS windows in total. When a shard is full, a window that has ended goes;
 * if none has, the oldest of the rule that holds the most is forgotten: its client counts from zero again. So
 * an attacker with more addresses (IPv4, or IPv6 /64) than windows weakens the limits of that rule and never
 * the server, and a flood of pages does not reset the count of sign-ins. */
#ifndef COMPTOIR_SERVER_HTTP_LIMITS_H
#define COMPTOIR_SERVER_HTTP_LIMITS_H

#include "base/buf.h"
#include "base/config.h"
#include "base/net_address.h"
#include "server/http/route.h"

struct limits;

#define LIMITS_MAX_WINDOWS 65536
#define LIMITS_MAX_KEY_BYTES 23

/* Whom a rule counts. */
enum limit_subject {
	LIMIT_PER_ADDRESS, /* all others count on net_address_key: anybody makes tokens of applications, as many as wanted */
	LIMIT_PER_USER,    /* requests with a valid token of a user count on the user, whatever the number of tokens */
};

struct limit_rule {
	const char *name; /* "api" */
	enum limit_class class;
	enum limit_subject subject;
	unsigned count;
	unsigned window_s;
};

/* The rule for a class and subject, or NULL when it is not counted: LIMIT_NONE never is; a class that has
 * one rule counts everybody by it. */
const struct limit_rule *limits_rule(enum limit_class class, enum limit_subject subject);

struct limit_verdict {
	bool is_counted;  /* false: exempt or no rule; send no X-RateLimit headers */
	bool is_allowed;  /* false: answer 429 with Retry-After */
	unsigned limit;     /* X-RateLimit-Limit */
	unsigned remaining; /* X-RateLimit-Remaining */
	int64_t reset_us;   /* X-RateLimit-Reset: wall time when the window ends, by time_write_iso8601_ms */
	unsigned retry_after_s; /* at least 1; Retry-After of a refusal */
};

/* Ends with ERROR_CONFIGURATION and a message (heap) when limits.exempt_addresses does not parse. */
enum error limits_new(const struct config *config, struct limits **ret_limits, char **ret_message) MUST_CHECK;
/* The same without a configuration; takes over exempt, which may be NULL. max_windows bounds memory. */
struct limits *limits_new_with(struct net_list *exempt, size_t max_windows) MUST_CHECK;
void limits_free(struct limits **limits); /* accepts NULL */

/* Counts one request. key: bytes that name the subject, at most LIMITS_MAX_KEY_BYTES. now_us: clock_now_us(). */
struct limit_verdict limits_take(struct limits *limits, enum limit_class class, enum limit_subject subject,
	struct str key, int64_t now_us) MUST_CHECK;

/* The two ways in which the server calls it. An exempt address is not counted; with a token of a user, the user is
 * counted wherever the request comes from, unless the address is exempt. */
struct limit_verdict limits_take_address(struct limits *limits, enum limit_class class,
	const struct net_address *address, int64_t now_us) MUST_CHECK;
struct limit_verdict limits_take_user(struct limits *limits, enum limit_class class, int64_t user_id,
	const struct net_address *address, int64_t now_us) MUST_CHECK;

/* A request that was counted so shall not have been. */
void limits_give_back_address(struct limits *limits, enum limit_class class, const struct net_address *address);

/* Windows held now. */
size_t limits_window_count(struct limits *limits);

/* Appends the table for --list-limits: one rule a line, "class  per  count  window". */
void limits_write_table(struct buf *out);

#endif
