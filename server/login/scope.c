/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The table of scopes. */
#include "server/login/scope.h"

#include "server/http/auth.h"
#include "base/mutant.h"

#define SCOPES(X) \
	X("read", TEXT_SCOPE_READ) \
	X("profile", TEXT_SCOPE_PROFILE) \
	X("write", TEXT_SCOPE_WRITE) \
	X("write:accounts", TEXT_SCOPE_WRITE_ACCOUNTS) \
	X("write:blocks", TEXT_SCOPE_WRITE_BLOCKS) \
	X("write:bookmarks", TEXT_SCOPE_WRITE_BOOKMARKS) \
	X("write:collections", TEXT_SCOPE_WRITE_COLLECTIONS) \
	X("write:conversations", TEXT_SCOPE_WRITE_CONVERSATIONS) \
	X("write:favourites", TEXT_SCOPE_WRITE_FAVOURITES) \
	X("write:filters", TEXT_SCOPE_WRITE_FILTERS) \
	X("write:follows", TEXT_SCOPE_WRITE_FOLLOWS) \
	X("write:lists", TEXT_SCOPE_WRITE_LISTS) \
	X("write:media", TEXT_SCOPE_WRITE_MEDIA) \
	X("write:mutes", TEXT_SCOPE_WRITE_MUTES) \
	X("write:notifications", TEXT_SCOPE_WRITE_NOTIFICATIONS) \
	X("write:reports", TEXT_SCOPE_WRITE_REPORTS) \
	X("write:statuses", TEXT_SCOPE_WRITE_STATUSES) \
	X("read:accounts", TEXT_SCOPE_READ_ACCOUNTS) \
	X("read:blocks", TEXT_SCOPE_READ_BLOCKS) \
	X("read:bookmarks", TEXT_SCOPE_READ_BOOKMARKS) \
	X("read:collections", TEXT_SCOPE_READ_COLLECTIONS) \
	X("read:favourites", TEXT_SCOPE_READ_FAVOURITES) \
	X("read:filters", TEXT_SCOPE_READ_FILTERS) \
	X("read:follows", TEXT_SCOPE_READ_FOLLOWS) \
	X("read:lists", TEXT_SCOPE_READ_LISTS) \
	X("read:mutes", TEXT_SCOPE_READ_MUTES) \
	X("read:notifications", TEXT_SCOPE_READ_NOTIFICATIONS) \
	X("read:search", TEXT_SCOPE_READ_SEARCH) \
	X("read:statuses", TEXT_SCOPE_READ_STATUSES) \
	X("follow", TEXT_SCOPE_FOLLOW) \
	X("push", TEXT_SCOPE_PUSH) \
	X("admin:read", TEXT_SCOPE_ADMIN_READ) \
	X("admin:write", TEXT_SCOPE_ADMIN_WRITE) \
	X("admin:read:accounts", TEXT_SCOPE_ADMIN_READ) \
	X("admin:read:reports", TEXT_SCOPE_ADMIN_READ) \
	X("admin:read:domain_allows", TEXT_SCOPE_ADMIN_READ) \
	X("admin:read:domain_blocks", TEXT_SCOPE_ADMIN_READ) \
	X("admin:read:ip_blocks", TEXT_SCOPE_ADMIN_READ) \
	X("admin:read:email_domain_blocks", TEXT_SCOPE_ADMIN_READ) \
	X("admin:read:canonical_email_blocks", TEXT_SCOPE_ADMIN_READ) \
	X("admin:write:accounts", TEXT_SCOPE_ADMIN_WRITE) \
	X("admin:write:reports", TEXT_SCOPE_ADMIN_WRITE) \
	X("admin:write:domain_allows", TEXT_SCOPE_ADMIN_WRITE) \
	X("admin:write:domain_blocks", TEXT_SCOPE_ADMIN_WRITE) \
	X("admin:write:ip_blocks", TEXT_SCOPE_ADMIN_WRITE) \
	X("admin:write:email_domain_blocks", TEXT_SCOPE_ADMIN_WRITE) \
	X("admin:write:canonical_email_blocks", TEXT_SCOPE_ADMIN_WRITE) \
	X("brand:read", TEXT_SCOPE_BRAND_READ) \
	X("brand:publish", TEXT_SCOPE_BRAND_PUBLISH) \
	X("brand:inbox", TEXT_SCOPE_BRAND_INBOX) \
	X("brand:listen", TEXT_SCOPE_BRAND_LISTEN) \
	X("brand:admin", TEXT_SCOPE_BRAND_ADMIN)

#define NAME(scope, meaning) scope,
static const char *const names[] = { SCOPES(NAME) NULL };
#undef NAME
#define MEANING(scope, meaning) meaning,
static const enum text meanings[] = { SCOPES(MEANING) };
#undef MEANING

const char *const *scope_names(void)
{
	return names;
}

bool scope_meaning(struct str scope, enum text *ret_text)
{
	for (size_t i = 0; names[i]; i++) {
		if (str_eq(scope, str_from(names[i]))) {
			*ret_text = meanings[i];
			return true;
		}
	}
	return false;
}

static bool next_scope(struct str *rest, struct str *ret_scope)
{
	while (rest->len) {
		size_t end = 0;
		while (end < rest->len && rest->data[end] != ' ' && rest->data[end] != '+')
			end++;
		*ret_scope = str_slice(*rest, 0, end);
		*rest = str_slice(*rest, end + 1, rest->len);
		if (ret_scope->len)
			return true;
	}
	return false;
}

static bool holds(struct str scopes, struct str wanted)
{
	struct str scope;
	while (next_scope(&scopes, &scope))
		if (str_eq(scope, wanted))
			return true;
	return false;
}

static struct str join(struct arena *arena, struct str before, struct str scope)
{
	return before.len ? arena_printf(arena, "%.*s %.*s", STR_ARG(before), STR_ARG(scope)) : arena_str(arena, scope);
}

bool scope_read(struct arena *arena, struct str text, struct str *ret_scopes)
{
	struct str scope, scopes = { 0 };
	enum text meaning;
	if (text.len > SCOPE_TEXT_MAX_BYTES)
		return false;
	while (next_scope(&text, &scope)) {
		if (!scope_meaning(scope, &meaning))
			return false;
		if (!holds(scopes, scope))
			scopes = join(arena, scopes, scope);
	}
	*ret_scopes = scopes.len ? scopes : STR_LITERAL("read");
	return true;
}

bool scope_is_within(struct str scopes, struct str allowed)
{
	struct str scope;
	while (next_scope(&scopes, &scope))
		if (!auth_scope_allows(allowed, scope) && !MUTANT("oauth_scope_subset"))
			return false;
	return true;
}

struct str scope_without_admin(struct arena *arena, struct str scopes)
{
	struct str scope, kept = { "", 0 };
	while (next_scope(&scopes, &scope))
		if (!str_starts_with(scope, STR_LITERAL("admin:")) || MUTANT("oauth_admin_scope"))
			kept = join(arena, kept, scope);
	return kept;
}
