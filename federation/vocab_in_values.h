/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The parts that the readers of vocab_in share: one property, one value, one list. Each checks the type and the
 * limit of what it reads, copies it into the arena, and gives the empty value for anything else. */
#ifndef COMPTOIR_FEDERATION_VOCAB_IN_VALUES_H
#define COMPTOIR_FEDERATION_VOCAB_IN_VALUES_H

#include "federation/vocab_in_properties.h"
#include "federation/vocab_in.h"

/* Far more than two URLs need while they are compared. */
#define VOCAB_SCRATCH_BYTES ((size_t)1 << 20)

/* One document being read. */
struct vocab_reader {
	struct arena *arena;
	struct arena *scratch; /* for URLs while they are checked */
	const struct vocab_rules *rules;
	bool has_aliases;       /* some key of the document contains a colon */
	unsigned depth;         /* of activities in activities */
	unsigned embedded_left; /* embedded things that may still be read whole */
};

/* Checks the whole document (see ERROR_BAD_REQUEST in vocab_in.h) and begins reading it. */
enum error vocab_reader_open(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_reader *ret_reader) MUST_CHECK;
void vocab_reader_auto(struct vocab_reader *reader);

/* NULL when owner is no object, lacks the property, or it is null. @list and @set are looked through. */
const json_t *vocab_get(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property);

/* One value or an array of them: NULL has none, everything but an array counts as one. */
size_t vocab_count(const json_t *value);
const json_t *vocab_at(const json_t *value, size_t index);

/* The first known type of an object, VOCAB_KIND_UNKNOWN without; value is the constant in its kind's enum.
 * ret_name, the first type as written, lives as long as the JSON. */
enum vocab_kind vocab_type_of(const json_t *object, int *ret_value, struct str *ret_name);
bool vocab_has_type(const json_t *object, const char *name);

/* The bytes of a string that lives as long as the JSON; empty for other types. */
struct str vocab_raw(const json_t *value);
struct str vocab_raw_id(const json_t *object); /* id or @id */

/* The bytes as they are; no data when there are none. */
struct str vocab_copy(const struct vocab_reader *reader, struct str text);

/* A string, {"@value": string} or the first such of an array; without control characters but \n and \t. */
struct str vocab_text(const struct vocab_reader *reader, const json_t *value, size_t max_bytes);
struct str vocab_get_text(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property,
	size_t max_bytes);

/* A language tag in form, or empty; "und" is empty. */
struct str vocab_language(const struct vocab_reader *reader, struct str tag);

/* The first entry of a language map with a good value; ret_language may be NULL. */
struct str vocab_first_of_map(const struct vocab_reader *reader, const json_t *map, size_t max_bytes,
	struct str *ret_language);

/* A media type in lower case without parameters, or empty. */
struct str vocab_media_type(const struct vocab_reader *reader, const json_t *value);

/* An id, or the id of an object, copied as written when it is acceptable. Arrays give nothing. */
struct str vocab_id(const struct vocab_reader *reader, const json_t *value, enum vocab_id_kind kind);

/* The first acceptable id of one value or an array. */
struct str vocab_get_id(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property,
	enum vocab_id_kind kind);

/* Acceptable ids of one value or an array; Public is left out and told by ret_is_public, which may be NULL. */
struct vocab_ids vocab_get_ids(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property,
	size_t max_count, bool *ret_is_public);

/* The same, only on the origin of base: a foreign one counts as absent. */
struct str vocab_get_own_id(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property,
	struct str base);

/* Canonical; may_be_http for what is only shown. */
struct str vocab_url(const struct vocab_reader *reader, struct str text, bool may_be_http);

/* vocab_same_origin without an arena of its own. */
bool vocab_is_of_origin(const struct vocab_reader *reader, struct str id, struct str base);

bool vocab_get_bool(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property);

/* An integer clamped to 0..VOCAB_COUNT_MAX; otherwise what absent says. */
int64_t vocab_get_count(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property,
	int64_t absent);

/* 0 when there is no readable moment since 1970. */
int64_t vocab_time(const json_t *value);
int64_t vocab_get_time(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property);

/* published by the rule of struct vocab_object. */
int64_t vocab_get_published(const struct vocab_reader *reader, const json_t *owner, bool *ret_is_given);

void vocab_get_audience(const struct vocab_reader *reader, const json_t *owner, struct vocab_audience *ret_audience);

/* The page about id: text/html among strings and Links, canonical, on id's host, else id. */
struct str vocab_get_page(const struct vocab_reader *reader, const json_t *owner, struct str id);

/* vocab_in_media.c */
struct vocab_attachment *vocab_get_attachments(const struct vocab_reader *reader, const json_t *owner, size_t *ret_count);

/* What url of a Video, Audio, Image or Document leads to; NULL for none. */
struct vocab_attachment *vocab_get_media(const struct vocab_reader *reader, const json_t *owner);

/* One picture: an URL, an Image, or the widest of an array; NULL for none. */
struct vocab_attachment *vocab_get_picture(const struct vocab_reader *reader, const json_t *owner,
	enum vocab_property property, size_t max_alt_bytes);
struct vocab_tag *vocab_get_tags(const struct vocab_reader *reader, const json_t *owner, size_t *ret_count);

/* vocab_in_object.c, vocab_in_actor.c, vocab_in_activity.c: what is embedded may lack an id. */
void vocab_fill_object(struct vocab_reader *reader, const json_t *json, const struct vocab_audience *inherited,
	struct vocab_object *ret_object);
bool vocab_fill_actor(struct vocab_reader *reader, const json_t *json, struct vocab_actor *ret_actor) MUST_CHECK;
void vocab_fill_activity(struct vocab_reader *reader, const json_t *json, struct vocab_activity *ret_activity);
bool vocab_fill_key(const struct vocab_reader *reader, const json_t *json, struct str owner_id,
	struct vocab_key *ret_key) MUST_CHECK;

/* inherited: what counts for an object that says nothing about its audience; may be NULL. */
void vocab_fill_item(struct vocab_reader *reader, const json_t *value, const struct vocab_audience *inherited,
	struct vocab_item *ret_item);

#endif
