/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Preferences of actors; no row means the defaults. */
#include "storage/preference.h"

#include "storage/event.h"
#include "storage/post_row.h"
#include "storage/statement.h"

#define PREFERENCE_COLUMNS  \
	"visibility"        \
	", is_sensitive"    \
	", language"        \
	", quote_policy"    \
	", expands_media"   \
	", expands_spoilers"

enum {
	PREFERENCE_VISIBILITY,
	PREFERENCE_IS_SENSITIVE,
	PREFERENCE_LANGUAGE,
	PREFERENCE_QUOTE_POLICY,
	PREFERENCE_EXPANDS_MEDIA,
	PREFERENCE_EXPANDS_SPOILERS,
};

/* Behind PREFERENCE_COLUMNS. */
#define PREFERENCE_LOCALE (PREFERENCE_EXPANDS_SPOILERS + 1)

static const struct statement find = STATEMENT("preference_find", 1,
	"select " PREFERENCE_COLUMNS
	", u.locale"
	" from (select $1::bigint as id) as a"
	" left join actor_preferences as p on p.actor_id = a.id"
	" left join users as u on u.actor_id = a.id"); // actor_preferences_pkey, users_actor_id_key

static const struct statement store = STATEMENT("preference_store", 7,
	"insert into actor_preferences (actor_id, " PREFERENCE_COLUMNS ")"
	" select a.id, $2, $3, $4, $5, $6, $7"
	" from actors as a"
	" where a.id = $1"
	" on conflict (actor_id) do update"
	" set visibility = excluded.visibility,"
	"     is_sensitive = excluded.is_sensitive,"
	"     language = excluded.language,"
	"     quote_policy = excluded.quote_policy,"
	"     expands_media = excluded.expands_media,"
	"     expands_spoilers = excluded.expands_spoilers"); // actors_pkey, actor_preferences_pkey

STATEMENT_TABLE(preference_statements, &find, &store);

static const char *const quote_policies[] = {
	[QUOTE_BY_ANYONE] = "public",
	[QUOTE_BY_FOLLOWERS] = "followers",
	[QUOTE_BY_NOBODY] = "nobody",
};

static const char *const expansions[] = {
	[EXPAND_MEDIA_DEFAULT] = "default",
	[EXPAND_MEDIA_SHOW_ALL] = "show_all",
	[EXPAND_MEDIA_HIDE_ALL] = "hide_all",
};

const char *post_quote_policy_name(enum post_quote_policy policy)
{
	return quote_policies[policy];
}

bool post_quote_policy_from_name(struct str name, enum post_quote_policy *ret_policy)
{
	for (size_t i = 0; i < sizeof(quote_policies) / sizeof(quote_policies[0]); i++) {
		if (str_eq(name, str_from(quote_policies[i]))) {
			*ret_policy = (enum post_quote_policy)i;
			return true;
		}
	}
	return false;
}

const char *media_expansion_name(enum media_expansion expansion)
{
	return expansions[expansion];
}

/* A word that a newer release stores counts as the first. */
static enum media_expansion expansion_from_name(struct str name)
{
	for (size_t i = 0; i < sizeof(expansions) / sizeof(expansions[0]); i++)
		if (str_eq(name, str_from(expansions[i])))
			return (enum media_expansion)i;
	return EXPAND_MEDIA_DEFAULT;
}

static enum post_visibility visibility_from_word(struct str word)
{
	for (int i = POST_PUBLIC; i <= POST_DIRECT; i++)
		if (str_eq(word, str_from(post_row_visibility((enum post_visibility)i))))
			return (enum post_visibility)i;
	return POST_DIRECT;
}

enum error preference_find(struct db *db, struct arena *arena, int64_t actor_id, struct preference *ret_preference)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	AUTO(db_rows) struct db_rows rows = { 0 };
	enum error error = db_run(db, arena, &find, &values, &rows);
	if (error)
		return error;
	struct preference preference = { .visibility = POST_PUBLIC, .locale = db_text(&rows, 0, PREFERENCE_LOCALE) };
	if (!db_is_null(&rows, 0, PREFERENCE_VISIBILITY)) {
		preference.visibility = visibility_from_word(db_text(&rows, 0, PREFERENCE_VISIBILITY));
		preference.is_sensitive = db_bool(&rows, 0, PREFERENCE_IS_SENSITIVE);
		preference.language = db_text(&rows, 0, PREFERENCE_LANGUAGE);
		if (!post_quote_policy_from_name(db_text(&rows, 0, PREFERENCE_QUOTE_POLICY), &preference.quote_policy))
			preference.quote_policy = QUOTE_BY_NOBODY;
		preference.media = expansion_from_name(db_text(&rows, 0, PREFERENCE_EXPANDS_MEDIA));
		preference.expands_spoilers = db_bool(&rows, 0, PREFERENCE_EXPANDS_SPOILERS);
	}
	*ret_preference = preference;
	return ERROR_NONE;
}

enum error preference_store(struct db *db, struct arena *arena, int64_t actor_id, const struct preference *preference)
{
	struct db_values values = { .count = 0 };
	db_value_int64(&values, actor_id);
	db_value_text(&values, str_from(post_row_visibility(preference->visibility)));
	db_value_bool(&values, preference->is_sensitive);
	db_value_text(&values, preference->language.len ? preference->language : (struct str){ 0 });
	db_value_text(&values, str_from(post_quote_policy_name(preference->quote_policy)));
	db_value_text(&values, str_from(media_expansion_name(preference->media)));
	db_value_bool(&values, preference->expands_spoilers);
	int64_t affected = 0;
	enum error error = db_change(db, arena, &store, &values, &affected);
	if (error)
		return error;
	if (!affected)
		return ERROR_NOT_FOUND;
	event_emit_on_commit(db, EVENT_PROFILE_CHANGED, 0, actor_id);
	return ERROR_NONE;
}
