/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Public keys as PEM, the DER inside a PEM, Multikeys and raw bytes; a key that is taken can be used. */
#include "federation/public_key.h"

#include "base/arena.h"
#include "base/encoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct public_key *key)
{
	static const char zeros[64];
	struct str signature = { zeros, sizeof(zeros) };
	if (key && public_key_kind(key) == PUBLIC_KEY_RSA && public_key_verify(key, STR_LITERAL("message"), signature))
		memory_fatal("64 bytes are no signature of an RSA key");
	public_key_unref(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new((size_t)16 * 1024 * 1024);
	struct str text = { (const char *)data, size };
	use(public_key_from_pem(text));
	use(public_key_from_multibase(text));
	use(public_key_from_ed25519(text));
	const struct str spki[] = { STR("-----BEGIN PUBLIC KEY-----\n"), base64_encode(arena, text),
		STR("\n-----END PUBLIC KEY-----\n") };
	const struct str pkcs1[] = { STR("-----BEGIN RSA PUBLIC KEY-----\n"), spki[1], STR("\n-----END RSA PUBLIC KEY-----\n") };
	use(public_key_from_pem(arena_join(arena, spki, 3)));
	use(public_key_from_pem(arena_join(arena, pkcs1, 3)));
	return 0;
}
