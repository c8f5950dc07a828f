/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which route a path and method find, and what is said when there is none. */
#include "server/http/cors.h"
#include "server/http/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct route routes[] = {
	{ .method = HTTP_GET, .path = "/" },
	{ .method = HTTP_GET, .path = "/users/{name}" },
	{ .method = HTTP_GET, .path = "/users/{name}/outbox" },
	{ .method = HTTP_POST, .path = "/users/{name}/inbox" },
	{ .method = HTTP_POST, .path = "/users/me" },
	{ .method = HTTP_GET, .path = "/assets/{rest*}" },
	{ .method = HTTP_GET, .path = "/api/v1/statuses/{id}" },
	{ .method = HTTP_PUT, .path = "/api/v1/statuses/{id}", .flags = ROUTE_CORS },
	{ .method = HTTP_GET, .path = "/api/v1/statuses/home" },
	{ .method = HTTP_GET, .path = "/{a}/{b}/{c}/{d}" },
};

struct match_case {
	enum http_method method;
	struct str path;
	int route; /* index, or -1 */
	const char *values[2];
	enum error error;
	unsigned allowed;
};

#define BIT(method) (1u << (method))
#define READS (BIT(HTTP_GET) | BIT(HTTP_HEAD))

static void paths_find_their_routes(void **state)
{
	(void)state;
	static const struct match_case cases[] = {
		{ HTTP_GET, STR("/"), 0, { 0 }, ERROR_NONE, READS },
		{ HTTP_HEAD, STR("/"), 0, { 0 }, ERROR_NONE, READS },
		{ HTTP_GET, STR("/users/alice"), 1, { "alice" }, ERROR_NONE, READS },
		{ HTTP_GET, STR("/users/caf\xc3\xa9"), 1, { "caf\xc3\xa9" }, ERROR_NONE, READS },
		{ HTTP_GET, STR("/users/alice/outbox"), 2, { "alice" }, ERROR_NONE, READS },
		{ HTTP_POST, STR("/users/alice/inbox"), 3, { "alice" }, ERROR_NONE, BIT(HTTP_POST) },
		{ HTTP_POST, STR("/users/me"), 4, { 0 }, ERROR_NONE, BIT(HTTP_POST) },
		{ HTTP_GET, STR("/users/me"), 1, { "me" }, ERROR_NONE, READS | BIT(HTTP_POST) },
		{ HTTP_GET, STR("/assets/a"), 5, { "a" }, ERROR_NONE, READS },
		{ HTTP_GET, STR("/assets/a/b.css"), 5, { "a/b.css" }, ERROR_NONE, READS },
		{ HTTP_GET, STR("/api/v1/statuses/home"), 8, { 0 }, ERROR_NONE, READS },
		{ HTTP_GET, STR("/api/v1/statuses/home/"), 8, { 0 }, ERROR_NONE, READS },
		{ HTTP_GET, STR("/api/v1/statuses/home//"), -1, { 0 }, ERROR_NOT_FOUND, 0 },
		{ HTTP_PUT, STR("/api/v1/statuses/home"), 7, { "home" }, ERROR_NONE, READS | BIT(HTTP_PUT) },
		{ HTTP_PUT, STR("/api/v1/statuses/7"), 7, { "7" }, ERROR_NONE, READS | BIT(HTTP_PUT) },
		{ HTTP_GET, STR("/api/v1/other/7"), 9, { "api", "v1" }, ERROR_NONE, READS },
		{ HTTP_GET, STR("/users"), -1, { 0 }, ERROR_NOT_FOUND, 0 },
		{ HTTP_GET, STR("/users/"), -1, { 0 }, ERROR_NOT_FOUND, 0 },
		{ HTTP_GET, STR("/users/alice/"), -1, { 0 }, ERROR_NOT_FOUND, 0 },
		{ HTTP_GET, STR("/Users/alice"), -1, { 0 }, ERROR_NOT_FOUND, 0 },
		{ HTTP_GET, STR("/assets/"), -1, { 0 }, ERROR_NOT_FOUND, 0 },
		{ HTTP_GET, STR("/assets"), -1, { 0 }, ERROR_NOT_FOUND, 0 },
		{ HTTP_GET, STR("/a/b/c/d/e"), -1, { 0 }, ERROR_NOT_FOUND, 0 },
		{ HTTP_GET, STR(""), -1, { 0 }, ERROR_NOT_FOUND, 0 },
		{ HTTP_DELETE, STR("/users/me"), 4, { 0 }, ERROR_METHOD_NOT_ALLOWED, READS | BIT(HTTP_POST) },
		{ HTTP_OPTIONS, STR("/users/alice/inbox"), 3, { 0 }, ERROR_METHOD_NOT_ALLOWED, BIT(HTTP_POST) },
		{ HTTP_METHOD_OTHER, STR("/"), 0, { 0 }, ERROR_METHOD_NOT_ALLOWED, READS },
		{ HTTP_METHOD_OTHER, STR("/nowhere"), -1, { 0 }, ERROR_METHOD_NOT_ALLOWED, 0 },
	};
	struct router *router = router_new(routes, sizeof(routes) / sizeof(routes[0]));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct route_match match;
		enum error error = router_match(router, cases[i].method, cases[i].path, &match);
		int route = match.route ? (int)(match.route - routes) : -1;
		if (error != cases[i].error || route != cases[i].route)
			fail_msg("case %zu, %.*s: error %d, route %d", i, STR_ARG(cases[i].path), error, route);
		for (size_t value = 0; value < 2; value++) {
			if (cases[i].values[value] || error != ERROR_NONE)
				assert_true(str_eq(match.values[value], str_from(cases[i].values[value])));
		}
		/* The first route with the method ends the search, so a success names at least its own. */
		if (error == ERROR_NONE)
			assert_true((match.allowed_methods & BIT(cases[i].method)) != 0);
		else
			assert_int_equal(match.allowed_methods, cases[i].allowed);
	}
	router_free(&router);
	router_free(&router);
}

static void a_wrong_table_ends_the_process(void **state)
{
	(void)state;
	static const struct route wrong[][2] = {
		{ { .method = HTTP_GET, .path = "/a/{x}" }, { .method = HTTP_GET, .path = "/a/{y}" } },
		{ { .method = HTTP_GET, .path = "/a" }, { .method = HTTP_GET, .path = "/a" } },
		{ { .method = HTTP_GET, .path = "/a" }, { .method = HTTP_GET, .path = "b" } },
		{ { .method = HTTP_GET, .path = "/a" }, { .method = HTTP_GET, .path = "/a//b" } },
		{ { .method = HTTP_GET, .path = "/a" }, { .method = HTTP_GET, .path = "/b/" } },
		{ { .method = HTTP_GET, .path = "/a" }, { .method = HTTP_GET, .path = "/{}" } },
		{ { .method = HTTP_GET, .path = "/a" }, { .method = HTTP_GET, .path = "/x{y}" } },
		{ { .method = HTTP_GET, .path = "/a" }, { .method = HTTP_GET, .path = "/{rest*}/b" } },
		{ { .method = HTTP_GET, .path = "/a" }, { .method = HTTP_GET, .path = "/{a}/{b}/{c}/{d}/{e}" } },
		{ { .method = HTTP_GET, .path = "/a" }, { .method = HTTP_METHOD_OTHER, .path = "/b" } },
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		pid_t child = fork();
		if (child == 0) {
			(void)!freopen("/dev/null", "w", stderr);
			struct router *router = router_new(wrong[i], 2);
			router_free(&router);
			_exit(0);
		}
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		if (!WIFSIGNALED(status))
			fail_msg("table %zu is accepted", i);
	}
}

static bool has_header(const struct cors_header *headers, size_t count, const char *name, const char *part)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(headers[i].name, name) == 0)
			return str_index_of_str(headers[i].value, str_from(part)) < headers[i].value.len;
	}
	return false;
}

static void cors_opens_to_all_without_credentials(void **state)
{
	(void)state;
	struct cors_header headers[CORS_MAX_HEADERS];
	size_t count = cors_answer_headers(headers);
	assert_true(has_header(headers, count, "Access-Control-Allow-Origin", "*"));
	static const char *const exposed[] = { "Link", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
		"X-Request-Id" };
	for (size_t i = 0; i < sizeof(exposed) / sizeof(exposed[0]); i++)
		assert_true(has_header(headers, count, "Access-Control-Expose-Headers", exposed[i]));
	assert_false(has_header(headers, count, "Access-Control-Allow-Credentials", ""));
	count = cors_preflight_headers(READS, headers);
	assert_true(count <= CORS_MAX_HEADERS);
	assert_true(has_header(headers, count, "Access-Control-Allow-Methods", "GET"));
	assert_false(has_header(headers, count, "Access-Control-Allow-Methods", "POST"));
	assert_true(has_header(headers, count, "Access-Control-Max-Age", "86400"));
	static const char *const allowed[] = { "Authorization", "Content-Type", "Idempotency-Key" };
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		assert_true(has_header(headers, count, "Access-Control-Allow-Headers", allowed[i]));
	assert_false(has_header(headers, count, "Access-Control-Allow-Credentials", ""));
	count = cors_preflight_headers(BIT(HTTP_POST), headers);
	assert_true(has_header(headers, count, "Access-Control-Allow-Methods", "POST"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_find_their_routes),
		cmocka_unit_test(a_wrong_table_ends_the_process),
		cmocka_unit_test(cors_opens_to_all_without_credentials),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
