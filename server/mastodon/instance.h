/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * GET /api/v1/instance, /api/v2/instance and the small lists beside them. */
#ifndef COMPTOIR_SERVER_MASTODON_INSTANCE_H
#define COMPTOIR_SERVER_MASTODON_INSTANCE_H

#include "server/entity/instance.h"
#include "server/http/request.h"

/* Asks the database; the configuration gives the rest. Also for NodeInfo and the pages. */
enum error instance_load_facts(struct request *request, struct instance_facts *ret_facts) MUST_CHECK;

bool cached_instance_v1(struct request *request);
enum error handle_instance_v1(struct request *request);
bool cached_instance_v2(struct request *request);
enum error handle_instance_v2(struct request *request);

enum error handle_instance_extended_description(struct request *request);

#endif
