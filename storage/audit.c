/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The audit log. audit_hash says in C what the trigger audit_log_chain says in SQL. */
#include "storage/audit.h"

#include "storage/statement.h"
#include "base/buf.h"

#include <openssl/evp.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define RECORD_COLUMNS \
	"l.organisation_id" \
	", l.number" \
	", l.at" \
	", l.user_id" \
	", l.membership_id" \
	", l.door" \
	", l.action" \
	", l.target" \
	", l.data" \
	", l.previous_hash" \
	", l.hash"

enum {
	RECORD_ORGANISATION_ID,
	RECORD_NUMBER,
	RECORD_AT,
	RECORD_USER_ID,
	RECORD_MEMBERSHIP_ID,
	RECORD_DOOR,
	RECORD_ACTION,
	RECORD_TARGET,
	RECORD_DATA,
	RECORD_PREVIOUS_HASH,
	RECORD_HASH,
};

/* The trigger fills in what is zero here. */
static const struct statement add = STATEMENT("audit_write", 7,
	"insert into audit_log (organisation_id, user_id, membership_id, door, action, target, data, number, at, previous_hash, hash)"
	" values ($1, $2, $3, $4, $5, $6, coalesce($7, '{}'), 1, now(), sha256(''), sha256(''))");

static const struct statement add_marked = STATEMENT("audit_write_marked", 7,
	"insert into audit_log (organisation_id, user_id, membership_id, door, action, target, data, number, at, previous_hash, hash)"
	" values ($1, $2, $3, $4, $5, $6, coalesce($7, '{}'), 1, now(), sha256(''), sha256(''))"
	" returning number, hash");

static const struct statement is_written = STATEMENT("audit_is_written", 3,
	"select exists ("
	"  select from audit_log as l"
	"  where l.organisation_id = $1"
	"    and l.number = $2"
	"    and l.hash = $3)"); // audit_log_pkey

static const struct statement read_on = STATEMENT("audit_read", 3,
	"select " RECORD_COLUMNS
	" from audit_log as l"
	" where l.organisation_id = $1"
	"   and l.number > $2"
	" order by l.number"
	" limit $3"); // audit_log_pkey

static const struct statement read_back = STATEMENT("audit_read_back", 3,
	"select " RECORD_COLUMNS
	" from audit_log as l"
	" where l.organisation_id = $1"
	"   and l.number < $2"
	" order by l.number desc"
	" limit $3"); // audit_log_pkey

static const struct statement search = STATEMENT("audit_search", 6,
	"select " RECORD_COLUMNS
	" from audit_log as l"
	" where l.organisation_id = $1"
	"   and l.number > $2"
	"   and l.number < $3"
	"   and ($4::text is null or l.action = $4)"
	"   and ($5::text is null or l.target = $5)"
	" order by l.number desc"
	" limit $6"); // audit_log_pkey

static const struct statement next_log = STATEMENT("audit_next_log", 1,
	"select l.organisation_id"
	" from audit_log as l"
	" where l.organisation_id > $1"
	" order by l.organisation_id"
	" limit 1"); // audit_log_pkey

static const struct statement list_heads = STATEMENT("audit_list_heads", 2,
	"select h.organisation_id, h.count, h.hash, h.recorded_count"
	" from audit_heads as h"
	" where h.organisation_id > $1"
	" order by h.organisation_id"
	" limit $2"); // audit_heads_pkey

static const struct statement list_unrecorded = STATEMENT("audit_list_unrecorded", 1,
	"select h.organisation_id, h.count, h.hash, h.recorded_count"
	" from audit_heads as h"
	" where h.recorded_count < h.count"
	" order by h.organisation_id"
	" limit $1"); // audit_heads_pkey

static const struct statement note_recorded = STATEMENT("audit_note_recorded", 2,
	"update audit_heads"
	" set recorded_count = greatest(recorded_count, $2)"
	" where organisation_id = $1"
	"   and count >= $2"); // audit_heads_pkey

STATEMENT_TABLE(audit_statements, &add, &add_marked, &is_written, &read_on, &read_back, &search, &next_log, &list_heads, &list_unrecorded, &note_recorded);

static const char *const door_names[AUDIT_DOOR_COUNT] = {
	[AUDIT_API] = "api",
	[AUDIT_APP] = "app",
	[AUDIT_WEB] = "web",
	[AUDIT_COMMAND] = "command",
	[AUDIT_WORKER] = "worker",
};

const char *audit_door_name(enum audit_door door)
{
	return door_names[door];
}

static void add_entry(struct db_values *values, const struct audit_entry *entry)
{
	db_value_int64(values, entry->organisation_id);
	db_value_id(values, entry->author.user_id);
	db_value_id(values, entry->author.membership_id);
	db_value_text(values, str_from(audit_door_name(entry->author.door)));
	db_value_text(values, entry->action);
	db_value_text(values, entry->target);
	db_value_text(values, entry->data);
}

enum error audit_write(struct db *db, struct arena *arena, const struct audit_entry *entry)
{
	struct db_values values = { .count = 0 };
	add_entry(&values, entry);
	return db_change(db, arena, &add, &values, NULL);
}

enum error audit_write_marked(struct db *db, struct arena *arena, const struct audit_entry *entry, struct audit_mark *ret_mark)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	add_entry(&values, entry);
	enum error error = db_run(db, arena, &add_marked, &values, &rows);
	if (error)
		return error;
	struct str hash = rows.count ? db_bytes(&rows, 0, 1) : (struct str){ 0 };
	if (hash.len != AUDIT_HASH_BYTES)
		return ERROR_DATABASE;
	ret_mark->organisation_id = entry->organisation_id;
	ret_mark->number = db_int64(&rows, 0, 0);
	memcpy(ret_mark->hash, hash.data, AUDIT_HASH_BYTES);
	return ERROR_NONE;
}

enum error audit_is_written(struct db *db, struct arena *arena, const struct audit_mark *mark, bool *ret_is_written)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, mark->organisation_id);
	db_value_int64(&values, mark->number);
	db_value_bytes(&values, (struct str){ (const char *)mark->hash, AUDIT_HASH_BYTES });
	enum error error = db_run(db, arena, &is_written, &values, &rows);
	if (!error)
		*ret_is_written = db_bool(&rows, 0, 0);
	return error;
}

static enum error read_rows(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	struct audit_record **ret_records, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	struct audit_record *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct audit_record){
			.organisation_id = db_int64(&rows, row, RECORD_ORGANISATION_ID),
			.number = db_int64(&rows, row, RECORD_NUMBER),
			.at_us = db_time(&rows, row, RECORD_AT),
			.user_id = db_int64(&rows, row, RECORD_USER_ID),
			.membership_id = db_int64(&rows, row, RECORD_MEMBERSHIP_ID),
			.has_user = !db_is_null(&rows, row, RECORD_USER_ID),
			.has_membership = !db_is_null(&rows, row, RECORD_MEMBERSHIP_ID),
			.door = db_text(&rows, row, RECORD_DOOR),
			.action = db_text(&rows, row, RECORD_ACTION),
			.target = db_text(&rows, row, RECORD_TARGET),
			.data = db_text(&rows, row, RECORD_DATA),
			.previous_hash = db_bytes(&rows, row, RECORD_PREVIOUS_HASH),
			.hash = db_bytes(&rows, row, RECORD_HASH),
		};
	*ret_records = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static int64_t clamp_limit(int limit)
{
	return limit < 1 ? 1 : limit > 1000 ? 1000 : limit;
}

static enum error read_records(struct db *db, struct arena *arena, const struct statement *statement, int64_t organisation_id,
	int64_t number, int limit, struct audit_record **ret_records, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, number);
	db_value_int64(&values, clamp_limit(limit));
	return read_rows(db, arena, statement, &values, ret_records, ret_count);
}

enum error audit_search(struct db *db, struct arena *arena, int64_t organisation_id, int64_t after_number, int64_t before_number,
	struct str action, struct str target, int limit, struct audit_record **ret_records, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, after_number);
	db_value_int64(&values, before_number ? before_number : INT64_MAX);
	db_value_text(&values, action);
	db_value_text(&values, target);
	db_value_int64(&values, clamp_limit(limit));
	return read_rows(db, arena, &search, &values, ret_records, ret_count);
}

enum error audit_read(struct db *db, struct arena *arena, int64_t organisation_id, int64_t after_number, int limit,
	struct audit_record **ret_records, size_t *ret_count)
{
	return read_records(db, arena, &read_on, organisation_id, after_number, limit, ret_records, ret_count);
}

enum error audit_read_back(struct db *db, struct arena *arena, int64_t organisation_id, int64_t before_number, int limit,
	struct audit_record **ret_records, size_t *ret_count)
{
	return read_records(db, arena, &read_back, organisation_id, before_number ? before_number : INT64_MAX, limit, ret_records,
		ret_count);
}

/* Each field with its length before it, so that no two records give the same bytes. */
static void add_field(struct buf *out, struct str field)
{
	char length[24] = "-";
	if (field.data)
		snprintf(length, sizeof(length), "%zu:", field.len);
	buf_add_c_string(out, length);
	buf_add_str(out, field);
	buf_add_char(out, ',');
}

static void add_number(struct buf *out, int64_t number)
{
	char digits[24];
	snprintf(digits, sizeof(digits), "%" PRId64, number);
	add_field(out, str_from(digits));
}

static void add_id(struct buf *out, bool is_there, int64_t id)
{
	if (is_there)
		add_number(out, id);
	else
		add_field(out, (struct str){ 0 });
}

enum error audit_hash(const struct audit_record *record, unsigned char *hash)
{
	AUTO(buf) struct buf bytes = { 0 };
	buf_add_str(&bytes, record->previous_hash);
	add_number(&bytes, record->organisation_id);
	add_number(&bytes, record->number);
	add_number(&bytes, record->at_us);
	add_id(&bytes, record->has_user, record->user_id);
	add_id(&bytes, record->has_membership, record->membership_id);
	add_field(&bytes, record->door);
	add_field(&bytes, record->action);
	add_field(&bytes, record->target);
	add_field(&bytes, record->data);
	unsigned length = 0;
	return EVP_Digest(bytes.data, bytes.len, hash, &length, EVP_sha256(), NULL) == 1 ? ERROR_NONE : ERROR_CRYPTO;
}

enum error audit_next_log(struct db *db, struct arena *arena, int64_t after_id, int64_t *ret_organisation_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, after_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &next_log, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_organisation_id = db_int64(&rows, 0, 0);
	return ERROR_NONE;
}

static enum error read_heads(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	struct audit_head **ret_heads, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	struct audit_head *all = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*all));
	for (int row = 0; row < rows.count; row++)
		all[row] = (struct audit_head){
			.organisation_id = db_int64(&rows, row, 0),
			.count = db_int64(&rows, row, 1),
			.hash = db_bytes(&rows, row, 2),
			.recorded_count = db_int64(&rows, row, 3),
		};
	*ret_heads = all;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error audit_head_list(struct db *db, struct arena *arena, int64_t after_id, struct audit_head **ret_heads, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, after_id);
	db_value_int64(&values, AUDIT_HEADS_MAX);
	return read_heads(db, arena, &list_heads, &values, ret_heads, ret_count);
}

enum error audit_head_list_unrecorded(struct db *db, struct arena *arena, struct audit_head **ret_heads, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, AUDIT_HEADS_MAX);
	return read_heads(db, arena, &list_unrecorded, &values, ret_heads, ret_count);
}

enum error audit_head_note_recorded(struct db *db, struct arena *arena, int64_t organisation_id, int64_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, count);
	return db_change(db, arena, &note_recorded, &values, NULL);
}
