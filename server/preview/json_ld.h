/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an article says of itself by schema.org, in <script type="application/ld+json">. */
#ifndef COMPTOIR_SERVER_PREVIEW_JSON_LD_H
#define COMPTOIR_SERVER_PREVIEW_JSON_LD_H

#include "base/arena.h"

#define JSON_LD_MAX_SCRIPTS 8

/* As written; empty when not said. */
struct json_ld {
	struct str headline, description, language, date_published, image;
	struct str author_name, author_url, publisher_name;
	unsigned scripts; /* looked at so far */
	bool is_found;
};

/* The first article in it, alone, in a list or in a @graph, unless one was found before. */
void json_ld_read(struct arena *arena, struct str script, struct json_ld *facts);

#endif
