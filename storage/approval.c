/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Policies, their steps, and the decisions of people. What counts is counted by functions of the database. */
#include "storage/approval.h"

#include "storage/statement.h"

#define POLICIES_MAX 200

static const struct statement store = STATEMENT("approval_policy_store", 15,
	"with stored as ("
	"  insert into approval_policies as p (id, organisation_id, name, position, actor_ids, kinds, tags, languages, has_media,"
	"    has_link, binds_speakers, covers_replies, demands_alt_text)"
	"  values ($1, $2, $3, $4::bigint, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
	"  on conflict (id) do update set name = excluded.name, position = excluded.position, actor_ids = excluded.actor_ids,"
	"    kinds = excluded.kinds, tags = excluded.tags, languages = excluded.languages, has_media = excluded.has_media,"
	"    has_link = excluded.has_link, binds_speakers = excluded.binds_speakers, covers_replies = excluded.covers_replies,"
	"    demands_alt_text = excluded.demands_alt_text"
	"  where p.organisation_id = excluded.organisation_id"
	"  returning id"
	"), removed as ("
	"  delete from approval_steps as s using stored"
	"  where s.policy_id = stored.id"
	"    and s.number > cardinality($14::text[])"
	")"
	" insert into approval_steps as s (policy_id, number, permission, minimum)"
	" select stored.id, step.number, step.permission, step.minimum"
	" from stored, unnest($14::text[], $15::bigint[]) with ordinality as step (permission, minimum, number)"
	" on conflict (policy_id, number) do update set permission = excluded.permission, minimum = excluded.minimum");
	// approval_policies_pkey, approval_steps_pkey

static const struct statement remove_one = STATEMENT("approval_policy_remove", 2,
	"delete from approval_policies"
	" where id = $2"
	"   and organisation_id = $1"); // approval_policies_pkey

static const struct statement list = STATEMENT("approval_policy_list", 2,
	"select p.id, p.organisation_id, p.name, p.position, array_to_string(p.actor_ids, ' '), array_to_string(p.kinds, ' '),"
	"       array_to_string(p.tags, ' '), array_to_string(p.languages, ' '), p.has_media, p.has_link, p.binds_speakers,"
	"       p.covers_replies, p.demands_alt_text,"
	"       (select string_agg(s.permission || '=' || s.minimum, ' ' order by s.number)"
	"        from approval_steps as s where s.policy_id = p.id)"
	" from approval_policies as p"
	" where p.organisation_id = $1"
	" order by p.position, p.id"
	" limit $2"); // approval_policies_organisation_id_name_key, approval_steps_pkey

static const struct statement list_steps = STATEMENT("approval_steps_of", 2,
	"select s.number, s.permission, s.minimum, draft_step_count($1, $2::bigint::integer, s.number, s.permission)"
	" from draft_steps($1) as s"
	" order by s.number");

static const struct statement is_complete = STATEMENT("approval_is_complete", 2,
	"select draft_is_approved($1, $2::bigint::integer)");

static const struct statement add = STATEMENT("approval_add", 7,
	"insert into approvals (draft_id, version, step, membership_id, user_id, decision, comment)"
	" values ($1, $2::bigint, $3, $4, $5, $6, $7)"
	" on conflict do nothing"); // approvals_pkey

static const struct statement list_decisions = STATEMENT("approval_list", 1,
	"select a.draft_id, a.version, a.step, a.membership_id, a.user_id, a.decision = 'reject', a.comment, a.decided_at"
	" from approvals as a"
	" where a.draft_id = $1"
	" order by a.version desc, a.decided_at desc"
	" limit 500"); // approvals_pkey

STATEMENT_TABLE(approval_statements, &store, &remove_one, &list, &list_steps, &is_complete, &add, &list_decisions);

static void add_either(struct db_values *values, int wanted)
{
	if (wanted < 0)
		db_value_null(values);
	else
		db_value_bool(values, wanted > 0);
}

enum error approval_policy_store(struct db *db, struct arena *arena, const struct approval_policy *policy)
{
	struct str permissions[APPROVAL_MAX_STEPS];
	int64_t minimums[APPROVAL_MAX_STEPS];
	int64_t affected;
	for (size_t i = 0; i < policy->step_count; i++) {
		permissions[i] = policy->steps[i].permission;
		minimums[i] = policy->steps[i].minimum;
	}
	struct db_values values = { .count = 0 };
	db_value_int64(&values, policy->id);
	db_value_int64(&values, policy->organisation_id);
	db_value_text(&values, policy->name);
	db_value_int64(&values, policy->position);
	db_value_int64_array(&values, arena, policy->actor_ids, policy->actor_count);
	db_value_text_array(&values, arena, policy->kinds, policy->kind_count);
	db_value_text_array(&values, arena, policy->tags, policy->tag_count);
	db_value_text_array(&values, arena, policy->languages, policy->language_count);
	add_either(&values, policy->has_media);
	add_either(&values, policy->has_link);
	db_value_bool(&values, policy->binds_speakers);
	db_value_bool(&values, policy->covers_replies);
	db_value_bool(&values, policy->demands_alt_text);
	db_value_text_array(&values, arena, permissions, policy->step_count);
	db_value_int64_array(&values, arena, minimums, policy->step_count);
	enum error error = db_change(db, arena, &store, &values, &affected);
	return !error && !affected ? ERROR_NOT_FOUND : error;
}

enum error approval_policy_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id)
{
	int64_t affected;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_one, &values, &affected);
	return !error && !affected ? ERROR_NOT_FOUND : error;
}

static size_t read_words(struct arena *arena, struct str text, const struct str **ret_words)
{
	struct str word;
	size_t count = 0;
	struct str *words = arena_alloc_array(arena, text.len / 2 + 1, sizeof(*words));
	while (str_split_next(&text, ' ', &word))
		if (word.len)
			words[count++] = word;
	*ret_words = words;
	return count;
}

static void read_actors(struct arena *arena, struct str text, struct approval_policy *policy)
{
	const struct str *words;
	size_t count = read_words(arena, text, &words);
	int64_t *ids = arena_alloc_array(arena, count, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		if (str_to_int64(words[i], &ids[policy->actor_count]))
			policy->actor_count++;
	policy->actor_ids = ids;
}

static void read_steps(struct arena *arena, struct str text, struct approval_policy *policy)
{
	const struct str *words;
	size_t count = read_words(arena, text, &words);
	for (size_t i = 0; i < count && i < APPROVAL_MAX_STEPS; i++) {
		size_t at = str_index_of(words[i], '=', 0);
		struct approval_step *step = &policy->steps[policy->step_count++];
		*step = (struct approval_step){ .number = (int64_t)i + 1, .permission = str_slice(words[i], 0, at), .minimum = 1 };
		if (!str_to_int64(str_slice(words[i], at + 1, words[i].len), &step->minimum))
			step->minimum = INT64_MAX;
	}
}

static int read_either(const struct db_rows *rows, int row, int column)
{
	return db_is_null(rows, row, column) ? -1 : db_bool(rows, row, column);
}

static void read_policy(const struct db_rows *rows, int row, struct approval_policy *policy)
{
	struct arena *arena = rows->arena;
	*policy = (struct approval_policy){
		.id = db_int64(rows, row, 0),
		.organisation_id = db_int64(rows, row, 1),
		.name = db_text(rows, row, 2),
		.position = db_int64(rows, row, 3),
		.has_media = read_either(rows, row, 8),
		.has_link = read_either(rows, row, 9),
		.binds_speakers = db_bool(rows, row, 10),
		.covers_replies = db_bool(rows, row, 11),
		.demands_alt_text = db_bool(rows, row, 12),
	};
	read_actors(arena, db_text(rows, row, 4), policy);
	policy->kind_count = read_words(arena, db_text(rows, row, 5), &policy->kinds);
	policy->tag_count = read_words(arena, db_text(rows, row, 6), &policy->tags);
	policy->language_count = read_words(arena, db_text(rows, row, 7), &policy->languages);
	read_steps(arena, db_text(rows, row, 13), policy);
}

enum error approval_policy_list(struct db *db, struct arena *arena, int64_t organisation_id,
	struct approval_policy **ret_policies, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, POLICIES_MAX);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct approval_policy *policies = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*policies));
	for (int i = 0; i < rows.count; i++)
		read_policy(&rows, i, &policies[i]);
	*ret_policies = policies;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static bool has_word(const struct str *words, size_t count, struct str wanted)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq_nocase(words[i], wanted))
			return true;
	return false;
}

static bool has_any_tag(const struct approval_policy *policy, const struct approval_subject *subject)
{
	for (size_t i = 0; i < subject->tag_count; i++)
		if (has_word(policy->tags, policy->tag_count, subject->tags[i]))
			return true;
	return false;
}

static bool has_actor(const struct approval_policy *policy, int64_t actor_id)
{
	for (size_t i = 0; i < policy->actor_count; i++)
		if (policy->actor_ids[i] == actor_id)
			return true;
	return false;
}

static bool fits(const struct approval_policy *policy, const struct approval_subject *subject)
{
	return (!policy->actor_count || has_actor(policy, subject->actor_id)) &&
		(!policy->kind_count || has_word(policy->kinds, policy->kind_count, str_from(draft_kind_name(subject->kind)))) &&
		(!policy->tag_count || has_any_tag(policy, subject)) &&
		(!policy->language_count || has_word(policy->languages, policy->language_count, subject->language)) &&
		(policy->has_media < 0 || (policy->has_media > 0) == subject->has_media) &&
		(policy->has_link < 0 || (policy->has_link > 0) == subject->has_link);
}

const struct approval_policy *approval_policy_choose(const struct approval_policy *policies, size_t count,
	const struct approval_subject *subject)
{
	for (size_t i = 0; i < count; i++)
		if (fits(&policies[i], subject))
			return &policies[i];
	return NULL;
}

enum error approval_steps_of(struct db *db, struct arena *arena, int64_t draft_id, int64_t version,
	struct approval_step **ret_steps, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, draft_id);
	db_value_int64(&values, version);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_steps, &values, &rows);
	if (error)
		return error;
	struct approval_step *steps = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*steps));
	for (int i = 0; i < rows.count; i++)
		steps[i] = (struct approval_step){ db_int64(&rows, i, 0), db_text(&rows, i, 1), db_int64(&rows, i, 2), db_int64(&rows, i, 3) };
	*ret_steps = steps;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error approval_is_complete(struct db *db, struct arena *arena, int64_t draft_id, int64_t version, bool *ret_is_complete)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, draft_id);
	db_value_int64(&values, version);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &is_complete, &values, &rows);
	if (!error)
		*ret_is_complete = db_bool(&rows, 0, 0);
	return error;
}

enum error approval_add(struct db *db, struct arena *arena, const struct approval *approval)
{
	int64_t affected;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, approval->draft_id);
	db_value_int64(&values, approval->version);
	db_value_int16(&values, (int16_t)approval->step);
	db_value_int64(&values, approval->membership_id);
	db_value_int64(&values, approval->user_id);
	db_value_text(&values, approval->is_rejection ? STR_LITERAL("reject") : STR_LITERAL("approve"));
	db_value_text(&values, approval->comment.data ? approval->comment : STR_LITERAL(""));
	enum error error = db_change(db, arena, &add, &values, &affected);
	return !error && !affected ? ERROR_CONFLICT : error;
}

enum error approval_list(struct db *db, struct arena *arena, int64_t draft_id, struct approval **ret_approvals, size_t *ret_count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, draft_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &list_decisions, &values, &rows);
	if (error)
		return error;
	struct approval *approvals = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*approvals));
	for (int i = 0; i < rows.count; i++)
		approvals[i] = (struct approval){ db_int64(&rows, i, 0), db_int64(&rows, i, 1), db_int64(&rows, i, 2), db_int64(&rows, i, 3),
			db_int64(&rows, i, 4), db_bool(&rows, i, 5), db_text(&rows, i, 6), db_time(&rows, i, 7) };
	*ret_approvals = approvals;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
