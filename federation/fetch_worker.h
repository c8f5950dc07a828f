/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The threads that fulfil fetch wishes: actors, posts, threads up and down, outboxes, featured collections. They block
 * on the network and on PostgreSQL. Bounds: depth 50 upwards, 200 items and 20 pages downwards, a budget per root, one
 * fetch at a time and a pause per host, 15 minutes before a root is walked again. */
#ifndef COMPTOIR_FEDERATION_FETCH_WORKER_H
#define COMPTOIR_FEDERATION_FETCH_WORKER_H

struct federation;
struct fetch_workers;

struct fetch_workers *fetch_workers_start(struct federation *federation, unsigned count);
void fetch_workers_stop(struct fetch_workers **workers); /* accepts NULL */

#endif
