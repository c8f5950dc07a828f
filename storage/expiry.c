/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Takes expired rows away, in batches that never lock for long. */
#include "storage/expiry.h"

#include "storage/statement.h"

static const struct statement forget_sessions = STATEMENT("expiry_sessions", 1,
	"delete from sessions"
	" where id in (select id from sessions where expires_at < now() limit $1)"); // sessions_expires_at, sessions_pkey

static const struct statement forget_codes = STATEMENT("expiry_codes", 1,
	"delete from oauth_codes"
	" where code_hash in (select code_hash from oauth_codes where expires_at < now() - interval '1 day' limit $1)");
	// oauth_codes_expires_at, oauth_codes_pkey

static const struct statement forget_idempotency_keys = STATEMENT("expiry_idempotency_keys", 1,
	"delete from idempotency_keys"
	" where ctid = any (array("
	"   select ctid from idempotency_keys where created_at < now() - interval '24 hours' limit $1))");
	// idempotency_keys_created_at

static const struct statement forget_repeated_answers = STATEMENT("expiry_repeated_answers", 1,
	"delete from repeated_answers"
	" where ctid = any (array("
	"   select ctid from repeated_answers where claimed_at < now() - interval '24 hours' limit $1))"
	"   and claimed_at < now() - interval '24 hours'");
	// repeated_answers_claimed_at

static const struct statement forget_mutes = STATEMENT("expiry_mutes", 1,
	"delete from mutes"
	" where id in (select id from mutes where expires_at < now() limit $1)"); // mutes_expires_at, mutes_pkey

static const struct statement forget_links = STATEMENT("expiry_links", 1,
	"delete from user_links"
	" where token_hash in (select token_hash from user_links where expires_at < now() limit $1)");
	// user_links_expires_at, user_links_pkey

static const struct statement forget_attempts = STATEMENT("expiry_attempts", 1,
	"delete from attempts"
	" where ctid = any(array(select ctid from attempts where began_at < now() - interval '1 day' limit $1))"
	"   and began_at < now() - interval '1 day'"); // attempts_began_at

static const struct statement forget_tokens = STATEMENT("expiry_tokens", 1,
	"delete from oauth_tokens"
	" where id in (select id from oauth_tokens where revoked_at < now() - interval '7 days' limit $1)");
	// oauth_tokens_revoked_at, oauth_tokens_pkey

static const struct statement forget_ended_tokens = STATEMENT("expiry_ended_tokens", 1,
	"delete from oauth_tokens"
	" where id in (select id from oauth_tokens where expires_at < now() - interval '7 days' limit $1)");
	// oauth_tokens_expires_at, oauth_tokens_pkey

/* Anybody gets tokens of applications, as many as they like. */
static const struct statement forget_tokens_of_applications = STATEMENT("expiry_tokens_of_applications", 1,
	"delete from oauth_tokens"
	" where id in ("
	"   select id"
	"   from oauth_tokens"
	"   where user_id is null"
	"     and created_at < now() - interval '30 days'"
	"     and (last_used_on is null or last_used_on < current_date - 30)"
	"   limit $1)"); // oauth_tokens_of_applications, oauth_tokens_pkey

/* An application that nobody ever let in; one that has a token or a code stays. */
static const struct statement forget_applications = STATEMENT("expiry_applications", 1,
	"delete from oauth_applications"
	" where id in ("
	"   select p.id"
	"   from oauth_applications as p"
	"   where not p.is_used"
	"     and p.created_at < now() - interval '7 days'"
	"     and not exists (select from oauth_tokens as t where t.application_id = p.id)"
	"     and not exists (select from oauth_codes as c where c.application_id = p.id)"
	"   limit $1)"); // oauth_applications_unused, oauth_tokens_application_id, oauth_codes_application_id

/* Pages that told nothing, and those whose posts are gone, once they are a month old: looked at for a week, so that the many
 * that stay are not looked at every hour. */
static const struct statement forget_previews = STATEMENT("expiry_previews", 1,
	"delete from previews"
	" where id in ("
	"   select v.id"
	"   from previews as v"
	"   where v.created_at < now() - interval '30 days'"
	"     and v.created_at > now() - interval '37 days'"
	"     and not exists (select from post_previews as s where s.preview_id = v.id)"
	"   limit $1)"); // previews_created_at, post_previews_preview_id, previews_pkey

STATEMENT_TABLE(expiry_statements, &forget_previews, &forget_links, &forget_attempts, &forget_tokens,
	&forget_ended_tokens, &forget_tokens_of_applications, &forget_applications, &forget_sessions, &forget_codes,
	&forget_idempotency_keys, &forget_repeated_answers, &forget_mutes);

enum error expiry_forget(struct db *db, struct arena *arena, bool *ret_has_more)
{
	static const struct statement *const all[] = { &forget_previews, &forget_links, &forget_attempts, &forget_tokens,
		&forget_ended_tokens, &forget_tokens_of_applications, &forget_applications, &forget_sessions, &forget_codes,
		&forget_idempotency_keys, &forget_repeated_answers, &forget_mutes };
	bool has_more = false;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int64_t affected;
		struct db_values values = { .count = 0 };
		db_value_int64(&values, EXPIRY_BATCH);
		enum error error = db_change(db, arena, all[i], &values, &affected);
		if (error)
			return error;
		has_more |= affected == EXPIRY_BATCH;
	}
	*ret_has_more = has_more;
	return ERROR_NONE;
}
