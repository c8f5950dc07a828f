/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Layers are laid over each other in one array of values, each value remembering where it came from, so that
 * every complaint can say where to mend it. The reader of the file is our own: libinih as Debian builds it
 * cuts lines at 200 bytes, cuts values at " ;" and takes "[section] junk" for a section. */
#include "base/config.h"

#include "base/arena.h"
#include "base/config_check.h"
#include "base/mutant.h"
#include "base/suggest.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES ((size_t)1024 * 1024)
#define VALUE_MAX_BYTES 8192
#define LIST_MAX_ITEMS 256
#define ARENA_LIMIT_BYTES ((size_t)16 * 1024 * 1024)

extern char **environ;

struct value {
	struct str text;
	struct str origin; /* "comptoir.conf:12", "environment COMPTOIR_...", "--set"; empty for a default */
	int64_t number;    /* integer, boolean, milliseconds, bytes */
	struct str *items; /* of a list */
	size_t item_count;
};

struct config {
	struct arena *arena;
	struct value *values; /* parallel to the table of keys */
	struct str warning;
};

/* One load under way. */
struct loader {
	struct config *config;
	const char *path;
	struct str message; /* set with the first failure */
};

static enum error refuse(struct loader *loader, struct str origin, const char *format, ...) PRINTF_LIKE(3, 4);
static enum error refuse(struct loader *loader, struct str origin, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct str what = arena_vprintf(loader->config->arena, format, arguments);
	va_end(arguments);
	loader->message = arena_printf(loader->config->arena, "%.*s: %.*s", STR_ARG(origin), STR_ARG(what));
	return ERROR_CONFIGURATION;
}

static bool key_find(struct str name, size_t *ret_index)
{
	size_t count;
	const struct config_key *keys = config_keys(&count);
	for (size_t i = 0; i < count; i++) {
		if (str_eq(name, str_from(keys[i].name))) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

static enum error refuse_unknown_key(struct loader *loader, struct str origin, struct str name)
{
	size_t count;
	const struct config_key *keys = config_keys(&count);
	struct suggestion suggestion;
	suggestion_init(&suggestion, name);
	for (size_t i = 0; i < count; i++)
		suggestion_offer(&suggestion, keys[i].name);
	if (suggestion.best)
		return refuse(loader, origin, "unknown key '%.*s' (did you mean '%s'?)", STR_ARG(name), suggestion.best);
	return refuse(loader, origin, "unknown key '%.*s' (`comptoir config` lists them all)", STR_ARG(name));
}

/* A decimal with one of the units. */
static bool parse_with_unit(struct str text, const char *const *units, const int64_t *factors, size_t unit_count,
	int64_t *ret_number)
{
	size_t digits = 0;
	while (digits < text.len && text.data[digits] >= '0' && text.data[digits] <= '9')
		digits++;
	int64_t number;
	if (!str_to_int64(str_slice(text, 0, digits), &number))
		return false;
	struct str unit = str_slice(text, digits, text.len);
	for (size_t i = 0; i < unit_count; i++)
		if (str_eq(unit, str_from(units[i])))
			return !__builtin_mul_overflow(number, factors[i], ret_number);
	return number == 0 && str_is_empty(unit) ? (*ret_number = 0, true) : false;
}

static bool parse_duration(struct str text, int64_t *ret_ms)
{
	static const char *const units[] = { "ms", "s", "m", "h", "d" };
	static const int64_t factors[] = { 1, 1000, 60000, 3600000, 86400000 };
	return parse_with_unit(text, units, factors, 5, ret_ms);
}

static bool parse_size(struct str text, int64_t *ret_bytes)
{
	static const char *const units[] = { "", "k", "m", "g" };
	static const int64_t factors[] = { 1, 1024, 1024 * 1024, 1024 * 1024 * 1024 };
	return parse_with_unit(text, units, factors, 4, ret_bytes);
}

/* The largest unit that leaves a whole number. */
static struct str write_with_unit(struct arena *arena, int64_t number, const char *const *units, const int64_t *factors,
	size_t unit_count)
{
	size_t best = 0;
	for (size_t i = 0; i < unit_count; i++)
		if (number != 0 && number % factors[i] == 0)
			best = i;
	return arena_printf(arena, "%lld%s", (long long)(number / factors[best]), units[best]);
}

static struct str write_duration(struct arena *arena, int64_t ms)
{
	static const char *const units[] = { "ms", "s", "m", "h", "d" };
	static const int64_t factors[] = { 1, 1000, 60000, 3600000, 86400000 };
	return write_with_unit(arena, ms, units, factors, 5);
}

static struct str write_size(struct arena *arena, int64_t bytes)
{
	static const char *const units[] = { "", "k", "m", "g" };
	static const int64_t factors[] = { 1, 1024, 1024 * 1024, 1024 * 1024 * 1024 };
	return write_with_unit(arena, bytes, units, factors, 4);
}

/* "100ms to 1h", for messages and the commented file. */
static struct str write_range(struct arena *arena, const struct config_key *key)
{
	switch (key->type) {
	case CONFIG_INTEGER:
		return arena_printf(arena, "%lld to %lld", (long long)key->minimum, (long long)key->maximum);
	case CONFIG_DURATION: {
		struct str low = write_duration(arena, key->minimum), high = write_duration(arena, key->maximum);
		return arena_printf(arena, "%.*s to %.*s", STR_ARG(low), STR_ARG(high));
	}
	case CONFIG_SIZE: {
		struct str low = write_size(arena, key->minimum), high = write_size(arena, key->maximum);
		return arena_printf(arena, "%.*s to %.*s", STR_ARG(low), STR_ARG(high));
	}
	case CONFIG_TEXT:
	case CONFIG_BOOLEAN:
	case CONFIG_LIST:
		break;
	}
	return str_from("");
}

static enum error check_range(struct loader *loader, struct str origin, const struct config_key *key,
	const struct value *value)
{
	if (value->number >= key->minimum && value->number <= key->maximum)
		return ERROR_NONE;
	struct str range = write_range(loader->config->arena, key);
	return refuse(loader, origin, "'%s' must be %.*s, not '%.*s'", key->name, STR_ARG(range), STR_ARG(value->text));
}

static enum error split_list(struct loader *loader, struct str origin, const struct config_key *key, struct value *value)
{
	struct str rest = value->text, part;
	value->items = arena_alloc_array(loader->config->arena, LIST_MAX_ITEMS, sizeof(*value->items));
	value->item_count = 0;
	while (str_split_next(&rest, ',', &part)) {
		part = str_trim(part);
		if (str_is_empty(part))
			continue;
		if (value->item_count == LIST_MAX_ITEMS)
			return refuse(loader, origin, "'%s' has more than %d entries", key->name, LIST_MAX_ITEMS);
		value->items[value->item_count++] = arena_str(loader->config->arena, part);
	}
	return ERROR_NONE;
}

static enum error parse_value(struct loader *loader, struct str origin, const struct config_key *key, struct value *value)
{
	switch (key->type) {
	case CONFIG_TEXT:
		return ERROR_NONE;
	case CONFIG_LIST:
		return split_list(loader, origin, key, value);
	case CONFIG_BOOLEAN:
		value->number = str_eq(value->text, str_from("true"));
		if (!value->number && !str_eq(value->text, str_from("false")))
			return refuse(loader, origin, "'%s' must be true or false, not '%.*s'", key->name, STR_ARG(value->text));
		return ERROR_NONE;
	case CONFIG_INTEGER:
		if (!str_to_int64(value->text, &value->number))
			return refuse(loader, origin, "'%s' must be a whole number, not '%.*s'", key->name, STR_ARG(value->text));
		return check_range(loader, origin, key, value);
	case CONFIG_DURATION:
		if (!parse_duration(value->text, &value->number))
			return refuse(loader, origin, "'%s' must be a duration such as 250ms, 30s, 5m, 12h or 7d, not '%.*s'",
				key->name, STR_ARG(value->text));
		return check_range(loader, origin, key, value);
	case CONFIG_SIZE:
		if (!parse_size(value->text, &value->number))
			return refuse(loader, origin, "'%s' must be a size such as 4096, 64k, 16m or 1g, not '%.*s'", key->name,
				STR_ARG(value->text));
		return check_range(loader, origin, key, value);
	}
	return ERROR_CONFIGURATION;
}

static bool has_control_character(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f)
			return true;
	return false;
}

static enum error set_value(struct loader *loader, struct str origin, size_t key_index, struct str text)
{
	size_t count;
	const struct config_key *key = &config_keys(&count)[key_index];
	struct arena *arena = loader->config->arena;
	if (text.len > VALUE_MAX_BYTES)
		return refuse(loader, origin, "the value of '%s' is longer than %d bytes", key->name, VALUE_MAX_BYTES);
	if (has_control_character(text) || !str_is_utf8(text))
		return refuse(loader, origin, "the value of '%s' has control characters or is not UTF-8", key->name);

	struct value value = { .text = arena_str(arena, str_trim(text)), .origin = origin };
	enum error error = parse_value(loader, origin, key, &value);
	if (error)
		return error;
	struct str reason;
	if (!config_check_value(arena, key->name, value.text, value.items, value.item_count, &reason))
		return refuse(loader, origin, "'%s' %.*s", key->name, STR_ARG(reason));
	loader->config->values[key_index] = value;
	return ERROR_NONE;
}

static enum error set_by_name(struct loader *loader, struct str origin, struct str name, struct str text)
{
	size_t key_index;
	if (key_find(name, &key_index))
		return set_value(loader, origin, key_index, text);
	if (MUTANT("config_unknown_key"))
		return ERROR_NONE;
	return refuse_unknown_key(loader, origin, name);
}

static enum error load_defaults(struct loader *loader)
{
	size_t count;
	const struct config_key *keys = config_keys(&count);
	for (size_t i = 0; i < count; i++) {
		enum error error = set_value(loader, str_from(""), i, str_from(keys[i].default_text));
		if (error)
			memory_fatal("a default of the configuration does not fit its own key");
	}
	return ERROR_NONE;
}

/* "[section]" exactly, of letters, digits and underscores. */
static bool parse_section(struct str line, struct str *ret_section)
{
	if (line.len < 3 || line.data[0] != '[' || line.data[line.len - 1] != ']')
		return false;
	struct str section = str_trim(str_slice(line, 1, line.len - 1));
	for (size_t i = 0; i < section.len; i++)
		if (!isalnum((unsigned char)section.data[i]) && section.data[i] != '_')
			return false;
	*ret_section = section;
	return section.len > 0;
}

static enum error load_assignment(struct loader *loader, struct str origin, struct str section, struct str line)
{
	struct arena *arena = loader->config->arena;
	size_t equals = str_index_of(line, '=', 0);
	struct str key = str_trim(str_slice(line, 0, equals));
	if (equals == line.len || str_is_empty(key))
		return refuse(loader, origin, "this is no 'key = value', no '[section]' and no '; comment'");
	if (str_is_empty(section))
		return refuse(loader, origin, "'%.*s' stands before any [section]", STR_ARG(key));

	struct str name = arena_printf(arena, "%.*s.%.*s", STR_ARG(section), STR_ARG(key));
	size_t key_index;
	if (key_find(name, &key_index)) {
		struct str earlier = loader->config->values[key_index].origin;
		if (!str_is_empty(earlier))
			return refuse(loader, origin, "'%.*s' is set twice, first at %.*s", STR_ARG(name), STR_ARG(earlier));
	}
	return set_by_name(loader, origin, name, str_slice(line, equals + 1, line.len));
}

static enum error load_text(struct loader *loader, struct str text)
{
	struct str rest = text, line, section = { 0 };
	struct str byte_order_mark = STR("\xef\xbb\xbf");
	if (str_starts_with(rest, byte_order_mark))
		rest = str_slice(rest, byte_order_mark.len, rest.len);
	for (int number = 1; str_split_next(&rest, '\n', &line); number++) {
		struct str origin = arena_printf(loader->config->arena, "%s:%d", loader->path, number);
		if (line.len > 0 && line.data[line.len - 1] == '\r')
			line.len--;
		line = str_trim(line);
		if (!str_is_utf8(line) || str_contains_char(line, '\0'))
			return refuse(loader, origin, "this line is not UTF-8 text");
		if (str_is_empty(line) || line.data[0] == ';' || line.data[0] == '#')
			continue;
		if (line.data[0] == '[') {
			if (!parse_section(line, &section))
				return refuse(loader, origin, "a section is written [name], alone on its line");
			continue;
		}
		enum error error = load_assignment(loader, origin, section, line);
		if (error)
			return error;
	}
	return ERROR_NONE;
}

/* Warns when others may read a file that holds a password. */
static void check_file_mode(struct loader *loader, mode_t mode)
{
	static const char *const secret_keys[] = { "database.url", "database.owner_url" };
	for (size_t i = 0; i < 2; i++) {
		struct str text = str_from(config_text(loader->config, secret_keys[i]));
		struct str after_scheme = str_slice(text, str_index_of_str(text, str_from("://")), text.len);
		bool has_password = str_index_of_str(text, str_from("password")) < text.len ||
			(str_contains_char(after_scheme, '@') && str_index_of(after_scheme, ':', 3) < str_index_of(after_scheme, '@', 0));
		if ((mode & 077) && has_password && !MUTANT("config_file_mode")) {
			loader->config->warning = arena_printf(loader->config->arena,
				"%s holds a database password and others may read it: chmod 600 %s (or 640 with the group of the service user)",
				loader->path, loader->path);
			return;
		}
	}
}

static enum error load_file(struct loader *loader)
{
	struct arena *arena = loader->config->arena;
	struct str origin = arena_str(arena, str_from(loader->path));
	FILE *file = fopen(loader->path, "re");
	if (!file)
		return refuse(loader, origin, "cannot be read: %s", strerror(errno));
	struct stat status;
	char *text = arena_alloc(arena, FILE_MAX_BYTES + 1);
	size_t len = fread(text, 1, FILE_MAX_BYTES + 1, file);
	bool is_readable = !ferror(file) && fstat(fileno(file), &status) == 0;
	int saved_errno = errno;
	fclose(file);
	if (!is_readable)
		return refuse(loader, origin, "cannot be read: %s", strerror(saved_errno));
	if (len > FILE_MAX_BYTES)
		return refuse(loader, origin, "is larger than %zu bytes", FILE_MAX_BYTES);
	enum error error = load_text(loader, (struct str){ text, len });
	if (!error)
		check_file_mode(loader, status.st_mode);
	return error;
}

/* "COMPTOIR_HTTP_LISTEN" for "http.listen". */
static struct str environment_name(struct arena *arena, const char *key_name)
{
	struct str name = arena_printf(arena, "COMPTOIR_%s", key_name);
	char *text = arena_c_string(arena, name);
	for (size_t i = 0; i < name.len; i++)
		text[i] = text[i] == '.' ? '_' : (char)toupper((unsigned char)text[i]);
	return (struct str){ text, name.len };
}

static enum error refuse_unknown_variable(struct loader *loader, struct str name)
{
	size_t count;
	const struct config_key *keys = config_keys(&count);
	struct suggestion suggestion;
	suggestion_init(&suggestion, name);
	for (size_t i = 0; i < count; i++)
		suggestion_offer(&suggestion, environment_name(loader->config->arena, keys[i].name).data);
	struct str origin = arena_printf(loader->config->arena, "environment %.*s", STR_ARG(name));
	if (suggestion.best)
		return refuse(loader, origin, "no key has this name (did you mean %s?)", suggestion.best);
	return refuse(loader, origin, "no key has this name (they are written COMPTOIR_SECTION_KEY)");
}

static enum error load_environment(struct loader *loader)
{
	struct arena *arena = loader->config->arena;
	size_t count;
	const struct config_key *keys = config_keys(&count);
	struct str *names = arena_alloc_array(arena, count, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = environment_name(arena, keys[i].name);

	for (char **entry = environ; *entry; entry++) {
		struct str variable = str_from(*entry);
		size_t equals = str_index_of(variable, '=', 0);
		struct str name = str_slice(variable, 0, equals);
		if (!str_starts_with(name, str_from("COMPTOIR_")) || str_eq(name, str_from("COMPTOIR_CONFIG")) ||
			str_eq(name, str_from("COMPTOIR_MUTANT")))
			continue;
		size_t index = 0;
		while (index < count && !str_eq(name, names[index]))
			index++;
		enum error error = ERROR_NONE;
		if (index == count)
			error = refuse_unknown_variable(loader, name);
		else
			error = set_value(loader, arena_printf(arena, "environment %.*s", STR_ARG(name)), index,
				str_slice(variable, equals + 1, variable.len));
		if (error)
			return error;
	}
	return ERROR_NONE;
}

static enum error load_settings(struct loader *loader, const char *const *settings, size_t setting_count)
{
	for (size_t i = 0; i < setting_count; i++) {
		struct str setting = arena_str(loader->config->arena, str_from(settings[i]));
		size_t equals = str_index_of(setting, '=', 0);
		struct str origin = str_from("--set");
		if (equals == setting.len)
			return refuse(loader, origin, "'%s' is not of the form section.key=value", settings[i]);
		enum error error =
			set_by_name(loader, origin, str_slice(setting, 0, equals), str_slice(setting, equals + 1, setting.len));
		if (error)
			return error;
	}
	return ERROR_NONE;
}

struct sources {
	const char *path;
	bool with_environment;
	const char *const *settings;
	size_t setting_count;
};

static enum error load(const struct sources *sources, struct config **ret_config, char **ret_message)
{
	size_t count;
	config_keys(&count);
	struct config *config = memory_new(sizeof(*config));
	config->arena = arena_new(ARENA_LIMIT_BYTES);
	config->values = arena_alloc_array(config->arena, count, sizeof(*config->values));

	struct loader loader = { .config = config, .path = sources->path };
	enum error error = load_defaults(&loader);
	if (!error && sources->path)
		error = load_file(&loader);
	if (!error && sources->with_environment)
		error = load_environment(&loader);
	if (!error)
		error = load_settings(&loader, sources->settings, sources->setting_count);
	if (error) {
		*ret_message = memory_copy_string(arena_c_string(config->arena, loader.message));
		config_free(&config);
		return error;
	}
	*ret_config = config;
	return ERROR_NONE;
}

enum error config_load(const char *path, const char *const *settings, size_t setting_count,
	struct config **ret_config, char **ret_message)
{
	struct sources sources = { path, true, settings, setting_count };
	return load(&sources, ret_config, ret_message);
}

enum error config_load_defaults(struct config **ret_config, char **ret_message)
{
	struct sources sources = { 0 };
	return load(&sources, ret_config, ret_message);
}

void config_free(struct config **config)
{
	if (!*config)
		return;
	arena_free(&(*config)->arena);
	memory_free(*config);
	*config = NULL;
}

static const struct value *value_get(const struct config *config, const char *name, enum config_type type)
{
	size_t index, count;
	const struct config_key *keys = config_keys(&count);
	if (!key_find(str_from(name), &index) || keys[index].type != type)
		memory_fatal(name);
	return &config->values[index];
}

const char *config_text(const struct config *config, const char *name)
{
	return value_get(config, name, CONFIG_TEXT)->text.data;
}

int64_t config_integer(const struct config *config, const char *name)
{
	return value_get(config, name, CONFIG_INTEGER)->number;
}

bool config_boolean(const struct config *config, const char *name)
{
	return value_get(config, name, CONFIG_BOOLEAN)->number != 0;
}

int64_t config_duration_ms(const struct config *config, const char *name)
{
	return value_get(config, name, CONFIG_DURATION)->number;
}

int64_t config_size_bytes(const struct config *config, const char *name)
{
	return value_get(config, name, CONFIG_SIZE)->number;
}

size_t config_list(const struct config *config, const char *name, const struct str **ret_items)
{
	const struct value *value = value_get(config, name, CONFIG_LIST);
	*ret_items = value->items;
	return value->item_count;
}

struct str config_value_text(const struct config *config, const char *name)
{
	size_t index;
	if (!key_find(str_from(name), &index))
		memory_fatal(name);
	return config->values[index].text;
}

const char *config_warning(const struct config *config)
{
	return config->warning.data;
}

static const char *type_name(enum config_type type)
{
	switch (type) {
	case CONFIG_TEXT:
		return "text";
	case CONFIG_INTEGER:
		return "number";
	case CONFIG_BOOLEAN:
		return "true or false";
	case CONFIG_DURATION:
		return "duration";
	case CONFIG_SIZE:
		return "size";
	case CONFIG_LIST:
		return "list";
	}
	return "";
}

void config_write(const struct config *config, struct buf *out)
{
	size_t count;
	const struct config_key *keys = config_keys(&count);
	AUTO(arena) struct arena *arena = arena_new(ARENA_LIMIT_BYTES);
	struct str section = { 0 };
	for (size_t i = 0; i < count; i++) {
		struct str name = str_from(keys[i].name);
		size_t dot = str_index_of(name, '.', 0);
		if (!str_eq(section, str_slice(name, 0, dot))) {
			section = str_slice(name, 0, dot);
			buf_add_printf(out, "%s[%.*s]\n", i == 0 ? "" : "\n", STR_ARG(section));
		}
		struct str range = write_range(arena, &keys[i]);
		buf_add_printf(out, "; %s (%s%s%.*s; default: %s)\n", keys[i].help, type_name(keys[i].type),
			range.len ? ", " : "", STR_ARG(range), keys[i].default_text[0] ? keys[i].default_text : "empty");
		struct str text = config->values[i].text;
		buf_add_printf(out, "%s =%s%.*s\n", keys[i].name + dot + 1, text.len ? " " : "", STR_ARG(text));
	}
}
