/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Votes of local actors. Those in a poll of ours are counted here; elsewhere the author's server counts them. */
#include "server/action/vote.h"

#include "server/action/deed.h"

#include "federation/outbox.h"

#include "base/mutant.h"
#include "storage/id.h"

struct voting {
	const struct actor *actor;
	const struct post *post;
	const int *positions;
	struct str *uris;   /* in the order of positions */
	struct str *titles;
	size_t count;
};

static bool is_chosen_twice(const int *positions, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (positions[i] == positions[index])
			return true;
	return false;
}

static enum error check(const struct poll *poll, const int *positions, size_t count)
{
	if (count == 0 || count > poll->option_count || (count > 1 && !poll->is_multiple && !MUTANT("vote_single")))
		return ERROR_UNPROCESSABLE;
	for (size_t i = 0; i < count; i++)
		if (positions[i] < 0 || (size_t)positions[i] >= poll->option_count || is_chosen_twice(positions, i))
			return ERROR_UNPROCESSABLE;
	return ERROR_NONE;
}

/* A multiple choice is made at once, too. */
static enum error check_first(struct db *db, struct arena *arena, const struct voting *voting)
{
	int *positions;
	size_t count;
	enum error error = poll_list_own(db, arena, voting->post->id, voting->actor->id, &positions, &count);
	if (error)
		return error;
	return count > 0 && !MUTANT("vote_again") ? ERROR_CONFLICT : ERROR_NONE;
}

static enum error write_votes(struct db *db, struct arena *arena, void *owner)
{
	const struct voting *voting = owner;
	enum error error = check_first(db, arena, voting);
	for (size_t i = 0; i < voting->count && !error; i++) {
		const struct poll_vote vote = { .post_id = voting->post->id, .actor_id = voting->actor->id,
			.position = voting->positions[i], .uri = voting->uris[i] };
		error = poll_vote_add(db, arena, &vote);
	}
	if (!error)
		error = outbox_vote(db, arena, voting->actor, voting->post, voting->titles, voting->uris, voting->count);
	return error;
}

enum error vote_cast(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, const int *positions,
	size_t count)
{
	struct actor actor;
	struct post post = { 0 };
	struct poll poll;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (!error)
		error = post_find(db, arena, actor_id, post_id, &post);
	if (!error)
		error = poll_find(db, arena, post_id, &poll);
	if (!error && post.actor_id == actor_id)
		error = ERROR_FORBIDDEN;
	if (!error)
		error = check(&poll, positions, count);
	if (error)
		return error;
	struct voting voting = { .actor = &actor, .post = &post, .positions = positions, .count = count };
	voting.uris = arena_alloc_array(arena, count, sizeof(*voting.uris));
	voting.titles = arena_alloc_array(arena, count, sizeof(*voting.titles));
	for (size_t i = 0; i < count; i++) {
		voting.uris[i] = outbox_vote_uri(arena, &actor, id_new());
		voting.titles[i] = poll.options[positions[i]].title;
	}
	return deed_write(db, arena, write_votes, &voting, ERROR_CONFLICT);
}
