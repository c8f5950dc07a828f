/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the files of the writer share: contexts, and the members of things that stand alone or inside others. */
#ifndef COMPTOIR_FEDERATION_VOCAB_OUT_PARTS_H
#define COMPTOIR_FEDERATION_VOCAB_OUT_PARTS_H

#include "federation/vocab_out.h"

#include "base/json_out.h"

enum vocab_context {
	VOCAB_CONTEXT_NONE,  /* inside another document */
	VOCAB_CONTEXT_PLAIN, /* ActivityStreams and proofs */
	VOCAB_CONTEXT_POST,
	VOCAB_CONTEXT_ACTOR,
};

/* Begins an object: context, id, type. */
void vocab_begin(struct json_out *json, enum vocab_context context, struct str id, const char *type);

void vocab_put_strs(struct json_out *json, const char *key, const struct str *values, size_t count); /* always an array */
void vocab_put_addresses(struct json_out *json, const struct vocab_addresses *addresses);

/* Nothing when value.data is NULL. */
void vocab_put_given(struct json_out *json, const char *key, struct str value);

/* Whole objects, as the next value. */
void vocab_put_actor(struct json_out *json, enum vocab_context context, struct arena *arena, const struct actor *actor);
void vocab_put_post(struct json_out *json, enum vocab_context context, struct arena *arena, const struct vocab_post *post,
	bool is_brief);
void vocab_put_quote_authorization(struct json_out *json, enum vocab_context context,
	const struct vocab_quote_authorization *authorization);
void vocab_put_tombstone(struct json_out *json, enum vocab_context context, struct str id);
void vocab_put_vote(struct json_out *json, const struct vocab_vote *vote);
void vocab_put_hashtag(struct json_out *json, struct arena *arena, const struct vocab_hashtag *hashtag);
void vocab_put_activity(struct json_out *json, enum vocab_context context, struct arena *arena,
	const struct vocab_activity_out *activity, bool is_brief);

#endif
