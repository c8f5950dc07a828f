/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Deletions by the author. Whom to tell is found before the rows go. */
#include "server/action/delete_post.h"

#include "server/action/deed.h"

#include "federation/outbox.h"

#include "base/mutant.h"
#include "storage/media.h"

struct deletion {
	struct post post;
	bool deletes_media;
};

static enum error write_deletion(struct db *db, struct arena *arena, void *owner)
{
	const struct deletion *deletion = owner;
	enum error error = outbox_delete_post(db, arena, deletion->post.id);
	if (!error && deletion->deletes_media)
		error = media_discard_of_post(db, arena, deletion->post.id);
	return error ? error : post_delete(db, arena, deletion->post.id);
}

enum error delete_post(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, bool deletes_media,
	struct post *ret_post)
{
	struct actor actor;
	struct deletion deletion = { .deletes_media = deletes_media };
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (!error)
		error = post_find_any(db, arena, post_id, &deletion.post);
	if (!error && deletion.post.actor_id != actor_id && !MUTANT("delete_owner"))
		error = ERROR_NOT_FOUND;
	if (!error)
		error = deed_write(db, arena, write_deletion, &deletion, ERROR_NOT_FOUND);
	if (!error)
		*ret_post = deletion.post;
	return error;
}
