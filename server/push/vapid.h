/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The key by which push services know this instance (RFC 8292): P-256, made at the first start, sealed in the settings.
 * Never changed afterwards: apps subscribe with it. */
#ifndef COMPTOIR_SERVER_PUSH_VAPID_H
#define COMPTOIR_SERVER_PUSH_VAPID_H

#include "base/arena.h"
#include "base/error.h"

struct db;
struct secret_box;
struct vapid;

/* Reads it, or makes it when there is none. */
enum error vapid_open(struct db *db, struct arena *arena, const struct secret_box *box, struct vapid **ret_vapid) MUST_CHECK;
void vapid_close(struct vapid **vapid); /* accepts NULL */

/* base64url without padding; lives as long as vapid: for Instance.configuration.vapid.public_key, Application.vapid_key
 * and WebPushSubscription.server_key. */
struct str vapid_public_key(const struct vapid *vapid);

/* The origin of an endpoint, which is what the signature is for. False for what is no URL. */
bool vapid_audience(struct arena *arena, struct str endpoint, struct str *ret_audience) MUST_CHECK;

/* A signed token (JWT, ES256) for one audience, good for twelve hours. subject: a mailto: or https: URL of whoever runs
 * this server. Any thread. */
struct str vapid_sign(const struct vapid *vapid, struct arena *arena, struct str audience, struct str subject) MUST_CHECK;

#endif
