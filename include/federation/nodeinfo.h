/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * NodeInfo 2.0 and 2.1 (nodeinfo.diaspora.software, FEP-0151): what software this is and how large. */
#ifndef COMPTOIR_FEDERATION_NODEINFO_H
#define COMPTOIR_FEDERATION_NODEINFO_H

#include "base/buf.h"
#include "storage/instance.h"

enum nodeinfo_version { NODEINFO_2_0, NODEINFO_2_1 };

struct nodeinfo {
	struct str name;
	struct str description;
	struct str repository; /* URL of the source; may be empty */
	bool is_open; /* anyone may sign up */
	struct instance_counts counts;
};

/* /.well-known/nodeinfo: links to both documents, and to the instance actor (FEP-2677). */
void nodeinfo_write_links(struct buf *out, struct arena *arena, struct str base_url);

void nodeinfo_write(struct buf *out, enum nodeinfo_version version, const struct nodeinfo *info);

/* The type with the profile of that version. Static. */
const char *nodeinfo_content_type(enum nodeinfo_version version);

/* The Mastodon whose client API we are compatible with, also the head of the instance's version: clients
 * choose calls by it. */
#define MASTODON_COMPATIBLE_VERSION "4.3.0"

#endif
