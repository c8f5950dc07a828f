/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Filters, kept ready by actor. Whoever applies them takes a copy, so that the lock is held for that only. */
#include "server/entity/filtering.h"

#include "server/entity/filter_entity.h"
#include "server/entity/filter_words.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "storage/event.h"

#include <pthread.h>
#include <string.h>

#define PLACE_COUNT 4096u
#define LIFETIME_US INT64_C(300000000) /* should the news of a change be lost */

struct place {
	int64_t actor_id; /* 0: empty */
	uint64_t stamp;   /* grows with every change of whoever shares the place */
	int64_t expires_us; /* monotonic */
	struct filter_words *words; /* NULL: there are no filters */
};

struct filter_set {
	const struct filter_words *words;
	struct arena *arena;
	int64_t owner_id;
	int64_t now_us;
	unsigned context;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct place places[PLACE_COUNT];
static pthread_once_t listening = PTHREAD_ONCE_INIT;

static struct place *place_of(int64_t actor_id)
{
	return &places[((uint64_t)actor_id * 0x9E3779B97F4A7C15u) >> 52];
}
_Static_assert(PLACE_COUNT == 1u << 12, "the hash gives twelve bits");

static void drop(struct place *place)
{
	place->stamp++;
	place->actor_id = 0;
	memory_free(place->words);
	place->words = NULL;
}

static void heard(struct event_listener *listener, const struct event *event)
{
	(void)listener;
	if (MUTANT("filter_events"))
		return;
	pthread_mutex_lock(&lock);
	if (event->kind == EVENT_GAP) {
		for (size_t i = 0; i < PLACE_COUNT; i++)
			drop(&places[i]);
	} else {
		drop(place_of(event->actor_id));
	}
	pthread_mutex_unlock(&lock);
}

static void listen_once(void)
{
	static struct event_listener listener = {
		.heard = heard, .kinds = 1u << EVENT_FILTERS_CHANGED | 1u << EVENT_ACTOR_ENDED | 1u << EVENT_GAP,
	};
	event_listen(&listener);
}

static struct filter_words *copy(struct arena *arena, const struct filter_words *words)
{
	if (!words)
		return NULL;
	struct filter_words *mine = arena_alloc(arena, filter_words_size(words));
	memcpy(mine, words, filter_words_size(words));
	return mine;
}

/* False when it is not there; *ret_stamp is what to put it with. */
static bool get(const struct reader *reader, struct filter_words **ret_words, uint64_t *ret_stamp)
{
	pthread_mutex_lock(&lock);
	struct place *place = place_of(reader->actor_id);
	bool is_there = place->actor_id == reader->actor_id && place->expires_us > clock_monotonic_us();
	if (is_there)
		*ret_words = copy(reader->arena, place->words);
	*ret_stamp = place->stamp;
	pthread_mutex_unlock(&lock);
	return is_there;
}

static void put(int64_t actor_id, struct filter_words *words, uint64_t stamp)
{
	pthread_mutex_lock(&lock);
	struct place *place = place_of(actor_id);
	if (place->stamp == stamp) {
		memory_free(place->words);
		place->actor_id = actor_id;
		place->expires_us = clock_monotonic_us() + LIFETIME_US;
		place->words = words;
		words = NULL;
	}
	pthread_mutex_unlock(&lock);
	memory_free(words);
}

static enum error load(const struct reader *reader, struct filter_words **ret_words)
{
	struct filter *filters;
	size_t count;
	uint64_t stamp;
	pthread_once(&listening, listen_once);
	if (get(reader, ret_words, &stamp))
		return ERROR_NONE;
	enum error error = filter_list(reader->db, reader->arena, reader->actor_id, &filters, &count);
	if (error)
		return error;
	struct filter_words *words = count ? filter_words_new(reader->arena, filters, count) : NULL;
	*ret_words = copy(reader->arena, words);
	put(reader->actor_id, words, stamp);
	return ERROR_NONE;
}

static bool is_in_force(const struct filter_set *set, const struct filter_words_filter *filter)
{
	return filter->contexts & set->context &&
		(!filter->expires_us || filter->expires_us > set->now_us || MUTANT("filter_expiry"));
}

static unsigned context_bit(enum filter_context context)
{
	switch (context) {
	case FILTER_NONE:
		return 0;
	case FILTER_HOME:
		return FILTER_IN_HOME;
	case FILTER_NOTIFICATIONS:
		return FILTER_IN_NOTIFICATIONS;
	case FILTER_PUBLIC:
		return FILTER_IN_PUBLIC;
	case FILTER_THREAD:
		return FILTER_IN_THREAD;
	case FILTER_ACCOUNT:
		return FILTER_IN_ACCOUNT;
	}
	return 0;
}

enum error filter_set_load(const struct reader *reader, const struct filter_set **ret_set)
{
	struct filter_set set = { .arena = reader->arena, .owner_id = reader->actor_id, .now_us = clock_now_us(),
		.context = context_bit(reader->filters) };
	struct filter_words *words = NULL;
	enum error error = set.owner_id && set.context ? load(reader, &words) : ERROR_NONE;
	if (error)
		return error;
	set.words = words;
	*ret_set = NULL;
	for (size_t i = 0; words && i < filter_words_count(words); i++) {
		if (is_in_force(&set, filter_words_filter(words, i))) {
			struct filter_set *kept = arena_alloc(reader->arena, sizeof(*kept));
			*kept = set;
			*ret_set = kept;
			break;
		}
	}
	return ERROR_NONE;
}

int64_t filter_set_until_us(const struct filter_set *set)
{
	int64_t until_us = INT64_MAX;
	for (size_t i = 0; set && i < filter_words_count(set->words); i++) {
		int64_t expires_us = filter_words_filter(set->words, i)->expires_us;
		if (expires_us > set->now_us && expires_us < until_us)
			until_us = expires_us;
	}
	return until_us;
}

void filters_forget_all(void)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < PLACE_COUNT; i++)
		drop(&places[i]);
	pthread_mutex_unlock(&lock);
}

void filters_forget(int64_t actor_id)
{
	pthread_mutex_lock(&lock);
	drop(place_of(actor_id));
	pthread_mutex_unlock(&lock);
}

struct matches {
	bool *keywords;
	bool *filters; /* by a keyword or by the post itself */
};

/* False when nothing matches. */
static bool find_matches(const struct filter_set *set, int64_t post_id, int64_t author_id, struct str text,
	struct matches *ret_matches)
{
	if (!set || (author_id == set->owner_id && !MUTANT("filter_own")))
		return false;
	size_t filter_count = filter_words_count(set->words), keyword_count = filter_words_keyword_count(set->words);
	struct matches matches = {
		.keywords = arena_alloc(set->arena, keyword_count + 1), .filters = arena_alloc(set->arena, filter_count + 1),
	};
	bool has_any = false;
	if (keyword_count)
		filter_words_look(set->words, text, matches.keywords);
	for (size_t i = 0; i < keyword_count; i++)
		if (matches.keywords[i])
			matches.filters[filter_words_owner(set->words, i)] = true;
	filter_words_look_for_post(set->words, post_id, matches.filters);
	for (size_t i = 0; i < filter_count; i++) {
		matches.filters[i] = matches.filters[i] && is_in_force(set, filter_words_filter(set->words, i));
		has_any |= matches.filters[i];
	}
	*ret_matches = matches;
	return has_any;
}

static void write_keywords(const struct filter_set *set, struct json_out *json, const struct matches *matches, size_t filter)
{
	bool has_any = false;
	json_out_key(json, "keyword_matches");
	for (size_t i = 0; i < filter_words_keyword_count(set->words); i++) {
		if (!matches->keywords[i] || filter_words_owner(set->words, i) != filter)
			continue;
		if (!has_any)
			json_out_array_begin(json);
		has_any = true;
		json_out_str(json, filter_words_keyword(set->words, i));
	}
	if (has_any)
		json_out_array_end(json);
	else
		json_out_null(json);
}

static void write_result(const struct filter_set *set, struct json_out *json, const struct matches *matches, size_t number,
	int64_t post_id)
{
	const struct filter_words_filter *found = filter_words_filter(set->words, number);
	const struct filter filter = {
		.id = found->id, .title = filter_words_title(set->words, number), .contexts = found->contexts,
		.action = found->action, .expires_us = found->expires_us,
	};
	json_out_object_begin(json);
	json_out_key_object_begin(json, "filter");
	filter_write_members(json, &filter);
	json_out_object_end(json);
	write_keywords(set, json, matches, number);
	json_out_key(json, "status_matches");
	if (filter_words_has_post(set->words, number, post_id)) {
		json_out_array_begin(json);
		json_out_id(json, post_id);
		json_out_array_end(json);
	} else {
		json_out_null(json);
	}
	json_out_object_end(json);
}

void filter_set_write(const struct filter_set *set, struct json_out *json, int64_t post_id, int64_t author_id, struct str text)
{
	struct matches matches;
	json_out_key_array_begin(json, "filtered");
	if (find_matches(set, post_id, author_id, text, &matches))
		for (size_t i = 0; i < filter_words_count(set->words); i++)
			if (matches.filters[i])
				write_result(set, json, &matches, i, post_id);
	json_out_array_end(json);
}

bool filter_set_hides(const struct filter_set *set, int64_t post_id, int64_t author_id, struct str text)
{
	struct matches matches;
	if (!find_matches(set, post_id, author_id, text, &matches))
		return false;
	for (size_t i = 0; i < filter_words_count(set->words); i++)
		if (matches.filters[i] && filter_words_filter(set->words, i)->action == FILTER_HIDE)
			return true;
	return false;
}
