/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Passwords by Argon2id (m = 19 MiB, t = 2, p = 1), one at a time in the whole process: a flood of logins
 * waits, it does not exhaust the memory. */
#ifndef COMPTOIR_BASE_PASSWORD_H
#define COMPTOIR_BASE_PASSWORD_H

#include "base/arena.h"
#include "base/error.h"

#define PASSWORD_MIN_CHARACTERS 8
#define PASSWORD_MAX_BYTES 1024

/* ERROR_UNPROCESSABLE when too short, too long, or not UTF-8. *ret_hash is a PHC string with its parameters. */
enum error password_hash(struct arena *arena, struct str password, struct str *ret_hash) MUST_CHECK;

/* hash empty: does the same work against a fixed hash and answers false, so that an unknown user costs as
 * much as a wrong password. *ret_wants_rehash: the parameters are older than ours. */
bool password_verify(struct str password, struct str hash, bool *ret_wants_rehash) MUST_CHECK;

/* A password for people to copy: 20 characters without look-alikes, over 100 bits. */
struct str password_generate(struct arena *arena) MUST_CHECK;

#endif
