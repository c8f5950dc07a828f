/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The page that a problem's type leads to. */
#ifndef COMPTOIR_SERVER_BRAND_PROBLEM_PAGE_H
#define COMPTOIR_SERVER_BRAND_PROBLEM_PAGE_H

#include "server/brand/seat.h"

enum error handle_problem_page(struct request *request, const struct seat *seat);

#endif
