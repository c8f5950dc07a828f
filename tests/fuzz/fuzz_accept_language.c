/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Accept and Accept-Language. */
#include "server/web/accept.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	(void)accept_prefers_activity(text, false);
	(void)accept_choose_language(text, LANGUAGE_ENGLISH);
	return 0;
}
