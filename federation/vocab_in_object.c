/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts and everything that is shown like one. */
#include "federation/vocab_in_values.h"

#include "base/mutant.h"

/* GoToSocial's rule: contentMap tells the language of the entry that equals content, and the content itself
 * when there is no other. */
static struct str language_of_content(const struct vocab_reader *reader, const json_t *map, struct str content)
{
	const char *key;
	json_t *value;
	size_t seen = 0;

	json_object_foreach ((json_t *)map, key, value) {
		if (seen++ >= VOCAB_LANGUAGES_MAX)
			break;
		if (str_eq(vocab_raw(value), content))
			return vocab_language(reader, str_from(key));
	}
	return (struct str){ 0 };
}

/* Lemmy and PeerTube: {"identifier": "fr"}; Mobilizon: "fr". */
static struct str get_declared_language(const struct vocab_reader *reader, const json_t *json)
{
	const json_t *language = vocab_at(vocab_get(reader, json, PROPERTY_LANGUAGE), 0);
	if (json_is_object(language))
		language = vocab_get(reader, language, PROPERTY_IDENTIFIER);
	if (!language)
		language = vocab_get(reader, json, PROPERTY_IN_LANGUAGE);
	return vocab_language(reader, vocab_raw(language));
}

static void read_content(const struct vocab_reader *reader, const json_t *json, struct vocab_object *object)
{
	const json_t *content = vocab_get(reader, json, PROPERTY_CONTENT);
	const json_t *map = vocab_get(reader, json, PROPERTY_CONTENT_MAP);

	object->content = vocab_text(reader, content, VOCAB_CONTENT_MAX_BYTES);
	if (object->content.len > 0)
		object->language = language_of_content(reader, map, vocab_raw(content));
	else
		object->content = vocab_first_of_map(reader, map, VOCAB_CONTENT_MAX_BYTES, &object->language);
	if (object->language.len == 0)
		object->language = get_declared_language(reader, json);
	object->content_type = vocab_media_type(reader, vocab_get(reader, json, PROPERTY_MEDIA_TYPE));
	if (!str_starts_with(object->content_type, STR_LITERAL("text/")) ||
		str_eq(object->content_type, STR_LITERAL("text/html")))
		object->content_type = (struct str){ 0 };

	object->name = vocab_get_text(reader, json, PROPERTY_NAME, VOCAB_TITLE_MAX_BYTES);
	if (object->name.len == 0)
		object->name = vocab_first_of_map(reader, vocab_get(reader, json, PROPERTY_NAME_MAP), VOCAB_TITLE_MAX_BYTES, NULL);
	object->summary = vocab_get_text(reader, json, PROPERTY_SUMMARY, VOCAB_SUMMARY_MAX_BYTES);
	if (object->summary.len == 0)
		object->summary = vocab_first_of_map(reader, vocab_get(reader, json, PROPERTY_SUMMARY_MAP),
			VOCAB_SUMMARY_MAX_BYTES, NULL);

	const json_t *preview = vocab_get(reader, json, PROPERTY_PREVIEW);
	if (vocab_has_type(preview, "Note"))
		object->preview = vocab_get_text(reader, preview, PROPERTY_CONTENT, VOCAB_CONTENT_MAX_BYTES);
}

/* Pleroma sends the bare text, Misskey a property of its own besides. */
static void read_source(const struct vocab_reader *reader, const json_t *json, struct vocab_object *object)
{
	const json_t *source = vocab_get(reader, json, PROPERTY_SOURCE);
	if (json_is_object(source)) {
		object->source = vocab_get_text(reader, source, PROPERTY_CONTENT, VOCAB_SOURCE_MAX_BYTES);
		object->source_type = vocab_media_type(reader, vocab_get(reader, source, PROPERTY_MEDIA_TYPE));
	} else {
		object->source = vocab_text(reader, source, VOCAB_SOURCE_MAX_BYTES);
	}
	if (object->source.len > 0)
		return;
	object->source = vocab_get_text(reader, json, PROPERTY_MISSKEY_CONTENT, VOCAB_SOURCE_MAX_BYTES);
	object->source_type = (struct str){ 0 };
	if (object->source.len > 0)
		object->source_type = STR_LITERAL("text/x.misskeymarkdown");
}

static void read_attributed_to(const struct vocab_reader *reader, const json_t *json, struct vocab_object *object)
{
	const json_t *value = vocab_get(reader, json, PROPERTY_ATTRIBUTED_TO);
	if (!value)
		value = vocab_get(reader, json, PROPERTY_ACTOR);
	size_t count = vocab_count(value);
	if (count > VOCAB_ATTRIBUTED_MAX)
		count = VOCAB_ATTRIBUTED_MAX;
	object->attributed_to = count > 0 ? arena_alloc_array(reader->arena, count, sizeof(*object->attributed_to)) : NULL;
	bool has_person = false;
	for (size_t i = 0; i < count; i++) {
		const json_t *one = vocab_at(value, i);
		struct vocab_attributed attributed = { .id = vocab_id(reader, one, VOCAB_ID_DOCUMENT) };
		int type;
		if (attributed.id.len == 0)
			continue;
		bool is_actor = json_is_object(one) && vocab_type_of(one, &type, &attributed.type_name) == VOCAB_KIND_ACTOR;
		attributed.type_name = is_actor ? vocab_copy(reader, attributed.type_name) : (struct str){ 0 };
		object->attributed_to[object->attributed_count++] = attributed;
		bool is_person = is_actor && type == ACTOR_PERSON;
		if (object->id.len > 0 && !vocab_is_of_origin(reader, attributed.id, object->id))
			continue;
		if (object->author_id.len == 0 || (is_person && !has_person))
			object->author_id = attributed.id;
		has_person = has_person || is_person;
	}
}

static void read_options(const struct vocab_reader *reader, const json_t *value, struct vocab_poll *poll)
{
	size_t count = vocab_count(value);
	if (count > VOCAB_OPTIONS_MAX && !MUTANT("vocab_options_limit"))
		count = VOCAB_OPTIONS_MAX;
	if (count > 0)
		poll->options = arena_alloc_array(reader->arena, count, sizeof(*poll->options));
	for (size_t i = 0; i < count; i++) {
		const json_t *json = vocab_at(value, i);
		struct vocab_option *option = &poll->options[poll->option_count];
		option->name = vocab_get_text(reader, json, PROPERTY_NAME, VOCAB_OPTION_MAX_BYTES);
		int64_t votes = vocab_get_count(reader, json, PROPERTY_MISSKEY_VOTES, 0);
		option->votes = vocab_get_count(reader, vocab_get(reader, json, PROPERTY_REPLIES), PROPERTY_TOTAL_ITEMS, votes);
		if (option->name.len > 0)
			poll->option_count++;
	}
}

static void read_poll(const struct vocab_reader *reader, const json_t *json, struct vocab_poll *poll)
{
	poll->voters_count = -1;
	read_options(reader, vocab_get(reader, json, PROPERTY_ONE_OF), poll);
	if (poll->option_count == 0) {
		read_options(reader, vocab_get(reader, json, PROPERTY_ANY_OF), poll);
		poll->is_multiple = poll->option_count > 0;
	}
	if (poll->option_count == 0)
		return;
	const json_t *closed = vocab_get(reader, json, PROPERTY_CLOSED);
	int64_t closed_us = vocab_time(closed);
	poll->ends_us = vocab_get_time(reader, json, PROPERTY_END_TIME);
	if (poll->ends_us == 0)
		poll->ends_us = closed_us;
	poll->is_closed = json_is_true(closed) || (closed_us > 0 && closed_us <= reader->rules->received_us);
	poll->voters_count = vocab_get_count(reader, json, PROPERTY_VOTERS_COUNT, -1);
}

static void read_quote(const struct vocab_reader *reader, const json_t *json, struct vocab_object *object)
{
	static const enum vocab_property forms[] = {
		PROPERTY_QUOTE, PROPERTY_QUOTE_URI, PROPERTY_QUOTE_URL, PROPERTY_MISSKEY_QUOTE,
	};

	object->is_quote_removed = vocab_has_type(vocab_get(reader, json, PROPERTY_QUOTE), "Tombstone");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]) && object->quote.len == 0; i++)
		object->quote = vocab_get_id(reader, json, forms[i], VOCAB_ID_DOCUMENT);
	for (size_t i = 0; i < object->tag_count && object->quote.len == 0; i++) {
		if (object->tags[i].is_quote)
			object->quote = object->tags[i].href;
	}
	object->quote_authorization = vocab_get_id(reader, json, PROPERTY_QUOTE_AUTHORIZATION, VOCAB_ID_DOCUMENT);
}

/* The second name of each list is the one that GoToSocial used up to 0.20. */
static void read_permission(const struct vocab_reader *reader, const json_t *policy, enum vocab_property property,
	struct vocab_permission *ret_permission)
{
	const json_t *json = vocab_get(reader, policy, property);
	struct vocab_permission permission = { .is_present = json_is_object(json) };
	enum vocab_property automatic = PROPERTY_AUTOMATIC_APPROVAL;
	enum vocab_property manual = PROPERTY_MANUAL_APPROVAL;

	if (!vocab_get(reader, json, automatic) && !vocab_get(reader, json, manual)) {
		automatic = PROPERTY_ALWAYS;
		manual = PROPERTY_APPROVAL_REQUIRED;
	}
	permission.automatic = vocab_get_ids(reader, json, automatic, VOCAB_POLICY_IDS_MAX, &permission.is_public_automatic);
	permission.manual = vocab_get_ids(reader, json, manual, VOCAB_POLICY_IDS_MAX, &permission.is_public_manual);
	*ret_permission = permission;
}

static void read_permissions(const struct vocab_reader *reader, const json_t *json, struct vocab_object *object)
{
	const json_t *policy = vocab_get(reader, json, PROPERTY_INTERACTION_POLICY);
	read_permission(reader, policy, PROPERTY_CAN_QUOTE, &object->can_quote);
	read_permission(reader, policy, PROPERTY_CAN_REPLY, &object->can_reply);
	read_permission(reader, policy, PROPERTY_CAN_LIKE, &object->can_like);
	read_permission(reader, policy, PROPERTY_CAN_ANNOUNCE, &object->can_announce);
}

/* Mastodon embeds the first page of replies, with the author's own answers and where to go on. */
static void read_thread(const struct vocab_reader *reader, const json_t *json, enum vocab_property property,
	struct str owner_id, struct vocab_thread *ret_thread)
{
	const json_t *collection = vocab_get(reader, json, property);
	struct vocab_thread thread = { .total = vocab_get_count(reader, collection, PROPERTY_TOTAL_ITEMS, -1) };

	thread.id = vocab_get_own_id(reader, json, property, owner_id);
	const json_t *page = vocab_get(reader, collection, PROPERTY_FIRST);
	if (json_is_object(page))
		thread.first = vocab_get_own_id(reader, page, PROPERTY_NEXT, owner_id);
	else
		thread.first = vocab_get_own_id(reader, collection, PROPERTY_FIRST, owner_id);
	const json_t *owner = json_is_object(page) ? page : collection;
	enum vocab_property items = vocab_get(reader, owner, PROPERTY_ITEMS) ? PROPERTY_ITEMS : PROPERTY_ORDERED_ITEMS;
	thread.items = vocab_get_ids(reader, owner, items, VOCAB_INLINE_REPLIES_MAX, NULL);
	*ret_thread = thread;
}

static void read_times(const struct vocab_reader *reader, const json_t *json, struct vocab_object *object)
{
	int64_t received_us = reader->rules->received_us;
	object->published_us = vocab_get_published(reader, json, &object->has_published);
	object->updated_us = vocab_get_time(reader, json, PROPERTY_UPDATED);
	if (object->updated_us > received_us && !MUTANT("vocab_future_updated"))
		object->updated_us = received_us;
	if (object->updated_us != 0 && object->updated_us < object->published_us)
		object->updated_us = object->published_us;
	object->start_us = vocab_get_time(reader, json, PROPERTY_START_TIME);
	object->end_us = vocab_get_time(reader, json, PROPERTY_END_TIME);
}

/* Create and Update speak for their object when it names nobody itself. */
static void read_audience(const struct vocab_reader *reader, const json_t *json, const struct vocab_audience *inherited,
	struct vocab_object *object)
{
	bool is_silent = !vocab_get(reader, json, PROPERTY_TO) && !vocab_get(reader, json, PROPERTY_CC);
	if (inherited && is_silent)
		object->audience = *inherited;
	else
		vocab_get_audience(reader, json, &object->audience);
}

static bool is_media(enum vocab_object_type type)
{
	return type == VOCAB_VIDEO || type == VOCAB_AUDIO || type == VOCAB_IMAGE || type == VOCAB_DOCUMENT;
}

void vocab_fill_object(struct vocab_reader *reader, const json_t *json, const struct vocab_audience *inherited,
	struct vocab_object *ret_object)
{
	struct vocab_object object = { 0 };
	int type;

	if (vocab_type_of(json, &type, &object.type_name) == VOCAB_KIND_OBJECT)
		object.type = (enum vocab_object_type)type;
	object.type_name = vocab_copy(reader, object.type_name);
	object.id = vocab_id(reader, json, VOCAB_ID_EMBEDDED);
	read_content(reader, json, &object);
	read_source(reader, json, &object);
	read_attributed_to(reader, json, &object);
	read_audience(reader, json, inherited, &object);
	object.in_reply_to = vocab_get_id(reader, json, PROPERTY_IN_REPLY_TO, VOCAB_ID_DOCUMENT);
	object.url = vocab_get_page(reader, json, object.id);
	object.attachments = vocab_get_attachments(reader, json, &object.attachment_count);
	object.media = is_media(object.type) ? vocab_get_media(reader, json) : NULL;
	object.image = vocab_get_picture(reader, json, PROPERTY_IMAGE, VOCAB_ALT_MAX_BYTES);
	if (!object.image)
		object.image = vocab_get_picture(reader, json, PROPERTY_ICON, VOCAB_ALT_MAX_BYTES);
	object.tags = vocab_get_tags(reader, json, &object.tag_count);
	read_poll(reader, json, &object.poll);
	read_quote(reader, json, &object);
	read_permissions(reader, json, &object);
	object.context = vocab_get_id(reader, json, PROPERTY_CONTEXT, VOCAB_ID_DOCUMENT);
	object.conversation = vocab_get_text(reader, json, PROPERTY_CONVERSATION, VOCAB_ID_MAX_BYTES);
	read_thread(reader, json, PROPERTY_REPLIES, object.id, &object.replies);
	read_thread(reader, json, PROPERTY_LIKES, object.id, &object.likes);
	read_thread(reader, json, PROPERTY_SHARES, object.id, &object.shares);
	object.is_sensitive = vocab_get_bool(reader, json, PROPERTY_SENSITIVE);
	read_times(reader, json, &object);
	object.location = vocab_get_text(reader, vocab_at(vocab_get(reader, json, PROPERTY_LOCATION), 0), PROPERTY_NAME,
		VOCAB_TITLE_MAX_BYTES);
	object.former_type = vocab_get_text(reader, json, PROPERTY_FORMER_TYPE, VOCAB_TYPE_MAX_BYTES);
	object.interacting_object = vocab_get_id(reader, json, PROPERTY_INTERACTING_OBJECT, VOCAB_ID_DOCUMENT);
	object.interaction_target = vocab_get_id(reader, json, PROPERTY_INTERACTION_TARGET, VOCAB_ID_DOCUMENT);
	*ret_object = object;
}

enum error vocab_read_object(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_object *ret_object)
{
	AUTO(vocab_reader) struct vocab_reader reader = { 0 };
	enum error error = vocab_reader_open(arena, document, rules, &reader);
	if (error != ERROR_NONE)
		return error;
	if (vocab_id(&reader, document, VOCAB_ID_DOCUMENT).len == 0 && !MUTANT("vocab_object_id"))
		return ERROR_UNPROCESSABLE;
	vocab_fill_object(&reader, document, NULL, ret_object);
	return ERROR_NONE;
}

bool vocab_object_is_by(const struct vocab_object *object, struct str actor_id)
{
	if ((object->attributed_count != 1 && !MUTANT("vocab_one_author")) || actor_id.len == 0)
		return false;
	if (object->attributed_count == 0 || !str_eq(object->attributed_to[0].id, actor_id))
		return false;
	return vocab_same_origin(object->id, actor_id);
}

bool vocab_object_is_vote(const struct vocab_object *object)
{
	return object->type == VOCAB_NOTE && object->name.len > 0 && object->in_reply_to.len > 0 && object->content.len == 0;
}
