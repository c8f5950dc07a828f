/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Favourites and reactions of local actors. */
#include "server/action/favourite.h"

#include "server/action/deed.h"

#include "federation/outbox.h"

#include "storage/id.h"
#include "storage/notification.h"

#include <unictype.h>
#include <unigbrk.h>
#include <unistr.h>

#define MAX_EMOJI_BYTES 64

struct liking {
	const struct actor *actor;
	const struct post *post;
	int64_t id;
	struct str uri;
	struct str emoji; /* of a reaction */
};

static enum error write_favourite(struct db *db, struct arena *arena, void *owner)
{
	const struct liking *liking = owner;
	enum error error = favourite_create(db, arena, liking->id, liking->actor->id, liking->post->id, liking->uri);
	if (error == ERROR_CONFLICT)
		return ERROR_NONE;
	if (!error)
		error = outbox_favourite(db, arena, liking->actor, liking->post, liking->uri);
	if (!error)
		error = notification_add(db, arena, liking->post->actor_id, NOTIFICATION_FAVOURITE, liking->actor->id,
			liking->post->id);
	return error;
}

static enum error write_favourite_stop(struct db *db, struct arena *arena, void *owner)
{
	const struct liking *liking = owner;
	struct str uri;
	enum error error = favourite_remove(db, arena, liking->actor->id, liking->post->id, &uri);
	if (!error)
		error = outbox_undo_favourite(db, arena, liking->actor, liking->post, uri);
	if (!error)
		error = notification_remove(db, arena, liking->post->actor_id, NOTIFICATION_FAVOURITE, liking->actor->id,
			liking->post->id);
	return error;
}

static enum error write_reaction(struct db *db, struct arena *arena, void *owner)
{
	const struct liking *liking = owner;
	enum error error = reaction_create(db, arena, liking->id, liking->actor->id, liking->post->id, liking->emoji,
		(struct str){ 0 }, liking->uri);
	if (error == ERROR_CONFLICT)
		return ERROR_NONE;
	if (!error)
		error = outbox_reaction(db, arena, liking->actor, liking->post, liking->emoji, liking->uri);
	if (!error)
		error = notification_add(db, arena, liking->post->actor_id, NOTIFICATION_REACTION, liking->actor->id,
			liking->post->id);
	return error;
}

static enum error write_reaction_stop(struct db *db, struct arena *arena, void *owner)
{
	const struct liking *liking = owner;
	struct str uri;
	enum error error = reaction_remove(db, arena, liking->actor->id, liking->post->id, liking->emoji, &uri);
	if (!error)
		error = outbox_undo_reaction(db, arena, liking->actor, liking->post, liking->emoji, uri);
	if (!error)
		error = notification_remove(db, arena, liking->post->actor_id, NOTIFICATION_REACTION, liking->actor->id,
			liking->post->id);
	return error;
}

enum error favourite_start(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id)
{
	struct actor actor;
	struct post post;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (!error)
		error = post_find(db, arena, actor_id, post_id, &post);
	if (error)
		return error;
	struct liking liking = { .actor = &actor, .post = &post, .id = id_new() };
	liking.uri = outbox_favourite_uri(arena, &actor, liking.id);
	return deed_write(db, arena, write_favourite, &liking, ERROR_NONE);
}

/* Also of a post that the actor may no longer see. */
static enum error stop(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct str emoji,
	enum error (*write)(struct db *db, struct arena *arena, void *owner))
{
	struct actor actor;
	struct post post;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (!error)
		error = post_find_any(db, arena, post_id, &post);
	struct liking liking = { .actor = &actor, .post = &post, .emoji = emoji };
	return error ? error : deed_write(db, arena, write, &liking, ERROR_NOT_FOUND);
}

enum error favourite_stop(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id)
{
	return stop(db, arena, actor_id, post_id, (struct str){ 0 }, write_favourite_stop);
}

enum error reaction_stop(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct str emoji)
{
	return stop(db, arena, actor_id, post_id, emoji, write_reaction_stop);
}

/* Flags, digits in a box and families are several characters of which one at least is an emoji by itself; digits and
 * signs alone have the property Emoji but not the presentation. */
bool reaction_is_emoji(struct str text)
{
	bool has_emoji = false;
	ucs4_t character;
	if (str_is_empty(text) || text.len > MAX_EMOJI_BYTES || !str_is_utf8(text))
		return false;
	char is_start[MAX_EMOJI_BYTES];
	u8_grapheme_breaks((const uint8_t *)text.data, text.len, is_start);
	for (size_t i = 1; i < text.len; i++)
		if (is_start[i])
			return false;
	for (size_t pos = 0; pos < text.len;) {
		pos += (size_t)u8_mbtouc(&character, (const uint8_t *)text.data + pos, text.len - pos);
		has_emoji = has_emoji || uc_is_property_emoji_presentation(character) || character == 0xfe0f || character == 0x20e3 ||
			(uc_is_property_emoji(character) && character > 0xff);
	}
	return has_emoji;
}

enum error reaction_start(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct str emoji)
{
	struct actor actor;
	struct post post;
	if (!reaction_is_emoji(emoji))
		return ERROR_UNPROCESSABLE;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (!error)
		error = post_find(db, arena, actor_id, post_id, &post);
	if (error)
		return error;
	struct liking liking = { .actor = &actor, .post = &post, .id = id_new(), .emoji = emoji };
	liking.uri = outbox_reaction_uri(arena, &actor, liking.id);
	return deed_write(db, arena, write_reaction, &liking, ERROR_NONE);
}
