/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who sees what: the one predicate, in its forms. Each statement that hands out posts has one of them. In it p is the
 * post and author the row of actors that wrote it; of a boost b is the boost and booster its actor. */
#ifndef COMPTOIR_STORAGE_POST_VISIBILITY_H
#define COMPTOIR_STORAGE_POST_VISIBILITY_H

/* For anyone, logged in or not. */
#define POST_IS_OPEN "(p.visibility in ('public', 'unlisted') and author.suspended_at is null)"

/* "offset 0" lets the plan look a row up for the post at hand, and never read all mentions or follows of the viewer. */

/* For the actor whose id is the given parameter; 0 is nobody's. Whom the author blocks sees nothing of theirs.
 * post_mentions_pkey, follows_follower_id_followed_id_key, blocks_blocker_id_blocked_id_key */
#define POST_IS_VISIBLE_TO(viewer)                                                                        \
	"(author.suspended_at is null"                                                                    \
	" and not exists (select from blocks as b where b.blocker_id = p.actor_id and b.blocked_id = " viewer ")" \
	" and (p.visibility in ('public', 'unlisted')"                                                    \
	" or p.actor_id = " viewer                                                                        \
	" or exists (select from post_mentions as m where m.post_id = p.id and m.actor_id = " viewer " offset 0)" \
	" or p.visibility = 'followers' and exists (select from follows as f"                             \
	" where f.follower_id = " viewer " and f.followed_id = p.actor_id and f.state = 'accepted' offset 0)))"

/* Of an actor whose server, or a domain above it, the operator silenced: beside silenced_at, which says it of one actor.
 * As policy_judge_url reads hosts, five labels deep. domain_blocks_pkey */
#define SERVER_ABOVE(server) "regexp_replace(" server ", '^[^.]*\\.', '')"
#define SERVER_OF(actor) "split_part(split_part(" actor ".uri, '/', 3), ':', 1)"
#define SERVERS_OF(actor)                                                                                    \
	"array[" SERVER_OF(actor) ", " SERVER_ABOVE(SERVER_OF(actor))                                        \
	", " SERVER_ABOVE(SERVER_ABOVE(SERVER_OF(actor)))                                                    \
	", " SERVER_ABOVE(SERVER_ABOVE(SERVER_ABOVE(SERVER_OF(actor))))                                      \
	", " SERVER_ABOVE(SERVER_ABOVE(SERVER_ABOVE(SERVER_ABOVE(SERVER_OF(actor))))) "]"
#define SERVER_IS_SILENCED(actor)                                                                            \
	"(" actor ".domain_id is null"                                                                       \
	" and exists (select from domain_blocks as quiet where quiet.severity = 'silence'"                   \
	" and quiet.domain = any (" SERVERS_OF(actor) ")))"

/* Visible, and the viewer does not block the author: who asks for one post sees also those that lists leave out. */
#define POST_IS_SHOWN_TO(viewer) "(" POST_IS_VISIBLE_TO(viewer) " and " ACTOR_IS_NOT_BLOCKED_BY("author", viewer) ")"

#define ACTOR_IS_NOT_BLOCKED_BY(actor, viewer) \
	"not exists (select from blocks as own_block where own_block.blocker_id = " viewer " and own_block.blocked_id = " actor ".id)"

/* Neither blocks the other, the viewer does not mute it, and nothing of its domain is unwanted.
 * blocks_blocker_id_blocked_id_key, mutes_muter_id_muted_id_key, actor_domain_blocks_actor_id_domain_key */
#define ACTOR_IS_WANTED_BY(actor, viewer)                                                                        \
	"(" actor ".suspended_at is null and " ACTOR_IS_NOT_BLOCKED_BY(actor, viewer)                            \
	" and not exists (select from blocks as their_block where their_block.blocker_id = " actor ".id"        \
	" and their_block.blocked_id = " viewer ")"                                                              \
	" and not exists (select from mutes as own_mute where own_mute.muter_id = " viewer                       \
	" and own_mute.muted_id = " actor ".id and (own_mute.expires_at is null or own_mute.expires_at > now()))" \
	" and (" actor ".domain_id is not null or not exists (select from actor_domain_blocks as own_domain_block" \
	" where own_domain_block.actor_id = " viewer " and own_domain_block.domain = " actor ".domain)))"

/* The same as POST_IS_WANTED_BY and BOOST_IS_WANTED_BY together, for the one page that everybody asks for all the time:
 * what the viewer does not want is read once for all rows, since it is little as a rule, and the plan is small, since
 * making it ready costs as much as running it. UNWANTED_OF goes before the select. */
#define UNWANTED_OF(viewer)                                                                                  \
	"with unwanted as materialized ("                                                                    \
	"  select array(select k.blocked_id from blocks as k where k.blocker_id = " viewer                   \
	"               union all"                                                                           \
	"               select k.blocker_id from blocks as k where k.blocked_id = " viewer                   \
	"               union all"                                                                           \
	"               select k.muted_id from mutes as k where k.muter_id = " viewer                        \
	"               and (k.expires_at is null or k.expires_at > now())) as ids,"                         \
	"         array(select k.domain from actor_domain_blocks as k where k.actor_id = " viewer ") as domains" \
	")"
#define IS_AMONG_WANTED(actor, actor_id, viewer)                                                             \
	"(" actor ".suspended_at is null and (" actor_id " = " viewer                                        \
	" or " actor_id " <> all ((select ids from unwanted)::bigint[])"                                     \
	" and (" actor ".domain_id is not null or " actor ".domain <> all ((select domains from unwanted)::text[]))))"
#define IS_FOLLOWED_BY(actor_id, viewer) \
	"exists (select from follows as f where f.follower_id = " viewer " and f.followed_id = " actor_id " and f.state = 'accepted' offset 0)"
#define ITEM_IS_WANTED_BY(viewer)                                                                            \
	"(" IS_AMONG_WANTED("author", "p.actor_id", viewer)                                                  \
	" and (p.visibility in ('public', 'unlisted') or p.actor_id = " viewer                               \
	" or p.visibility = 'followers' and " IS_FOLLOWED_BY("p.actor_id", viewer)                           \
	" or exists (select from post_mentions as m where m.post_id = p.id and m.actor_id = " viewer " offset 0))" \
	" and (b.id is null or " IS_AMONG_WANTED("booster", "b.actor_id", viewer)                            \
	" and (b.visibility in ('public', 'unlisted') or b.actor_id = " viewer " or " IS_FOLLOWED_BY("b.actor_id", viewer) ")))"

/* For timelines of all posts: of who was silenced, or whose server was, followers see them there. */
#define IS_TOLD_TO_ALL(viewer)                                                                               \
	"(author.silenced_at is null and not " SERVER_IS_SILENCED("author")                                  \
	" or p.actor_id = " viewer " or exists (select from follows as s"                                    \
	" where s.follower_id = " viewer " and s.followed_id = p.actor_id and s.state = 'accepted'))"

/* For lists of posts: visible, and the viewer wants to see the author. One's own posts always are. */
#define POST_IS_WANTED_BY(viewer) \
	"(" POST_IS_VISIBLE_TO(viewer) " and (p.actor_id = " viewer " or " ACTOR_IS_WANTED_BY("author", viewer) "))"

/* The boost itself, beside what is said of its post. */
#define BOOST_IS_VISIBLE_TO(viewer)                                                                         \
	"(booster.suspended_at is null"                                                                     \
	" and not exists (select from blocks as their_block where their_block.blocker_id = b.actor_id"      \
	" and their_block.blocked_id = " viewer ")"                                                         \
	" and (b.visibility in ('public', 'unlisted') or b.actor_id = " viewer                              \
	" or exists (select from follows as f"                                                              \
	" where f.follower_id = " viewer " and f.followed_id = b.actor_id and f.state = 'accepted' offset 0)))"

#define BOOST_IS_WANTED_BY(viewer) \
	"(" BOOST_IS_VISIBLE_TO(viewer) " and (b.actor_id = " viewer " or " ACTOR_IS_WANTED_BY("booster", viewer) "))"

#endif
