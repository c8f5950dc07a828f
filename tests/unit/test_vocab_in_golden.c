/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What each big implementation sends (golden/incoming, sources in golden/README.md) and what is read of it. */
#include "federation/vocab_in.h"

#include "base/json_in.h"
#include "vocab_dump.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RECEIVED_US INT64_C(1795348800000000) /* 2026-11-22T12:00:00Z */
#define FILE_MAX_BYTES 65536

static const struct {
	const char *file;
	const char *lines; /* each has to be there */
} cases[] = {
	{ "akkoma_emoji_react",
		"type=EmojiReact\n"
		"content=🧡\n"
		"public_in_cc=1\n"
		"object[0].kind=id\n" },
	{ "akkoma_person",
		"username=eve\n"
		"summary=hello<br/>there\n"
		"shared_inbox=https://akkoma.example/inbox\n"
		"icon.url=https://akkoma.example/media/eve.png\n" },
	{ "bookwyrm_create_review",
		"object[0].type=Article\n"
		"object[0].name=Review of \"The Mill\" (4 stars): Kind\n"
		"object[0].attachment[0].name=The Mill (Paperback, 2001)\n"
		"object[0].replies.total=0\n" },
	{ "bookwyrm_quotation",
		"type=Note\n"
		"type_name=Quotation\n"
		"content=<p>so true</p>\n"
		"to[0]=https://bookwyrm.example/user/yan/followers\n" },
	{ "fedify_prefixed_note",
		"type=Note\n"
		"id=https://fedify.example/notes/1\n"
		"content=<p>spelled out</p>\n"
		"author=https://fedify.example/users/u\n"
		"public_in_to=1\n"
		"published=2026-11-20T10:00:00.000Z\n"
		"tag[0].href=https://mastodon.example/users/ada\n"
		"quote=https://mastodon.example/users/ada/statuses/115000000000000001\n" },
	{ "ghost_create_article",
		"type=Create\n"
		"object[0].type=Article\n"
		"object[0].public_in_to=1\n"
		"object[0].cc[0]=https://ghost.example/.ghost/activitypub/users/index/followers\n"
		"object[0].image.url=https://ghost.example/content/images/autumn.jpg\n"
		"object[0].preview=A short excerpt\n"
		"object[0].url=https://ghost.example/autumn-letter/\n" },
	{ "gotosocial_accept_follow",
		"type=Accept\n"
		"object[0].type=Follow\n"
		"object[0].id=https://mastodon.example/d0a1\n"
		"object[0].actor=https://mastodon.example/users/ada\n"
		"object[0].object[0].item_id=https://gts.example/users/bea\n" },
	{ "gotosocial_create_note",
		"object[0].attachment[0].url=https://gts.example/fileserver/1.webp\n"
		"object[0].tag[0].kind=mention\n"
		"object[0].public_in_to=1\n"
		"object[0].published=2026-11-20T11:00:00.000Z\n"
		"object[0].can_reply.automatic[1]=https://gts.example/users/bea/followers\n"
		"object[0].can_reply.public_manual=1\n"
		"object[0].can_like.public_automatic=1\n"
		"object[0].in_reply_to=https://mastodon.example/users/ada/statuses/115000000000000001\n" },
	{ "gotosocial_create_votes",
		"object[0].name=Inside\n"
		"object[1].name=Outside\n"
		"object[1].in_reply_to=https://mastodon.example/users/ada/statuses/115000000000000003\n" },
	{ "gotosocial_followers_hidden",
		"ordered=1\n"
		"total=31\n" },
	{ "gotosocial_key_stub",
		"username=bea\n"
		"key[0].id=https://gts.example/users/bea/main-key\n"
		"key[0].owner=https://gts.example/users/bea\n" },
	{ "lemmy_announce_create_page",
		"type=Announce\n"
		"object[0].type=Create\n"
		"object[0].actor=https://lemmy.example/u/lea\n"
		"object[0].object[0].type=Page\n"
		"object[0].object[0].name=Which shears?\n" },
	{ "lemmy_block_user",
		"type=Block\n"
		"end=2027-01-01T00:00:00.000Z\n"
		"target.item_id=https://lemmy.example/c/gardens\n" },
	{ "lemmy_comment",
		"type=Note\n"
		"public_in_to=1\n"
		"cc[1]=https://lemmy.example/u/max\n"
		"published=2021-11-18T13:00:00.292Z\n"
		"in_reply_to=https://lemmy.example/post/55\n" },
	{ "lemmy_group",
		"type=Group\n"
		"attributed_to=https://lemmy.example/c/gardens/moderators\n"
		"featured=https://lemmy.example/c/gardens/featured\n"
		"published=2019-06-02T16:43:50.799Z\n" },
	{ "lemmy_page",
		"type=Page\n"
		"name=Which shears?\n"
		"attachment[0].kind=link\n"
		"attachment[0].url=http://shop.example/shears\n"
		"image.url=https://lemmy.example/pictrs/image/shears.webp\n"
		"audience[0]=https://lemmy.example/c/gardens\n"
		"source_type=text/markdown\n"
		"language=fr\n" },
	{ "lemmy_undo_dislike",
		"type=Announce\n"
		"object[0].type=Undo\n"
		"object[0].object[0].type=Dislike\n"
		"object[0].object[0].object[0].item_id=https://lemmy.example/post/55\n" },
	{ "mastodon_accept_quote_request",
		"type=Accept\n"
		"object[0].type=QuoteRequest\n"
		"object[0].instrument.item_id=https://other.example/users/bob/statuses/8\n"
		"result=https://mastodon.example/users/ada/quote_authorizations/4\n" },
	{ "mastodon_create_note",
		"type=Create\n"
		"actor=https://mastodon.example/users/ada\n"
		"object[0].type=Note\n"
		"object[0].language=en\n"
		"object[0].public_in_to=1\n"
		"object[0].cc[1]=https://other.example/users/bob\n"
		"object[0].url=https://mastodon.example/@ada/115000000000000001\n"
		"object[0].published=2026-11-20T08:15:00.000Z\n"
		"object[0].attachment[0].focus=-0.42,0.30\n"
		"object[0].attachment[0].width=1200\n"
		"object[0].attachment[0].name=A cup on a desk\n"
		"object[0].tag[0].href=https://other.example/users/bob\n"
		"object[0].tag[1].name=#coffee\n"
		"object[0].tag[2].icon_url=https://mastodon.example/system/emoji/7.png\n"
		"object[0].can_quote.public_automatic=1\n"
		"object[0].conversation=tag:mastodon.example,2026-11-20:objectId=1:objectType=Conversation\n"
		"object[0].context=https://mastodon.example/contexts/1-115000000000000001\n"
		"object[0].replies.first=https://mastodon.example/users/ada/statuses/115000000000000001/replies?only_other_accounts=true&page=true\n"
		"object[0].replies.items[0]=https://mastodon.example/users/ada/statuses/115000000000000002\n"
		"object[0].likes.total=4\n"
		"object[0].shares.total=2\n" },
	{ "mastodon_create_vote",
		"id=https://mastodon.example/users/ada#votes/9/activity\n"
		"object[0].id=https://mastodon.example/users/ada#votes/9\n"
		"object[0].name=Tea\n"
		"object[0].in_reply_to=https://other.example/users/bob/statuses/5\n"
		"object[0].to[0]=https://other.example/users/bob\n" },
	{ "mastodon_delete",
		"type=Delete\n"
		"object[0].type=Tombstone\n"
		"object[0].item_id=https://mastodon.example/users/ada/statuses/115000000000000001\n" },
	{ "mastodon_featured",
		"ordered=1\n"
		"total=2\n"
		"item[0].kind=object\n"
		"item[0].content=<p>Pinned</p>\n"
		"item[1].kind=id\n" },
	{ "mastodon_flag",
		"type=Flag\n"
		"content=Sells fake watches\n"
		"object[0].item_id=https://other.example/users/spam\n"
		"object[1].item_id=https://other.example/users/spam/statuses/1\n" },
	{ "mastodon_move",
		"type=Move\n"
		"object[0].item_id=https://mastodon.example/users/ada\n"
		"target.item_id=https://other.example/users/ada\n" },
	{ "mastodon_person",
		"type=Person\n"
		"username=ada\n"
		"name=Ada :wave:\n"
		"locked=1\n"
		"discoverable=1\n"
		"published=2020-03-04T00:00:00.000Z\n"
		"also_known_as[0]=https://old.example/users/ada\n"
		"attribution_domains[1]=ada.example\n"
		"field[0]=Site:<a href=\"https://ada.example\" rel=\"me\">ada.example</a>\n"
		"shared_inbox=https://mastodon.example/inbox\n"
		"icon.url=https://mastodon.example/system/avatar.png\n"
		"image.url=https://mastodon.example/system/header.png\n"
		"implements[0]=https://datatracker.ietf.org/doc/html/rfc9421\n"
		"key[0].kind=pem\n"
		"featured=https://mastodon.example/users/ada/collections/featured\n"
		"featured_tags=https://mastodon.example/users/ada/collections/tags\n"
		"webfinger=ada@mastodon.example\n" },
	{ "mastodon_quote_authorization",
		"type=QuoteAuthorization\n"
		"author=https://mastodon.example/users/ada\n"
		"interacting_object=https://other.example/users/bob/statuses/8\n"
		"interaction_target=https://mastodon.example/users/ada/statuses/115000000000000001\n" },
	{ "mastodon_quote_request",
		"type=QuoteRequest\n"
		"object[0].item_id=https://other.example/users/bob/statuses/5\n"
		"instrument.kind=object\n"
		"instrument.type=Note\n"
		"instrument.quote=https://other.example/users/bob/statuses/5\n" },
	{ "mastodon_undo_announce",
		"type=Undo\n"
		"object[0].type=Announce\n"
		"object[0].object[0].item_id=https://other.example/users/bob/statuses/5\n" },
	{ "mastodon_update_question",
		"type=Update\n"
		"object[0].type=Question\n"
		"object[0].summary=Lunch\n"
		"object[0].sensitive=1\n"
		"object[0].option[0]=Inside:2\n"
		"object[0].option[1]=Outside:3\n"
		"object[0].ends=2026-11-23T09:00:00.000Z\n"
		"object[0].voters=5\n"
		"object[0].updated=2026-11-21T09:00:00.000Z\n" },
	{ "misskey_create_quote",
		"object[0].quote=https://mastodon.example/users/ada/statuses/115000000000000001\n"
		"object[0].public_in_cc=1\n"
		"object[0].source=$[jelly look]\n"
		"object[0].source_type=text/x.misskeymarkdown\n"
		"object[0].summary=cw\n"
		"object[0].attachment[0].sensitive=1\n"
		"object[0].tag[0].quote=1\n" },
	{ "misskey_follow",
		"type=Follow\n"
		"id=https://misskey.example/follows/9abcdefghi/ada\n"
		"object[0].item_id=https://mastodon.example/users/ada\n" },
	{ "misskey_like_reaction",
		"type=Like\n"
		"content=:blobcat:\n"
		"tag[0].icon_url=https://misskey.example/files/blobcat.png\n" },
	{ "misskey_person",
		"username=mia\n"
		"shared_inbox=https://misskey.example/inbox\n"
		"key[0].id=https://misskey.example/users/9abcdefghi#main-key\n"
		"discoverable=1\n" },
	{ "misskey_question",
		"type=Question\n"
		"multiple=1\n"
		"closed=1\n"
		"option[0]=a:3\n"
		"option[1]=b:1\n"
		"ends=2026-11-20T08:00:00.000Z\n"
		"voters=-1\n" },
	{ "mobilizon_create_event",
		"object[0].type=Event\n"
		"object[0].author=https://mobilizon.example/@dancers\n"
		"object[0].start=2026-12-11T19:00:00.000Z\n"
		"object[0].end=2026-12-11T21:00:00.000Z\n"
		"object[0].location=The old mill\n"
		"object[0].language=en\n"
		"object[0].attachment[0].media_type=image/jpeg\n" },
	{ "mobilizon_join",
		"type=Join\n"
		"object[0].item_id=https://mobilizon.example/events/b81c\n" },
	{ "peertube_announce_video",
		"type=Announce\n"
		"object[0].item_id=https://peertube.example/videos/watch/0f0e0d0c\n" },
	{ "peertube_group",
		"type=Group\n"
		"icon.width=120\n"
		"image.width=1920\n"
		"attributed_to=https://peertube.example/accounts/tom\n" },
	{ "peertube_video",
		"type=Video\n"
		"content_type=text/markdown\n"
		"language=en\n"
		"author=https://peertube.example/accounts/tom\n"
		"attributed_to[1].type=Group\n"
		"media.url=https://peertube.example/static/1-1080-fragmented.mp4\n"
		"media.height=1080\n"
		"image.width=850\n"
		"url=https://peertube.example/videos/watch/0f0e0d0c\n"
		"likes.id=https://peertube.example/videos/watch/0f0e0d0c/likes\n" },
	{ "pixelfed_create_note",
		"object[0].attachment[0].kind=image\n"
		"object[0].attachment[1].name=Bridge in the fog\n"
		"object[0].tag[0].name=#fog\n"
		"object[0].location=Lyon\n"
		"object[0].url=https://pixelfed.example/p/pia/700\n" },
	{ "pleroma_create_note",
		"object[0].attachment[0].url=https://akkoma.example/media/chart.png\n"
		"object[0].attachment[0].width=640\n"
		"object[0].attachment[0].kind=image\n"
		"object[0].source=@ada yes\n"
		"object[0].public_in_cc=1\n"
		"object[0].published=2026-11-20T09:00:00.555Z\n"
		"object[0].context=https://akkoma.example/contexts/11\n" },
	{ "pleroma_direct_note",
		"direct_message=1\n"
		"source=psst\n"
		"source_type=text/plain\n"
		"to[0]=https://mastodon.example/users/ada\n" },
	{ "wordpress_article",
		"type=Article\n"
		"name=News from the office\n"
		"summary=We moved […]\n"
		"language=fr\n"
		"preview=<p>We moved […]</p>\n"
		"url=https://blog.example/2026/10/moved/\n"
		"can_quote.public_automatic=1\n"
		"likes.total=3\n"
		"updated=2026-10-31T15:16:41.000Z\n" },
	{ "wordpress_group",
		"type=Group\n"
		"username=blog.example\n"
		"field[0]=Blog:<a href=\"https://blog.example/\">blog.example</a>\n"
		"implements[0]=https://datatracker.ietf.org/doc/html/rfc9421\n"
		"indexable=1\n" },
};

/* Beside this file, wherever the test is started. */
static void golden_path(char *path, size_t size_bytes, const char *name)
{
	struct str here = str_from(__FILE__);
	size_t end = here.len;
	for (int up = 0; up < 2 && end > 0; end--) {
		if (here.data[end - 1] == '/')
			up++;
	}
	(void)snprintf(path, size_bytes, "%.*s/golden/incoming%s%s", (int)end, here.data, *name ? "/" : "", name);
}

static json_t *load(const char *name)
{
	char path[1024];
	char bytes[FILE_MAX_BYTES];
	char file_name[256];
	json_t *document = NULL;

	(void)snprintf(file_name, sizeof(file_name), "%s.json", name);
	golden_path(path, sizeof(path), file_name);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t len = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	assert_int_equal(json_in_parse((struct str){ bytes, len }, NULL, &document), ERROR_NONE);
	return document;
}

/* Whether text begins a line of dumped, or is there after a newline. */
static bool has_line(struct str dumped, struct str line)
{
	for (size_t at = 0; at < dumped.len;) {
		size_t end = str_index_of(dumped, '\n', at);
		if (str_eq(str_slice(dumped, at, end), line))
			return true;
		at = end + 1;
	}
	return false;
}

static void documents_of_every_peer_are_read(void **state)
{
	(void)state;
	struct vocab_rules rules = { .received_us = RECEIVED_US };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *document = load(cases[i].file);
		AUTO(buf) struct buf out = { 0 };
		dump_document(&out, document, &rules);
		struct str rest = str_from(cases[i].lines);
		struct str line;
		while (str_split_next(&rest, '\n', &line)) {
			if (line.len > 0 && !has_line(buf_str(&out), line))
				fail_msg("%s lacks the line %.*s in\n%.*s", cases[i].file, STR_ARG(line), STR_ARG(buf_str(&out)));
		}
		json_decref(document);
	}
}

static void every_document_has_an_expectation(void **state)
{
	(void)state;
	char path[1024];
	size_t found = 0;
	golden_path(path, sizeof(path), "");
	DIR *directory = opendir(path);
	assert_non_null(directory);
	for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
		if (!str_ends_with(str_from(entry->d_name), STR_LITERAL(".json")))
			continue;
		bool is_known = false;
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
			is_known = is_known || strncmp(entry->d_name, cases[i].file, strlen(cases[i].file)) == 0;
		if (!is_known)
			fail_msg("%s has no expectation", entry->d_name);
		found++;
	}
	(void)closedir(directory);
	assert_int_equal(found, sizeof(cases) / sizeof(cases[0]));
}

static void public_peers_may_be_believed_about_their_own_objects(void **state)
{
	(void)state;
	AUTO(arena) struct arena *arena = arena_new(VOCAB_ARENA_BYTES);
	struct vocab_rules rules = { .received_us = RECEIVED_US };
	struct vocab_activity activity;
	json_t *document = load("mastodon_create_note");
	assert_int_equal(vocab_read_activity(arena, document, &rules, &activity), ERROR_NONE);
	json_decref(document);
	assert_true(vocab_object_is_by(activity.objects[0].object, activity.actor_id));
	assert_false(vocab_object_is_by(activity.objects[0].object, STR_LITERAL("https://mastodon.example/users/other")));

	document = load("gotosocial_create_votes");
	assert_int_equal(vocab_read_activity(arena, document, &rules, &activity), ERROR_NONE);
	json_decref(document);
	assert_true(vocab_object_is_vote(activity.objects[0].object));
	assert_true(vocab_object_is_vote(activity.objects[1].object));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_of_every_peer_are_read),
		cmocka_unit_test(every_document_has_an_expectation),
		cmocka_unit_test(public_peers_may_be_believed_about_their_own_objects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
