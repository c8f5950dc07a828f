/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The layers of the configuration, and the place that every complaint names. */
#include "base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char path[64];

static int make_file(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/comptoir-config-XXXXXX");
	int descriptor = mkstemp(path);
	return descriptor < 0 || close(descriptor) < 0 ? -1 : 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_file(struct str text)
{
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(text.data, 1, text.len, file), text.len);
	fclose(file);
}

static struct config *load(const char *text, const char *setting)
{
	struct config *config = NULL;
	char *message = NULL;
	write_file(str_from(text));
	enum error error = config_load(path, &setting, setting ? 1 : 0, &config, &message);
	if (error)
		print_error("%s\n", message);
	assert_int_equal(error, ERROR_NONE);
	return config;
}

/* The complaint, to be freed. */
static char *refusal(const char *file, const char *setting)
{
	struct config *config = NULL;
	char *message = NULL;
	assert_int_equal(config_load(file, &setting, setting ? 1 : 0, &config, &message), ERROR_CONFIGURATION);
	assert_null(config);
	assert_non_null(message);
	return message;
}

static void assert_contains(const char *text, const char *wanted)
{
	if (!strstr(text, wanted))
		print_error("'%s' lacks '%s'\n", text, wanted);
	assert_non_null(strstr(text, wanted));
}

static void later_layers_win(void **state)
{
	(void)state;
	struct config *config = load("", NULL);
	assert_int_equal(config_integer(config, "http.queue_limit"), 512);
	config_free(&config);
	config = load("[http]\nqueue_limit = 7\n", NULL);
	assert_int_equal(config_integer(config, "http.queue_limit"), 7);
	config_free(&config);
	setenv("COMPTOIR_HTTP_QUEUE_LIMIT", "8", 1);
	config = load("[http]\nqueue_limit = 7\n", NULL);
	assert_int_equal(config_integer(config, "http.queue_limit"), 8);
	config_free(&config);
	config = load("[http]\nqueue_limit = 7\n", "http.queue_limit=9");
	assert_int_equal(config_integer(config, "http.queue_limit"), 9);
	config_free(&config);
	char *message = NULL;
	assert_int_equal(config_load_defaults(&config, &message), ERROR_NONE);
	assert_int_equal(config_integer(config, "http.queue_limit"), 512);
	config_free(&config);
	unsetenv("COMPTOIR_HTTP_QUEUE_LIMIT");
	config_free(&config);
}

static void every_type_is_read(void **state)
{
	(void)state;
	struct config *config = load("\xef\xbb\xbf; comment\r\n# another\r\n[instance]\r\ntitle =  Les Fleurs = d\xc3\xa9j\xc3\xa0 ; # vues \r\n"
		"languages = fr ,, en,\r\n[database]\r\nconnect_timeout = 250ms\n statement_timeout=1m\n[http]\ndocument_cache = 64k\n",
		NULL);
	const struct str *languages;
	assert_string_equal(config_text(config, "instance.title"), "Les Fleurs = d\xc3\xa9j\xc3\xa0 ; # vues");
	assert_int_equal(config_list(config, "instance.languages", &languages), 2);
	assert_true(str_eq(languages[0], str_from("fr")));
	assert_true(str_eq(languages[1], str_from("en")));
	assert_int_equal(config_duration_ms(config, "database.connect_timeout"), 250);
	assert_int_equal(config_duration_ms(config, "database.statement_timeout"), 60000);
	assert_int_equal(config_size_bytes(config, "http.document_cache"), 65536);
	config_free(&config);
}

static void what_is_wrong_in_a_file_is_named_with_its_line(void **state)
{
	(void)state;
	static const struct {
		struct str text;
		const char *wanted;
	} cases[] = {
		{ STR("[http]\n\nlisen = x\n"), ":3: unknown key 'http.lisen' (did you mean 'http.listen'?)" },
		{ STR("[htp]\nlisten = x\n"), ":2: unknown key 'htp.listen' (did you mean 'http.listen'?)" },
		{ STR("[http]\nzzzzzzzzz = x\n"), ":2: unknown key 'http.zzzzzzzzz' (`comptoir config` lists them all)" },
		{ STR("listen = x\n"), ":1: 'listen' stands before any [section]" },
		{ STR("[http]\nlisten\n"), ":2: this is no 'key = value'" },
		{ STR("[http]\n= 5\n"), ":2: this is no 'key = value'" },
		{ STR("[http\n"), ":1: a section is written [name]" },
		{ STR("[http] listen = 5\n"), ":1: a section is written [name]" },
		{ STR("[]\n"), ":1: a section is written [name]" },
		{ STR("[http]\nloops = 1\nloops = 2\n"), ":3: 'http.loops' is set twice, first at " },
		{ STR("[http]\nloops = 65\n"), ":2: 'http.loops' must be 0 to 64, not '65'" },
		{ STR("[http]\nloops = two\n"), ":2: 'http.loops' must be a whole number" },
		{ STR("[http]\nidle_timeout = 60\n"), ":2: 'http.idle_timeout' must be a duration" },
		{ STR("[http]\nidle_timeout = 99999999999999d\n"), ":2: 'http.idle_timeout' must be a duration" },
		{ STR("[http]\nidle_timeout = 2h\n"), ":2: 'http.idle_timeout' must be 100ms to 1h, not '2h'" },
		{ STR("[http]\ndocument_cache = 1t\n"), ":2: 'http.document_cache' must be a size" },
		{ STR("[http]\ntrusted_proxies = 10.0.0.0/8, fish\n"), ":2: 'http.trusted_proxies' must hold ADDRESS[/BITS]" },
		{ STR("[http]\nlisten = 8080\n"), ":2: 'http.listen' must hold entries such as" },
		{ STR("[http]\nlisten = \n"), ":2: 'http.listen' must name at least one address" },
		{ STR("[instance]\ntitle = a\tb\n"), ":2: the value of 'instance.title' has control characters" },
		{ STR("[instance]\ntitle = \xff\n"), ":2: this line is not UTF-8" },
		{ STR("[instance]\ntitle = a\0b\n"), ":2: this line is not UTF-8" },
		{ STR("[instance]\nbase_url = http://social.example\n"), ":2: 'instance.base_url' must begin with https://" },
		{ STR("[instance]\nbase_url = https://social.example/path\n"), ":2: 'instance.base_url' must end after the host" },
		{ STR("[instance]\nbase_url = social.example\n"), ":2: 'instance.base_url' must be a URL" },
		{ STR("[instance]\ndomain = soc ial\n"), ":2: 'instance.domain' must be a host name" },
		{ STR("[instance]\nlanguages = xx!,\n"), ":2: 'instance.languages' must hold language tags such as en, fr or pt-BR, not 'xx!'" },
		{ STR("[instance]\nlanguages = fr, e\n"), ":2: 'instance.languages' must hold language tags" },
		{ STR("[instance]\nlanguages = engl\n"), ":2: 'instance.languages' must hold language tags" },
		{ STR("[instance]\nlanguages = e1\n"), ":2: 'instance.languages' must hold language tags" },
		{ STR("[instance]\nlanguages = en-\n"), ":2: 'instance.languages' must hold language tags" },
		{ STR("[instance]\nlanguages = en--GB\n"), ":2: 'instance.languages' must hold language tags" },
		{ STR("[instance]\nlanguages = en-abcdefghi\n"), ":2: 'instance.languages' must hold language tags" },
		{ STR("[instance]\nlanguages = ,\n"), ":2: 'instance.languages' must name at least one language" },
		{ STR("[instance]\nregistrations = yes\n"), ":2: 'instance.registrations' must be open, approval" },
		{ STR("[log]\nlevel = loud\n"), ":2: 'log.level' must be error, warning" },
		{ STR("[log]\nformat = xml\n"), ":2: 'log.format' must be json or human" },
		{ STR("[data]\ndirectory = var\n"), ":2: 'data.directory' must be an absolute path" },
		{ STR("[service]\nuser = root\n"), ":2: 'service.user' must name a user other than root" },
		{ STR("[metrics]\nlisten = 0.0.0.0:9464\n"), ":2: 'metrics.listen' must be a loopback address" },
		{ STR("[metrics]\nlisten = [::]:9464\n"), ":2: 'metrics.listen' must be a loopback address" },
		{ STR("[metrics]\nlisten = localhost\n"), ":2: 'metrics.listen' must be an address with port" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(cases[i].text);
		char *message = refusal(path, NULL);
		assert_ptr_equal(strstr(message, path), message);
		assert_contains(message, cases[i].wanted);
		memory_free(message);
	}
}

static void networks_are_allowed_on_loopback_only(void **state)
{
	(void)state;
	static const struct {
		const char *setting;
		bool is_accepted;
	} cases[] = {
		{ "federation.allow_addresses=127.0.0.0/8", true },
		{ "federation.allow_addresses=127.1.0.0/16, 127.0.0.1:8443, [::1]:80, ::1", true },
		{ "federation.allow_addresses=192.0.2.7:8080, 10.0.0.1", true },
		{ "federation.allow_addresses=10.0.0.0/8", false },
		{ "federation.allow_addresses=0.0.0.0/0", false },
		{ "federation.allow_addresses=127.0.0.1, 192.0.2.0/24", false },
		{ "federation.allow_addresses=192.0.2.7/32", false },
		{ "federation.allow_addresses=::/0", false },
		{ "federation.allow_addresses=[::]/0:80", false },
		{ "federation.allow_addresses=unix", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (cases[i].is_accepted) {
			struct config *config = load("", cases[i].setting);
			config_free(&config);
			continue;
		}
		char *message = refusal(NULL, cases[i].setting);
		assert_contains(message, "--set: 'federation.allow_addresses' ");
		memory_free(message);
	}
}

static void languages_may_have_subtags(void **state)
{
	(void)state;
	const struct str *languages;
	struct config *config = load("", "instance.languages=pt-BR, zh-Hant-TW, gsw, es-419");
	assert_int_equal(config_list(config, "instance.languages", &languages), 4);
	config_free(&config);
}

static void plain_http_is_for_loopback(void **state)
{
	(void)state;
	static const char *const accepted[] = { "instance.base_url=http://127.0.0.1:8080", "instance.base_url=http://localhost",
		"instance.base_url=http://[::1]:80", "instance.base_url=https://social.example/" };
	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		struct config *config = load("", accepted[i]);
		config_free(&config);
	}
	char *message = refusal(NULL, "instance.base_url=http://127.0.0.1.example");
	assert_contains(message, "https://");
	memory_free(message);
}

static void an_unknown_variable_of_ours_is_refused(void **state)
{
	(void)state;
	setenv("COMPTOIR_HTTP_LISEN", "x", 1);
	char *message = refusal(NULL, NULL);
	assert_contains(message, "environment COMPTOIR_HTTP_LISEN: no key has this name (did you mean COMPTOIR_HTTP_LISTEN?)");
	memory_free(message);
	unsetenv("COMPTOIR_HTTP_LISEN");
	setenv("COMPTOIR_LOG_LEVEL", "loud", 1);
	message = refusal(NULL, NULL);
	assert_contains(message, "environment COMPTOIR_LOG_LEVEL: 'log.level' must be");
	memory_free(message);
	unsetenv("COMPTOIR_LOG_LEVEL");
	setenv("COMPTOIR_CONFIG", "/nowhere", 1);
	struct config *config = load("", NULL);
	config_free(&config);
	unsetenv("COMPTOIR_CONFIG");
}

static void settings_of_the_command_line_are_checked_alike(void **state)
{
	(void)state;
	char *message = refusal(NULL, "http.loops");
	assert_contains(message, "--set: 'http.loops' is not of the form");
	memory_free(message);
	message = refusal(NULL, "http.loop=1");
	assert_contains(message, "--set: unknown key 'http.loop' (did you mean 'http.loops'?)");
	memory_free(message);
}

static void a_missing_file_is_named(void **state)
{
	(void)state;
	char *message = refusal("/nonexistent/comptoir.conf", NULL);
	assert_contains(message, "/nonexistent/comptoir.conf: cannot be read: No such file");
	memory_free(message);
	message = refusal("/tmp", NULL);
	assert_contains(message, "/tmp: cannot be read");
	memory_free(message);
}

static void a_password_that_others_may_read_is_warned_about(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		mode_t mode;
		bool is_warned;
	} cases[] = {
		{ "[database]\nurl = host=db password=secret\n", 0644, true },
		{ "[database]\nurl = postgresql://comptoir:secret@db/comptoir\n", 0640, true },
		{ "[database]\nowner_url = host=db password=secret\n", 0604, true },
		{ "[database]\nurl = host=db password=secret\n", 0600, false },
		{ "[database]\nurl = postgresql://comptoir@db:5432/comptoir\n", 0644, false },
		{ "[database]\nurl = host=db user=comptoir\n", 0644, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(chmod(path, cases[i].mode), 0);
		struct config *config = load(cases[i].text, NULL);
		assert_int_equal(config_warning(config) != NULL, cases[i].is_warned);
		config_free(&config);
	}
}

static void what_is_written_reads_back_the_same(void **state)
{
	(void)state;
	struct config *config = load("[instance]\ntitle = ; odd # title = [x]\n[http]\nidle_timeout = 90s\n", NULL);
	AUTO(buf) struct buf first = { 0 };
	AUTO(buf) struct buf second = { 0 };
	config_write(config, &first);
	config_free(&config);
	buf_add_char(&first, '\0');
	assert_contains(first.data, "\n[http]\n");
	assert_contains(first.data, "(duration, 100ms to 1h; default: 60s)\nidle_timeout = 90s\n");
	config = load(first.data, NULL);
	config_write(config, &second);
	config_free(&config);
	buf_add_char(&second, '\0');
	assert_string_equal(first.data, second.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(later_layers_win),
		cmocka_unit_test(every_type_is_read),
		cmocka_unit_test(what_is_wrong_in_a_file_is_named_with_its_line),
		cmocka_unit_test(networks_are_allowed_on_loopback_only),
		cmocka_unit_test(languages_may_have_subtags),
		cmocka_unit_test(plain_http_is_for_loopback),
		cmocka_unit_test(an_unknown_variable_of_ours_is_refused),
		cmocka_unit_test(settings_of_the_command_line_are_checked_alike),
		cmocka_unit_test(a_missing_file_is_named),
		cmocka_unit_test(a_password_that_others_may_read_is_warned_about),
		cmocka_unit_test(what_is_written_reads_back_the_same),
	};
	return cmocka_run_group_tests(tests, make_file, remove_file);
}
