/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One table of streams; names and paths differ by their separator only. */
#include "server/stream/stream_name.h"

#include "base/hashtag.h"
#include "base/json_out.h"

static const struct {
	struct str name;
	const char *scope;
} kinds[] = {
	[STREAM_USER] = { STR("user"), "read:statuses" },
	[STREAM_USER_NOTIFICATION] = { STR("user:notification"), "read:notifications" },
	[STREAM_DIRECT] = { STR("direct"), "read:statuses" },
	[STREAM_LIST] = { STR("list"), "read:statuses" },
	[STREAM_HASHTAG] = { STR("hashtag"), "read:statuses" },
	[STREAM_HASHTAG_LOCAL] = { STR("hashtag:local"), "read:statuses" },
	[STREAM_PUBLIC] = { STR("public"), "read:statuses" },
	[STREAM_PUBLIC_MEDIA] = { STR("public:media"), "read:statuses" },
	[STREAM_PUBLIC_LOCAL] = { STR("public:local"), "read:statuses" },
	[STREAM_PUBLIC_LOCAL_MEDIA] = { STR("public:local:media"), "read:statuses" },
	[STREAM_PUBLIC_REMOTE] = { STR("public:remote"), "read:statuses" },
	[STREAM_PUBLIC_REMOTE_MEDIA] = { STR("public:remote:media"), "read:statuses" },
};

const char *stream_kind_scope(enum stream_kind kind)
{
	return kinds[kind].scope;
}

static bool read_list_id(struct arena *arena, struct str list, struct str *ret_argument)
{
	int64_t id;
	if (!str_to_int64(list, &id) || id <= 0)
		return false;
	*ret_argument = arena_printf(arena, "%lld", (long long)id);
	return true;
}

static bool is_of_tag(enum stream_kind kind)
{
	return kind == STREAM_HASHTAG || kind == STREAM_HASHTAG_LOCAL;
}

struct stream_name stream_name_again(struct arena *arena, enum stream_kind kind, struct str given)
{
	struct str tag = str_starts_with(given, STR_LITERAL("#")) ? str_slice(given, 1, given.len) : given;
	return (struct stream_name){ kind, is_of_tag(kind) ? hashtag_key(arena, tag) : given, given };
}

bool stream_name_read(struct arena *arena, struct str name, struct str tag, struct str list, struct stream_name *ret_name)
{
	unsigned kind = 0;
	struct str given = { 0 };
	while (kind < STREAM_KIND_COUNT && !str_eq(kinds[kind].name, name))
		kind++;
	if (kind == STREAM_KIND_COUNT)
		return false;
	if (kind == STREAM_LIST && !read_list_id(arena, list, &given))
		return false;
	if (is_of_tag((enum stream_kind)kind))
		given = tag;
	*ret_name = stream_name_again(arena, (enum stream_kind)kind, given);
	return !is_of_tag(ret_name->kind) || ret_name->argument.len;
}

bool stream_name_read_path(struct arena *arena, struct str path, struct str tag, struct str list, bool only_media,
	struct stream_name *ret_name)
{
	char *name = arena_c_string(arena, path);
	for (size_t i = 0; i < path.len; i++)
		if (name[i] == '/')
			name[i] = ':';
	if (only_media && str_starts_with(path, STR_LITERAL("public")))
		return stream_name_read(arena, arena_printf(arena, "%s:media", name), tag, list, ret_name);
	return stream_name_read(arena, str_from(name), tag, list, ret_name);
}

struct str stream_topic(struct arena *arena, const struct stream_name *name, int64_t actor_id)
{
	struct str kind = kinds[name->kind].name;
	if (name->kind == STREAM_USER || name->kind == STREAM_USER_NOTIFICATION || name->kind == STREAM_DIRECT)
		return arena_printf(arena, "%.*s/%lld", STR_ARG(kind), (long long)actor_id);
	return arena_printf(arena, "%.*s/%.*s", STR_ARG(kind), STR_ARG(name->argument));
}

void stream_name_write(const struct stream_name *name, struct buf *out)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	json_out_str(&json, kinds[name->kind].name);
	if (name->given.len)
		json_out_str(&json, name->given);
	json_out_array_end(&json);
}
