/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The first who brings a row stores it, and then whatever others have left meanwhile, until nothing is left: so there
 * is one group under way at a time, and groups are as large as the load makes them. What fails together is stored one
 * by one, so that one bad row is its sender's trouble only. */
#include "federation/inbox_intake.h"

#include "federation/inbox_conclude.h"

#include "base/metrics.h"

#include <pthread.h>

#define GROUP_MAX_ROWS 64
#define GROUP_MAX_BYTES ((size_t)2 << 20)
#define WAITING_MAX 4096
#define ARENA_BYTES ((size_t)32 << 20)

static struct metric groups = METRIC("comptoir_inbox_groups_total", "Commits by which accepted activities were stored",
	METRIC_COUNTER);

struct inbox_intake {
	pthread_mutex_t lock; /* guards the list and is_led */
	struct inbox_entry *first, **last;
	size_t waiting;
	bool is_led;         /* a thread is storing */
	struct arena *arena; /* of that thread */
};

struct group {
	struct inbox_entry *entries[GROUP_MAX_ROWS];
	const struct activity_in *rows[GROUP_MAX_ROWS];
	size_t count;
};

struct inbox_intake *inbox_intake_new(void)
{
	struct inbox_intake *intake = memory_new(sizeof(*intake));
	pthread_mutex_init(&intake->lock, NULL);
	intake->last = &intake->first;
	intake->arena = arena_new(ARENA_BYTES);
	return intake;
}

void inbox_intake_free(struct inbox_intake **intake)
{
	if (!*intake)
		return;
	pthread_mutex_destroy(&(*intake)->lock);
	arena_free(&(*intake)->arena);
	memory_free(*intake);
	*intake = NULL;
}

static void end(struct inbox_entry *entry, enum error error)
{
	inbox_conclude(&entry->answer, error);
	entry->done(entry);
}

/* False, and nobody leads any more, when nothing waits. */
static bool take(struct inbox_intake *intake, struct group *ret_group)
{
	size_t bytes = 0;
	ret_group->count = 0;
	pthread_mutex_lock(&intake->lock);
	while (intake->first && ret_group->count < GROUP_MAX_ROWS) {
		struct inbox_entry *entry = intake->first;
		bytes += entry->answer.row.body.len;
		if (ret_group->count && bytes > GROUP_MAX_BYTES)
			break;
		intake->first = entry->next;
		intake->waiting--;
		ret_group->entries[ret_group->count] = entry;
		ret_group->rows[ret_group->count++] = &entry->answer.row;
	}
	if (!intake->first)
		intake->last = &intake->first;
	intake->is_led = ret_group->count > 0;
	pthread_mutex_unlock(&intake->lock);
	return ret_group->count > 0;
}

static void store_one(struct inbox_intake *intake, struct db *db, struct inbox_entry *entry)
{
	end(entry, activity_in_insert(db, intake->arena, &entry->answer.row));
}

/* The database is away, or may have done it: asking again for each would only make all of them wait. */
static bool is_of_database(enum error error)
{
	return error == ERROR_DATABASE_UNREACHABLE || error == ERROR_COMMIT_UNKNOWN || error == ERROR_TIMEOUT ||
		error == ERROR_STORAGE_FULL;
}

static void store_group(struct inbox_intake *intake, struct db *db, struct group *group)
{
	bool is_stored[GROUP_MAX_ROWS];
	arena_reset(intake->arena);
	metric_add(&groups, 1);
	if (group->count == 1) {
		store_one(intake, db, group->entries[0]);
		return;
	}
	enum error error = activity_in_insert_many(db, intake->arena, group->rows, group->count, is_stored);
	for (size_t i = 0; i < group->count; i++) {
		if (!error)
			end(group->entries[i], is_stored[i] ? ERROR_NONE : ERROR_CONFLICT);
		else if (is_of_database(error))
			end(group->entries[i], error);
		else
			store_one(intake, db, group->entries[i]);
	}
}

void inbox_intake_add(struct inbox_intake *intake, struct db *db, struct inbox_entry *entry)
{
	struct group group;
	entry->next = NULL;
	pthread_mutex_lock(&intake->lock);
	bool is_full = intake->waiting >= WAITING_MAX;
	bool leads = !is_full && !intake->is_led;
	if (!is_full) {
		*intake->last = entry;
		intake->last = &entry->next;
		intake->waiting++;
		intake->is_led = true;
	}
	pthread_mutex_unlock(&intake->lock);
	if (is_full)
		end(entry, ERROR_UNAVAILABLE);
	while (leads && take(intake, &group))
		store_group(intake, db, &group);
}
