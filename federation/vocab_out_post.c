/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Writes posts: Note and Question with what hangs at them. The names of properties are those that Mastodon reads;
 * where peers disagree (quotes) each gets its own. */
#include "federation/vocab_out_parts.h"

#include "base/html.h"
#include "base/url.h"

static void put_mention(struct json_out *json, struct arena *arena, const struct post_mention *mention)
{
	json_out_object_begin(json);
	json_out_key_c_string(json, "type", "Mention");
	json_out_key_str(json, "href", mention->uri);
	json_out_key_str(json, "name",
		arena_printf(arena, "@%.*s@%.*s", STR_ARG(mention->username), STR_ARG(mention->domain)));
	json_out_object_end(json);
}

void vocab_put_hashtag(struct json_out *json, struct arena *arena, const struct vocab_hashtag *hashtag)
{
	struct str name = url_encode(arena, hashtag->name);

	json_out_object_begin(json);
	json_out_key_c_string(json, "type", "Hashtag");
	json_out_key_str(json, "href", arena_printf(arena, "%.*s/tags/%.*s", STR_ARG(hashtag->base_url), STR_ARG(name)));
	json_out_key_str(json, "name", arena_printf(arena, "#%.*s", STR_ARG(hashtag->name)));
	json_out_object_end(json);
}

static void put_emoji(struct json_out *json, struct arena *arena, const struct emoji *emoji)
{
	json_out_object_begin(json);
	vocab_put_given(json, "id", emoji->uri);
	json_out_key_c_string(json, "type", "Emoji");
	json_out_key_str(json, "name", arena_printf(arena, ":%.*s:", STR_ARG(emoji->shortcode)));
	json_out_key_time_ms(json, "updated", emoji->updated_us);
	json_out_key_object_begin(json, "icon");
	json_out_key_c_string(json, "type", "Image");
	json_out_key_str(json, "url", emoji->image_url);
	json_out_object_end(json);
	json_out_object_end(json);
}

static void put_tags(struct json_out *json, struct arena *arena, const struct vocab_post *post)
{
	const struct post_details *details = &post->details;

	json_out_key_array_begin(json, "tag");
	for (size_t i = 0; i < details->mention_count; i++)
		put_mention(json, arena, &details->mentions[i]);
	for (size_t i = 0; i < details->tag_count; i++)
		vocab_put_hashtag(json, arena, &(struct vocab_hashtag){ post->base_url, details->tags[i] });
	for (size_t i = 0; i < post->emoji_count; i++)
		put_emoji(json, arena, &post->emojis[i]);
	json_out_array_end(json);
}

static void put_medium(struct json_out *json, const struct post_medium *medium)
{
	json_out_object_begin(json);
	json_out_key_c_string(json, "type", "Document");
	json_out_key_str(json, "mediaType", medium->media_type);
	json_out_key_str(json, "url", medium->url);
	if (medium->alt.len > 0)
		json_out_key_str(json, "name", medium->alt);
	if (medium->width > 0 && medium->height > 0) {
		json_out_key_int(json, "width", medium->width);
		json_out_key_int(json, "height", medium->height);
	}
	vocab_put_given(json, "blurhash", medium->blurhash);
	if (medium->focus_x < 0 || medium->focus_x > 0 || medium->focus_y < 0 || medium->focus_y > 0) {
		json_out_key_array_begin(json, "focalPoint");
		json_out_double(json, medium->focus_x);
		json_out_double(json, medium->focus_y);
		json_out_array_end(json);
	}
	json_out_object_end(json);
}

static void put_media(struct json_out *json, const struct post_details *details)
{
	json_out_key_array_begin(json, "attachment");
	for (size_t i = 0; i < details->medium_count; i++)
		put_medium(json, &details->media[i]);
	json_out_array_end(json);
}

static bool is_quote_shown(const struct post *post)
{
	return post->quote_uri.data && (post->quote_state == QUOTE_PENDING || post->quote_state == QUOTE_ACCEPTED);
}

/* Peers that know no quotes see a link; the others take it away by its class, as Mastodon does. */
static struct str html_with_quote(struct arena *arena, const struct vocab_post *post)
{
	AUTO(buf) struct buf html = { 0 };
	struct str link = post->quote_url.data ? post->quote_url : post->post->quote_uri;

	if (!is_quote_shown(post->post))
		return post->post->html;
	buf_add_c_string(&html, "<p class=\"quote-inline\">RE: <a href=\"");
	html_escape(&html, link);
	buf_add_c_string(&html, "\">");
	html_escape(&html, link);
	buf_add_c_string(&html, "</a></p>");
	buf_add_str(&html, post->post->html);
	return arena_str(arena, buf_str(&html));
}

static void put_text(struct json_out *json, struct arena *arena, const struct vocab_post *post, bool is_brief)
{
	struct str html = html_with_quote(arena, post);
	struct str language = post->post->language;

	if (post->post->spoiler_text.len > 0)
		json_out_key_str(json, "summary", post->post->spoiler_text);
	json_out_key_bool(json, "sensitive", post->post->is_sensitive);
	json_out_key_str(json, "content", html);
	if (language.len > 0 && !is_brief) {
		json_out_key_object_begin(json, "contentMap");
		json_out_key_str(json, arena_c_string(arena, language), html);
		json_out_object_end(json);
	}
	if (post->post->text_source.data && !is_brief) {
		json_out_key_object_begin(json, "source");
		json_out_key_str(json, "content", post->post->text_source);
		json_out_key_c_string(json, "mediaType", "text/plain");
		json_out_object_end(json);
	}
}

static void put_quote(struct json_out *json, const struct post *post)
{
	static const char *const names[] = { "quote", "quoteUri", "quoteUrl", "_misskey_quote" };

	if (!is_quote_shown(post))
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_out_key_str(json, names[i], post->quote_uri);
	if (post->quote_state == QUOTE_ACCEPTED)
		vocab_put_given(json, "quoteAuthorization", post->quote_authorization_uri);
}

static struct str quoters(const struct post *post)
{
	bool is_open = post->visibility == POST_PUBLIC || post->visibility == POST_UNLISTED;

	if (is_open && post->quote_policy == QUOTE_BY_ANYONE)
		return STR_LITERAL(VOCAB_PUBLIC);
	if (is_open && post->quote_policy == QUOTE_BY_FOLLOWERS && post->actor_followers_url.data)
		return post->actor_followers_url;
	return post->actor_uri;
}

static void put_policy(struct json_out *json, const struct post *post)
{
	struct str allowed = quoters(post);

	json_out_key_object_begin(json, "interactionPolicy");
	json_out_key_object_begin(json, "canQuote");
	vocab_put_strs(json, "automaticApproval", &allowed, 1);
	json_out_object_end(json);
	json_out_object_end(json);
}

static void put_count(struct json_out *json, struct arena *arena, const char *name, struct str uri, int64_t count)
{
	json_out_key_object_begin(json, name);
	json_out_key_str(json, "id", arena_printf(arena, "%.*s/%s", STR_ARG(uri), name));
	json_out_key_c_string(json, "type", "Collection");
	json_out_key_int(json, "totalItems", count);
	json_out_object_end(json);
}

/* As Mastodon's: the first page holds what the author went on to say; the rest is behind its next. */
static void put_replies(struct json_out *json, struct arena *arena, const struct vocab_post *post)
{
	struct str uri = arena_printf(arena, "%.*s/replies", STR_ARG(post->post->uri));

	json_out_key_object_begin(json, "replies");
	json_out_key_str(json, "id", uri);
	json_out_key_c_string(json, "type", "Collection");
	json_out_key_object_begin(json, "first");
	json_out_key_c_string(json, "type", "CollectionPage");
	json_out_key_str(json, "partOf", uri);
	json_out_key_str(json, "next", arena_printf(arena, "%.*s?page=true", STR_ARG(uri)));
	vocab_put_strs(json, "items", post->own_replies, post->own_reply_count);
	json_out_object_end(json);
	json_out_object_end(json);
}

static void put_poll(struct json_out *json, const struct poll *poll)
{
	json_out_key_array_begin(json, poll->is_multiple ? "anyOf" : "oneOf");
	for (size_t i = 0; i < poll->option_count; i++) {
		json_out_object_begin(json);
		json_out_key_c_string(json, "type", "Note");
		json_out_key_str(json, "name", poll->options[i].title);
		json_out_key_object_begin(json, "replies");
		json_out_key_c_string(json, "type", "Collection");
		json_out_key_int(json, "totalItems", poll->options[i].votes);
		json_out_object_end(json);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_key_int(json, "votersCount", poll->voters);
	if (poll->ends_us)
		json_out_key_time_ms(json, "endTime", poll->ends_us);
	if (poll->closed_us)
		json_out_key_time_ms(json, "closed", poll->closed_us);
}

void vocab_put_post(struct json_out *json, enum vocab_context context, struct arena *arena, const struct vocab_post *post,
	bool is_brief)
{
	const struct post *row = post->post;

	vocab_begin(json, context, row->uri, row->kind == POST_QUESTION ? "Question" : "Note");
	json_out_key_str(json, "attributedTo", row->actor_uri);
	json_out_key_str(json, "url", row->url);
	json_out_key_time_ms(json, "published", row->created_us);
	if (row->edited_us)
		json_out_key_time_ms(json, "updated", row->edited_us);
	vocab_put_addresses(json, &post->addresses);
	vocab_put_given(json, "inReplyTo", post->in_reply_to_uri);
	vocab_put_given(json, "conversation", post->conversation_uri);
	vocab_put_given(json, "context", post->context_uri);
	put_text(json, arena, post, is_brief);
	put_quote(json, row);
	put_policy(json, row);
	put_media(json, &post->details);
	put_tags(json, arena, post);
	if (row->kind == POST_QUESTION)
		put_poll(json, &post->poll);
	put_replies(json, arena, post);
	put_count(json, arena, "likes", row->uri, row->favourites_count);
	put_count(json, arena, "shares", row->uri, row->boosts_count);
	json_out_object_end(json);
}

void vocab_write_post(struct buf *out, struct arena *arena, const struct vocab_post *post)
{
	struct json_out json;

	json_out_init(&json, out);
	vocab_put_post(&json, VOCAB_CONTEXT_POST, arena, post, false);
}

void vocab_put_quote_authorization(struct json_out *json, enum vocab_context context,
	const struct vocab_quote_authorization *authorization)
{
	vocab_begin(json, context, authorization->uri, "QuoteAuthorization");
	json_out_key_str(json, "attributedTo", authorization->actor_uri);
	json_out_key_str(json, "interactingObject", authorization->quote_uri);
	json_out_key_str(json, "interactionTarget", authorization->quoted_uri);
	json_out_object_end(json);
}

void vocab_write_quote_authorization(struct buf *out, const struct vocab_quote_authorization *authorization)
{
	struct json_out json;

	json_out_init(&json, out);
	vocab_put_quote_authorization(&json, VOCAB_CONTEXT_POST, authorization);
}

void vocab_put_vote(struct json_out *json, const struct vocab_vote *vote)
{
	vocab_begin(json, VOCAB_CONTEXT_NONE, vote->uri, "Note");
	json_out_key_str(json, "attributedTo", vote->actor_uri);
	json_out_key_str(json, "name", vote->title);
	json_out_key_str(json, "inReplyTo", vote->question_uri);
	vocab_put_strs(json, "to", &vote->question_actor_uri, 1);
	json_out_object_end(json);
}
