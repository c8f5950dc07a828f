/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The names of the streams that apps subscribe to, as Mastodon has them. */
#ifndef COMPTOIR_SERVER_STREAM_STREAM_NAME_H
#define COMPTOIR_SERVER_STREAM_STREAM_NAME_H

#include "base/arena.h"
#include "base/buf.h"

enum stream_kind {
	STREAM_USER, STREAM_USER_NOTIFICATION, STREAM_DIRECT, STREAM_LIST, STREAM_HASHTAG, STREAM_HASHTAG_LOCAL,
	STREAM_PUBLIC, STREAM_PUBLIC_MEDIA, STREAM_PUBLIC_LOCAL, STREAM_PUBLIC_LOCAL_MEDIA, STREAM_PUBLIC_REMOTE,
	STREAM_PUBLIC_REMOTE_MEDIA,
	STREAM_KIND_COUNT
};

struct stream_name {
	enum stream_kind kind;
	struct str argument; /* of a hashtag: its key; of a list: its id in decimals; empty otherwise */
	struct str given;    /* of a hashtag as the client wrote it, since masto.js looks for that in what it hears; else argument */
};

/* name as in a subscription; tag and list as the client gave them. False for what is no stream, a hashtag without tag,
 * or a list without id. */
bool stream_name_read(struct arena *arena, struct str name, struct str tag, struct str list, struct stream_name *ret_name) MUST_CHECK;

/* The path below /api/v1/streaming/ of server-sent events: "public/local"; only_media makes it the media one. */
bool stream_name_read_path(struct arena *arena, struct str path, struct str tag, struct str list, bool only_media,
	struct stream_name *ret_name) MUST_CHECK;

/* The same stream again from its kind and what was given. */
struct stream_name stream_name_again(struct arena *arena, enum stream_kind kind, struct str given) MUST_CHECK;

/* The scope without which it is not opened. */
const char *stream_kind_scope(enum stream_kind kind);

/* The key of all who want the same events: the actor of a user's own streams is in it. */
struct str stream_topic(struct arena *arena, const struct stream_name *name, int64_t actor_id) MUST_CHECK;

/* Appends the JSON array that names it on a WebSocket: ["hashtag","Café"]. */
void stream_name_write(const struct stream_name *name, struct buf *out);

#endif
