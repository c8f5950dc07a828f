/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Times inside arrays of bigint: microseconds since 1970, with 0 for none. */
#ifndef COMPTOIR_STORAGE_TIME_SQL_H
#define COMPTOIR_STORAGE_TIME_SQL_H

#define SQL_TIME(microseconds) "timestamptz 'epoch' + " microseconds " * interval '1 microsecond'"
#define SQL_TIME_OR_NULL(microseconds) "case when " microseconds " <> 0 then " SQL_TIME(microseconds) " end"

#endif
