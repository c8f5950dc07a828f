/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Files of server/web/assets/, built into the program: no file system at run time, so no path can leave it.
 * Immutable once made; any thread, never blocks. */
#ifndef COMPTOIR_SERVER_STATIC_FILES_H
#define COMPTOIR_SERVER_STATIC_FILES_H

#include "base/embedded.h"
#include "base/error.h"
#include "base/str.h"

struct static_files;

struct static_file {
	struct str name;          /* path below assets/, "desk/app.js" */
	struct str bytes;         /* static storage */
	const char *content_type; /* fixed by extension */
	struct str etag;          /* strong, with its quotes; of the bytes */
	struct str cache_control;
};

/* files ends with a name of NULL; asset_files in the program. */
struct static_files *static_files_new(const struct embedded_file *files) MUST_CHECK;
void static_files_free(struct static_files **files); /* accepts NULL */

/* NULL when there is none of that name. name is the decoded rest of the path. */
const struct static_file *static_files_get(const struct static_files *files, struct str name);

/* Whether an If-None-Match value (RFC 9110 13.1.2: "*", or a list compared weakly) names the etag: 304. An
 * absent or malformed value matches nothing. */
bool static_file_is_fresh(const struct static_file *file, struct str if_none_match);

struct request;
/* Handler of GET /assets/{rest*} (ROUTE_ON_LOOP): 200 or 304 with ETag and Cache-Control; 404. */
enum error handle_static_file(struct request *request);

#endif
