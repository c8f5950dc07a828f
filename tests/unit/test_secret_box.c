/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sealing and unsealing, and the key files that are refused. */
#include "base/secret_box.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *arena;
static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	arena = arena_new(1 << 22);
	snprintf(folder, sizeof(folder), "/tmp/comptoir-box-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	static const char *const names[] = { "key", "other", "link", "short" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(arena_printf(arena, "%s/%s", folder, names[i]).data);
	int result = rmdir(folder);
	arena_free(&arena);
	return result;
}

static const char *path_of(const char *name)
{
	return arena_printf(arena, "%s/%s", folder, name).data;
}

static struct secret_box *open_box(const char *name)
{
	struct secret_box *box = NULL;
	struct str message = { 0 };
	assert_int_equal(secret_box_open(path_of(name), true, arena, &box, &message), ERROR_NONE);
	assert_non_null(box);
	return box;
}

static void assert_refused(const char *name, bool may_create, const char *word)
{
	struct secret_box *box = NULL;
	struct str message = { 0 };
	assert_int_equal(secret_box_open(path_of(name), may_create, arena, &box, &message), ERROR_CONFIGURATION);
	assert_null(box);
	assert_non_null(strstr(arena_c_string(arena, message), word));
}

static void what_is_sealed_opens_with_its_key_and_context_only(void **state)
{
	(void)state;
	static const size_t lengths[] = { 0, 1, 15, 16, 17, 1217, 100000 };
	struct secret_box *box = open_box("key"), *other = open_box("other");
	struct str context = STR("actor_key:1:rsa");
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *bytes = arena_alloc(arena, lengths[i]);
		memset(bytes, 'x', lengths[i]);
		struct str plain = { bytes, lengths[i] }, opened = { 0 };
		struct str sealed = secret_box_seal(box, arena, context, plain);
		assert_int_equal(secret_box_unseal(box, arena, context, sealed, &opened), ERROR_NONE);
		assert_true(str_eq(plain, opened));
		opened = str_from("untouched");
		assert_int_equal(secret_box_unseal(box, arena, str_from("actor_key:2:rsa"), sealed, &opened), ERROR_CRYPTO);
		assert_int_equal(secret_box_unseal(other, arena, context, sealed, &opened), ERROR_CRYPTO);
		assert_true(str_eq(opened, str_from("untouched")));
	}
	secret_box_close(&box);
	secret_box_close(&other);
	assert_null(box);
	secret_box_close(&box);
}

static void every_changed_or_missing_byte_is_noticed(void **state)
{
	(void)state;
	struct secret_box *box = open_box("key");
	struct str sealed = secret_box_seal(box, arena, str_from("c"), str_from("a secret")), opened;
	assert_int_equal(sealed.len, 8 + 29);
	for (size_t i = 0; i < sealed.len; i++) {
		char *changed = arena_c_string(arena, sealed);
		changed[i] = (char)(changed[i] ^ 0x40);
		assert_int_equal(secret_box_unseal(box, arena, str_from("c"), (struct str){ changed, sealed.len }, &opened), ERROR_CRYPTO);
		assert_int_equal(secret_box_unseal(box, arena, str_from("c"), str_slice(sealed, 0, i), &opened), ERROR_CRYPTO);
	}
	secret_box_close(&box);
}

static void the_same_secret_is_sealed_differently_each_time(void **state)
{
	(void)state;
	struct secret_box *box = open_box("key");
	struct str first = secret_box_seal(box, arena, str_from("c"), str_from("a secret"));
	struct str second = secret_box_seal(box, arena, str_from("c"), str_from("a secret"));
	assert_false(str_eq(first, second));
	secret_box_close(&box);
}

static void a_new_key_file_is_private_and_used_again(void **state)
{
	(void)state;
	struct stat status;
	struct secret_box *box = open_box("key");
	assert_int_equal(stat(path_of("key"), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(status.st_size, 32);
	struct str sealed = secret_box_seal(box, arena, str_from("c"), str_from("a secret")), opened;
	secret_box_close(&box);
	box = open_box("key");
	assert_int_equal(secret_box_unseal(box, arena, str_from("c"), sealed, &opened), ERROR_NONE);
	secret_box_close(&box);
}

static void key_files_that_are_not_safe_are_refused_with_the_remedy(void **state)
{
	(void)state;
	static const mode_t modes[] = { 0640, 0604, 0620, 0601, 0666 };
	struct secret_box *box = open_box("key");
	secret_box_close(&box);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(chmod(path_of("key"), modes[i]), 0);
		assert_refused("key", true, "chmod 600");
	}
	assert_int_equal(chmod(path_of("key"), 0600), 0);
	assert_refused("missing", false, "No such file");
	assert_int_equal(symlink(path_of("key"), path_of("link")), 0);
	assert_refused("link", true, "cannot read");
	assert_refused(".", true, "no ordinary file");
	int descriptor = open(path_of("short"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(write(descriptor, "short", 5), 5);
	close(descriptor);
	assert_refused("short", true, "5 bytes");
	if (geteuid() == 0) {
		assert_int_equal(chown(path_of("key"), 65534, 65534), 0);
		assert_refused("key", true, "chown");
		assert_int_equal(chown(path_of("key"), 0, 0), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_sealed_opens_with_its_key_and_context_only, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(every_changed_or_missing_byte_is_noticed, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(the_same_secret_is_sealed_differently_each_time, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(a_new_key_file_is_private_and_used_again, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(key_files_that_are_not_safe_are_refused_with_the_remedy, make_folder, remove_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
