/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Messages that only one app can read: RFC 8291 (aes128gcm), and the draft before it (aesgcm, of
 * draft-ietf-webpush-encryption-04) that older apps still ask for. */
#ifndef COMPTOIR_SERVER_PUSH_WEB_PUSH_H
#define COMPTOIR_SERVER_PUSH_WEB_PUSH_H

#include "base/arena.h"
#include "base/error.h"

#define WEB_PUSH_PUBLIC_KEY_BYTES 65 /* P-256, uncompressed */
#define WEB_PUSH_AUTH_BYTES 16
#define WEB_PUSH_SALT_BYTES 16
#define WEB_PUSH_PRIVATE_KEY_BYTES 32
/* One record of 4096 bytes, and what a push service must take. */
#define WEB_PUSH_PLAIN_MAX_BYTES 3900

struct web_push_recipient {
	struct str public_key;  /* WEB_PUSH_PUBLIC_KEY_BYTES */
	struct str auth_secret; /* WEB_PUSH_AUTH_BYTES */
	bool is_standard;
};

struct web_push_message {
	struct str body;
	struct str content_encoding;
	struct str encryption; /* of the draft: the header Encryption, and the first part of Crypto-Key; else data NULL */
	struct str crypto_key;
};

/* As browsers and apps send them, base64url with or without padding. False when the key is no point of the curve or a
 * length is wrong. */
bool web_push_read_keys(struct arena *arena, struct str p256dh, struct str auth, struct web_push_recipient *ret_recipient) MUST_CHECK;

/* With a new key and salt. ERROR_UNPROCESSABLE when plain is too long or the recipient's key is none. */
enum error web_push_encrypt(struct arena *arena, const struct web_push_recipient *recipient, struct str plain,
	struct web_push_message *ret_message) MUST_CHECK;

/* For test vectors. */
enum error web_push_encrypt_with(struct arena *arena, const struct web_push_recipient *recipient, struct str plain,
	struct str private_key, struct str salt, struct web_push_message *ret_message) MUST_CHECK;

#endif
