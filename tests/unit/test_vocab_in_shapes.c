/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * CHECKLIST D2: every property that is read, in every place where it is read, in every wrong shape. What comes out
 * must be what comes out without the property. */
#include "federation/vocab_in.h"

#include "base/json_in.h"
#include "federation/vocab_in_properties.h"
#include "vocab_dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RECEIVED_US INT64_C(1795348800000000)

static const char *const property_names[] = {
#define X(constant, namespace, name) name,
	VOCAB_PROPERTIES(X)
#undef X
};

/* Nothing in these is a good value, but for the exceptions below. */
static const char *const shapes[] = {
	"null", "true", "false", "-7", "7", "0.25", "\"\"", "\"\\u0001 {]\"", "[]", "{}", "[[]]", "[[[\"https://a.example/1\"]]]",
	"[null, 3, false, {}, []]", "{\"en\": \"text\", \"fr\": \"texte\"}", "{\"id\": \"https://a.example/1\"}", "{\"id\": 3}",
	"{\"@value\": 3}", "{\"@list\": [[]]}", "{\"type\": []}",
};

/* Shapes that mean something for these properties. */
static const struct {
	const char *property;
	const char *shapes; /* indexes into shapes, as letters from 'a' */
} exceptions[] = {
	{ "manuallyApprovesFollowers", "b" }, { "discoverable", "b" }, { "indexable", "b" }, { "memorial", "b" },
	{ "suspended", "b" }, { "sensitive", "b" }, { "directMessage", "b" }, { "closed", "b" },
	{ "totalItems", "de" }, { "votersCount", "de" }, { "_misskey_votes", "de" }, { "width", "e" }, { "height", "e" },
	{ "contentMap", "n" }, { "nameMap", "n" }, { "summaryMap", "n" },
	{ "content", "h" }, { "name", "h" }, { "summary", "h" }, { "source", "h" }, { "_misskey_content", "h" },
	{ "_misskey_reaction", "h" }, { "conversation", "h" }, { "webfinger", "h" }, { "formerType", "h" }, { "value", "h" },
	{ "publicKeyPem", "h" },
};

/* Another property says the same when these are absent. Being there in a wrong shape is not being absent: whoever
 * meddled with attributedTo or owner gets no second chance. They are read like an empty list. */
static const char *const unforgiving[] = { "attributedTo", "owner", "controller", "implements", "orderedItems", "rel" };

/* Documents in which all properties have a good value at some place. */
static const char activity_document[] =
	"{'id':'https://b.example/a/1','type':'Create','actor':'https://b.example/u','to':['https://www.w3.org/ns/activitystreams#Public'],"
	"'cc':'https://b.example/u/f','bto':['https://b.example/x'],'bcc':['https://b.example/y'],'audience':'https://b.example/g',"
	"'published':'2026-01-01T00:00:00Z','content':'c','_misskey_reaction':'r','endTime':'2027-01-01T00:00:00Z',"
	"'result':'https://b.example/r','target':'https://b.example/t','instrument':{'type':'Note','id':'https://b.example/i'},"
	"'directMessage':true,'tag':[{'type':'Mention','href':'https://b.example/u','name':'@u'}],"
	"'object':{'id':'https://b.example/n/1','type':'Note','attributedTo':'https://b.example/u','name':'n','content':'hi'}}";

static const char object_document[] =
	"{'id':'https://b.example/n/2','type':'Video','name':'n','nameMap':{'en':'n'},'summary':'s','summaryMap':{'en':'s'},"
	"'content':'hi','contentMap':{'en':'hi'},'source':{'content':'*hi*','mediaType':'text/markdown'},'_misskey_content':'m',"
	"'mediaType':'text/markdown','language':{'identifier':'en'},'inLanguage':'fr','attributedTo':'https://b.example/u',"
	"'actor':'https://b.example/v','inReplyTo':'https://b.example/n/1','url':[{'type':'Link','mediaType':'video/mp4',"
	"'href':'https://b.example/v.mp4','width':3,'height':2},{'type':'Link','href':'https://b.example/t','rel':['tracker']}],"
	"'attachment':[{'type':'Image','mediaType':'image/png','url':'https://b.example/i.png','name':'alt','width':8,'height':9,"
	"'blurhash':'UBL_:rOpGG-;','focalPoint':[0.5,-0.5],'icon':{'type':'Image','url':'https://b.example/k.png'},'sensitive':true}],"
	"'image':{'type':'Image','url':'https://b.example/j.png','width':4,'height':4},'icon':'https://b.example/q.png',"
	"'preview':{'type':'Note','content':'short'},'tag':[{'type':'Emoji','id':'https://b.example/e','name':':e:','updated':'2026-01-01T00:00:00Z',"
	"'icon':{'type':'Image','mediaType':'image/png','url':'https://b.example/e.png'}},{'type':'Link','mediaType':'application/activity+json',"
	"'href':'https://b.example/z','rel':'https://misskey-hub.net/ns#_misskey_quote'},{'type':'Hashtag','name':'#h','href':'https://b.example/h'}],"
	"'oneOf':[{'type':'Note','name':'a','replies':{'totalItems':3},'_misskey_votes':2}],'anyOf':[{'name':'b'}],"
	"'endTime':'2027-01-01T00:00:00Z','startTime':'2026-12-01T00:00:00Z','closed':'2026-02-01T00:00:00Z','votersCount':3,"
	"'quote':'https://b.example/q/1','quoteUri':'https://b.example/q/2','quoteUrl':'https://b.example/q/3','_misskey_quote':'https://b.example/q/4',"
	"'quoteAuthorization':'https://b.example/qa','interactionPolicy':{'canQuote':{'automaticApproval':['https://b.example/u'],"
	"'manualApproval':'https://b.example/f'},'canReply':{'always':['https://b.example/u'],'approvalRequired':['as:Public']},"
	"'canLike':{'automaticApproval':'Public'},'canAnnounce':{'manualApproval':'Public'}},'context':'https://b.example/c',"
	"'conversation':'tag:b','replies':{'id':'https://b.example/n/2/r','totalItems':4,'first':{'next':'https://b.example/n/2/r?p',"
	"'items':['https://b.example/n/3']}},'likes':{'id':'https://b.example/n/2/l','totalItems':2},'shares':'https://b.example/n/2/s',"
	"'sensitive':true,'published':'2026-01-01T00:00:00Z','updated':'2026-01-02T00:00:00Z','location':{'name':'here'},"
	"'to':'Public','cc':[],'formerType':'Note','interactingObject':'https://b.example/1','interactionTarget':'https://b.example/2'}";

static const char actor_document[] =
	"{'id':'https://b.example/u','type':'Person','preferredUsername':'u','name':'U','summary':'s','url':'https://b.example/@u',"
	"'inbox':'https://b.example/i','outbox':'https://b.example/o','followers':'https://b.example/f','following':'https://b.example/g',"
	"'featured':'https://b.example/h','featuredTags':'https://b.example/t','endpoints':{'sharedInbox':'https://b.example/s'},"
	"'sharedInbox':'https://b.example/s2','icon':{'type':'Image','url':'https://b.example/i.png','name':'alt'},"
	"'image':[{'type':'Image','url':'https://b.example/j.png'}],'publicKey':[{'id':'https://b.example/u#k','owner':'https://b.example/u',"
	"'publicKeyPem':'-----BEGIN PUBLIC KEY-----'}],'assertionMethod':[{'type':'Multikey','id':'https://b.example/u#e',"
	"'controller':'https://b.example/u','publicKeyMultibase':'z6Mk'}],'attachment':[{'type':'PropertyValue','name':'n','value':'v'}],"
	"'tag':[],'alsoKnownAs':['https://c.example/u'],'movedTo':'https://c.example/u','attributionDomains':['d.example'],"
	"'generator':{'type':'Application','implements':[{'href':'https://w3id.org/fep/844e'}]},'implements':['https://w3id.org/fep/8fcf'],"
	"'attributedTo':'https://b.example/m','webfinger':'u@b.example','manuallyApprovesFollowers':true,'discoverable':true,"
	"'indexable':true,'memorial':true,'suspended':true,'published':'2020-01-01T00:00:00Z'}";

static const char collection_document[] =
	"{'id':'https://b.example/c','type':'OrderedCollection','totalItems':3,'first':{'id':'https://b.example/c?1',"
	"'type':'OrderedCollectionPage','next':'https://b.example/c?2','orderedItems':['https://b.example/n/9']},"
	"'next':'https://b.example/c?3','prev':'https://b.example/c?0','partOf':'https://b.example/c','items':['https://b.example/n/1'],"
	"'orderedItems':[{'id':'https://b.example/n/2','type':'Note','content':'x'}]}";

static const char key_document[] =
	"{'id':'https://b.example/u#k','type':'Key','owner':'https://b.example/u','controller':'https://b.example/u',"
	"'publicKeyPem':'-----BEGIN PUBLIC KEY-----','publicKeyMultibase':'z6Mk'}";

static const char *const documents[] = {
	activity_document, object_document, actor_document, collection_document, key_document,
};

static size_t variants_read;
static size_t differences;
static size_t places_found[PROPERTY_COUNT];

static json_t *parse(const char *text)
{
	AUTO(buf) struct buf quoted = { 0 };
	json_t *value = NULL;
	for (const char *at = text; *at; at++)
		buf_add_char(&quoted, *at == '\'' ? '"' : *at);
	if (json_in_parse(buf_str(&quoted), NULL, &value) != ERROR_NONE)
		fail_msg("bad test document %s", text);
	return value;
}

static bool means_something(const char *property, size_t shape)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
		if (strcmp(exceptions[i].property, property) == 0 && strchr(exceptions[i].shapes, 'a' + (int)shape))
			return true;
	}
	/* An object with only an id is that id: good wherever an id is, so there it need only not crash. */
	return strcmp(shapes[shape], "{\"id\": \"https://a.example/1\"}") == 0;
}

static bool is_unforgiving(const char *property)
{
	for (size_t i = 0; i < sizeof(unforgiving) / sizeof(unforgiving[0]); i++) {
		if (strcmp(unforgiving[i], property) == 0)
			return true;
	}
	return false;
}

/* In the interaction policy, {} says "nobody", which is more than saying nothing. */
static bool is_permission(const char *property)
{
	return strncmp(property, "can", 3) == 0 && property[3] >= 'A' && property[3] <= 'Z';
}

static void compare_shapes(json_t *document, json_t *owner, const char *property)
{
	struct vocab_rules rules = { .received_us = RECEIVED_US };
	json_t *original = json_incref(json_object_get(owner, property));
	AUTO(buf) struct buf without = { 0 };
	AUTO(buf) struct buf empty = { 0 };

	assert_int_equal(json_object_set_new(owner, property, json_array()), 0);
	dump_document(&empty, document, &rules);
	assert_int_equal(json_object_del(owner, property), 0);
	dump_document(&without, document, &rules);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		AUTO(buf) struct buf with = { 0 };
		assert_int_equal(json_object_set_new(owner, property, parse(shapes[i])), 0);
		dump_document(&with, document, &rules);
		variants_read++;
		if (means_something(property, i) || (is_permission(property) && shapes[i][0] == '{'))
			continue;
		struct buf *expected = is_unforgiving(property) && strcmp(shapes[i], "null") != 0 ? &empty : &without;
		if (!str_eq(buf_str(&with), buf_str(expected))) {
			print_error("%s as %s is read as\n%.*s\nand not as\n%.*s\n", property, shapes[i],
				STR_ARG(buf_str(&with)), STR_ARG(buf_str(expected)));
			differences++;
		}
	}
	assert_int_equal(json_object_set_new(owner, property, original), 0);
}

/* Where several properties say the same (quote, quoteUri), each is tried with the others in place. */
static void try_properties(json_t *document, json_t *value)
{
	json_t *member;
	size_t index;

	json_array_foreach (value, index, member)
		try_properties(document, member);
	for (size_t i = 0; i < PROPERTY_COUNT; i++) {
		if (!json_object_get(value, property_names[i]))
			continue;
		places_found[i]++;
		compare_shapes(document, value, property_names[i]);
		try_properties(document, json_object_get(value, property_names[i]));
	}
}

static void a_wrong_shape_counts_as_absent(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		json_t *document = parse(documents[i]);
		try_properties(document, document);
		json_decref(document);
	}
	for (size_t i = 0; i < PROPERTY_COUNT; i++) {
		if (places_found[i] == 0)
			fail_msg("%s is in no test document", property_names[i]);
	}
	print_message("%zu documents with a property in a wrong shape\n", variants_read);
	assert_true(variants_read > 60 * 10);
	assert_int_equal(differences, 0);
}

/* Every property added at the top of every document, whether it belongs there or not. */
static void a_property_in_a_wrong_place_does_no_harm(void **state)
{
	(void)state;
	struct vocab_rules rules = { .received_us = RECEIVED_US };
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		for (size_t j = 0; j < PROPERTY_COUNT * (sizeof(shapes) / sizeof(shapes[0])); j++) {
			json_t *document = parse(documents[i]);
			AUTO(buf) struct buf out = { 0 };
			json_object_set_new(document, property_names[j % PROPERTY_COUNT], parse(shapes[j / PROPERTY_COUNT]));
			dump_document(&out, document, &rules);
			assert_true(out.len > 0);
			json_decref(document);
		}
	}
}

static void ids_and_types_in_wrong_shapes_are_refused(void **state)
{
	(void)state;
	struct vocab_rules rules = { .received_us = RECEIVED_US };
	static const char *const names[] = { "id", "type" };
	size_t refused_wrongly = 0;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
				json_t *document = parse(documents[i]);
				AUTO(buf) struct buf out = { 0 };
				json_object_set_new(document, names[j], parse(shapes[k]));
				dump_document(&out, document, &rules);
				bool is_unknown_activity = i <= 1 && j == 1; /* both have an actor */
				struct str expected = is_unknown_activity ? STR_LITERAL("type=unknown\n") : STR_LITERAL("error=unprocessable\n");
				if (!str_starts_with(buf_str(&out), expected)) {
					print_error("%s as %s is read as\n%.*s\n", names[j], shapes[k], STR_ARG(buf_str(&out)));
					refused_wrongly++;
				}
				json_decref(document);
			}
		}
	}
	assert_int_equal(refused_wrongly, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_shape_counts_as_absent),
		cmocka_unit_test(a_property_in_a_wrong_place_does_no_harm),
		cmocka_unit_test(ids_and_types_in_wrong_shapes_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
