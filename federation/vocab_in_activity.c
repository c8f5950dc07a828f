/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Activities, and whatever they carry. Things in things are read to a fixed depth and number; beyond it only their
 * ids are left, which is all that a receiver needs to fetch them. */
#include "federation/vocab_in_values.h"

#include "base/mutant.h"

static const struct vocab_audience *inheritance_of(const struct vocab_activity *activity)
{
	return activity->type == VOCAB_CREATE || activity->type == VOCAB_UPDATE ? &activity->audience : NULL;
}

static bool may_embed(struct vocab_reader *reader)
{
	if (reader->embedded_left == 0)
		return MUTANT("vocab_embedded_limit");
	reader->embedded_left--;
	return true;
}

static void fill_embedded_activity(struct vocab_reader *reader, const json_t *value, struct vocab_item *item)
{
	if (reader->depth >= VOCAB_ACTIVITY_DEPTH_MAX && !MUTANT("vocab_activity_depth")) {
		item->kind = item->id.len > 0 ? VOCAB_KIND_ID : VOCAB_KIND_NONE;
		return;
	}
	struct vocab_activity *activity = arena_alloc(reader->arena, sizeof(*activity));
	vocab_fill_activity(reader, value, activity);
	item->activity = activity;
}

static void fill_embedded(struct vocab_reader *reader, const json_t *value, const struct vocab_audience *inherited,
	struct vocab_item *item)
{
	struct vocab_actor actor;
	struct vocab_object *object;

	switch (item->kind) {
	case VOCAB_KIND_ACTIVITY:
		fill_embedded_activity(reader, value, item);
		break;
	case VOCAB_KIND_OBJECT:
		object = arena_alloc(reader->arena, sizeof(*object));
		vocab_fill_object(reader, value, inherited, object);
		item->object = object;
		break;
	case VOCAB_KIND_ACTOR:
		if (vocab_fill_actor(reader, value, &actor)) {
			struct vocab_actor *copy = arena_alloc(reader->arena, sizeof(*copy));
			*copy = actor;
			item->actor = copy;
		} else {
			item->kind = item->id.len > 0 ? VOCAB_KIND_ID : VOCAB_KIND_UNKNOWN;
		}
		break;
	case VOCAB_KIND_NONE:
	case VOCAB_KIND_ID:
	case VOCAB_KIND_UNKNOWN:
	case VOCAB_KIND_COLLECTION:
	case VOCAB_KIND_KEY:
		break;
	}
}

void vocab_fill_item(struct vocab_reader *reader, const json_t *value, const struct vocab_audience *inherited,
	struct vocab_item *ret_item)
{
	struct vocab_item item = { .id = vocab_id(reader, value, VOCAB_ID_EMBEDDED) };
	int type;

	/* {"id": …} without a type is no more than the id. */
	bool has_type = json_is_object(value) &&
		(vocab_type_of(value, &type, &item.type_name) != VOCAB_KIND_UNKNOWN || item.type_name.len > 0);
	if (!has_type) {
		item.kind = item.id.len > 0 ? VOCAB_KIND_ID : VOCAB_KIND_NONE;
	} else if (!may_embed(reader)) {
		item.kind = item.id.len > 0 ? VOCAB_KIND_ID : VOCAB_KIND_NONE;
		item.type_name = (struct str){ 0 };
	} else {
		item.kind = vocab_type_of(value, &type, &item.type_name);
		item.type_name = vocab_copy(reader, item.type_name);
		fill_embedded(reader, value, inherited, &item);
	}
	*ret_item = item;
}

static void read_objects(struct vocab_reader *reader, const json_t *json, struct vocab_activity *activity)
{
	const json_t *value = vocab_get(reader, json, PROPERTY_OBJECT);
	size_t count = vocab_count(value);
	if (count > VOCAB_OBJECTS_MAX && !MUTANT("vocab_objects_limit"))
		count = VOCAB_OBJECTS_MAX;
	if (count > 0)
		activity->objects = arena_alloc_array(reader->arena, count, sizeof(*activity->objects));
	for (size_t i = 0; i < count; i++) {
		struct vocab_item *item = &activity->objects[activity->object_count];
		vocab_fill_item(reader, vocab_at(value, i), inheritance_of(activity), item);
		if (item->kind != VOCAB_KIND_NONE)
			activity->object_count++;
	}
}

/* Exactly one: with two, the one that is checked might not be the one that is believed. */
static struct str read_actor_id(const struct vocab_reader *reader, const json_t *json)
{
	const json_t *actor = vocab_get(reader, json, PROPERTY_ACTOR);
	if (vocab_count(actor) != 1 && !MUTANT("vocab_one_actor"))
		return (struct str){ 0 };
	return vocab_id(reader, vocab_at(actor, 0), VOCAB_ID_DOCUMENT);
}

void vocab_fill_activity(struct vocab_reader *reader, const json_t *json, struct vocab_activity *ret_activity)
{
	struct vocab_activity activity = { 0 };
	int type;

	reader->depth++;
	if (vocab_type_of(json, &type, &activity.type_name) == VOCAB_KIND_ACTIVITY)
		activity.type = (enum vocab_activity_type)type;
	activity.type_name = vocab_copy(reader, activity.type_name);
	activity.id = vocab_id(reader, json, VOCAB_ID_EMBEDDED);
	activity.actor_id = read_actor_id(reader, json);
	vocab_get_audience(reader, json, &activity.audience);
	read_objects(reader, json, &activity);
	vocab_fill_item(reader, vocab_at(vocab_get(reader, json, PROPERTY_TARGET), 0), NULL, &activity.target);
	vocab_fill_item(reader, vocab_at(vocab_get(reader, json, PROPERTY_INSTRUMENT), 0), NULL, &activity.instrument);
	activity.result = vocab_get_id(reader, json, PROPERTY_RESULT, VOCAB_ID_DOCUMENT);
	activity.content = vocab_get_text(reader, json, PROPERTY_CONTENT, VOCAB_ACTIVITY_CONTENT_MAX_BYTES);
	if (activity.content.len == 0)
		activity.content = vocab_get_text(reader, json, PROPERTY_MISSKEY_REACTION, VOCAB_ACTIVITY_CONTENT_MAX_BYTES);
	activity.tags = vocab_get_tags(reader, json, &activity.tag_count);
	activity.published_us = vocab_get_published(reader, json, &activity.has_published);
	activity.end_us = vocab_get_time(reader, json, PROPERTY_END_TIME);
	reader->depth--;
	*ret_activity = activity;
}

enum error vocab_read_activity(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_activity *ret_activity)
{
	AUTO(vocab_reader) struct vocab_reader reader = { 0 };
	struct vocab_activity activity;
	enum error error = vocab_reader_open(arena, document, rules, &reader);
	if (error != ERROR_NONE)
		return error;
	/* First what costs nothing: most of what is refused is refused here. */
	if (vocab_id(&reader, document, VOCAB_ID_EMBEDDED).len == 0 || read_actor_id(&reader, document).len == 0)
		return ERROR_UNPROCESSABLE;
	vocab_fill_activity(&reader, document, &activity);
	*ret_activity = activity;
	return ERROR_NONE;
}
