/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What acceptance has to know of an activity before it believes a word of it. Pure functions on the bytes of the body. */
#ifndef COMPTOIR_FEDERATION_INBOX_HEAD_H
#define COMPTOIR_FEDERATION_INBOX_HEAD_H

#include "federation/vocab_in.h"

struct inbox_head {
	json_t *document; /* inbox_head_clear */
	struct vocab_activity activity;
	struct str order_uri;      /* activities of the same are handled in their order; data NULL for none */
	bool is_about_itself;      /* the actor's Delete or Update of the actor */
	bool is_of_its_origin;     /* its id lies where its actor does */
	bool is_handled;           /* of a type that does anything here */
};

/* NULL, or the static reason why it is malformed. */
const char *inbox_head_read(struct arena *arena, struct str body, const struct vocab_rules *rules,
	struct inbox_head *ret_head) MUST_CHECK;
void inbox_head_clear(struct inbox_head *head);
void inbox_head_auto(struct inbox_head *head);

#endif
