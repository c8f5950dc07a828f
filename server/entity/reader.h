/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whoever an entity is written for, and what is needed to read what it is made of. Not bound to a request, so that
 * streams and push write the same. */
#ifndef COMPTOIR_SERVER_ENTITY_READER_H
#define COMPTOIR_SERVER_ENTITY_READER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json_out.h"

struct app;
struct db;
struct request;

/* Where filters apply (Filter.context). */
enum filter_context {
	FILTER_NONE, /* they are not looked at: one's own list of bookmarks, say */
	FILTER_HOME, FILTER_NOTIFICATIONS, FILTER_PUBLIC, FILTER_THREAD, FILTER_ACCOUNT,
};

struct reader {
	struct app *app;
	struct db *db;
	struct arena *arena;
	int64_t actor_id; /* 0: nobody is logged in; flags such as favourited are left out */
	enum filter_context filters;
	bool hides_direct; /* who speaks for a brand account, but may not read its inbox */
};

/* Of an access: see hides_direct above. */
struct access;
bool reader_hides_direct(const struct access *access);

/* That of a request: its token's actor. */
struct reader reader_of(struct request *request, enum filter_context filters);

#endif
