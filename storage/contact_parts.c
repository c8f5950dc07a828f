/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is on a card: tags and identities. */
#include "storage/contact.h"
#include "storage/contact_row.h"

#include "base/mutant.h"

#define SHOWN_TAGS                                                                       \
	"select distinct on (g.tag) g.tag, g.is_hidden"                                  \
	" from contacts as p"                                                            \
	" join contact_tags as g on g.contact_id = p.id"                                 \
	" where p.card_id = $1"                                                          \
	" order by g.tag, " CONTACT_PRECEDENCE

#define ANOTHER_HAS(tag)                                                                                        \
	"exists (select from contacts as p join contact_tags as o on o.contact_id = p.id"                       \
	" where p.card_id = $1 and p.id <> $1 and o.tag = " tag " and not o.is_hidden)"

static const struct statement list_tags = STATEMENT("contact_parts_tag_list", 1,
	"select s.tag"
	" from (" SHOWN_TAGS ") as s"
	" where not s.is_hidden"
	" order by s.tag"); // contacts_card_id, contact_tags_pkey

static const struct statement replace_tags = STATEMENT("contact_parts_tag_replace", 2,
	"with shown as materialized (" SHOWN_TAGS "), removed as ("
	"  delete from contact_tags as t"
	"  where t.contact_id = $1"
	"    and t.tag in (select s.tag from shown as s where not s.is_hidden and s.tag <> all ($2::text[]))"
	"    and not " ANOTHER_HAS("t.tag")
	")"
	" insert into contact_tags (contact_id, tag, is_hidden)"
	" select $1, s.tag, true from shown as s"
	" where not s.is_hidden and s.tag <> all ($2) and " ANOTHER_HAS("s.tag")
	" union all"
	" select $1, w.tag, false from (select distinct u.tag from unnest($2) as u (tag)) as w"
	" where not exists (select from shown as s where s.tag = w.tag and not s.is_hidden)"
	" on conflict (contact_id, tag) do update"
	" set is_hidden = excluded.is_hidden"); // contacts_card_id, contact_tags_pkey

static const struct statement has_tag = STATEMENT("contact_parts_has_tag", 2,
	"select not g.is_hidden"
	" from contacts as asked"
	" join contacts as p on p.card_id = asked.card_id"
	" join contact_tags as g on g.contact_id = p.id"
	" where asked.id = $1"
	"   and g.tag = $2"
	" order by " CONTACT_PRECEDENCE
	" limit 1"); // contacts_pkey, contacts_card_id, contact_tags_pkey

static const struct statement list_names = STATEMENT("contact_parts_name_list", 1,
	"select asked.id, asked.card_id, " CONTACT_SHOWN_NAME("asked.card_id")
	" from contacts as asked"
	" where asked.id = any ($1)"); // contacts_pkey, contacts_card_id

static const struct statement list_identities = STATEMENT("contact_parts_identity_list", 2,
	"select i.id, i.organisation_id, i.contact_id, i.kind, i.actor_id, i.value, i.proof, i.membership_id, i.user_id, i.since,"
	"       a.username, a.domain, a.display_name, a.uri,"
	"       case when i.kind <> 'actor' then 'active'"
	"            when a.id is null or a.deleted_at is not null then 'deleted'"
	"            when a.suspended_at is not null then 'suspended'"
	"            when a.moved_to_id is not null then 'moved'"
	"            else 'active' end,"
	"       a.moved_to_id,"
	"       exists (select from brand_accounts as b join blocks as k on k.blocker_id = b.actor_id and k.blocked_id = i.actor_id"
	"               where b.organisation_id = i.organisation_id)"
	" from contacts as p"
	" join contact_identities as i on i.contact_id = p.id"
	" left join actors as a on a.id = i.actor_id"
	" where p.card_id = $1"
	" order by " CONTACT_PRECEDENCE ", i.id"
	" limit $2"); // contacts_card_id, contact_identities_contact_id, actors_pkey, blocks_blocker_id_blocked_id_key

static const struct statement add_identity = STATEMENT("contact_parts_identity_add", 8,
	"insert into contact_identities (id, organisation_id, contact_id, kind, value, proof, user_id, membership_id)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8)"
	" on conflict do nothing"); // contact_identities_organisation_id_kind_value_key

static const struct statement count_identities = STATEMENT("contact_parts_identity_count", 1,
	"select count(*)"
	" from contacts as asked"
	" join contacts as p on p.card_id = asked.card_id"
	" join contact_identities as i on i.contact_id = p.id"
	" where asked.id = $1"); // contacts_pkey, contacts_card_id, contact_identities_contact_id

static const struct statement remove_identity = STATEMENT("contact_parts_identity_remove", 2,
	"delete from contact_identities as i"
	" using contacts as p"
	" where i.id = $2"
	"   and i.kind <> 'actor'"
	"   and p.id = i.contact_id"
	"   and p.card_id = $1"); // contact_identities_pkey, contacts_pkey

STATEMENT_TABLE(contact_parts_statements, &list_tags, &replace_tags, &has_tag, &list_names, &list_identities, &add_identity,
	&count_identities, &remove_identity);

/* ---- tags ---- */

enum error contact_tag_list(struct db *db, struct arena *arena, int64_t card_id, struct str **ret_tags, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, card_id);
	enum error error = db_run(db, arena, &list_tags, &values, &rows);
	if (error)
		return error;
	struct str *tags = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*tags));
	for (int row = 0; row < rows.count; row++)
		tags[row] = db_text(&rows, row, 0);
	*ret_tags = tags;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error contact_tag_replace(struct db *db, struct arena *arena, int64_t card_id, const struct str *tags, size_t count)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, card_id);
	db_value_text_array(&values, arena, tags, count);
	enum error error = db_change(db, arena, &replace_tags, &values, NULL);
	return error ? error : contact_touch(db, arena, card_id);
}

enum error contact_has_tag(struct db *db, struct arena *arena, int64_t contact_id, struct str tag, bool *ret_has)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, contact_id);
	db_value_text(&values, tag);
	enum error error = db_run(db, arena, &has_tag, &values, &rows);
	if (!error)
		*ret_has = rows.count && db_bool(&rows, 0, 0);
	return error;
}

enum error contact_name_list(struct db *db, struct arena *arena, const int64_t *contact_ids, size_t contact_count,
	struct contact_name **ret_names, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64_array(&values, arena, contact_ids, contact_count);
	enum error error = db_run(db, arena, &list_names, &values, &rows);
	if (error)
		return error;
	struct contact_name *names = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*names));
	for (int row = 0; row < rows.count; row++)
		names[row] = (struct contact_name){ db_int64(&rows, row, 0), db_int64(&rows, row, 1), db_text(&rows, row, 2) };
	*ret_names = names;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

/* ---- identities ---- */

bool contact_identity_kind_is_known(struct str kind)
{
	return str_eq(kind, STR_LITERAL("email")) || str_eq(kind, STR_LITERAL("order")) || str_eq(kind, STR_LITERAL("actor"));
}

bool contact_proof_is_known(struct str proof)
{
	static const struct str proofs[] = { STR("seen"), STR("code_reply"), STR("email_link"), STR("order_number"), STR("member") };
	for (size_t i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++)
		if (str_eq(proof, proofs[i]))
			return true;
	return false;
}

static struct contact_identity read_identity(const struct db_rows *rows, int row)
{
	struct contact_identity identity = {
		.id = db_int64(rows, row, 0),
		.organisation_id = db_int64(rows, row, 1),
		.contact_id = db_int64(rows, row, 2),
		.kind = db_text(rows, row, 3),
		.actor_id = db_int64(rows, row, 4),
		.value = db_text(rows, row, 5),
		.proof = db_text(rows, row, 6),
		.membership_id = db_int64(rows, row, 7),
		.user_id = db_int64(rows, row, 8),
		.since_us = db_time(rows, row, 9),
		.state = db_text(rows, row, 14).data,
		.moved_to_id = db_int64(rows, row, 15),
		.is_blocked = db_bool(rows, row, 16),
	};
	if (str_eq(str_from(identity.state), STR_LITERAL("deleted")) && !MUTANT("contact_deleted_words"))
		return identity;
	identity.username = db_text(rows, row, 10);
	identity.domain = db_text(rows, row, 11);
	identity.display_name = db_text(rows, row, 12);
	identity.uri = db_text(rows, row, 13);
	return identity;
}

enum error contact_identity_list(struct db *db, struct arena *arena, int64_t card_id, struct contact_identity **ret_identities,
	size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, card_id);
	db_value_int64(&values, CONTACT_MERGED_MAX + CONTACT_IDENTITIES_MAX);
	enum error error = db_run(db, arena, &list_identities, &values, &rows);
	if (error)
		return error;
	struct contact_identity *identities = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*identities));
	for (int row = 0; row < rows.count; row++)
		identities[row] = read_identity(&rows, row);
	*ret_identities = identities;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static enum error check_identity_count(struct db *db, struct arena *arena, int64_t contact_id)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, contact_id);
	enum error error = db_run(db, arena, &count_identities, &values, &rows);
	if (!error && db_int64(&rows, 0, 0) >= CONTACT_IDENTITIES_MAX)
		error = ERROR_UNPROCESSABLE;
	return error;
}

enum error contact_identity_add(struct db *db, struct arena *arena, const struct contact_identity *identity)
{
	int64_t added = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, identity->id);
	db_value_int64(&values, identity->organisation_id);
	db_value_int64(&values, identity->contact_id);
	db_value_text(&values, identity->kind);
	db_value_text(&values, identity->value);
	db_value_text(&values, identity->proof);
	db_value_id(&values, identity->user_id);
	db_value_id(&values, identity->membership_id);
	enum error error = check_identity_count(db, arena, identity->contact_id);
	if (!error)
		error = db_change(db, arena, &add_identity, &values, &added);
	if (!error && !added)
		error = ERROR_CONFLICT;
	return error ? error : contact_touch(db, arena, identity->contact_id);
}

enum error contact_identity_remove(struct db *db, struct arena *arena, int64_t card_id, int64_t id)
{
	int64_t removed = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, card_id);
	db_value_int64(&values, id);
	enum error error = db_change(db, arena, &remove_identity, &values, &removed);
	if (!error && !removed)
		error = ERROR_NOT_FOUND;
	return error ? error : contact_touch(db, arena, card_id);
}
