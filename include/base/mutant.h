/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Guards that the tests must miss when they are gone. In the build of `tests/run mutants` the environment
 * variable COMPTOIR_MUTANT names one guard that is left out, and some test has to fail; in every other build
 * MUTANT() is the constant false and leaves no trace.
 *
 *   if (header_count > limits->max_headers && !MUTANT("http_header_count"))
 *           return refuse(reader, 431, "too_many_headers"); */
#ifndef COMPTOIR_BASE_MUTANT_H
#define COMPTOIR_BASE_MUTANT_H

#include <stdbool.h>

#ifdef COMPTOIR_MUTANTS
bool mutant_is_active(const char *guard_name);
#define MUTANT(guard_name) mutant_is_active(guard_name)
#else
#define MUTANT(guard_name) false
#endif

#endif
