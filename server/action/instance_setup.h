/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A fresh database becomes this instance: its domain, the Application actor with keys, and the key file that
 * seals them. Later starts find that they are there and fit the configuration. */
#ifndef COMPTOIR_SERVER_ACTION_INSTANCE_SETUP_H
#define COMPTOIR_SERVER_ACTION_INSTANCE_SETUP_H

#include "base/config.h"
#include "base/secret_box.h"
#include "storage/db.h"
#include "storage/domain.h"

/* Opens the key file; makes it only while the database is still empty, so that a lost one is noticed.
 * ERROR_CONFIGURATION with a sentence (arena) when the key file or the instance's names do not fit. Processes
 * that start at the same time are sorted out by the database. */
enum error instance_setup(struct db *db, struct arena *arena, const struct config *config, struct secret_box **ret_box,
	struct str *ret_message) MUST_CHECK;

/* ERROR_CONFIGURATION with a sentence (arena) when the configuration's names are not those that the database was
 * made with. A database without instance fits every name. */
enum error instance_check_names(struct db *db, struct arena *arena, const struct config *config,
	struct str *ret_message) MUST_CHECK;

/* A domain and its Application actor, in one transaction. name may be empty: the authority of base_url. */
enum error instance_add_domain(struct db *db, struct arena *arena, const struct secret_box *box, struct str name,
	struct str base_url, struct domain *ret_domain) MUST_CHECK;

#endif
