/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Delivery of the outbox: rows become signed requests and then receipts. A thread claims due rows and writes receipts
 * in batches; a loop keeps the peers and their requests; signing has threads of its own. See scheduler.h for a run. */
#ifndef COMPTOIR_FEDERATION_DELIVERY_H
#define COMPTOIR_FEDERATION_DELIVERY_H

#include "base/error.h"
#include "base/str.h"

struct federation;
struct delivery;

/* On failure *ret_message (heap) says what is wrong. */
enum error delivery_start(struct federation *federation, struct delivery **ret_delivery, char **ret_message) MUST_CHECK;

/* Requests under way get up to 5 s; leases of what was not sent are given back. Accepts NULL. */
void delivery_stop(struct delivery **delivery);

/* A verified request came from that host: it lives, and what waits for it is due (ARCHITECTURE: revived by any verified
 * request). speaks_rfc9421: it signed so. Cheap: remembered per host and written at most once a minute. Any thread of
 * any role. */
void peer_heard(struct federation *federation, struct str host, bool speaks_rfc9421);

#endif
