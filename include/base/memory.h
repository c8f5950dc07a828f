/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The heap, for objects that outlive a request. An allocation that fails ends the process with one
 * line on standard error: every size that comes from outside is limited before it gets here, so
 * running out of memory is a fault of the machine, not an answer to a request. */
#ifndef COMPTOIR_BASE_MEMORY_H
#define COMPTOIR_BASE_MEMORY_H

#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_index, first_index) __attribute__((format(printf, format_index, first_index)))

/* Cleanup attribute: AUTO(name) variable = ...; calls name_auto(&variable) at the end of the scope. */
#define AUTO(name) __attribute__((cleanup(name##_auto)))

/* Returns size_bytes of zeroed memory; never NULL. The caller frees it with memory_free. */
void *memory_new(size_t size_bytes) MUST_CHECK;

/* Like memory_new for count elements of size_bytes each; a product that overflows ends the process. */
void *memory_new_array(size_t count, size_t size_bytes) MUST_CHECK;

/* Grows or shrinks; new bytes are not zeroed. Never NULL. */
void *memory_resize(void *memory, size_t size_bytes) MUST_CHECK;

/* Returns a heap copy of a NUL-terminated string. The caller frees it with memory_free. */
char *memory_copy_string(const char *text) MUST_CHECK;

/* Accepts NULL. */
void memory_free(void *memory);

/* Ends the process: for broken invariants and exhausted memory, never for outside input. */
__attribute__((noreturn)) void memory_fatal(const char *what);

/* Overwrites secrets so that the compiler cannot drop the write. */
void memory_wipe(void *memory, size_t size_bytes);

#endif
