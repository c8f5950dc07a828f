/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rings the apps of whoever was told of something. The key of a push job is the notification; a service that does not take
 * a message leaves one push_retry job behind, whose key is the subscription, so that however much is told meanwhile, the
 * newest alone is sent when it is back. */
#include "server/jobs/job_worker.h"

#include "server/app.h"
#include "server/entity/notification.h"
#include "server/push/push_sender.h"
#include "server/push/vapid.h"
#include "server/push/web_push.h"
#include "server/web/text.h"

#include "base/clock.h"
#include "base/html.h"
#include "base/json_in.h"
#include "base/log.h"
#include "base/mutant.h"
#include "storage/push_subscription.h"
#include "storage/user.h"

#define TTL_S (48LL * 3600)
#define BODY_MAX_CHARACTERS 140
#define TITLE_MAX_CHARACTERS 120

/* NOTIFICATION_SEVERED has none: there is no alert of Mastodon's for it, so that no app is rung. */
static const int told_texts[NOTIFICATION_KIND_COUNT] = {
	[NOTIFICATION_MENTION] = TEXT_TOLD_MENTION,
	[NOTIFICATION_FOLLOW] = TEXT_TOLD_FOLLOW,
	[NOTIFICATION_FOLLOW_REQUEST] = TEXT_TOLD_FOLLOW_REQUEST,
	[NOTIFICATION_FAVOURITE] = TEXT_TOLD_FAVOURITE,
	[NOTIFICATION_REACTION] = TEXT_TOLD_FAVOURITE,
	[NOTIFICATION_BOOST] = TEXT_TOLD_BOOST,
	[NOTIFICATION_POLL] = TEXT_TOLD_POLL,
	[NOTIFICATION_UPDATE] = TEXT_TOLD_UPDATE,
	[NOTIFICATION_QUOTE] = TEXT_TOLD_QUOTE,
	[NOTIFICATION_QUOTED_UPDATE] = TEXT_TOLD_UPDATE,
	[NOTIFICATION_MOVE] = TEXT_TOLD_UPDATE,
	[NOTIFICATION_STATUS] = TEXT_TOLD_STATUS,
	[NOTIFICATION_SIGN_UP] = TEXT_TOLD_SIGN_UP,
	[NOTIFICATION_REPORT] = TEXT_TOLD_REPORT,
};

/* What all apps of one person are told. */
struct ring {
	struct job_run *run;
	struct notification notification;
	enum language language;
	struct str icon, title, body;
};

/* Cut between two characters. */
static struct str cut(struct str text, size_t max_characters)
{
	size_t characters = 0;
	for (size_t i = 0; i < text.len; i++)
		if (((unsigned char)text.data[i] & 0xc0) != 0x80 && ++characters > max_characters)
			return str_slice(text, 0, i);
	return text;
}

static enum error find_body(struct ring *ring, const struct actor *sender)
{
	struct notification_post *posts;
	size_t count;
	struct arena *arena = ring->run->arena;
	if (!ring->notification.post_id) {
		ring->body = cut(html_text(arena, sender->summary_html), BODY_MAX_CHARACTERS);
		return ERROR_NONE;
	}
	enum error error = notification_list_posts(ring->run->db, arena, &ring->notification.post_id, 1, &posts, &count);
	if (!error && count) {
		struct str text = posts[0].spoiler_text.len ? posts[0].spoiler_text : html_text(arena, posts[0].html);
		ring->body = cut(text, BODY_MAX_CHARACTERS);
	}
	return error;
}

/* As the app would be shown it just now: ERROR_GONE when it would not be. */
static enum error prepare(struct job_run *run, int64_t actor_id, int64_t notification_id, struct ring *ret_ring)
{
	struct reader reader = { .app = run->app, .db = run->db, .arena = run->arena, .actor_id = actor_id,
		.filters = FILTER_NOTIFICATIONS };
	struct ring ring = { .run = run };
	struct notification_set set;
	struct user user;
	enum error error = notification_find(run->db, run->arena, actor_id, notification_id, &ring.notification);
	if (!error)
		error = notification_set_load(&reader, &ring.notification, 1, NULL, 0, NULL, &set);
	if (!error && (!notification_set_has(&set, &ring.notification) || ring.notification.is_filtered))
		error = ERROR_NOT_FOUND;
	if (!error && clock_now_us() - ring.notification.created_us > TTL_S * 1000000)
		error = ERROR_NOT_FOUND;
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_GONE : error;
	error = user_find_by_actor(run->db, run->arena, actor_id, &user);
	if (error && error != ERROR_NOT_FOUND)
		return error;
	if (error || !language_from_tag(user.locale, &ring.language))
		ring.language = LANGUAGE_ENGLISH;
	const struct actor *sender = account_set_actor(set.accounts, ring.notification.from_actor_id);
	struct str name = cut(sender->display_name.len ? sender->display_name : sender->username, TITLE_MAX_CHARACTERS);
	struct str told = text_get(ring.language, (enum text)told_texts[ring.notification.kind]);
	ring.title = arena_printf(run->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(told));
	ring.icon = account_avatar_url(&reader, sender);
	error = find_body(&ring, sender);
	if (!error)
		*ret_ring = ring;
	return error;
}

static struct str write_payload(const struct ring *ring, struct str token)
{
	AUTO(buf) struct buf body = { 0 };
	struct json_out json;
	json_out_init(&json, &body);
	json_out_object_begin(&json);
	json_out_key_str(&json, "access_token", token);
	json_out_key_str(&json, "preferred_locale", language_tag(ring->language));
	json_out_key_int(&json, "notification_id", ring->notification.id);
	json_out_key_c_string(&json, "notification_type", notification_type_name(ring->notification.kind));
	json_out_key_str(&json, "icon", ring->icon);
	json_out_key_str(&json, "title", ring->title);
	json_out_key_str(&json, "body", ring->body);
	json_out_object_end(&json);
	return arena_str(ring->run->arena, buf_str(&body));
}

static struct str subject_of(const struct app *app, struct arena *arena)
{
	const char *address = config_text(app->config, "instance.contact_email");
	return address[0] ? arena_printf(arena, "mailto:%s", address) : app->base_url;
}

static void add_header(struct push_sending *sending, struct http_client_header *headers, const char *name, struct str value)
{
	headers[sending->header_count++] = (struct http_client_header){ str_from(name), value };
}

#define HEADERS_MAX 8

static void fill_headers(const struct ring *ring, const struct web_push_message *message, struct str token,
	struct push_sending *sending)
{
	struct arena *arena = ring->run->arena;
	struct str key = vapid_public_key(ring->run->app->vapid);
	struct http_client_header *headers = arena_alloc_array(arena, HEADERS_MAX, sizeof(*headers));
	bool is_urgent = ring->notification.kind == NOTIFICATION_MENTION;
	add_header(sending, headers, "Content-Type", STR_LITERAL("application/octet-stream"));
	add_header(sending, headers, "Content-Encoding", message->content_encoding);
	add_header(sending, headers, "TTL", arena_printf(arena, "%lld", TTL_S));
	add_header(sending, headers, "Urgency", is_urgent ? STR_LITERAL("high") : STR_LITERAL("normal"));
	if (message->crypto_key.data) {
		add_header(sending, headers, "Encryption", message->encryption);
		add_header(sending, headers, "Crypto-Key",
			arena_printf(arena, "%.*s;p256ecdsa=%.*s", STR_ARG(message->crypto_key), STR_ARG(key)));
		add_header(sending, headers, "Authorization", arena_printf(arena, "WebPush %.*s", STR_ARG(token)));
	} else {
		add_header(sending, headers, "Authorization",
			arena_printf(arena, "vapid t=%.*s, k=%.*s", STR_ARG(token), STR_ARG(key)));
	}
	sending->headers = headers;
}

static enum error fill(const struct ring *ring, const struct push_subscription *subscription, struct push_sending *sending)
{
	struct arena *arena = ring->run->arena;
	const struct app *app = ring->run->app;
	struct web_push_recipient recipient = { .public_key = subscription->public_key,
		.auth_secret = subscription->auth_secret, .is_standard = subscription->is_standard };
	struct web_push_message message;
	struct str token, audience;
	struct str context = arena_printf(arena, "push_subscription:%lld", (long long)subscription->token_id);
	enum error error = secret_box_unseal(app->secret_box, arena, context, subscription->token_sealed, &token);
	if (!error)
		error = web_push_encrypt(arena, &recipient, write_payload(ring, token), &message);
	if (error || !vapid_audience(arena, subscription->endpoint, &audience))
		return ERROR_UNPROCESSABLE;
	*sending = (struct push_sending){ .url = subscription->endpoint, .body = message.body };
	fill_headers(ring, &message, vapid_sign(app->vapid, arena, audience, subject_of(app, arena)), sending);
	return ERROR_NONE;
}

static enum error try_later(struct job_run *run, int64_t subscription_id, int64_t notification_id, int64_t due_us)
{
	AUTO(buf) struct buf payload = { 0 };
	struct json_out json;
	json_out_init(&json, &payload);
	json_out_object_begin(&json);
	json_out_key_int(&json, "notification", notification_id);
	json_out_object_end(&json);
	struct str key = arena_printf(run->arena, "%lld", (long long)subscription_id);
	return job_add(run->db, run->arena, STR_LITERAL("push_retry"), key, buf_str(&payload), due_us);
}

static bool passes_with_time(const struct push_sending *sending)
{
	if (sending->error == HTTP_CLIENT_OK)
		return sending->status == 429 || sending->status == 408 || sending->status >= 500;
	return sending->error != HTTP_CLIENT_REFUSED && sending->error != HTTP_CLIENT_BAD_URL &&
		sending->error != HTTP_CLIENT_NOT_SIGNED;
}

/* *ret_due_us: when to try again; 0 when there is no need. */
static enum error settle(struct job_run *run, const struct push_subscription *subscription,
	const struct push_sending *sending, int64_t *ret_due_us)
{
	bool is_taken = sending->error == HTTP_CLIENT_OK && sending->status >= 200 && sending->status < 300;
	bool is_gone = sending->error == HTTP_CLIENT_REFUSED || sending->error == HTTP_CLIENT_BAD_URL ||
		sending->status == 404 || sending->status == 410;
	*ret_due_us = 0;
	if (is_taken)
		return push_subscription_resume(run->db, run->arena, subscription->id);
	log_event(LOG_LEVEL_DEBUG, "push_not_taken", LOG_INT("subscription", subscription->id),
		LOG_TEXT("error", http_client_error_name(sending->error)), LOG_INT("status", sending->status));
	if (is_gone && !MUTANT("push_gone"))
		return push_subscription_delete(run->db, run->arena, subscription->id);
	if (!passes_with_time(sending))
		return ERROR_NONE;
	enum error error = push_subscription_pause(run->db, run->arena, subscription->id,
		sending->retry_after_s > 0 ? sending->retry_after_s : 0, ret_due_us);
	return error == ERROR_GONE ? ERROR_NONE : error;
}

enum error job_push_run(struct job_run *run)
{
	struct push_subscription *subscriptions;
	struct ring ring;
	size_t count, sending_count = 0;
	int64_t id, due_us, now_us = clock_now_us();
	if (!str_to_int64(run->job->key, &id))
		return ERROR_GONE;
	enum error error = push_subscription_list(run->db, run->arena, id, &subscriptions, &count);
	if (!error && !count)
		return ERROR_GONE;
	if (!error)
		error = prepare(run, subscriptions[0].actor_id, id, &ring);
	if (error)
		return error;
	struct push_sending *sendings = arena_alloc_array(run->arena, count, sizeof(*sendings));
	size_t *of = arena_alloc_array(run->arena, count, sizeof(*of));
	for (size_t i = 0; i < count && !error; i++) {
		if (subscriptions[i].paused_until_us > now_us)
			error = try_later(run, subscriptions[i].id, id, subscriptions[i].paused_until_us);
		else if (!fill(&ring, &subscriptions[i], &sendings[sending_count]))
			of[sending_count++] = i;
	}
	if (!error && sending_count)
		push_send_all(run->app->pushes, sendings, sending_count);
	for (size_t i = 0; i < sending_count && !error; i++) {
		error = settle(run, &subscriptions[of[i]], &sendings[i], &due_us);
		if (!error && due_us)
			error = try_later(run, subscriptions[of[i]].id, id, due_us);
	}
	return error;
}

static bool read_notification_id(struct str payload, int64_t *ret_id)
{
	json_t *object = NULL;
	if (json_in_parse(payload, NULL, &object))
		return false;
	bool is_there = json_in_int64(object, "notification", ret_id);
	json_decref(object);
	return is_there;
}

enum error job_push_retry_run(struct job_run *run)
{
	struct push_subscription *subscriptions;
	struct push_sending sending;
	struct ring ring;
	size_t count, at = 0;
	int64_t subscription_id, notification_id;
	if (!str_to_int64(run->job->key, &subscription_id) || !read_notification_id(run->job->payload, &notification_id))
		return ERROR_GONE;
	enum error error = push_subscription_list(run->db, run->arena, notification_id, &subscriptions, &count);
	if (error)
		return error;
	while (at < count && subscriptions[at].id != subscription_id)
		at++;
	if (at == count)
		return ERROR_GONE;
	error = prepare(run, subscriptions[at].actor_id, notification_id, &ring);
	if (error)
		return error;
	if (fill(&ring, &subscriptions[at], &sending))
		return ERROR_GONE;
	push_send_all(run->app->pushes, &sending, 1);
	return settle(run, &subscriptions[at], &sending, &run->next_due_us);
}
