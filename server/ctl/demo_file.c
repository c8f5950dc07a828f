/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reads and writes demo.json. */
#include "server/ctl/demo_file.h"

#include "server/ctl/demo_world.h"

#include "base/json_in.h"
#include "base/json_out.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE_BYTES (256 * 1024)

static enum error read_text(struct arena *arena, const char *path, struct str *ret_text)
{
	*ret_text = (struct str){ 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO;
	char *text = arena_alloc(arena, MAX_FILE_BYTES);
	ssize_t length = read(fd, text, MAX_FILE_BYTES);
	(void)close(fd);
	if (length < 0)
		return ERROR_IO;
	*ret_text = (struct str){ text, (size_t)length };
	return ERROR_NONE;
}

enum error demo_file_read(struct arena *arena, const char *path, struct str *passwords, struct str *ret_message)
{
	struct str text;
	enum error error = read_text(arena, path, &text);
	if (error == ERROR_NOT_FOUND)
		return ERROR_NONE;
	json_auto_t *root = NULL;
	if (!error)
		error = json_in_parse(text, &json_limits_default, &root);
	if (error) {
		*ret_message = arena_printf(arena, "%s cannot be read: remove it, and the people get new passwords", path);
		return error == ERROR_IO ? ERROR_IO : ERROR_CONFIGURATION;
	}
	size_t index;
	json_t *entry;
	json_array_foreach(json_object_get(root, "people"), index, entry)
		for (size_t i = 0; i < demo_people_count; i++)
			if (str_eq(json_in_str(entry, "username"), demo_people[i].username))
				passwords[i] = arena_str(arena, json_in_str(entry, "password"));
	return ERROR_NONE;
}

static void write_person(struct json_out *json, const struct demo_person *person, struct str password)
{
	json_out_object_begin(json);
	json_out_key_str(json, "username", person->username);
	json_out_key_str(json, "email", person->email);
	json_out_key_str(json, "password", password);
	json_out_key_str(json, "display_name", person->display_name);
	json_out_key_bool(json, "confirmed", true);
	json_out_key_str(json, "role", person->role);
	json_out_object_end(json);
}

static void write_brand(struct json_out *json, const struct demo_brand *brand)
{
	json_out_object_begin(json);
	json_out_key_str(json, "username", brand->username);
	json_out_key_str(json, "display_name", brand->display_name);
	json_out_key_array_begin(json, "speakers");
	for (size_t i = 0; i < DEMO_MAX_SPEAKERS && brand->speakers[i].len > 0; i++)
		json_out_str(json, brand->speakers[i]);
	json_out_array_end(json);
	json_out_object_end(json);
}

static bool replace_file(struct arena *arena, const char *path, struct str text)
{
	const char *temporary = arena_printf(arena, "%s.new", path).data;
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	bool is_written = fchmod(fd, 0600) == 0 && write(fd, text.data, text.len) == (ssize_t)text.len && fsync(fd) == 0;
	is_written = close(fd) == 0 && is_written;
	return is_written && rename(temporary, path) == 0;
}

enum error demo_file_write(struct arena *arena, const char *path, struct str base_url, const struct str *passwords,
	struct str *ret_message)
{
	AUTO(buf) struct buf text = { 0 };
	struct json_out json;
	json_out_init(&json, &text);
	json_out_object_begin(&json);
	json_out_key_str(&json, "base_url", base_url);
	json_out_key_array_begin(&json, "people");
	for (size_t i = 0; i < demo_people_count; i++)
		write_person(&json, &demo_people[i], passwords[i]);
	json_out_array_end(&json);
	json_out_key_array_begin(&json, "brand_accounts");
	for (size_t i = 0; i < demo_brand_count; i++)
		write_brand(&json, &demo_brands[i]);
	json_out_array_end(&json);
	json_out_object_end(&json);
	buf_add_char(&text, '\n');
	struct str present;
	if (read_text(arena, path, &present) == ERROR_NONE && str_eq(present, buf_str(&text)) && chmod(path, 0600) == 0)
		return ERROR_NONE;
	if (replace_file(arena, path, buf_str(&text)))
		return ERROR_NONE;
	*ret_message = arena_printf(arena, "%s cannot be written: %s", path, strerror(errno));
	return ERROR_IO;
}
