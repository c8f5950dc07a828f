/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Files of the source tree built into the program (CMakeLists.txt, comptoir_embed). */
#ifndef COMPTOIR_BASE_EMBEDDED_H
#define COMPTOIR_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
	const char *name; /* path below the folder that was embedded */
	const char *begin;
	const char *end; /* a NUL follows the last byte */
};

/* Tables end with a name of NULL. */
extern const struct embedded_file migration_files[];
extern const size_t migration_file_count;
extern const struct embedded_file asset_files[];
extern const size_t asset_file_count;
extern const struct embedded_file brand_schema_files[];
extern const size_t brand_schema_file_count;

#endif
