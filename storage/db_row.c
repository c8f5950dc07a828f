/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Values into PostgreSQL's binary form and rows out of it. */
#include "storage/statement.h"

#include "base/buf.h"

#include <libpq-fe.h>

#include <assert.h>
#include <endian.h>
#include <string.h>

/* Binary timestamps count microseconds from 2000-01-01. */
#define POSTGRESQL_EPOCH_US (946684800LL * 1000000)
#define BOOL_OID 16U
#define BYTEA_OID 17U
#define INT8_OID 20U
#define TEXT_OID 25U
#define TIMESTAMPTZ_OID 1184U
#define NULL_LENGTH UINT32_MAX

static int add_value(struct db_values *values, const char *data, size_t len, int format)
{
	assert(values->count < DB_MAX_PARAMETERS);
	assert(len <= INT32_MAX);
	int index = values->count++;
	values->data[index] = data;
	values->lengths[index] = (int)len;
	values->formats[index] = format;
	return index;
}

static void add_number(struct db_values *values, const void *big_endian, size_t len)
{
	int index = add_value(values, NULL, len, 1);
	memcpy(values->numbers[index], big_endian, len);
	values->data[index] = values->numbers[index];
}

void db_value_int64(struct db_values *values, int64_t value)
{
	uint64_t big_endian = htobe64((uint64_t)value);
	add_number(values, &big_endian, sizeof(big_endian));
}

void db_value_int32(struct db_values *values, int32_t value)
{
	uint32_t big_endian = htobe32((uint32_t)value);
	add_number(values, &big_endian, sizeof(big_endian));
}

void db_value_int16(struct db_values *values, int16_t value)
{
	uint16_t big_endian = htobe16((uint16_t)value);
	add_number(values, &big_endian, sizeof(big_endian));
}

void db_value_bool(struct db_values *values, bool value)
{
	char byte = value ? 1 : 0;
	add_number(values, &byte, 1);
}

void db_value_text(struct db_values *values, struct str value)
{
	add_value(values, value.data, value.len, 1);
}

void db_value_bytes(struct db_values *values, struct str value)
{
	add_value(values, value.data, value.len, 1);
}

void db_value_time(struct db_values *values, int64_t time_us)
{
	db_value_int64(values, time_us - POSTGRESQL_EPOCH_US);
}

void db_value_null(struct db_values *values)
{
	add_value(values, NULL, 0, 1);
}

void db_value_id(struct db_values *values, int64_t id)
{
	if (id)
		db_value_int64(values, id);
	else
		db_value_null(values);
}

static char *put_uint32(char *at, uint32_t value)
{
	uint32_t big_endian = htobe32(value);
	memcpy(at, &big_endian, sizeof(big_endian));
	return at + sizeof(big_endian);
}

/* array_recv: dimensions, whether there are nulls, element type; for each dimension its length and lower
 * bound; then each element with its length, 0xffffffff for a null. */
static char *put_array_head(char *at, uint32_t element_type, size_t count, bool has_nulls)
{
	at = put_uint32(at, 1);
	at = put_uint32(at, has_nulls);
	at = put_uint32(at, element_type);
	at = put_uint32(at, (uint32_t)count);
	return put_uint32(at, 1);
}

static char *put_int64(char *at, int64_t value)
{
	uint64_t big_endian = htobe64((uint64_t)value);
	at = put_uint32(at, sizeof(big_endian));
	memcpy(at, &big_endian, sizeof(big_endian));
	return at + sizeof(big_endian);
}

void db_value_int64_array(struct db_values *values, struct arena *arena, const int64_t *items, size_t count)
{
	assert(count <= 65536);
	size_t len = 20 + count * 12;
	char *bytes = arena_alloc(arena, len);
	char *at = put_array_head(bytes, INT8_OID, count, false);
	for (size_t i = 0; i < count; i++)
		at = put_int64(at, items[i]);
	add_value(values, bytes, len, 1);
}

void db_value_bool_array(struct db_values *values, struct arena *arena, const bool *items, size_t count)
{
	assert(count <= 65536);
	size_t len = 20 + count * 5;
	char *bytes = arena_alloc(arena, len);
	char *at = put_array_head(bytes, BOOL_OID, count, false);
	for (size_t i = 0; i < count; i++) {
		at = put_uint32(at, 1);
		*at++ = items[i] ? 1 : 0;
	}
	add_value(values, bytes, len, 1);
}

void db_value_time_array(struct db_values *values, struct arena *arena, const int64_t *times_us, size_t count)
{
	assert(count <= 65536);
	char *bytes = arena_alloc(arena, 20 + count * 12);
	char *at = put_array_head(bytes, TIMESTAMPTZ_OID, count, true);
	for (size_t i = 0; i < count; i++)
		at = times_us[i] ? put_int64(at, times_us[i] - POSTGRESQL_EPOCH_US) : put_uint32(at, NULL_LENGTH);
	add_value(values, bytes, (size_t)(at - bytes), 1);
}

static void add_strings(struct db_values *values, struct arena *arena, uint32_t type, const struct str *items, size_t count)
{
	assert(count <= 65536);
	size_t len = 20 + count * 4;
	for (size_t i = 0; i < count; i++)
		len += items[i].len;
	char *bytes = arena_alloc(arena, len);
	char *at = put_array_head(bytes, type, count, true);
	for (size_t i = 0; i < count; i++) {
		at = put_uint32(at, items[i].data ? (uint32_t)items[i].len : NULL_LENGTH);
		if (items[i].len)
			memcpy(at, items[i].data, items[i].len);
		at += items[i].len;
	}
	add_value(values, bytes, len, 1);
}

void db_value_text_array(struct db_values *values, struct arena *arena, const struct str *items, size_t count)
{
	add_strings(values, arena, TEXT_OID, items, count);
}

void db_value_bytes_array(struct db_values *values, struct arena *arena, const struct str *items, size_t count)
{
	add_strings(values, arena, BYTEA_OID, items, count);
}

struct str db_array_text(struct arena *arena, const struct str *items, size_t count)
{
	AUTO(buf) struct buf text = { 0 };
	buf_add_char(&text, '{');
	for (size_t i = 0; i < count; i++) {
		buf_add_str(&text, i ? STR_LITERAL(",\"") : STR_LITERAL("\""));
		for (size_t at = 0; at < items[i].len; at++) {
			if (items[i].data[at] == '"' || items[i].data[at] == '\\')
				buf_add_char(&text, '\\');
			buf_add_char(&text, items[i].data[at]);
		}
		buf_add_char(&text, '"');
	}
	buf_add_char(&text, '}');
	return arena_str(arena, buf_str(&text));
}

void db_rows_clear(struct db_rows *rows)
{
	PQclear(rows->result);
	*rows = (struct db_rows){ 0 };
}

void db_rows_auto(struct db_rows *rows)
{
	db_rows_clear(rows);
}

bool db_is_null(const struct db_rows *rows, int row, int column)
{
	return PQgetisnull(rows->result, row, column);
}

int64_t db_int64(const struct db_rows *rows, int row, int column)
{
	if (db_is_null(rows, row, column))
		return 0;
	const char *data = PQgetvalue(rows->result, row, column);
	switch (PQgetlength(rows->result, row, column)) {
	case 8: {
		uint64_t value;
		memcpy(&value, data, sizeof(value));
		return (int64_t)be64toh(value);
	}
	case 4: {
		uint32_t value;
		memcpy(&value, data, sizeof(value));
		return (int32_t)be32toh(value);
	}
	case 2: {
		uint16_t value;
		memcpy(&value, data, sizeof(value));
		return (int16_t)be16toh(value);
	}
	default:
		memory_fatal("a column is read as a number that is none");
	}
}

bool db_bool(const struct db_rows *rows, int row, int column)
{
	if (db_is_null(rows, row, column))
		return false;
	assert(PQgetlength(rows->result, row, column) == 1);
	return *PQgetvalue(rows->result, row, column) != 0;
}

struct str db_bytes(const struct db_rows *rows, int row, int column)
{
	if (db_is_null(rows, row, column))
		return (struct str){ 0 };
	struct str value = { PQgetvalue(rows->result, row, column), (size_t)PQgetlength(rows->result, row, column) };
	return arena_str(rows->arena, value);
}

struct str db_text(const struct db_rows *rows, int row, int column)
{
	return db_bytes(rows, row, column);
}

int64_t db_time(const struct db_rows *rows, int row, int column)
{
	return db_is_null(rows, row, column) ? 0 : db_int64(rows, row, column) + POSTGRESQL_EPOCH_US;
}
