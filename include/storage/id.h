/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Ids made by us, so that no statement waits for another's answer: milliseconds since 1970 in the upper
 * 47 bits, 16 bits that count within the process from a random start. Time-ordered, positive, 63 bits,
 * never the same twice in a process and going on when the clock steps back. */
#ifndef COMPTOIR_STORAGE_ID_H
#define COMPTOIR_STORAGE_ID_H

#include <stdint.h>

/* Any thread. */
int64_t id_new(void);

/* The same for what leaves the server as a JSON number: microseconds since 1970, below 2^53 until the year 2255. Another
 * process may make the same one; whoever inserts it then takes the next. */
int64_t id_new_short(void);

/* The moment an id of id_new was made, to the millisecond. */
int64_t id_time_us(int64_t id);

/* The first id that an object of that moment could have: for paging by time. Times out of range are clamped. */
int64_t id_at_time(int64_t time_us);

#endif
