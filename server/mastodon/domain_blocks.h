/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * /api/v1/domain_blocks: the servers that the reader wants nothing to do with. */
#ifndef COMPTOIR_SERVER_MASTODON_DOMAIN_BLOCKS_H
#define COMPTOIR_SERVER_MASTODON_DOMAIN_BLOCKS_H

#include "server/http/request.h"

enum error handle_domain_blocks(struct request *request);
enum error handle_domain_block_preview(struct request *request);
enum error handle_domain_block_add(struct request *request);
enum error handle_domain_block_remove(struct request *request);

#endif
