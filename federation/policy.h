/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whom we federate with: federation.mode (open, allow_list, closed) and the operator's domain blocks, kept in memory
 * and read anew when somebody rings WAKE_POLICY, at most a minute late otherwise. Any thread. */
#ifndef COMPTOIR_FEDERATION_POLICY_H
#define COMPTOIR_FEDERATION_POLICY_H

#include "base/error.h"
#include "base/str.h"

struct config;
struct policy;

enum policy_verdict {
	POLICY_OPEN,
	POLICY_SILENCED,
	POLICY_REFUSED, /* suspended, not on the allow list, or federation is closed: nothing in, nothing out */
};

struct policy_view {
	enum policy_verdict verdict;
	bool rejects_media;
	bool rejects_reports;
};

/* Reads the tables once; ERROR_DATABASE_UNREACHABLE when that cannot be done: without its blocks nothing starts. */
enum error policy_new(const struct config *config, struct policy **ret_policy) MUST_CHECK;
void policy_free(struct policy **policy);

/* host: of a URL, with or without port, in any case. What is no host is refused. Subdomains inherit. */
struct policy_view policy_judge(struct policy *policy, struct str host);

/* The same for the host of a URL; POLICY_REFUSED when it is none. */
struct policy_view policy_judge_url(struct policy *policy, struct str url);

#endif
