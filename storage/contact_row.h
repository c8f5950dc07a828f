/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reading cards: c in a statement that selects CONTACT_SELECTED. What merged contacts say holds where the card itself says
 * nothing; of several, what the one merged last says. */
#ifndef COMPTOIR_STORAGE_CONTACT_ROW_H
#define COMPTOIR_STORAGE_CONTACT_ROW_H

#include "storage/contact.h"
#include "storage/statement.h"

/* Of a part p of a card: the card itself comes first, and before what was merged into it. */
#define CONTACT_PRECEDENCE "p.merged_at desc nulls first, p.id"

/* contacts_card_id */
#define CONTACT_VALUE(column, card)                                              \
	"(select p." column " from contacts as p where p.card_id = " card        \
	" and p." column " is not null order by " CONTACT_PRECEDENCE " limit 1)"

/* As somebody calls themselves: contacts_card_id, contact_identities_contact_id, actors_pkey. where: about p. */
#define CONTACT_OWN_NAME(where)                                                                         \
	"(select coalesce(nullif(a.display_name, ''), a.username)"                                      \
	" from contacts as p"                                                                           \
	" join contact_identities as i on i.contact_id = p.id"                                          \
	" join actors as a on a.id = i.actor_id and a.deleted_at is null"                               \
	" where " where                                                                                 \
	" order by " CONTACT_PRECEDENCE ", i.id limit 1)"

#define CONTACT_SHOWN_NAME(card) "coalesce(" CONTACT_VALUE("name", card) ", " CONTACT_OWN_NAME("p.card_id = " card) ")"

#define CONTACT_FIELDS                                                                                        \
	"coalesce((select jsonb_object_agg(f.key, f.value)"                                                  \
	"          from (select distinct on (e.key) e.key, e.value"                                          \
	"                from contacts as p cross join lateral jsonb_each(p.fields) as e"                    \
	"                where p.card_id = c.id"                                                             \
	"                order by e.key, " CONTACT_PRECEDENCE ") as f"                                       \
	"          where jsonb_typeof(f.value) <> 'null'), '{}')::text"

#define CONTACT_SELECTED_WITH(fields)                                                                         \
	"c.id"                                                                                               \
	", c.organisation_id"                                                                                \
	", " CONTACT_VALUE("name", "c.id")                                                                   \
	", " CONTACT_SHOWN_NAME("c.id")                                                                      \
	", " CONTACT_VALUE("language", "c.id")                                                               \
	", " CONTACT_VALUE("assignee_id", "c.id")                                                            \
	", " fields                                                                                          \
	", c.created_at"                                                                                     \
	", c.version"
#define CONTACT_SELECTED CONTACT_SELECTED_WITH(CONTACT_FIELDS)
/* For lists, which show no fields. */
#define CONTACT_SELECTED_SHORT CONTACT_SELECTED_WITH("'{}'")

struct contact contact_row_read(const struct db_rows *rows, int row);

#endif
