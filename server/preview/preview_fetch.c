/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every address is asked of the policy before it is asked for, and again after redirects: a page of a blocked server, or of
 * ours, makes no preview. */
#include "server/preview/preview_fetch.h"

#include "server/app.h"
#include "server/jobs/page_get.h"
#include "server/media/fetcher.h"
#include "server/media/proxy_url.h"
#include "server/preview/charset.h"
#include "server/preview/oembed.h"
#include "server/preview/preview_page.h"

#include "federation/media_policy.h"

#include "base/mutant.h"

static void add_oembed(struct app *app, struct arena *arena, const struct url *url, struct preview_page *page)
{
	struct page_answer answer;
	if (!page->oembed_url.len || !federation_takes_media(app->federation, page->oembed_url))
		return;
	if (page_get(app->config, arena, page->oembed_url, PAGE_JSON, &answer))
		return;
	/* What the page says of itself stands when the answer is of no use. */
	if (!oembed_read(arena, url, answer.body, &page->preview))
		return;
}

static enum error find_picture(struct app *app, struct db *db, struct arena *arena, struct str url, struct remote_file *ret_file)
{
	enum error error = remote_file_find(db, arena, media_proxy_name(arena, url), ret_file);
	if (error == ERROR_NOT_FOUND || (!error && !ret_file->is_ready && media_fetcher_is_due(ret_file)))
		error = media_fetch_now(app, db, arena, url, ret_file);
	return error;
}

/* A preview without its picture is one, too. */
static void add_picture(struct app *app, struct db *db, struct arena *arena, struct preview *preview)
{
	struct remote_file file;
	bool is_there = preview->image_url.len && !find_picture(app, db, arena, preview->image_url, &file) && file.is_ready &&
		file.width > 0;
	if (!is_there) {
		preview->image_url = (struct str){ 0 };
		preview->image_description = (struct str){ 0 };
		if (preview->kind == PREVIEW_PHOTO) {
			preview->kind = PREVIEW_LINK;
			preview->embed_url = (struct str){ 0 };
		}
		return;
	}
	preview->blurhash = file.blurhash;
	if (!preview->width || !preview->height) {
		preview->width = file.width;
		preview->height = file.height;
	}
}

/* "@name@domain", with or without the first "@". */
static enum error find_creator(struct db *db, struct arena *arena, struct str handle, struct str host, int64_t *ret_actor_id)
{
	handle = str_slice(handle, str_starts_with(handle, STR_LITERAL("@")) ? 1 : 0, handle.len);
	size_t at = str_index_of(handle, '@', 0);
	struct str domain;
	if (at == 0 || at >= handle.len || !url_canonical_host(arena, str_slice(handle, at + 1, handle.len), &domain))
		return ERROR_NONE;
	enum error error = preview_find_creator(db, arena, str_slice(handle, 0, at), domain, host, ret_actor_id);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

enum error preview_fetch(struct app *app, struct db *db, struct arena *arena, struct str url, struct preview *ret_preview)
{
	struct page_answer answer;
	struct preview_page page;
	struct url own;
	struct str text;
	enum error error = page_get(app->config, arena, url, PAGE_HTML, &answer);
	if (error)
		return error;
	if ((!federation_takes_media(app->federation, answer.url) && !MUTANT("preview_policy")) || !url_parse(arena, answer.url, &own))
		return ERROR_FORBIDDEN;
	if (!charset_to_utf8(arena, answer.body, answer.content_type, &text) || !preview_page_read(arena, &own, text, &page))
		return ERROR_NOT_FOUND;
	add_oembed(app, arena, &own, &page);
	add_picture(app, db, arena, &page.preview);
	error = find_creator(db, arena, page.creator, own.host, &page.preview.creator_id);
	if (!error)
		*ret_preview = page.preview;
	return error;
}
