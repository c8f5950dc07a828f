/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Preloaded by tests: the wall clock runs CLOCK_SHIM_FILE's seconds ahead, or behind when negative. The file is read
 * again at most each 100 ms; monotonic time stays true. */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

typedef int (*clock_reader)(clockid_t clock, struct timespec *ret_time);

static _Atomic long long offset_s;
static _Atomic long long read_again_ms;

static clock_reader real_clock(void)
{
	static _Atomic(clock_reader) found;
	clock_reader reader = atomic_load(&found);
	if (!reader) {
		void *symbol = dlsym(RTLD_NEXT, "clock_gettime");
		__builtin_memcpy(&reader, &symbol, sizeof(reader));
		atomic_store(&found, reader);
	}
	return reader;
}

static long long offset(void)
{
	struct timespec now;
	real_clock()(CLOCK_MONOTONIC, &now);
	long long now_ms = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
	if (now_ms < atomic_load(&read_again_ms))
		return atomic_load(&offset_s);
	atomic_store(&read_again_ms, now_ms + 100);
	const char *path = getenv("CLOCK_SHIM_FILE");
	FILE *file = path ? fopen(path, "re") : NULL;
	long long value;
	if (file && fscanf(file, "%lld", &value) == 1)
		atomic_store(&offset_s, value);
	if (file)
		fclose(file);
	return atomic_load(&offset_s);
}

int clock_gettime(clockid_t clock, struct timespec *ret_time)
{
	int result = real_clock()(clock, ret_time);
	if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		ret_time->tv_sec += offset();
	return result;
}

time_t time(time_t *ret_time)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (ret_time)
		*ret_time = now.tv_sec;
	return now.tv_sec;
}

int gettimeofday(struct timeval *ret_time, void *zone)
{
	struct timespec now;
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	ret_time->tv_sec = now.tv_sec;
	ret_time->tv_usec = now.tv_nsec / 1000;
	return 0;
}
