/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A list of what a decoder needs: memory, threads, clocks, and reading and writing what it was handed. Everything else
 * gives EPERM, which libraries that merely ask survive. */
#include "server/media_helper/sandbox.h"

#include "server/media/helper_message.h"
#include "server/media/media_limits.h"

#include <linux/landlock.h>
#include <seccomp.h>

#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MEMORY_BYTES ((rlim_t)2 * 1024 * 1024 * 1024)
#define CPU_SECONDS 120
#define OPEN_FILES 64

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SHADOW_MEMORY 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SHADOW_MEMORY 1
#endif
#endif
#ifndef HAS_SHADOW_MEMORY
#define HAS_SHADOW_MEMORY 0
#endif

static bool limit(__rlimit_resource_t resource, rlim_t most)
{
	return setrlimit(resource, &(struct rlimit){ most, most }) == 0;
}

unsigned sandbox_limit(void)
{
	unsigned walls = 0;
	if (limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, OPEN_FILES) && limit(RLIMIT_FSIZE, MEDIA_MAX_FILE_BYTES) &&
		limit(RLIMIT_CPU, CPU_SECONDS) && (HAS_SHADOW_MEMORY || limit(RLIMIT_AS, MEMORY_BYTES)))
		walls |= MEDIA_WALL_LIMITS;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
		walls |= MEDIA_WALL_PRIVILEGES;
	return walls;
}

/* A ruleset without a rule: no path leads anywhere. */
static bool close_paths(void)
{
	struct landlock_ruleset_attr attributes = { .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
	if (ruleset < 0)
		return false;
	bool is_closed = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return is_closed;
}

static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(lseek),
	SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(ftruncate), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(recvfrom),
	SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex),
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(gettid), SCMP_SYS(getpid),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(tgkill), SCMP_SYS(membarrier), SCMP_SYS(restart_syscall), SCMP_SYS(sysinfo), SCMP_SYS(getrusage),
};

static bool add_rules(scmp_filter_ctx filter)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) < 0)
			return false;
	/* Threads and no processes; clone3 hides its flags, so libc is told to use the other. Memory is never executable. */
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
		SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM)) == 0 &&
		seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
		seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)) == 0 &&
		seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0)) == 0;
}

static bool close_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool is_closed = filter && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 && add_rules(filter) &&
		seccomp_load(filter) == 0;
	if (filter)
		seccomp_release(filter);
	return is_closed;
}

unsigned sandbox_close(void)
{
	unsigned walls = close_paths() ? MEDIA_WALL_LANDLOCK : 0;
	return close_calls() ? walls | MEDIA_WALL_SECCOMP : walls;
}
