/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How events leave the process and come from others: on the connection of wake.c. */
#ifndef COMPTOIR_STORAGE_EVENT_WIRE_H
#define COMPTOIR_STORAGE_EVENT_WIRE_H

#include "storage/event.h"

/* Tells the listeners here and keeps them for other processes. */
void event_emit(const struct event *events, size_t count);

/* Other processes are told only between these two, */
void event_begin_telling(void);
void event_end_telling(void);
/* and by this that they may have missed something. */
void event_tell_gap(void);

/* What other processes do not know of yet, as one payload of at most 7,900 bytes; empty for nothing. It is theirs then,
 * unless it is given back by event_untell. */
struct str event_take_untold(struct arena *arena) MUST_CHECK;
void event_untell(struct str payload);

/* A payload of another process; what cannot be read of it is dropped. */
void event_hear(struct str payload);
void event_hear_gap(void);

#endif
