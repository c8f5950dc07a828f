/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an answer to a fetch is worth: status, content type, JSON, id. Pure functions. */
#ifndef COMPTOIR_FEDERATION_FETCH_JUDGE_H
#define COMPTOIR_FEDERATION_FETCH_JUDGE_H

#include "federation/fetch.h"
#include "federation/http_client.h"

struct fetch_judgement {
	enum fetch_verdict verdict;
	const char *reason;
	bool wants_own_id; /* verdict does not count yet: ask the URL id, which is canonical */
	struct str id;     /* arena */
	json_t *json;      /* FETCH_OK: the caller's */
};

/* Whether a document of that form may have that Content-Type (CHECKLIST A7): for ActivityPub activity+json, or ld+json
 * whose profile lists ActivityStreams; types and names in any case, parameters in any order. */
bool fetch_type_is_accepted(enum fetch_form form, struct str content_type) MUST_CHECK;

/* asked: canonical URL of this request, before redirects. was_own_id: it is the id of the document that came before. */
void fetch_judge(struct arena *arena, enum fetch_form form, struct str asked, bool was_own_id,
	const struct http_client_result *result, struct fetch_judgement *ret_judgement);

#endif
