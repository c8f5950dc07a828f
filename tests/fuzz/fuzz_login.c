/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people and apps send when they come in: the Cookie header, scopes, addresses, one-time codes, places to go to. */
#include "server/action/email_address.h"
#include "server/http/cookie.h"
#include "server/login/scope.h"
#include "server/login/visitor.h"
#include "base/totp.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_cookie(struct str text)
{
	struct http_header header = { .name = STR("Cookie"), .value = text };
	struct http_request request = { .headers = &header, .header_count = 1 };
	struct str value = cookie_get(&request, STR_LITERAL("comptoir_session"));
	assert(!value.data || (value.data >= text.data && value.data + value.len <= text.data + text.len));
	assert(!str_contains_char(value, ';'));
}

static void check_scopes(struct arena *arena, struct str text)
{
	struct str scopes, again;
	if (!scope_read(arena, text, &scopes))
		return;
	assert(scopes.len > 0 && scope_is_within(scopes, scopes));
	assert(scope_read(arena, scopes, &again) && str_eq(scopes, again));
	assert(!str_starts_with(scope_without_admin(arena, scopes), STR_LITERAL("admin:")));
}

static void check_email(struct arena *arena, struct str text)
{
	if (!email_is_valid(arena, text))
		return;
	for (size_t i = 0; i < text.len; i++)
		assert(text.data[i] > ' ' && text.data[i] <= '~' && text.data[i] != '<' && text.data[i] != '>');
	assert(email_mailbox(arena, text).len <= text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
	struct str text = { (const char *)data, size };
	int64_t step = 0;
	check_cookie(text);
	check_scopes(arena, text);
	check_email(arena, text);
	(void)!totp_check(STR_LITERAL("12345678901234567890"), text, 59000000, &step);
	struct str next = login_next(text, STR_LITERAL("/settings"));
	assert(next.data[0] == '/' && (next.len == 1 || (next.data[1] != '/' && next.data[1] != '\\')));
	arena_free(&arena);
	return 0;
}
