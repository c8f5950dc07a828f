/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One card: found, locked, changed, merged and taken apart. */
#include "storage/contact.h"

#include "storage/consent.h"
#include "storage/contact_row.h"
#include "storage/id.h"

#include "base/mutant.h"

#define LOCK_ATTEMPTS 5

static const struct statement find_of_actor = STATEMENT("contact_find_of_actor", 2,
	"select i.contact_id"
	" from contact_identities as i"
	" where i.organisation_id = $1"
	"   and i.actor_id = $2"); // contact_identities_organisation_id_actor_id_key

static const struct statement make_of_actor = STATEMENT("contact_make_of_actor", 4,
	"with made as ("
	"  insert into contact_identities (id, organisation_id, contact_id, kind, actor_id, proof)"
	"  values ($4, $1, $3, 'actor', $2, 'seen')"
	"  on conflict (organisation_id, actor_id) do nothing"
	"  returning contact_id"
	")"
	" insert into contacts (id, organisation_id, card_id)"
	" select contact_id, $1, contact_id from made"); // contact_identities_organisation_id_actor_id_key

static const struct statement find = STATEMENT("contact_find", 2,
	"select " CONTACT_SELECTED
	" from contacts as asked"
	" join contacts as c on c.id = asked.card_id"
	" where asked.id = $2"
	"   and asked.organisation_id = $1"); // contacts_pkey, contacts_card_id

static const struct statement lock_card = STATEMENT("contact_lock", 2,
	"select c.id"
	" from contacts as asked"
	" join contacts as c on c.id = asked.card_id"
	" where asked.id = $2"
	"   and asked.organisation_id = $1"
	"   and c.merged_into_id is null"
	" for no key update of c"); // contacts_pkey

/* A null stays only where it hides what a merged one says. */
static const struct statement store = STATEMENT("contact_store", 8,
	"update contacts as c"
	" set name = case when $2 then $3 else c.name end,"
	"     language = case when $4 then $5 else c.language end,"
	"     assignee_id = case when $6 then $7::bigint else c.assignee_id end,"
	"     fields = (select coalesce(jsonb_object_agg(e.key, e.value), '{}')"
	"               from jsonb_each(c.fields || $8::text::jsonb) as e"
	"               where jsonb_typeof(e.value) <> 'null'"
	"                  or exists (select from contacts as p where p.card_id = c.id and p.id <> c.id and p.fields ? e.key)),"
	"     version = version + 1"
	" where c.id = $1"
	" returning (select count(*) from jsonb_object_keys(c.fields)), octet_length(c.fields::text)"); // contacts_pkey, contacts_card_id

static const struct statement touch = STATEMENT("contact_touch", 1,
	"update contacts"
	" set version = version + 1"
	" where id = $1"); // contacts_pkey

static const struct statement merge = STATEMENT("contact_merge", 2,
	"update contacts"
	" set card_id = $2,"
	"     merged_at = case when id = $1 then clock_timestamp() else merged_at end,"
	"     merged_into_id = case when id = $1 then $2 else merged_into_id end"
	" where card_id = $1"); // contacts_card_id

/* A version is never told of two states under one address. */
static const struct statement count_merged = STATEMENT("contact_count_merged", 2,
	"update contacts as c"
	" set version = greatest(c.version, (select g.version from contacts as g where g.id = $2)) + 1"
	" where c.id = $1"
	" returning (select count(*) from contacts as p where p.card_id = $1),"
	"   (select count(*) from contacts as p join consents as k on k.contact_id = p.id where p.card_id = $1),"
	"   (select count(*) from contacts as p join contact_identities as i on i.contact_id = p.id where p.card_id = $1)");
	// contacts_pkey, contacts_card_id, consents_contact_id, contact_identities_contact_id

static const struct statement unmerge = STATEMENT("contact_unmerge", 2,
	"with recursive part (id) as ("
	"  select c.id from contacts as c where c.id = $2 and c.card_id = $1 and c.merged_into_id is not null"
	"  union all"
	"  select c.id from part join contacts as c on c.merged_into_id = part.id"
	")"
	" update contacts as c"
	" set card_id = $2,"
	"     merged_into_id = case when c.id = $2 then null else c.merged_into_id end,"
	"     merged_at = case when c.id = $2 then null else c.merged_at end,"
	"     version = greatest(c.version, (select k.version from contacts as k where k.id = $1)) + 1"
	" from part"
	" where c.id = part.id"); // contacts_pkey, contacts_merged_into_id

static const struct statement note_merge = STATEMENT("contact_note_merge", 6,
	"insert into contact_merges (id, contact_id, into_id, is_undone, user_id, membership_id)"
	" values ($1, $2, $3, $4, $5, $6)");

static const struct statement list_parts = STATEMENT("contact_part_list", 2,
	"select p.id, p.merged_into_id, p.merged_at,"
	"       (select m.membership_id from contact_merges as m where m.contact_id = p.id and not m.is_undone"
	"        order by m.id desc limit 1),"
	"       coalesce(p.name, " CONTACT_OWN_NAME("p.id = part.id") ")"
	" from contacts as part"
	" join contacts as p on p.id = part.id"
	" where part.card_id = $1"
	"   and part.merged_into_id is not null"
	" order by part.merged_at desc, part.id"
	" limit $2"); // contacts_card_id, contact_merges_contact_id

STATEMENT_TABLE(contact_statements, &find_of_actor, &make_of_actor, &find, &lock_card, &store, &touch, &merge, &count_merged, &unmerge,
	&note_merge, &list_parts);

static enum error find_contact_of_actor(struct db *db, struct arena *arena, int64_t organisation_id, int64_t actor_id,
	int64_t *ret_contact_id)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, actor_id);
	enum error error = db_run(db, arena, &find_of_actor, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_contact_id = db_int64(&rows, 0, 0);
	return error;
}

enum error contact_of_actor(struct db *db, struct arena *arena, int64_t organisation_id, int64_t actor_id, int64_t *ret_contact_id)
{
	struct db_values values = { .count = 0 };
	enum error error = find_contact_of_actor(db, arena, organisation_id, actor_id, ret_contact_id);
	if (error != ERROR_NOT_FOUND)
		return error;
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, actor_id);
	db_value_int64(&values, id_new());
	db_value_int64(&values, id_new());
	error = db_change(db, arena, &make_of_actor, &values, NULL);
	if (!error)
		error = find_contact_of_actor(db, arena, organisation_id, actor_id, ret_contact_id);
	return error == ERROR_NOT_FOUND ? ERROR_UNAVAILABLE : error;
}

struct contact contact_row_read(const struct db_rows *rows, int row)
{
	return (struct contact){
		.id = db_int64(rows, row, 0),
		.organisation_id = db_int64(rows, row, 1),
		.name = db_text(rows, row, 2),
		.shown_name = db_text(rows, row, 3),
		.language = db_text(rows, row, 4),
		.assignee_id = db_int64(rows, row, 5),
		.fields_json = db_text(rows, row, 6),
		.created_us = db_time(rows, row, 7),
		.version = db_int64(rows, row, 8),
	};
}

enum error contact_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct contact *ret_contact)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, organisation_id);
	db_value_int64(&values, id);
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (!error && !rows.count)
		error = ERROR_NOT_FOUND;
	if (!error)
		*ret_contact = contact_row_read(&rows, 0);
	return error;
}

/* Who waits for a card may find that it was merged meanwhile: then it is asked for anew. */
enum error contact_lock(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct contact *ret_contact)
{
	struct contact contact;
	for (int attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
		AUTO(db_rows) struct db_rows rows = { 0 };
		struct db_values values = { .count = 0 };
		db_value_int64(&values, organisation_id);
		db_value_int64(&values, id);
		enum error error = db_run(db, arena, &lock_card, &values, &rows);
		int64_t locked_id = !error && rows.count ? db_int64(&rows, 0, 0) : 0;
		if (!error)
			error = contact_find(db, arena, organisation_id, id, &contact);
		if (error)
			return error;
		if (locked_id == contact.id) {
			*ret_contact = contact;
			return ERROR_NONE;
		}
	}
	return ERROR_UNAVAILABLE;
}

enum error contact_store(struct db *db, struct arena *arena, int64_t card_id, const struct contact_change *change)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, card_id);
	db_value_bool(&values, change->name != NULL);
	db_value_text(&values, change->name ? *change->name : (struct str){ 0 });
	db_value_bool(&values, change->language != NULL);
	db_value_text(&values, change->language ? *change->language : (struct str){ 0 });
	db_value_bool(&values, change->assignee_id != NULL);
	db_value_id(&values, change->assignee_id ? *change->assignee_id : 0);
	db_value_text(&values, change->fields_json.data ? change->fields_json : STR_LITERAL("{}"));
	enum error error = db_run(db, arena, &store, &values, &rows);
	if (error)
		return error;
	if (!rows.count)
		return ERROR_NOT_FOUND;
	bool fits = db_int64(&rows, 0, 0) <= CONTACT_FIELDS_MAX && db_int64(&rows, 0, 1) <= CONTACT_FIELDS_MAX_BYTES;
	return fits || MUTANT("contact_fields_many") ? ERROR_NONE : ERROR_UNPROCESSABLE;
}

enum error contact_touch(struct db *db, struct arena *arena, int64_t card_id)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, card_id);
	return db_change(db, arena, &touch, &values, NULL);
}

static enum error write_merge(struct db *db, struct arena *arena, int64_t contact_id, int64_t into_id, bool is_undone,
	const struct audit_author *author)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, id_new());
	db_value_int64(&values, contact_id);
	db_value_int64(&values, into_id);
	db_value_bool(&values, is_undone);
	db_value_id(&values, author->user_id);
	db_value_id(&values, author->membership_id);
	return db_change(db, arena, &note_merge, &values, NULL);
}

enum error contact_merge(struct db *db, struct arena *arena, int64_t gone_id, int64_t kept_id, const struct audit_author *author)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 }, counted = { .count = 0 };
	db_value_int64(&values, gone_id);
	db_value_int64(&values, kept_id);
	enum error error = db_change(db, arena, &merge, &values, NULL);
	db_value_int64(&counted, kept_id);
	db_value_int64(&counted, gone_id);
	if (!error)
		error = db_run(db, arena, &count_merged, &counted, &rows);
	if (error)
		return error;
	if (!rows.count || (db_int64(&rows, 0, 0) > CONTACT_MERGED_MAX && !MUTANT("contact_merged_many")))
		return ERROR_UNPROCESSABLE;
	/* More could not be shown, and would count all the same. */
	if (db_int64(&rows, 0, 1) > CONSENTS_MAX || db_int64(&rows, 0, 2) > CONTACT_MERGED_MAX + CONTACT_IDENTITIES_MAX)
		return ERROR_UNPROCESSABLE;
	return write_merge(db, arena, gone_id, kept_id, false, author);
}

enum error contact_unmerge(struct db *db, struct arena *arena, int64_t card_id, int64_t id, const struct audit_author *author)
{
	int64_t changed = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, card_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &unmerge, &values, &changed);
	if (!error && !changed)
		return ERROR_NOT_FOUND;
	if (!error)
		error = contact_touch(db, arena, card_id);
	return error ? error : write_merge(db, arena, id, card_id, true, author);
}

enum error contact_part_list(struct db *db, struct arena *arena, int64_t card_id, struct contact_part **ret_parts, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, card_id);
	db_value_int64(&values, CONTACT_MERGED_MAX);
	enum error error = db_run(db, arena, &list_parts, &values, &rows);
	if (error)
		return error;
	struct contact_part *parts = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*parts));
	for (int row = 0; row < rows.count; row++)
		parts[row] = (struct contact_part){
			.id = db_int64(&rows, row, 0),
			.into_id = db_int64(&rows, row, 1),
			.merged_us = db_time(&rows, row, 2),
			.membership_id = db_int64(&rows, row, 3),
			.name = db_text(&rows, row, 4),
		};
	*ret_parts = parts;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}
