/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir emoji: the instance's own custom emojis. */
#include "server/app.h"
#include "server/ctl/context.h"
#include "server/ctl/nouns.h"

#include "base/clock.h"
#include "storage/emoji_image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHORTCODE_MIN 2
#define SHORTCODE_MAX 64

static enum error open_all(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	return error ? error : ctl_open_database(invocation, true);
}

static bool is_shortcode(struct str text)
{
	if (text.len < SHORTCODE_MIN || text.len > SHORTCODE_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

/* By its first bytes, never by its name. */
static struct str type_of(struct str bytes)
{
	if (str_starts_with(bytes, STR_LITERAL("\x89PNG\r\n\x1a\n")))
		return STR_LITERAL("image/png");
	if (str_starts_with(bytes, STR_LITERAL("GIF87a")) || str_starts_with(bytes, STR_LITERAL("GIF89a")))
		return STR_LITERAL("image/gif");
	if (str_starts_with(bytes, STR_LITERAL("RIFF")) && str_eq(str_slice(bytes, 8, 12), STR_LITERAL("WEBP")))
		return STR_LITERAL("image/webp");
	return (struct str){ 0 };
}

static enum error read_picture(struct arena *arena, const char *path, struct str *ret_bytes)
{
	struct stat status;
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return ctl_fail(ERROR_NOT_FOUND, "%s: %s", path, strerror(errno));
	if (fstat(file, &status) || !S_ISREG(status.st_mode) || status.st_size < 1 || status.st_size > EMOJI_IMAGE_MAX_BYTES) {
		close(file);
		return ctl_fail(ERROR_BAD_REQUEST, "%s: a picture of at most %d KiB is wanted", path, EMOJI_IMAGE_MAX_BYTES / 1024);
	}
	char *bytes = arena_alloc(arena, (size_t)status.st_size);
	ssize_t len = read(file, bytes, (size_t)status.st_size);
	close(file);
	if (len != status.st_size)
		return ctl_fail(ERROR_IO, "%s cannot be read", path);
	*ret_bytes = (struct str){ bytes, (size_t)len };
	return ERROR_NONE;
}

static enum error store(struct invocation *invocation, const struct emoji_image *image)
{
	struct str base_url, authority, domain;
	struct db *db = ctl_db(invocation);
	app_instance_names(ctl_config(invocation), invocation->arena, &base_url, &authority, &domain);
	enum error error = db_begin(db);
	if (!error)
		error = emoji_image_store(db, invocation->arena, image, emoji_image_url(invocation->arena, base_url, image));
	if (!error)
		error = db_commit(db);
	else
		db_rollback(db);
	return error;
}

static enum error run_add(struct invocation *invocation)
{
	struct emoji_image image = {
		.shortcode = str_from(invocation->arguments[0]),
		.category = str_from(option_value(invocation, "--category")),
		.is_listed = !option_is_given(invocation, "--unlisted"),
		.updated_us = clock_now_us(),
	};
	if (!image.category.len)
		image.category.data = NULL;
	if (!is_shortcode(image.shortcode))
		return ctl_fail(ERROR_BAD_REQUEST, "a shortcode has %d to %d letters, digits and underscores", SHORTCODE_MIN,
			SHORTCODE_MAX);
	enum error error = read_picture(invocation->arena, invocation->arguments[1], &image.bytes);
	if (error)
		return error;
	image.mime_type = type_of(image.bytes);
	if (!image.mime_type.data)
		return ctl_fail(ERROR_BAD_REQUEST, "%s is no PNG, GIF or WebP", invocation->arguments[1]);
	error = open_all(invocation);
	if (!error && (error = store(invocation, &image)))
		error = ctl_fail(error, "%s", error_text(error));
	if (error)
		return error;
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "added :%.*s:\n", STR_ARG(image.shortcode));
	return ctl_print(&out);
}

static enum error run_remove(struct invocation *invocation)
{
	enum error error = open_all(invocation);
	if (error)
		return error;
	error = emoji_image_remove(ctl_db(invocation), invocation->arena, str_from(invocation->arguments[0]));
	if (error == ERROR_NOT_FOUND)
		return ctl_fail(error, "there is no emoji :%s:", invocation->arguments[0]);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	AUTO(buf) struct buf out = { 0 };
	buf_add_printf(&out, "removed :%s:\n", invocation->arguments[0]);
	return ctl_print(&out);
}

static enum error run_list(struct invocation *invocation)
{
	struct emoji_image *images;
	size_t count;
	struct ctl_table table;
	AUTO(buf) struct buf out = { 0 };
	enum error error = open_all(invocation);
	if (error)
		return error;
	error = emoji_image_list(ctl_db(invocation), invocation->arena, &images, &count);
	if (error)
		return ctl_fail(error, "%s", error_text(error));
	ctl_table_init(&table, invocation->arena, 4);
	for (size_t i = 0; i < count; i++) {
		ctl_table_add(&table, images[i].shortcode);
		ctl_table_add(&table, images[i].mime_type);
		ctl_table_add(&table, str_from(images[i].is_listed ? "listed" : "unlisted"));
		ctl_table_add(&table, images[i].category);
	}
	ctl_table_write(&table, &out);
	return ctl_print(&out);
}

static const struct command_option add_options[] = {
	{ "--category", "NAME", "Under which pickers show it.", false },
	{ "--unlisted", NULL, "Pickers do not offer it.", false },
	{ NULL, NULL, NULL, false },
};

const struct command command_emoji_add = { "emoji", "add", "SHORTCODE FILE", 2, 2, 0, "Add or replace a custom emoji",
	"FILE is a PNG, GIF or WebP of at most 256 KiB.\n\n  comptoir emoji add tulip tulip.png --category flowers", add_options, run_add };
const struct command command_emoji_remove = { "emoji", "remove", "SHORTCODE", 1, 1, 0, "Remove a custom emoji", NULL, NULL,
	run_remove };
const struct command command_emoji_list = { "emoji", "list", NULL, 0, 0, 0, "List the custom emojis", NULL, NULL, run_list };
