/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Handlers of operations/domains.inc: domains of organisations, and names that look like theirs. */
#ifndef COMPTOIR_SERVER_BRAND_DOMAINS_H
#define COMPTOIR_SERVER_BRAND_DOMAINS_H

#include "server/brand/seat.h"

enum error handle_domains_list(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_domains_claim(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_domains_release(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_domains_verify(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_look_alikes_list(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_look_alikes_dismiss(struct request *request, const struct seat *seat) MUST_CHECK;
enum error handle_look_alikes_report(struct request *request, const struct seat *seat) MUST_CHECK;

#endif
