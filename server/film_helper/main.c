/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir-film PROGRAM ARGUMENT...: runs ffmpeg or ffprobe over what a stranger made. Other walls than those of
 * comptoir-media, since a program with its libraries has to be loaded behind them: reading and executing below the folders
 * of libraries and of that one program, by Landlock; no socket, no new process, no signal, by seccomp; little memory, time
 * and space. The file is on descriptor 3 and what is made of it goes to 4, which nobody else can reach: both are files in
 * memory. Without both walls nothing is run. The server kills what takes too long. --probe says what the walls refuse;
 * --launch is the launcher. */
#include "server/film_helper/launcher.h"
#include "server/media/film_code.h"
#include "server/media/media_limits.h"

#include <linux/landlock.h>
#include <seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define INPUT_DESCRIPTOR 3
#define MEMORY_BYTES ((rlim_t)2 * 1024 * 1024 * 1024)
#define CPU_SECONDS 60
#define OPEN_FILES 64
#define NICENESS 10
#define MORE_THAN_BEFORE_BYTES (1024 * 1024) /* another container may be a little larger */

static bool limit(__rlimit_resource_t resource, rlim_t most)
{
	return setrlimit(resource, &(struct rlimit){ most, most }) == 0;
}

/* A file of its own, whoever owns the one that was given: it is opened again by its path below /proc. */
static bool copy_input(void)
{
	off_t at = 0, end = lseek(INPUT_DESCRIPTOR, 0, SEEK_END);
	int copy = memfd_create("film", MFD_CLOEXEC);
	bool is_whole = end > 0 && end <= MEDIA_MAX_FILE_BYTES && copy >= 0;
	while (is_whole && at < end)
		is_whole = sendfile(copy, INPUT_DESCRIPTOR, &at, (size_t)(end - at)) > 0;
	return is_whole && dup2(copy, INPUT_DESCRIPTOR) == INPUT_DESCRIPTOR;
}

/* A folder that is not there needs no rule. */
static bool let(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = open(path, O_PATH | O_CLOEXEC) };
	if (rule.parent_fd < 0)
		return errno == ENOENT;
	bool is_let = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	close(rule.parent_fd);
	return is_let;
}

static bool close_paths(const char *program)
{
	static const char *const folders[] = { "/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64" };
	const uint64_t run = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
	struct landlock_ruleset_attr attributes = { .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
	if (ruleset < 0)
		return false;
	bool is_closed = let(ruleset, program, run) && let(ruleset, "/etc/ld.so.cache", LANDLOCK_ACCESS_FS_READ_FILE);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		is_closed = is_closed && let(ruleset, folders[i], run | LANDLOCK_ACCESS_FS_READ_DIR);
	is_closed = is_closed && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return is_closed;
}

static const int allowed[] = {
	SCMP_SYS(execve), SCMP_SYS(openat), SCMP_SYS(newfstatat), SCMP_SYS(access), SCMP_SYS(statfs), SCMP_SYS(getdents64),
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(lseek),
	SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(ftruncate), SCMP_SYS(fcntl), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(mprotect), SCMP_SYS(madvise), SCMP_SYS(mlock), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(arch_prctl),
	SCMP_SYS(set_tid_address), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(prlimit64), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(get_mempolicy), SCMP_SYS(set_mempolicy), SCMP_SYS(gettid), SCMP_SYS(getpid),
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(tgkill), SCMP_SYS(membarrier),
	SCMP_SYS(restart_syscall), SCMP_SYS(sysinfo), SCMP_SYS(getrusage), SCMP_SYS(poll), SCMP_SYS(uname), SCMP_SYS(readlink),
};

static bool close_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool is_closed = filter != NULL;
	for (size_t i = 0; is_closed && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		is_closed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
	/* Threads and no processes; clone3 hides its flags, so libc is told to use the other. */
	is_closed = is_closed && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM)) == 0 &&
		seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
		seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)) == 0 &&
		seccomp_load(filter) == 0;
	if (filter)
		seccomp_release(filter);
	return is_closed;
}

static bool close_walls(const char *program)
{
	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, OPEN_FILES) && limit(RLIMIT_CPU, CPU_SECONDS) &&
		limit(RLIMIT_FSIZE, MEDIA_MAX_FILE_BYTES + MORE_THAN_BEFORE_BYTES) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		close_paths(program) && close_calls();
}

/* It has no log. */
static void write_text(int descriptor, const char *text)
{
	ssize_t ignored = write(descriptor, text, strlen(text));
	(void)ignored;
}

static void say(const char *what, bool was_possible)
{
	write_text(STDOUT_FILENO, what);
	write_text(STDOUT_FILENO, was_possible ? " possible\n" : " refused\n");
}

static void say_opened(const char *what, int descriptor)
{
	say(what, descriptor >= 0);
	if (descriptor >= 0)
		close(descriptor);
}

static int probe(void)
{
	char *const arguments[] = { (char[]){ "true" }, NULL };
	if (!close_walls("/usr/bin/ffmpeg"))
		return FILM_NO_WALLS;
	say_opened("open", open("/etc/passwd", O_RDONLY | O_CLOEXEC));
	say_opened("list", open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	say_opened("environment", open("/proc/self/environ", O_RDONLY | O_CLOEXEC));
	say_opened("create", open("/tmp/comptoir-film-probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	say_opened("socket", socket(AF_INET, SOCK_STREAM, 0));
	say_opened("unix", socket(AF_UNIX, SOCK_STREAM, 0));
	say("kill", kill(getppid(), 0) == 0);
	say("fork", fork() >= 0);
	(void)execv("/bin/true", arguments);
	say("exec", false);
	return 0;
}

int main(int argument_count, char **arguments)
{
	char *const environment[] = { (char[]){ "LANG=C.UTF-8" }, NULL };
	if (argument_count < 2) {
		write_text(STDERR_FILENO, "usage: comptoir-film (started by comptoir) or comptoir-film --probe\n");
		return 2;
	}
	if (strcmp(arguments[1], "--probe") == 0)
		return probe();
	if (strcmp(arguments[1], "--launch") == 0)
		return launcher_serve();
	if (!copy_input())
		return FILM_NO_INPUT;
	(void)setpriority(PRIO_PROCESS, 0, NICENESS);
	if (!close_walls(arguments[1]))
		return FILM_NO_WALLS;
	/* Last, since what a sanitizer has mapped for this program is more. */
	if (!limit(RLIMIT_AS, MEMORY_BYTES))
		return FILM_NO_WALLS;
	(void)execve(arguments[1], arguments + 1, environment);
	_exit(FILM_NO_PROGRAM);
}
