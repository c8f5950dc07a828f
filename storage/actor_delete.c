/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The end of an actor. What it has left goes in batches of bounded size, so that each statement keeps its time limit
 * however much there is; counters of others are locked in the order of their ids. */
#include "storage/actor.h"

#include "storage/instance_counter.h"
#include "storage/media.h"
#include "storage/statement.h"

#define BATCH_ROWS 1000

/* First of all: from here on nobody else refreshes it or speaks for it. */
static const struct statement mark = STATEMENT("actor_delete_mark", 1,
	"with gone as ("
	"  update actors"
	"  set deleted_at = coalesce(deleted_at, now()),"
	"      suspended_at = coalesce(suspended_at, now()),"
	"      display_name = '',"
	"      summary_html = '',"
	"      summary_source = null,"
	"      fields = '[]',"
	"      avatar_url = null,"
	"      avatar_alt = '',"
	"      header_url = null,"
	"      header_alt = '',"
	"      also_known_as = '{}',"
	"      moved_to_id = null,"
	"      is_discoverable = false,"
	"      is_indexable = false,"
	"      updated_at = now()"
	"  where id = $1"
	"  returning id, uri, domain_id"
	"), marked as ("
	"  insert into tombstones as t (uri, is_local, was_known)"
	"  select uri, domain_id is not null, true from gone"
	"  on conflict (uri) do update"
	"  set was_known = true"
	"  where not t.was_known"
	")"
	" select count(*) from gone"); // actors_pkey, tombstones_pkey

/* Newest first, so that answers go before what they answer. Posts of a remote actor need no tombstones: its own is
 * enough. */
static const struct statement drop_posts = STATEMENT("actor_delete_posts", 3,
	"with doomed as ("
	"  select p.id, p.uri, p.in_reply_to_id, p.in_reply_to_actor_id, p.visibility, a.domain_id is not null as is_local"
	"  from posts as p"
	"  join actors as a on a.id = p.actor_id"
	"  where p.actor_id = $1"
	"  order by p.id desc"
	"  limit $2"
	"), parents as ("
	"  select c.post_id, n.replies"
	"  from (select in_reply_to_id, count(*) as replies"
	"        from doomed"
	"        where in_reply_to_id is not null"
	"          and visibility in ('public', 'unlisted')"
	"        group by 1) as n"
	"  join post_counts as c on c.post_id = n.in_reply_to_id"
	"  order by c.post_id"
	"  for update of c"
	"), parents_counted as ("
	"  update post_counts as c"
	"  set replies = c.replies - n.replies"
	"  from parents as n"
	"  where c.post_id = n.post_id"
	"), sums as ("
	"  select i.name, n.posts"
	"  from (select case when in_reply_to_actor_id is null then 'local_posts' else 'local_comments' end as name,"
	"               count(*) as posts"
	"        from doomed where is_local group by 1) as n"
	"  join instance_counters as i on i.name = n.name and i.slot = $3"
	"  order by i.name"
	"  for update of i"
	"), instance_counted as ("
	"  update instance_counters as i"
	"  set value = i.value - n.posts"
	"  from sums as n"
	"  where i.name = n.name"
	"    and i.slot = $3"
	"), marked as ("
	"  insert into tombstones as t (uri, is_local, was_known)"
	"  select uri, true, true from doomed where is_local"
	"  on conflict (uri) do update"
	"  set was_known = true"
	"  where not t.was_known"
	"), gone as ("
	"  delete from posts as p"
	"  using doomed as d"
	"  where p.id = d.id"
	"  returning p.id"
	")"
	" select count(*) from gone"); // posts_actor_id, post_counts_pkey, instance_counters_pkey

static const struct statement drop_boosts = STATEMENT("actor_delete_boosts", 2,
	"with gone as ("
	"  delete from boosts"
	"  where id in (select id from boosts where actor_id = $1 order by id desc limit $2)"
	"  returning post_id"
	"), locked as ("
	"  select c.post_id"
	"  from gone as g"
	"  join post_counts as c on c.post_id = g.post_id"
	"  order by c.post_id"
	"  for update of c"
	"), counted as ("
	"  update post_counts as c"
	"  set boosts = c.boosts - 1"
	"  from locked as l"
	"  where c.post_id = l.post_id"
	")"
	" select count(*) from gone"); // boosts_actor_id, post_counts_pkey

static const struct statement drop_favourites = STATEMENT("actor_delete_favourites", 2,
	"with gone as ("
	"  delete from favourites"
	"  where id in (select id from favourites where actor_id = $1 order by id desc limit $2)"
	"  returning post_id"
	"), locked as ("
	"  select c.post_id"
	"  from gone as g"
	"  join post_counts as c on c.post_id = g.post_id"
	"  order by c.post_id"
	"  for update of c"
	"), counted as ("
	"  update post_counts as c"
	"  set favourites = c.favourites - 1"
	"  from locked as l"
	"  where c.post_id = l.post_id"
	")"
	" select count(*) from gone"); // favourites_actor_id, post_counts_pkey

static const struct statement drop_reactions = STATEMENT("actor_delete_reactions", 2,
	"with gone as ("
	"  delete from reactions"
	"  where id in (select id from reactions where actor_id = $1 limit $2)"
	"  returning id"
	")"
	" select count(*) from gone"); // reactions_actor_id_post_id_emoji_key

/* Only local polls count votes by their rows; a remote one shows what its author says. */
static const struct statement drop_votes = STATEMENT("actor_delete_votes", 2,
	"with chosen as ("
	"  select v.post_id, v.actor_id, v.position, author.domain_id is not null as is_local"
	"  from poll_votes as v"
	"  join posts as p on p.id = v.post_id"
	"  join actors as author on author.id = p.actor_id"
	"  where v.actor_id = $1"
	"    and v.post_id in (select post_id from poll_votes where actor_id = $1 group by post_id limit $2)"
	"), locked as ("
	"  select p.post_id"
	"  from polls as p"
	"  where p.post_id in (select post_id from chosen where is_local)"
	"  order by p.post_id"
	"  for update"
	"), voters_counted as ("
	"  update polls as p"
	"  set voters = p.voters - 1"
	"  from locked as l"
	"  where p.post_id = l.post_id"
	"), votes_counted as ("
	"  update poll_options as o"
	"  set votes = o.votes - 1"
	"  from chosen as v"
	"  join locked as l on l.post_id = v.post_id"
	"  where o.post_id = v.post_id"
	"    and o.position = v.position"
	"), gone as ("
	"  delete from poll_votes as v"
	"  using chosen as g"
	"  where v.post_id = g.post_id"
	"    and v.actor_id = g.actor_id"
	"    and v.position = g.position"
	"  returning v.post_id"
	")"
	" select count(*) from gone"); // poll_votes_actor_id, polls_pkey, poll_options_pkey, poll_votes_pkey

/* The counters of the others; its own row goes at the end. */
static const struct statement drop_follows = STATEMENT("actor_delete_follows", 2,
	"with chosen as ("
	"  select id from follows where follower_id = $1 or followed_id = $1 limit $2"
	"), gone as ("
	"  delete from follows as f"
	"  using chosen as n"
	"  where f.id = n.id"
	"  returning f.follower_id, f.followed_id, f.state"
	"), sums as ("
	"  select case when follower_id = $1 then followed_id else follower_id end as actor_id,"
	"         count(*) filter (where follower_id = $1) as followers,"
	"         count(*) filter (where followed_id = $1) as following"
	"  from gone"
	"  where state = 'accepted'"
	"  group by 1"
	"), locked as ("
	"  select c.actor_id, s.followers, s.following"
	"  from sums as s"
	"  join actor_counts as c on c.actor_id = s.actor_id"
	"  order by c.actor_id"
	"  for update of c"
	"), counted as ("
	"  update actor_counts as c"
	"  set followers = c.followers - l.followers,"
	"      following = c.following - l.following"
	"  from locked as l"
	"  where c.actor_id = l.actor_id"
	")"
	" select count(*) from gone"); // follows_follower_id_followed_id_key, follows_followed_id, actor_counts_pkey

static const struct statement drop_notifications = STATEMENT("actor_delete_notifications", 1,
	"with policies_gone as ("
	"  delete from notification_policies where actor_id = $1"
	"), permissions_gone as ("
	"  delete from notification_permissions where actor_id = $1 or from_actor_id = $1"
	"), requests_gone as ("
	"  delete from notification_requests where actor_id = $1 or from_actor_id = $1"
	"), conversations_gone as ("
	"  delete from conversations where actor_id = $1"
	")"
	" delete from notifications"
	" where actor_id = $1"
	"    or from_actor_id = $1"); // notifications_actor_id, notifications_from_actor_id and the like

static const struct statement drop_rest = STATEMENT("actor_delete_rest", 1,
	"with blocks_gone as ("
	"  delete from blocks where blocker_id = $1 or blocked_id = $1"
	"), pins_gone as ("
	"  delete from pins where actor_id = $1"
	"), tags_gone as ("
	"  delete from featured_tags where actor_id = $1"
	"), keys_gone as ("
	"  delete from actor_keys as k"
	"  using actors as a"
	"  where k.actor_id = $1"
	"    and a.id = k.actor_id"
	"    and a.domain_id is null"
	")"
	" delete from actor_counts where actor_id = $1"); // blocks_blocker_id_blocked_id_key, blocks_blocked_id, primary keys

/* What others keep about it. */
static const struct statement drop_relations = STATEMENT("actor_delete_relations", 1,
	"with mutes_gone as ("
	"  delete from mutes where muter_id = $1 or muted_id = $1"
	"), members_gone as ("
	"  delete from list_members where actor_id = $1"
	"), endorsements_gone as ("
	"  delete from endorsements where actor_id = $1 or endorsed_id = $1"
	")"
	" delete from actor_notes where actor_id = $1 or target_id = $1");
	// mutes_muter_id, mutes_muted_id, list_members_actor_id, endorsements_actor_id, endorsements_endorsed_id, actor_notes_pkey

/* What only a local one keeps. */
static const struct statement drop_own = STATEMENT("actor_delete_own", 1,
	"with lists_gone as ("
	"  delete from lists where actor_id = $1"
	"), bookmarks_gone as ("
	"  delete from bookmarks where actor_id = $1"
	"), tags_gone as ("
	"  delete from tag_follows where actor_id = $1"
	"), domains_gone as ("
	"  delete from actor_domain_blocks where actor_id = $1"
	"), conversations_gone as ("
	"  delete from conversation_mutes where actor_id = $1"
	"), home_gone as ("
	"  delete from home_timelines where owner_id = $1"
	"), items_gone as ("
	"  delete from home_items where owner_id = $1"
	")"
	" delete from actor_preferences where actor_id = $1");
	// lists_actor_id, bookmarks_actor_id, tag_follows_actor_id_name_key, actor_domain_blocks_actor_id, primary keys

/* What an organisation keeps in its library is the organisation's. */
static const struct statement drop_media = STATEMENT("actor_delete_media", 1,
	"delete from media as m"
	" where m.actor_id = $1"
	"   and m.remote_url is null"
	"   and not exists (select from post_media as pm where pm.media_id = m.id)"
	"   and not exists (select from assets as s where s.media_id = m.id)"); // media_actor_id, post_media_media_id_key, assets_media_id_key

STATEMENT_TABLE(actor_delete_statements, &mark, &drop_posts, &drop_boosts, &drop_favourites, &drop_reactions, &drop_votes,
	&drop_follows, &drop_notifications, &drop_rest, &drop_relations, &drop_own, &drop_media);

static enum error mark_deleted(struct db *db, struct arena *arena, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &mark, &values, &rows);
	if (error)
		return error;
	return db_int64(&rows, 0, 0) ? ERROR_NONE : ERROR_NOT_FOUND;
}

/* Until a batch finds nothing more. */
static enum error drop_all(struct db *db, struct arena *arena, const struct statement *statement, int64_t id)
{
	int64_t count;
	do {
		struct db_values values = { .count = 0 };
		db_value_int64(&values, id);
		db_value_int64(&values, BATCH_ROWS);
		if (statement->parameter_count > 2)
			db_value_int16(&values, instance_counter_slot(id));
		AUTO(db_rows) struct db_rows rows = { 0 };
		enum error error = db_run(db, arena, statement, &values, &rows);
		if (error)
			return error;
		count = db_int64(&rows, 0, 0);
	} while (count > 0);
	return ERROR_NONE;
}

static enum error drop(struct db *db, struct arena *arena, const struct statement *statement, int64_t id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	return db_change(db, arena, statement, &values, NULL);
}

enum error actor_delete(struct db *db, struct arena *arena, int64_t id)
{
	static const struct statement *const batches[] = { &drop_votes, &drop_favourites, &drop_reactions, &drop_boosts,
		&drop_posts, &drop_follows };
	enum error error = mark_deleted(db, arena, id);
	for (size_t i = 0; !error && i < sizeof(batches) / sizeof(batches[0]); i++)
		error = drop_all(db, arena, batches[i], id);
	if (!error)
		error = drop(db, arena, &drop_notifications, id);
	if (!error)
		error = drop(db, arena, &drop_rest, id);
	if (!error)
		error = drop(db, arena, &drop_relations, id);
	/* The federation role deletes remote actors only. */
	if (error || db_role_of(db) == DB_FEDERATION)
		return error;
	error = drop(db, arena, &drop_own, id);
	if (!error)
		error = drop(db, arena, &drop_media, id);
	return error ? error : media_remove_files_soon(db, arena);
}
