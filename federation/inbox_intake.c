/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The first who brings a row stores it, and then whatever others have left meanwhile, until nothing is left: so there
 * is one group under way at a time, and groups are as large as the load makes them. What fails together is stored one
 * by one, so that one bad row is its sender's trouble only. With a backlog they are only
 * stored, which is quicker said, and the workers of the inbox share what they do. */
#include "federation/inbox_intake.h"

#include "federation/federation.h"
#include "federation/inbox_conclude.h"
#include "federation/inbox_direct.h"
#include "federation/key_ring.h"
#include "federation/remote_actor.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutant.h"
#include "base/random.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define GROUP_MAX_ROWS INBOX_DIRECT_MAX
#define GROUP_MAX_BYTES ((size_t)1 << 20)
#define DIRECT_WAITING_MAX 256
/* Who sends waits no longer for what an activity does: a table may be locked. Nor does anyone for a while after that. */
#define DIRECT_TIMEOUT_MS 1000
#define DIRECT_PAUSE_US ((int64_t)10 * 1000000)
/* After that, who sends something that ended a process has given up sending it. */
#define DIRECT_AFTER_CRASH_US ((int64_t)24 * 3600 * 1000000)
#define WAITING_MAX 4096
#define ARENA_BYTES ((size_t)96 << 20)

static struct metric groups = METRIC("comptoir_inbox_groups_total", "Commits by which accepted activities were stored",
	METRIC_COUNTER);

struct inbox_intake {
	pthread_mutex_t lock; /* guards the list and is_led */
	struct inbox_entry *first, **last;
	size_t waiting;
	bool is_led;          /* a thread is storing */
	bool is_direct;
	struct inbox_direct direct; /* of that thread */
	int64_t direct_from_us;     /* likewise */
	char *mark_path;            /* NULL: none */
	int mark;                   /* the open file of it */
	int64_t crashes_since_us;   /* later ones of other processes are news */
	bool is_after_crash;        /* direct_from_us was set by one */
};

/* ---- whether the process before ended by itself ---- */

/* While a process handles activities at once, it holds the lock of a file in data.directory. A file that nobody holds says that
 * its process ended in the middle, maybe by an activity that its sender is going to send again: nothing counts those but the
 * queue. Ids of processes would not do: each container that shares the directory counts its own. */
#define MARK_PREFIX "intake-"
#define MARK_NEW_PREFIX "intake.new-" /* not a mark until its lock is held */
#define CRASH_PREFIX "intake.crash-"  /* a mark that was found with nobody, by its time */
#define MARK_RANDOM_BYTES 12

static bool begins_with(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* Locks of open files: asking whether somebody holds one holds nobody else up. */
static bool may_lock(int fd, bool takes)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	return fcntl(fd, takes ? F_OFD_SETLK : F_OFD_GETLK, &lock) == 0 && (takes || lock.l_type == F_UNLCK);
}

/* The name changes while the lock is held, so that of several who begin at once one counts it. */
static bool is_mark_of_dead(int directory, const char *name, bool takes)
{
	struct stat facts;
	char record[NAME_MAX + 1];
	int64_t now_us = clock_now_us();
	const struct timespec now = { .tv_sec = now_us / 1000000, .tv_nsec = now_us % 1000000 * 1000 }, times[2] = { now, now };
	if (!begins_with(name, MARK_PREFIX))
		return false;
	int fd = openat(directory, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	bool is_free = may_lock(fd, takes) || MUTANT("inbox_mark_lock");
	bool is_of_dead = is_free && fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_nlink > 0;
	int length = snprintf(record, sizeof(record), CRASH_PREFIX "%s", name + strlen(MARK_PREFIX));
	bool is_kept = is_of_dead && takes && length > 0 && (size_t)length < sizeof(record) && futimens(fd, times) == 0 &&
		renameat(directory, name, directory, record) == 0;
	if (is_of_dead && takes && !is_kept)
		unlinkat(directory, name, 0);
	close(fd);
	return is_of_dead;
}

/* Whether a crash was taken note of since then. Records are forgotten when nobody goes by the queue for them any more. */
static bool is_crash_since(int directory, const char *name, int64_t since_us)
{
	struct stat facts;
	if (!begins_with(name, CRASH_PREFIX) || fstatat(directory, name, &facts, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	int64_t at_us = (int64_t)facts.st_mtim.tv_sec * 1000000 + facts.st_mtim.tv_nsec / 1000;
	if (at_us + DIRECT_AFTER_CRASH_US < clock_now_us())
		unlinkat(directory, name, 0);
	return at_us > since_us;
}

/* What the processes before left, for one that begins: crashes that others took note of earlier were theirs. */
static bool take_marks_of_dead(const char *directory)
{
	bool found = false;
	DIR *entries = opendir(directory);
	for (struct dirent *entry; entries && (entry = readdir(entries));)
		found = is_mark_of_dead(dirfd(entries), entry->d_name, true) || found;
	if (entries)
		closedir(entries);
	return found;
}

/* Another process that shares the directory ended while this one runs: who sent what ended it may send it here next. */
static bool has_another_ended(const char *directory, int64_t since_us)
{
	bool found = false;
	DIR *entries = opendir(directory);
	for (struct dirent *entry; entries && !found && (entry = readdir(entries));)
		found = is_mark_of_dead(dirfd(entries), entry->d_name, false) || is_crash_since(dirfd(entries), entry->d_name, since_us);
	if (entries)
		closedir(entries);
	return found;
}

static char *path_of_mark(const char *directory, const char *prefix, struct str random)
{
	struct buf path = { 0 };
	size_t ignored;
	buf_add_printf(&path, "%s/%s%.*s", directory, prefix, STR_ARG(random));
	buf_add_char(&path, '\0');
	return buf_take(&path, &ignored);
}

/* Closing the file is all that gives its lock up, so it stays open as long as the process handles anything. */
static void make_mark(struct inbox_intake *intake, const char *directory)
{
	struct str random = random_token(intake->direct.arena, MARK_RANDOM_BYTES);
	char *path = path_of_mark(directory, MARK_NEW_PREFIX, random);
	intake->mark_path = path_of_mark(directory, MARK_PREFIX, random);
	intake->mark = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (intake->mark >= 0 && (!may_lock(intake->mark, true) || rename(path, intake->mark_path) < 0)) {
		unlink(path);
		close(intake->mark);
		intake->mark = -1;
	}
	if (intake->mark < 0) {
		memory_free(intake->mark_path);
		intake->mark_path = NULL;
	}
	memory_free(path);
}

static void go_by_queue(struct inbox_intake *intake, const char *reason)
{
	intake->direct_from_us = clock_monotonic_us() + DIRECT_AFTER_CRASH_US;
	intake->crashes_since_us = clock_now_us();
	intake->is_after_crash = true;
	log_event(LOG_LEVEL_WARNING, "inbox_by_queue", LOG_TEXT("reason", reason));
}

static void begin_direct(struct inbox_intake *intake, const struct config *config)
{
	const char *directory = config_text(config, "data.directory");
	intake->crashes_since_us = clock_now_us();
	if (take_marks_of_dead(directory) && !MUTANT("inbox_after_crash"))
		go_by_queue(intake, "the process before ended in the middle");
	make_mark(intake, directory);
}

/* What ended long ago and did not come back is no reason any more. */
static bool may_go_on(struct inbox_intake *intake)
{
	const char *directory = config_text(intake->direct.federation->config, "data.directory");
	if (intake->is_after_crash) {
		intake->is_after_crash = false;
		(void)take_marks_of_dead(directory);
		intake->crashes_since_us = clock_now_us();
		return true;
	}
	if (!has_another_ended(directory, intake->crashes_since_us) || MUTANT("inbox_after_crash_of_another"))
		return true;
	go_by_queue(intake, "another process ended in the middle");
	return false;
}

/* ---- */

struct group {
	struct inbox_entry *entries[GROUP_MAX_ROWS];
	size_t count;
	bool has_backlog;
};

struct inbox_intake *inbox_intake_new(struct federation *federation, bool is_direct)
{
	struct inbox_intake *intake = memory_new(sizeof(*intake));
	pthread_mutex_init(&intake->lock, NULL);
	intake->last = &intake->first;
	intake->is_direct = is_direct;
	intake->direct = (struct inbox_direct){
		.federation = federation,
		.db = db_new(federation->config, DB_FEDERATION),
		.arena = arena_new(ARENA_BYTES),
		.work_arena = arena_new(INBOX_WORK_ARENA_BYTES),
	};
	if (is_direct)
		begin_direct(intake, federation->config);
	return intake;
}

void inbox_intake_free(struct inbox_intake **intake)
{
	if (!*intake)
		return;
	pthread_mutex_destroy(&(*intake)->lock);
	if ((*intake)->mark_path) {
		unlink((*intake)->mark_path);
		close((*intake)->mark);
	}
	memory_free((*intake)->mark_path);
	db_free(&(*intake)->direct.db);
	arena_free(&(*intake)->direct.arena);
	arena_free(&(*intake)->direct.work_arena);
	memory_free(*intake);
	*intake = NULL;
}

static void end(struct inbox_entry *entry, enum error error)
{
	inbox_conclude(&entry->answer, error);
	entry->done(entry);
}

/* What may be long in an actor too: a group is stored from one arena. */
static size_t size_of(const struct inbox_answer *answer)
{
	const struct vocab_actor *actor = answer->actor;
	size_t bytes = answer->row.body.len;
	if (!actor)
		return bytes;
	bytes += actor->name.len + actor->summary.len;
	for (size_t i = 0; i < actor->field_count; i++)
		bytes += actor->fields[i].name.len + actor->fields[i].value.len;
	for (size_t i = 0; i < actor->also_known_as.count; i++)
		bytes += actor->also_known_as.ids[i].len;
	for (size_t i = 0; i < actor->key_count; i++)
		bytes += actor->keys[i].text.len;
	for (size_t i = 0; i < actor->attribution_domains.count; i++)
		bytes += actor->attribution_domains.ids[i].len;
	for (size_t i = 0; i < actor->tag_count; i++)
		bytes += actor->tags[i].id.len + actor->tags[i].icon_url.len;
	return bytes;
}

/* False, and nobody leads any more, when nothing waits. */
static bool take(struct inbox_intake *intake, struct group *ret_group)
{
	size_t bytes = 0;
	ret_group->count = 0;
	pthread_mutex_lock(&intake->lock);
	while (intake->first && ret_group->count < GROUP_MAX_ROWS) {
		struct inbox_entry *entry = intake->first;
		bytes += size_of(&entry->answer);
		if (ret_group->count && bytes > GROUP_MAX_BYTES)
			break;
		intake->first = entry->next;
		intake->waiting--;
		ret_group->entries[ret_group->count++] = entry;
	}
	ret_group->has_backlog = intake->waiting > DIRECT_WAITING_MAX;
	if (!intake->first)
		intake->last = &intake->first;
	intake->is_led = ret_group->count > 0;
	pthread_mutex_unlock(&intake->lock);
	return ret_group->count > 0;
}

/* The database is away, or may have done it: asking again for each would only make all of them wait. */
static bool is_of_database(enum error error)
{
	return error == ERROR_DATABASE_UNREACHABLE || error == ERROR_COMMIT_UNKNOWN || error == ERROR_TIMEOUT ||
		error == ERROR_STORAGE_FULL;
}

static bool brings_actor(const struct group *group)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->entries[i]->answer.actor)
			return true;
	return false;
}

static enum error store_with_actors(const struct inbox_direct *direct, struct inbox_answer *const *answers,
	const struct activity_in *const *rows, size_t count, bool *ret_is_stored)
{
	enum error error = db_begin(direct->db);
	if (!error)
		error = inbox_direct_store_actors(direct, answers, count);
	if (!error)
		error = activity_in_insert_many(direct->db, direct->arena, rows, count, ret_is_stored);
	if (!error)
		error = db_commit(direct->db);
	if (db_is_in_transaction(direct->db))
		db_rollback(direct->db);
	return error;
}

/* For the queue. */
static enum error store_all(const struct inbox_direct *direct, const struct group *group, struct inbox_answer *const *answers,
	bool *ret_is_stored)
{
	const struct activity_in *rows[GROUP_MAX_ROWS];
	arena_reset(direct->arena);
	for (size_t i = 0; i < group->count; i++)
		rows[i] = &answers[i]->row;
	if (!brings_actor(group))
		return activity_in_insert_many(direct->db, direct->arena, rows, group->count, ret_is_stored);
	enum error error = store_with_actors(direct, answers, rows, group->count, ret_is_stored);
	/* Somebody else is storing the same actor. */
	if (error == ERROR_UNAVAILABLE && group->count == 1)
		error = activity_in_insert_many(direct->db, direct->arena, rows, group->count, ret_is_stored);
	return error;
}

/* Of one that came alone, or of all. */
static bool is_final(const struct group *group, enum error error)
{
	bool is_of_actor = error == ERROR_FORBIDDEN || error == ERROR_GONE;
	return !error || is_of_database(error) || (is_of_actor && group->count == 1 && brings_actor(group));
}

static enum error take_directly(struct inbox_intake *intake, const struct group *group, struct inbox_answer *const *answers,
	bool *ret_is_stored)
{
	struct db *db = intake->direct.db;
	if (!intake->is_direct || group->has_backlog || clock_monotonic_us() < intake->direct_from_us)
		return ERROR_UNPROCESSABLE;
	if (!may_go_on(intake))
		return ERROR_UNPROCESSABLE;
	db_set_statement_timeout(db, DIRECT_TIMEOUT_MS);
	enum error error = inbox_direct_take(&intake->direct, answers, group->count, ret_is_stored);
	db_set_statement_timeout(db, config_duration_ms(intake->direct.federation->config, "database.statement_timeout"));
	if (error != ERROR_TIMEOUT)
		return error;
	intake->direct_from_us = clock_monotonic_us() + DIRECT_PAUSE_US;
	return ERROR_UNPROCESSABLE;
}

/* The table knows more than memory does. */
static void forget_keys(const struct inbox_intake *intake, const struct group *group)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->entries[i]->answer.actor)
			key_ring_forget(intake->direct.federation->keys, group->entries[i]->answer.actor->id);
}

/* False: nothing is stored and nobody was answered, each is to be tried by itself. */
static bool store_group(struct inbox_intake *intake, const struct group *group)
{
	struct inbox_answer *answers[GROUP_MAX_ROWS];
	bool is_stored[GROUP_MAX_ROWS];
	metric_add(&groups, 1);
	for (size_t i = 0; i < group->count; i++)
		answers[i] = &group->entries[i]->answer;
	enum error error = take_directly(intake, group, answers, is_stored);
	/* What one of several actors is refused for is no reason for all to go by the queue. */
	bool is_of_one = group->count > 1 && brings_actor(group) && error != ERROR_UNPROCESSABLE;
	if (!is_final(group, error) && !is_of_one)
		error = store_all(&intake->direct, group, answers, is_stored);
	if (!is_final(group, error) && group->count > 1)
		return false;
	if (!error)
		forget_keys(intake, group);
	for (size_t i = 0; i < group->count; i++)
		end(group->entries[i], error ? error : is_stored[i] ? ERROR_NONE : ERROR_CONFLICT);
	return true;
}

static void store_each(struct inbox_intake *intake, const struct group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct group one = { .entries = { group->entries[i] }, .count = 1, .has_backlog = group->has_backlog };
		(void)store_group(intake, &one);
	}
}

void inbox_intake_add(struct inbox_intake *intake, struct inbox_entry *entry)
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
		if (!store_group(intake, &group))
			store_each(intake, &group);
}
