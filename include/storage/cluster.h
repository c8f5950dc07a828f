/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The embedded default: a private PostgreSQL cluster in the data directory, reached by a Unix socket only,
 * made and run by the program itself, so that a first start needs no database administrator. */
#ifndef COMPTOIR_STORAGE_CLUSTER_H
#define COMPTOIR_STORAGE_CLUSTER_H

#include "base/arena.h"
#include "base/error.h"

struct config;
struct cluster;

/* Whether the configuration asks for the embedded cluster (database.url is empty). */
bool cluster_is_wanted(const struct config *config);

/* Makes the cluster if it is missing: initdb with checksums, UTF-8, peer authentication by a map, no TCP.
 * Refuses to run as root. *ret_message (arena) says what went wrong and the remedy. */
enum error cluster_initialise(const struct config *config, struct arena *arena, struct str *ret_message) MUST_CHECK;
bool cluster_exists(const struct config *config);

/* Starts the postmaster as a child, or joins one that already runs from this directory, and waits until it
 * answers. cluster_stop stops only what this call started (fast shutdown). */
enum error cluster_start(const struct config *config, struct arena *arena, struct cluster **ret_cluster,
	struct str *ret_message) MUST_CHECK;
void cluster_stop(struct cluster **cluster);

/* The directory of the socket, as libpq wants it for host=; short, 0700. */
struct str cluster_socket_directory(const struct config *config, struct arena *arena) MUST_CHECK;

#endif
