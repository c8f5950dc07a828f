/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Collections of local actors. A page names the id that the next one goes on below, so that what is published meanwhile
 * moves nothing. */
#include "server/federation/actor_routes.h"

#include "federation/audience.h"
#include "federation/post_document.h"
#include "server/federation/answer.h"
#include "storage/follow.h"
#include "storage/pin.h"

#include "base/mutant.h"

static void respond_collection(struct request *request, struct str uri, int64_t total, bool is_hidden)
{
	AUTO(buf) struct buf body = { 0 };

	vocab_write_collection(&body, &(struct vocab_collection_out){
		.uri = uri, .is_ordered = true, .total_items = total,
		.first = is_hidden ? (struct str){ NULL, 0 } : answer_page_url(request, uri, "max_id", 0),
	});
	answer_document(request, true, &body);
}

static struct str own_url(struct request *request, struct str uri)
{
	return arena_printf(request->arena, "%.*s?%.*s", STR_ARG(uri), STR_ARG(request->http->query));
}

static enum error load_item(struct request *request, const struct actor *actor, const struct outbox_item *item,
	struct vocab_activity_out *ret_activity)
{
	if (item->is_boost) {
		const struct boost boost = { .uri = item->boost_uri, .created_us = item->created_us };
		*ret_activity = vocab_announce(actor, &boost, item->boosted_post_uri);
		ret_activity->addresses = audience_address(request->arena, item->boost_visibility, actor->followers_url, NULL, 0);
		return ERROR_NONE;
	}
	struct post_document *document = arena_alloc(request->arena, sizeof(*document));
	enum error error = post_document_load(request->db, request->arena, &item->post, document);
	if (!error)
		*ret_activity = vocab_create(request->arena, &document->vocab);
	return error;
}

static enum error respond_outbox_page(struct request *request, const struct ask *ask, const struct page_wanted *wanted)
{
	AUTO(buf) struct buf body = { 0 };
	const struct outbox_page asked = {
		.actor_id = ask->actor.id, .before_id = wanted->before_id, .after_id = wanted->after_id, .limit = ANSWER_PAGE_ITEMS,
	};
	struct str uri = ask->actor.outbox_url;
	struct outbox_item *items;
	size_t count;

	enum error error = post_list_outbox(request->db, request->arena, &asked, &items, &count);
	if (error)
		return error;
	struct vocab_activity_out *activities = arena_alloc_array(request->arena, count, sizeof(*activities));
	for (size_t i = 0; i < count && !error; i++)
		error = load_item(request, &ask->actor, &items[i], &activities[i]);
	if (error)
		return error;
	struct vocab_page_out page = {
		.uri = own_url(request, uri), .part_of = uri, .is_ordered = true, .activities = activities, .activity_count = count,
	};
	if (count == ANSWER_PAGE_ITEMS)
		page.next = answer_page_url(request, uri, "max_id", items[count - 1].id);
	if (count > 0)
		page.prev = answer_page_url(request, uri, "min_id", items[0].id);
	vocab_write_page(&body, request->arena, &page);
	answer_document(request, true, &body);
	return ERROR_NONE;
}

enum error handle_outbox(struct request *request)
{
	struct ask ask = { 0 };
	struct page_wanted wanted;

	if (!answer_page_wanted(request, &wanted))
		return ERROR_BAD_REQUEST;
	enum error error = ask_actor(request, &ask);
	if (error || ask.is_answered)
		return error;
	if (wanted.is_page)
		return respond_outbox_page(request, &ask, &wanted);
	respond_collection(request, ask.actor.outbox_url, ask.actor.posts_count, false);
	return ERROR_NONE;
}

static enum error respond_follow_page(struct request *request, const struct ask *ask, enum follow_side side, struct str uri,
	int64_t before_id)
{
	AUTO(buf) struct buf body = { 0 };
	const struct follow_page asked = {
		.actor_id = ask->actor.id, .side = side, .state = FOLLOW_ACCEPTED, .before_follow_id = before_id,
		.limit = ANSWER_PAGE_ITEMS,
	};
	struct follow_item *items;
	size_t count;

	enum error error = follow_list(request->db, request->arena, &asked, &items, &count);
	if (error)
		return error;
	struct str *uris = arena_alloc_array(request->arena, count, sizeof(*uris));
	for (size_t i = 0; i < count; i++)
		uris[i] = items[i].actor_uri;
	struct vocab_page_out page = {
		.uri = own_url(request, uri), .part_of = uri, .is_ordered = true, .uris = uris, .uri_count = count,
	};
	if (count == ANSWER_PAGE_ITEMS)
		page.next = answer_page_url(request, uri, "max_id", items[count - 1].follow_id);
	vocab_write_page(&body, request->arena, &page);
	answer_document(request, true, &body);
	return ERROR_NONE;
}

static enum error respond_follows(struct request *request, enum follow_side side)
{
	struct ask ask = { 0 };
	struct page_wanted wanted;

	if (!answer_page_wanted(request, &wanted))
		return ERROR_BAD_REQUEST;
	enum error error = ask_actor(request, &ask);
	if (error || ask.is_answered)
		return error;
	bool is_followers = side == FOLLOW_FOLLOWERS;
	struct str uri = is_followers ? ask.actor.followers_url : ask.actor.following_url;
	bool is_hidden = ask.actor.hides_collections && !MUTANT("collection_hidden");
	if (wanted.is_page && is_hidden)
		return ERROR_NOT_FOUND;
	if (wanted.is_page)
		return respond_follow_page(request, &ask, side, uri, wanted.before_id);
	respond_collection(request, uri, is_followers ? ask.actor.followers_count : ask.actor.following_count, is_hidden);
	return ERROR_NONE;
}

enum error handle_followers(struct request *request)
{
	return respond_follows(request, FOLLOW_FOLLOWERS);
}

enum error handle_following(struct request *request)
{
	return respond_follows(request, FOLLOW_FOLLOWING);
}

/* A featured post that was deleted or hidden meanwhile is left out. */
static enum error load_pins(struct request *request, const struct ask *ask, struct vocab_post **ret_posts, size_t *ret_count)
{
	struct pin *pins;
	size_t count, shown = 0;

	enum error error = pin_list(request->db, request->arena, ask->actor.id, &pins, &count);
	if (error)
		return error;
	struct post *posts = arena_alloc_array(request->arena, count, sizeof(*posts));
	struct vocab_post *documents = arena_alloc_array(request->arena, count, sizeof(*documents));
	for (size_t i = 0; i < count; i++) {
		struct post_document document = { 0 };
		error = post_find(request->db, request->arena, 0, pins[i].post_id, &posts[shown]);
		if (!error)
			error = post_document_load(request->db, request->arena, &posts[shown], &document);
		if (!error)
			documents[shown++] = document.vocab;
		else if (error != ERROR_NOT_FOUND)
			return error;
	}
	*ret_posts = documents;
	*ret_count = shown;
	return ERROR_NONE;
}

enum error handle_featured(struct request *request)
{
	AUTO(buf) struct buf body = { 0 };
	struct ask ask = { 0 };
	struct vocab_post *posts;
	size_t count;

	enum error error = ask_actor(request, &ask);
	if (error || ask.is_answered)
		return error;
	error = load_pins(request, &ask, &posts, &count);
	if (error)
		return error;
	vocab_write_page(&body, request->arena,
		&(struct vocab_page_out){ .uri = ask.actor.featured_url, .is_ordered = true, .posts = posts, .post_count = count });
	answer_document(request, true, &body);
	return ERROR_NONE;
}

enum error handle_featured_tags(struct request *request)
{
	AUTO(buf) struct buf body = { 0 };
	struct ask ask = { 0 };
	struct str *names;
	size_t count;

	enum error error = ask_actor(request, &ask);
	if (error || ask.is_answered)
		return error;
	error = featured_tag_list(request->db, request->arena, ask.actor.id, &names, &count);
	if (error)
		return error;
	struct vocab_hashtag *tags = arena_alloc_array(request->arena, count, sizeof(*tags));
	for (size_t i = 0; i < count; i++)
		tags[i] = (struct vocab_hashtag){ .base_url = ask.actor.base_url, .name = names[i] };
	vocab_write_page(&body, request->arena, &(struct vocab_page_out){
		.uri = vocab_featured_tags_url(request->arena, &ask.actor), .hashtags = tags, .hashtag_count = count,
	});
	answer_document(request, true, &body);
	return ERROR_NONE;
}

/* A host learns about its own followers and nobody else's, also of those who hide them: it knows them anyway. */
enum error handle_followers_synchronization(struct request *request)
{
	AUTO(buf) struct buf body = { 0 };
	struct ask ask = { 0 };
	struct str *uris;
	size_t count;

	enum error error = ask_actor(request, &ask);
	if (error || ask.is_answered || !signed_get_check(request, SIGNED_GET_NEEDED, &ask.viewer))
		return error;
	error = follow_list_followers_at(request->db, request->arena, ask.actor.id, ask.viewer.origin, &uris, &count);
	if (error)
		return error;
	struct str uri = arena_printf(request->arena, "%.*s/followers_synchronization", STR_ARG(ask.actor.uri));
	vocab_write_page(&body, request->arena,
		&(struct vocab_page_out){ .uri = uri, .is_ordered = true, .uris = uris, .uri_count = count });
	answer_document(request, false, &body);
	return ERROR_NONE;
}
