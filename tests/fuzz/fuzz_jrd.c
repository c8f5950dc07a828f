/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Answers to WebFinger. */
#include "federation/webfinger_client.h"

#include "base/json_in.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *arena = arena_new(4 << 20);
	static const struct webfinger_resource asked = { .kind = WEBFINGER_HANDLE, .username = STR("bob"), .domain = STR("a.example") };
	const struct vocab_rules rules = { .received_us = 1800000000000000 };
	struct webfinger_answer answer;
	json_t *json;
	if (json_in_parse((struct str){ (const char *)data, size }, NULL, &json) != ERROR_NONE)
		return 0;
	if (webfinger_read_answer(arena, json, &asked, &rules, &answer)) {
		assert(vocab_id_is_acceptable(answer.actor_uri, VOCAB_ID_DOCUMENT, &rules));
		assert(answer.subject.kind == WEBFINGER_HANDLE && answer.subject.username.len > 0 && answer.subject.domain.len > 0);
	}
	json_decref(json);
	return 0;
}
