/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the embedded cluster refuses before it touches anything; its life is tested in tests/db. */
#include "storage/cluster.h"

#include "base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct config *config_with(const char *setting)
{
	struct config *config = NULL;
	char *message = NULL;
	assert_int_equal(config_load(NULL, &setting, 1, &config, &message), ERROR_NONE);
	return config;
}

static void check_refused(const char *setting, const char *because)
{
	AUTO(arena) struct arena *arena = arena_new(1024 * 1024);
	struct config *config = config_with(setting);
	struct str message = { 0 };
	assert_int_equal(cluster_initialise(config, arena, &message), ERROR_CONFIGURATION);
	assert_true(str_index_of_str(message, str_from(because)) < message.len);
	config_free(&config);
}

static void root_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	check_refused("data.directory=/proc/comptoir-no-cluster", "does not run as root");
	assert_int_not_equal(access("/proc/comptoir-no-cluster", F_OK), 0);
}

static void a_directory_of_another_user_is_refused(void **state)
{
	(void)state;
	bool was_root = geteuid() == 0;
	if (was_root)
		assert_int_equal(seteuid(65534), 0);
	check_refused("data.directory=/", "belongs to user root");
	if (was_root)
		assert_int_equal(seteuid(0), 0);
}

static void the_socket_lies_in_the_data_directory_when_that_is_short(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(64 * 1024);
	struct config *config = config_with("data.directory=/nowhere/data");
	assert_string_equal(cluster_socket_directory(config, arena).data, "/nowhere/data/run");
	config_free(&config);
}

static void a_deep_data_directory_gets_a_short_socket_of_its_own(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(64 * 1024);
	char setting[256] = "data.directory=/nowhere/";
	memset(setting + strlen(setting), 'a', 100);
	struct config *first = config_with(setting);
	setting[strlen(setting) - 1] = 'b';
	struct config *second = config_with(setting);
	struct str one = cluster_socket_directory(first, arena);
	struct str other = cluster_socket_directory(second, arena);
	assert_true(str_starts_with(one, STR_LITERAL("/tmp/comptoir-")));
	assert_true(one.len < 60 && !str_eq(one, other));
	assert_true(str_eq(one, cluster_socket_directory(first, arena)));
	config_free(&first);
	config_free(&second);
}

static void the_connection_string_quotes_and_names_the_peer(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(64 * 1024);
	struct config *config = config_with("data.directory=/nowhere/it's");
	struct str text = cluster_connection_string(config, arena, "comptoir_web");
	assert_true(str_starts_with(text, STR_LITERAL("host='/nowhere/it\\'s/run' port='5432' dbname='comptoir' user='comptoir_web'")));
	assert_true(str_index_of_str(text, STR_LITERAL("requirepeer='")) < text.len);
	config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_is_refused),
		cmocka_unit_test(a_directory_of_another_user_is_refused),
		cmocka_unit_test(the_socket_lies_in_the_data_directory_when_that_is_short),
		cmocka_unit_test(a_deep_data_directory_gets_a_short_socket_of_its_own),
		cmocka_unit_test(the_connection_string_quotes_and_names_the_peer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
