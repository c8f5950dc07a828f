/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What claimed deliveries carry: bodies with their proofs, private keys, digests of followers. Each is made once and
 * kept while it is wanted. For one thread, the one of the delivery store. */
#ifndef COMPTOIR_FEDERATION_DELIVERY_CONTENT_H
#define COMPTOIR_FEDERATION_DELIVERY_CONTENT_H

#include "federation/delivery_item.h"

struct secret_box;

struct delivery_content;
struct delivery_content *delivery_content_new(const struct secret_box *box) MUST_CHECK;
void delivery_content_free(struct delivery_content **content);

/* Makes the deliveries of these claims; those whose activity is gone are left out. ret_items has room for count. */
enum error delivery_content_make(struct delivery_content *content, struct db *db, struct arena *arena,
	const struct delivery_claim *claims, size_t count, struct delivery_item **ret_items, size_t *ret_count) MUST_CHECK;

#endif
