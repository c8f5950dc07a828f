/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The few lines between handlers and the document cache. */
#include "server/documents.h"

#include "server/app.h"
#include "server/document_cache.h"

static void answer(struct request *request, const struct document *document, struct shared_bytes *bytes)
{
	respond_shared(request, 200, document->content_type, bytes);
	respond_header(request, "Cache-Control",
		arena_printf(request->arena, "public, max-age=%lld", (long long)(document->lifetime_ms / 1000)));
	if (document->vary)
		respond_header(request, "Vary", str_from(document->vary));
}

bool documents_answer(struct request *request, const struct document *document)
{
	if (!document->key.data)
		return false;
	struct shared_bytes *bytes = document_cache_get(request->app->documents, document->key);
	if (!bytes)
		return false;
	answer(request, document, bytes);
	shared_bytes_unref(&bytes);
	return true;
}

void documents_store(struct request *request, const struct document *document, struct buf *body)
{
	struct shared_bytes *bytes = shared_bytes_new(body);

	if (document->key.data)
		document_cache_put(request->app->documents, document->key, bytes, document->lifetime_ms);
	answer(request, document, bytes);
	shared_bytes_unref(&bytes);
}
