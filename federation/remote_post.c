/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Stores what came from elsewhere. One question to the database tells all that decides: who the author is, whether the
 * post is here or was deleted, what it answers and quotes, and whether it concerns anybody of ours. Most posts that
 * pass need but one more statement, the one that stores them. Edits are in remote_post_edit.c. */
#include "federation/remote_post.h"

#include "federation/federation.h"
#include "federation/policy.h"
#include "federation/remote_post_parts.h"
#include "federation/remote_quote.h"

#include "base/mutant.h"
#include "base/random.h"
#include "base/url.h"
#include "storage/conversation.h"
#include "storage/id.h"
#include "storage/preview.h"

#include <assert.h>

#define NOTIFY_WITHIN_US INT64_C(604800000000) /* older posts that are only now fetched surprise nobody */
#define ID_LOW_BITS 16
#define ID_TRIES 8

int64_t remote_post_id(int64_t published_us, int64_t received_us)
{
	int64_t time_us = published_us <= 0 || published_us > received_us ? received_us : published_us;
	if (MUTANT("remote_post_id_future"))
		time_us = published_us;
	return id_at_time(time_us) | (int64_t)(1 + random_below((1 << ID_LOW_BITS) - 1));
}

static bool refuse(struct remote_post *ret_post, const char *reason)
{
	*ret_post = (struct remote_post){ .outcome = REMOTE_POST_REFUSED, .reason = reason };
	return false;
}

static size_t add_all(struct str *list, size_t count, const struct vocab_ids *ids)
{
	for (size_t i = 0; i < ids->count; i++)
		list[count++] = ids->ids[i];
	return count;
}

/* Everyone whom the post names as its audience or mentions. */
static void collect_addressed(struct remote_post_job *job)
{
	const struct vocab_audience *audience = &job->object->audience;
	size_t room = audience->to.count + audience->cc.count + audience->bto.count + audience->bcc.count +
		audience->audience.count + job->object->tag_count;
	struct str *uris = arena_alloc_array(job->arena, room, sizeof(*uris));
	size_t count = add_all(uris, 0, &audience->to);
	count = add_all(uris, count, &audience->cc);
	count = add_all(uris, count, &audience->bto);
	count = add_all(uris, count, &audience->bcc);
	count = add_all(uris, count, &audience->audience);
	for (size_t i = 0; i < job->object->tag_count; i++)
		if (job->object->tags[i].kind == VOCAB_TAG_MENTION && job->object->tags[i].href.len > 0)
			uris[count++] = job->object->tags[i].href;
	job->addressed_uris = uris;
	job->addressed_count = count;
}

static bool fill_question(struct remote_post_job *job, struct post_arrival_question *ret_question)
{
	struct url url;
	const struct vocab_object *object = job->object;
	if (!url_parse(job->arena, object->id, &url))
		return false;
	job->authority = url.authority;
	collect_addressed(job);
	*ret_question = (struct post_arrival_question){
		.uri = object->id,
		.authority = url.authority,
		.author_uri = object->author_id,
		.in_reply_to_uri = job->in_reply_to,
		.quote_uri = job->quote,
		.addressed_uris = job->addressed_uris,
		.addressed_count = job->addressed_count,
	};
	return true;
}

bool remote_post_concerns_us(const struct post_arrival *arrival, int64_t inbox_actor_id)
{
	return arrival->is_author_followed || arrival->is_addressed_to_us || arrival->is_parent_local ||
		arrival->is_quoted_local || arrival->thread_actor_id != 0 || inbox_actor_id != 0;
}

static bool is_relevant(const struct remote_post_job *job)
{
	return remote_post_concerns_us(&job->arrival, job->origin->inbox_actor_id) || job->arrival.parent_id != 0 ||
		job->arrival.quoted_id != 0 || job->arrival.is_quote_awaited || MUTANT("remote_post_relevance");
}

static const char *find_obstacle(const struct remote_post_job *job)
{
	const struct post_arrival *arrival = &job->arrival;
	if ((arrival->is_ours || arrival->is_author_local) && !MUTANT("remote_post_ours"))
		return "ours";
	if (arrival->is_tombstoned)
		return "tombstone";
	if (arrival->is_author_suspended && !MUTANT("remote_post_suspended"))
		return "suspended";
	if (arrival->post_id != 0 && arrival->author_id != 0 && arrival->post_actor_id != arrival->author_id &&
		!MUTANT("remote_post_author"))
		return "not_author";
	if (arrival->post_id == 0 && job->origin->is_pushed && !is_relevant(job))
		return "irrelevant";
	return NULL;
}

static void add_mention(struct remote_post_job *job, int64_t actor_id, bool is_told)
{
	if (actor_id == job->arrival.author_id || job->mention_count >= POST_MAX_MENTIONS)
		return;
	for (size_t i = 0; i < job->mention_count; i++) {
		if (job->mentioned_ids[i] == actor_id) {
			job->is_told[i] = job->is_told[i] || is_told;
			return;
		}
	}
	job->mentioned_ids[job->mention_count] = actor_id;
	job->is_told[job->mention_count++] = is_told;
}

static bool is_open(enum post_visibility visibility)
{
	return visibility == POST_PUBLIC || visibility == POST_UNLISTED;
}

static enum error find_actors(const struct remote_post_job *job, const struct str *uris, size_t uri_count,
	struct addressed_actor **ret_actors, size_t *ret_count)
{
	if (!job->known_actors)
		return addressed_find_many(job->db, job->arena, uris, uri_count, ret_actors, ret_count);
	struct addressed_actor *actors = arena_alloc_array(job->arena, job->known_actor_count, sizeof(*actors));
	size_t count = 0;
	for (size_t i = 0; i < job->known_actor_count; i++) {
		bool is_wanted = false;
		for (size_t j = 0; j < uri_count && !is_wanted; j++)
			is_wanted = str_eq(job->known_actors[i].uri, uris[j]);
		if (is_wanted)
			actors[count++] = job->known_actors[i];
	}
	*ret_actors = actors;
	*ret_count = count;
	return ERROR_NONE;
}

/* Who is mentioned by a tag, and of a post that is not for everyone also who else it is addressed to: they may see it,
 * and are told of it when it is for nobody but them. */
enum error remote_post_find_mentions(struct remote_post_job *job)
{
	struct addressed_actor *actors = NULL;
	size_t count = 0;
	bool is_direct = job->visibility == POST_DIRECT;
	bool is_closed = !is_open(job->visibility);
	if (job->fields.mention_count > 0 || (is_closed && job->addressed_count > 0)) {
		enum error error = find_actors(job, is_closed ? job->addressed_uris : job->fields.mention_uris,
			is_closed ? job->addressed_count : job->fields.mention_count, &actors, &count);
		if (error)
			return error;
	}
	job->mentioned_ids = arena_alloc_array(job->arena, POST_MAX_MENTIONS, sizeof(*job->mentioned_ids));
	job->is_told = arena_alloc_array(job->arena, POST_MAX_MENTIONS, sizeof(*job->is_told));
	if (is_closed && job->origin->inbox_actor_id != 0)
		add_mention(job, job->origin->inbox_actor_id, is_direct);
	for (size_t i = 0; i < count; i++) {
		bool is_tagged = !is_closed;
		for (size_t j = 0; j < job->fields.mention_count && !is_tagged; j++)
			is_tagged = str_eq(job->fields.mention_uris[j], actors[i].uri);
		add_mention(job, actors[i].id, actors[i].is_local && (is_tagged || is_direct));
	}
	return ERROR_NONE;
}

enum error remote_post_tell_mentioned(struct remote_post_job *job, int64_t post_id)
{
	enum error error = ERROR_NONE;
	if (job->origin->received_us - job->fields.created_us > NOTIFY_WITHIN_US && !job->origin->is_pushed)
		return ERROR_NONE;
	for (size_t i = 0; !error && i < job->mention_count; i++)
		if (job->is_told[i])
			error = notification_add(job->db, job->arena, job->mentioned_ids[i], NOTIFICATION_MENTION,
				job->arrival.author_id, post_id);
	return error;
}

/* An author may quote himself; everyone else waits for an authorization. */
static enum post_quote_state first_quote_state(const struct remote_post_job *job)
{
	if (job->quote.len == 0)
		return QUOTE_NONE;
	bool is_own = job->arrival.quoted_id != 0 && job->arrival.quoted_actor_id == job->arrival.author_id;
	return is_own || MUTANT("remote_post_quote_pending") ? QUOTE_ACCEPTED : QUOTE_PENDING;
}

void remote_post_fill(const struct remote_post_job *job, struct post_remote *ret_row)
{
	const struct vocab_object *object = job->object;
	const struct remote_post_fields *fields = &job->fields;
	*ret_row = (struct post_remote){
		.actor_id = job->arrival.author_id,
		.kind = fields->kind,
		.uri = object->id,
		.url = object->url.len ? object->url : object->id,
		.title = fields->title,
		.html = fields->html,
		.spoiler_text = fields->spoiler_text,
		.language = fields->language,
		.in_reply_to_uri = job->in_reply_to,
		.conversation_uri = object->conversation,
		.context_uri = object->context,
		.replies_url = object->replies.id,
		.visibility = job->visibility,
		.is_sensitive = fields->is_sensitive,
		.created_us = fields->created_us,
		.edited_us = fields->edited_us,
		.received_us = job->origin->received_us,
		.is_locked = job->origin->is_locked,
		.mentioned_actor_ids = job->mentioned_ids,
		.mention_count = job->mention_count,
		.tags = fields->tags,
		.tag_count = fields->tag_count,
		.media = fields->media,
		.medium_count = fields->medium_count,
		.quote_uri = job->quote,
		.quote_state = first_quote_state(job),
		.quote_authorization_uri = job->quote.len ? remote_quote_authorization(object) : (struct str){ 0 },
		.quote_policy = fields->quote_policy,
	};
}

/* Two posts of one millisecond may be given the same id; *ret_known_id is set when it is the uri that is there. */
static enum error insert(struct remote_post_job *job, struct post_remote *row, int64_t *ret_known_id)
{
	enum error error = ERROR_CONFLICT;
	for (int try = 0; error == ERROR_CONFLICT && try < ID_TRIES; try++) {
		struct post known;
		row->id = remote_post_id(job->fields.created_us, job->origin->received_us);
		error = post_create_remote(job->db, job->arena, row);
		if (error == ERROR_CONFLICT && post_find_any_by_uri(job->db, job->arena, row->uri, &known) == ERROR_NONE) {
			*ret_known_id = known.id;
			return ERROR_NONE;
		}
	}
	return error;
}

enum error remote_post_wish(struct remote_post_job *job, struct str uri, enum fetch_kind kind)
{
	struct fetch_wish wish = {
		.uri = uri,
		.kind = kind,
		.root_uri = job->origin->root_uri.data ? job->origin->root_uri : job->object->id,
		.depth = job->origin->depth + 1,
		.is_item = job->origin->is_item,
	};
	return uri.len > 0 ? fetch_wish(job->db, job->arena, &wish) : ERROR_NONE;
}

/* What is missing around the post. Answers are read at once only when some are said to be there and somebody of ours
 * is concerned; those of a fresh post come by themselves. */
static enum error wish_for_the_rest(struct remote_post_job *job, const struct post_remote *row)
{
	const struct vocab_thread *replies = &job->object->replies;
	enum error error = ERROR_NONE;
	if (job->arrival.parent_id == 0)
		error = remote_post_wish(job, job->in_reply_to, FETCH_OBJECT);
	if (!error && job->arrival.quoted_id == 0)
		error = remote_post_wish(job, job->quote, FETCH_OBJECT);
	if (!error && row->quote_state == QUOTE_PENDING && job->arrival.quoted_id != 0)
		error = remote_post_wish(job, row->quote_authorization_uri, FETCH_OBJECT);
	bool has_replies = replies->total > 0 || replies->items.count > 0 || !job->origin->is_pushed;
	if (!error && has_replies && remote_post_concerns_us(&job->arrival, job->origin->inbox_actor_id))
		error = remote_post_wish(job, replies->id, FETCH_REPLIES);
	return error;
}

static enum error add_belongings(struct remote_post_job *job, int64_t post_id)
{
	enum error error = ERROR_NONE;
	if (job->fields.poll.option_count > 0)
		error = poll_store(job->db, job->arena, post_id, &job->fields.poll);
	if (!error)
		error = emoji_store(job->db, job->arena, job->authority, job->fields.emojis, job->fields.emoji_count);
	if (!error)
		error = remote_post_tell_mentioned(job, post_id);
	if (!error && job->arrival.is_quoted_local)
		error = notification_add(job->db, job->arena, job->arrival.quoted_actor_id, NOTIFICATION_QUOTE,
			job->arrival.author_id, post_id);
	if (!error && job->arrival.is_quote_awaited) {
		struct fetch_wish wish = { .root_uri = job->object->id, .depth = job->origin->depth + 1 };
		error = remote_quote_resolve_waiting(job->db, job->arena, post_id, &wish);
	}
	return error;
}

int64_t remote_post_thread_actor(const struct remote_post_job *job)
{
	if (!is_open(job->visibility))
		return 0;
	return job->arrival.is_parent_local ? job->arrival.parent_actor_id : job->arrival.thread_actor_id;
}

bool remote_post_is_news(const struct remote_post_job *job)
{
	return job->visibility != POST_DIRECT && job->arrival.is_author_followed &&
		job->origin->received_us - job->fields.created_us <= NOTIFY_WITHIN_US;
}

enum error remote_post_finish(struct remote_post_job *job, const struct post_remote *row, struct remote_post *ret_post)
{
	enum error error = add_belongings(job, row->id);
	if (!error && job->visibility == POST_DIRECT)
		error = conversation_add_post(job->db, job->arena, row->id);
	if (!error)
		error = wish_for_the_rest(job, row);
	if (!error && !row->medium_count)
		error = preview_want(job->db, job->arena, row->id, row->html, false);
	*ret_post = (struct remote_post){ .outcome = REMOTE_POST_STORED, .post_id = row->id, .is_new = true,
		.thread_actor_id = remote_post_thread_actor(job) };
	return error;
}

static enum error create(struct remote_post_job *job, struct remote_post *ret_post)
{
	struct post_remote row;
	int64_t known_id = 0;
	enum error error = remote_post_find_mentions(job);
	if (error)
		return error;
	remote_post_fill(job, &row);
	error = insert(job, &row, &known_id);
	if (error == ERROR_GONE || error == ERROR_NOT_FOUND) {
		(void)refuse(ret_post, error == ERROR_GONE ? "tombstone" : "no_author");
		return ERROR_NONE;
	}
	if (error)
		return error;
	if (known_id != 0) {
		*ret_post = (struct remote_post){ .outcome = REMOTE_POST_KNOWN, .post_id = known_id };
		return ERROR_NONE;
	}
	error = remote_post_finish(job, &row, ret_post);
	if (!error && remote_post_is_news(job))
		error = notification_tell_watchers(job->db, job->arena, &row.id, 1);
	return error;
}

/* A post that answers or quotes itself does neither. */
static struct str unless_itself(struct str uri, struct str own_uri)
{
	static const struct str none = { 0 };
	bool is_itself = str_eq(uri, own_uri) && !MUTANT("remote_post_itself");
	return uri.len == 0 || is_itself ? none : uri;
}

bool remote_post_begin(struct remote_post_job *job, struct post_arrival_question *ret_question, struct remote_post *ret_post)
{
	const struct vocab_object *object = job->object;
	if (policy_judge_url(job->federation->policy, object->id).verdict == POLICY_REFUSED && !MUTANT("remote_post_policy"))
		return refuse(ret_post, "domain");
	if (object->author_id.len == 0 || object->id.len == 0)
		return refuse(ret_post, "no_author");
	/* A part of a document cannot be asked for, and an actor is no post (CHECKLIST A6). */
	if ((str_contains_char(object->id, '#') || str_eq(object->id, object->author_id)) && !MUTANT("remote_post_own_id"))
		return refuse(ret_post, "no_id");
	job->in_reply_to = unless_itself(object->in_reply_to, object->id);
	job->quote = unless_itself(object->quote, object->id);
	return fill_question(job, ret_question) || refuse(ret_post, "no_id");
}

bool remote_post_judge(struct remote_post_job *job, struct remote_post *ret_post)
{
	const struct vocab_object *object = job->object;
	const char *obstacle = find_obstacle(job);
	if (obstacle)
		return refuse(ret_post, obstacle);
	if (job->arrival.author_id == 0) {
		*ret_post = (struct remote_post){ .outcome = REMOTE_POST_WAITS, .wanted_uri = object->author_id };
		return false;
	}
	if (job->arrival.post_id != 0 && !job->origin->is_update) {
		*ret_post = (struct remote_post){ .outcome = REMOTE_POST_KNOWN, .post_id = job->arrival.post_id };
		return false;
	}
	struct remote_post_reading reading = {
		.author_followers_url = job->arrival.author_followers_url,
		.rejects_media = policy_judge_url(job->federation->policy, object->id).rejects_media,
		.received_us = job->origin->received_us,
	};
	if (!remote_post_read_fields(job->arena, object, &reading, &job->fields))
		return refuse(ret_post, "type");
	job->visibility = vocab_visibility(&object->audience, job->arrival.author_followers_url);
	return true;
}

enum error remote_post_store(struct federation *federation, struct db *db, struct arena *arena,
	const struct vocab_object *object, const struct remote_post_origin *origin, struct remote_post *ret_post)
{
	struct remote_post_job job =
		{ .db = db, .arena = arena, .federation = federation, .object = object, .origin = origin };
	struct post_arrival_question question;
	if (!remote_post_begin(&job, &question, ret_post))
		return ERROR_NONE;
	enum error error = post_arrival_find(db, arena, &question, &job.arrival);
	if (error || !remote_post_judge(&job, ret_post))
		return error;
	return job.arrival.post_id != 0 ? remote_post_edit(&job, ret_post) : create(&job, ret_post);
}
