/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers that everyone may read, rendered once and sent from memory for some seconds: the cached() of a route
 * calls documents_answer on the loop; its handler renders and calls documents_store on a worker. Both are given
 * the same struct document, so both answers have the same headers. */
#ifndef COMPTOIR_SERVER_DOCUMENTS_H
#define COMPTOIR_SERVER_DOCUMENTS_H

#include "server/http/request.h"

struct document {
	struct str key;           /* in the cache; data NULL: not cached */
	const char *content_type; /* static */
	const char *vary;         /* "Accept"; NULL for none */
	int64_t lifetime_ms;      /* here; peers are told to keep it as long */
};

/* True when it was in memory and request has been answered. Any thread, never blocks. */
bool documents_answer(struct request *request, const struct document *document) MUST_CHECK;

/* Keeps the bytes of body and answers with them. body is empty afterwards. */
void documents_store(struct request *request, const struct document *document, struct buf *body);

#endif
