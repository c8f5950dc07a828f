/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One walk through each log. The database's head is read before its log, so that an entry written meanwhile is no fault. */
#include "server/audit/verify.h"

#include "server/audit/heads_file.h"

#include "base/mutant.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 500
#define ARENA_BYTES ((size_t)256 * 1024 * 1024)

static const char *const texts[AUDIT_FAULT_COUNT] = {
	[AUDIT_FAULT_CHANGED] = "was changed after it was written",
	[AUDIT_FAULT_UNCHAINED] = "does not follow the one before it",
	[AUDIT_FAULT_MISSING] = "is missing, and perhaps more after it",
	[AUDIT_FAULT_CUT] = "is the last one by the database's own count, and is missing",
	[AUDIT_FAULT_HEAD] = "is not the one that the database's own head names",
	[AUDIT_FAULT_CUT_FILE] = "is in the file of heads, and is missing",
	[AUDIT_FAULT_FILE] = "is not the one that the file of heads names",
	[AUDIT_FAULT_FILE_CUT] = "was written to the file of heads, and is not in it any more",
};

const char *audit_fault_text(enum audit_fault fault)
{
	return texts[fault];
}

struct walk {
	const struct audit_verification *verification;
	struct audit_verdict verdict;
	int64_t organisation_id;
	int64_t last_number;
	unsigned char last_hash[AUDIT_HASH_BYTES];
	struct audit_head head; /* of the database; count 0: none */
	char head_hash[AUDIT_HASH_BYTES];
	struct audit_head *named; /* of the file, for this organisation, by count */
	size_t named_count;
	size_t named_at;
};

static void tell(struct walk *walk, int64_t number, enum audit_fault fault)
{
	walk->verdict.faults++;
	walk->verification->tell(walk->verification->owner, walk->organisation_id, number, fault);
}

static bool is_hash(struct str hash, const unsigned char *wanted)
{
	return hash.len == AUDIT_HASH_BYTES && memcmp(hash.data, wanted, AUDIT_HASH_BYTES) == 0;
}

/* Every line of the file that names this entry. */
static void check_file(struct walk *walk, const struct audit_record *record)
{
	for (; walk->named_at < walk->named_count; walk->named_at++) {
		const struct audit_head *head = &walk->named[walk->named_at];
		if (head->count > record->number)
			return;
		if (head->count == record->number && !str_eq(head->hash, record->hash) && !MUTANT("audit_verify_file"))
			tell(walk, record->number, AUDIT_FAULT_FILE);
	}
}

static enum error check_record(struct walk *walk, const struct audit_record *record)
{
	unsigned char hash[AUDIT_HASH_BYTES];
	enum error error = audit_hash(record, hash);
	if (error)
		return error;
	walk->verdict.entries++;
	if (record->number > walk->last_number + 1 && !MUTANT("audit_verify_missing"))
		tell(walk, walk->last_number + 1, AUDIT_FAULT_MISSING);
	if (!is_hash(record->hash, hash) && !MUTANT("audit_verify_changed"))
		tell(walk, record->number, AUDIT_FAULT_CHANGED);
	if (!is_hash(record->previous_hash, walk->last_hash) && record->number == walk->last_number + 1 &&
		!MUTANT("audit_verify_chain"))
		tell(walk, record->number, AUDIT_FAULT_UNCHAINED);
	if (record->number == walk->head.count && !str_eq(record->hash, walk->head.hash))
		tell(walk, record->number, AUDIT_FAULT_HEAD);
	check_file(walk, record);
	walk->last_number = record->number;
	memset(walk->last_hash, 0, sizeof(walk->last_hash));
	if (record->hash.len == AUDIT_HASH_BYTES)
		memcpy(walk->last_hash, record->hash.data, AUDIT_HASH_BYTES);
	return ERROR_NONE;
}

static int compare_heads(const void *a, const void *b)
{
	const struct audit_head *one = a, *other = b;
	return one->count < other->count ? -1 : one->count > other->count;
}

static void gather_named(struct walk *walk, struct arena *arena)
{
	const struct audit_verification *verification = walk->verification;
	walk->named = arena_alloc_array(arena, verification->head_count + 1, sizeof(*walk->named));
	walk->named_count = 0;
	walk->named_at = 0;
	for (size_t i = 0; i < verification->head_count; i++)
		if (verification->heads[i].organisation_id == walk->organisation_id)
			walk->named[walk->named_count++] = verification->heads[i];
	qsort(walk->named, walk->named_count, sizeof(*walk->named), compare_heads);
}

static enum error find_head(struct db *db, struct walk *walk)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct audit_head *heads;
	size_t count;
	enum error error = audit_head_list(db, arena, walk->organisation_id - 1, &heads, &count);
	walk->head = (struct audit_head){ 0 };
	if (!error && count && heads[0].organisation_id == walk->organisation_id && heads[0].hash.len == AUDIT_HASH_BYTES) {
		memcpy(walk->head_hash, heads[0].hash.data, AUDIT_HASH_BYTES);
		walk->head = (struct audit_head){ heads[0].organisation_id, heads[0].count, { walk->head_hash, AUDIT_HASH_BYTES },
			heads[0].recorded_count };
	}
	arena_free(&arena);
	return error;
}

/* The file may have grown since it was read. */
static enum error find_in_file(const struct walk *walk, int64_t *ret_count)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct audit_head *heads = NULL;
	size_t count = 0, line;
	enum error error = heads_file_read(arena, walk->verification->file, &heads, &count, &line);
	if (error == ERROR_NOT_FOUND || error == ERROR_BAD_REQUEST)
		error = ERROR_NONE;
	*ret_count = 0;
	for (size_t i = 0; i < count && !error; i++)
		if (heads[i].organisation_id == walk->organisation_id && heads[i].count > *ret_count)
			*ret_count = heads[i].count;
	arena_free(&arena);
	return error;
}

static enum error check_end(struct db *db, struct walk *walk)
{
	enum error error = ERROR_NONE;
	int64_t named = walk->named_count ? walk->named[walk->named_count - 1].count : 0;
	int64_t recorded = walk->head.recorded_count;
	if (walk->head.count > walk->last_number && !MUTANT("audit_verify_cut"))
		tell(walk, walk->head.count, AUDIT_FAULT_CUT);
	if (named > walk->last_number && !MUTANT("audit_verify_cut_file"))
		tell(walk, named, AUDIT_FAULT_CUT_FILE);
	if (recorded > named && walk->verification->file)
		error = find_in_file(walk, &named);
	if (!error && recorded > named && walk->verification->file && !MUTANT("audit_verify_file_cut"))
		tell(walk, recorded, AUDIT_FAULT_FILE_CUT);
	/* Somebody may have written since the head was read. */
	if (!error && walk->last_number > walk->head.count)
		error = find_head(db, walk);
	if (!error && walk->last_number > walk->head.count && !MUTANT("audit_verify_head_gone"))
		tell(walk, walk->last_number, AUDIT_FAULT_HEAD);
	return error;
}

static enum error walk_log(struct db *db, struct walk *walk)
{
	bool has_more = true;
	walk->verdict.organisations++;
	walk->last_number = 0;
	memset(walk->last_hash, 0, sizeof(walk->last_hash));
	struct arena *walk_arena = arena_new(ARENA_BYTES);
	gather_named(walk, walk_arena);
	enum error error = find_head(db, walk);
	while (!error && has_more) {
		struct arena *arena = arena_new(ARENA_BYTES);
		struct audit_record *records;
		size_t count = 0;
		error = audit_read(db, arena, walk->organisation_id, walk->last_number, BATCH, &records, &count);
		for (size_t i = 0; i < count && !error; i++)
			error = check_record(walk, &records[i]);
		has_more = count == BATCH;
		arena_free(&arena);
	}
	if (!error)
		error = check_end(db, walk);
	arena_free(&walk_arena);
	return error;
}

/* The next higher id that a log, a head or the file knows; 0 for none. */
static enum error next_organisation(struct db *db, const struct walk *walk, int64_t *ret_id)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	const struct audit_verification *verification = walk->verification;
	int64_t after = walk->organisation_id, found = 0;
	struct audit_head *heads;
	size_t count = 0;
	enum error error = audit_next_log(db, arena, after, &found);
	if (error == ERROR_NOT_FOUND)
		error = ERROR_NONE;
	if (!error)
		error = audit_head_list(db, arena, after, &heads, &count);
	if (!error && count && (!found || heads[0].organisation_id < found))
		found = heads[0].organisation_id;
	for (size_t i = 0; i < verification->head_count; i++) {
		int64_t id = verification->heads[i].organisation_id;
		if (id > after && (!found || id < found))
			found = id;
	}
	arena_free(&arena);
	*ret_id = found;
	return error;
}

enum error audit_verify(struct db *db, const struct audit_verification *verification, struct audit_verdict *ret_verdict)
{
	struct walk walk = { .verification = verification, .organisation_id = verification->organisation_id };
	enum error error = ERROR_NONE;
	if (verification->organisation_id)
		error = walk_log(db, &walk);
	while (!error && !verification->organisation_id) {
		error = next_organisation(db, &walk, &walk.organisation_id);
		if (error || !walk.organisation_id)
			break;
		error = walk_log(db, &walk);
	}
	if (!error)
		*ret_verdict = walk.verdict;
	return error;
}
