/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Consents of customers. */
#include "storage/consent.h"

#include "storage/contact_row.h"

static const struct statement list = STATEMENT("consent_list", 2,
	"select s.id, s.contact_id, s.purpose, s.basis, s.evidence, s.given_at, s.recorded_at, s.user_id, s.membership_id,"
	"       s.withdrawn_at, s.withdrawn_membership_id"
	" from contacts as p"
	" join consents as s on s.contact_id = p.id"
	" where p.card_id = $1"
	" order by s.id desc"
	" limit $2"); // contacts_card_id, consents_contact_id

static const struct statement add = STATEMENT("consent_add", 9,
	"insert into consents (id, contact_id, purpose, basis, evidence, given_at, user_id, membership_id)"
	" select $1, $2, $3, $4, $5, $6, $7, $8"
	" where (select count(*)"
	"        from contacts as asked"
	"        join contacts as p on p.card_id = asked.card_id"
	"        join consents as s on s.contact_id = p.id"
	"        where asked.id = $2) < $9"); // contacts_pkey, contacts_card_id, consents_contact_id

static const struct statement withdraw = STATEMENT("consent_withdraw", 4,
	"update consents as s"
	" set withdrawn_at = coalesce(s.withdrawn_at, now()),"
	"     withdrawn_user_id = case when s.withdrawn_at is null then $3 else s.withdrawn_user_id end,"
	"     withdrawn_membership_id = case when s.withdrawn_at is null then $4 else s.withdrawn_membership_id end"
	" from contacts as p"
	" where s.id = $2"
	"   and p.id = s.contact_id"
	"   and p.card_id = $1"); // consents_pkey, contacts_pkey

static const struct statement holds = STATEMENT("consent_holds", 2,
	"select"
	" from contacts as asked"
	" join contacts as p on p.card_id = asked.card_id"
	" join consents as s on s.contact_id = p.id"
	" where asked.id = $1"
	"   and s.purpose = $2"
	"   and s.withdrawn_at is null"
	" limit 1"); // contacts_pkey, contacts_card_id, consents_contact_id

STATEMENT_TABLE(consent_statements, &list, &add, &withdraw, &holds);

static bool is_one_of(struct str word, const struct str *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(word, words[i]))
			return true;
	return false;
}

bool consent_purpose_is_known(struct str purpose)
{
	static const struct str purposes[] = { STR("service"), STR("segment"), STR("ambassador"), STR("review_reuse"), STR("job"),
		STR("donation"), STR("profiling") };
	return is_one_of(purpose, purposes, sizeof(purposes) / sizeof(purposes[0]));
}

bool consent_basis_is_known(struct str basis)
{
	static const struct str bases[] = { STR("consent"), STR("contract"), STR("legitimate_interest"), STR("legal") };
	return is_one_of(basis, bases, sizeof(bases) / sizeof(bases[0]));
}

enum error consent_list(struct db *db, struct arena *arena, int64_t card_id, struct consent **ret_consents, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, card_id);
	db_value_int64(&values, CONSENTS_MAX);
	enum error error = db_run(db, arena, &list, &values, &rows);
	if (error)
		return error;
	struct consent *consents = arena_alloc_array(arena, (size_t)rows.count + 1, sizeof(*consents));
	for (int row = 0; row < rows.count; row++)
		consents[row] = (struct consent){
			.id = db_int64(&rows, row, 0),
			.contact_id = db_int64(&rows, row, 1),
			.purpose = db_text(&rows, row, 2),
			.basis = db_text(&rows, row, 3),
			.evidence = db_text(&rows, row, 4),
			.given_us = db_time(&rows, row, 5),
			.recorded_us = db_time(&rows, row, 6),
			.user_id = db_int64(&rows, row, 7),
			.membership_id = db_int64(&rows, row, 8),
			.withdrawn_us = db_time(&rows, row, 9),
			.withdrawn_membership_id = db_int64(&rows, row, 10),
		};
	*ret_consents = consents;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

enum error consent_add(struct db *db, struct arena *arena, const struct consent *consent)
{
	int64_t added = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, consent->id);
	db_value_int64(&values, consent->contact_id);
	db_value_text(&values, consent->purpose);
	db_value_text(&values, consent->basis);
	db_value_text(&values, consent->evidence);
	db_value_time(&values, consent->given_us);
	db_value_id(&values, consent->user_id);
	db_value_id(&values, consent->membership_id);
	db_value_int64(&values, CONSENTS_MAX);
	enum error error = db_change(db, arena, &add, &values, &added);
	return !error && !added ? ERROR_UNPROCESSABLE : error;
}

enum error consent_withdraw(struct db *db, struct arena *arena, int64_t card_id, int64_t id, const struct audit_author *author)
{
	int64_t changed = 0;
	struct db_values values = { .count = 0 };
	db_value_int64(&values, card_id);
	db_value_int64(&values, id);
	db_value_id(&values, author->user_id);
	db_value_id(&values, author->membership_id);
	enum error error = db_change(db, arena, &withdraw, &values, &changed);
	return !error && !changed ? ERROR_NOT_FOUND : error;
}

enum error consent_holds(struct db *db, struct arena *arena, int64_t contact_id, struct str purpose, bool *ret_holds)
{
	AUTO(db_rows) struct db_rows rows = { 0 };
	struct db_values values = { .count = 0 };
	db_value_int64(&values, contact_id);
	db_value_text(&values, purpose);
	enum error error = db_run(db, arena, &holds, &values, &rows);
	if (!error)
		*ret_holds = rows.count > 0;
	return error;
}
