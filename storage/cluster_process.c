/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Child processes of the embedded cluster, what their log says when they fail, and the lock between the
 * processes that use it. */
#include "storage/cluster_parts.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOG_TAIL_BYTES 8192
#define MAX_ARGUMENTS 32

#define CHILD_LOCK_FD 3

static void child_become(char *const *arguments, char *const *environment, const int fds[4])
{
	/* A session of its own: ^C in the terminal must reach comptoir alone, which then stops it in order. */
	(void)setsid();
	sigset_t none;
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)umask(077);
	/* Above the low numbers first, where a later dup2 cannot overwrite what an earlier one needs. */
	int safe[4] = { -1, -1, -1, -1 };
	for (int i = 0; i <= CHILD_LOCK_FD; i++)
		if (fds[i] >= 0 && (safe[i] = fcntl(fds[i], F_DUPFD, 16)) < 0)
			_exit(126);
	for (int i = 0; i <= CHILD_LOCK_FD; i++)
		if (safe[i] >= 0 && dup2(safe[i], i) < 0)
			_exit(126);
	(void)close_range(fds[CHILD_LOCK_FD] >= 0 ? CHILD_LOCK_FD + 1 : CHILD_LOCK_FD, ~0u, 0);
	(void)execve(arguments[0], arguments, environment);
	_exit(127);
}

/* stale_pid: postmaster.pid may name a process that lives but is somebody else, after a restart of the
 * machine or container. PostgreSQL would refuse to start; a lock file of its "grandparent" it takes for
 * stale, and still checks that no process of the old cluster holds its shared memory. Removing the file
 * would lose that check. */
static pid_t spawn(const struct cluster_paths *paths, const char *const *arguments, int input_fd, int lock_fd, pid_t stale_pid)
{
	AUTO(arena) struct arena *arena = arena_new(16 * 1024);
	char *environment[5] = { arena_c_string(arena, str_from("PATH=/usr/sbin:/usr/bin:/sbin:/bin")),
		arena_c_string(arena, str_from("LC_ALL=C.UTF-8")), arena_c_string(arena, str_from("TZ=UTC")), NULL, NULL };
	if (stale_pid > 0)
		environment[3] = arena_c_string(arena, arena_printf(arena, "PG_GRANDPARENT_PID=%d", (int)stale_pid));
	char *words[MAX_ARGUMENTS + 1] = { NULL };
	for (size_t i = 0; arguments[i]; i++) {
		assert(i < MAX_ARGUMENTS);
		words[i] = arena_c_string(arena, str_from(arguments[i]));
	}
	int log_fd = open(paths->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t pid = log_fd >= 0 && null_fd >= 0 ? fork() : -1;
	if (pid == 0)
		child_become(words, environment, (const int[4]){ input_fd >= 0 ? input_fd : null_fd, log_fd, log_fd, lock_fd });
	if (log_fd >= 0)
		(void)close(log_fd);
	if (null_fd >= 0)
		(void)close(null_fd);
	return pid;
}

pid_t cluster_spawn(const struct cluster_paths *paths, const char *const *arguments, pid_t stale_pid)
{
	return spawn(paths, arguments, -1, -1, stale_pid);
}

/* A file without a name holds the input: a pipe could block, or raise SIGPIPE when the child fails early. */
static int input_file(const struct cluster_paths *paths, struct str input)
{
	int fd = open(paths->data, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	if (write(fd, input.data, input.len) != (ssize_t)input.len || lseek(fd, 0, SEEK_SET) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

bool cluster_run(const struct cluster_paths *paths, const char *const *arguments, struct str input, int lock_fd)
{
	int input_fd = -1;
	if (input.len > 0 && (input_fd = input_file(paths, input)) < 0)
		return false;
	pid_t pid = spawn(paths, arguments, input_fd, lock_fd, 0);
	if (input_fd >= 0)
		(void)close(input_fd);
	int status = 0;
	pid_t ended = -1;
	while (pid > 0 && (ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
		continue;
	return ended == pid && pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

off_t cluster_log_size(const struct cluster_paths *paths)
{
	struct stat info;
	return stat(paths->log, &info) == 0 ? info.st_size : 0;
}

struct str cluster_log_since(const struct cluster_paths *paths, struct arena *arena, off_t offset)
{
	off_t size = cluster_log_size(paths);
	if (size - offset > LOG_TAIL_BYTES)
		offset = size - LOG_TAIL_BYTES;
	char *text = arena_alloc(arena, LOG_TAIL_BYTES);
	int fd = open(paths->log, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd >= 0 ? pread(fd, text, LOG_TAIL_BYTES, offset) : 0;
	if (fd >= 0)
		(void)close(fd);
	return (struct str){ text, length > 0 ? (size_t)length : 0 };
}

static const struct {
	struct str sign;
	const char *remedy;
} known_troubles[] = {
	{ STR("No space left on device"), "the disk is full: free some space and start again" },
	{ STR("Disk quota exceeded"), "the quota of this user is used up: free some space and start again" },
	{ STR("Read-only file system"), "the file system is mounted read-only" },
	{ STR("database files are incompatible"),
		"another version of PostgreSQL made the cluster: set database.binaries to that version's folder" },
	{ STR("could not map anonymous shared memory"),
		"too little shared memory: free memory, raise the container's limit, or lower shared_buffers in local.conf" },
	{ STR("could not resize shared memory"), "too little shared memory in /dev/shm: raise it (containers: --shm-size)" },
	{ STR("could not create shared memory segment"), "too little shared memory: see kernel.shmmax and kernel.shmall" },
	{ STR("could not create semaphores"), "too few semaphores: see kernel.sem" },
	{ STR("pre-existing shared memory block"),
		"processes of an earlier run still end: wait a moment and start again" },
	{ STR("has wrong ownership"), "the cluster belongs to another user: run comptoir as that user" },
	{ STR("has invalid permissions"), "the cluster's directory must be 0700" },
	{ STR("Permission denied"), "a file of the cluster cannot be read: give the directory back to this user with chown -R" },
	{ STR("invalid value for parameter"), "a setting in local.conf of the cluster is wrong" },
	{ STR("unrecognized configuration parameter"), "a setting in local.conf of the cluster is unknown" },
};

/* The last line that says FATAL, PANIC, ERROR or "error:", or simply the last one. */
static struct str telling_line(struct str log)
{
	struct str last = { 0 };
	struct str telling = { 0 };
	struct str line;
	while (str_split_next(&log, '\n', &line)) {
		static const struct str marks[] = { STR("FATAL:"), STR("PANIC:"), STR("ERROR:"), STR("error:") };
		if (str_is_empty(str_trim(line)))
			continue;
		last = line;
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
			if (str_index_of_str(line, marks[i]) < line.len)
				telling = line;
	}
	return telling.data ? telling : last;
}

struct str cluster_explain(const struct cluster_paths *paths, struct arena *arena, const char *what, off_t log_offset)
{
	struct str log = cluster_log_since(paths, arena, log_offset);
	const char *remedy = NULL;
	for (size_t i = 0; i < sizeof(known_troubles) / sizeof(known_troubles[0]) && !remedy; i++)
		if (str_index_of_str(log, known_troubles[i].sign) < log.len)
			remedy = known_troubles[i].remedy;
	struct str line = telling_line(log);
	return arena_printf(arena, "%s: %s (PostgreSQL says \"%.*s\"; more in %s)", what,
		remedy ? remedy : "see the log of the cluster", STR_ARG(line), paths->log);
}

int cluster_lock_open(const struct cluster_paths *paths)
{
	return open(paths->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

bool cluster_lock_take(int fd, enum cluster_lock lock, bool is_exclusive, bool may_wait)
{
	struct flock range = { .l_type = is_exclusive ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET, .l_start = (off_t)lock, .l_len = 1 };
	while (fcntl(fd, may_wait ? F_OFD_SETLKW : F_OFD_SETLK, &range) != 0)
		if (errno != EINTR)
			return false;
	return true;
}

void cluster_lock_release(int fd, enum cluster_lock lock)
{
	struct flock range = { .l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = (off_t)lock, .l_len = 1 };
	(void)fcntl(fd, F_OFD_SETLK, &range);
}
