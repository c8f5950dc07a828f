/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Compares new and renamed actors with all brand accounts: brands are few, and what a name is compared with is made once for
 * many. A new or renamed brand is held against everybody in short transactions; who looks like it is queued as if new. */
#include "server/jobs/job_worker.h"

#include "storage/id.h"
#include "storage/look_alike.h"
#include "storage/organisation_domain.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mutant.h"
#include "base/name_shape.h"

#include <string.h>

#define BATCH 500
#define BATCHES_MAX 40 /* of one run: the next comes soon */
#define WALK_BATCH 2000

struct shaped {
	const struct look_alike_name *name;
	struct name_shape username, display_name;
};

struct comparing {
	struct job_run *run;
	struct arena *arena; /* of the batch */
	struct shaped *brands; /* NULL until somebody is to be compared with them */
	size_t brand_count;
	struct look_alike *found; /* room for one of each brand, and its organisation */
	int64_t *organisation_ids;
};

static struct shaped shape(struct arena *arena, const struct look_alike_name *name)
{
	return (struct shaped){ name, name_shape_of(arena, name->username), name_shape_of(arena, name->display_name) };
}

static enum error read_brands(struct comparing *comparing)
{
	struct arena *arena = comparing->run->arena;
	AUTO(buf) struct buf all = { 0 };
	int64_t after_id = 0;
	size_t count;
	do {
		struct look_alike_name *names;
		enum error error = look_alike_list_brands(comparing->run->db, arena, after_id, &names, &count);
		if (error)
			return error;
		for (size_t i = 0; i < count; i++) {
			struct shaped one = shape(arena, &names[i]);
			buf_add(&all, &one, sizeof(one));
			after_id = names[i].actor_id;
		}
	} while (count == LOOK_ALIKE_BRANDS_MAX);
	comparing->brand_count = all.len / sizeof(struct shaped);
	comparing->brands = arena_alloc_array(arena, comparing->brand_count + 1, sizeof(*comparing->brands));
	comparing->found = arena_alloc_array(arena, comparing->brand_count + 1, sizeof(*comparing->found));
	comparing->organisation_ids = arena_alloc_array(arena, comparing->brand_count + 1, sizeof(*comparing->organisation_ids));
	if (all.len)
		memcpy(comparing->brands, all.data, all.len);
	return ERROR_NONE;
}

/* The nearest of the four pairs of names. */
static bool is_alike(const struct shaped *one, const struct shaped *brand, bool *ret_is_display_name, int *ret_distance)
{
	const struct name_shape *ours[] = { &brand->username, &brand->display_name };
	const struct name_shape *theirs[] = { &one->username, &one->display_name };
	int nearest = NAME_SHAPE_DISTANCE_MAX + 1;
	for (int i = 0; i < 2; i++) {
		for (int k = 0; k < 2; k++) {
			int distance;
			if (!name_shape_is_alike(theirs[i], ours[k], &distance) || distance >= nearest)
				continue;
			nearest = distance;
			*ret_is_display_name = i == 1;
			*ret_distance = distance;
		}
	}
	return nearest <= NAME_SHAPE_DISTANCE_MAX;
}

/* For each organisation its account that is nearest. */
static enum error compare(struct comparing *comparing, const struct shaped *one)
{
	struct job_run *run = comparing->run;
	struct look_alike *found = comparing->found;
	int64_t *organisation_ids = comparing->organisation_ids;
	size_t count = 0, kept = 0;
	for (size_t i = 0; i < comparing->brand_count; i++) {
		const struct shaped *brand = &comparing->brands[i];
		struct look_alike alike = { .organisation_id = brand->name->organisation_id, .brand_actor_id = brand->name->actor_id,
			.actor_id = one->name->actor_id };
		if ((brand->name->organisation_id == one->name->organisation_id && !MUTANT("look_alike_own")) ||
			!is_alike(one, brand, &alike.is_display_name, &alike.distance))
			continue;
		size_t at = 0;
		while (at < count && found[at].organisation_id != alike.organisation_id)
			at++;
		if (at == count || found[at].distance > alike.distance)
			found[at] = alike;
		count += at == count;
	}
	enum error error = ERROR_NONE;
	for (size_t i = 0; i < count && !error; i++) {
		bool is_theirs = false;
		error = organisation_domain_holds(run->db, comparing->arena, found[i].organisation_id, one->name->domain, &is_theirs);
		if (error || (is_theirs && !MUTANT("look_alike_domain")))
			continue;
		found[i].id = id_new();
		organisation_ids[kept++] = found[i].organisation_id;
		error = look_alike_store(run->db, comparing->arena, &found[i]);
	}
	return error ? error : look_alike_forget_others(run->db, comparing->arena, one->name->actor_id, organisation_ids, kept);
}

static enum error compare_batch(struct comparing *comparing, int64_t *ret_taken)
{
	struct db *db = comparing->run->db;
	struct look_alike_name *names = NULL;
	size_t count = 0;
	int64_t taken = 0;
	enum error error = db_begin(db);
	if (!error)
		error = look_alike_take(db, comparing->arena, BATCH, &names, &count, &taken);
	if (!error && count && !comparing->brands)
		error = read_brands(comparing);
	for (size_t i = 0; !error && i < count; i++) {
		struct shaped one = shape(comparing->arena, &names[i]);
		error = compare(comparing, &one);
	}
	if (error)
		db_rollback(db);
	else
		error = db_commit(db);
	if (!error)
		*ret_taken = taken;
	return error;
}

/* The next actors that a brand was not held against. */
static enum error walk(struct job_run *run, struct arena *arena)
{
	struct look_alike_walk walk;
	struct look_alike_name *names = NULL;
	int64_t *alike_ids = arena_alloc_array(arena, WALK_BATCH, sizeof(*alike_ids));
	size_t count = 0, alike_count = 0;
	enum error error = look_alike_walk_take(run->db, arena, &walk);
	if (!error && !walk.after_id)
		error = look_alike_queue_open(run->db, arena, walk.brand.actor_id);
	if (!error && !walk.is_gone)
		error = look_alike_list_actors(run->db, arena, walk.after_id, WALK_BATCH, &names, &count);
	if (error)
		return error;
	struct shaped brand = shape(arena, &walk.brand);
	for (size_t i = 0; i < count; i++) {
		struct shaped one = shape(arena, &names[i]);
		bool is_display_name;
		int distance;
		if (is_alike(&one, &brand, &is_display_name, &distance))
			alike_ids[alike_count++] = names[i].actor_id;
	}
	if (alike_count)
		error = look_alike_queue(run->db, arena, alike_ids, alike_count);
	if (!error)
		error = look_alike_walk_store(run->db, arena, walk.brand.actor_id, count == WALK_BATCH ? names[count - 1].actor_id : 0);
	return error;
}

/* ERROR_NOT_FOUND: no brand waits. */
static enum error walk_batch(struct job_run *run, struct arena *arena)
{
	enum error error = db_begin(run->db);
	if (!error)
		error = walk(run, arena);
	if (!error)
		return db_commit(run->db);
	db_rollback(run->db);
	return error;
}

static enum error walk_brands(struct job_run *run)
{
	enum error error = ERROR_NONE;
	for (int i = 0; i < BATCHES_MAX && !error; i++) {
		struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
		error = walk_batch(run, arena);
		arena_free(&arena);
	}
	if (error == ERROR_NOT_FOUND)
		return ERROR_NONE;
	if (!error)
		run->next_due_us = clock_now_us();
	return error;
}

enum error job_look_alikes_run(struct job_run *run)
{
	struct comparing comparing = { .run = run };
	int64_t taken = BATCH;
	enum error error = walk_brands(run);
	for (int i = 0; i < BATCHES_MAX && !error && taken == BATCH; i++) {
		comparing.arena = arena_new((size_t)64 * 1024 * 1024);
		error = compare_batch(&comparing, &taken);
		arena_free(&comparing.arena);
	}
	return error;
}
