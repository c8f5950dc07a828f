/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Counters, gauges and histograms in the Prometheus text format 0.0.4. A metric is a static object that
 * registers itself on first use; changing one is an atomic add and may be done by any thread. */
#ifndef COMPTOIR_BASE_METRICS_H
#define COMPTOIR_BASE_METRICS_H

#include "base/buf.h"

#include <stdatomic.h>

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

#define METRIC_BUCKETS 14 /* upper bounds in seconds stand in metrics.c */

struct metric {
	const char *name;        /* with unit and _total as Prometheus wants, such as comptoir_requests_total */
	const char *help;
	const char *label_name;  /* NULL for none */
	const char *label_value; /* static */
	enum metric_kind kind;
	atomic_int_fast64_t value;                   /* counter, gauge; histogram: sum in microseconds */
	atomic_int_fast64_t buckets[METRIC_BUCKETS]; /* histogram: not cumulative */
	atomic_bool is_registered;
	struct metric *next;
};

#define METRIC(metric_name, metric_help, metric_kind) \
	{ .name = (metric_name), .help = (metric_help), .kind = (metric_kind) }
#define METRIC_LABELLED(metric_name, metric_help, metric_kind, label, label_text) \
	{ .name = (metric_name), .help = (metric_help), .kind = (metric_kind), .label_name = (label), .label_value = (label_text) }

void metric_add(struct metric *metric, int64_t amount);
void metric_set(struct metric *metric, int64_t value);
void metric_observe_us(struct metric *metric, int64_t duration_us);
int64_t metric_value(const struct metric *metric);

/* Counts one event by name (static) in comptoir_events_total; log_write calls it. At most 512 names. */
void metric_count_event(const char *event_name);

/* Appends everything registered, grouped by name. */
void metrics_write(struct buf *out);

#endif
