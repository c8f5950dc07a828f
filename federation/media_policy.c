/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The policy as those ask it who fetch media and pages. */
#include "federation/media_policy.h"

#include "federation/federation.h"
#include "federation/policy.h"

static bool is_own(const struct federation *federation, struct str url)
{
	struct str base_url = federation->base_url;
	return str_starts_with(url, base_url) && (url.len == base_url.len || url.data[base_url.len] == '/');
}

bool federation_takes_media(const struct federation *federation, struct str url)
{
	struct policy_view view = policy_judge_url(federation->policy, url);
	return view.verdict != POLICY_REFUSED && !view.rejects_media && !is_own(federation, url);
}
