/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Which inboxes get a delivery, as pieces of SQL shared by those who make deliveries. What is decided here is judged
 * again when it is sent. */
#ifndef COMPTOIR_STORAGE_INBOX_RULES_H
#define COMPTOIR_STORAGE_INBOX_RULES_H

/* Of an actor row: one delivery for all who share an inbox. */
#define ACTOR_FOLDED_INBOX(actor) "coalesce(" actor ".shared_inbox_url, " actor ".inbox_url)"

#define ACTOR_IS_REACHED(actor)                     \
	actor ".domain_id is null"                  \
	" and " actor ".suspended_at is null"       \
	" and " actor ".deleted_at is null"

/* URLs in rows are canonical: the default port is never written. */
#define INBOX_PEER(inbox_url) "split_part(" inbox_url ", '/', 3)"

/* Not ourselves, and not a suspended domain or below one: the name, then what follows each of its dots. */
#define PEER_IS_REACHED(peer)                                                                                     \
	peer " <> '' and " peer " = lower(" peer ") and length(" peer ") <= 259"                                  \
	" and not exists (select from domains as own where own.authority = " peer ")"                             \
	" and not exists (select"                                                                                 \
	"   from (select string_to_array(split_part(" peer ", ':', 1), '.') as labels) as host"                   \
	"   cross join generate_series(1, cardinality(host.labels)) as n"                                       \
	"   join domain_blocks as b on b.domain = array_to_string(host.labels[n:], '.')"                          \
	"   where b.severity = 'suspend')"

#endif
