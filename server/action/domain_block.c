/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Blocks of whole servers. */
#include "server/action/domain_block.h"

#include "server/action/deed.h"

#include "base/json_out.h"
#include "base/url.h"
#include "storage/job.h"

#define DOMAIN_MAX_BYTES 253

struct blocking {
	int64_t actor_id;
	struct str domain;
	struct str payload;
};

bool domain_block_parse(struct arena *arena, struct str text, struct str *ret_domain)
{
	struct url url;
	struct str domain = str_trim(text);
	if (!domain.len || str_contains_char(domain, '/') || str_contains_char(domain, '?') || str_contains_char(domain, '#') ||
	    !url_parse(arena, arena_printf(arena, "https://%.*s/", STR_ARG(domain)), &url) || url.authority.len > DOMAIN_MAX_BYTES)
		return false;
	*ret_domain = url.authority;
	return true;
}

static enum error write_block(struct db *db, struct arena *arena, void *owner)
{
	const struct blocking *blocking = owner;
	enum error error = actor_domain_block_add(db, arena, blocking->actor_id, blocking->domain);
	if (error)
		return error;
	struct str key = arena_printf(arena, "%lld %.*s", (long long)blocking->actor_id, STR_ARG(blocking->domain));
	return job_add(db, arena, STR_LITERAL("leave_domain"), key, blocking->payload, 0);
}

enum error domain_block_start(struct db *db, struct arena *arena, int64_t actor_id, struct str domain)
{
	struct actor actor;
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (error)
		return error;
	json_out_init(&json, &out);
	json_out_object_begin(&json);
	json_out_key_int(&json, "actor_id", actor_id);
	json_out_key_str(&json, "domain", domain);
	json_out_object_end(&json);
	struct blocking blocking = { .actor_id = actor_id, .domain = domain, .payload = arena_str(arena, buf_str(&out)) };
	return deed_write(db, arena, write_block, &blocking, ERROR_NONE);
}
