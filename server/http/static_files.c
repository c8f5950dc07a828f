/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The embedded files with what their answers need, computed once at start. A name is looked up whole in a table
 * of the names that exist: there is nothing to traverse. */
#include "server/http/static_files.h"

#include "base/map.h"
#include "base/memory.h"
#include "base/mutant.h"

#include <openssl/evp.h>

#define ETAG_BYTES 16 /* of the SHA-256: more than enough to tell versions apart */
#define ETAG_TEXT (2 + 2 * ETAG_BYTES)

struct entry {
	struct static_file file;
	char etag[ETAG_TEXT];
};

struct static_files {
	struct map *by_name;
	struct entry *entries;
};

static const struct {
	struct str extension;
	const char *content_type;
} content_types[] = {
	{ STR(".html"), "text/html; charset=utf-8" },
	{ STR(".css"), "text/css; charset=utf-8" },
	{ STR(".js"), "text/javascript; charset=utf-8" },
	{ STR(".mjs"), "text/javascript; charset=utf-8" },
	{ STR(".json"), "application/json; charset=utf-8" },
	{ STR(".webmanifest"), "application/manifest+json" },
	{ STR(".txt"), "text/plain; charset=utf-8" },
	{ STR(".svg"), "image/svg+xml" },
	{ STR(".png"), "image/png" },
	{ STR(".jpg"), "image/jpeg" },
	{ STR(".gif"), "image/gif" },
	{ STR(".webp"), "image/webp" },
	{ STR(".ico"), "image/x-icon" },
	{ STR(".woff2"), "font/woff2" },
};

static const char *content_type_of(struct str name)
{
	for (size_t i = 0; i < sizeof(content_types) / sizeof(content_types[0]); i++) {
		if (str_ends_with(name, content_types[i].extension))
			return content_types[i].content_type;
	}
	return "application/octet-stream";
}

static struct str write_etag(struct str bytes, char ret_etag[ETAG_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	if (EVP_Digest(bytes.data, bytes.len, digest, NULL, EVP_sha256(), NULL) != 1)
		memory_fatal("SHA-256 is not available");
	ret_etag[0] = '"';
	for (size_t i = 0; i < ETAG_BYTES; i++) {
		ret_etag[1 + 2 * i] = hex[digest[i] >> 4];
		ret_etag[2 + 2 * i] = hex[digest[i] & 15];
	}
	ret_etag[ETAG_TEXT - 1] = '"';
	return (struct str){ ret_etag, ETAG_TEXT };
}

struct static_files *static_files_new(const struct embedded_file *files)
{
	struct static_files *table = memory_new(sizeof(*table));
	size_t count = 0;
	while (files[count].name)
		count++;
	table->by_name = map_new();
	table->entries = memory_new_array(count, sizeof(struct entry));
	for (size_t i = 0; i < count; i++) {
		struct entry *entry = &table->entries[i];
		struct static_file *file = &entry->file;
		file->name = str_from(files[i].name);
		file->bytes = (struct str){ files[i].begin, (size_t)(files[i].end - files[i].begin) };
		file->content_type = content_type_of(file->name);
		file->etag = write_etag(file->bytes, entry->etag);
		/* The names say no version, so a new release must be noticed within the hour. */
		file->cache_control = STR_LITERAL("public, max-age=3600");
		(void)map_set(table->by_name, file->name, entry);
	}
	return table;
}

void static_files_free(struct static_files **files)
{
	if (!*files)
		return;
	map_free(&(*files)->by_name);
	memory_free((*files)->entries);
	memory_free(*files);
	*files = NULL;
}

const struct static_file *static_files_get(const struct static_files *files, struct str name)
{
	const struct entry *entry = map_get(files->by_name, name);
	return entry ? &entry->file : NULL;
}

bool static_file_is_fresh(const struct static_file *file, struct str if_none_match)
{
	struct str rest = str_trim(if_none_match);
	struct str part;
	if (str_eq(rest, STR_LITERAL("*")))
		return true;
	/* Our tags hold no comma, so splitting at each one finds ours wherever it stands. */
	while (rest.data && str_split_next(&rest, ',', &part)) {
		part = str_trim(part);
		if (str_starts_with(part, STR_LITERAL("W/")))
			part = str_slice(part, 2, part.len);
		if (str_eq(part, file->etag) || MUTANT("static_etag"))
			return true;
	}
	return false;
}
