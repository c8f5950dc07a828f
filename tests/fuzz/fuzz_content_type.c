/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Content types of fetched documents. */
#include "federation/fetch_judge.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str type = { (const char *)data, size };
	bool is_activity = fetch_type_is_accepted(FETCH_ACTIVITY_JSON, type);
	assert(!is_activity || fetch_type_is_accepted(FETCH_ANY_JSON, type));
	assert(!is_activity || !fetch_type_is_accepted(FETCH_JRD, type));
	return 0;
}
