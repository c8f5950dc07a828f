/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What runs in which role, from start to end of `comptoir serve`. Roles may be split over any number of
 * processes and machines; they share PostgreSQL and nothing else. */
#ifndef COMPTOIR_SERVER_ROLES_H
#define COMPTOIR_SERVER_ROLES_H

#include "base/arena.h"
#include "base/config.h"

#define ROLE_WEB 1u        /* HTTP: pages, APIs, discovery documents, the inbox's door */
#define ROLE_FEDERATION 2u /* queues: what came in, what goes out, what is to be fetched */
#define ROLE_ALL (ROLE_WEB | ROLE_FEDERATION)

/* "all" or the name of one; false for anything else. */
bool roles_from_text(struct str text, unsigned *ret_roles) MUST_CHECK;

/* Serves until SIGTERM or SIGINT and then drains; a second signal ends the process at once. *ret_message
 * (arena) says why it could not start or go on. The process has given up root already, and has one thread. */
enum error roles_run(const struct config *config, unsigned roles, struct arena *arena, struct str *ret_message) MUST_CHECK;

#endif
