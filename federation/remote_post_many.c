/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * New posts that came together. Only those that nothing stands against and nothing waits for; everything else keeps to
 * the way of one post. */
#include "federation/remote_post.h"

#include "federation/federation.h"
#include "federation/remote_post_parts.h"

#include "base/mutant.h"

/* Each with each is compared. */
#define TOGETHER_MAX 64
#define ID_TRIES 4 /* what has none then goes the way of one post */

struct arrivals {
	struct db *db;
	struct arena *arena;
	struct remote_post_job *jobs;
	struct remote_post_arriving **owners; /* by job */
	struct post_remote *rows;
	size_t count;
	const struct addressed_actor *actors;
	size_t actor_count;
};

/* One that answers or quotes another of them has to come after it, and one of two of a name finds the other. */
static bool stands_alone(const struct remote_post_arriving *arriving, size_t count, size_t index)
{
	const struct vocab_object *object = arriving[index].object;
	for (size_t i = 0; i < count && !MUTANT("remote_posts_alone"); i++) {
		struct str id = arriving[i].object->id;
		if (i != index && str_eq(id, object->id))
			return false;
		if (str_eq(id, object->in_reply_to) || str_eq(id, object->quote))
			return false;
	}
	return true;
}

static enum error ask(struct arrivals *all, const struct post_arrival_question *questions)
{
	struct post_arrival *arrivals = arena_alloc_array(all->arena, all->count, sizeof(*arrivals));
	enum error error = post_arrival_find_many(all->db, all->arena, questions, all->count, arrivals);
	for (size_t i = 0; i < all->count && !error; i++)
		all->jobs[i].arrival = arrivals[i];
	return error;
}

static bool is_in(const struct str *list, size_t count, struct str wanted)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i], wanted))
			return true;
	return false;
}

/* Everyone whom one of them addresses; their authors' followers are no actors. */
static enum error find_addressed(struct arrivals *all)
{
	struct addressed_actor *actors = arena_alloc_array(all->arena, 1, sizeof(*actors));
	size_t room = 0;
	size_t count = 0;
	for (size_t i = 0; i < all->count; i++)
		room += all->jobs[i].addressed_count;
	struct str *uris = arena_alloc_array(all->arena, room, sizeof(*uris));
	for (size_t i = 0; i < all->count; i++) {
		const struct remote_post_job *job = &all->jobs[i];
		for (size_t j = 0; j < job->addressed_count; j++)
			if (!str_eq(job->addressed_uris[j], job->arrival.author_followers_url) &&
				!is_in(uris, count < TOGETHER_MAX ? count : TOGETHER_MAX, job->addressed_uris[j]))
				uris[count++] = job->addressed_uris[j];
	}
	all->actors = actors;
	return count ? addressed_find_many(all->db, all->arena, uris, count, (struct addressed_actor **)&all->actors,
		&all->actor_count) : ERROR_NONE;
}

static bool addresses_us(const struct arrivals *all, const struct remote_post_job *job)
{
	for (size_t i = 0; i < all->actor_count; i++)
		if (all->actors[i].is_local && is_in(job->addressed_uris, job->addressed_count, all->actors[i].uri))
			return true;
	return false;
}

static bool is_simple(struct remote_post_job *job)
{
	struct remote_post ignored;
	if (job->arrival.is_quote_awaited || job->arrival.is_answer_awaited)
		return false;
	return remote_post_judge(job, &ignored) && job->arrival.post_id == 0;
}

/* Leaves those that are to be stored now. */
static enum error sift(struct arrivals *all)
{
	size_t kept = 0;
	for (size_t i = 0; i < all->count; i++) {
		struct remote_post_job *job = &all->jobs[i];
		job->known_actors = all->actors;
		job->known_actor_count = all->actor_count;
		job->arrival.is_addressed_to_us = addresses_us(all, job);
		if (!is_simple(job))
			continue;
		enum error error = remote_post_find_mentions(job);
		if (error)
			return error;
		all->jobs[kept] = *job;
		all->owners[kept++] = all->owners[i];
	}
	all->count = kept;
	return ERROR_NONE;
}

static void fill_rows(struct arrivals *all)
{
	all->rows = arena_alloc_array(all->arena, all->count, sizeof(*all->rows));
	for (size_t i = 0; i < all->count; i++) {
		const struct remote_post_job *job = &all->jobs[i];
		struct post_remote *row = &all->rows[i];
		remote_post_fill(job, row);
		row->in_reply_to_id = job->arrival.parent_id;
		row->in_reply_to_actor_id = job->arrival.parent_actor_id;
		row->in_reply_to_conversation_id = job->arrival.parent_conversation_id;
		row->quote_id = job->arrival.quoted_id;
	}
}

/* As in remote_post.c, two posts of one millisecond may be given the same id. */
static void choose_ids(struct arrivals *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct remote_post_job *job = &all->jobs[i];
		bool is_taken = true;
		while (is_taken) {
			all->rows[i].id = remote_post_id(job->fields.created_us, job->origin->received_us);
			is_taken = false;
			for (size_t j = 0; j < i && !is_taken; j++)
				is_taken = all->rows[j].id == all->rows[i].id;
		}
	}
}

/* Leaves those whose ids were taken. */
static enum error store_once(struct arrivals *all)
{
	bool is_stored[TOGETHER_MAX];
	int64_t news[TOGETHER_MAX];
	size_t news_count = 0;
	size_t kept = 0;
	choose_ids(all);
	enum error error = post_create_remote_many(all->db, all->arena, all->rows, all->count, is_stored);
	for (size_t i = 0; i < all->count && !error; i++) {
		if (is_stored[i]) {
			error = remote_post_finish(&all->jobs[i], &all->rows[i], &all->owners[i]->post);
			all->owners[i]->is_stored = true;
			if (remote_post_is_news(&all->jobs[i]))
				news[news_count++] = all->rows[i].id;
			continue;
		}
		all->jobs[kept] = all->jobs[i];
		all->rows[kept] = all->rows[i];
		all->owners[kept++] = all->owners[i];
	}
	all->count = kept;
	return error || !news_count ? error : notification_tell_watchers(all->db, all->arena, news, news_count);
}

static enum error store(struct arrivals *all)
{
	enum error error = ERROR_NONE;
	fill_rows(all);
	for (int try = 0; try < ID_TRIES && all->count > 0 && !error; try++)
		error = store_once(all);
	return error;
}

enum error remote_post_store_many(struct federation *federation, struct db *db, struct arena *arena,
	struct remote_post_arriving *arriving, size_t count)
{
	struct arrivals all = { .db = db, .arena = arena };
	struct post_arrival_question *questions = arena_alloc_array(arena, count, sizeof(*questions));
	struct remote_post ignored;
	all.jobs = arena_alloc_array(arena, count, sizeof(*all.jobs));
	all.owners = arena_alloc_array(arena, count, sizeof(struct remote_post_arriving *));
	for (size_t i = 0; i < count && all.count < TOGETHER_MAX; i++) {
		struct remote_post_job *job = &all.jobs[all.count];
		*job = (struct remote_post_job){ .db = db, .arena = arena, .federation = federation,
			.object = arriving[i].object, .origin = arriving[i].origin };
		all.owners[all.count] = &arriving[i];
		arriving[i].is_stored = false;
		if (stands_alone(arriving, count, i) && remote_post_begin(job, &questions[all.count], &ignored))
			all.count++;
	}
	if (all.count < 2)
		return ERROR_NONE;
	enum error error = ask(&all, questions);
	if (!error)
		error = find_addressed(&all);
	if (!error)
		error = sift(&all);
	return error || all.count == 0 ? error : store(&all);
}
