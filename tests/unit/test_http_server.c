/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the service manager's watchdog is told. The loop runs here, for as long as a message tells it to. */
#include "server/http_connection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct fixture {
	struct http_loop http_loop;
	struct http_server server;
	struct loop_message stop;
};

static void stop_loop(struct loop_message *message)
{
	loop_stop(LIST_OBJECT(message, struct fixture, stop)->http_loop.loop);
}

static void take_a_turn(struct fixture *fixture)
{
	fixture->stop.run = stop_loop;
	loop_post(fixture->http_loop.loop, &fixture->stop);
	loop_run(fixture->http_loop.loop);
}

static void a_loop_that_hangs_is_told_from_one_that_turns(void **state)
{
	(void)state;
	struct fixture fixture = { 0 };
	fixture.http_loop.loop = loop_new("test", "probe");
	fixture.server.loops = &fixture.http_loop;
	fixture.server.loop_count = 1;
	assert_true(http_server_is_responsive(&fixture.server));
	assert_false(http_server_is_responsive(&fixture.server));
	assert_false(http_server_is_responsive(&fixture.server));
	take_a_turn(&fixture);
	assert_true(http_server_is_responsive(&fixture.server));
	take_a_turn(&fixture);
	loop_free(&fixture.http_loop.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loop_that_hangs_is_told_from_one_that_turns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
