/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What all threads of the server share, made once at start and read-only afterwards but for the caches,
 * which lock themselves. */
#ifndef COMPTOIR_SERVER_APP_H
#define COMPTOIR_SERVER_APP_H

#include "base/config.h"
#include "base/secret_box.h"

struct document_cache;
struct limits;
struct static_files;

struct app {
	const struct config *config;
	const struct secret_box *secret_box;
	struct document_cache *documents; /* rendered documents by key */
	struct limits *limits;
	struct static_files *static_files;
	struct str base_url;  /* instance.base_url without trailing slash */
	struct str authority; /* its host, with port if not the default */
};

#endif
