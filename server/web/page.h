/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The frame of every public page: head with its metadata, header, footer. No page needs JavaScript. */
#ifndef COMPTOIR_SERVER_WEB_PAGE_H
#define COMPTOIR_SERVER_WEB_PAGE_H

#include "server/http/request.h"
#include "server/web/template.h"
#include "server/web/text.h"

struct page {
	enum language language;
	struct str title;        /* of the document and OpenGraph; the instance's name is added */
	struct str description;  /* plain text; may be empty */
	struct str canonical;    /* absolute; empty: none */
	struct str activity_url; /* the same thing as ActivityPub; empty: none */
	struct str image_url;    /* absolute; empty: the instance's thumbnail */
	const char *kind;        /* og:type: "website", "profile" */
	bool is_indexable;       /* else noindex */
	bool leads_elsewhere;    /* an answer to its form may redirect anywhere, to the scheme of an app too */
};

/* The language of this reader: Accept-Language, else the main one of the instance. */
enum language page_language(const struct request *request);

/* Writes the top of the page up to the open <main>, and the end from </main> on. */
void page_begin(struct request *request, struct buf *out, const struct page *page);
void page_end(struct request *request, struct buf *out, const struct page *page);

/* Starts the answer: status, type, policy; then the same as page_begin. */
struct buf *page_respond(struct request *request, int status, const struct page *page);

/* A whole page that says one thing: 404, 410. */
void page_respond_message(struct request *request, int status, enum text title, enum text help);

/* Headers that every page sends, also one from the cache. */
void page_headers(struct request *request);

/* At most max_bytes of text, cut before a character and marked with an ellipsis; white space becomes spaces. */
struct str page_excerpt(struct arena *arena, struct str text, size_t max_bytes) MUST_CHECK;

#define PAGE_CONTENT_TYPE "text/html; charset=utf-8"

#endif
