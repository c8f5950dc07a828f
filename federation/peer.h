/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A peer: a host, with a port that is not the default, as one who takes deliveries. What is known of it lives in its
 * row; while deliveries to it are in memory it is one of these, on the delivery loop. The functions here change what
 * is known and decide nothing else; the scheduler asks them.
 *
 * Well, or failing since a moment: after a failure nothing is sent before due_us, then one delivery at a time, until one
 * gets through. Failing for seven days makes it dead: one probe a day. A single 5xx does not stop the rest, since it may
 * be about that delivery alone. */
#ifndef COMPTOIR_FEDERATION_PEER_H
#define COMPTOIR_FEDERATION_PEER_H

#include "federation/delivery_rules.h"
#include "storage/peer.h"

#include "base/list.h"

#define PEER_FIRST_WINDOW 2
#define PEER_LARGEST_WINDOW 4

enum peer_trust {
	PEER_PROVEN,   /* took something before, or spoke to us lately */
	PEER_UNPROVEN, /* nothing is known */
	PEER_SUSPECT,  /* failing */
	PEER_TRUST_COUNT
};

struct peer {
	struct peer_record record; /* its strings are in this memory */
	struct peer_record saved;  /* what the table knows; without strings */
	unsigned unsaved;          /* saves under way */
	struct list_link items;    /* all deliveries in memory, by activity */
	unsigned item_count;
	unsigned queued;           /* of them wait */
	unsigned in_flight;        /* of them are being signed or sent */
	unsigned followers;        /* of them wait for an earlier one about the same object */
	unsigned successes;        /* in a row, since the window grew */
	struct list_link ring;     /* of those that may start something, or alone */
	bool has_more;             /* in the table, parked */
	bool is_claiming;          /* more of them were asked for */
	unsigned epoch;            /* of the breaker: when it last counted */
	bool failed_in_epoch;
	struct peer_record before; /* what it was then, without strings */
	char error_text[200];
	char name[];
};

struct peer *peer_new(struct str name);
void peer_free(struct peer **peer);

/* Takes what the table says. */
void peer_adopt(struct peer *peer, const struct peer_record *record);

/* Whether the table says anything else than when it was last asked or told. */
bool peer_differs(const struct peer *peer, const struct peer_record *record);

enum peer_trust peer_trust(const struct peer *peer);

/* Whether another delivery may begin now, as far as the peer goes. */
bool peer_has_room(const struct peer *peer, int64_t now_us);

/* Nothing may begin before its time; a time that no pause reaches was set by a clock that was wrong. */
bool peer_is_waiting(const struct peer *peer, int64_t now_us);

/* finding is not FINDING_WELL; began_us: when the attempt began; pause_us: what the peer asked for, 0 for nothing. Attempts
 * that were under way together when the peer became unreachable count as one failure. */
void peer_failed(struct peer *peer, int64_t began_us, int64_t now_us, enum peer_finding finding, int64_t pause_us,
	struct str detail);

/* True when its other deliveries had to wait for this. */
bool peer_succeeded(struct peer *peer, int64_t now_us);

/* What happened since peer->before was kept is forgotten. */
void peer_forgive(struct peer *peer);

/* Whether the table ought to know: at_rest, the small things too. */
bool peer_must_save(const struct peer *peer, bool at_rest);

#endif
