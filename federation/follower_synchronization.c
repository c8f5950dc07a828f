/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reads the header, which is written like a Signature of draft-cavage, and compares. The list itself is only wished for
 * when the digests differ, from the actor's own origin, and by the actor's own followers collection. */
#include "federation/follower_synchronization.h"

#include "federation/vocab_in.h"

#include "base/mutant.h"
#include "storage/fetch_queue.h"
#include "storage/follow.h"

#define MAX_PARTS 8

void follower_digest_add(unsigned char digest[DIGEST_BYTES], struct str follower_uri)
{
	unsigned char one[DIGEST_BYTES];
	digest_compute(follower_uri, one);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		digest[i] ^= one[i];
}

/* name="value", and what follows it. */
static bool take_part(struct str *rest, struct str *ret_name, struct str *ret_value)
{
	struct str text = str_trim(*rest);
	size_t equals = str_index_of(text, '=', 0);
	if (equals + 1 >= text.len || text.data[equals + 1] != '"')
		return false;
	size_t end = str_index_of(text, '"', equals + 2);
	if (end == text.len)
		return false;
	*ret_name = str_trim(str_slice(text, 0, equals));
	*ret_value = str_slice(text, equals + 2, end);
	text = str_trim(str_slice(text, end + 1, text.len));
	*rest = str_slice(text, 1, text.len);
	return text.len == 0 || text.data[0] == ',';
}

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

static bool read_digest(struct str text, unsigned char ret_digest[DIGEST_BYTES])
{
	unsigned char digest[DIGEST_BYTES];
	if (text.len != 2 * sizeof(digest))
		return false;
	for (size_t i = 0; i < sizeof(digest); i++) {
		int high = hex_value(text.data[2 * i]), low = hex_value(text.data[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		digest[i] = (unsigned char)(high << 4 | low);
	}
	for (size_t i = 0; i < sizeof(digest); i++)
		ret_digest[i] = digest[i];
	return true;
}

bool follower_synchronization_read(struct str header, struct follower_synchronization *ret_claim)
{
	struct follower_synchronization claim = { 0 };
	struct str digest = { 0 }, rest = header;
	for (int parts = 0; rest.len > 0; parts++) {
		struct str name, value;
		if (parts == MAX_PARTS || !take_part(&rest, &name, &value))
			return false;
		struct str *field = str_eq(name, STR_LITERAL("collectionId")) ? &claim.collection_id :
			str_eq(name, STR_LITERAL("url")) ? &claim.url : str_eq(name, STR_LITERAL("digest")) ? &digest : NULL;
		if (field && field->data)
			return false;
		if (field)
			*field = value;
	}
	if (!claim.collection_id.len || !claim.url.len || !read_digest(digest, claim.digest))
		return false;
	*ret_claim = claim;
	return true;
}

static enum error compute_ours(struct db *db, struct arena *arena, int64_t actor_id, struct str origin,
	unsigned char ret_digest[DIGEST_BYTES])
{
	struct str *uris;
	size_t count;
	enum error error = follow_list_followers_at(db, arena, actor_id, origin, &uris, &count);
	for (size_t i = 0; !error && i < count; i++)
		follower_digest_add(ret_digest, uris[i]);
	return error;
}

enum error follower_synchronization_check(struct db *db, struct arena *arena, struct str header, struct str actor_uri,
	struct str origin)
{
	struct follower_synchronization claim;
	struct actor actor;
	unsigned char ours[DIGEST_BYTES] = { 0 };
	if (!follower_synchronization_read(header, &claim))
		return ERROR_NONE;
	enum error error = actor_find_by_uri(db, arena, actor_uri, &actor);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	if (!str_eq(claim.collection_id, actor.followers_url) && !MUTANT("synchronization_collection"))
		return ERROR_NONE;
	if (!vocab_same_origin(claim.url, actor_uri) && !MUTANT("synchronization_origin"))
		return ERROR_NONE;
	error = compute_ours(db, arena, actor.id, origin, ours);
	if (error || str_eq((struct str){ (const char *)ours, sizeof(ours) }, (struct str){ (const char *)claim.digest, sizeof(ours) }))
		return error;
	const struct fetch_wish wish = { .uri = claim.url, .kind = FETCH_FOLLOWERS, .root_uri = actor.uri };
	return fetch_wish(db, arena, &wish);
}
