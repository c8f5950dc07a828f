/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reads an activity within the limits of JSON and of the vocabulary, and finds out what it has to be kept in order
 * with. What may be undone is in order with its Undo: both go by the id of what is undone. */
#include "federation/inbox_head.h"

#include "base/json_in.h"
#include "base/mutant.h"

static struct str order_of(const struct vocab_activity *activity)
{
	struct str first = activity->object_count ? activity->objects[0].id : (struct str){ 0 };
	switch (activity->type) {
	case VOCAB_ANNOUNCE:
	case VOCAB_BLOCK:
	case VOCAB_DISLIKE:
	case VOCAB_EMOJI_REACT:
	case VOCAB_FLAG:
	case VOCAB_FOLLOW:
	case VOCAB_JOIN:
	case VOCAB_LEAVE:
	case VOCAB_LIKE:
	case VOCAB_MOVE:
	case VOCAB_QUOTE_REQUEST:
		return activity->id;
	case VOCAB_ACCEPT:
	case VOCAB_ADD:
	case VOCAB_CREATE:
	case VOCAB_DELETE:
	case VOCAB_REJECT:
	case VOCAB_REMOVE:
	case VOCAB_UNDO:
	case VOCAB_UPDATE:
		return first.len ? first : activity->id;
	case VOCAB_ACTIVITY_UNKNOWN:
		break;
	}
	return (struct str){ 0 };
}

static bool is_handled(enum vocab_activity_type type)
{
	return type != VOCAB_ACTIVITY_UNKNOWN && type != VOCAB_DISLIKE && type != VOCAB_JOIN && type != VOCAB_LEAVE;
}

const char *inbox_head_read(struct arena *arena, struct str body, const struct vocab_rules *rules,
	struct inbox_head *ret_head)
{
	AUTO(inbox_head) struct inbox_head head = { 0 };
	if (json_in_parse(body, NULL, &head.document) != ERROR_NONE)
		return "json";
	enum error error = vocab_read_activity(arena, head.document, rules, &head.activity);
	if (error)
		return error == ERROR_UNPROCESSABLE ? "no_activity" : "vocabulary";
	const struct vocab_activity *activity = &head.activity;
	head.order_uri = order_of(activity);
	head.is_handled = is_handled(activity->type);
	head.is_of_its_origin = vocab_same_origin(activity->id, activity->actor_id) || MUTANT("inbox_id_origin");
	head.is_about_itself = (activity->type == VOCAB_DELETE || activity->type == VOCAB_UPDATE) &&
		activity->object_count == 1 && str_eq(activity->objects[0].id, activity->actor_id);
	*ret_head = head;
	head.document = NULL;
	return NULL;
}

void inbox_head_clear(struct inbox_head *head)
{
	json_decref(head->document);
	head->document = NULL;
}

void inbox_head_auto(struct inbox_head *head)
{
	inbox_head_clear(head);
}
