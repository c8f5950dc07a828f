/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The media store: which kind it is, and the names that it takes. */
#include "storage/media_store.h"

#include "storage/media.h"
#include "storage/media_store_kind.h"

#include "base/mutant.h"

static bool is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_name_char(char c)
{
	return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

bool media_store_is_name(struct str name)
{
	if (MUTANT("media_store_name"))
		return true;
	size_t at = 0;
	while (at < name.len && at < MEDIA_NAME_LEN && is_name_char(name.data[at]))
		at++;
	struct str rest = str_slice(name, at, name.len);
	if (str_starts_with(rest, STR_LITERAL("_small")))
		rest = str_slice(rest, 6, rest.len);
	if (at != MEDIA_NAME_LEN || rest.len < 3 || rest.len > 5 || rest.data[0] != '.')
		return false;
	for (size_t i = 1; i < rest.len; i++)
		if (!is_lower_or_digit(rest.data[i]))
			return false;
	return true;
}

enum error media_store_open(const struct config *config, struct arena *arena, struct media_store **ret_store, struct str *ret_message)
{
	if (config_text(config, "media.s3_endpoint")[0])
		return media_store_s3_open(config, arena, ret_store, ret_message);
	return media_store_files_open(config, arena, ret_store);
}

void media_store_close(struct media_store **store)
{
	if (*store)
		(*store)->operations->close(*store);
	*store = NULL;
}

enum error media_store_put(struct media_store *store, struct arena *arena, struct str file_name, struct str bytes)
{
	return media_store_is_name(file_name) ? store->operations->put(store, arena, file_name, bytes) : ERROR_NOT_FOUND;
}

enum error media_store_get(struct media_store *store, struct arena *arena, struct str file_name, int *ret_descriptor,
	int64_t *ret_size_bytes)
{
	return media_store_is_name(file_name) ? store->operations->get(store, arena, file_name, ret_descriptor, ret_size_bytes) :
		ERROR_NOT_FOUND;
}

enum error media_store_remove(struct media_store *store, struct arena *arena, struct str file_name)
{
	return media_store_is_name(file_name) ? store->operations->remove(store, arena, file_name) : ERROR_NOT_FOUND;
}

bool media_store_redirect(struct media_store *store, struct arena *arena, struct str file_name, struct str *ret_url)
{
	return store->operations->redirect && media_store_is_name(file_name) &&
		store->operations->redirect(store, arena, file_name, ret_url);
}

enum error media_store_list(struct media_store *store, struct arena *arena, unsigned shard, struct str **ret_names, size_t *ret_count)
{
	*ret_count = 0;
	return store->operations->list ? store->operations->list(store, arena, shard, ret_names, ret_count) : ERROR_NONE;
}
