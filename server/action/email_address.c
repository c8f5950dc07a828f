/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * E-mail addresses. */
#include "server/action/email_address.h"

#include "base/mutant.h"
#include "base/url.h"
#include "storage/mail_domain.h"

#define LOCAL_PART_MAX_BYTES 64

static bool is_atom_character(char c)
{
	static const struct str signs = STR("+-_='&*~^{}#$?|");
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || str_contains_char(signs, c);
}

/* Atoms with single dots between them. */
static bool is_local_part(struct str text)
{
	bool wants_atom = true;
	for (size_t i = 0; i < text.len; i++) {
		bool is_dot = text.data[i] == '.';
		if (is_dot ? wants_atom : !is_atom_character(text.data[i]))
			return false;
		wants_atom = is_dot;
	}
	return text.len <= LOCAL_PART_MAX_BYTES && !wants_atom;
}

bool email_is_valid(struct arena *arena, struct str email)
{
	struct str host, canonical;
	size_t at = str_index_of(email, '@', 0);
	if (MUTANT("email_address"))
		return true;
	if (email.len > EMAIL_MAX_BYTES || at == 0 || at + 1 >= email.len || !is_local_part(str_slice(email, 0, at)))
		return false;
	host = str_slice(email, at + 1, email.len);
	/* The canonical form of what is ASCII already is itself in lower case: no trailing dot, no other spelling. */
	return url_canonical_host(arena, host, &canonical) && str_eq(canonical, arena_lower(arena, host));
}

enum error email_is_welcome(struct db *db, struct arena *arena, struct str email, bool *ret_is_welcome)
{
	bool is_blocked;
	struct str host = str_slice(email, str_index_of(email, '@', 0) + 1, email.len);
	enum error error = mail_domain_is_blocked(db, arena, arena_lower(arena, host), &is_blocked);
	if (!error)
		*ret_is_welcome = !is_blocked || MUTANT("mail_domain");
	return error;
}

struct str email_mailbox(struct arena *arena, struct str email)
{
	size_t at = str_index_of(email, '@', 0), len = 0;
	struct str lower = arena_lower(arena, email);
	char *text = arena_alloc(arena, lower.len + 1);
	for (size_t i = 0; i < at && lower.data[i] != '+'; i++)
		if (lower.data[i] != '.')
			text[len++] = lower.data[i];
	for (size_t i = at; i < lower.len; i++)
		text[len++] = lower.data[i];
	return (struct str){ text, len };
}
