/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who sees what: the one predicate, in two forms. Each statement that hands out posts has one of them. In it p is the
 * post and author the row of actors that wrote it. */
#ifndef COMPTOIR_STORAGE_POST_VISIBILITY_H
#define COMPTOIR_STORAGE_POST_VISIBILITY_H

/* For anyone, logged in or not. */
#define POST_IS_OPEN "(p.visibility in ('public', 'unlisted') and author.suspended_at is null)"

/* For the actor whose id is the given parameter; 0 is nobody's. Whom the author blocks sees nothing of theirs.
 * post_mentions_pkey, follows_follower_id_followed_id_key, blocks_blocker_id_blocked_id_key */
#define POST_IS_VISIBLE_TO(viewer)                                                                        \
	"(author.suspended_at is null"                                                                    \
	" and not exists (select from blocks as b where b.blocker_id = p.actor_id and b.blocked_id = " viewer ")" \
	" and (p.visibility in ('public', 'unlisted')"                                                    \
	" or p.actor_id = " viewer                                                                        \
	" or exists (select from post_mentions as m where m.post_id = p.id and m.actor_id = " viewer ")"  \
	" or p.visibility = 'followers' and exists (select from follows as f"                             \
	" where f.follower_id = " viewer " and f.followed_id = p.actor_id and f.state = 'accepted')))"

#endif
