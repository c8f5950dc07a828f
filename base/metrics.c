/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Changing a metric is one relaxed atomic add. Registration, once per metric, takes a lock; writing takes
 * the same lock, so the list does not change under its reader. Events are found by name without a lock: a
 * slot of their table is filled once and never changes again. */
#include "base/metrics.h"

#include "base/clock.h"
#include "base/str.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define EVENT_LIMIT 512
#define EVENT_SLOTS 1024 /* power of two, twice the limit: probing ends soon */

/* The last bucket takes what is longer than all bounds. */
static const int64_t bucket_bounds_us[METRIC_BUCKETS - 1] = { 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000,
	250000, 500000, 1000000, 2500000, 10000000 };

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static struct metric *registry_first;
static struct metric **registry_last = &registry_first;

static struct metric event_metrics[EVENT_LIMIT];
static size_t event_count;
static _Atomic(struct metric *) event_slots[EVENT_SLOTS];
static struct metric events_beyond_limit =
	METRIC_LABELLED("comptoir_events_total", "Events as the log names them.", METRIC_COUNTER, "event", "other");

/* With registry_lock held. */
static void register_locked(struct metric *metric)
{
	if (atomic_load(&metric->is_registered))
		return;
	metric->next = NULL;
	*registry_last = metric;
	registry_last = &metric->next;
	atomic_store(&metric->is_registered, true);
}

static void register_once(struct metric *metric)
{
	if (atomic_load_explicit(&metric->is_registered, memory_order_acquire))
		return;
	pthread_mutex_lock(&registry_lock);
	register_locked(metric);
	pthread_mutex_unlock(&registry_lock);
}

void metric_add(struct metric *metric, int64_t amount)
{
	register_once(metric);
	atomic_fetch_add_explicit(&metric->value, amount, memory_order_relaxed);
}

void metric_set(struct metric *metric, int64_t value)
{
	register_once(metric);
	atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void metric_observe_us(struct metric *metric, int64_t duration_us)
{
	size_t bucket = 0;
	while (bucket < METRIC_BUCKETS - 1 && duration_us > bucket_bounds_us[bucket])
		bucket++;
	register_once(metric);
	atomic_fetch_add_explicit(&metric->buckets[bucket], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&metric->value, duration_us, memory_order_relaxed);
}

int64_t metric_value(const struct metric *metric)
{
	return atomic_load_explicit(&metric->value, memory_order_relaxed);
}

/* The slot that holds event_name, or the free one where it belongs. */
static size_t event_slot(const char *event_name)
{
	size_t slot = (size_t)str_hash(str_from(event_name)) & (EVENT_SLOTS - 1);
	for (;;) {
		struct metric *metric = atomic_load_explicit(&event_slots[slot], memory_order_acquire);
		if (!metric || strcmp(metric->label_value, event_name) == 0)
			return slot;
		slot = (slot + 1) & (EVENT_SLOTS - 1);
	}
}

static struct metric *event_add(const char *event_name)
{
	pthread_mutex_lock(&registry_lock);
	size_t slot = event_slot(event_name);
	struct metric *metric = atomic_load(&event_slots[slot]);
	if (!metric && event_count < EVENT_LIMIT) {
		metric = &event_metrics[event_count++];
		metric->name = events_beyond_limit.name;
		metric->help = events_beyond_limit.help;
		metric->kind = METRIC_COUNTER;
		metric->label_name = "event";
		metric->label_value = event_name;
		register_locked(metric);
		atomic_store_explicit(&event_slots[slot], metric, memory_order_release);
	}
	pthread_mutex_unlock(&registry_lock);
	return metric ? metric : &events_beyond_limit;
}

void metric_count_event(const char *event_name)
{
	struct metric *metric = atomic_load_explicit(&event_slots[event_slot(event_name)], memory_order_acquire);
	metric_add(metric ? metric : event_add(event_name), 1);
}

static void write_label_value(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' || *text == '"')
			buf_add_char(out, '\\');
		if (*text == '\n')
			buf_add_c_string(out, "\\n");
		else
			buf_add_char(out, *text);
	}
}

/* name{label="value",le="..."}; le NULL leaves it out. */
static void write_series(struct buf *out, const struct metric *metric, const char *suffix, const char *le)
{
	buf_add_c_string(out, metric->name);
	buf_add_c_string(out, suffix);
	if (!metric->label_name && !le) {
		buf_add_char(out, ' ');
		return;
	}
	buf_add_char(out, '{');
	if (metric->label_name) {
		buf_add_c_string(out, metric->label_name);
		buf_add_c_string(out, "=\"");
		write_label_value(out, metric->label_value);
		buf_add_char(out, '"');
	}
	if (le)
		buf_add_printf(out, "%sle=\"%s\"", metric->label_name ? "," : "", le);
	buf_add_c_string(out, "} ");
}

static void write_histogram(struct buf *out, const struct metric *metric)
{
	int64_t cumulative = 0;
	for (size_t i = 0; i < METRIC_BUCKETS; i++) {
		char bound[32] = "+Inf";
		if (i < METRIC_BUCKETS - 1)
			snprintf(bound, sizeof(bound), "%g", (double)bucket_bounds_us[i] / 1e6);
		cumulative += atomic_load_explicit(&metric->buckets[i], memory_order_relaxed);
		write_series(out, metric, "_bucket", bound);
		buf_add_printf(out, "%lld\n", (long long)cumulative);
	}
	write_series(out, metric, "_sum", NULL);
	buf_add_printf(out, "%.6f\n", (double)metric_value(metric) / 1e6);
	write_series(out, metric, "_count", NULL);
	buf_add_printf(out, "%lld\n", (long long)cumulative);
}

static void write_head(struct buf *out, const char *name, const char *help, const char *type)
{
	buf_add_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static const char *kind_name(enum metric_kind kind)
{
	switch (kind) {
	case METRIC_COUNTER:
		return "counter";
	case METRIC_GAUGE:
		return "gauge";
	case METRIC_HISTOGRAM:
		return "histogram";
	}
	return "untyped";
}

static void write_one(struct buf *out, const struct metric *metric)
{
	if (metric->kind == METRIC_HISTOGRAM) {
		write_histogram(out, metric);
		return;
	}
	write_series(out, metric, "", NULL);
	buf_add_printf(out, "%lld\n", (long long)metric_value(metric));
}

static bool is_first_of_its_name(const struct metric *metric)
{
	for (const struct metric *other = registry_first; other != metric; other = other->next)
		if (strcmp(other->name, metric->name) == 0)
			return false;
	return true;
}

static void write_process_value(struct buf *out, const char *name, const char *help, const char *type, double value)
{
	write_head(out, name, help, type);
	buf_add_printf(out, "%s %.2f\n", name, value);
}

/* The text of a file below /proc, at most size_bytes - 1; empty when it cannot be read. */
static void read_proc(const char *path, char *ret_text, size_t size_bytes)
{
	FILE *file = fopen(path, "re");
	size_t len = file ? fread(ret_text, 1, size_bytes - 1, file) : 0;
	ret_text[len] = '\0';
	if (file)
		fclose(file);
}

static void write_process_memory(struct buf *out)
{
	char text[256];
	char *end = text;
	read_proc("/proc/self/statm", text, sizeof(text));
	unsigned long virtual_pages = strtoul(text, &end, 10);
	unsigned long resident_pages = strtoul(end, NULL, 10);
	double page_bytes = (double)sysconf(_SC_PAGESIZE);
	write_process_value(out, "process_virtual_memory_bytes", "Virtual memory size in bytes.", "gauge",
		(double)virtual_pages * page_bytes);
	write_process_value(out, "process_resident_memory_bytes", "Resident memory size in bytes.", "gauge",
		(double)resident_pages * page_bytes);
}

static void write_process_descriptors(struct buf *out)
{
	DIR *directory = opendir("/proc/self/fd");
	double open_count = 0;
	if (directory) {
		for (const struct dirent *entry; (entry = readdir(directory));)
			open_count += entry->d_name[0] != '.';
		closedir(directory);
		open_count -= 1; /* the directory itself */
	}
	write_process_value(out, "process_open_fds", "Number of open file descriptors.", "gauge", open_count);

	struct rlimit limit = { 0 };
	getrlimit(RLIMIT_NOFILE, &limit);
	write_process_value(out, "process_max_fds", "Maximum number of open file descriptors.", "gauge", (double)limit.rlim_cur);
}

/* Field 22 of /proc/self/stat counts clock ticks since boot; the name in parentheses may hold anything. */
static double process_start_seconds(void)
{
	char text[1024];
	read_proc("/proc/self/stat", text, sizeof(text));
	char *field = strrchr(text, ')');
	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	double start_since_boot = field ? strtod(field, NULL) / (double)sysconf(_SC_CLK_TCK) : 0;
	read_proc("/proc/uptime", text, sizeof(text));
	return (double)clock_now_us() / 1e6 - (strtod(text, NULL) - start_since_boot);
}

static void write_process(struct buf *out)
{
	static _Atomic double start_seconds;
	if (atomic_load(&start_seconds) <= 0)
		atomic_store(&start_seconds, process_start_seconds());
	struct rusage usage = { 0 };
	getrusage(RUSAGE_SELF, &usage);
	double cpu_seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	write_process_value(out, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", "counter",
		cpu_seconds);
	write_process_value(out, "process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
		"gauge", atomic_load(&start_seconds));
	write_process_memory(out);
	write_process_descriptors(out);
}

void metrics_write(struct buf *out)
{
	pthread_mutex_lock(&registry_lock);
	for (const struct metric *metric = registry_first; metric; metric = metric->next) {
		if (!is_first_of_its_name(metric))
			continue;
		write_head(out, metric->name, metric->help, kind_name(metric->kind));
		for (const struct metric *same = metric; same; same = same->next)
			if (strcmp(same->name, metric->name) == 0)
				write_one(out, same);
	}
	pthread_mutex_unlock(&registry_lock);
	write_process(out);
}
