/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The policy as those ask it who fetch media. */
#include "federation/media_policy.h"

#include "federation/federation.h"
#include "federation/policy.h"

bool federation_takes_media(const struct federation *federation, struct str url)
{
	struct policy_view view = policy_judge_url(federation->policy, url);
	bool is_own = str_starts_with(url, federation->base_url);
	return view.verdict != POLICY_REFUSED && !view.rejects_media && !is_own;
}
