/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lists of posts on pages. */
#include "server/web/post_list.h"

#include "server/web/template.h"
#include "storage/post_glance.h"

bool post_list_read_bound(const struct request *request, int64_t *ret_before_id)
{
	struct str value = form_value(&request->query, "max_id");
	int64_t id = 0;
	if (value.len && (!str_to_int64(value, &id) || id <= 0))
		return false;
	*ret_before_id = id;
	return true;
}

static enum error load_poll(struct request *request, struct post_view *view)
{
	if (view->post->kind != POST_QUESTION)
		return ERROR_NONE;
	struct poll *poll = arena_alloc(request->arena, sizeof(*poll));
	enum error error = poll_find(request->db, request->arena, view->post->id, poll);
	if (!error)
		view->poll = poll;
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

enum error post_list_load(struct request *request, const struct post *posts, size_t count, enum post_view_place place,
	struct post_list *ret_list)
{
	struct post_list list = { .count = count };
	enum error error = ERROR_NONE;
	if (count > POST_LIST_PAGE) {
		list.count = POST_LIST_PAGE;
		list.older_id = posts[POST_LIST_PAGE - 1].id;
	}
	list.views = arena_alloc_array(request->arena, list.count, sizeof(*list.views));
	for (size_t i = 0; i < list.count && !error; i++) {
		list.views[i] = (struct post_view){ .post = &posts[i], .place = place };
		error = load_poll(request, &list.views[i]);
	}
	if (!error)
		*ret_list = list;
	return error;
}

enum error post_list_load_ids(struct request *request, const int64_t *ids, size_t count, enum post_view_place place,
	struct post_list *ret_list)
{
	struct post_full *found;
	size_t found_count, kept = 0;
	enum error error = post_full_list(request->db, request->arena, ids, count, &found, &found_count);
	if (error)
		return error;
	struct post *posts = arena_alloc_array(request->arena, count, sizeof(*posts));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < found_count; j++)
			if (found[j].post.id == ids[i])
				posts[kept++] = found[j].post;
	return post_list_load(request, posts, kept, place, ret_list);
}

void post_list_write(struct request *request, struct buf *out, const struct post_list *list, enum language language)
{
	for (size_t i = 0; i < list->count; i++)
		post_view_write(request, out, &list->views[i], language);
}

void post_list_write_ways(struct request *request, struct buf *out, const struct post_list *list, struct str path,
	bool is_newest, enum language language)
{
	if (is_newest && !list->older_id)
		return;
	TEMPLATE(out, "<nav class=\"ways\">");
	if (!is_newest)
		TEMPLATE(out, "<a href=\"{}\">{}</a>", template_url(path), template_text(text_get(language, TEXT_NEWEST_POSTS)));
	if (list->older_id) {
		struct str older = arena_printf(request->arena, "%.*s?max_id=%lld", STR_ARG(path), (long long)list->older_id);
		TEMPLATE(out, "<a rel=\"next\" href=\"{}\">{}</a>", template_url(older),
			template_text(text_get(language, TEXT_OLDER_POSTS)));
	}
	TEMPLATE(out, "</nav>\n");
}
