/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whom one still wants to hear of: the condition of each statement that reads notifications. In it teller is the row of
 * actors that sent n, and $1 whom it is for. */
#ifndef COMPTOIR_STORAGE_NOTIFICATION_WANTED_H
#define COMPTOIR_STORAGE_NOTIFICATION_WANTED_H

/* blocks_blocker_id_blocked_id_key, mutes_muter_id_muted_id_key, actor_domain_blocks_actor_id_domain_key,
 * follows_follower_id_followed_id_key */
#define NOTIFICATION_IS_WANTED                                                                                    \
	"(teller.suspended_at is null"                                                                            \
	" and not exists (select from blocks as b where b.blocker_id = $1 and b.blocked_id = teller.id)"          \
	" and not exists (select from mutes as m where m.muter_id = $1 and m.muted_id = teller.id"                \
	" and m.hides_notifications and (m.expires_at is null or m.expires_at > now()))"                          \
	" and (teller.domain_id is not null"                                                                      \
	" or not exists (select from actor_domain_blocks as d where d.actor_id = $1 and d.domain = teller.domain)" \
	" or exists (select from follows as f"                                                                    \
	" where f.follower_id = $1 and f.followed_id = teller.id and f.state = 'accepted')))"

#endif
