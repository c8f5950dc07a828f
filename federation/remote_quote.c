/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Authorizations of quotes: the document, the quoting post and the quoted post must all agree. */
#include "federation/remote_quote.h"

#include "base/mutant.h"
#include "storage/post_relevance.h"

struct str remote_quote_authorization(const struct vocab_object *object)
{
	if (object->quote.len == 0 || object->quote_authorization.len == 0)
		return (struct str){ 0 };
	if (!vocab_same_origin(object->quote_authorization, object->quote) && !MUTANT("quote_authorization_origin"))
		return (struct str){ 0 };
	return object->quote_authorization;
}

/* What the document itself must say. */
static bool is_sound(const struct vocab_object *authorization)
{
	return authorization->type == VOCAB_QUOTE_AUTHORIZATION && authorization->author_id.len > 0 &&
		authorization->interacting_object.len > 0 && authorization->interaction_target.len > 0 &&
		vocab_same_origin(authorization->id, authorization->author_id) &&
		vocab_same_origin(authorization->id, authorization->interaction_target);
}

static bool is_about(const struct vocab_object *authorization, const struct post *quote, const struct post *quoted)
{
	bool is_target = str_eq(authorization->interaction_target, quoted->uri) &&
		str_eq(authorization->interaction_target, quote->quote_uri);
	return (is_target || MUTANT("quote_authorization_target")) && str_eq(authorization->author_id, quoted->actor_uri) &&
		str_eq(authorization->id, quote->quote_authorization_uri);
}

enum error remote_quote_verify(struct db *db, struct arena *arena, const struct vocab_object *authorization,
	bool *ret_is_accepted)
{
	struct post quote;
	struct post quoted;
	*ret_is_accepted = false;
	if (!is_sound(authorization))
		return ERROR_NONE;
	enum error error = post_find_any_by_uri(db, arena, authorization->interacting_object, &quote);
	if (error || quote.quote_state != QUOTE_PENDING || quote.quote_id == 0)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	error = post_find_any(db, arena, quote.quote_id, &quoted);
	if (error || !is_about(authorization, &quote, &quoted))
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	error = post_set_quote_state(db, arena, quote.id, QUOTE_ACCEPTED, authorization->id);
	*ret_is_accepted = !error;
	return error;
}

enum error remote_quote_resolve_waiting(struct db *db, struct arena *arena, int64_t post_id, const struct fetch_wish *wish)
{
	struct str *uris;
	size_t count;
	enum error error = post_accept_own_quotes(db, arena, post_id);
	if (!error)
		error = post_list_quote_authorizations(db, arena, post_id, &uris, &count);
	for (size_t i = 0; !error && i < count; i++) {
		struct fetch_wish one = *wish;
		one.uri = uris[i];
		one.kind = FETCH_OBJECT;
		error = fetch_wish(db, arena, &one);
	}
	return error;
}
