/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Statuses. A glance at the database says which posts the reader may see, in which version, with which numbers and flags;
 * the rest is spliced from fragments. What is quoted is looked at the same way, one level deep. */
#include "server/entity/status.h"

#include "server/entity/account.h"
#include "server/entity/filtering.h"
#include "server/entity/page_cache.h"
#include "server/entity/poll.h"
#include "server/entity/status_fragment.h"
#include "server/http/request.h"

#include "base/mutant.h"

#include <stdlib.h>
#include <string.h>

/* A post, whether it was asked for, boosted or quoted. */
struct piece {
	int64_t post_id;
	int64_t stamp;
	int64_t actor_id;
	bool has_poll;
	struct fragment fragment; /* json.data NULL until it is there */
	struct poll_view *poll;   /* NULL for none */
};

struct status_set {
	struct reader reader;
	struct post_glance *glances; /* of what was asked for, by id */
	size_t glance_count;
	struct post_glance *quoted;  /* of what those quote, by id */
	size_t quoted_count;
	struct piece *pieces;        /* of both, by post */
	size_t piece_count;
	struct account_set *accounts;
	const struct filter_set *filters; /* NULL for none */
	struct page_parts *parts;         /* NULL: nobody wants to know what it is made of */
};

/* ---- finding ---- */

static int compare_glances(const void *a, const void *b)
{
	const struct post_glance *one = a, *other = b;
	return (one->id > other->id) - (one->id < other->id);
}

static int compare_pieces(const void *a, const void *b)
{
	const struct piece *one = a, *other = b;
	return (one->post_id > other->post_id) - (one->post_id < other->post_id);
}

static const struct post_glance *find_glance(const struct post_glance *glances, size_t count, int64_t id)
{
	const struct post_glance wanted = { .id = id };
	return count ? bsearch(&wanted, glances, count, sizeof(wanted), compare_glances) : NULL;
}

static struct piece *find_piece(const struct status_set *set, int64_t post_id)
{
	const struct piece wanted = { .post_id = post_id };
	return set->piece_count ? bsearch(&wanted, set->pieces, set->piece_count, sizeof(wanted), compare_pieces) : NULL;
}

static bool is_whole(const struct status_set *set, const struct post_glance *glance)
{
	const struct piece *piece = find_piece(set, glance->post_id);
	return piece && piece->fragment.json.data && account_set_has(set->accounts, glance->actor_id) &&
		(!glance->booster_id || account_set_has(set->accounts, glance->booster_id));
}

static const struct post_glance *find_asked(const struct status_set *set, int64_t id)
{
	return find_glance(set->glances, set->glance_count, id);
}

/* ---- loading ---- */

static void drop_direct(const struct reader *reader, struct post_glance *glances, size_t *count)
{
	size_t kept = 0;
	if (!reader->hides_direct || MUTANT("reader_hides_direct"))
		return;
	for (size_t i = 0; i < *count; i++)
		if (glances[i].visibility != POST_DIRECT)
			glances[kept++] = glances[i];
	*count = kept;
}

static enum error load_quoted(struct status_set *set)
{
	const struct reader *reader = &set->reader;
	int64_t *ids = NULL;
	size_t count = 0;

	for (size_t i = 0; i < set->glance_count; i++) {
		if (set->glances[i].quote_state != QUOTE_ACCEPTED || !set->glances[i].quote_id)
			continue;
		if (!ids)
			ids = arena_alloc_array(reader->arena, set->glance_count, sizeof(*ids));
		ids[count++] = set->glances[i].quote_id;
	}
	enum error error = count ? post_glance_list(reader->db, reader->arena, reader->actor_id, ids, count, &set->quoted,
		&set->quoted_count) : ERROR_NONE;
	if (!error)
		drop_direct(reader, set->quoted, &set->quoted_count);
	if (!error && set->quoted_count)
		qsort(set->quoted, set->quoted_count, sizeof(*set->quoted), compare_glances);
	return error;
}

static void add_pieces(struct status_set *set, const struct post_glance *glances, size_t count)
{
	for (size_t i = 0; i < count; i++)
		set->pieces[set->piece_count++] = (struct piece){
			.post_id = glances[i].post_id, .stamp = glances[i].stamp, .actor_id = glances[i].actor_id,
			.has_poll = glances[i].has_poll,
		};
}

static void list_pieces(struct status_set *set)
{
	set->pieces = arena_alloc_array(set->reader.arena, set->glance_count + set->quoted_count + 1, sizeof(*set->pieces));
	add_pieces(set, set->glances, set->glance_count);
	add_pieces(set, set->quoted, set->quoted_count);
	qsort(set->pieces, set->piece_count, sizeof(*set->pieces), compare_pieces);
	size_t kept = 0;
	for (size_t i = 0; i < set->piece_count; i++)
		if (!kept || set->pieces[kept - 1].post_id != set->pieces[i].post_id)
			set->pieces[kept++] = set->pieces[i];
	set->piece_count = kept;
}

/* A post that was edited since the glance gives the new version under the old stamp, which nobody will ask for again. */
static enum error render_missing(struct status_set *set, const int64_t *ids, size_t count)
{
	const struct reader *reader = &set->reader;
	struct post_full *posts;
	size_t post_count;

	enum error error = post_full_list(reader->db, reader->arena, ids, count, &posts, &post_count);
	for (size_t i = 0; !error && i < post_count; i++) {
		struct piece *piece = find_piece(set, posts[i].post.id);
		error = status_fragment_render(reader, &posts[i], STATUS_WITH_CONTENT, &piece->fragment);
		if (!error)
			fragment_put(FRAGMENT_POST, piece->post_id, piece->stamp, &piece->fragment);
	}
	return error;
}

static enum error load_fragments(struct status_set *set)
{
	int64_t *missing = NULL;
	size_t missing_count = 0;
	for (size_t i = 0; i < set->piece_count; i++) {
		struct piece *piece = &set->pieces[i];
		if (fragment_get(FRAGMENT_POST, piece->post_id, piece->stamp, set->reader.arena, &piece->fragment))
			continue;
		if (!missing)
			missing = arena_alloc_array(set->reader.arena, set->piece_count, sizeof(*missing));
		missing[missing_count++] = piece->post_id;
	}
	return missing_count ? render_missing(set, missing, missing_count) : ERROR_NONE;
}

static enum error load_polls(struct status_set *set)
{
	enum error error = ERROR_NONE;
	for (size_t i = 0; i < set->piece_count && !error; i++) {
		struct piece *piece = &set->pieces[i];
		if (piece->has_poll)
			error = poll_view_load(&set->reader, piece->post_id, piece->actor_id, &piece->poll);
	}
	return error;
}

static size_t add_actors(struct actor_glance *actors, size_t actor_count, const struct post_glance *glances, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		actors[actor_count++] = glances[i].author;
		if (glances[i].booster_id)
			actors[actor_count++] = glances[i].booster;
	}
	return actor_count;
}

static enum error load_accounts(struct status_set *set)
{
	struct actor_glance *actors =
		arena_alloc_array(set->reader.arena, 2 * (set->glance_count + set->quoted_count) + 1, sizeof(*actors));
	size_t count = add_actors(actors, 0, set->glances, set->glance_count);

	count = add_actors(actors, count, set->quoted, set->quoted_count);
	return account_set_load_seen(&set->reader, actors, count, &set->accounts);
}

static void note_glances(struct page_parts *parts, const struct post_glance *glances, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		page_parts_add(parts, CHANGE_POST, glances[i].post_id);
		if (glances[i].booster_id)
			page_parts_add(parts, CHANGE_POST, glances[i].id);
		if (glances[i].quote_id)
			page_parts_add(parts, CHANGE_POST, glances[i].quote_id);
	}
}

static int64_t earlier(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

static void note_parts(struct status_set *set)
{
	struct page_parts *parts = set->parts;

	page_parts_add(parts, CHANGE_VIEWER, set->reader.actor_id);
	account_set_note(set->accounts, parts);
	note_glances(parts, set->glances, set->glance_count);
	note_glances(parts, set->quoted, set->quoted_count);
	parts->until_us = earlier(parts->until_us, filter_set_until_us(set->filters));
	for (size_t i = 0; i < set->piece_count; i++)
		if (set->pieces[i].poll)
			parts->until_us = earlier(parts->until_us, poll_view_until_us(set->pieces[i].poll));
}

/* What went away between two questions is left out. */
static void drop_partial(struct status_set *set)
{
	size_t kept = 0;
	for (size_t i = 0; i < set->glance_count; i++)
		if (is_whole(set, &set->glances[i]))
			set->glances[kept++] = set->glances[i];
	set->glance_count = kept;
}

/* With the glances of what was asked for. */
static enum error load_rest(struct status_set *set)
{
	if (set->glance_count)
		qsort(set->glances, set->glance_count, sizeof(*set->glances), compare_glances);
	enum error error = load_quoted(set);
	if (error)
		return error;
	list_pieces(set);
	error = load_fragments(set);
	if (!error)
		error = load_polls(set);
	if (!error)
		error = load_accounts(set);
	if (!error)
		error = filter_set_load(&set->reader, &set->filters);
	if (!error && set->parts)
		note_parts(set);
	if (!error)
		drop_partial(set);
	return error;
}

enum error status_set_load_noting(const struct reader *reader, const int64_t *ids, size_t count, struct page_parts *parts,
	struct status_set **ret_set)
{
	struct status_set *set = arena_alloc(reader->arena, sizeof(*set));
	enum error error = ERROR_NONE;

	set->reader = *reader;
	set->parts = parts;
	if (count)
		error = post_glance_list(reader->db, reader->arena, reader->actor_id, ids, count, &set->glances, &set->glance_count);
	if (!error) {
		drop_direct(reader, set->glances, &set->glance_count);
		error = load_rest(set);
	}
	if (!error)
		*ret_set = set;
	return error;
}

enum error status_set_load(const struct reader *reader, const int64_t *ids, size_t count, struct status_set **ret_set)
{
	return status_set_load_noting(reader, ids, count, NULL, ret_set);
}

static enum error load_page(const struct reader *reader, post_glance_list_page *list, const struct id_page *page,
	struct page_parts *parts, struct status_set **ret_set, int64_t **ret_ids, size_t *ret_count)
{
	struct status_set *set = arena_alloc(reader->arena, sizeof(*set));

	set->reader = *reader;
	set->parts = parts;
	enum error error = list(reader->db, reader->arena, reader->actor_id, page, &set->glances, &set->glance_count,
		&parts->until_us);
	if (error)
		return error;
	drop_direct(reader, set->glances, &set->glance_count);
	size_t count = set->glance_count;
	int64_t *ids = arena_alloc_array(reader->arena, count + 1, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = set->glances[i].id;
	error = load_rest(set);
	if (error)
		return error;
	*ret_set = set;
	*ret_ids = ids;
	*ret_count = count;
	return ERROR_NONE;
}

enum error status_set_load_home(const struct reader *reader, const struct id_page *page, struct page_parts *parts,
	struct status_set **ret_set, int64_t **ret_ids, size_t *ret_count)
{
	return load_page(reader, post_glance_list_home, page, parts, ret_set, ret_ids, ret_count);
}

enum error status_set_load_local(const struct reader *reader, const struct id_page *page, struct page_parts *parts,
	struct status_set **ret_set, int64_t **ret_ids, size_t *ret_count)
{
	page_parts_add(parts, CHANGE_LOCAL_POSTS, CHANGE_ANY_POST);
	return load_page(reader, post_glance_list_local, page, parts, ret_set, ret_ids, ret_count);
}

bool status_set_has(const struct status_set *set, int64_t id)
{
	return find_asked(set, id) != NULL;
}

int64_t status_set_actor_id(const struct status_set *set, int64_t id)
{
	const struct post_glance *glance = find_asked(set, id);
	return !glance ? 0 : glance->booster_id ? glance->booster_id : glance->actor_id;
}

int64_t status_set_post_id(const struct status_set *set, int64_t id)
{
	const struct post_glance *glance = find_asked(set, id);
	return glance ? glance->post_id : 0;
}

bool status_set_hides(const struct status_set *set, int64_t id)
{
	const struct post_glance *glance = find_asked(set, id);
	return glance && filter_set_hides(set->filters, glance->post_id, glance->actor_id,
		find_piece(set, glance->post_id)->fragment.text);
}

/* ---- writing ---- */

static void write_empty_array(struct json_out *json, const char *key)
{
	json_out_key_array_begin(json, key);
	json_out_array_end(json);
}

static void write_flags(const struct status_set *set, struct json_out *json, const struct post_glance *glance)
{
	int64_t reader_id = set->reader.actor_id;

	if (!reader_id)
		return;
	json_out_key_bool(json, "favourited", glance->is_favourited);
	json_out_key_bool(json, "reblogged", glance->is_boosted);
	json_out_key_bool(json, "muted", glance->is_muted);
	json_out_key_bool(json, "bookmarked", glance->is_bookmarked);
	if (reader_id == glance->actor_id && !glance->booster_id)
		json_out_key_bool(json, "pinned", glance->is_pinned);
	filter_set_write(set->filters, json, glance->post_id, glance->actor_id, find_piece(set, glance->post_id)->fragment.text);
}

/* Only what everybody may read is quoted by others. */
static bool may_quote(const struct status_set *set, const struct post_glance *glance)
{
	if (!set->reader.actor_id)
		return false;
	if (set->reader.actor_id == glance->actor_id)
		return glance->visibility != POST_DIRECT;
	if (glance->visibility != POST_PUBLIC && glance->visibility != POST_UNLISTED)
		return false;
	return glance->quote_policy == QUOTE_BY_ANYONE || glance->may_quote_as_follower;
}

static void write_quote_approval(const struct status_set *set, struct json_out *json, const struct post_glance *glance)
{
	static const char *const words[] = { [QUOTE_BY_ANYONE] = "public", [QUOTE_BY_FOLLOWERS] = "followers" };

	json_out_key_object_begin(json, "quote_approval");
	json_out_key_array_begin(json, "automatic");
	if (glance->quote_policy != QUOTE_BY_NOBODY)
		json_out_c_string(json, words[glance->quote_policy]);
	json_out_array_end(json);
	write_empty_array(json, "manual");
	json_out_key_c_string(json, "current_user", may_quote(set, glance) ? "automatic" : "denied");
	json_out_object_end(json);
}

static void write_post(const struct status_set *set, struct json_out *json, const struct post_glance *glance, bool is_quoted);

static const char *quote_word(const struct post_glance *glance, const struct post_glance *quoted)
{
	switch (glance->quote_state) {
	case QUOTE_NONE:
	case QUOTE_PENDING:
		return "pending";
	case QUOTE_REJECTED:
		return "rejected";
	case QUOTE_REVOKED:
		return "revoked";
	case QUOTE_ACCEPTED:
		break;
	}
	return !glance->quote_id ? "deleted" : quoted ? "accepted" : "unauthorized";
}

static void write_quote(const struct status_set *set, struct json_out *json, const struct post_glance *glance, bool is_quoted)
{
	if (glance->quote_state == QUOTE_NONE) {
		json_out_key_null(json, "quote");
		return;
	}
	bool is_accepted = glance->quote_state == QUOTE_ACCEPTED && glance->quote_id;
	const struct post_glance *quoted = is_accepted ? find_glance(set->quoted, set->quoted_count, glance->quote_id) : NULL;
	if (quoted && !is_whole(set, quoted))
		quoted = NULL;
	json_out_key_object_begin(json, "quote");
	if (is_quoted) {
		/* Whether the reader may see what a quoted post quotes in turn was not asked. */
		json_out_key_c_string(json, "state", quote_word(glance, is_accepted ? glance : NULL));
		json_out_key(json, "quoted_status_id");
		if (is_accepted)
			json_out_id(json, glance->quote_id);
		else
			json_out_null(json);
	} else {
		json_out_key_c_string(json, "state", quote_word(glance, quoted));
		json_out_key(json, "quoted_status");
		if (quoted)
			write_post(set, json, quoted, true);
		else
			json_out_null(json);
	}
	json_out_object_end(json);
}

static void write_counts(const struct status_set *set, struct json_out *json, const struct post_glance *glance)
{
	const struct post_numbers numbers = {
		.post_id = glance->post_id, .replies = glance->replies, .boosts = glance->boosts, .favourites = glance->favourites,
		.quotes = glance->quotes,
	};
	AUTO(buf) struct buf members = { 0 };

	page_numbers_write(&members, &numbers);
	json_out_raw_members(json, buf_str(&members));
	if (set->parts)
		page_parts_add_hole(set->parts, json->buf, members.len, CHANGE_POST_NUMBERS, glance->post_id);
}

static void write_account(const struct status_set *set, struct json_out *json, int64_t actor_id)
{
	json_out_key(json, "account");
	account_set_write(set->accounts, json, actor_id);
}

static void write_poll(struct json_out *json, const struct poll_view *poll)
{
	if (!poll) {
		json_out_key_null(json, "poll");
		return;
	}
	json_out_key(json, "poll");
	poll_view_write(poll, json);
}

/* Behind the fragment, or what stands for it. */
static void write_rest(const struct status_set *set, struct json_out *json, const struct post_glance *glance, bool is_quoted)
{
	const struct piece *piece = find_piece(set, glance->post_id);

	json_out_key_null(json, "reblog");
	write_account(set, json, glance->actor_id);
	write_counts(set, json, glance);
	write_flags(set, json, glance);
	write_poll(json, piece->poll);
	write_quote(set, json, glance, is_quoted);
	write_quote_approval(set, json, glance);
}

static void write_post(const struct status_set *set, struct json_out *json, const struct post_glance *glance, bool is_quoted)
{
	json_out_object_begin(json);
	json_out_raw_members(json, find_piece(set, glance->post_id)->fragment.json);
	write_rest(set, json, glance, is_quoted);
	json_out_object_end(json);
}

static void write_boost(const struct status_set *set, struct json_out *json, const struct post_glance *glance)
{
	static const char *const nothing[] = { "media_attachments", "mentions", "tags", "emojis", "tagged_collections" };
	static const char *const nulls[] = { "in_reply_to_id", "in_reply_to_account_id", "edited_at", "language", "text", "poll",
		"card", "quote" };
	struct post_glance boosted = *glance;

	boosted.booster_id = 0;
	json_out_object_begin(json);
	json_out_key_id(json, "id", glance->id);
	json_out_key_str(json, "uri", glance->boost_uri);
	json_out_key_str(json, "url", glance->boost_uri);
	json_out_key_time_ms(json, "created_at", glance->boosted_us);
	json_out_key_c_string(json, "visibility", post_visibility_name(glance->boost_visibility));
	json_out_key_bool(json, "sensitive", false);
	json_out_key_c_string(json, "spoiler_text", "");
	json_out_key_c_string(json, "content", "");
	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
		write_empty_array(json, nothing[i]);
	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
		json_out_key_null(json, nulls[i]);
	write_account(set, json, glance->booster_id);
	write_counts(set, json, glance);
	write_flags(set, json, glance);
	write_quote_approval(set, json, glance);
	json_out_key(json, "reblog");
	write_post(set, json, &boosted, false);
	json_out_object_end(json);
}

void status_set_write(const struct status_set *set, struct json_out *json, int64_t id)
{
	const struct post_glance *glance = find_asked(set, id);

	if (glance->booster_id)
		write_boost(set, json, glance);
	else
		write_post(set, json, glance, false);
}

void status_set_write_array(const struct status_set *set, struct json_out *json, const int64_t *ids, size_t count)
{
	json_out_array_begin(json);
	for (size_t i = 0; i < count; i++)
		if (status_set_has(set, ids[i]))
			status_set_write(set, json, ids[i]);
	json_out_array_end(json);
}

enum error status_respond(struct request *request, int64_t id)
{
	const struct reader reader = reader_of(request, FILTER_THREAD);
	struct status_set *set;

	enum error error = status_set_load(&reader, &id, 1, &set);
	if (error)
		return error;
	if (!status_set_has(set, id))
		return ERROR_NOT_FOUND;
	status_set_write(set, respond_json(request, 200), id);
	return ERROR_NONE;
}

enum error status_respond_array(struct request *request, enum filter_context filters, const int64_t *ids, size_t count)
{
	const struct reader reader = reader_of(request, filters);
	struct status_set *set;

	enum error error = status_set_load(&reader, ids, count, &set);
	if (error)
		return error;
	status_set_write_array(set, respond_json(request, 200), ids, count);
	return ERROR_NONE;
}

enum error status_render_source(const struct reader *reader, int64_t id, struct buf *ret_json)
{
	struct status_set *set;
	struct post_full *posts;
	struct fragment fragment;
	struct json_out json;
	size_t count;

	enum error error = status_set_load(reader, &id, 1, &set);
	if (error)
		return error;
	const struct post_glance *glance = find_asked(set, id);
	if (!glance)
		return ERROR_NOT_FOUND;
	error = post_full_list(reader->db, reader->arena, &glance->post_id, 1, &posts, &count);
	if (!error && count == 0)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = status_fragment_render(reader, posts, STATUS_WITH_SOURCE, &fragment);
	if (error)
		return error;
	json_out_init(&json, ret_json);
	json_out_object_begin(&json);
	json_out_raw_members(&json, fragment.json);
	write_rest(set, &json, glance, false);
	json_out_object_end(&json);
	return ERROR_NONE;
}
