/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Quotes of local actors, and revoking those of anyone. */
#include "server/action/quoting.h"

#include "server/action/deed.h"
#include "server/action/composition.h"

#include "federation/outbox.h"

#include "base/mutant.h"
#include "storage/block.h"
#include "storage/event.h"
#include "storage/follow.h"
#include "storage/notification.h"

static bool is_open(enum post_visibility visibility)
{
	return visibility == POST_PUBLIC || visibility == POST_UNLISTED;
}

/* What is for followers may be quoted by its author, for followers: the quote shows it to nobody else. */
static bool fits_audience(const struct actor *actor, const struct post *quoted, enum post_visibility visibility)
{
	if (is_open(quoted->visibility) || MUTANT("quote_audience"))
		return true;
	return quoted->visibility == POST_FOLLOWERS && quoted->actor_id == actor->id && !is_open(visibility);
}

static enum error ask_policy(struct db *db, struct arena *arena, const struct actor *actor, const struct post *quoted,
	bool *ret_may)
{
	struct follow follow;
	bool is_blocked = false;
	enum error error = block_is_between(db, arena, actor->id, quoted->actor_id, &is_blocked);
	if (error)
		return error;
	*ret_may = false;
	if (is_blocked && !MUTANT("quote_block"))
		return ERROR_NONE;
	switch (quoted->quote_policy) {
	case QUOTE_BY_ANYONE:
		*ret_may = true;
		break;
	case QUOTE_BY_FOLLOWERS:
		error = follow_find(db, arena, actor->id, quoted->actor_id, &follow);
		*ret_may = !error && follow.state == FOLLOW_ACCEPTED;
		break;
	case QUOTE_BY_NOBODY:
		*ret_may = MUTANT("quote_policy");
		break;
	}
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

enum error quoting_find(struct db *db, struct arena *arena, const struct actor *actor, int64_t quoted_id,
	enum post_visibility visibility, struct quoting *ret_quote, struct str *ret_message)
{
	struct quoting quote = { .state = QUOTE_ACCEPTED };
	bool may = true;
	enum error error = post_find(db, arena, actor->id, quoted_id, &quote.post);
	if (!error)
		error = deed_find_other(db, arena, quote.post.actor_id, &quote.author);
	if (error)
		return error;
	if (!fits_audience(actor, &quote.post, visibility))
		return composition_refuse("Validation failed: Quoted status may not be quoted so openly", ret_message);
	if (!quote.author.is_local)
		quote.state = QUOTE_PENDING;
	else if (quote.author.id != actor->id)
		error = ask_policy(db, arena, actor, &quote.post, &may);
	if (error)
		return error;
	if (!may)
		return composition_refuse("Validation failed: Quoted status may not be quoted by you", ret_message);
	*ret_quote = quote;
	return ERROR_NONE;
}

struct str quoting_authorization(struct arena *arena, const struct quoting *quote, int64_t quoting_id)
{
	if (quote->state != QUOTE_ACCEPTED)
		return (struct str){ 0 };
	return outbox_quote_authorization_uri(arena, &quote->author, quoting_id);
}

enum error quoting_follow_up(struct db *db, struct arena *arena, const struct actor *actor, const struct quoting *quote,
	int64_t quoting_id)
{
	struct post quoting;
	if (quote->state == QUOTE_ACCEPTED)
		event_emit_on_commit(db, EVENT_QUOTE, quoting_id, quote->author.id);
	if (quote->state == QUOTE_ACCEPTED)
		return notification_add(db, arena, quote->author.id, NOTIFICATION_QUOTE, actor->id, quoting_id);
	enum error error = post_find_any(db, arena, quoting_id, &quoting);
	return error ? error : outbox_quote_request(db, arena, actor, &quoting, &quote->post);
}

struct revocation {
	const struct actor *actor;
	int64_t quoting_id;
};

static enum error find_revocable(struct db *db, struct arena *arena, const struct revocation *revocation,
	struct post *ret_quoting)
{
	struct post quoted;
	enum error error = post_find_any(db, arena, revocation->quoting_id, ret_quoting);
	if (!error && !ret_quoting->quote_id)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = post_find_any(db, arena, ret_quoting->quote_id, &quoted);
	if (error)
		return error;
	if (quoted.actor_id != revocation->actor->id && !MUTANT("quote_revoke_owner"))
		return ERROR_NOT_FOUND;
	return ret_quoting->quote_state == QUOTE_REVOKED ? ERROR_NOT_FOUND : ERROR_NONE;
}

static enum error write_revocation(struct db *db, struct arena *arena, void *owner)
{
	const struct revocation *revocation = owner;
	struct post quoting;
	enum error error = find_revocable(db, arena, revocation, &quoting);
	if (!error)
		error = post_set_quote_state(db, arena, quoting.id, QUOTE_REVOKED, (struct str){ 0 });
	if (!error)
		error = notification_remove(db, arena, revocation->actor->id, NOTIFICATION_QUOTE, quoting.actor_id, quoting.id);
	if (!error)
		error = outbox_revoke_quote(db, arena, revocation->actor, &quoting);
	/* Those who have a quote of ours learn from us that it stands no more. */
	if (!error && quoting.is_local)
		error = outbox_update_post(db, arena, quoting.id);
	return error;
}

enum error quoting_revoke(struct db *db, struct arena *arena, int64_t actor_id, int64_t quoting_id)
{
	struct actor actor;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	struct revocation revocation = { .actor = &actor, .quoting_id = quoting_id };
	return error ? error : deed_write(db, arena, write_revocation, &revocation, ERROR_NOT_FOUND);
}

struct policy_change {
	int64_t actor_id, post_id;
	enum post_quote_policy policy;
};

static enum error write_policy(struct db *db, struct arena *arena, void *owner)
{
	const struct policy_change *change = owner;
	struct post post;
	enum error error = post_find_any(db, arena, change->post_id, &post);
	if (!error && post.actor_id != change->actor_id && !MUTANT("quote_policy_owner"))
		error = ERROR_NOT_FOUND;
	if (error || post.quote_policy == change->policy)
		return error;
	error = post_set_quote_policy(db, arena, post.id, change->policy);
	return error ? error : outbox_update_post(db, arena, post.id);
}

enum error quoting_set_policy(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id,
	enum post_quote_policy policy)
{
	struct actor actor;
	struct policy_change change = { .actor_id = actor_id, .post_id = post_id, .policy = policy };
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	return error ? error : deed_write(db, arena, write_policy, &change, ERROR_NONE);
}
