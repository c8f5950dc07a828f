/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One-time codes by time (RFC 6238: HMAC-SHA-1, 30 s, six digits), as every authenticator app makes them. */
#ifndef COMPTOIR_BASE_TOTP_H
#define COMPTOIR_BASE_TOTP_H

#include "base/arena.h"

#define TOTP_SECRET_BYTES 20
#define TOTP_DIGITS 6
#define TOTP_STEP_S 30

/* The code of a step: microseconds since 1970 / TOTP_STEP_S seconds. ret_code gets TOTP_DIGITS digits and a NUL. */
void totp_write_code(struct str secret, int64_t step, char ret_code[TOTP_DIGITS + 1]);

/* Whether code (spaces are ignored) is that of now_us, or of the step before or after. *ret_step: which; the caller takes
 * care that no step counts twice. */
bool totp_check(struct str secret, struct str code, int64_t now_us, int64_t *ret_step) MUST_CHECK;

/* RFC 4648, 6, without padding: how people type secrets. */
struct str base32_encode(struct arena *arena, struct str bytes) MUST_CHECK;

#endif
