/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an operator sees and asks of deliveries. */
#include "storage/delivery.h"

#include "storage/statement.h"
#include "storage/wake.h"

#define DELIVERY_COLUMNS                                                \
	"a.uri"                                                         \
	", a.type"                                                      \
	", d.inbox_url"                                                 \
	", d.peer"                                                      \
	", d.state"                                                     \
	", d.attempts"                                                  \
	", nullif(d.due_at, 'infinity') as due_at"                      \
	", d.leased_by is not null as is_taken"                         \
	", d.first_attempt_at"                                          \
	", d.last_attempt_at"                                           \
	", d.last_status"                                               \
	", d.last_error"                                                \
	", d.recipients"

enum {
	DELIVERY_URI,
	DELIVERY_TYPE,
	DELIVERY_INBOX_URL,
	DELIVERY_PEER,
	DELIVERY_STATE,
	DELIVERY_ATTEMPTS,
	DELIVERY_DUE_AT,
	DELIVERY_IS_TAKEN,
	DELIVERY_FIRST_ATTEMPT_AT,
	DELIVERY_LAST_ATTEMPT_AT,
	DELIVERY_LAST_STATUS,
	DELIVERY_LAST_ERROR,
	DELIVERY_RECIPIENTS,
};

static const struct statement list = STATEMENT("delivery_list_of", 3,
	"with wanted as ("
	"  select id from activities_out where uri = $1"
	"  union"
	"  select a.id from posts as p join activities_out as a on a.post_id = p.id where p.uri = $1"
	")"
	" select (select count(*) from wanted) as wanted, one.*"
	" from (select 1) as always"
	" left join (select " DELIVERY_COLUMNS
	"            from wanted as w"
	"            join activities_out as a on a.id = w.id"
	"            join deliveries as d on d.activity_id = a.id"
	"            order by d.activity_id, d.inbox_url"
	"            limit $2"
	"            offset $3) as one on true");
	// activities_out_uri_key, posts_uri_key, activities_out_post_id, deliveries_pkey

/* Not when the body is gone (retention): there is nothing left to send. */
static const struct statement retry_activity = STATEMENT("delivery_list_retry_activity", 2,
	"with wanted as ("
	"  select id, octet_length(body) > 2 as has_body from activities_out where uri = $1"
	"), again as ("
	"  update deliveries as d"
	"  set state = 'pending',"
	"      ended_at = null,"
	"      due_at = $2,"
	"      attempts = case when d.state = 'pending' then d.attempts else 0 end,"
	"      first_attempt_at = case when d.state = 'pending' then d.first_attempt_at end"
	"  from wanted as w"
	"  where d.activity_id = w.id"
	"    and w.has_body"
	"    and d.state <> 'accepted'"
	"    and d.leased_by is null"
	"  returning 1"
	")"
	" select (select count(*) from wanted), (select count(*) from again)"); // activities_out_uri_key, deliveries_pkey

STATEMENT_TABLE(delivery_list_statements, &list, &retry_activity);

static enum delivery_state read_state(struct str name)
{
	for (int state = 0; state < DELIVERY_STATE_COUNT; state++) {
		if (str_eq(name, str_from(delivery_state_name((enum delivery_state)state))))
			return (enum delivery_state)state;
	}
	return DELIVERY_PENDING;
}

/* The first column is the count of activities. */
static void read_view(const struct db_rows *rows, int row, struct delivery_view *view)
{
	view->activity_uri = db_text(rows, row, 1 + DELIVERY_URI);
	view->type = db_text(rows, row, 1 + DELIVERY_TYPE);
	view->inbox_url = db_text(rows, row, 1 + DELIVERY_INBOX_URL);
	view->peer = db_text(rows, row, 1 + DELIVERY_PEER);
	view->state = read_state(db_text(rows, row, 1 + DELIVERY_STATE));
	view->attempts = (int)db_int64(rows, row, 1 + DELIVERY_ATTEMPTS);
	if (view->state == DELIVERY_PENDING)
		view->due_us = db_is_null(rows, row, 1 + DELIVERY_DUE_AT) ? DELIVERY_PARKED
									  : db_time(rows, row, 1 + DELIVERY_DUE_AT);
	view->is_taken = db_bool(rows, row, 1 + DELIVERY_IS_TAKEN);
	view->first_attempt_us = db_time(rows, row, 1 + DELIVERY_FIRST_ATTEMPT_AT);
	view->last_attempt_us = db_time(rows, row, 1 + DELIVERY_LAST_ATTEMPT_AT);
	view->last_status = (int)db_int64(rows, row, 1 + DELIVERY_LAST_STATUS);
	view->last_error = db_text(rows, row, 1 + DELIVERY_LAST_ERROR);
	view->recipients = (int)db_int64(rows, row, 1 + DELIVERY_RECIPIENTS);
}

enum error delivery_list(struct db *db, struct arena *arena, struct str uri, int limit, int offset,
	struct delivery_view **ret_views, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	db_value_int64(&values, limit);
	db_value_int64(&values, offset);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	if (!db_int64(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	struct delivery_view *views = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*views));
	size_t count = 0;
	for (int row = 0; row < rows.count; row++) {
		if (!db_is_null(&rows, row, 1 + DELIVERY_URI))
			read_view(&rows, row, &views[count++]);
	}
	*ret_views = views;
	*ret_count = count;
	return ERROR_NONE;
}

enum error delivery_retry_activity(struct db *db, struct arena *arena, struct str uri, int64_t now_us, int64_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_text(&values, uri);
	db_value_time(&values, now_us);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &retry_activity, &values, &rows);
	if (error)
		return error;
	if (!db_int64(&rows, 0, 0))
		return ERROR_NOT_FOUND;
	*ret_count = db_int64(&rows, 0, 1);
	wake_ring_on_commit(db, WAKE_DELIVERIES);
	return ERROR_NONE;
}
