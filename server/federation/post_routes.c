/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who may see a post is decided where it is read; what hangs at a post is there for whoever sees the post. */
#include "server/federation/post_routes.h"

#include "federation/audience.h"
#include "federation/outbox.h"
#include "federation/post_document.h"
#include "server/domain_table.h"
#include "server/federation/answer.h"
#include "storage/follow.h"

#include "base/mutant.h"

static enum error respond_post(struct request *request, const struct ask *ask, bool is_activity)
{
	AUTO(buf) struct buf body = { 0 };
	struct post_document document;

	enum error error = post_document_load(request->db, request->arena, &ask->post, &document);
	if (error)
		return error;
	if (is_activity) {
		const struct vocab_activity_out create = vocab_create(request->arena, &document.vocab);
		vocab_write_activity(&body, request->arena, &create);
	} else {
		vocab_write_post(&body, request->arena, &document.vocab);
	}
	answer_document(request, post_is_open(&ask->post), &body);
	return ERROR_NONE;
}

static enum error redirect_to_page(struct request *request)
{
	struct ask ask = { 0 };

	enum error error = ask_open_post(request, &ask);
	if (error || ask.gone_uri.data)
		return error ? error : ERROR_GONE;
	respond_redirect(request, ask.post.url);
	respond_header(request, "Vary", STR_LITERAL("Accept"));
	return ERROR_NONE;
}

enum error handle_post_document(struct request *request)
{
	struct ask ask = { 0 };

	if (answer_wants_page(request))
		return redirect_to_page(request);
	enum error error = ask_post(request, &ask);
	return error || ask.is_answered ? error : respond_post(request, &ask, false);
}

/* Boosts for followers are for those who sign as one of them. */
static enum error may_see_boost(struct request *request, const struct ask *ask, const struct boost *boost)
{
	struct follow follow;

	if (boost->visibility != POST_FOLLOWERS || ask->viewer.actor_id == boost->actor_id || MUTANT("boost_followers"))
		return ERROR_NONE;
	enum error error = follow_find(request->db, request->arena, ask->viewer.actor_id, boost->actor_id, &follow);
	if (!error && follow.state != FOLLOW_ACCEPTED)
		error = ERROR_NOT_FOUND;
	return error;
}

static enum error respond_boost(struct request *request, struct ask *ask, struct str uri)
{
	AUTO(buf) struct buf body = { 0 };
	struct boost boost;
	struct post post;

	enum error error = boost_find_by_uri(request->db, request->arena, uri, &boost);
	if (!error && boost.actor_id != ask->actor.id)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = may_see_boost(request, ask, &boost);
	if (!error)
		error = ask_release(request, boost.post_id, boost.actor_id);
	if (!error)
		error = post_find(request->db, request->arena, ask->viewer.actor_id, boost.post_id, &post);
	if (error)
		return error;
	struct vocab_activity_out announce = vocab_announce(&ask->actor, &boost, post.uri);
	announce.addresses = audience_address(request->arena, boost.visibility, ask->actor.followers_url, &post.actor_uri,
		post.actor_id == ask->actor.id ? 0 : 1);
	vocab_write_activity(&body, request->arena, &announce);
	answer_document(request, boost.visibility != POST_FOLLOWERS && post_is_open(&post), &body);
	return ERROR_NONE;
}

enum error handle_post_activity(struct request *request)
{
	struct ask ask = { 0 };

	enum error error = ask_post(request, &ask);
	if (ask.is_answered)
		return error;
	if (!error)
		return respond_post(request, &ask, true);
	if (error != ERROR_NOT_FOUND || !ask.actor.id)
		return error;
	struct str uri = arena_printf(request->arena, "%.*s/statuses/%.*s/activity", STR_ARG(ask.actor.uri),
		STR_ARG(request_value(request, 1)));
	return respond_boost(request, &ask, uri);
}

static struct str sub_uri(struct request *request, const struct post *post, const char *name)
{
	return arena_printf(request->arena, "%.*s/%s", STR_ARG(post->uri), name);
}

struct uri_collection {
	struct str uri;
	struct str attributed_to; /* data NULL: not told */
	int64_t total;            /* below 0: not told */
	const struct post_uri_item *items; /* one more than a page, when there is one */
	size_t count;
};

/* Pages run from the oldest on, so that who has read them all goes on where it stopped. */
static void write_uris(struct request *request, struct buf *body, const struct uri_collection *collection, bool is_page)
{
	size_t count = collection->count < ANSWER_PAGE_ITEMS ? collection->count : ANSWER_PAGE_ITEMS;
	struct str *uris = arena_alloc_array(request->arena, count, sizeof(*uris));

	if (!is_page) {
		vocab_write_collection(body, &(struct vocab_collection_out){
			.uri = collection->uri, .attributed_to = collection->attributed_to, .total_items = collection->total,
			.first = answer_page_url(request, collection->uri, "min_id", 0),
		});
		return;
	}
	for (size_t i = 0; i < count; i++)
		uris[i] = collection->items[i].uri;
	struct vocab_page_out page = { .part_of = collection->uri, .uris = uris, .uri_count = count };
	page.uri = request->http->query.data
		? arena_printf(request->arena, "%.*s?%.*s", STR_ARG(collection->uri), STR_ARG(request->http->query)) : collection->uri;
	if (collection->count > count)
		page.next = answer_page_url(request, collection->uri, "min_id", collection->items[count - 1].id);
	vocab_write_page(body, request->arena, &page);
}

enum error handle_post_replies(struct request *request)
{
	AUTO(buf) struct buf body = { 0 };
	struct ask ask = { 0 };
	struct page_wanted wanted;
	struct post_uri_item *items = NULL;
	size_t count = 0;

	if (!answer_page_wanted(request, &wanted))
		return ERROR_BAD_REQUEST;
	enum error error = ask_post(request, &ask);
	if (error || ask.is_answered)
		return error;
	if (wanted.is_page)
		error = post_list_replies(request->db, request->arena, ask.post.id, false, wanted.after_id, ANSWER_PAGE_ITEMS + 1,
			&items, &count);
	if (error)
		return error;
	const struct uri_collection collection = {
		.uri = sub_uri(request, &ask.post, "replies"), .total = ask.post.replies_count, .items = items, .count = count,
	};
	write_uris(request, &body, &collection, wanted.is_page);
	answer_document(request, post_is_open(&ask.post), &body);
	return ERROR_NONE;
}

static enum error respond_count(struct request *request, const char *name, int64_t (*count)(const struct post *post))
{
	AUTO(buf) struct buf body = { 0 };
	struct ask ask = { 0 };

	enum error error = ask_post(request, &ask);
	if (error || ask.is_answered)
		return error;
	vocab_write_collection(&body,
		&(struct vocab_collection_out){ .uri = sub_uri(request, &ask.post, name), .total_items = count(&ask.post) });
	answer_document(request, post_is_open(&ask.post), &body);
	return ERROR_NONE;
}

static int64_t likes_of(const struct post *post)
{
	return post->favourites_count;
}

static int64_t shares_of(const struct post *post)
{
	return post->boosts_count;
}

enum error handle_post_likes(struct request *request)
{
	return respond_count(request, "likes", likes_of);
}

enum error handle_post_shares(struct request *request)
{
	return respond_count(request, "shares", shares_of);
}

/* The first post of a thread, if it is ours and of the domain that is asked. */
static enum error find_root(struct request *request, const struct signer *viewer, struct post *ret_root)
{
	const struct domain *domain;
	int64_t id;

	if (!str_to_int64(request_value(request, 0), &id) || id <= 0)
		return ERROR_NOT_FOUND;
	enum error error = domain_table_find(request->db, request->arena, request->http->host, &domain);
	if (!error)
		error = post_find(request->db, request->arena, viewer->actor_id, id, ret_root);
	if (error)
		return error;
	bool is_root = ret_root->is_local && ret_root->conversation_id == ret_root->id;
	return is_root && str_eq(post_base_url(ret_root), domain->base_url) ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error handle_context(struct request *request)
{
	AUTO(buf) struct buf body = { 0 };
	struct ask ask = { 0 };
	struct page_wanted wanted;
	struct post_uri_item *items = NULL;
	size_t count = 0;

	if (!answer_page_wanted(request, &wanted))
		return ERROR_BAD_REQUEST;
	ask.is_answered = !signed_get_check(request, SIGNED_GET_PUBLIC, &ask.viewer);
	if (ask.is_answered)
		return ERROR_NONE;
	enum error error = find_root(request, &ask.viewer, &ask.post);
	if (error == ERROR_NOT_FOUND && ask_who(request, &ask))
		error = find_root(request, &ask.viewer, &ask.post);
	if (ask.is_answered)
		return ERROR_NONE;
	if (!error && wanted.is_page)
		error = post_list_context(request->db, request->arena, ask.post.id, wanted.after_id, ANSWER_PAGE_ITEMS + 1, &items,
			&count);
	if (error)
		return error;
	const struct uri_collection collection = {
		.uri = post_context_url(request->arena, &ask.post), .attributed_to = ask.post.actor_uri, .total = -1, .items = items,
		.count = count,
	};
	write_uris(request, &body, &collection, wanted.is_page);
	answer_document(request, post_is_open(&ask.post), &body);
	return ERROR_NONE;
}

/* Whoever was told of the authorization may ask whether it still holds, and that is all that it says. */
enum error handle_quote_authorization(struct request *request)
{
	AUTO(buf) struct buf body = { 0 };
	struct ask ask = { 0 };
	struct post quote, quoted;
	int64_t id;

	enum error error = ask_actor(request, &ask);
	if (error || ask.is_answered)
		return error;
	if (!str_to_int64(request_value(request, 1), &id))
		return ERROR_NOT_FOUND;
	struct str uri = outbox_quote_authorization_uri(request->arena, &ask.actor, id);
	error = post_find_any(request->db, request->arena, id, &quote);
	bool is_accepted = !error && quote.quote_state == QUOTE_ACCEPTED && str_eq(quote.quote_authorization_uri, uri);
	if (!error && !is_accepted && !MUTANT("quote_authorization"))
		error = ERROR_NOT_FOUND;
	if (!error)
		error = post_find_any(request->db, request->arena, quote.quote_id, &quoted);
	if (!error && quoted.actor_id != ask.actor.id)
		error = ERROR_NOT_FOUND;
	if (error)
		return error;
	vocab_write_quote_authorization(&body, &(struct vocab_quote_authorization){
		.uri = uri, .actor_uri = ask.actor.uri, .quote_uri = quote.uri, .quoted_uri = quoted.uri,
	});
	answer_document(request, post_is_open(&quoted), &body);
	return ERROR_NONE;
}
