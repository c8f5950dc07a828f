/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Finding the seat of a request, for operation.c. */
#ifndef COMPTOIR_SERVER_BRAND_SEAT_FIND_H
#define COMPTOIR_SERVER_BRAND_SEAT_FIND_H

#include "server/brand/seat.h"

/* Errors are problems. */
enum error seat_find(struct request *request, struct seat *ret_seat) MUST_CHECK;
/* Whether the permission is held with the organisation or with any account that can be reached. */
bool seat_holds_anywhere(const struct seat *seat, enum permission permission, bool own_too);
/* ERROR_FORBIDDEN, as a problem that names the permission. */
enum error seat_refuse(struct request *request, enum permission permission) MUST_CHECK;
/* The organisation of the path's segment: by id or slug. ERROR_NOT_FOUND. */
enum error seat_find_organisation(struct request *request, struct str text, struct organisation *ret_organisation) MUST_CHECK;

#endif
