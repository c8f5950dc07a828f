/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * TXT records of the DNS, for a job that may wait: asked of the system's resolvers, or of the one that dns.server names. */
#ifndef COMPTOIR_SERVER_JOBS_DNS_TXT_H
#define COMPTOIR_SERVER_JOBS_DNS_TXT_H

#include "base/arena.h"
#include "base/error.h"

struct config;

/* ERROR_NONE when the name has a TXT record of exactly these bytes, ERROR_NOT_FOUND when it has none, ERROR_UNAVAILABLE when
 * nobody could say. Some seconds at most. */
enum error dns_txt_find(const struct config *config, struct arena *arena, struct str name, struct str wanted) MUST_CHECK;

/* The same of an answer as it came. What is no answer holds nothing. */
bool dns_txt_answer_holds(const unsigned char *answer, size_t len, struct str wanted) MUST_CHECK;

#endif
