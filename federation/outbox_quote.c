/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Quotes with consent (FEP-044f): asking, answering, taking back. */
#include "federation/outbox_parts.h"

#include "storage/id.h"

struct str outbox_quote_authorization_uri(struct arena *arena, const struct actor *actor, int64_t quote_post_id)
{
	return arena_printf(arena, "%.*s/quote_authorizations/%lld", STR_ARG(actor->uri), (long long)quote_post_id);
}

/* The quoting post is embedded, so that it can be judged without a fetch (it is not public yet for some). */
enum error outbox_quote_request(struct db *db, struct arena *arena, const struct actor *actor, const struct post *quote,
	const struct post *quoted)
{
	struct post_document document;

	if (quoted->is_local)
		return ERROR_NONE;
	enum error error = post_document_load(db, arena, quote, &document);
	if (error)
		return error;
	const struct vocab_activity_out request = {
		.uri = outbox_derived_uri(arena, actor->uri, "quote_requests", quote->id),
		.type = "QuoteRequest",
		.actor_uri = actor->uri,
		.form = VOCAB_AS_URI,
		.object_uri = quoted->uri,
		.post = &document.vocab,
	};
	return outbox_insert_for_author(db, arena, actor, &request, quoted, quote->uri);
}

struct quote_answer {
	const char *type;
	const char *kind;
	const struct actor *asker;
	struct str request_uri;
	struct str quote_uri;
	struct str quoted_uri;
	struct str authorization_uri; /* data NULL for none */
};

static enum error answer(struct db *db, struct arena *arena, const struct actor *actor, const struct quote_answer *answer)
{
	const struct vocab_activity_out request = {
		.uri = answer->request_uri,
		.type = "QuoteRequest",
		.actor_uri = answer->asker->uri,
		.form = VOCAB_AS_URI,
		.object_uri = answer->quoted_uri,
		.instrument_uri = answer->quote_uri,
	};
	const struct vocab_activity_out activity = {
		.uri = outbox_derived_uri(arena, actor->uri, answer->kind, id_new()),
		.type = answer->type,
		.actor_uri = actor->uri,
		.form = VOCAB_AS_ACTIVITY,
		.activity = &request,
		.result_uri = answer->authorization_uri,
	};

	return outbox_insert_for_one(db, arena, actor, &activity, answer->asker, answer->quote_uri);
}

enum error outbox_accept_quote(struct db *db, struct arena *arena, const struct actor *actor, const struct actor *asker,
	struct str request_uri, struct str quote_uri, struct str quoted_uri, struct str authorization_uri)
{
	return answer(db, arena, actor, &(struct quote_answer){
		.type = "Accept", .kind = "accepts/quote_requests", .asker = asker, .request_uri = request_uri, .quote_uri = quote_uri,
		.quoted_uri = quoted_uri, .authorization_uri = authorization_uri,
	});
}

enum error outbox_reject_quote(struct db *db, struct arena *arena, const struct actor *actor, const struct actor *asker,
	struct str request_uri, struct str quote_uri, struct str quoted_uri)
{
	return answer(db, arena, actor, &(struct quote_answer){
		.type = "Reject", .kind = "rejects/quote_requests", .asker = asker, .request_uri = request_uri, .quote_uri = quote_uri,
		.quoted_uri = quoted_uri,
	});
}

/* Told to the author of the quote and, when it was open, to those who may have seen it beside the quoted post. */
enum error outbox_revoke_quote(struct db *db, struct arena *arena, const struct actor *actor, const struct post *quote)
{
	struct audience audience;
	bool is_open = quote->visibility == POST_PUBLIC || quote->visibility == POST_UNLISTED;
	const struct vocab_quote_authorization authorization = {
		.uri = outbox_quote_authorization_uri(arena, actor, quote->id),
		.actor_uri = actor->uri,
		.quote_uri = quote->uri,
		.quoted_uri = quote->quote_uri,
	};
	const struct vocab_activity_out deletion = {
		.uri = arena_printf(arena, "%.*s#delete/%lld", STR_ARG(authorization.uri), (long long)id_new()),
		.type = "Delete",
		.actor_uri = actor->uri,
		.form = VOCAB_AS_QUOTE_AUTHORIZATION,
		.authorization = &authorization,
	};

	audience_of_one(arena, quote->actor_id, quote->actor_uri, false, &audience);
	audience.reach.to_followers = is_open;
	if (is_open)
		audience.addresses = audience_address(arena, POST_PUBLIC, actor->followers_url, &quote->actor_uri, 1);
	audience.is_public = is_open;
	return outbox_insert(db, arena, &(struct outbox_entry){
		.activity = &deletion, .audience = &audience, .actor_id = actor->id, .object_uri = quote->uri,
	});
}
