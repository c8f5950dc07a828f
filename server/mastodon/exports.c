/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * CSV (RFC 4180), page by page in memory that is used again. */
#include "server/mastodon/exports.h"

#include "server/mastodon/parameters.h"

#include "base/mutant.h"
#include "storage/export.h"
#include "storage/severance.h"

#include <string.h>

#define PAGE_ROWS 1000
#define MAX_ROWS 200000
#define PAGE_LIMIT_BYTES ((size_t)16 * 1024 * 1024)

static void add_cell(struct buf *out, struct str cell)
{
	bool needs_quotes = false;
	/* Tables take what begins so for a formula. */
	if (cell.len && strchr("=+-@\t\r", cell.data[0]))
		buf_add_char(out, '\'');
	for (size_t i = 0; i < cell.len; i++)
		needs_quotes |= cell.data[i] == ',' || cell.data[i] == '"' || cell.data[i] == '\n' || cell.data[i] == '\r';
	if (!needs_quotes) {
		buf_add_str(out, cell);
		return;
	}
	buf_add_char(out, '"');
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.data[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, cell.data[i]);
	}
	buf_add_char(out, '"');
}

static void add_row(struct buf *out, const struct export_row *row)
{
	for (size_t i = 0; i < EXPORT_MAX_CELLS && row->cells[i].data; i++) {
		if (i)
			buf_add_char(out, ',');
		add_cell(out, row->cells[i]);
	}
	buf_add_char(out, '\n');
}

static enum error collect(struct request *request, struct export_query query, struct buf *out)
{
	AUTO(arena) struct arena *arena = arena_new(PAGE_LIMIT_BYTES);
	query.limit = PAGE_ROWS;
	size_t count = PAGE_ROWS;
	for (size_t total = 0; count == PAGE_ROWS && total < MAX_ROWS; total += count) {
		struct export_row *rows;
		enum error error = export_list(request->db, arena, &query, &rows, &count);
		if (error)
			return error;
		for (size_t i = 0; i < count; i++)
			add_row(out, &rows[i]);
		if (count)
			query.after_id = rows[count - 1].id;
		arena_reset(arena);
	}
	return ERROR_NONE;
}

static enum error respond_file(struct request *request, struct export_query query, const char *file_name, const char *head)
{
	AUTO(buf) struct buf csv = { 0 };
	buf_add_c_string(&csv, head);
	enum error error = collect(request, query, &csv);
	if (error)
		return error;
	respond_header(request, "Content-Disposition", arena_printf(request->arena, "attachment; filename=\"%s.csv\"", file_name));
	buf_add_str(respond(request, 200, "text/csv; charset=utf-8"), buf_str(&csv));
	return ERROR_NONE;
}

#define FOLLOWING_HEAD "Account address,Show boosts,Notify on new posts,Languages\n"
#define FOLLOWERS_HEAD "Account address\n"

enum error respond_severed_export(struct request *request, int64_t actor_id, int64_t event_id, bool of_followers)
{
	struct severance_loss *losses;
	size_t count;
	struct export_query query = { .kind = of_followers ? EXPORT_SEVERED_FOLLOWERS : EXPORT_SEVERED_FOLLOWING,
		.actor_id = actor_id, .event_id = event_id };
	enum error error = severance_list_some(request->db, request->arena, actor_id, &event_id, 1, &losses, &count);
	if (error)
		return error;
	if (!count && !MUTANT("export_severed_owner"))
		return ERROR_NOT_FOUND;
	return respond_file(request, query, of_followers ? "severed_followers" : "severed_following",
		of_followers ? FOLLOWERS_HEAD : FOLLOWING_HEAD);
}

enum error handle_export_severed_following(struct request *request)
{
	return respond_severed_export(request, request->access.actor_id, parameter_path_id(request, 0), false);
}

enum error handle_export_severed_followers(struct request *request)
{
	return respond_severed_export(request, request->access.actor_id, parameter_path_id(request, 0), true);
}

static const struct {
	const char *name; /* in the path */
	enum export_kind kind;
	const char *file_name;
	const char *head;
} exports[] = {
	{ "following", EXPORT_FOLLOWING, "following_accounts", FOLLOWING_HEAD },
	{ "followers", EXPORT_FOLLOWERS, "followers", FOLLOWERS_HEAD },
	{ "lists", EXPORT_LISTS, "lists", "" },
	{ "mutes", EXPORT_MUTES, "muted_accounts", "Account address,Hide notifications\n" },
	{ "blocks", EXPORT_BLOCKS, "blocked_accounts", "" },
	{ "domain_blocks", EXPORT_DOMAIN_BLOCKS, "blocked_domains", "" },
	{ "bookmarks", EXPORT_BOOKMARKS, "bookmarks", "" },
};

enum error respond_export(struct request *request, int64_t actor_id, struct str name)
{
	for (size_t i = 0; i < sizeof(exports) / sizeof(exports[0]); i++)
		if (str_eq(name, str_from(exports[i].name)))
			return respond_file(request, (struct export_query){ .kind = exports[i].kind, .actor_id = actor_id }, exports[i].file_name,
				exports[i].head);
	return ERROR_NOT_FOUND;
}

enum error handle_export_following(struct request *request)
{
	return respond_export(request, request->access.actor_id, STR_LITERAL("following"));
}

enum error handle_export_followers(struct request *request)
{
	return respond_export(request, request->access.actor_id, STR_LITERAL("followers"));
}

enum error handle_export_lists(struct request *request)
{
	return respond_export(request, request->access.actor_id, STR_LITERAL("lists"));
}

enum error handle_export_mutes(struct request *request)
{
	return respond_export(request, request->access.actor_id, STR_LITERAL("mutes"));
}

enum error handle_export_blocks(struct request *request)
{
	return respond_export(request, request->access.actor_id, STR_LITERAL("blocks"));
}

enum error handle_export_domain_blocks(struct request *request)
{
	return respond_export(request, request->access.actor_id, STR_LITERAL("domain_blocks"));
}

enum error handle_export_bookmarks(struct request *request)
{
	return respond_export(request, request->access.actor_id, STR_LITERAL("bookmarks"));
}
