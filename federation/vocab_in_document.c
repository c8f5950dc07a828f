/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The first look at a document: what would mean something else to a JSON-LD processor is refused before anything
 * is read, so that two readers of the same bytes cannot see two things (CHECKLIST A11). Then types and the
 * spellings of property names. */
#include "federation/vocab_in_values.h"

#include "base/mutant.h"

#include <string.h>

/* json_limits_default stops at 32; this bounds our own recursion whatever the parser let through. */
#define DEPTH_MAX 64
#define ALIAS_MAX_BYTES 128

enum vocabulary {
	VOCABULARY_AS,
	VOCABULARY_TOOT,
	VOCABULARY_SEC,
	VOCABULARY_SCHEMA,
	VOCABULARY_LDP,
	VOCABULARY_OSTATUS,
	VOCABULARY_MISSKEY,
	VOCABULARY_FEDIBIRD,
	VOCABULARY_LITEPUB,
	VOCABULARY_GTS,
	VOCABULARY_QUOTE,
	VOCABULARY_WEBFINGER,
	VOCABULARY_CAPABILITY,
};

static const struct {
	enum vocabulary vocabulary;
	struct str text;
} prefixes[] = {
	{ VOCABULARY_AS, STR("as:") },
	{ VOCABULARY_AS, STR("https://www.w3.org/ns/activitystreams#") },
	{ VOCABULARY_TOOT, STR("toot:") },
	{ VOCABULARY_TOOT, STR("http://joinmastodon.org/ns#") },
	{ VOCABULARY_SEC, STR("sec:") },
	{ VOCABULARY_SEC, STR("https://w3id.org/security#") },
	{ VOCABULARY_SCHEMA, STR("schema:") },
	{ VOCABULARY_SCHEMA, STR("sc:") },
	{ VOCABULARY_SCHEMA, STR("http://schema.org#") },
	{ VOCABULARY_SCHEMA, STR("http://schema.org/") },
	{ VOCABULARY_LDP, STR("ldp:") },
	{ VOCABULARY_LDP, STR("http://www.w3.org/ns/ldp#") },
	{ VOCABULARY_LDP, STR("as:") },
	{ VOCABULARY_OSTATUS, STR("ostatus:") },
	{ VOCABULARY_OSTATUS, STR("http://ostatus.org#") },
	{ VOCABULARY_MISSKEY, STR("misskey:") },
	{ VOCABULARY_MISSKEY, STR("https://misskey-hub.net/ns#") },
	{ VOCABULARY_FEDIBIRD, STR("fedibird:") },
	{ VOCABULARY_FEDIBIRD, STR("http://fedibird.com/ns#") },
	{ VOCABULARY_LITEPUB, STR("litepub:") },
	{ VOCABULARY_LITEPUB, STR("http://litepub.social/ns#") },
	{ VOCABULARY_GTS, STR("gts:") },
	{ VOCABULARY_GTS, STR("https://gotosocial.org/ns#") },
	{ VOCABULARY_QUOTE, STR("https://w3id.org/fep/044f#") },
	{ VOCABULARY_WEBFINGER, STR("https://purl.archive.org/socialweb/webfinger#") },
	{ VOCABULARY_CAPABILITY, STR("https://w3id.org/fep/844e#") },
};

static const struct {
	const char *name;
	enum vocabulary vocabulary;
} properties[] = {
#define X(constant, vocabulary, name) [PROPERTY_##constant] = { name, VOCABULARY_##vocabulary },
	VOCAB_PROPERTIES(X)
#undef X
};

static const struct {
	const char *name;
	enum vocab_kind kind;
	int value;
} types[] = {
	{ "Accept", VOCAB_KIND_ACTIVITY, VOCAB_ACCEPT },
	{ "Add", VOCAB_KIND_ACTIVITY, VOCAB_ADD },
	{ "Announce", VOCAB_KIND_ACTIVITY, VOCAB_ANNOUNCE },
	{ "Application", VOCAB_KIND_ACTOR, ACTOR_APPLICATION },
	{ "Article", VOCAB_KIND_OBJECT, VOCAB_ARTICLE },
	{ "Audio", VOCAB_KIND_OBJECT, VOCAB_AUDIO },
	{ "Block", VOCAB_KIND_ACTIVITY, VOCAB_BLOCK },
	{ "Collection", VOCAB_KIND_COLLECTION, 0 },
	{ "CollectionPage", VOCAB_KIND_COLLECTION, 0 },
	{ "Comment", VOCAB_KIND_OBJECT, VOCAB_NOTE },
	{ "Create", VOCAB_KIND_ACTIVITY, VOCAB_CREATE },
	{ "CryptographicKey", VOCAB_KIND_KEY, 0 },
	{ "Delete", VOCAB_KIND_ACTIVITY, VOCAB_DELETE },
	{ "Dislike", VOCAB_KIND_ACTIVITY, VOCAB_DISLIKE },
	{ "Document", VOCAB_KIND_OBJECT, VOCAB_DOCUMENT },
	{ "EmojiReact", VOCAB_KIND_ACTIVITY, VOCAB_EMOJI_REACT },
	{ "Event", VOCAB_KIND_OBJECT, VOCAB_EVENT },
	{ "Flag", VOCAB_KIND_ACTIVITY, VOCAB_FLAG },
	{ "Follow", VOCAB_KIND_ACTIVITY, VOCAB_FOLLOW },
	{ "GeneratedNote", VOCAB_KIND_OBJECT, VOCAB_NOTE },
	{ "Group", VOCAB_KIND_ACTOR, ACTOR_GROUP },
	{ "Image", VOCAB_KIND_OBJECT, VOCAB_IMAGE },
	{ "Join", VOCAB_KIND_ACTIVITY, VOCAB_JOIN },
	{ "Key", VOCAB_KIND_KEY, 0 },
	{ "Leave", VOCAB_KIND_ACTIVITY, VOCAB_LEAVE },
	{ "Like", VOCAB_KIND_ACTIVITY, VOCAB_LIKE },
	{ "Move", VOCAB_KIND_ACTIVITY, VOCAB_MOVE },
	{ "Multikey", VOCAB_KIND_KEY, 0 },
	{ "Note", VOCAB_KIND_OBJECT, VOCAB_NOTE },
	{ "OrderedCollection", VOCAB_KIND_COLLECTION, 0 },
	{ "OrderedCollectionPage", VOCAB_KIND_COLLECTION, 0 },
	{ "Organization", VOCAB_KIND_ACTOR, ACTOR_ORGANIZATION },
	{ "Page", VOCAB_KIND_OBJECT, VOCAB_PAGE },
	{ "Person", VOCAB_KIND_ACTOR, ACTOR_PERSON },
	{ "Question", VOCAB_KIND_OBJECT, VOCAB_QUESTION },
	{ "Quotation", VOCAB_KIND_OBJECT, VOCAB_NOTE },
	{ "QuoteAuthorization", VOCAB_KIND_OBJECT, VOCAB_QUOTE_AUTHORIZATION },
	{ "QuoteRequest", VOCAB_KIND_ACTIVITY, VOCAB_QUOTE_REQUEST },
	{ "Rating", VOCAB_KIND_OBJECT, VOCAB_NOTE },
	{ "Reject", VOCAB_KIND_ACTIVITY, VOCAB_REJECT },
	{ "Remove", VOCAB_KIND_ACTIVITY, VOCAB_REMOVE },
	{ "Review", VOCAB_KIND_OBJECT, VOCAB_ARTICLE },
	{ "Service", VOCAB_KIND_ACTOR, ACTOR_SERVICE },
	{ "Tombstone", VOCAB_KIND_OBJECT, VOCAB_TOMBSTONE },
	{ "Undo", VOCAB_KIND_ACTIVITY, VOCAB_UNDO },
	{ "Update", VOCAB_KIND_ACTIVITY, VOCAB_UPDATE },
	{ "Video", VOCAB_KIND_OBJECT, VOCAB_VIDEO },
};

struct survey {
	bool has_aliases;
	unsigned depth;
};

static bool is_forbidden_keyword(const char *text)
{
	return strcmp(text, "@graph") == 0 || strcmp(text, "@included") == 0 || strcmp(text, "@reverse") == 0;
}

/* Two spellings of the same thing with two values: each reader would pick another one. */
static bool contradicts(const json_t *object, const char *name, const char *keyword)
{
	const json_t *a = json_object_get(object, name);
	const json_t *b = json_object_get(object, keyword);
	return a && b && !json_equal(a, b);
}

static bool survey_value(struct survey *survey, const json_t *value, bool is_context);

static bool survey_object(struct survey *survey, const json_t *object, bool is_context)
{
	const char *key;
	json_t *member;

	/* In a context, id and @id are two terms being defined. */
	if (!is_context && !MUTANT("vocab_two_ids") && (contradicts(object, "id", "@id") || contradicts(object, "type", "@type")))
		return false;
	json_object_foreach ((json_t *)object, key, member) {
		if (is_forbidden_keyword(key) && !MUTANT("vocab_graph_keyword"))
			return false;
		if (!is_context && strchr(key, ':'))
			survey->has_aliases = true;
		if (!survey_value(survey, member, is_context || strcmp(key, "@context") == 0))
			return false;
	}
	return true;
}

static bool survey_value(struct survey *survey, const json_t *value, bool is_context)
{
	/* A context may give a keyword another name. */
	if (json_is_string(value))
		return !is_context || !is_forbidden_keyword(json_string_value(value)) || MUTANT("vocab_context_keyword");
	if (!json_is_array(value) && !json_is_object(value))
		return true;
	if (survey->depth >= DEPTH_MAX && !MUTANT("vocab_depth"))
		return false;
	survey->depth++;
	bool is_good = true;
	if (json_is_object(value))
		is_good = survey_object(survey, value, is_context);
	for (size_t i = 0; is_good && i < json_array_size(value); i++)
		is_good = survey_value(survey, json_array_get(value, i), is_context);
	survey->depth--;
	return is_good;
}

enum error vocab_reader_open(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_reader *ret_reader)
{
	struct survey survey = { 0 };
	if (!json_is_object(document) || !survey_value(&survey, document, false))
		return ERROR_BAD_REQUEST;
	*ret_reader = (struct vocab_reader){ .arena = arena, .scratch = arena_new(VOCAB_SCRATCH_BYTES), .rules = rules,
		.has_aliases = survey.has_aliases, .embedded_left = VOCAB_EMBEDDED_MAX };
	return ERROR_NONE;
}

void vocab_reader_auto(struct vocab_reader *reader)
{
	arena_free(&reader->scratch);
}

static const json_t *get_by_alias(const json_t *owner, enum vocab_property property)
{
	struct str name = str_from(properties[property].name);
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		char key[ALIAS_MAX_BYTES];
		struct str prefix = prefixes[i].text;
		if (prefixes[i].vocabulary != properties[property].vocabulary || prefix.len + name.len >= sizeof(key))
			continue;
		memcpy(key, prefix.data, prefix.len);
		memcpy(key + prefix.len, name.data, name.len);
		const json_t *value = json_object_getn(owner, key, prefix.len + name.len);
		if (value)
			return value;
	}
	return NULL;
}

const json_t *vocab_get(const struct vocab_reader *reader, const json_t *owner, enum vocab_property property)
{
	const json_t *value = json_object_get(owner, properties[property].name);
	if (!value && reader->has_aliases && json_is_object(owner))
		value = get_by_alias(owner, property);
	if (json_is_object(value)) {
		const json_t *list = json_object_get(value, "@list");
		if (!list)
			list = json_object_get(value, "@set");
		if (list)
			value = list;
	}
	return json_is_null(value) ? NULL : value;
}

size_t vocab_count(const json_t *value)
{
	if (!value)
		return 0;
	return json_is_array(value) ? json_array_size(value) : 1;
}

const json_t *vocab_at(const json_t *value, size_t index)
{
	return json_is_array(value) ? json_array_get(value, index) : value;
}

struct str vocab_raw(const json_t *value)
{
	if (!json_is_string(value))
		return (struct str){ 0 };
	return (struct str){ json_string_value(value), json_string_length(value) };
}

struct str vocab_raw_id(const json_t *object)
{
	const json_t *id = json_object_get(object, "id");
	return vocab_raw(id ? id : json_object_get(object, "@id"));
}

static const json_t *types_of(const json_t *object)
{
	const json_t *type = json_object_get(object, "type");
	return type ? type : json_object_get(object, "@type");
}

/* "as:Note" and "https://www.w3.org/ns/activitystreams#Note" are "Note". */
static struct str without_prefix(struct str name)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (str_starts_with(name, prefixes[i].text))
			return str_slice(name, prefixes[i].text.len, name.len);
	}
	return name;
}

enum vocab_kind vocab_type_of(const json_t *object, int *ret_value, struct str *ret_name)
{
	const json_t *all = types_of(object);
	struct str first = { 0 };
	*ret_name = first;
	*ret_value = 0;
	for (size_t i = 0; i < vocab_count(all) && i < VOCAB_TYPES_MAX; i++) {
		struct str written = vocab_raw(vocab_at(all, i));
		if (written.len == 0 || written.len > VOCAB_TYPE_MAX_BYTES)
			continue;
		if (!first.data)
			*ret_name = first = written;
		struct str name = without_prefix(written);
		for (size_t j = 0; j < sizeof(types) / sizeof(types[0]); j++) {
			if (str_eq(name, str_from(types[j].name))) {
				*ret_value = types[j].value;
				return types[j].kind;
			}
		}
	}
	return VOCAB_KIND_UNKNOWN;
}

bool vocab_has_type(const json_t *object, const char *name)
{
	const json_t *all = types_of(object);
	for (size_t i = 0; i < vocab_count(all) && i < VOCAB_TYPES_MAX; i++) {
		if (str_eq(without_prefix(vocab_raw(vocab_at(all, i))), str_from(name)))
			return true;
	}
	return false;
}

enum vocab_kind vocab_kind_of(const json_t *document)
{
	int value;
	struct str name;
	return json_is_object(document) ? vocab_type_of(document, &value, &name) : VOCAB_KIND_NONE;
}
