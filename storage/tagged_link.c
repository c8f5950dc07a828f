/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tagged links and their counts. */
#include "storage/tagged_link.h"

#include "storage/statement.h"

#define LINK_COLUMNS \
	"l.id" \
	", l.organisation_id" \
	", l.actor_id" \
	", l.campaign_id" \
	", l.code" \
	", l.target" \
	", l.location" \
	", l.created_by" \
	", l.created_at" \
	", d.base_url" \
	", h.people" \
	", h.machines"

enum {
	LINK_ID,
	LINK_ORGANISATION_ID,
	LINK_ACTOR_ID,
	LINK_CAMPAIGN_ID,
	LINK_CODE,
	LINK_TARGET,
	LINK_LOCATION,
	LINK_CREATED_BY,
	LINK_CREATED_AT,
	LINK_BASE_URL,
	LINK_PEOPLE,
	LINK_MACHINES,
};

#define LINK_TABLES \
	" from tagged_links as l" \
	" join actors as a on a.id = l.actor_id" \
	" join domains as d on d.id = a.domain_id" \
	" cross join lateral (" \
	"   select coalesce(sum(o.hits) filter (where not o.is_machine), 0)::bigint as people," \
	"          coalesce(sum(o.hits) filter (where o.is_machine), 0)::bigint as machines" \
	"   from link_hits as o" \
	"   where o.link_id = l.id" \
	" ) as h"

static const struct statement insert = STATEMENT("tagged_link_insert", 8,
	"insert into tagged_links (id, organisation_id, actor_id, campaign_id, code, target, location, created_by)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8)");

static const struct statement find = STATEMENT("tagged_link_find", 2,
	"select " LINK_COLUMNS
	LINK_TABLES
	" where l.id = $2"
	"   and l.organisation_id = $1"); // tagged_links_pkey, actors_pkey, domains_pkey, link_hits_pkey

static const struct statement list = STATEMENT("tagged_link_list", 5,
	"select * from ("
	"  select " LINK_COLUMNS
	LINK_TABLES
	"  where l.actor_id = any ($1::bigint[])"
	"    and l.id < $2"
	"    and l.id > $3"
	"  order by case when $4::boolean then l.id else -l.id end"
	"  limit $5"
	" ) as page"
	" order by page.id desc"); // tagged_links_account, actors_pkey, domains_pkey, link_hits_pkey

static const struct statement resolve = STATEMENT("tagged_link_resolve", 2,
	"select l.id, l.location"
	" from tagged_links as l"
	" join actors as a on a.id = l.actor_id"
	" where l.code = $2"
	"   and a.domain_id = $1"
	"   and a.suspended_at is null"
	"   and a.deleted_at is null"
	"   and not a.is_disabled"); // tagged_links_code_key, actors_pkey

static const struct statement add_hits = STATEMENT("tagged_link_add_hits", 5,
	"insert into link_hits as h (link_id, hour, is_machine, referrer, hits)"
	" select n.link_id, n.hour, n.is_machine,"
	"        case when n.referrer = '' or n.is_known or n.stored + n.place <= 100 then n.referrer else '*' end as referrer,"
	"        sum(n.hits)::bigint"
	" from ("
	"   select w.link_id, w.hour, w.is_machine, w.referrer, w.hits,"
	"          row_number() over (partition by w.link_id, w.hour order by w.referrer) as place,"
	"          (select count(*) from link_hits as o where o.link_id = w.link_id and o.hour = w.hour) as stored,"
	"          exists (select from link_hits as o"
	"                  where o.link_id = w.link_id"
	"                    and o.hour = w.hour"
	"                    and o.is_machine = w.is_machine"
	"                    and o.referrer = w.referrer) as is_known"
	"   from unnest($1::bigint[], $2::timestamptz[], $3::boolean[], $4::text[], $5::bigint[])"
	"        as w (link_id, hour, is_machine, referrer, hits)"
	"   join tagged_links as l on l.id = w.link_id"
	" ) as n"
	" group by 1, 2, 3, 4"
	" order by 1, 2, 3, 4"
	" on conflict (link_id, hour, is_machine, referrer) do update"
	" set hits = h.hits + excluded.hits"); // tagged_links_pkey, link_hits_pkey

#define HIT_SUMS \
	"       coalesce(sum(h.hits) filter (where not h.is_machine), 0)::bigint," \
	"       coalesce(sum(h.hits) filter (where h.is_machine), 0)::bigint"

static const struct statement by_hour = STATEMENT("tagged_link_by_hour", 1,
	"select h.hour, ''::text,"
	HIT_SUMS
	" from link_hits as h"
	" where h.link_id = $1"
	" group by h.hour"
	" order by h.hour desc"
	" limit 1000"); // link_hits_pkey

static const struct statement by_referrer = STATEMENT("tagged_link_by_referrer", 1,
	"select null::timestamptz, h.referrer,"
	HIT_SUMS
	" from link_hits as h"
	" where h.link_id = $1"
	" group by h.referrer"
	" order by 3 desc, 4 desc, h.referrer"
	" limit 100"); // link_hits_pkey

STATEMENT_TABLE(tagged_link_statements, &insert, &find, &list, &resolve, &add_hits, &by_hour, &by_referrer);

enum error tagged_link_insert(struct db *db, struct arena *arena, const struct tagged_link *link)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, link->id);
	db_value_int64(&values, link->organisation_id);
	db_value_int64(&values, link->actor_id);
	db_value_id(&values, link->campaign_id);
	db_value_text(&values, link->code);
	db_value_text(&values, link->target);
	db_value_text(&values, link->location);
	db_value_int64(&values, link->created_by);
	return db_change(db, arena, &insert, &values, NULL);
}

static struct tagged_link read_link(const struct db_rows *rows, int row)
{
	return (struct tagged_link){
		.id = db_int64(rows, row, LINK_ID),
		.organisation_id = db_int64(rows, row, LINK_ORGANISATION_ID),
		.actor_id = db_int64(rows, row, LINK_ACTOR_ID),
		.campaign_id = db_int64(rows, row, LINK_CAMPAIGN_ID),
		.code = db_text(rows, row, LINK_CODE),
		.target = db_text(rows, row, LINK_TARGET),
		.location = db_text(rows, row, LINK_LOCATION),
		.created_by = db_int64(rows, row, LINK_CREATED_BY),
		.created_us = db_time(rows, row, LINK_CREATED_AT),
		.base_url = db_text(rows, row, LINK_BASE_URL),
		.people = db_int64(rows, row, LINK_PEOPLE),
		.machines = db_int64(rows, row, LINK_MACHINES),
	};
}

enum error tagged_link_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct tagged_link *ret_link)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_link = read_link(&rows, 0);
	return error;
}

enum error tagged_link_list(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t actor_count,
	const struct id_page *page, struct tagged_link **ret_links, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	int64_t before, after;
	bool is_ascending;
	id_page_bounds(page, &before, &after, &is_ascending);
	db_value_int64_array(&values, arena, actor_ids, actor_count);
	db_value_int64(&values, before);
	db_value_int64(&values, after);
	db_value_bool(&values, is_ascending);
	db_value_int64(&values, page->limit);
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct tagged_link *links = arena_alloc_array(arena, (size_t)rows.count, sizeof(*links));
	for (int i = 0; i < rows.count; i++)
		links[i] = read_link(&rows, i);
	*ret_links = links;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error tagged_link_resolve(struct db *db, struct arena *arena, int64_t domain_id, struct str code, int64_t *ret_id,
	struct str *ret_location)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, domain_id);
	db_value_text(&values, code);
	enum error error = db_run(db, arena, &resolve, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (error)
		return error;
	*ret_id = db_int64(&rows, 0, 0);
	*ret_location = db_text(&rows, 0, 1);
	return ERROR_NONE;
}

enum error link_hit_add(struct db *db, struct arena *arena, const struct link_hit *hits, size_t count)
{
	struct db_values values = { .count = 0 };
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids)), *hours = arena_alloc_array(arena, count, sizeof(*hours));
	int64_t *numbers = arena_alloc_array(arena, count, sizeof(*numbers));
	bool *machines = arena_alloc_array(arena, count, sizeof(*machines));
	struct str *referrers = arena_alloc_array(arena, count, sizeof(*referrers));
	for (size_t i = 0; i < count; i++) {
		ids[i] = hits[i].link_id;
		hours[i] = hits[i].hour_us;
		machines[i] = hits[i].is_machine;
		referrers[i] = hits[i].referrer;
		numbers[i] = hits[i].hits;
	}
	db_value_int64_array(&values, arena, ids, count);
	db_value_time_array(&values, arena, hours, count);
	db_value_bool_array(&values, arena, machines, count);
	db_value_text_array(&values, arena, referrers, count);
	db_value_int64_array(&values, arena, numbers, count);
	return db_change(db, arena, &add_hits, &values, NULL);
}

static enum error count_by(struct db *db, struct arena *arena, const struct statement *statement, int64_t link_id,
	struct link_count **ret_counts, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, link_id);
	enum error error = db_run(db, arena, statement, &values, &rows);
	if (error)
		return error;
	struct link_count *counts = arena_alloc_array(arena, (size_t)rows.count, sizeof(*counts));
	for (int i = 0; i < rows.count; i++)
		counts[i] = (struct link_count){ db_time(&rows, i, 0), db_text(&rows, i, 1), db_int64(&rows, i, 2), db_int64(&rows, i, 3) };
	*ret_counts = counts;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error link_count_by_hour(struct db *db, struct arena *arena, int64_t link_id, struct link_count **ret_counts, size_t *ret_count)
{
	return count_by(db, arena, &by_hour, link_id, ret_counts, ret_count);
}

enum error link_count_by_referrer(struct db *db, struct arena *arena, int64_t link_id, struct link_count **ret_counts,
	size_t *ret_count)
{
	return count_by(db, arena, &by_referrer, link_id, ret_counts, ret_count);
}
