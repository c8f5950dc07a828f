/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rules, the posts that they look at, and turns. */
#include "storage/routing.h"

#include "storage/organisation.h"
#include "storage/statement.h"

#define RULE_SELECT "r.id, r.organisation_id, r.name, r.position, r.is_enabled, r.goes_on, r.condition::text, r.actions::text, r.version"
/* Many are read at once: words far down in a long text are not looked for. */
#define POST_SELECT "tp.post_id, t.id, t.number, t.actor_id, tp.author_id, t.channel = 'private', coalesce(p.language, t.language)," \
	" left(p.html, 20000), not exists (select from service_hours as h where h.organisation_id = t.organisation_id)" \
	"          or exists (select from service_spans(t.organisation_id, tp.at, tp.at + interval '1 millisecond'))," \
	" (select string_agg(g.tag, ' ' order by g.tag) from ticket_tags as g where g.ticket_id = t.id)"

static const struct statement list = STATEMENT("routing_rule_list", 3,
	"select " RULE_SELECT
	" from routing_rules as r"
	" where r.organisation_id = $1"
	"   and (r.is_enabled or not $2)"
	" order by r.position, r.id"
	" limit $3"); // routing_rules_organisation_id_name_key

static const struct statement find = STATEMENT("routing_rule_find", 2,
	"select " RULE_SELECT
	" from routing_rules as r"
	" where r.id = $2"
	"   and r.organisation_id = $1"); // routing_rules_pkey

static const struct statement insert = STATEMENT("routing_rule_insert", 9,
	"insert into routing_rules (id, organisation_id, name, position, is_enabled, goes_on, condition, actions)"
	" select $1, $2, $3, $4, $5, $6, $7::text::jsonb, $8::text::jsonb"
	" where (select count(*) from routing_rules as r where r.organisation_id = $2) < $9"); // routing_rules_organisation_id_name_key

static const struct statement change = STATEMENT("routing_rule_change", 9,
	"update routing_rules"
	" set name = $3, position = $4, is_enabled = $5, goes_on = $6, condition = $7::text::jsonb, actions = $8::text::jsonb,"
	"     version = version + 1"
	" where id = $1"
	"   and organisation_id = $2"
	"   and version = $9"); // routing_rules_pkey

static const struct statement remove_one = STATEMENT("routing_rule_remove", 2,
	"delete from routing_rules"
	" where id = $2"
	"   and organisation_id = $1"); // routing_rules_pkey

static const struct statement find_post = STATEMENT("routing_post_find", 2,
	"select " POST_SELECT
	" from ticket_posts as tp"
	" join tickets as t on t.id = tp.ticket_id"
	" join posts as p on p.id = tp.post_id"
	" where tp.actor_id = $1"
	"   and tp.post_id = $2"
	"   and not tp.is_ours"); // ticket_posts_pkey, tickets_pkey, posts_pkey, service_hours_pkey, ticket_tags_pkey

static const struct statement list_posts = STATEMENT("routing_post_list", 2,
	"select " POST_SELECT
	" from ("
	"   select newest.*"
	"   from unnest($1::bigint[]) as w (actor_id)"
	"   cross join lateral ("
	"     select k.*"
	"     from ticket_posts as k"
	"     where k.actor_id = w.actor_id"
	"       and not k.is_ours"
	"     order by k.post_id desc"
	"     limit $2"
	"   ) as newest"
	"   order by newest.post_id desc"
	"   limit $2"
	" ) as tp"
	" join tickets as t on t.id = tp.ticket_id"
	" join posts as p on p.id = tp.post_id"
	" order by tp.post_id desc"); // ticket_posts_pkey, tickets_pkey, posts_pkey, service_hours_pkey, ticket_tags_pkey

static const struct statement lock_team = STATEMENT("routing_turn_lock", 2,
	"select t.id"
	" from teams as t"
	" where t.id = $2"
	"   and t.organisation_id = $1"
	" for no key update"); // teams_pkey

static const struct statement list_turns = STATEMENT("routing_turn_list", 2,
	"select m.id"
	" from team_members as p"
	" join memberships as m on m.id = p.membership_id"
	"   and m.state = 'active'"
	" left join routing_turns as r on r.team_id = p.team_id"
	"   and r.membership_id = p.membership_id"
	" where p.team_id = $1"
	" order by case when $2::boolean then ("
	"   select count(*)"
	"   from tickets as t"
	"   where t.assignee_id = m.id"
	"     and t.status = 'open'"
	"     and t.merged_into_id is null) end,"
	"   r.turned_at nulls first, m.id"
	" limit 100"); // team_members_pkey, memberships_pkey, routing_turns_pkey, tickets_assignee

static const struct statement note_turn = STATEMENT("routing_turn_note", 2,
	"insert into routing_turns (team_id, membership_id, turned_at)"
	" values ($1, $2, clock_timestamp())"
	" on conflict (team_id, membership_id) do update"
	" set turned_at = excluded.turned_at"); // routing_turns_pkey

STATEMENT_TABLE(routing_statements, &list, &find, &insert, &change, &remove_one, &find_post, &list_posts, &lock_team, &list_turns,
	&note_turn);

static struct routing_rule read_rule(const struct db_rows *rows, int row)
{
	return (struct routing_rule){
		.id = db_int64(rows, row, 0),
		.organisation_id = db_int64(rows, row, 1),
		.name = db_text(rows, row, 2),
		.position = (int)db_int64(rows, row, 3),
		.is_enabled = db_bool(rows, row, 4),
		.goes_on = db_bool(rows, row, 5),
		.condition = db_text(rows, row, 6),
		.actions = db_text(rows, row, 7),
		.version = db_int64(rows, row, 8),
	};
}

enum error routing_rule_list(struct db *db, struct arena *arena, int64_t organisation_id, bool enabled_only, struct routing_rule **ret_rules,
	size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_bool(&values, enabled_only);
	db_value_int64(&values, ROUTING_RULES_MAX);
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct routing_rule *rules = arena_alloc_array(arena, (size_t)rows.count, sizeof(*rules));
	for (int i = 0; i < rows.count; i++)
		rules[i] = read_rule(&rows, i);
	*ret_rules = rules;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error routing_rule_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct routing_rule *ret_rule)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_rule = read_rule(&rows, 0);
	return error;
}

enum error routing_rule_store(struct db *db, struct arena *arena, const struct routing_rule *rule)
{
	int64_t written = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, rule->id);
	db_value_int64(&values, rule->organisation_id);
	db_value_text(&values, rule->name);
	db_value_int32(&values, rule->position);
	db_value_bool(&values, rule->is_enabled);
	db_value_bool(&values, rule->goes_on);
	db_value_text(&values, rule->condition);
	db_value_text(&values, rule->actions);
	db_value_int64(&values, rule->version ? rule->version : ROUTING_RULES_MAX);
	enum error error = rule->version ? ERROR_NONE : organisation_lock(db, arena, rule->organisation_id);
	if (!error)
		error = db_change(db, arena, rule->version ? &change : &insert, &values, &written);
	if (!error && !written)
		error = rule->version ? ERROR_GONE : ERROR_CONTENT_TOO_LARGE;
	return error;
}

enum error routing_rule_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	int64_t removed = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_one, &values, &removed);
	return !error && !removed ? ERROR_NOT_FOUND : error;
}

/* ---- posts ---- */

static size_t read_tags(struct arena *arena, struct str text, const struct str **ret_tags)
{
	struct str word;
	size_t count = 0;
	struct str *tags = arena_alloc_array(arena, text.len / 2 + 1, sizeof(*tags));
	while (text.len && str_split_next(&text, ' ', &word))
		tags[count++] = word;
	*ret_tags = tags;
	return count;
}

static struct routed_post read_post(struct arena *arena, const struct db_rows *rows, int row)
{
	struct routed_post post = {
		.post_id = db_int64(rows, row, 0),
		.ticket_id = db_int64(rows, row, 1),
		.number = db_int64(rows, row, 2),
		.actor_id = db_int64(rows, row, 3),
		.author_id = db_int64(rows, row, 4),
		.channel = db_bool(rows, row, 5) ? TICKET_PRIVATE : TICKET_PUBLIC,
		.language = db_text(rows, row, 6),
		.html = db_text(rows, row, 7),
		.is_open = db_bool(rows, row, 8),
	};
	post.tag_count = read_tags(arena, db_text(rows, row, 9), &post.tags);
	return post;
}

enum error routing_post_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct routed_post *ret_post)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, post_id);
	enum error error = db_run(db, arena, &find_post, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_post = read_post(arena, &rows, 0);
	return error;
}

enum error routing_post_list(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t actor_count, int limit,
	struct routed_post **ret_posts, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, actor_ids, actor_count);
	db_value_int64(&values, limit);
	enum error error = db_run(db, arena, &list_posts, &values, &rows);
	if (error)
		return error;
	struct routed_post *posts = arena_alloc_array(arena, (size_t)rows.count, sizeof(*posts));
	for (int i = 0; i < rows.count; i++)
		posts[i] = read_post(arena, &rows, i);
	*ret_posts = posts;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

/* ---- turns ---- */

static enum error lock_for_turn(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, team_id);
	enum error error = db_run(db, arena, &lock_team, &values, &rows);
	return !error && !rows.count ? ERROR_NOT_FOUND : error;
}

enum error routing_turn_list(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id, enum routing_turn turn,
	int64_t **ret_membership_ids, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, team_id);
	db_value_bool(&values, turn == TURN_LEAST_LOADED);
	enum error error = lock_for_turn(db, arena, organisation_id, team_id);
	if (!error)
		error = db_run(db, arena, &list_turns, &values, &rows);
	if (error)
		return error;
	int64_t *ids = arena_alloc_array(arena, (size_t)rows.count, sizeof(*ids));
	for (int i = 0; i < rows.count; i++)
		ids[i] = db_int64(&rows, i, 0);
	*ret_membership_ids = ids;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error routing_turn_note(struct db *db, struct arena *arena, int64_t team_id, int64_t membership_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, team_id);
	db_value_int64(&values, membership_id);
	return db_change(db, arena, &note_turn, &values, NULL);
}
