/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Documents that come after as many milliseconds as their URLs say, and a handler that awaits them. */
#ifndef COMPTOIR_TESTS_API_TEST_SERVER_AWAIT_H
#define COMPTOIR_TESTS_API_TEST_SERVER_AWAIT_H

#include "server/http/request.h"

#include "federation/fetch.h"

void slow_fetches_start(void);
void slow_fetches_stop(void); /* whoever still waits is told that it failed */
void start_slow_fetch(struct app *app, struct str url, struct fetch_waiter *waiter);

/* /await/{ms}/{times}: awaits that often, then tells what it got and how long the body was. */
enum error handle_await(struct request *request);

#endif
