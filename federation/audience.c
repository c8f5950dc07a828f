/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * To whom. Public and unlisted things go to followers and everyone concerned; those for followers to followers and
 * those mentioned; direct ones to those mentioned alone, into their personal inboxes. */
#include "federation/audience.h"

#include "federation/post_document.h"

#include "base/mutant.h"

static const struct str public_address = STR(VOCAB_PUBLIC);

struct address_list {
	struct str *items;
	size_t count;
};

static bool is_listed(const struct address_list *list, struct str value)
{
	for (size_t i = 0; i < list->count; i++) {
		if (str_eq(list->items[i], value))
			return true;
	}
	return false;
}

static void add_address(struct address_list *list, struct str value)
{
	if (value.len > 0 && !is_listed(list, value))
		list->items[list->count++] = value;
}

struct vocab_addresses audience_address(struct arena *arena, enum post_visibility visibility, struct str followers_url,
	const struct str *others, size_t other_count)
{
	struct address_list to = { .items = arena_alloc_array(arena, other_count + 1, sizeof(struct str)) };
	struct address_list cc = { .items = arena_alloc_array(arena, other_count + 1, sizeof(struct str)) };

	switch (visibility) {
	case POST_PUBLIC:
		add_address(&to, public_address);
		add_address(&cc, followers_url);
		break;
	case POST_UNLISTED:
		add_address(&to, followers_url);
		add_address(&cc, public_address);
		break;
	case POST_FOLLOWERS:
		add_address(&to, followers_url);
		break;
	case POST_DIRECT:
		break;
	}
	for (size_t i = 0; i < other_count; i++)
		add_address(visibility == POST_DIRECT ? &to : &cc, others[i]);
	return (struct vocab_addresses){ .to = to.items, .to_count = to.count, .cc = cc.items, .cc_count = cc.count };
}

struct id_list {
	struct arena *arena;
	int64_t *ids;
	size_t count;
};

static void add_ids(struct id_list *list, const int64_t *ids, size_t count)
{
	int64_t *grown = arena_alloc_array(list->arena, list->count + count, sizeof(*grown));

	for (size_t i = 0; i < list->count; i++)
		grown[i] = list->ids[i];
	for (size_t i = 0; i < count; i++) {
		if (ids[i])
			grown[list->count++] = ids[i];
	}
	list->ids = grown;
}

static void add_mentioned(struct id_list *list, const struct post_details *details)
{
	for (size_t i = 0; i < details->mention_count; i++) {
		if (!details->mentions[i].is_local)
			add_ids(list, &details->mentions[i].actor_id, 1);
	}
}

/* Who liked, boosted or answered what was for followers only need not follow any more. */
static bool reaches_interested(enum audience_purpose purpose, bool is_open)
{
	switch (purpose) {
	case AUDIENCE_CREATE:
		return false;
	case AUDIENCE_UPDATE:
		return is_open || MUTANT("audience_interested");
	case AUDIENCE_DELETE:
		return true;
	}
	return false;
}

static enum error add_interested(struct db *db, struct id_list *list, const struct post *post)
{
	int64_t *ids;
	size_t count;

	enum error error = post_list_interested(db, list->arena, post->id, &ids, &count);
	if (error)
		return error;
	add_ids(list, ids, count);
	if (post->kind != POST_QUESTION)
		return ERROR_NONE;
	error = poll_list_voters(db, list->arena, post->id, &ids, &count);
	if (!error)
		add_ids(list, ids, count);
	return error;
}

enum error audience_of_post(struct db *db, struct arena *arena, const struct post_document *document,
	enum audience_purpose purpose, struct audience *ret_audience)
{
	const struct post *post = document->vocab.post;
	bool is_open = post->visibility == POST_PUBLIC || post->visibility == POST_UNLISTED;
	bool is_direct = post->visibility == POST_DIRECT && !MUTANT("audience_direct");
	struct id_list list = { .arena = arena };

	add_mentioned(&list, &document->vocab.details);
	if (is_open || MUTANT("audience_parent")) {
		add_ids(&list, &document->parent_actor_id, 1);
		add_ids(&list, &document->quoted_actor_id, 1);
	}
	if (reaches_interested(purpose, is_open)) {
		enum error error = add_interested(db, &list, post);
		if (error)
			return error;
	}
	*ret_audience = (struct audience){
		.addresses = document->vocab.addresses,
		.reach = { .to_followers = !is_direct, .actor_ids = list.ids, .actor_count = list.count, .is_personal = is_direct },
		.is_public = is_open,
		.is_for_followers = post->visibility == POST_FOLLOWERS,
	};
	return ERROR_NONE;
}

static const int64_t *one_id(struct arena *arena, int64_t id)
{
	int64_t *ids = arena_alloc_array(arena, 1, sizeof(*ids));

	ids[0] = id;
	return ids;
}

void audience_of_boost(struct arena *arena, const struct actor *actor, enum post_visibility visibility,
	const struct post *post, struct audience *ret_audience)
{
	bool is_own = post->actor_id == actor->id;

	*ret_audience = (struct audience){
		.addresses = audience_address(arena, visibility, actor->followers_url, &post->actor_uri, is_own ? 0 : 1),
		.reach = { .to_followers = true, .actor_ids = one_id(arena, post->actor_id), .actor_count = is_own ? 0 : 1 },
		.is_public = visibility == POST_PUBLIC || visibility == POST_UNLISTED,
		.is_for_followers = visibility == POST_FOLLOWERS,
	};
}

void audience_of_one(struct arena *arena, int64_t actor_id, struct str actor_uri, bool is_personal,
	struct audience *ret_audience)
{
	*ret_audience = (struct audience){
		.addresses = audience_address(arena, POST_DIRECT, actor_uri, &actor_uri, 1),
		.reach = { .actor_ids = one_id(arena, actor_id), .actor_count = 1, .is_personal = is_personal },
	};
}

void audience_of_followers(struct arena *arena, const struct actor *actor, struct audience *ret_audience)
{
	*ret_audience = (struct audience){
		.addresses = audience_address(arena, POST_PUBLIC, actor->followers_url, NULL, 0),
		.reach = { .to_followers = true },
		.is_public = true,
	};
}
