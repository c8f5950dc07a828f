/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Opens private keys. The bytes outside OpenSSL are wiped as soon as it has them. */
#include "federation/local_key.h"

#include "base/secret_box.h"
#include "federation/keys.h"

enum error local_key_open(struct db *db, struct arena *arena, const struct secret_box *box, int64_t actor_id,
	enum actor_key_kind kind, struct signing_key **ret_key, struct str *ret_key_id, int64_t *ret_created_us)
{
	struct actor_key row;
	enum error error = actor_key_find_private(db, arena, actor_id, kind, &row);
	if (error)
		return error;
	bool is_rsa = kind == ACTOR_KEY_RSA;
	struct str context = keys_seal_context(arena, actor_id, is_rsa ? "rsa" : "ed25519");
	struct str plain;
	error = secret_box_unseal(box, arena, context, row.private_sealed, &plain);
	if (error)
		return error;
	struct signing_key *key = is_rsa ? signing_key_from_rsa_der(plain) : signing_key_from_ed25519(plain);
	memory_wipe((void *)(uintptr_t)plain.data, plain.len);
	if (!key)
		return ERROR_CRYPTO;
	*ret_key = key;
	if (ret_key_id)
		*ret_key_id = row.uri;
	if (ret_created_us)
		*ret_created_us = row.created_us;
	return ERROR_NONE;
}
