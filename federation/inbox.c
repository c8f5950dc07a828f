/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From a POST to a row. What can be refused without a key is refused first, in the order of what it costs; the network
 * is asked for one key's document only; and what is answered with 202 is committed, or concerns nobody. */
#include "federation/inbox.h"

#include "federation/federation.h"
#include "federation/follower_synchronization.h"
#include "federation/inbox_conclude.h"
#include "federation/inbox_head.h"
#include "federation/inbox_signer.h"
#include "federation/policy.h"
#include "federation/remote_actor.h"

#include "storage/activity_in.h"
#include "storage/fetch_queue.h"
#include "storage/id.h"
#include "storage/relay.h"

#include "base/clock.h"
#include "base/metrics.h"
#include "base/mutant.h"

#define RETRY_AFTER_S 30

static struct metric answers[] = {
	[INBOX_ACCEPTED] = METRIC_LABELLED("comptoir_inbox_answers_total", "What peers were told about activities", METRIC_COUNTER,
		"answer", "accepted"),
	[INBOX_MALFORMED] = METRIC_LABELLED("comptoir_inbox_answers_total", "What peers were told about activities", METRIC_COUNTER,
		"answer", "malformed"),
	[INBOX_UNAUTHORIZED] = METRIC_LABELLED("comptoir_inbox_answers_total", "What peers were told about activities",
		METRIC_COUNTER, "answer", "unauthorized"),
	[INBOX_FORBIDDEN] = METRIC_LABELLED("comptoir_inbox_answers_total", "What peers were told about activities", METRIC_COUNTER,
		"answer", "forbidden"),
	[INBOX_LATER] = METRIC_LABELLED("comptoir_inbox_answers_total", "What peers were told about activities", METRIC_COUNTER,
		"answer", "later"),
	[INBOX_AWAIT] = METRIC_LABELLED("comptoir_inbox_answers_total", "What peers were told about activities", METRIC_COUNTER,
		"answer", "await"),
};
static struct metric unknown_types = METRIC("comptoir_inbox_unknown_types_total",
	"Verified activities of types that do nothing here", METRIC_COUNTER);
static struct metric duplicates = METRIC("comptoir_inbox_duplicates_total",
	"Verified activities whose id was there already", METRIC_COUNTER);
static struct metric forwarded = METRIC("comptoir_inbox_forwarded_total",
	"Activities that another actor sent on, without a proof of their own", METRIC_COUNTER);

static bool accept_without_row(struct inbox_attempt *attempt, const char *reason)
{
	return inbox_refuse(attempt, INBOX_ACCEPTED, reason);
}

static bool try_later(struct inbox_attempt *attempt, const char *reason)
{
	(void)inbox_refuse(attempt, INBOX_LATER, reason);
	attempt->answer.retry_after_s = RETRY_AFTER_S;
	return false;
}

/* Servers tell everyone they know when an account goes, and its key is gone by then: it is asked for from nobody whose
 * account is not here. */
static bool concerns_someone(struct inbox_attempt *attempt, const struct inbox_head *head)
{
	struct actor actor;
	if (!head->is_about_itself || MUTANT("inbox_unknown_delete"))
		return true;
	enum error error = actor_find_by_uri(attempt->db, attempt->arena, head->activity.actor_id, &actor);
	if (error == ERROR_NOT_FOUND || (!error && actor.is_deleted))
		return accept_without_row(attempt, "unknown_actor");
	return error ? try_later(attempt, "database") : true;
}

/* What needs no key and no fetch. */
static bool judge_head(struct inbox_attempt *attempt, const struct inbox_head *head)
{
	struct federation *federation = attempt->federation;
	struct str actor_id = head->activity.actor_id;
	if (policy_judge_url(federation->policy, actor_id).verdict == POLICY_REFUSED && !MUTANT("inbox_accept_policy"))
		return inbox_refuse(attempt, INBOX_FORBIDDEN, "domain_refused");
	if (vocab_same_origin(actor_id, federation->base_url) && !MUTANT("inbox_actor_of_ours"))
		return inbox_refuse(attempt, INBOX_FORBIDDEN, "actor_of_ours");
	if (!head->is_of_its_origin)
		return inbox_refuse(attempt, INBOX_FORBIDDEN, "id_of_another_origin");
	return concerns_someone(attempt, head);
}

static bool is_worth_fetching(const struct inbox_head *head, const struct vocab_rules *rules)
{
	enum vocab_activity_type type = head->activity.type;
	return (type == VOCAB_CREATE || type == VOCAB_UPDATE || type == VOCAB_ANNOUNCE) &&
		vocab_id_is_acceptable(head->activity.id, VOCAB_ID_DOCUMENT, rules);
}

/* Sent on by another actor, without a proof: its origin is asked what there is to it. */
static bool wish_for_forwarded(struct inbox_attempt *attempt, const struct inbox_head *head, const struct vocab_rules *rules,
	struct str sender)
{
	struct fetch_wish wish = { .uri = head->activity.id, .kind = FETCH_ACTIVITY };
	metric_add(&forwarded, 1);
	if (!is_worth_fetching(head, rules) || !key_ring_may_forward(attempt->federation->keys, sender))
		return accept_without_row(attempt, "forwarded_not_fetched");
	if (fetch_wish(attempt->db, attempt->arena, &wish))
		return try_later(attempt, "database");
	return accept_without_row(attempt, "forwarded");
}

/* A new post that a relay of ours passes on: whoever wrote it, we asked for it, and its origin tells it as a whole. */
static bool is_told_by_relay(struct inbox_attempt *attempt, const struct inbox_head *head, struct str sender_uri)
{
	bool is_relay = false;
	if (head->activity.type != VOCAB_CREATE)
		return false;
	enum error error = relay_is_accepted(attempt->db, attempt->arena, sender_uri, &is_relay);
	return !error && is_relay;
}

/* Whose word the activity is: the signer's, or by a proof its actor's. */
static bool find_author(struct inbox_attempt *attempt, const struct inbox_head *head, const struct vocab_rules *rules,
	struct inbox_signer *ret_author, enum activity_in_proof *ret_proof)
{
	struct str actor_id = head->activity.actor_id;
	struct inbox_signer sender;
	if (!inbox_find_signer(attempt, &sender))
		return false;
	*ret_author = sender;
	*ret_proof = ACTIVITY_BY_SIGNATURE;
	if (str_eq(sender.actor_uri, actor_id) || MUTANT("inbox_owner"))
		return true;
	*ret_proof = ACTIVITY_BY_PROOF;
	if (inbox_find_proof(attempt, head->document, actor_id, ret_author))
		return !is_told_by_relay(attempt, head, sender.actor_uri) ||
			wish_for_forwarded(attempt, head, rules, sender.actor_uri);
	return attempt->answer.verdict == INBOX_AWAIT ? false : wish_for_forwarded(attempt, head, rules, sender.actor_uri);
}

static struct inbox_answer answer_of_insert(enum error error, bool is_of_actor)
{
	if (is_of_actor && error == ERROR_FORBIDDEN)
		return (struct inbox_answer){ .verdict = INBOX_FORBIDDEN, .reason = "actor_refused" };
	if (is_of_actor && error == ERROR_GONE)
		return (struct inbox_answer){ .verdict = INBOX_ACCEPTED, .reason = "actor_gone" };
	if (error == ERROR_CONFLICT) {
		metric_add(&duplicates, 1);
		return (struct inbox_answer){ .verdict = INBOX_ACCEPTED, .reason = "duplicate" };
	}
	if (error)
		return (struct inbox_answer){ .verdict = INBOX_LATER, .reason = "database", .retry_after_s = RETRY_AFTER_S };
	return (struct inbox_answer){ .verdict = INBOX_ACCEPTED, .reason = "stored" };
}

static bool judge_insert(struct inbox_attempt *attempt, enum error error)
{
	attempt->answer = answer_of_insert(error, false);
	return false;
}

void inbox_conclude(struct inbox_answer *answer, enum error error)
{
	json_decref(answer->document);
	*answer = answer_of_insert(error, answer->actor);
	answer->is_verified = true;
	metric_add(&answers[answer->verdict], 1);
}

/* The actor as read from its own server, when that was just done and the row is missing or old. */
static bool has_fresh_actor(struct inbox_attempt *attempt, const struct vocab_rules *rules,
	const struct inbox_signer *author, struct vocab_actor *ret_actor)
{
	const struct fetch_document *document = attempt->request->awaited;
	if (!document || document->verdict != FETCH_OK || (author->actor_id && !attempt->has_learned))
		return false;
	return vocab_read_actor(attempt->arena, document->json, rules, ret_actor) == ERROR_NONE &&
		str_eq(ret_actor->id, author->actor_uri) && str_eq(document->id, author->actor_uri);
}

/* Something is to be done for it once it is stored. */
static bool needs_answer_now(const struct inbox_attempt *attempt)
{
	return http_request_header(attempt->request->http, "Collection-Synchronization").data;
}

static bool store(struct inbox_attempt *attempt, struct inbox_head *head, const struct vocab_rules *rules,
	const struct inbox_signer *author, enum activity_in_proof proof)
{
	struct vocab_actor *actor = arena_alloc(attempt->arena, sizeof(*actor));
	struct vocab_activity *activity = arena_alloc(attempt->arena, sizeof(*activity));
	struct activity_in row = {
		.id = id_new(),
		.uri = head->activity.id,
		.type = head->activity.type_name,
		.actor_uri = head->activity.actor_id,
		.object_uri = head->order_uri,
		.body = attempt->request->http->body,
		.inbox_actor_id = attempt->request->inbox_actor_id,
		.verified_by = proof,
		.received_us = rules->received_us,
	};
	bool has_actor = has_fresh_actor(attempt, rules, author, actor);
	if (needs_answer_now(attempt) && !has_actor)
		return judge_insert(attempt, activity_in_insert(attempt->db, attempt->arena, &row));
	*activity = head->activity;
	attempt->answer = (struct inbox_answer){ .verdict = INBOX_VERIFIED, .reason = "verified", .row = row,
		.activity = activity, .document = head->document, .actor = has_actor ? actor : NULL };
	head->document = NULL;
	return false;
}

/* What the signer says of its followers here (FEP-8fcf). A hint: the activity is safe whatever comes of it. */
static void heed_synchronization(struct inbox_attempt *attempt, struct str actor_uri)
{
	const struct inbox_request *request = attempt->request;
	struct str header = http_request_header(request->http, "Collection-Synchronization");
	struct str origin = arena_printf(attempt->arena, "%.*s://%.*s", STR_ARG(request->scheme), STR_ARG(request->http->host));
	if (!header.data || attempt->answer.verdict != INBOX_ACCEPTED)
		return;
	enum error ignored = follower_synchronization_check(attempt->db, attempt->arena, header, actor_uri, origin);
	(void)ignored;
}

/* False in every case: attempt->answer says what came of it. */
static bool accept(struct inbox_attempt *attempt)
{
	struct vocab_rules rules = { .received_us = clock_now_us(), .allows_http = attempt->federation->allows_http };
	AUTO(inbox_head) struct inbox_head head = { 0 };
	struct inbox_signer author;
	enum activity_in_proof proof;

	if (!http_request_header_count(attempt->request->http, "Signature"))
		return inbox_refuse(attempt, INBOX_UNAUTHORIZED, "unsigned");
	const char *reason = inbox_head_read(attempt->arena, attempt->request->http->body, &rules, &head);
	if (reason)
		return inbox_refuse(attempt, INBOX_MALFORMED, reason);
	if (!judge_head(attempt, &head) || !find_author(attempt, &head, &rules, &author, &proof))
		return false;
	if (!head.is_handled) {
		metric_add(&unknown_types, 1);
		return accept_without_row(attempt, "unknown_type");
	}
	(void)store(attempt, &head, &rules, &author, proof);
	if (proof == ACTIVITY_BY_SIGNATURE)
		heed_synchronization(attempt, author.actor_uri);
	return false;
}

struct inbox_answer inbox_accept(struct federation *federation, struct db *db, struct arena *arena,
	const struct inbox_request *request)
{
	struct inbox_attempt attempt = { .federation = federation, .db = db, .arena = arena, .request = request };
	(void)accept(&attempt);
	attempt.answer.is_verified = attempt.is_verified;
	if (attempt.answer.verdict != INBOX_VERIFIED)
		metric_add(&answers[attempt.answer.verdict], 1);
	return attempt.answer;
}
