/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rules at work. The condition of a rule is a JSON object; all that it says must hold:
 *   "languages": ["fr"]          "fr" is for "fr-CA" too
 *   "words": ["refund", "prix*"] one of them is in the post, as whole words, without case and accents; * for any ending
 *   "account_ids": ["1"]         "channel": "public"|"private"
 *   "tags": ["vip"]              one of them is the conversation's
 *   "hours": "open"|"closed"     whether the organisation was open when the post came
 * Actions are server/action/service_steps.h. */
#ifndef COMPTOIR_SERVER_ACTION_ROUTING_H
#define COMPTOIR_SERVER_ACTION_ROUTING_H

#include "base/json_out.h"
#include "storage/routing.h"

#include <jansson.h>

#define ROUTING_WORDS_MAX 100

struct routing_condition {
	struct str *languages, *words, *tags;
	size_t language_count, word_count, tag_count;
	struct str *patterns; /* of the words, as they are looked for in routing_words */
	int64_t *actor_ids;
	size_t actor_count;
	struct str channel; /* data NULL: any */
	struct str hours;   /* data NULL: any */
};

/* As JSON, what a rule says and does together: all rules are read for each post that comes. */
#define ROUTING_RULE_MAX_BYTES ((size_t)32 * 1024)

/* object may be NULL or of any type. ERROR_UNPROCESSABLE with a sentence. */
enum error routing_condition_read(struct arena *arena, const json_t *object, struct routing_condition *ret_condition,
	struct str *ret_message) MUST_CHECK;
void routing_condition_write(struct json_out *json, const struct routing_condition *condition);
/* text: the post's words, by routing_words. */
bool routing_condition_holds(const struct routing_condition *condition, const struct routed_post *post, struct str text);
/* What a post says, as words are compared. */
struct str routing_words(struct arena *arena, const struct routed_post *post);

/* What the rules say about a customer's new post is done to its ticket, which the transaction has locked. is_first: the ticket
 * was opened by it. */
enum error routing_apply(struct db *db, struct arena *arena, int64_t post_id, bool is_first, struct ticket *ticket) MUST_CHECK;

/* Which rules would have something to say about posts: of each post, the indexes of those rules, the first ROUTING_HITS_MAX. */
#define ROUTING_HITS_MAX 5
struct routing_hit {
	size_t rules[ROUTING_HITS_MAX];
	size_t count;
};
enum error routing_try(struct arena *arena, const struct routing_rule *rules, size_t rule_count, const struct routed_post *posts,
	size_t post_count, struct routing_hit **ret_hits) MUST_CHECK;

#endif
