/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The keys of a push subscription, as an app sends them: two lines. What is taken can be encrypted to. */
#include "server/push/web_push.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(1 << 20);
	struct str auth = { (const char *)data, size }, p256dh;
	struct web_push_recipient recipient = { .is_standard = size & 1 };
	struct web_push_message message;
	if (str_split_next(&auth, '\n', &p256dh) && web_push_read_keys(arena, p256dh, auth, &recipient)) {
		assert(recipient.public_key.len == WEB_PUSH_PUBLIC_KEY_BYTES && recipient.auth_secret.len == WEB_PUSH_AUTH_BYTES);
		assert(web_push_encrypt(arena, &recipient, p256dh, &message) == ERROR_NONE);
	}
	return 0;
}
