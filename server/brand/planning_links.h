/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tagged links: made and counted over the brand API, followed by anybody. */
#ifndef COMPTOIR_SERVER_BRAND_PLANNING_LINKS_H
#define COMPTOIR_SERVER_BRAND_PLANNING_LINKS_H

#include "server/brand/seat.h"

enum error handle_link_create(struct request *request, const struct seat *seat);
enum error handle_link_text(struct request *request, const struct seat *seat);
enum error handle_link_list(struct request *request, const struct seat *seat);
enum error handle_link_show(struct request *request, const struct seat *seat);

/* GET /l/{code}: 302, counted without anything of who follows it. */
enum error handle_tagged_link(struct request *request);

#endif
