/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Names and keys of local actors. */
#include "server/action/local_actor.h"

#include "base/mutant.h"
#include "federation/keys.h"

#include <ctype.h>

static bool is_word_character(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool username_is_valid(struct str username)
{
	if (username.len < 1 || (username.len > USERNAME_MAX_BYTES && !MUTANT("username_length")))
		return false;
	if (!is_word_character(username.data[0]) || !is_word_character(username.data[username.len - 1]))
		return false;
	for (size_t i = 0; i < username.len; i++)
		if (!is_word_character(username.data[i]) && username.data[i] != '.' && username.data[i] != '-')
			return false;
	return true;
}

bool username_is_reserved(struct str username)
{
	static const char *const reserved[] = { "abuse", "account", "accounts", "actor", "admin", "administration",
		"administrator", "admins", "api", "comptoir", "help", "helpdesk", "hostmaster", "instance", "mod", "moderator",
		"moderators", "mods", "no-reply", "noreply", "owner", "postmaster", "root", "security", "server", "staff",
		"support", "system", "webmaster", "www" };
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (str_eq_nocase(username, str_from(reserved[i])))
			return !MUTANT("username_reserved");
	return false;
}

enum error local_actor_make_keys(struct arena *arena, const struct secret_box *box, struct actor_new *actor)
{
	struct key_pairs keys;
	enum error error = keys_generate(arena, &keys);
	if (error)
		return error;
	actor->main_public_pem = keys.main_public_pem;
	actor->ed25519_public_bytes = keys.ed25519_public_bytes;
	actor->main_private_sealed =
		secret_box_seal(box, arena, keys_seal_context(arena, actor->id, "rsa"), keys.main_private_der);
	actor->ed25519_private_sealed =
		secret_box_seal(box, arena, keys_seal_context(arena, actor->id, "ed25519"), keys.ed25519_private_bytes);
	memory_wipe((void *)(uintptr_t)keys.main_private_der.data, keys.main_private_der.len);
	memory_wipe((void *)(uintptr_t)keys.ed25519_private_bytes.data, keys.ed25519_private_bytes.len);
	return ERROR_NONE;
}
