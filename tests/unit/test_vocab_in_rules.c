/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is refused, what is cut, and whom a document may speak for (CHECKLIST A1-A11, D3, D5, D8, D9). */
#include "federation/vocab_in.h"

#include "base/json_in.h"
#include "vocab_dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RECEIVED_US INT64_C(1795348800000000) /* 2026-11-22T12:00:00Z */
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct vocab_rules rules = { .received_us = RECEIVED_US };

/* With ' for ". */
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

static void dump_text(struct buf *out, const char *text)
{
	json_t *document = parse(text);
	dump_document(out, document, &rules);
	json_decref(document);
}

/* Whether a line of what is read begins with start. */
static bool reads(const char *text, const char *start)
{
	AUTO(buf) struct buf out = { 0 };
	AUTO(buf) struct buf wanted = { 0 };
	dump_text(&out, text);
	buf_add_c_string(&wanted, "\n");
	buf_add_c_string(&wanted, start);
	return str_starts_with(buf_str(&out), str_from(start)) ||
		str_index_of_str(buf_str(&out), buf_str(&wanted)) < out.len;
}

struct reading {
	const char *text;
	const char *line;
};

static void check_readings(const struct reading *readings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!reads(readings[i].text, readings[i].line)) {
			AUTO(buf) struct buf out = { 0 };
			dump_text(&out, readings[i].text);
			fail_msg("%s\nis not read with %s but as\n%.*s", readings[i].text, readings[i].line, STR_ARG(buf_str(&out)));
		}
	}
}

#define NOTE "'type':'Note','id':'https://b.example/n/1'"
#define ACTOR "'type':'Person','id':'https://b.example/u','preferredUsername':'u'"
#define LIKE "'type':'Like','id':'https://b.example/l','object':'https://c.example/n'"

static void what_json_ld_would_read_otherwise_is_refused(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"{" NOTE ",'@graph':[]}", "{" NOTE ",'@included':[]}", "{" NOTE ",'tag':[{'x':{'@reverse':{}}}]}",
		"{" NOTE ",'@id':'https://b.example/n/2'}", "{" NOTE ",'@type':'Article'}", "{" NOTE ",'@type':['Note']}",
		"{" NOTE ",'attributedTo':{'id':'https://b.example/u','@id':'https://c.example/u'}}",
		"{" NOTE ",'@context':{'everything':'@graph'}}", "{" NOTE ",'@context':[{'x':{'@reverse':'as:object'}}]}",
		"[]", "'text'", "3", "null",
	};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		if (!reads(cases[i], "error=bad_request"))
			fail_msg("%s is read", cases[i]);
	}
	/* The same thing said twice, and terms that a context defines, are fine. */
	assert_true(reads("{" NOTE ",'@id':'https://b.example/n/1','@type':'Note'}", "type=Note"));
	assert_true(reads("{" NOTE ",'@context':{'id':'@id','@id':'x'}}", "type=Note"));
	assert_true(reads("{" NOTE ",'content':'@graph'}", "content=@graph"));
}

static void a_document_nested_too_deep_is_refused_without_harm(void **state)
{
	(void)state;
	json_t *value = parse("{" NOTE "}");
	for (int i = 0; i < 100000; i++)
		value = json_pack("{s:o}", "tag", value);
	AUTO(arena) struct arena *arena = arena_new(VOCAB_ARENA_BYTES);
	struct vocab_object object;
	json_t *inner = json_object_get(value, "tag");
	for (int i = 0; i < 10; i++)
		inner = json_object_get(inner, "tag");
	assert_int_equal(vocab_read_object(arena, inner, &rules, &object), ERROR_BAD_REQUEST);
	/* From the outside in, so that freeing is not a recursion either. */
	while (value) {
		json_t *next = json_incref(json_object_get(value, "tag"));
		json_decref(value);
		value = next;
	}
}

static void ids_are_https_urls_without_userinfo_or_fragment(void **state)
{
	(void)state;
	char too_long[VOCAB_ID_MAX_BYTES + 2];
	memset(too_long, 'a', sizeof(too_long));
	memcpy(too_long, "https://b.example/", 18);
	static const char *const good[] = { "https://b.example/n/1", "https://b.example/@u?x=1", "https://b.example:8443/n",
		"https://xn--bcher-kva.example/", "https://b.example" };
	static const char *const bad[] = { "", "http://b.example/n", "ftp://b.example/n", "javascript:alert(1)", "b.example/n", "//b.example/n",
		"https://", "https://u@b.example/n", "https://u:p@b.example/n", "https://b.example/n#f", "https://b.example/n#",
		"https://b.example/a b", "https://b.example\\@c.example/", "https://127.1/n", "tag:b.example,2026:1", "acct:u@b.example" };
	for (size_t i = 0; i < LENGTH(good); i++)
		assert_true(vocab_id_is_acceptable(str_from(good[i]), VOCAB_ID_DOCUMENT, &rules));
	for (size_t i = 0; i < LENGTH(bad); i++) {
		if (vocab_id_is_acceptable(str_from(bad[i]), VOCAB_ID_DOCUMENT, &rules))
			fail_msg("%s is accepted", bad[i]);
	}
	assert_true(vocab_id_is_acceptable((struct str){ too_long, VOCAB_ID_MAX_BYTES }, VOCAB_ID_DOCUMENT, &rules));
	assert_false(vocab_id_is_acceptable((struct str){ too_long, VOCAB_ID_MAX_BYTES + 1 }, VOCAB_ID_DOCUMENT, &rules));
	assert_true(vocab_id_is_acceptable(STR_LITERAL("https://b.example/u#main-key"), VOCAB_ID_KEY, &rules));
	assert_true(vocab_id_is_acceptable(STR_LITERAL("https://b.example/u#likes/1"), VOCAB_ID_EMBEDDED, &rules));
	struct vocab_rules lenient = { .received_us = RECEIVED_US, .allows_http = true };
	assert_true(vocab_id_is_acceptable(STR_LITERAL("http://127.0.0.1:8080/n"), VOCAB_ID_DOCUMENT, &lenient));
}

static void documents_without_the_indispensable_are_refused(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"{'type':'Note','content':'anonymous'}", "{'type':'Note','id':['https://b.example/n']}",
		"{'type':'Note','id':{'id':'https://b.example/n'}}", "{'type':'Note','id':'https://b.example/n#f'}",
		"{'type':'Person','id':'https://b.example/u'}", "{'type':'Person','id':'https://b.example/u','preferredUsername':'a@b'}",
		"{'type':'Person','id':'https://b.example/u#x','preferredUsername':'u'}", "{'type':'Collection'}",
		"{" LIKE "}", "{'type':'Like','actor':'https://b.example/u','object':'https://c.example/n'}",
		"{" LIKE ",'actor':['https://b.example/u','https://b.example/v']}", "{" LIKE ",'actor':[]}",
		"{" LIKE ",'actor':'http://b.example/u'}", "{" LIKE ",'actor':{'type':'Person'}}",
		"{'type':'Key','id':'https://b.example/k','owner':'https://c.example/u','publicKeyPem':'-----BEGIN PUBLIC KEY-----'}",
		"{'type':'Key','id':'https://b.example/k','owner':'https://b.example/u','publicKeyPem':'x'}",
	};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		if (!reads(cases[i], "error=unprocessable"))
			fail_msg("%s is read", cases[i]);
	}
	assert_true(reads("{" LIKE ",'actor':['https://b.example/u']}", "actor=https://b.example/u"));
	assert_true(reads("{" LIKE ",'actor':{'id':'https://b.example/u','type':'Person'}}", "actor=https://b.example/u"));
	assert_true(reads("{'type':'Dance','id':'https://b.example/d','actor':'https://b.example/u'}", "type=unknown"));
	assert_true(reads("{'type':'Dance','id':'https://b.example/d','actor':'https://b.example/u'}", "type_name=Dance"));
}

static void origins_are_scheme_host_and_port(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool is_same;
	} cases[] = {
		{ "https://b.example/1", "https://b.example/2", true }, { "https://B.Example/1", "https://b.example:443/2", true },
		{ "https://b.example./1", "https://b.example/", true }, { "https://b\xC3\xBC.example/", "https://xn--b-eha.example/", true },
		{ "https://b.example/1", "https://c.example/1", false }, { "https://b.example/1", "https://sub.b.example/1", false },
		{ "https://b.example/1", "https://b.example:8443/1", false }, { "https://b.example/1", "http://b.example/1", false },
		{ "https://b.example/1", "https://b.example.evil.example/1", false }, { "https://b.example/1", "", false }, { "x", "x", false },
	};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		if (vocab_same_origin(str_from(cases[i].a), str_from(cases[i].b)) != cases[i].is_same)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
}

static void addresses_and_keys_on_another_origin_count_as_absent(void **state)
{
	(void)state;
	static const char *const names[] = { "inbox", "outbox", "followers", "following", "featured", "featuredTags" };
	static const char *const lines[] = { "inbox=", "outbox=", "followers=", "following=", "featured=", "featured_tags=" };
	for (size_t i = 0; i < LENGTH(names); i++) {
		char text[512];
		(void)snprintf(text, sizeof(text), "{" ACTOR ",'%s':'https://c.example/x'}", names[i]);
		assert_false(reads(text, lines[i]));
		(void)snprintf(text, sizeof(text), "{" ACTOR ",'%s':'https://b.example/x'}", names[i]);
		assert_true(reads(text, lines[i]));
	}
	assert_false(reads("{" ACTOR ",'endpoints':{'sharedInbox':'https://c.example/i'}}", "shared_inbox="));
	assert_false(reads("{" ACTOR ",'sharedInbox':'https://c.example/i'}", "shared_inbox="));

#define KEY(id, owner) "{" ACTOR ",'publicKey':{'id':'" id "','owner':'" owner "','publicKeyPem':'-----BEGIN PUBLIC KEY-----'}}"
	assert_true(reads(KEY("https://b.example/u#k", "https://b.example/u"), "key[0].kind=pem"));
	assert_false(reads(KEY("https://c.example/u#k", "https://b.example/u"), "key[0]"));
	assert_false(reads(KEY("https://b.example/u#k", "https://b.example/v"), "key[0]"));
	assert_false(reads(KEY("https://c.example/u#k", "https://c.example/u"), "key[0]"));
	assert_true(reads("{" ACTOR ",'publicKey':{'id':'https://b.example/u#k','publicKeyPem':'-----BEGIN PUBLIC KEY-----'}}",
		"key[0].owner=https://b.example/u"));
	assert_true(reads("{'type':'Key','id':'https://b.example/k','owner':'https://b.example/u','publicKeyPem':'-----BEGIN PUBLIC KEY-----'}",
		"owner=https://b.example/u"));
}

static void pages_of_a_collection_stay_on_its_origin(void **state)
{
	(void)state;
#define COLLECTION(rest) "{'type':'OrderedCollection','id':'https://b.example/c'," rest "}"
	static const struct reading readings[] = {
		{ COLLECTION("'first':'https://b.example/c?1'"), "first=https://b.example/c?1" },
		{ COLLECTION("'first':{'next':'https://b.example/c?2','orderedItems':['https://d.example/1']}"), "next=https://b.example/c?2" },
		{ COLLECTION("'first':{'next':'https://b.example/c?2','items':['https://d.example/1']}"), "item[0].item_id=https://d.example/1" },
		{ COLLECTION("'totalItems':9223372036854775807"), "total=1000000000" },
		{ COLLECTION("'totalItems':-5"), "total=0" },
	};
	check_readings(readings, LENGTH(readings));
	assert_false(reads(COLLECTION("'first':'https://c.example/1'"), "first="));
	assert_false(reads(COLLECTION("'next':'https://c.example/1'"), "next="));
	assert_false(reads(COLLECTION("'first':{'next':'https://c.example/1'}"), "next="));
}

static void an_object_is_only_its_single_authors_on_the_same_origin(void **state)
{
	(void)state;
	static const struct {
		const char *rest;
		bool is_by;
	} cases[] = {
		{ "'attributedTo':'https://b.example/u'", true }, { "'attributedTo':['https://b.example/u']", true },
		{ "'attributedTo':{'id':'https://b.example/u','type':'Person'}", true }, { "'actor':'https://b.example/u'", true },
		{ "'attributedTo':'https://b.example/v'", false }, { "'attributedTo':['https://b.example/u','https://b.example/v']", false },
		{ "'attributedTo':['https://b.example/v','https://b.example/u']", false }, { "'content':'none'", false },
		{ "'attributedTo':7", false }, { "'attributedTo':[],'actor':'https://b.example/u'", false },
		{ "'id':'https://c.example/n','attributedTo':'https://b.example/u'", false },
	};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		AUTO(arena) struct arena *arena = arena_new(VOCAB_ARENA_BYTES);
		struct vocab_object object;
		char text[512];
		(void)snprintf(text, sizeof(text), "{'type':'Note',%s%s}", strstr(cases[i].rest, "'id':'https://c") ? "" : "'id':'https://b.example/n',", cases[i].rest);
		json_t *document = parse(text);
		assert_int_equal(vocab_read_object(arena, document, &rules, &object), ERROR_NONE);
		json_decref(document);
		if (vocab_object_is_by(&object, STR_LITERAL("https://b.example/u")) != cases[i].is_by)
			fail_msg("%s", cases[i].rest);
	}
}

static void pages_lie_on_the_ids_host(void **state)
{
	(void)state;
	static const struct reading readings[] = {
		{ "{" NOTE ",'url':'https://b.example/@u/1'}", "url=https://b.example/@u/1" },
		{ "{" NOTE ",'url':'https://bank.example/login'}", "url=https://b.example/n/1" },
		{ "{" NOTE ",'url':'javascript:alert(1)'}", "url=https://b.example/n/1" },
		{ "{" NOTE "}", "url=https://b.example/n/1" },
		{ "{" NOTE ",'url':[{'type':'Link','mediaType':'video/mp4','href':'https://b.example/v'},'https://b.example/p']}", "url=https://b.example/p" },
		{ "{" NOTE ",'url':['https://b.example/p',{'type':'Link','mediaType':'text/html','href':'https://b.example/h'}]}", "url=https://b.example/h" },
		{ "{" ACTOR ",'url':{'type':'Link','href':'https://b.example/@u'}}", "url=https://b.example/@u" },
	};
	check_readings(readings, LENGTH(readings));
}

static void dates_cannot_pin_a_post_at_the_top(void **state)
{
	(void)state;
#define PUBLISHED(date) "{" NOTE ",'published':'" date "'}"
	static const char *const unbelievable[] = {
		PUBLISHED("2036-01-01T00:00:00Z"), PUBLISHED("9999-12-31T23:59:59Z"), PUBLISHED("10000-01-01T00:00:00Z"),
		PUBLISHED("0000-01-01T00:00:00Z"), PUBLISHED("-001-01-01T00:00:00Z"), PUBLISHED("2024-02-30T00:00:00Z"),
		PUBLISHED("2024-01-01T24:00:00Z"), PUBLISHED("2024-01-01T00:00:00+99:99"), PUBLISHED("1969-12-31T00:00:00Z"),
		PUBLISHED("yesterday"), PUBLISHED(""), "{" NOTE "}",
	};
	for (size_t i = 0; i < LENGTH(unbelievable); i++) {
		if (!reads(unbelievable[i], "published=2026-11-22T12:00:00.000Z") || reads(unbelievable[i], "has_published"))
			fail_msg("%s", unbelievable[i]);
	}
	static const struct reading readings[] = {
		{ PUBLISHED("2016-12-31T23:59:60Z"), "published=2016-12-31T23:59:59.000Z" },
		{ PUBLISHED("2026-11-22T13:30:00+02:00"), "published=2026-11-22T11:30:00.000Z" },
		{ PUBLISHED("2026-01-01T00:00:00.123456Z"), "has_published=1" },
		{ "{" NOTE ",'published':'2026-01-01T00:00:00Z','updated':'2036-01-01T00:00:00Z'}", "updated=2026-11-22T12:00:00.000Z" },
		{ "{" NOTE ",'published':'2026-01-01T00:00:00Z','updated':'2020-01-01T00:00:00Z'}", "updated=2026-01-01T00:00:00.000Z" },
	};
	check_readings(readings, LENGTH(readings));
}

/* "{" before, count times middle with commas between, after "}". */
static char *repeat(const char *before, const char *middle, size_t count, const char *after)
{
	struct buf buf = { 0 };
	size_t len;
	buf_add_c_string(&buf, before);
	for (size_t i = 0; i < count; i++) {
		buf_add_c_string(&buf, i > 0 ? "," : "");
		buf_add_c_string(&buf, middle);
	}
	buf_add_c_string(&buf, after);
	buf_add_char(&buf, '\0');
	return buf_take(&buf, &len);
}

static size_t count_lines(const char *text, const char *part)
{
	AUTO(buf) struct buf out = { 0 };
	size_t count = 0;
	dump_text(&out, text);
	struct str rest = buf_str(&out);
	for (size_t at = str_index_of_str(rest, str_from(part)); at < rest.len; at = str_index_of_str(rest, str_from(part))) {
		count++;
		rest = str_slice(rest, at + 1, rest.len);
	}
	return count;
}

static void lists_end_at_their_limits(void **state)
{
	(void)state;
	static const struct {
		const char *before, *middle, *after, *counted;
		size_t sent, kept;
	} cases[] = {
		{ "{" NOTE ",'to':[", "'https://b.example/x'", "]}", "\nto[", 10000, VOCAB_RECIPIENTS_MAX },
		{ "{" NOTE ",'cc':[", "'https://b.example/x'", "]}", "\ncc[", 10000, VOCAB_RECIPIENTS_MAX },
		{ "{" NOTE ",'tag':[", "{'type':'Mention','href':'https://b.example/x'}", "]}", "].kind=mention", 1000, VOCAB_TAGS_MAX },
		{ "{" NOTE ",'attachment':[", "{'type':'Image','url':'https://b.example/x'}", "]}", "].kind=image", 100, VOCAB_ATTACHMENTS_MAX },
		{ "{" NOTE ",'oneOf':[", "{'name':'x'}", "]}", "option[", 10000, VOCAB_OPTIONS_MAX },
		{ "{" ACTOR ",'attachment':[", "{'type':'PropertyValue','name':'n','value':'v'}", "]}", "field[", 1000, VOCAB_FIELDS_MAX },
		{ "{" ACTOR ",'alsoKnownAs':[", "'https://c.example/u'", "]}", "also_known_as[", 10000, VOCAB_ALIASES_MAX },
		{ "{" ACTOR ",'publicKey':[", "{'id':'https://b.example/u#k','publicKeyPem':'-----BEGIN PUBLIC KEY-----'}", "]}", "].kind=pem", 100, VOCAB_KEYS_MAX },
		{ "{'type':'Flag','id':'https://b.example/l','actor':'https://b.example/u','object':[", "'https://c.example/n'", "]}", "].kind=id", 1000, VOCAB_OBJECTS_MAX },
		{ "{'type':'Collection','id':'https://b.example/c','items':[", "'https://b.example/x'", "]}", "].kind=id", 20000, VOCAB_ITEMS_MAX },
		{ "{'type':'Collection','id':'https://b.example/c','items':[", "{'type':'Note'}", "]}", "].kind=object", 1000, VOCAB_EMBEDDED_MAX },
	};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *text = repeat(cases[i].before, cases[i].middle, cases[i].sent, cases[i].after);
		size_t kept = count_lines(text, cases[i].counted);
		memory_free(text);
		if (kept != cases[i].kept)
			fail_msg("%s: %zu kept, not %zu", cases[i].middle, kept, cases[i].kept);
	}
	/* Public counts wherever it stands. */
	char *text = repeat("{" NOTE ",'to':[", "'https://b.example/x'", 1000, ",'as:Public']}");
	assert_true(reads(text, "public_in_to=1"));
	memory_free(text);
}

static void texts_end_at_their_limits_between_characters(void **state)
{
	(void)state;
	static const struct {
		const char *before;
		const char *after;
		const char *line;
		size_t max_bytes;
	} cases[] = {
		{ "{" NOTE ",'content':'x", "'}", "content=", VOCAB_CONTENT_MAX_BYTES },
		{ "{" NOTE ",'summary':'x", "'}", "summary=", VOCAB_SUMMARY_MAX_BYTES },
		{ "{" NOTE ",'name':'x", "'}", "name=", VOCAB_TITLE_MAX_BYTES },
		{ "{" NOTE ",'attachment':{'type':'Image','url':'https://b.example/i','name':'x", "'}}", "attachment[0].name=", VOCAB_ALT_MAX_BYTES },
		{ "{" ACTOR ",'name':'x", "'}", "name=", VOCAB_ACTOR_NAME_MAX_BYTES },
		{ "{" LIKE ",'actor':'https://b.example/u','content':'x", "'}", "content=", VOCAB_ACTIVITY_CONTENT_MAX_BYTES },
	};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		AUTO(buf) struct buf text = { 0 };
		AUTO(buf) struct buf out = { 0 };
		buf_add_c_string(&text, cases[i].before);
		for (size_t j = 0; j < cases[i].max_bytes / 2 + 8; j++)
			buf_add_c_string(&text, "\xC3\xA9");
		buf_add_c_string(&text, cases[i].after);
		buf_add_char(&text, '\0');
		dump_text(&out, text.data);
		AUTO(buf) struct buf wanted = { 0 };
		buf_add_char(&wanted, '\n');
		buf_add_c_string(&wanted, cases[i].line);
		size_t at = str_index_of_str(buf_str(&out), buf_str(&wanted)) + wanted.len;
		struct str kept = str_slice(buf_str(&out), at, str_index_of(buf_str(&out), '\n', at));
		assert_true(str_is_utf8(kept));
		if (kept.len > cases[i].max_bytes || kept.len + 1 < cases[i].max_bytes)
			fail_msg("%s has %zu bytes, not %zu", cases[i].line, kept.len, cases[i].max_bytes);
	}
	assert_true(reads("{" NOTE ",'content':'a\\u0007\\u0085b\\u200bc'}", "content=ab\xE2\x80\x8B" "c\n"));
}

static void a_username_too_long_is_no_actor(void **state)
{
	(void)state;
	for (size_t len = VOCAB_USERNAME_MAX_BYTES; len <= VOCAB_USERNAME_MAX_BYTES + 1; len++) {
		AUTO(buf) struct buf text = { 0 };
		buf_add_c_string(&text, "{'type':'Person','id':'https://b.example/u','preferredUsername':'");
		for (size_t i = 0; i < len; i++)
			buf_add_char(&text, 'u');
		buf_add_c_string(&text, "'}");
		buf_add_char(&text, '\0');
		assert_int_equal(reads(text.data, "error=unprocessable"), len > VOCAB_USERNAME_MAX_BYTES);
	}
}

static void fields_end_at_their_sum(void **state)
{
	(void)state;
	AUTO(buf) struct buf field = { 0 };
	buf_add_c_string(&field, "{'type':'PropertyValue','name':'n','value':'");
	for (size_t i = 0; i < VOCAB_FIELD_MAX_BYTES - 1; i++)
		buf_add_char(&field, 'v');
	buf_add_c_string(&field, "'}");
	buf_add_char(&field, '\0');
	char *text = repeat("{" ACTOR ",'attachment':[", field.data, VOCAB_FIELDS_MAX, "]}");
	assert_int_equal(count_lines(text, "field["), VOCAB_FIELDS_MAX_BYTES / VOCAB_FIELD_MAX_BYTES);
	memory_free(text);
}

static void numbers_are_clamped(void **state)
{
	(void)state;
	static const struct reading readings[] = {
		{ "{" NOTE ",'oneOf':[{'name':'a','replies':{'totalItems':-3}}]}", "option[0]=a:0" },
		{ "{" NOTE ",'oneOf':[{'name':'a','replies':{'totalItems':9223372036854775807}}]}", "option[0]=a:1000000000" },
		{ "{" NOTE ",'oneOf':[{'name':'a'}],'votersCount':99999999999}", "voters=1000000000" },
		{ "{" NOTE ",'likes':{'totalItems':-1}}", "likes.total=0" },
		{ "{" NOTE ",'attachment':{'type':'Image','url':'https://b.example/i','focalPoint':[-9,1e300]}}", "attachment[0].focus=-1.00,1.00" },
	};
	check_readings(readings, LENGTH(readings));
	assert_false(reads("{" NOTE ",'attachment':{'type':'Image','url':'https://b.example/i','width':2000000,'height':3}}", "attachment[0].width"));
}

static void the_depth_of_activities_ends_with_an_id(void **state)
{
	(void)state;
	const char *text = "{'type':'Announce','id':'https://b.example/1','actor':'https://b.example/u','object':"
			   "{'type':'Undo','id':'https://b.example/2','actor':'https://b.example/u','object':"
			   "{'type':'Undo','id':'https://b.example/3','actor':'https://b.example/u','object':"
			   "{'type':'Undo','id':'https://b.example/4','actor':'https://b.example/u','object':"
			   "{'type':'Undo','id':'https://b.example/5','actor':'https://b.example/u','object':{" NOTE "}}}}}}";
	assert_true(reads(text, "object[0].object[0].object[0].type=Undo"));
	assert_true(reads(text, "object[0].object[0].object[0].object[0].kind=id"));
	assert_true(reads(text, "object[0].object[0].object[0].object[0].item_id=https://b.example/5"));
}

static void visibility_follows_to_and_cc(void **state)
{
	(void)state;
	static const struct {
		const char *rest;
		enum post_visibility visibility;
	} cases[] = {
		{ "'to':'https://www.w3.org/ns/activitystreams#Public'", POST_PUBLIC }, { "'to':['as:Public']", POST_PUBLIC },
		{ "'to':['https://b.example/f'],'cc':['Public']", POST_UNLISTED }, { "'to':{'id':'as:Public'}", POST_PUBLIC },
		{ "'to':['https://b.example/f']", POST_FOLLOWERS }, { "'to':['https://b.example/x'],'cc':'https://b.example/f'", POST_FOLLOWERS },
		{ "'to':['https://b.example/x']", POST_DIRECT }, { "'to':[]", POST_DIRECT }, { "'audience':'as:Public'", POST_DIRECT },
		{ "'bto':'as:Public','bcc':'as:Public'", POST_DIRECT }, { "'to':'as:public'", POST_DIRECT },
		{ "'to':'as:Public','directMessage':true", POST_DIRECT },
	};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		AUTO(arena) struct arena *arena = arena_new(VOCAB_ARENA_BYTES);
		struct vocab_object object;
		char text[512];
		(void)snprintf(text, sizeof(text), "{" NOTE ",%s}", cases[i].rest);
		json_t *document = parse(text);
		assert_int_equal(vocab_read_object(arena, document, &rules, &object), ERROR_NONE);
		json_decref(document);
		if (vocab_visibility(&object.audience, STR_LITERAL("https://b.example/f")) != cases[i].visibility)
			fail_msg("%s", cases[i].rest);
		assert_true(vocab_visibility(&object.audience, (struct str){ 0 }) != POST_FOLLOWERS);
	}
}

static void an_object_without_audience_has_that_of_its_create(void **state)
{
	(void)state;
#define CREATE(type, rest) "{'type':'" type "','id':'https://b.example/c','actor':'https://b.example/u','to':'as:Public','object':{" NOTE rest "}}"
	assert_true(reads(CREATE("Create", ""), "object[0].public_in_to=1"));
	assert_true(reads(CREATE("Update", ""), "object[0].public_in_to=1"));
	assert_false(reads(CREATE("Announce", ""), "object[0].public_in_to=1"));
	assert_false(reads(CREATE("Create", ",'to':'https://b.example/x'"), "object[0].public_in_to=1"));
	assert_false(reads(CREATE("Create", ",'cc':'https://b.example/x'"), "object[0].public_in_to=1"));
}

static void every_form_of_quote_is_read(void **state)
{
	(void)state;
	static const struct reading readings[] = {
		{ "{" NOTE ",'quote':'https://c.example/1','quoteUri':'https://c.example/2'}", "quote=https://c.example/1" },
		{ "{" NOTE ",'quote':{'type':'Note','id':'https://c.example/1'}}", "quote=https://c.example/1" },
		{ "{" NOTE ",'quoteUri':'https://c.example/2'}", "quote=https://c.example/2" },
		{ "{" NOTE ",'quoteUrl':'https://c.example/3'}", "quote=https://c.example/3" },
		{ "{" NOTE ",'_misskey_quote':'https://c.example/4'}", "quote=https://c.example/4" },
		{ "{" NOTE ",'tag':{'type':'Link','mediaType':'application/ld+json; profile=\\u0022https://www.w3.org/ns/activitystreams\\u0022',"
		  "'href':'https://c.example/5','rel':['https://misskey-hub.net/ns#_misskey_quote']}}", "quote=https://c.example/5" },
		{ "{" NOTE ",'quote':{'type':'Tombstone'}}", "quote_removed=1" },
		{ "{" NOTE ",'quote':'https://c.example/1','quoteAuthorization':'https://c.example/a'}", "quote_authorization=https://c.example/a" },
	};
	check_readings(readings, LENGTH(readings));
	assert_false(reads("{" NOTE ",'tag':{'type':'Link','mediaType':'application/activity+json','href':'https://c.example/5'}}", "quote="));
	assert_false(reads("{" NOTE ",'tag':{'type':'Link','mediaType':'text/html','href':'https://c.example/5'}}", "tag[0]"));
	assert_false(reads("{" NOTE ",'quote':'<p>from a book</p>'}", "quote="));
}

static void languages_are_told_by_the_map(void **state)
{
	(void)state;
	static const struct reading readings[] = {
		{ "{" NOTE ",'content':'salut','contentMap':{'en':'hello','fr-CA':'salut'}}", "language=fr-CA" },
		{ "{" NOTE ",'contentMap':{'de':'hallo'}}", "content=hallo" }, { "{" NOTE ",'contentMap':{'de':'hallo'}}", "language=de" },
		{ "{" NOTE ",'content':'x','language':{'identifier':'nl'}}", "language=nl" }, { "{" NOTE ",'content':'x','inLanguage':'it'}", "language=it" },
		{ "{" NOTE ",'summaryMap':{'en':'s'},'nameMap':{'en':'n'}}", "summary=s" }, { "{" NOTE ",'content':{'@value':'v','@language':'en'}}", "content=v" },
	};
	check_readings(readings, LENGTH(readings));
	assert_false(reads("{" NOTE ",'content':'x','contentMap':{'en':'y'}}", "language="));
	assert_false(reads("{" NOTE ",'content':'x','contentMap':{'und':'x'}}", "language="));
	assert_false(reads("{" NOTE ",'content':'x','contentMap':{'<b>':'x'}}", "language="));
}

/* The densest documents that the JSON limits let through. */
static void the_largest_documents_fit_into_the_arena(void **state)
{
	(void)state;
	static const struct {
		const char *before, *middle, *after;
		size_t count;
	} cases[] = {
		{ "{" NOTE ",'to':[", "'https://b.example/12345678'", "]}", 30000 },
		{ "{'type':'Collection','id':'https://b.example/c','items':[", "{'type':'Note'}", "]}", 24000 },
		{ "{'type':'Collection','id':'https://b.example/c','items':[", "{'type':'Note','oneOf':[{'name':'a'},{'name':'b'}],'tag':[{'type':'Hashtag','name':'c'}]}", "]}", 4000 },
		{ "{'type':'Collection','id':'https://b.example/c','items':[", "{'type':'Person','id':'https://b.example/u','preferredUsername':'u','icon':'https://b.example/i'}", "]}", 9000 },
		{ "{" LIKE ",'actor':'https://b.example/u','tag':[", "{'type':'Hashtag','name':'#'}", "]}", 16000 },
	};
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *text = repeat(cases[i].before, cases[i].middle, cases[i].count, cases[i].after);
		AUTO(buf) struct buf out = { 0 };
		dump_text(&out, text); /* more than VOCAB_ARENA_BYTES would end the process */
		assert_false(str_starts_with(buf_str(&out), STR_LITERAL("error=")));
		memory_free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_json_ld_would_read_otherwise_is_refused),
		cmocka_unit_test(a_document_nested_too_deep_is_refused_without_harm),
		cmocka_unit_test(ids_are_https_urls_without_userinfo_or_fragment),
		cmocka_unit_test(documents_without_the_indispensable_are_refused),
		cmocka_unit_test(origins_are_scheme_host_and_port),
		cmocka_unit_test(addresses_and_keys_on_another_origin_count_as_absent),
		cmocka_unit_test(pages_of_a_collection_stay_on_its_origin),
		cmocka_unit_test(an_object_is_only_its_single_authors_on_the_same_origin),
		cmocka_unit_test(pages_lie_on_the_ids_host),
		cmocka_unit_test(dates_cannot_pin_a_post_at_the_top),
		cmocka_unit_test(lists_end_at_their_limits),
		cmocka_unit_test(texts_end_at_their_limits_between_characters),
		cmocka_unit_test(a_username_too_long_is_no_actor),
		cmocka_unit_test(fields_end_at_their_sum),
		cmocka_unit_test(numbers_are_clamped),
		cmocka_unit_test(the_depth_of_activities_ends_with_an_id),
		cmocka_unit_test(visibility_follows_to_and_cc),
		cmocka_unit_test(an_object_without_audience_has_that_of_its_create),
		cmocka_unit_test(every_form_of_quote_is_read),
		cmocka_unit_test(languages_are_told_by_the_map),
		cmocka_unit_test(the_largest_documents_fit_into_the_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
