/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Drafts and what hangs at them. The database holds the edges of their states. */
#include "storage/draft.h"

#include "storage/id_page_sql.h"
#include "storage/statement.h"

#define DRAFT_COLUMNS           \
	"d.id"                  \
	", d.organisation_id"   \
	", d.number"            \
	", d.actor_id"          \
	", d.kind"              \
	", d.state"             \
	", d.version"           \
	", d.lock_version"      \
	", d.author_id"         \
	", d.author_user_id"    \
	", d.policy_id"         \
	", d.post_id"           \
	", d.ticket_id"         \
	", d.campaign_id"       \
	", d.application_id"    \
	", d.scheduled_at"      \
	", d.scheduled_by"      \
	", d.scheduled_user_id" \
	", d.embargo_until"     \
	", d.expires_at"        \
	", d.idempotency_key"   \
	", d.failure"           \
	", d.created_at"        \
	", d.changed_at"

enum {
	DRAFT_ID, DRAFT_ORGANISATION_ID, DRAFT_NUMBER, DRAFT_ACTOR_ID, DRAFT_KIND, DRAFT_STATE, DRAFT_VERSION, DRAFT_LOCK_VERSION,
	DRAFT_AUTHOR_ID, DRAFT_AUTHOR_USER_ID, DRAFT_POLICY_ID, DRAFT_POST_ID, DRAFT_TICKET_ID, DRAFT_CAMPAIGN_ID,
	DRAFT_APPLICATION_ID, DRAFT_SCHEDULED_AT, DRAFT_SCHEDULED_BY, DRAFT_SCHEDULED_USER_ID, DRAFT_EMBARGO_UNTIL,
	DRAFT_EXPIRES_AT, DRAFT_IDEMPOTENCY_KEY, DRAFT_FAILURE, DRAFT_CREATED_AT, DRAFT_CHANGED_AT,
};

static const struct statement insert = STATEMENT("draft_insert", 20,
	"with counted as ("
	"  insert into draft_numbers as n (organisation_id, last_number)"
	"  values ($2, 1)"
	"  on conflict (organisation_id) do update set last_number = n.last_number + 1"
	"  returning last_number"
	"), made as ("
	"  insert into drafts (id, organisation_id, number, actor_id, kind, state, author_id, author_user_id, policy_id, post_id,"
	"    ticket_id, campaign_id, application_id, scheduled_at, scheduled_by, scheduled_user_id, embargo_until, expires_at,"
	"    idempotency_key)"
	"  select $1, $2, c.last_number, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18"
	"  from counted as c"
	"  on conflict (actor_id, author_user_id, idempotency_key) where idempotency_key is not null do nothing"
	"  returning id"
	")"
	" insert into draft_versions (draft_id, version, author_id, author_user_id, payload, sha256, media_ids)"
	" select m.id, 1, $6, $7, $19, sha256(convert_to($19, 'UTF8')), $20"
	" from made as m"); // draft_numbers_pkey, drafts_idempotency_key

static const struct statement find = STATEMENT("draft_find", 2,
	"select " DRAFT_COLUMNS
	" from drafts as d"
	" where d.id = $2"
	"   and ($1::bigint = 0 or d.organisation_id = $1)"); // drafts_pkey

static const struct statement find_by_number = STATEMENT("draft_find_by_number", 2,
	"select " DRAFT_COLUMNS
	" from drafts as d"
	" where d.organisation_id = $1"
	"   and d.number = $2"); // drafts_number

static const struct statement lock_one = STATEMENT("draft_lock", 2,
	"select " DRAFT_COLUMNS
	" from drafts as d"
	" where d.id = $2"
	"   and ($1::bigint = 0 or d.organisation_id = $1)"
	" for update"); // drafts_pkey

static const struct statement find_by_key = STATEMENT("draft_find_by_key", 3,
	"select " DRAFT_COLUMNS
	" from drafts as d"
	" where d.actor_id = $1"
	"   and d.author_user_id = $2"
	"   and d.idempotency_key = $3"); // drafts_idempotency_key

static const struct statement find_by_post = STATEMENT("draft_find_by_post", 1,
	"(select " DRAFT_COLUMNS " from drafts as d where d.post_id = $1 and d.kind = 'post')"
	" union all"
	" (select " DRAFT_COLUMNS " from drafts as d where d.post_id = $1 and d.kind <> 'post' and d.state = 'published')"
	" order by id desc"
	" limit 1"); // drafts_post, drafts_target

#define LIST_FROM                                                                                 \
	" from unnest($1::bigint[]) as account (id)"                                              \
	" join drafts as d on d.actor_id = account.id"                                            \
	" where ($6::text is null or d.state = $6)"                                               \
	"   and ($7::bigint is null or d.author_id = $7)"                                         \
	"   and ($8::timestamptz is null or d.scheduled_at >= $8)"                                \
	"   and ($9::timestamptz is null or d.scheduled_at < $9)"                                 \
	"   and ($10::text is null or exists (select from draft_versions as v"                    \
	"        where v.draft_id = d.id and v.version = d.version and position(lower($10) in lower(v.payload)) > 0))" \
	"   and (not $11::boolean or d.kind = 'post' and d.scheduled_at is not null"                                   \
	"        and d.state not in ('publishing', 'published', 'withdrawn'))"

static const struct statement list = STATEMENT("draft_list", 11,
	ID_PAGE_SELECT(DRAFT_COLUMNS, LIST_FROM, "d.id")); // drafts_account, draft_versions_pkey

#define CHANGED ", lock_version = lock_version + 1, changed_at = now()"

static const struct statement go = STATEMENT("draft_go", 3,
	"update drafts"
	" set state = $3" CHANGED
	", failure = case when $3 = 'failed' then failure end"
	" where id = $1"
	"   and state = $2"); // drafts_pkey

static const struct statement note_published = STATEMENT("draft_note_published", 2,
	"update drafts"
	" set state = 'published', post_id = case when kind = 'post' then $2 else post_id end" CHANGED
	" where id = $1"
	"   and state = 'publishing'"); // drafts_pkey

static const struct statement add_version = STATEMENT("draft_add_version", 8,
	"with changed as ("
	"  update drafts"
	"  set version = version + 1, state = $7, policy_id = $8" CHANGED
	"  where id = $1"
	"    and version = $2::bigint - 1"
	"  returning id, version"
	")"
	" insert into draft_versions (draft_id, version, author_id, author_user_id, payload, sha256, media_ids)"
	" select c.id, c.version, $3, $4, $5, sha256(convert_to($5, 'UTF8')), $6"
	" from changed as c"); // drafts_pkey

static const struct statement set_time = STATEMENT("draft_set_time", 4,
	"update drafts"
	" set scheduled_at = $2, scheduled_by = $3, scheduled_user_id = $4" CHANGED
	" where id = $1"); // drafts_pkey

static const struct statement set_limits = STATEMENT("draft_set_limits", 4,
	"update drafts"
	" set embargo_until = $2, expires_at = $3, campaign_id = $4"
	" where id = $1"); // drafts_pkey

static const struct statement set_failure = STATEMENT("draft_set_failure", 2,
	"update drafts"
	" set failure = left($2, 500)"
	" where id = $1"); // drafts_pkey

#define VERSION_FIELDS "v.draft_id, v.version, v.author_id, v.author_user_id, v.payload, v.sha256," \
	" array_to_string(v.media_ids, ' '), v.created_at"

static const struct statement find_version = STATEMENT("draft_version_find", 2,
	"select " VERSION_FIELDS
	" from draft_versions as v"
	" where v.draft_id = $1"
	"   and v.version = $2::bigint"); // draft_versions_pkey

static const struct statement list_versions = STATEMENT("draft_version_list", 1,
	"select " VERSION_FIELDS
	" from draft_versions as v"
	" where v.draft_id = $1"
	" order by v.version desc"
	" limit 200"); // draft_versions_pkey

static const struct statement holds_medium = STATEMENT("draft_holds_medium", 1,
	"select exists (select from draft_versions as v"
	"               join drafts as d on d.id = v.draft_id and d.version = v.version"
	"               where v.media_ids @> array[$1::bigint]"
	"                 and d.state in ('in_review', 'approved', 'scheduled', 'publishing', 'failed'))"); // draft_versions_media_ids, drafts_pkey

static const struct statement add_comment = STATEMENT("draft_comment_add", 6,
	"insert into draft_comments (id, draft_id, version, membership_id, user_id, body)"
	" values ($1, $2, $3::bigint, $4, $5, $6)");

static const struct statement list_comments = STATEMENT("draft_comment_list", 1,
	"select c.id, c.draft_id, c.version, c.membership_id, c.user_id, c.body, c.created_at"
	" from draft_comments as c"
	" where c.draft_id = $1"
	" order by c.id"
	" limit 500"); // draft_comments_draft_id

STATEMENT_TABLE(draft_statements, &insert, &find, &find_by_number, &lock_one, &find_by_key, &find_by_post, &list, &go, &note_published, &add_version, &set_time,
	&set_limits, &set_failure, &find_version, &list_versions, &holds_medium, &add_comment, &list_comments);

static const char *const state_names[DRAFT_STATE_COUNT] = {
	[DRAFT_DRAFT] = "draft",
	[DRAFT_IN_REVIEW] = "in_review",
	[DRAFT_CHANGES_REQUESTED] = "changes_requested",
	[DRAFT_APPROVED] = "approved",
	[DRAFT_SCHEDULED] = "scheduled",
	[DRAFT_PUBLISHING] = "publishing",
	[DRAFT_PUBLISHED] = "published",
	[DRAFT_FAILED] = "failed",
	[DRAFT_WITHDRAWN] = "withdrawn",
};

const char *draft_state_name(enum draft_state state)
{
	return state_names[state];
}

bool draft_state_from_name(struct str name, enum draft_state *ret_state)
{
	for (int i = 0; i < DRAFT_STATE_COUNT; i++) {
		if (str_eq(name, str_from(state_names[i]))) {
			*ret_state = (enum draft_state)i;
			return true;
		}
	}
	return false;
}

static const char *const kind_names[] = { [DRAFT_POST] = "post", [DRAFT_EDIT] = "edit", [DRAFT_BOOST] = "boost" };

const char *draft_kind_name(enum draft_kind kind)
{
	return kind_names[kind];
}

bool draft_kind_from_name(struct str name, enum draft_kind *ret_kind)
{
	for (size_t i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++) {
		if (str_eq(name, str_from(kind_names[i]))) {
			*ret_kind = (enum draft_kind)i;
			return true;
		}
	}
	return false;
}

static struct draft read_draft(const struct db_rows *rows, int row)
{
	struct draft draft = {
		.id = db_int64(rows, row, DRAFT_ID),
		.organisation_id = db_int64(rows, row, DRAFT_ORGANISATION_ID),
		.number = db_int64(rows, row, DRAFT_NUMBER),
		.actor_id = db_int64(rows, row, DRAFT_ACTOR_ID),
		/* What the database has that we do not know allows nothing. */
		.kind = DRAFT_BOOST,
		.state = DRAFT_WITHDRAWN,
		.version = db_int64(rows, row, DRAFT_VERSION),
		.lock_version = db_int64(rows, row, DRAFT_LOCK_VERSION),
		.author_id = db_int64(rows, row, DRAFT_AUTHOR_ID),
		.author_user_id = db_int64(rows, row, DRAFT_AUTHOR_USER_ID),
		.policy_id = db_int64(rows, row, DRAFT_POLICY_ID),
		.post_id = db_int64(rows, row, DRAFT_POST_ID),
		.ticket_id = db_int64(rows, row, DRAFT_TICKET_ID),
		.campaign_id = db_int64(rows, row, DRAFT_CAMPAIGN_ID),
		.application_id = db_int64(rows, row, DRAFT_APPLICATION_ID),
		.scheduled_us = db_time(rows, row, DRAFT_SCHEDULED_AT),
		.scheduled_by = db_int64(rows, row, DRAFT_SCHEDULED_BY),
		.scheduled_user_id = db_int64(rows, row, DRAFT_SCHEDULED_USER_ID),
		.embargo_us = db_time(rows, row, DRAFT_EMBARGO_UNTIL),
		.expires_us = db_time(rows, row, DRAFT_EXPIRES_AT),
		.idempotency_key = db_text(rows, row, DRAFT_IDEMPOTENCY_KEY),
		.failure = db_text(rows, row, DRAFT_FAILURE),
		.created_us = db_time(rows, row, DRAFT_CREATED_AT),
		.changed_us = db_time(rows, row, DRAFT_CHANGED_AT),
	};
	if (!draft_kind_from_name(db_text(rows, row, DRAFT_KIND), &draft.kind) ||
		!draft_state_from_name(db_text(rows, row, DRAFT_STATE), &draft.state))
		draft.state = DRAFT_WITHDRAWN;
	return draft;
}

static void add_time(struct db_values *values, int64_t time_us)
{
	if (time_us)
		db_value_time(values, time_us);
	else
		db_value_null(values);
}

static enum error read_one(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values,
	struct draft *ret_draft)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, statement, values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_draft = read_draft(&rows, 0);
	return ERROR_NONE;
}

static enum error change(struct db *db, struct arena *arena, const struct statement *statement, const struct db_values *values)
{
	int64_t affected;
	enum error error = db_change(db, arena, statement, values, &affected);
	return !error && !affected ? ERROR_CONFLICT : error;
}

enum error draft_insert(struct db *db, struct arena *arena, const struct draft *draft, const struct draft_version *version)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, draft->id);
	db_value_int64(&values, draft->organisation_id);
	db_value_int64(&values, draft->actor_id);
	db_value_text(&values, str_from(draft_kind_name(draft->kind)));
	db_value_text(&values, str_from(draft_state_name(draft->state)));
	db_value_int64(&values, draft->author_id);
	db_value_int64(&values, draft->author_user_id);
	db_value_id(&values, draft->policy_id);
	db_value_id(&values, draft->post_id);
	db_value_id(&values, draft->ticket_id);
	db_value_id(&values, draft->campaign_id);
	db_value_id(&values, draft->application_id);
	add_time(&values, draft->scheduled_us);
	db_value_id(&values, draft->scheduled_by);
	db_value_id(&values, draft->scheduled_user_id);
	add_time(&values, draft->embargo_us);
	add_time(&values, draft->expires_us);
	db_value_text(&values, draft->idempotency_key);
	db_value_text(&values, version->payload);
	db_value_int64_array(&values, arena, version->media_ids, version->media_count);
	return change(db, arena, &insert, &values);
}

enum error draft_find_by_key(struct db *db, struct arena *arena, int64_t actor_id, int64_t user_id, struct str key,
	struct draft *ret_draft)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_int64(&values, user_id);
	db_value_text(&values, key);
	return read_one(db, arena, &find_by_key, &values, ret_draft);
}

static enum error find_with(struct db *db, struct arena *arena, const struct statement *statement, int64_t organisation_id,
	int64_t id, struct draft *ret_draft)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	return read_one(db, arena, statement, &values, ret_draft);
}

enum error draft_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct draft *ret_draft)
{
	return find_with(db, arena, &find, organisation_id, id, ret_draft);
}

enum error draft_find_by_number(struct db *db, struct arena *arena, int64_t organisation_id, int64_t number, struct draft *ret_draft)
{
	return find_with(db, arena, &find_by_number, organisation_id, number, ret_draft);
}

enum error draft_lock(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct draft *ret_draft)
{
	return find_with(db, arena, &lock_one, organisation_id, id, ret_draft);
}

enum error draft_find_by_post(struct db *db, struct arena *arena, int64_t post_id, struct draft *ret_draft)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, post_id);
	return read_one(db, arena, &find_by_post, &values, ret_draft);
}

enum error draft_list(struct db *db, struct arena *arena, const struct draft_filter *filter, const struct id_page *page,
	struct draft **ret_drafts, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, filter->actor_ids, filter->actor_count);
	id_page_add(&values, page);
	db_value_text(&values, filter->state == DRAFT_STATE_COUNT ? (struct str){ 0 } : str_from(draft_state_name(filter->state)));
	db_value_id(&values, filter->author_id);
	add_time(&values, filter->from_us);
	add_time(&values, filter->until_us);
	db_value_text(&values, filter->text.len ? filter->text : (struct str){ 0 });
	db_value_bool(&values, filter->only_waiting_posts);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct draft *drafts = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*drafts));
	for (int i = 0; i < rows.count; i++)
		drafts[i] = read_draft(&rows, id_page_row(page, &rows, i));
	*ret_drafts = drafts;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error draft_go(struct db *db, struct arena *arena, int64_t id, enum draft_state from, enum draft_state to)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_text(&values, str_from(draft_state_name(from)));
	db_value_text(&values, str_from(draft_state_name(to)));
	return change(db, arena, &go, &values);
}

enum error draft_note_published(struct db *db, struct arena *arena, int64_t id, int64_t post_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_id(&values, post_id);
	return change(db, arena, &note_published, &values);
}

enum error draft_add_version(struct db *db, struct arena *arena, const struct draft *draft, const struct draft_version *version,
	enum draft_state state, int64_t policy_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, draft->id);
	db_value_int64(&values, draft->version + 1);
	db_value_int64(&values, version->author_id);
	db_value_int64(&values, version->author_user_id);
	db_value_text(&values, version->payload);
	db_value_int64_array(&values, arena, version->media_ids, version->media_count);
	db_value_text(&values, str_from(draft_state_name(state)));
	db_value_id(&values, policy_id);
	return change(db, arena, &add_version, &values);
}

enum error draft_set_time(struct db *db, struct arena *arena, int64_t id, int64_t scheduled_us, int64_t membership_id, int64_t user_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	add_time(&values, scheduled_us);
	db_value_id(&values, membership_id);
	db_value_id(&values, user_id);
	return change(db, arena, &set_time, &values);
}

enum error draft_set_limits(struct db *db, struct arena *arena, int64_t id, int64_t embargo_us, int64_t expires_us,
	int64_t campaign_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	add_time(&values, embargo_us);
	add_time(&values, expires_us);
	db_value_id(&values, campaign_id);
	return change(db, arena, &set_limits, &values);
}

enum error draft_set_failure(struct db *db, struct arena *arena, int64_t id, struct str failure)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id);
	db_value_text(&values, failure);
	return change(db, arena, &set_failure, &values);
}

static struct draft_version read_version(const struct db_rows *rows, int row)
{
	struct str text = db_text(rows, row, 6), word;
	int64_t *media_ids = arena_alloc_array(rows->arena, text.len / 2 + 1, sizeof(*media_ids));
	size_t media_count = 0;
	while (str_split_next(&text, ' ', &word))
		if (str_to_int64(word, &media_ids[media_count]))
			media_count++;
	return (struct draft_version){
		.draft_id = db_int64(rows, row, 0),
		.version = db_int64(rows, row, 1),
		.author_id = db_int64(rows, row, 2),
		.author_user_id = db_int64(rows, row, 3),
		.payload = db_text(rows, row, 4),
		.sha256 = db_bytes(rows, row, 5),
		.media_ids = media_ids,
		.media_count = media_count,
		.created_us = db_time(rows, row, 7),
	};
}

enum error draft_version_find(struct db *db, struct arena *arena, int64_t draft_id, int64_t version, struct draft_version *ret_version)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, draft_id);
	db_value_int64(&values, version);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find_version, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	*ret_version = read_version(&rows, 0);
	return ERROR_NONE;
}

enum error draft_version_list(struct db *db, struct arena *arena, int64_t draft_id, struct draft_version **ret_versions,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, draft_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_versions, &values, &rows);
	if (error)
		return error;
	struct draft_version *versions = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*versions));
	for (int i = 0; i < rows.count; i++)
		versions[i] = read_version(&rows, i);
	*ret_versions = versions;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error draft_holds_medium(struct db *db, struct arena *arena, int64_t medium_id, bool *ret_is_held)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, medium_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &holds_medium, &values, &rows);
	if (!error)
		*ret_is_held = db_bool(&rows, 0, 0);
	return error;
}

enum error draft_comment_add(struct db *db, struct arena *arena, const struct draft_comment *comment)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, comment->id);
	db_value_int64(&values, comment->draft_id);
	db_value_int64(&values, comment->version);
	db_value_id(&values, comment->membership_id);
	db_value_id(&values, comment->user_id);
	db_value_text(&values, comment->body);
	return change(db, arena, &add_comment, &values);
}

enum error draft_comment_list(struct db *db, struct arena *arena, int64_t draft_id, struct draft_comment **ret_comments,
	size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, draft_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_comments, &values, &rows);
	if (error)
		return error;
	struct draft_comment *comments = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*comments));
	for (int i = 0; i < rows.count; i++)
		comments[i] = (struct draft_comment){ db_int64(&rows, i, 0), db_int64(&rows, i, 1), db_int64(&rows, i, 2),
			db_int64(&rows, i, 3), db_int64(&rows, i, 4), db_text(&rows, i, 5), db_time(&rows, i, 6) };
	*ret_comments = comments;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
