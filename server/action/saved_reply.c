/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Placeholders of saved replies. */
#include "server/action/saved_reply.h"

#include "storage/actor.h"
#include "storage/membership.h"
#include "storage/organisation.h"

#include "base/buf.h"
#include "base/mutant.h"

#include <ctype.h>

#define NAME_MAX_BYTES 80

static const struct str placeholders[] = { STR("{name}"), STR("{number}"), STR("{agent}") };
enum { PLACE_NAME, PLACE_NUMBER, PLACE_AGENT, PLACE_COUNT };

/* The placeholder that text begins with; PLACE_COUNT for none. */
static size_t find_placeholder(struct str text)
{
	size_t i = 0;
	while (i < PLACE_COUNT && !str_starts_with(text, placeholders[i]))
		i++;
	return i;
}

bool saved_reply_check(struct str body, struct str *ret_unknown)
{
	for (size_t i = 0; i < body.len; i++) {
		struct str rest = str_slice(body, i, body.len);
		if (body.data[i] == '{' && find_placeholder(rest) == PLACE_COUNT) {
			*ret_unknown = str_slice(rest, 0, rest.len < 30 ? rest.len : 30);
			return false;
		}
	}
	return true;
}

/* A letter of another script is several bytes above 0x7f. */
static bool may_be_in_a_name(unsigned char c)
{
	return c >= 0x80 || isalnum(c) || c == ' ' || c == '-' || c == '\'' || MUTANT("saved_reply_name");
}

static struct str clean_name(struct arena *arena, struct str name)
{
	AUTO(buf) struct buf out = { 0 };
	bool was_space = true;
	for (size_t i = 0; i < name.len && out.len < NAME_MAX_BYTES; i++) {
		unsigned char c = (unsigned char)name.data[i];
		if (!may_be_in_a_name(c) || (c == ' ' && was_space))
			continue;
		buf_add_char(&out, (char)c);
		was_space = c == ' ';
	}
	struct str text = str_trim(buf_str(&out));
	while (text.len && !str_is_utf8(text))
		text.len--;
	return text.len ? arena_str(arena, text) : STR_LITERAL("");
}

static enum error name_of(struct arena *arena, enum error error, const struct actor *actor, struct str *ret_name)
{
	if (error && error != ERROR_NOT_FOUND)
		return error;
	*ret_name = error ? STR_LITERAL("") : clean_name(arena, actor->display_name);
	if (!error && !ret_name->len)
		*ret_name = clean_name(arena, actor->username);
	return ERROR_NONE;
}

static enum error find_agent(struct db *db, struct arena *arena, int64_t organisation_id, int64_t membership_id, struct str *ret_name)
{
	struct membership membership;
	struct actor agent = { 0 };
	enum error error = membership_find(db, arena, organisation_id, membership_id, &membership);
	if (!error)
		error = actor_find_by_handle(db, arena, membership.username, membership.domain, &agent);
	return name_of(arena, error, &agent, ret_name);
}

enum error saved_reply_find_values(struct db *db, struct arena *arena, const struct ticket *ticket, int64_t membership_id,
	struct saved_reply_values *ret_values)
{
	struct actor customer = { 0 };
	struct saved_reply_values values = { .number = arena_printf(arena, "%lld", (long long)ticket->number) };
	enum error error = actor_find_by_id(db, arena, ticket->customer_id, &customer);
	error = name_of(arena, error, &customer, &values.name);
	if (!error)
		error = find_agent(db, arena, ticket->organisation_id, membership_id, &values.agent);
	if (!error)
		*ret_values = values;
	return error;
}

struct str saved_reply_fill(struct arena *arena, struct str body, const struct saved_reply_values *values)
{
	const struct str fillings[PLACE_COUNT] = { [PLACE_NAME] = values->name, [PLACE_NUMBER] = values->number, [PLACE_AGENT] = values->agent };
	AUTO(buf) struct buf out = { 0 };
	for (size_t i = 0; i < body.len;) {
		size_t place = body.data[i] == '{' ? find_placeholder(str_slice(body, i, body.len)) : PLACE_COUNT;
		if (place == PLACE_COUNT)
			buf_add_char(&out, body.data[i++]);
		else {
			buf_add_str(&out, fillings[place]);
			i += placeholders[place].len;
		}
	}
	return arena_str(arena, buf_str(&out));
}

enum error saved_reply_for(struct db *db, struct arena *arena, struct str code, const struct ticket *ticket, int64_t membership_id,
	struct str *ret_text, struct str *ret_language)
{
	struct saved_reply reply = { 0 };
	struct saved_reply_values values = { 0 };
	struct organisation organisation;
	enum error error = organisation_find(db, arena, ticket->organisation_id, &organisation);
	if (!error)
		error = saved_reply_choose(db, arena, ticket->organisation_id, code, ticket->language.len ? ticket->language : organisation.locale,
			organisation.locale, &reply);
	if (!error)
		error = saved_reply_find_values(db, arena, ticket, membership_id, &values);
	if (error)
		return error;
	*ret_text = saved_reply_fill(arena, reply.body, &values);
	*ret_language = reply.language;
	return ERROR_NONE;
}
