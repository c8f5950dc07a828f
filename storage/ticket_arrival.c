/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The queue of posts that concern brand accounts, and where a post belongs. */
#include "storage/ticket_arrival.h"

#include "storage/post_visibility.h"
#include "storage/statement.h"

#include "base/mutant.h"

#include <assert.h>

static const struct statement take = STATEMENT("ticket_arrival_take", 1,
	"with taken as ("
	"  delete from ticket_arrivals"
	"  where id = any (array("
	"    select w.id from ticket_arrivals as w where w.due_at <= now() order by w.due_at, w.id limit $1 for update skip locked))"
	"  returning id, actor_id, post_id, what"
	")"
	" select t.id, t.actor_id, t.post_id, t.what"
	" from taken as t"
	" order by t.id"); // ticket_arrivals_due_at, ticket_arrivals_pkey

static const struct statement lock_accounts = STATEMENT("ticket_arrival_lock_accounts", 1,
	"select b.actor_id, b.organisation_id"
	" from brand_accounts as b"
	" where b.actor_id = any ($1)"
	" order by b.actor_id"
	" for no key update"); // brand_accounts_pkey

static const struct statement put_off = STATEMENT("ticket_arrival_put_off", 2,
	"update ticket_arrivals"
	" set attempts = attempts + 1,"
	"     last_error = left($1, 100),"
	"     due_at = case when attempts + 1 >= $2 then 'infinity' else now() + interval '1 second' * 4 ^ attempts end"
	" where id = (select w.id from ticket_arrivals as w where w.due_at <= now() order by w.due_at, w.id limit 1"
	"             for update skip locked)"); // ticket_arrivals_due_at, ticket_arrivals_pkey

static const struct statement read_state = STATEMENT("ticket_arrival_read_state", 0,
	"select (select count(*) from (select from ticket_arrivals as w where w.due_at < 'infinity' order by w.due_at limit 10000)"
	"                            as first_ones),"
	"       (select count(*) from (select from ticket_arrivals as w where w.due_at = 'infinity' order by w.due_at, w.id limit 10000)"
	"                            as first_ones),"
	"       (select w.queued_at from ticket_arrivals as w where w.due_at < 'infinity' order by w.due_at, w.id limit 1)");
	// ticket_arrivals_due_at

static const struct statement retry = STATEMENT("ticket_arrival_retry", 0,
	"update ticket_arrivals"
	" set attempts = 0,"
	"     due_at = now()"
	" where id = any (array(select w.id from ticket_arrivals as w where w.due_at = 'infinity' order by w.due_at, w.id limit 10000"
	"                       for update skip locked))"); // ticket_arrivals_due_at, ticket_arrivals_pkey

/* p's visibility for the account is that of any reader; $1 is the account. Long ago: an answer of today may have a parent
 * of years ago, which is fetched and is no news. */
static const struct statement read_post = STATEMENT("ticket_arrival_read_post", 2,
	"select p.id, p.actor_id, p.in_reply_to_id, p.in_reply_to_actor_id, p.conversation_id, p.context_uri, p.conversation_uri,"
	"       p.language, p.visibility in ('public', 'unlisted'), p.created_at,"
	"       (select b.organisation_id from brand_accounts as b where b.actor_id = p.actor_id),"
	"       " POST_IS_WANTED_BY("$1") ","
	"       p.fetched_at is null or p.created_at > p.fetched_at - interval '7 days',"
	"       p.in_reply_to_actor_id is not distinct from $1"
	"       or exists (select from post_mentions as m where m.post_id = p.id and m.actor_id = $1)"
	"       or exists (select from posts as q where q.id = p.quote_id and q.actor_id = $1),"
	"       p.in_reply_to_actor_id is not distinct from p.actor_id,"
	"       said.user_id, said.membership_id"
	" from posts as p"
	" join actors as author on author.id = p.actor_id"
	" left join lateral (select r.user_id, r.membership_id from releases as r where r.post_id = p.id and p.actor_id = $1"
	"                    order by r.activity_id limit 1) as said on true"
	" where p.id = $2"
	" for share of p"); // posts_pkey, actors_pkey, brand_accounts_pkey, post_mentions_pkey, releases_post_id

/* In public, an answer goes where its parent is; in private it does only for the ticket's customer and for whom the
 * parent was addressed to: nobody enters another's talk by knowing an address. A context is anybody's word: it joins
 * what is public, and one's own. */
static const struct statement find_thread = STATEMENT("ticket_arrival_find_thread", 8,
	"select (select t.id"
	"        from ticket_posts as tp"
	"        join tickets as t on t.id = tp.ticket_id"
	"        where tp.actor_id = $1"
	"          and tp.post_id = $3"
	"          and (t.channel = 'public') = ($4::bigint = 0)"
	"          and ($4 = 0 or t.customer_id = $4 or $8 = tp.author_id or $8 = $1"
	"               or exists (select from post_mentions as m where m.post_id = $3 and m.actor_id = $8))),"
	"       (select t.id"
	"        from ticket_posts as tp"
	"        join tickets as t on t.id = tp.ticket_id"
	"        where tp.actor_id = $1"
	"          and tp.post_id = $3"
	"          and t.channel = 'public'),"
	"       (select th.ticket_id from ticket_threads as th where th.actor_id = $1 and th.thread_id = $5 and th.customer_id = $4),"
	"       coalesce("
	"        (select th.ticket_id"
	"         from posts as q"
	"         join ticket_threads as th on th.actor_id = $1 and th.thread_id = q.conversation_id and th.customer_id = $4"
	"         where q.context_uri = $6"
	"           and q.id <> $2"
	"         order by q.id"
	"         limit 1),"
	"        (select th.ticket_id"
	"         from posts as q"
	"         join ticket_threads as th on th.actor_id = $1 and th.thread_id = q.conversation_id and th.customer_id = $4"
	"         where q.conversation_uri = $7"
	"           and q.id <> $2"
	"         order by q.id"
	"         limit 1))"); // ticket_posts_pkey, tickets_pkey, ticket_threads_pkey, posts_context_uri, posts_conversation_uri

static const struct statement store_thread = STATEMENT("ticket_arrival_store_thread", 4,
	"insert into ticket_threads (actor_id, thread_id, customer_id, ticket_id)"
	" values ($1, $2, $3, $4)"
	" on conflict (actor_id, thread_id, customer_id) do update"
	" set ticket_id = excluded.ticket_id"); // ticket_threads_pkey

STATEMENT_TABLE(ticket_arrival_statements, &take, &lock_accounts, &put_off, &read_state, &retry, &read_post, &find_thread,
	&store_thread);

static enum arrival_kind read_kind(struct str name)
{
	if (str_eq(name, STR_LITERAL("edited")))
		return ARRIVAL_EDITED;
	if (str_eq(name, STR_LITERAL("moved")))
		return ARRIVAL_MOVED;
	return str_eq(name, STR_LITERAL("gone")) ? ARRIVAL_GONE : ARRIVAL_POST;
}

static enum error lock_their_accounts(struct db *db, struct arena *arena, struct ticket_arrival *arrivals, size_t count)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	int64_t ids[TICKET_ARRIVALS_MAX];
	for (size_t i = 0; i < count; i++)
		ids[i] = arrivals[i].actor_id;
	db_value_int64_array(&values, arena, ids, count);
	enum error error = db_run(db, arena, &lock_accounts, &values, &rows);
	if (error)
		return error;
	for (size_t i = 0; i < count; i++)
		for (int row = 0; row < rows.count; row++)
			if (db_int64(&rows, row, 0) == arrivals[i].actor_id)
				arrivals[i].organisation_id = db_int64(&rows, row, 1);
	return ERROR_NONE;
}

enum error ticket_arrival_take(struct db *db, struct arena *arena, int limit, struct ticket_arrival **ret_arrivals, size_t *ret_count)
{
	assert(limit <= TICKET_ARRIVALS_MAX);
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, limit);
	enum error error = db_run(db, arena, &take, &values, &rows);
	if (error)
		return error;
	struct ticket_arrival *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct ticket_arrival){
			.id = db_int64(&rows, row, 0),
			.actor_id = db_int64(&rows, row, 1),
			.post_id = db_int64(&rows, row, 2),
			.kind = read_kind(db_text(&rows, row, 3)),
		};
	if (rows.count)
		error = lock_their_accounts(db, arena, all, (size_t)rows.count);
	if (error)
		return error;
	*ret_arrivals = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error ticket_arrival_put_off(struct db *db, struct arena *arena, struct str error_name)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, error_name);
	db_value_int32(&values, TICKET_ARRIVAL_MAX_ATTEMPTS);
	return db_change(db, arena, &put_off, &values, NULL);
}

enum error ticket_arrival_read_state(struct db *db, struct arena *arena, struct ticket_arrivals_state *ret_state)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &read_state, NULL, &rows);
	if (error)
		return error;
	*ret_state = (struct ticket_arrivals_state){ db_int64(&rows, 0, 0), db_int64(&rows, 0, 1), db_time(&rows, 0, 2) };
	return ERROR_NONE;
}

enum error ticket_arrival_retry(struct db *db, struct arena *arena, int64_t *ret_count)
{
	return db_change(db, arena, &retry, NULL, ret_count);
}

enum error ticket_arrival_read_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id,
	struct threaded_post *ret_post)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	enum error error = db_run(db, arena, &read_post, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_post = (struct threaded_post){
		.id = db_int64(&rows, 0, 0),
		.author_id = db_int64(&rows, 0, 1),
		.in_reply_to_id = db_int64(&rows, 0, 2),
		.in_reply_to_actor_id = db_int64(&rows, 0, 3),
		.thread_id = db_int64(&rows, 0, 4),
		.context_uri = db_text(&rows, 0, 5),
		.conversation_uri = db_text(&rows, 0, 6),
		.language = db_text(&rows, 0, 7),
		.channel = db_bool(&rows, 0, 8) || MUTANT("ticket_private_channel") ? TICKET_PUBLIC : TICKET_PRIVATE,
		.created_us = db_time(&rows, 0, 9),
		.author_organisation_id = db_int64(&rows, 0, 10),
		.is_wanted = db_bool(&rows, 0, 11) || MUTANT("ticket_wanted"),
		.is_news = db_bool(&rows, 0, 12),
		.names_brand = db_bool(&rows, 0, 13),
		.follows_own = db_bool(&rows, 0, 14),
		.user_id = db_int64(&rows, 0, 15),
		.membership_id = db_int64(&rows, 0, 16),
	};
	return ERROR_NONE;
}

enum error ticket_thread_find(struct db *db, struct arena *arena, int64_t actor_id, const struct threaded_post *post,
	int64_t customer_id, struct thread_place *ret_place)
{
	struct db_values values = { .count = 0 };
	AUTO(db_rows) struct db_rows rows = { 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post->id);
	db_value_int64(&values, post->in_reply_to_id);
	db_value_int64(&values, customer_id);
	db_value_int64(&values, post->thread_id);
	db_value_text(&values, post->context_uri);
	db_value_text(&values, post->conversation_uri);
	db_value_int64(&values, post->author_id);
	enum error error = db_run(db, arena, &find_thread, &values, &rows);
	if (error)
		return error;
	*ret_place = (struct thread_place){ db_int64(&rows, 0, 0), db_int64(&rows, 0, 1), db_int64(&rows, 0, 2), db_int64(&rows, 0, 3) };
	return ERROR_NONE;
}

enum error ticket_thread_store(struct db *db, struct arena *arena, int64_t actor_id, int64_t thread_id, int64_t customer_id,
	int64_t ticket_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, thread_id);
	db_value_int64(&values, customer_id);
	db_value_int64(&values, ticket_id);
	return db_change(db, arena, &store_thread, &values, NULL);
}
