/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What was brought is stored as it is, then its row and the job that makes it ready are written; a picture of a profile is
 * made ready at once. Whatever fails on the way leaves files without row, which the sweeper takes, and never a row without
 * file. */
#include "server/action/media.h"

#include "server/action/deed.h"
#include "server/app.h"
#include "server/media/finish.h"
#include "server/media/media_limits.h"

#include "federation/outbox.h"

#include "base/mutant.h"
#include "base/random.h"
#include "storage/id.h"
#include "storage/job.h"

#include <sys/mman.h>
#include <unistd.h>

#define INLINE_JOB_DELAY_US 60000000 /* the uploader makes it ready itself, unless it does not live to */

static enum error refuse(const char *sentence, struct str *ret_message)
{
	*ret_message = str_from(sentence);
	return ERROR_UNPROCESSABLE;
}

static struct str raw_name(struct arena *arena, struct str name)
{
	return arena_printf(arena, "%.*s.raw", STR_ARG(name));
}

static size_t count_characters(struct str text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
	return count;
}

static enum error check_quota(struct app *app, struct db *db, struct arena *arena, int64_t actor_id, size_t more_bytes,
	struct str *ret_message)
{
	int64_t used_bytes = 0;
	enum error error = media_sum_of_actor(db, arena, actor_id, &used_bytes);
	if (error)
		return error;
	if (used_bytes + (int64_t)more_bytes > config_size_bytes(app->config, "media.quota") && !MUTANT("media_quota"))
		return refuse("Validation failed: File exceeds the space that your files may take", ret_message);
	return ERROR_NONE;
}

static enum error check_upload(struct app *app, struct db *db, struct arena *arena, int64_t actor_id,
	const struct media_upload *upload, struct str *ret_message)
{
	unsigned walls;
	struct actor actor;
	enum media_type type = media_sniff(upload->bytes);
	if (type == MEDIA_TYPE_NONE)
		return refuse("Validation failed: File content type is invalid, File is invalid", ret_message);
	if (media_type_is_image(type) && upload->bytes.len > MEDIA_MAX_IMAGE_BYTES && !MUTANT("media_image_size"))
		return refuse("Validation failed: File must be less than 16 MB", ret_message);
	int64_t most_bytes = config_size_bytes(app->config, "media.file_limit");
	if (!media_type_is_image(type) && (int64_t)upload->bytes.len > most_bytes && !MUTANT("media_file_limit")) {
		*ret_message = arena_printf(arena, "Validation failed: File must be less than %lld MB", (long long)most_bytes / 1048576);
		return ERROR_UNPROCESSABLE;
	}
	if (count_characters(upload->alt) > MEDIA_MAX_ALT_CHARACTERS)
		return refuse("Validation failed: Description is too long (maximum is 1500 characters)", ret_message);
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (!error)
		error = check_quota(app, db, arena, actor_id, upload->bytes.len, ret_message);
	return error ? error : media_helper_check(app->media->helper, &walls);
}

struct uploading {
	struct medium medium;
	int64_t due_us; /* of the job; 0: now */
};

static enum error write_upload(struct db *db, struct arena *arena, void *owner)
{
	const struct uploading *uploading = owner;
	enum error error = media_create(db, arena, &uploading->medium);
	if (error)
		return error;
	return job_add(db, arena, STR_LITERAL("media"), arena_printf(arena, "%lld", (long long)uploading->medium.id),
		(struct str){ 0 }, uploading->due_us);
}

static enum error make_cover(struct app *app, struct arena *arena, struct medium *medium, struct str cover, struct str *ret_message)
{
	enum error error = media_finish_cover(app->media, arena, cover, medium);
	if (error == ERROR_UNPROCESSABLE || error == ERROR_CONTENT_TOO_LARGE)
		return refuse("Validation failed: Thumbnail content type is invalid, Thumbnail is invalid", ret_message);
	return error;
}

enum error media_set_cover(struct app *app, struct db *db, struct arena *arena, struct medium *medium, struct str cover,
	struct str *ret_message)
{
	unsigned walls;
	if (medium->kind == MEDIA_IMAGE)
		return ERROR_NONE;
	if (medium->state != MEDIA_READY)
		return refuse("Validation failed: Thumbnail cannot be changed before the file has been processed", ret_message);
	enum error error = media_helper_check(app->media->helper, &walls);
	if (!error)
		error = make_cover(app, arena, medium, cover, ret_message);
	return error ? error : media_set_preview(db, arena, medium);
}

enum error media_upload(struct app *app, struct db *db, struct arena *arena, int64_t actor_id, const struct media_upload *upload,
	bool is_awaited, struct medium *ret_medium, struct str *ret_message)
{
	enum error error = check_upload(app, db, arena, actor_id, upload, ret_message);
	if (error)
		return error;
	enum media_type type = media_sniff(upload->bytes);
	struct uploading uploading = {
		.medium = {
			.id = id_new(), .actor_id = actor_id, .name = random_token(arena, MEDIA_NAME_BYTES),
			.kind = media_type_is_image(type) ? MEDIA_IMAGE : media_type_is_audio(type) ? MEDIA_AUDIO : MEDIA_VIDEO,
			.mime_type = str_from(media_type_mime(type)), .size_bytes = (int64_t)upload->bytes.len, .alt = upload->alt,
			.focus_x = upload->focus_x, .focus_y = upload->focus_y,
		},
		.due_us = is_awaited ? id_time_us(id_new()) + INLINE_JOB_DELAY_US : 0,
	};
	struct str raw = raw_name(arena, uploading.medium.name);
	if (upload->cover.data && uploading.medium.kind != MEDIA_IMAGE)
		error = make_cover(app, arena, &uploading.medium, upload->cover, ret_message);
	if (error)
		return error;
	error = media_store_put(app->media->store, arena, raw, upload->bytes);
	if (error)
		return error;
	error = deed_write(db, arena, write_upload, &uploading, ERROR_NONE);
	if (error && error != ERROR_COMMIT_UNKNOWN)
		(void)!media_store_remove(app->media->store, arena, raw);
	if (error)
		return error;
	*ret_medium = uploading.medium;
	if (!is_awaited)
		return ERROR_NONE;
	error = media_process(app, db, arena, uploading.medium.id);
	return error ? error : media_find(db, arena, actor_id, uploading.medium.id, ret_medium);
}

static bool is_verdict(enum error error)
{
	return error == ERROR_UNPROCESSABLE || error == ERROR_CONTENT_TOO_LARGE;
}

enum error media_process(struct app *app, struct db *db, struct arena *arena, int64_t media_id)
{
	struct medium *found = NULL;
	size_t count = 0;
	int descriptor = -1;
	int64_t size_bytes = 0;
	enum error error = media_find_many(db, arena, &media_id, 1, &found, &count);
	if (error || !count || found[0].state != MEDIA_PENDING || found[0].remote_url.data)
		return error;
	struct medium medium = found[0];
	struct str raw = raw_name(arena, medium.name);
	error = media_store_get(app->media->store, arena, raw, &descriptor, &size_bytes);
	if (!error) {
		error = media_finish(app->media, arena, descriptor, size_bytes, HELPER_ATTACHMENT, MEDIA_OF_OURS, &medium);
		close(descriptor);
	} else if (error == ERROR_NOT_FOUND) {
		error = ERROR_UNPROCESSABLE;
	}
	if (error && !is_verdict(error))
		return error;
	error = error ? media_set_failed(db, arena, media_id) : media_set_ready(db, arena, &medium);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	return media_store_remove(app->media->store, arena, raw);
}

/* ---- profiles ---- */

struct picturing {
	struct medium medium; /* id 0: none any more */
	enum media_purpose purpose;
	int64_t actor_id;
	struct str url; /* data NULL: none any more */
	struct str alt; /* data NULL: as it is */
};

static enum error write_picture(struct db *db, struct arena *arena, void *owner)
{
	const struct picturing *picturing = owner;
	enum error error = ERROR_NONE;
	if (picturing->medium.id) {
		error = media_create(db, arena, &picturing->medium);
		if (!error)
			error = media_set_ready(db, arena, &picturing->medium);
		if (error == ERROR_NOT_FOUND)
			error = ERROR_NONE; /* COMMIT was lost, and it is there */
	}
	if (!error)
		error = media_replace_picture(db, arena, picturing->actor_id, picturing->purpose, picturing->medium.id);
	if (!error)
		error = media_set_profile_url(db, arena, picturing->actor_id, picturing->purpose, picturing->url, picturing->alt);
	if (!error)
		error = media_remove_files_soon(db, arena);
	return error ? error : outbox_update_actor(db, arena, picturing->actor_id);
}

/* The helper reads from a descriptor. */
static enum error finish_bytes(struct app *app, struct arena *arena, struct str bytes, enum helper_shape shape, struct medium *medium)
{
	int descriptor = memfd_create("upload", MFD_CLOEXEC);
	if (descriptor < 0)
		return ERROR_IO;
	enum error error = ERROR_IO;
	if (write(descriptor, bytes.data, bytes.len) == (ssize_t)bytes.len)
		error = media_finish(app->media, arena, descriptor, (int64_t)bytes.len, shape, MEDIA_OF_OURS, medium);
	close(descriptor);
	return error;
}

enum error profile_set_picture(struct app *app, struct db *db, struct arena *arena, int64_t actor_id, enum media_purpose purpose,
	struct str bytes, struct str alt, struct str *ret_message)
{
	struct actor actor;
	unsigned walls;
	const bool is_avatar = purpose == MEDIA_AVATAR;
	struct picturing picturing = { .purpose = purpose, .actor_id = actor_id, .alt = alt };
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (!error && bytes.len > 0)
		error = media_helper_check(app->media->helper, &walls);
	if (error)
		return error;
	if (count_characters(alt) > MEDIA_MAX_ALT_CHARACTERS)
		return refuse("Validation failed: Description is too long (maximum is 1500 characters)", ret_message);
	if (bytes.len > 0) {
		picturing.medium = (struct medium){ .id = id_new(), .actor_id = actor_id, .purpose = purpose, .alt = alt,
			.name = random_token(arena, MEDIA_NAME_BYTES) };
		error = finish_bytes(app, arena, bytes, is_avatar ? HELPER_AVATAR : HELPER_HEADER, &picturing.medium);
		if (is_verdict(error))
			return refuse(is_avatar ? "Validation failed: Avatar is invalid" : "Validation failed: Header is invalid", ret_message);
		if (error)
			return error;
		picturing.url = arena_printf(arena, "%.*s/media/%.*s", STR_ARG(actor.base_url), STR_ARG(picturing.medium.file_name));
	}
	return deed_write(db, arena, write_picture, &picturing, ERROR_NONE);
}
