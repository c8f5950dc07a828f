/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What vocab_in read, as lines "path=value", for expectations and comparisons. Absent values have no line. */
#ifndef COMPTOIR_TESTS_UNIT_VOCAB_DUMP_H
#define COMPTOIR_TESTS_UNIT_VOCAB_DUMP_H

#include "base/buf.h"
#include "base/time_format.h"
#include "federation/vocab_in.h"

#include <stdio.h>

#define PATH_BYTES 256

static void dump_activity(struct buf *out, const char *path, const struct vocab_activity *activity);

static void dump_str(struct buf *out, const char *path, const char *name, struct str value)
{
	if (value.len > 0)
		buf_add_printf(out, "%s%s=%.*s\n", path, name, STR_ARG(value));
}

static void dump_number(struct buf *out, const char *path, const char *name, int64_t value)
{
	if (value != 0)
		buf_add_printf(out, "%s%s=%lld\n", path, name, (long long)value);
}

static void dump_time(struct buf *out, const char *path, const char *name, int64_t time_us)
{
	char text[TIME_ISO8601_MS_LEN + 1];
	if (time_us == 0)
		return;
	time_write_iso8601_ms(time_us, text);
	buf_add_printf(out, "%s%s=%s\n", path, name, text);
}

static void dump_ids(struct buf *out, const char *path, const char *name, const struct vocab_ids *list)
{
	for (size_t i = 0; i < list->count; i++)
		buf_add_printf(out, "%s%s[%zu]=%.*s\n", path, name, i, STR_ARG(list->ids[i]));
}

static void dump_audience(struct buf *out, const char *path, const struct vocab_audience *audience)
{
	dump_number(out, path, "public_in_to", audience->is_public_in_to);
	dump_number(out, path, "public_in_cc", audience->is_public_in_cc);
	dump_number(out, path, "direct_message", audience->is_direct_message);
	dump_ids(out, path, "to", &audience->to);
	dump_ids(out, path, "cc", &audience->cc);
	dump_ids(out, path, "bto", &audience->bto);
	dump_ids(out, path, "bcc", &audience->bcc);
	dump_ids(out, path, "audience", &audience->audience);
}

static void dump_attachment(struct buf *out, const char *path, const char *name, const struct vocab_attachment *one)
{
	char inner[PATH_BYTES];
	if (!one)
		return;
	(void)snprintf(inner, sizeof(inner), "%s%s.", path, name);
	static const char *const kinds[] = { "unknown", "image", "video", "audio", "link" };
	dump_str(out, inner, "kind", str_from(kinds[one->kind]));
	dump_str(out, inner, "url", one->url);
	dump_str(out, inner, "media_type", one->media_type);
	dump_str(out, inner, "name", one->name);
	dump_str(out, inner, "blurhash", one->blurhash);
	dump_str(out, inner, "icon_url", one->icon_url);
	dump_number(out, inner, "width", one->width);
	dump_number(out, inner, "height", one->height);
	dump_number(out, inner, "sensitive", one->is_sensitive);
	if (one->has_focus)
		buf_add_printf(out, "%sfocus=%.2f,%.2f\n", inner, one->focus_x, one->focus_y);
}

static void dump_tags(struct buf *out, const char *path, const struct vocab_tag *tags, size_t count)
{
	static const char *const kinds[] = { "mention", "hashtag", "emoji", "link" };
	for (size_t i = 0; i < count; i++) {
		char inner[PATH_BYTES];
		(void)snprintf(inner, sizeof(inner), "%stag[%zu].", path, i);
		dump_str(out, inner, "kind", str_from(kinds[tags[i].kind]));
		dump_str(out, inner, "name", tags[i].name);
		dump_str(out, inner, "href", tags[i].href);
		dump_str(out, inner, "id", tags[i].id);
		dump_str(out, inner, "icon_url", tags[i].icon_url);
		dump_str(out, inner, "media_type", tags[i].media_type);
		dump_time(out, inner, "updated", tags[i].updated_us);
		dump_number(out, inner, "quote", tags[i].is_quote);
	}
}

static void dump_poll(struct buf *out, const char *path, const struct vocab_poll *poll)
{
	for (size_t i = 0; i < poll->option_count; i++)
		buf_add_printf(out, "%soption[%zu]=%.*s:%lld\n", path, i, STR_ARG(poll->options[i].name),
			(long long)poll->options[i].votes);
	if (poll->option_count == 0)
		return;
	dump_number(out, path, "multiple", poll->is_multiple);
	dump_number(out, path, "closed", poll->is_closed);
	dump_time(out, path, "ends", poll->ends_us);
	dump_number(out, path, "voters", poll->voters_count);
}

static void dump_permission(struct buf *out, const char *path, const char *name, const struct vocab_permission *one)
{
	char inner[PATH_BYTES];
	if (!one->is_present)
		return;
	(void)snprintf(inner, sizeof(inner), "%s%s.", path, name);
	buf_add_printf(out, "%spresent=1\n", inner);
	dump_number(out, inner, "public_automatic", one->is_public_automatic);
	dump_number(out, inner, "public_manual", one->is_public_manual);
	dump_ids(out, inner, "automatic", &one->automatic);
	dump_ids(out, inner, "manual", &one->manual);
}

static void dump_thread(struct buf *out, const char *path, const char *name, const struct vocab_thread *thread)
{
	char inner[PATH_BYTES];
	(void)snprintf(inner, sizeof(inner), "%s%s.", path, name);
	dump_str(out, inner, "id", thread->id);
	if (thread->total >= 0)
		buf_add_printf(out, "%stotal=%lld\n", inner, (long long)thread->total);
	dump_str(out, inner, "first", thread->first);
	dump_ids(out, inner, "items", &thread->items);
}

static void dump_times(struct buf *out, const char *path, const struct vocab_object *object)
{
	dump_number(out, path, "has_published", object->has_published);
	dump_time(out, path, "published", object->published_us);
	dump_time(out, path, "updated", object->updated_us);
	dump_time(out, path, "start", object->start_us);
	dump_time(out, path, "end", object->end_us);
}

static void dump_texts(struct buf *out, const char *path, const struct vocab_object *object)
{
	dump_str(out, path, "type_name", object->type_name);
	dump_str(out, path, "id", object->id);
	dump_str(out, path, "name", object->name);
	dump_str(out, path, "summary", object->summary);
	dump_str(out, path, "content", object->content);
	dump_str(out, path, "content_type", object->content_type);
	dump_str(out, path, "language", object->language);
	dump_str(out, path, "source", object->source);
	dump_str(out, path, "source_type", object->source_type);
	dump_str(out, path, "preview", object->preview);
	dump_str(out, path, "author", object->author_id);
	dump_str(out, path, "in_reply_to", object->in_reply_to);
	dump_str(out, path, "url", object->url);
	dump_str(out, path, "quote", object->quote);
	dump_number(out, path, "quote_removed", object->is_quote_removed);
	dump_str(out, path, "quote_authorization", object->quote_authorization);
	dump_str(out, path, "context", object->context);
	dump_str(out, path, "conversation", object->conversation);
	dump_str(out, path, "location", object->location);
	dump_str(out, path, "former_type", object->former_type);
	dump_str(out, path, "interacting_object", object->interacting_object);
	dump_str(out, path, "interaction_target", object->interaction_target);
	dump_number(out, path, "sensitive", object->is_sensitive);
}

static void dump_object(struct buf *out, const char *path, const struct vocab_object *object)
{
	static const char *const types[] = { "unknown", "Note", "Question", "Article", "Page", "Event", "Video", "Audio",
		"Image", "Document", "Tombstone", "QuoteAuthorization" };
	char name[PATH_BYTES];
	dump_str(out, path, "type", str_from(types[object->type]));
	dump_texts(out, path, object);
	dump_times(out, path, object);
	for (size_t i = 0; i < object->attributed_count; i++) {
		(void)snprintf(name, sizeof(name), "attributed_to[%zu]", i);
		dump_str(out, path, name, object->attributed_to[i].id);
		(void)snprintf(name, sizeof(name), "attributed_to[%zu].type", i);
		dump_str(out, path, name, object->attributed_to[i].type_name);
	}
	dump_audience(out, path, &object->audience);
	for (size_t i = 0; i < object->attachment_count; i++) {
		(void)snprintf(name, sizeof(name), "attachment[%zu]", i);
		dump_attachment(out, path, name, &object->attachments[i]);
	}
	dump_attachment(out, path, "media", object->media);
	dump_attachment(out, path, "image", object->image);
	dump_tags(out, path, object->tags, object->tag_count);
	dump_poll(out, path, &object->poll);
	dump_permission(out, path, "can_quote", &object->can_quote);
	dump_permission(out, path, "can_reply", &object->can_reply);
	dump_permission(out, path, "can_like", &object->can_like);
	dump_permission(out, path, "can_announce", &object->can_announce);
	dump_thread(out, path, "replies", &object->replies);
	dump_thread(out, path, "likes", &object->likes);
	dump_thread(out, path, "shares", &object->shares);
}

static void dump_key(struct buf *out, const char *path, const struct vocab_key *key)
{
	dump_str(out, path, "kind", str_from(key->kind == VOCAB_KEY_PEM ? "pem" : "multibase"));
	dump_str(out, path, "id", key->id);
	dump_str(out, path, "owner", key->owner);
	dump_str(out, path, "text", key->text);
}

static void dump_addresses(struct buf *out, const char *path, const struct vocab_actor *actor)
{
	dump_str(out, path, "inbox", actor->inbox);
	dump_str(out, path, "outbox", actor->outbox);
	dump_str(out, path, "shared_inbox", actor->shared_inbox);
	dump_str(out, path, "followers", actor->followers);
	dump_str(out, path, "following", actor->following);
	dump_str(out, path, "featured", actor->featured);
	dump_str(out, path, "featured_tags", actor->featured_tags);
	dump_str(out, path, "moved_to", actor->moved_to);
	dump_str(out, path, "attributed_to", actor->attributed_to);
	dump_str(out, path, "webfinger", actor->webfinger);
	dump_ids(out, path, "also_known_as", &actor->also_known_as);
	dump_ids(out, path, "attribution_domains", &actor->attribution_domains);
	dump_ids(out, path, "implements", &actor->implements);
}

static void dump_actor(struct buf *out, const char *path, const struct vocab_actor *actor)
{
	static const char *const types[] = { "Person", "Organization", "Group", "Service", "Application" };
	char inner[PATH_BYTES];
	dump_str(out, path, "type", str_from(types[actor->type]));
	dump_str(out, path, "id", actor->id);
	dump_str(out, path, "username", actor->username);
	dump_str(out, path, "name", actor->name);
	dump_str(out, path, "summary", actor->summary);
	dump_str(out, path, "url", actor->url);
	dump_addresses(out, path, actor);
	dump_attachment(out, path, "icon", actor->icon);
	dump_attachment(out, path, "image", actor->image);
	for (size_t i = 0; i < actor->key_count; i++) {
		(void)snprintf(inner, sizeof(inner), "%skey[%zu].", path, i);
		dump_key(out, inner, &actor->keys[i]);
	}
	for (size_t i = 0; i < actor->field_count; i++)
		buf_add_printf(out, "%sfield[%zu]=%.*s:%.*s\n", path, i, STR_ARG(actor->fields[i].name),
			STR_ARG(actor->fields[i].value));
	dump_tags(out, path, actor->tags, actor->tag_count);
	dump_number(out, path, "locked", actor->is_locked);
	dump_number(out, path, "discoverable", actor->is_discoverable);
	dump_number(out, path, "indexable", actor->is_indexable);
	dump_number(out, path, "memorial", actor->is_memorial);
	dump_number(out, path, "suspended", actor->is_suspended);
	dump_time(out, path, "published", actor->published_us);
}

static void dump_item(struct buf *out, const char *path, const char *name, const struct vocab_item *item)
{
	static const char *const kinds[] = { "", "id", "unknown", "activity", "object", "actor", "collection", "key" };
	char inner[PATH_BYTES];
	(void)snprintf(inner, sizeof(inner), "%s%s.", path, name);
	dump_str(out, inner, "kind", str_from(kinds[item->kind]));
	dump_str(out, inner, "item_id", item->id);
	if (item->kind == VOCAB_KIND_UNKNOWN)
		dump_str(out, inner, "type_name", item->type_name);
	if (item->activity)
		dump_activity(out, inner, item->activity);
	if (item->object)
		dump_object(out, inner, item->object);
	if (item->actor)
		dump_actor(out, inner, item->actor);
}

static void dump_activity(struct buf *out, const char *path, const struct vocab_activity *activity)
{
	static const char *const types[] = { "unknown", "Accept", "Add", "Announce", "Block", "Create", "Delete", "Dislike",
		"EmojiReact", "Flag", "Follow", "Join", "Leave", "Like", "Move", "QuoteRequest", "Reject", "Remove", "Undo",
		"Update" };
	dump_str(out, path, "type", str_from(types[activity->type]));
	dump_str(out, path, "type_name", activity->type_name);
	dump_str(out, path, "id", activity->id);
	dump_str(out, path, "actor", activity->actor_id);
	dump_str(out, path, "result", activity->result);
	dump_str(out, path, "content", activity->content);
	dump_number(out, path, "has_published", activity->has_published);
	dump_time(out, path, "published", activity->published_us);
	dump_time(out, path, "end", activity->end_us);
	dump_audience(out, path, &activity->audience);
	dump_tags(out, path, activity->tags, activity->tag_count);
	for (size_t i = 0; i < activity->object_count; i++) {
		char name[PATH_BYTES];
		(void)snprintf(name, sizeof(name), "object[%zu]", i);
		dump_item(out, path, name, &activity->objects[i]);
	}
	dump_item(out, path, "target", &activity->target);
	dump_item(out, path, "instrument", &activity->instrument);
}

static void dump_collection(struct buf *out, const char *path, const struct vocab_collection *collection)
{
	dump_number(out, path, "ordered", collection->is_ordered);
	dump_number(out, path, "page", collection->is_page);
	dump_str(out, path, "id", collection->id);
	if (collection->total >= 0)
		buf_add_printf(out, "%stotal=%lld\n", path, (long long)collection->total);
	dump_str(out, path, "first", collection->first);
	dump_str(out, path, "next", collection->next);
	dump_str(out, path, "prev", collection->prev);
	dump_str(out, path, "part_of", collection->part_of);
	for (size_t i = 0; i < collection->item_count; i++) {
		char name[PATH_BYTES];
		(void)snprintf(name, sizeof(name), "item[%zu]", i);
		dump_item(out, path, name, &collection->items[i]);
	}
}

/* Reads document as what it is (unknown types as an activity) and writes what came out, or "error=…". */
static void dump_document(struct buf *out, const json_t *document, const struct vocab_rules *rules)
{
	AUTO(arena) struct arena *arena = arena_new(VOCAB_ARENA_BYTES);
	struct vocab_activity activity;
	struct vocab_object object;
	struct vocab_actor actor;
	struct vocab_collection collection;
	struct vocab_key key;
	enum error error = ERROR_BAD_REQUEST;

	switch (vocab_kind_of(document)) {
	case VOCAB_KIND_NONE:
	case VOCAB_KIND_ID:
	case VOCAB_KIND_UNKNOWN:
	case VOCAB_KIND_ACTIVITY:
		error = vocab_read_activity(arena, document, rules, &activity);
		if (error == ERROR_NONE)
			dump_activity(out, "", &activity);
		break;
	case VOCAB_KIND_OBJECT:
		error = vocab_read_object(arena, document, rules, &object);
		if (error == ERROR_NONE)
			dump_object(out, "", &object);
		break;
	case VOCAB_KIND_ACTOR:
		error = vocab_read_actor(arena, document, rules, &actor);
		if (error == ERROR_NONE)
			dump_actor(out, "", &actor);
		break;
	case VOCAB_KIND_COLLECTION:
		error = vocab_read_collection(arena, document, rules, &collection);
		if (error == ERROR_NONE)
			dump_collection(out, "", &collection);
		break;
	case VOCAB_KIND_KEY:
		error = vocab_read_key(arena, document, rules, &key);
		if (error == ERROR_NONE)
			dump_key(out, "", &key);
		break;
	}
	if (error != ERROR_NONE)
		buf_add_printf(out, "error=%s\n", error_name(error));
}

#endif
