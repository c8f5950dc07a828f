/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Secrets at rest (private keys, two-factor secrets): AES-256-GCM under a key file of 32 bytes that lies
 * outside the database with mode 0600, so that a dump of the database alone gives nothing away. */
#ifndef COMPTOIR_BASE_SECRET_BOX_H
#define COMPTOIR_BASE_SECRET_BOX_H

#include "base/arena.h"
#include "base/error.h"

struct secret_box;

/* Creates the key file when it is missing and may_create is set. Refuses a file that others can read, of
 * wrong size, or not owned by us: ERROR_CONFIGURATION, *ret_message (arena) names the remedy. */
enum error secret_box_open(const char *key_file, bool may_create, struct arena *arena,
	struct secret_box **ret_box, struct str *ret_message) MUST_CHECK;
void secret_box_close(struct secret_box **box); /* wipes the key; accepts NULL */

/* context (such as "actor_key:123") is bound in: a value moved to another row does not open. Format:
 * version byte, 12 bytes nonce, ciphertext, 16 bytes tag. Any thread. */
struct str secret_box_seal(const struct secret_box *box, struct arena *arena, struct str context, struct str plain) MUST_CHECK;
enum error secret_box_unseal(const struct secret_box *box, struct arena *arena, struct str context, struct str sealed,
	struct str *ret_plain) MUST_CHECK;

/* A key of its own for each purpose, made of the box's key: HMAC-SHA-256 over the name. Any thread. */
#define SECRET_BOX_DERIVED_BYTES 32
void secret_box_derive(const struct secret_box *box, struct str purpose, unsigned char ret_key[SECRET_BOX_DERIVED_BYTES]);

#endif
