/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The embedded default: a private PostgreSQL cluster in the data directory, reached by a Unix socket only,
 * made and run by the program itself, so that a first start needs no database administrator.
 *
 * Every process that uses the cluster holds a share of it from cluster_start to cluster_stop; the last one
 * out stops the postmaster. One that outlived a killed process is joined by the next cluster_start, which
 * then stops it in its turn. */
#ifndef COMPTOIR_STORAGE_CLUSTER_H
#define COMPTOIR_STORAGE_CLUSTER_H

#include "base/arena.h"
#include "base/error.h"

struct config;
struct cluster;

#define CLUSTER_DATABASE "comptoir"
#define CLUSTER_OWNER "comptoir" /* superuser of the cluster, owner of the tables */
#define CLUSTER_PORT "5432"      /* names the socket only; nothing listens on TCP */

/* Whether the configuration asks for the embedded cluster (database.url is empty). */
bool cluster_is_wanted(const struct config *config);

/* Makes the cluster if it is missing: initdb with checksums, UTF-8, peer authentication by a map, no TCP;
 * with the roles comptoir_web and comptoir_federation and an empty database. A killed run is simply run
 * again. Refuses to run as root. *ret_message (arena) says what went wrong and the remedy. */
enum error cluster_initialise(const struct config *config, struct arena *arena, struct str *ret_message) MUST_CHECK;
bool cluster_exists(const struct config *config);

/* Starts the postmaster as a child, or joins one that already runs from this directory, and waits until it
 * answers (after a crash also for its recovery). */
enum error cluster_start(const struct config *config, struct arena *arena, struct cluster **ret_cluster,
	struct str *ret_message) MUST_CHECK;

/* Stops the postmaster (fast shutdown, after 30 s immediate) unless another process still uses it. Accepts
 * NULL. */
void cluster_stop(struct cluster **cluster);

/* To be called about once a second, by one thread: starts the postmaster again when it has
 * died, for instance by the out-of-memory killer. Does not wait. */
void cluster_keep_alive(struct cluster *cluster);

/* The directory of the socket, as libpq wants it for host=; short, 0700. */
struct str cluster_socket_directory(const struct config *config, struct arena *arena) MUST_CHECK;

/* The whole libpq connection string of a role, such as "comptoir_web". It also names the system user that
 * the server must run as (requirepeer), so that nobody else's server is believed. */
struct str cluster_connection_string(const struct config *config, struct arena *arena, const char *role) MUST_CHECK;

#endif
