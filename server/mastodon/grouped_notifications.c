/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Notifications in groups. A page takes notifications in their order until the group after the last one begins, so that
 * the next page begins where this one ends; what is told of a group (how many, who, the newest) is of all of it. */
#include "server/mastodon/notifications.h"

#include "server/entity/notification.h"
#include "server/mastodon/kept_pages.h"
#include "server/mastodon/parameters.h"

#include <stdlib.h>

#define DEFAULT_LIMIT 40
#define MAX_LIMIT 80
#define ACCOUNTS_DEFAULT_LIMIT 40
#define ACCOUNTS_MAX_LIMIT 80
#define CHUNK 160
#define MAX_SCANNED 1600 /* a page ends there, however few groups they are */

/* One line of the answer. */
struct entry {
	struct notification newest; /* of those on this page */
	int64_t page_min_id;
	bool is_grouped;
	struct notification_group group;
};

struct entries {
	struct entry *items;
	size_t count, limit;
	bool has_more;
};

static struct notification_group group_of(const struct notification *notification)
{
	return (struct notification_group){
		.kind = notification->kind == NOTIFICATION_REACTION ? NOTIFICATION_FAVOURITE : notification->kind,
		.post_id = notification->post_id,
		.span = notification->id / NOTIFICATION_GROUP_SPAN_US,
		.count = 1,
		.newest_id = notification->id,
		.oldest_id = notification->id,
		.sample_actor_ids = { notification->from_actor_id },
		.sample_count = 1,
	};
}

static struct entry *find_entry(struct entries *entries, const struct notification_group *group)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct notification_group *other = &entries->items[i].group;
		if (entries->items[i].is_grouped && other->kind == group->kind && other->post_id == group->post_id &&
		    other->span == group->span)
			return &entries->items[i];
	}
	return NULL;
}

/* False when the page is full. */
static bool take(struct entries *entries, const struct notification *notification, unsigned grouped_kinds)
{
	struct notification_group group = group_of(notification);
	bool is_grouped = grouped_kinds & 1U << notification->kind;
	struct entry *entry = is_grouped ? find_entry(entries, &group) : NULL;
	if (!entry) {
		if (entries->count == entries->limit)
			return false;
		entry = &entries->items[entries->count++];
		*entry = (struct entry){ .newest = *notification, .page_min_id = notification->id, .is_grouped = is_grouped,
			.group = group };
		return true;
	}
	if (notification->id > entry->newest.id)
		entry->newest = *notification;
	if (notification->id < entry->page_min_id)
		entry->page_min_id = notification->id;
	return true;
}

static int compare_entries(const void *left, const void *right)
{
	int64_t left_id = ((const struct entry *)left)->newest.id, right_id = ((const struct entry *)right)->newest.id;
	return left_id < right_id ? 1 : left_id > right_id ? -1 : 0;
}

static enum error collect(struct request *request, struct notification_query *query, unsigned grouped_kinds,
	struct entries *entries, int64_t *ret_until_us)
{
	bool is_ascending = query->page.min_id != 0;
	size_t count = CHUNK;
	query->page.limit = CHUNK;
	for (size_t scanned = 0; count == CHUNK && !entries->has_more; scanned += count) {
		struct notification *rows;
		enum error error = notification_list(request->db, request->arena, query, &rows, &count, ret_until_us);
		if (error)
			return error;
		for (size_t i = 0; i < count && !entries->has_more; i++) {
			const struct notification *row = &rows[is_ascending ? count - 1 - i : i];
			entries->has_more = !take(entries, row, grouped_kinds);
			if (is_ascending)
				query->page.min_id = row->id;
			else
				query->page.max_id = row->id;
		}
		entries->has_more |= count == CHUNK && scanned + count >= MAX_SCANNED;
	}
	qsort(entries->items, entries->count, sizeof(*entries->items), compare_entries);
	return ERROR_NONE;
}

static unsigned read_grouped_kinds(struct request *request)
{
	struct str *types;
	size_t count = parameter_list(request, "grouped_types", &types);
	unsigned kinds = 0;
	for (size_t i = 0; i < count; i++)
		kinds |= notification_kinds_of_type(types[i]);
	return NOTIFICATION_KINDS_GROUPED & (count ? kinds : ~0U);
}

static struct entries new_entries(struct request *request, size_t limit)
{
	return (struct entries){ .items = arena_alloc_array(request->arena, limit, sizeof(struct entry)), .limit = limit };
}

/* ---- what is written ---- */

struct answer {
	struct reader reader;
	struct notification_set set;
	struct entries *entries;
	bool is_partial; /* accounts that are not the first of a group are told in short */
};

static enum error load(struct request *request, struct entries *entries, struct page_parts *parts, struct answer *ret_answer)
{
	struct notification *newest = arena_alloc_array(request->arena, entries->count, sizeof(*newest));
	struct notification_group *groups = arena_alloc_array(request->arena, entries->count, sizeof(*groups));
	int64_t *actor_ids =
		arena_alloc_array(request->arena, entries->count * NOTIFICATION_GROUP_SAMPLES, sizeof(*actor_ids));
	size_t group_count = 0, actor_count = 0;
	for (size_t i = 0; i < entries->count; i++) {
		newest[i] = entries->items[i].newest;
		if (entries->items[i].is_grouped)
			groups[group_count++] = entries->items[i].group;
	}
	enum error error =
		notification_fill_groups(request->db, request->arena, request->access.actor_id, groups, group_count);
	for (size_t i = 0, at = 0; !error && i < entries->count; i++) {
		struct entry *entry = &entries->items[i];
		if (entry->is_grouped && groups[at++].count)
			entry->group = groups[at - 1];
		for (size_t j = 0; j < entry->group.sample_count; j++)
			actor_ids[actor_count++] = entry->group.sample_actor_ids[j];
	}
	ret_answer->reader = reader_of(request, FILTER_NOTIFICATIONS);
	ret_answer->entries = entries;
	return error ? error : notification_set_load(&ret_answer->reader, newest, entries->count, actor_ids, actor_count,
		parts, &ret_answer->set);
}

static bool is_shown(const struct answer *answer, const struct entry *entry)
{
	return notification_set_has(&answer->set, &entry->newest);
}

static void write_group(const struct answer *answer, struct json_out *json, const struct entry *entry)
{
	const struct notification_group *group = &entry->group;
	json_out_object_begin(json);
	json_out_key_str(json, "group_key", notification_group_key(answer->reader.arena, &entry->newest, entry->is_grouped));
	json_out_key_int(json, "notifications_count", group->count);
	json_out_key_c_string(json, "type", notification_type_name(group->kind));
	json_out_key_int(json, "most_recent_notification_id", group->newest_id);
	json_out_key_id(json, "page_min_id", entry->page_min_id);
	json_out_key_id(json, "page_max_id", entry->newest.id);
	json_out_key_time_ms(json, "latest_page_notification_at", entry->newest.created_us);
	json_out_key_array_begin(json, "sample_account_ids");
	for (size_t i = 0; i < group->sample_count; i++)
		if (account_set_has(answer->set.accounts, group->sample_actor_ids[i]))
			json_out_id(json, group->sample_actor_ids[i]);
	json_out_array_end(json);
	if (entry->newest.post_id)
		json_out_key_id(json, "status_id", entry->newest.post_id);
	notification_set_write_about(&answer->set, json, &entry->newest);
	json_out_object_end(json);
}

static void write_partial_account(const struct answer *answer, struct json_out *json, int64_t actor_id)
{
	const struct actor *actor = account_set_actor(answer->set.accounts, actor_id);
	struct str avatar = account_avatar_url(&answer->reader, actor);
	json_out_object_begin(json);
	json_out_key_id(json, "id", actor_id);
	json_out_key_str(json, "acct", account_acct(answer->reader.arena, actor));
	json_out_key_bool(json, "locked", actor->is_locked);
	json_out_key_bool(json, "bot", actor->kind == ACTOR_SERVICE || actor->kind == ACTOR_APPLICATION);
	json_out_key_str(json, "url", actor->url);
	json_out_key_str(json, "avatar", avatar);
	json_out_key_str(json, "avatar_static", avatar);
	json_out_object_end(json);
}

struct id_list {
	int64_t *items;
	size_t count;
};

static void add_once(struct id_list *list, int64_t id)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] == id)
			return;
	list->items[list->count++] = id;
}

static struct id_list new_list(const struct answer *answer, size_t maximum)
{
	return (struct id_list){ .items = arena_alloc_array(answer->reader.arena, maximum, sizeof(int64_t)) };
}

/* Those of the groups' samples that are the first, or all others that are not among these. */
static struct id_list list_accounts(const struct answer *answer, bool of_first, const struct id_list *except)
{
	struct id_list list = new_list(answer, answer->entries->count * NOTIFICATION_GROUP_SAMPLES);
	for (size_t i = 0; i < answer->entries->count; i++) {
		const struct entry *entry = &answer->entries->items[i];
		size_t from = of_first ? 0 : 1, to = of_first ? 1 : entry->group.sample_count;
		for (size_t j = from; j < to && is_shown(answer, entry); j++) {
			int64_t id = entry->group.sample_actor_ids[j];
			bool is_wanted = account_set_has(answer->set.accounts, id);
			for (size_t k = 0; except && is_wanted && k < except->count; k++)
				is_wanted = except->items[k] != id;
			if (is_wanted)
				add_once(&list, id);
		}
	}
	return list;
}

static void write_accounts(const struct answer *answer, struct json_out *json)
{
	struct id_list first = list_accounts(answer, true, NULL);
	struct id_list others = list_accounts(answer, false, &first);
	json_out_key_array_begin(json, "accounts");
	for (size_t i = 0; i < first.count; i++)
		account_set_write(answer->set.accounts, json, first.items[i]);
	for (size_t i = 0; i < others.count && !answer->is_partial; i++)
		account_set_write(answer->set.accounts, json, others.items[i]);
	json_out_array_end(json);
	if (!answer->is_partial)
		return;
	json_out_key_array_begin(json, "partial_accounts");
	for (size_t i = 0; i < others.count; i++)
		write_partial_account(answer, json, others.items[i]);
	json_out_array_end(json);
}

static void write_answer(const struct answer *answer, struct json_out *json)
{
	struct id_list posts = new_list(answer, answer->entries->count);
	json_out_object_begin(json);
	write_accounts(answer, json);
	for (size_t i = 0; i < answer->entries->count; i++)
		if (answer->entries->items[i].newest.post_id && is_shown(answer, &answer->entries->items[i]))
			add_once(&posts, answer->entries->items[i].newest.post_id);
	json_out_key(json, "statuses");
	status_set_write_array(answer->set.statuses, json, posts.items, posts.count);
	json_out_key_array_begin(json, "notification_groups");
	for (size_t i = 0; i < answer->entries->count; i++)
		if (is_shown(answer, &answer->entries->items[i]))
			write_group(answer, json, &answer->entries->items[i]);
	json_out_array_end(json);
	json_out_object_end(json);
}

/* Of a page, from its parameters. */
struct wanted {
	struct notification_query query;
	unsigned grouped_kinds;
	bool is_partial;
};

static enum error read_wanted(struct request *request, struct wanted *ret_wanted)
{
	struct str expansion = parameter_text(request, "expand_accounts");
	bool is_partial = str_eq(expansion, STR_LITERAL("partial_avatars"));
	if (expansion.len && !is_partial && !str_eq(expansion, STR_LITERAL("full"))) {
		request->error_message = STR_LITERAL("Invalid value for 'expand_accounts'");
		return ERROR_BAD_REQUEST;
	}
	*ret_wanted = (struct wanted){ .grouped_kinds = read_grouped_kinds(request), .is_partial = is_partial };
	notification_query_read(request, &ret_wanted->query);
	parameter_page(request, DEFAULT_LIMIT, MAX_LIMIT, &ret_wanted->query.page);
	return ERROR_NONE;
}

#define GROUPED_KINDS_BIT 32
#define PARTIAL_BIT 63
_Static_assert(NOTIFICATION_KIND_COUNT < PARTIAL_BIT - GROUPED_KINDS_BIT, "kinds fit into half a number, with a bit for more");

static struct page_key key_of_page(const struct wanted *wanted)
{
	struct page_key key = notification_page_key(PAGE_NOTIFICATION_GROUPS, &wanted->query);
	key.variant |= (uint64_t)wanted->grouped_kinds << GROUPED_KINDS_BIT | (uint64_t)wanted->is_partial << PARTIAL_BIT;
	return key;
}

bool cached_grouped_notifications(struct request *request)
{
	struct wanted wanted;
	if (read_wanted(request, &wanted) != ERROR_NONE || wanted.query.from_actor_id)
		return false;
	const struct page_key key = key_of_page(&wanted);
	return kept_pages_take(request, &key);
}

static struct page_ids ends_of(const struct entries *entries, const struct page_key *key)
{
	struct page_ids ends = { .count = entries->count, .has_more = entries->has_more || key->bounds.min_id };
	if (!entries->count)
		return ends;
	ends.first = entries->items[0].newest.id;
	ends.last = entries->items[0].page_min_id;
	for (size_t i = 1; i < entries->count; i++)
		ends.last = entries->items[i].page_min_id < ends.last ? entries->items[i].page_min_id : ends.last;
	return ends;
}

enum error handle_grouped_notifications(struct request *request)
{
	struct wanted wanted;
	struct page_making making;
	struct buf out = { 0 };
	struct json_out json;
	if (cached_grouped_notifications(request))
		return ERROR_NONE; /* its token was not known on the loop */
	enum error error = read_wanted(request, &wanted);
	if (error)
		return error;
	const struct page_key key = key_of_page(&wanted);
	struct answer answer = { .is_partial = wanted.is_partial };
	struct entries entries = new_entries(request, (size_t)wanted.query.page.limit);
	kept_pages_begin(request, &key, &making);
	error = collect(request, &wanted.query, wanted.grouped_kinds, &entries, &making.parts.until_us);
	if (!error)
		error = load(request, &entries, &making.parts, &answer);
	if (error)
		return error;
	if (wanted.query.from_actor_id)
		making.parts.until_us = 0; /* asked for once */
	const struct page_ids ends = ends_of(&entries, &key);
	json_out_init(&json, &out);
	write_answer(&answer, &json);
	kept_pages_respond(request, &making, &ends, &out);
	return ERROR_NONE;
}

enum error handle_grouped_unread_count(struct request *request)
{
	struct notification_query query;
	int64_t until_us;
	enum error error = notification_query_read_unread(request, &query);
	if (error)
		return error;
	struct entries entries = new_entries(request, (size_t)query.page.limit);
	error = collect(request, &query, read_grouped_kinds(request), &entries, &until_us);
	return error ? error : respond_unread_count(request, entries.count);
}

/* ---- one group ---- */

struct key {
	struct notification_group group;
	int64_t single_id; /* of a notification that is in no group; 0 otherwise */
};

/* "favourite-POST-SPAN", "follow-SPAN", "ungrouped-ID". */
static bool read_key(struct str text, struct key *ret_key)
{
	struct key key = { 0 };
	struct str type, number;
	int64_t numbers[2];
	size_t count = 0;
	if (!str_split_next(&text, '-', &type))
		return false;
	while (count < 2 && str_split_next(&text, '-', &number)) {
		if (!str_to_int64(number, &numbers[count++]) || numbers[count - 1] <= 0)
			return false;
	}
	if (!count || text.len)
		return false;
	if (str_eq(type, STR_LITERAL("ungrouped"))) {
		key.single_id = numbers[0];
		*ret_key = key;
		return count == 1;
	}
	unsigned kinds = notification_kinds_of_type(type) & NOTIFICATION_KINDS_GROUPED & ~(1U << NOTIFICATION_REACTION);
	if (!kinds || numbers[count - 1] > INT64_MAX / NOTIFICATION_GROUP_SPAN_US - 1)
		return false;
	key.group.kind = (enum notification_kind)__builtin_ctz(kinds);
	bool is_about_post = key.group.kind == NOTIFICATION_FAVOURITE || key.group.kind == NOTIFICATION_BOOST;
	key.group.post_id = is_about_post ? numbers[0] : 0;
	key.group.span = numbers[count - 1];
	*ret_key = key;
	return count == (is_about_post ? 2 : 1);
}

static enum error list_members(struct request *request, const struct id_page *page, struct key *ret_key,
	struct notification **ret_notifications, size_t *ret_count)
{
	int64_t actor_id = request->access.actor_id;
	if (!read_key(request_value(request, 0), ret_key))
		return ERROR_NOT_FOUND;
	if (!ret_key->single_id)
		return notification_list_group(request->db, request->arena, actor_id, &ret_key->group, page, ret_notifications,
			ret_count);
	*ret_notifications = arena_alloc(request->arena, sizeof(**ret_notifications));
	*ret_count = 1;
	return notification_find(request->db, request->arena, actor_id, ret_key->single_id, *ret_notifications);
}

enum error handle_notification_group(struct request *request)
{
	struct id_page page = { .limit = MAX_LIMIT };
	struct answer answer = { 0 };
	struct notification *members;
	struct key key;
	size_t count;
	enum error error = list_members(request, &page, &key, &members, &count);
	if (error)
		return error;
	if (!count)
		return ERROR_NOT_FOUND;
	struct entries entries = new_entries(request, 1);
	for (size_t i = 0; i < count; i++)
		take(&entries, &members[i], key.single_id ? 0 : NOTIFICATION_KINDS_GROUPED);
	error = load(request, &entries, NULL, &answer);
	if (error)
		return error;
	if (!is_shown(&answer, &entries.items[0]))
		return ERROR_NOT_FOUND;
	write_answer(&answer, respond_json(request, 200));
	return ERROR_NONE;
}

enum error handle_notification_group_accounts(struct request *request)
{
	struct id_page page;
	struct notification *members;
	struct key key;
	size_t count;
	parameter_page(request, ACCOUNTS_DEFAULT_LIMIT, ACCOUNTS_MAX_LIMIT, &page);
	enum error error = list_members(request, &page, &key, &members, &count);
	if (error)
		return error;
	struct id_list actors = { .items = arena_alloc_array(request->arena, count, sizeof(int64_t)) };
	for (size_t i = 0; i < count; i++)
		add_once(&actors, members[i].from_actor_id);
	if (count && !key.single_id)
		respond_link(request, count, members[0].id, members[count - 1].id, count == (size_t)page.limit);
	return account_respond_array(request, actors.items, actors.count);
}

enum error handle_notification_group_dismiss(struct request *request)
{
	struct key key;
	int64_t actor_id = request->access.actor_id;
	if (!read_key(request_value(request, 0), &key))
		return ERROR_NOT_FOUND;
	enum error error = key.single_id ? notification_dismiss(request->db, request->arena, actor_id, &key.single_id, 1) :
		notification_dismiss_group(request->db, request->arena, actor_id, &key.group);
	return error ? error : respond_empty_object(request);
}
