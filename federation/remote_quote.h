/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whether a remote post may quote what it quotes (FEP-044f). Its own author may; everyone else shows an authorization
 * of the quoted author, which is read from where it lies and believed only when it names exactly that pair
 * (CVE-2026-47777). Until then the quote is pending. */
#ifndef COMPTOIR_FEDERATION_REMOTE_QUOTE_H
#define COMPTOIR_FEDERATION_REMOTE_QUOTE_H

#include "federation/vocab_in.h"
#include "storage/fetch_queue.h"

/* A QuoteAuthorization that was read from its own origin, in the caller's transaction: the quoting post becomes
 * accepted when all fits, and nothing happens otherwise. *ret_is_accepted tells which. */
enum error remote_quote_verify(struct db *db, struct arena *arena, const struct vocab_object *authorization,
	bool *ret_is_accepted) MUST_CHECK;

/* The authorization that object shows, when it could be good: it lies on the origin of what is quoted. Else data NULL. */
struct str remote_quote_authorization(const struct vocab_object *object);

/* In the caller's transaction, when post_id (uri) has just come: quotes of it that waited are decided. wish: of what
 * belongs to post_id; its uri is filled in. */
enum error remote_quote_resolve_waiting(struct db *db, struct arena *arena, int64_t post_id, const struct fetch_wish *wish) MUST_CHECK;

#endif
