/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Exists only in the build that shows that the tests notice a missing guard. */
#include "base/mutant.h"

#ifdef COMPTOIR_MUTANTS
#include <stdlib.h>
#include <string.h>

bool mutant_is_active(const char *guard_name)
{
	const char *left_out = getenv("COMPTOIR_MUTANT");
	return left_out && strcmp(left_out, guard_name) == 0;
}
#else
extern int mutant_build_is_off;
int mutant_build_is_off = 1;
#endif
