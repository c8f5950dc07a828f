/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From a deed to its activity and whom it goes to. Each function is called in the transaction of the deed, after the
 * rows are as they shall be (before, where it says so), and writes nothing when no remote server needs to know.
 *
 * Ids: a post's Create is its id followed by /activity; an edit's Update, a Delete and an Undo are the object's id with
 * a fragment that no other has; Follow, Like, Announce, Block, Flag and votes are BASE/users/NAME#<kind>s/ID (boosts
 * are documents: BASE/users/NAME/statuses/ID/activity). */
#ifndef COMPTOIR_FEDERATION_OUTBOX_H
#define COMPTOIR_FEDERATION_OUTBOX_H

#include "storage/actor.h"
#include "storage/post.h"
#include "storage/reaction.h"

/* Ids of activities that stand in rows. */
struct str outbox_follow_uri(struct arena *arena, const struct actor *actor, int64_t follow_id) MUST_CHECK;
struct str outbox_boost_uri(struct arena *arena, const struct actor *actor, int64_t boost_id) MUST_CHECK;
struct str outbox_favourite_uri(struct arena *arena, const struct actor *actor, int64_t favourite_id) MUST_CHECK;
struct str outbox_reaction_uri(struct arena *arena, const struct actor *actor, int64_t reaction_id) MUST_CHECK;
struct str outbox_block_uri(struct arena *arena, const struct actor *actor, int64_t block_id) MUST_CHECK;
struct str outbox_report_uri(struct arena *arena, const struct actor *instance_actor, int64_t report_id) MUST_CHECK;
struct str outbox_vote_uri(struct arena *arena, const struct actor *actor, int64_t vote_id) MUST_CHECK;

/* follower and actor are local below, the other one may be anyone. */
enum error outbox_follow(struct db *db, struct arena *arena, const struct actor *follower, const struct actor *followed,
	struct str follow_uri) MUST_CHECK;
enum error outbox_undo_follow(struct db *db, struct arena *arena, const struct actor *follower,
	const struct actor *followed, struct str follow_uri) MUST_CHECK;
enum error outbox_accept_follow(struct db *db, struct arena *arena, const struct actor *followed,
	const struct actor *follower, struct str follow_uri) MUST_CHECK;
/* Of remote followers, in one statement. */
struct outbox_accept {
	int64_t followed_id, follower_id;
	struct str followed_uri, follower_uri, follow_uri;
};
enum error outbox_accept_follows(struct db *db, struct arena *arena, const struct outbox_accept *accepts, size_t count) MUST_CHECK;
enum error outbox_reject_follow(struct db *db, struct arena *arena, const struct actor *followed,
	const struct actor *follower, struct str follow_uri) MUST_CHECK;

/* Posts of local actors. A Create of a direct post goes to personal inboxes. */
enum error outbox_create_post(struct db *db, struct arena *arena, int64_t post_id) MUST_CHECK;
enum error outbox_update_post(struct db *db, struct arena *arena, int64_t post_id) MUST_CHECK; /* edits, poll results */
enum error outbox_delete_post(struct db *db, struct arena *arena, int64_t post_id) MUST_CHECK; /* before it is deleted */

enum error outbox_boost(struct db *db, struct arena *arena, const struct actor *actor, const struct boost *boost) MUST_CHECK;
enum error outbox_undo_boost(struct db *db, struct arena *arena, const struct actor *actor, const struct boost *boost) MUST_CHECK;
enum error outbox_favourite(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	struct str favourite_uri) MUST_CHECK;
enum error outbox_undo_favourite(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	struct str favourite_uri) MUST_CHECK;
enum error outbox_reaction(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	struct str emoji, struct str reaction_uri) MUST_CHECK;
enum error outbox_undo_reaction(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	struct str emoji, struct str reaction_uri) MUST_CHECK;

/* positions: chosen options, titles from the poll; uris of the votes in the same order. */
enum error outbox_vote(struct db *db, struct arena *arena, const struct actor *actor, const struct post *post,
	const struct str *titles, const struct str *uris, size_t count) MUST_CHECK;

enum error outbox_block(struct db *db, struct arena *arena, const struct actor *blocker, const struct actor *blocked,
	struct str block_uri) MUST_CHECK;
enum error outbox_undo_block(struct db *db, struct arena *arena, const struct actor *blocker, const struct actor *blocked,
	struct str block_uri) MUST_CHECK;

/* By the instance actor, so that the reporter is not told to the reported one's server. */
enum error outbox_flag(struct db *db, struct arena *arena, const struct actor *instance_actor, const struct actor *target,
	const struct str *post_uris, size_t count, struct str comment, struct str report_uri) MUST_CHECK;

enum error outbox_update_actor(struct db *db, struct arena *arena, int64_t actor_id) MUST_CHECK;
enum error outbox_delete_actor(struct db *db, struct arena *arena, int64_t actor_id) MUST_CHECK; /* before it is deleted */
enum error outbox_move(struct db *db, struct arena *arena, const struct actor *origin, const struct actor *target) MUST_CHECK;

enum error outbox_pin(struct db *db, struct arena *arena, const struct actor *actor, struct str post_uri, bool is_added) MUST_CHECK;
enum error outbox_featured_tag(struct db *db, struct arena *arena, const struct actor *actor, struct str name, bool is_added) MUST_CHECK;

/* FEP-044f. quote: the post that quotes; authorization: BASE/users/NAME/quote_authorizations/ID of the quoting post's
 * row id. A revocation is the Delete of that id. */
struct str outbox_quote_authorization_uri(struct arena *arena, const struct actor *actor, int64_t quote_post_id) MUST_CHECK;
enum error outbox_quote_request(struct db *db, struct arena *arena, const struct actor *actor, const struct post *quote,
	const struct post *quoted) MUST_CHECK;
enum error outbox_accept_quote(struct db *db, struct arena *arena, const struct actor *actor, const struct actor *asker,
	struct str request_uri, struct str quote_uri, struct str quoted_uri, struct str authorization_uri) MUST_CHECK;
enum error outbox_reject_quote(struct db *db, struct arena *arena, const struct actor *actor, const struct actor *asker,
	struct str request_uri, struct str quote_uri, struct str quoted_uri) MUST_CHECK;
enum error outbox_revoke_quote(struct db *db, struct arena *arena, const struct actor *actor, const struct post *quote) MUST_CHECK;

/* A relay's Follow (object as:Public, or the relay's actor) and its Undo, by the instance actor. */
enum error outbox_relay_follow(struct db *db, struct arena *arena, const struct actor *instance_actor,
	struct str inbox_url, struct str object_uri, struct str follow_uri, bool is_undone) MUST_CHECK;

/* Passes a peer's activity that carries a proof on, unchanged, to the remote followers of followed_id (a local actor):
 * inbox forwarding (ActivityPub 7.1.2). body is what was signed. */
enum error outbox_forward(struct db *db, struct arena *arena, int64_t followed_id, struct str activity_uri,
	struct str type, struct str object_uri, struct str body) MUST_CHECK;

#endif
