/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The signature is read before its key is looked for, and a key that does not fit is fetched once more before the
 * request is refused: peers change their keys when they are set up anew, and never say so. */
#include "federation/inbox_signer.h"

#include "federation/delivery.h"
#include "federation/federation.h"
#include "federation/policy.h"
#include "federation/signature.h"
#include "federation/vocab_in.h"

#include "base/clock.h"
#include "base/mutant.h"
#include "base/url.h"

bool inbox_refuse(struct inbox_attempt *attempt, enum inbox_verdict verdict, const char *reason)
{
	attempt->answer = (struct inbox_answer){ .verdict = verdict, .reason = reason };
	return false;
}

/* The key ring, and the document that was waited for when this key wants it. */
static enum key_lookup look_up(struct inbox_attempt *attempt, struct str key_id, bool wants_fresh,
	struct key_owner *ret_owner)
{
	const struct inbox_request *request = attempt->request;
	enum key_lookup lookup;
	bool awaits = request->awaited &&
		key_ring_awaits(attempt->federation->keys, attempt->arena, key_id, request->awaited_url);
	if (!awaits) {
		lookup = key_ring_find(attempt->federation, attempt->db, attempt->arena, key_id, wants_fresh, ret_owner);
		if (lookup != KEY_WANTED || !request->awaited || !str_eq(ret_owner->document_url, request->awaited_url))
			return lookup;
	}
	lookup = key_ring_learn(attempt->federation, attempt->db, attempt->arena, key_id, request->awaited, ret_owner);
	attempt->has_learned = lookup == KEY_FOUND;
	return lookup;
}

/* False for a key that was found. */
static bool has_no_key(struct inbox_attempt *attempt, enum key_lookup lookup, const struct key_owner *owner)
{
	switch (lookup) {
	case KEY_FOUND:
		return false;
	case KEY_WANTED:
		(void)inbox_refuse(attempt, INBOX_AWAIT, "key_wanted");
		attempt->answer.await_url = owner->document_url;
		break;
	case KEY_REFUSED:
		(void)inbox_refuse(attempt, INBOX_UNAUTHORIZED, owner->reason);
		break;
	case KEY_LATER:
		(void)inbox_refuse(attempt, INBOX_LATER, owner->reason);
		attempt->answer.retry_after_s = owner->retry_after_s;
		break;
	}
	return true;
}

/* What both kinds of signatures are to the search for a key. */
struct signed_thing {
	struct str key_id;
	const struct signature_claim *request; /* either this ... */
	const struct proof_claim *proof;       /* ... or this */
};

static enum signature_verdict verify(const struct signed_thing *thing, const struct public_key *key)
{
	if (thing->request)
		return signature_verify(thing->request, key);
	return proof_verify(thing->proof, key) == PROOF_ACCEPTED ? SIGNATURE_ACCEPTED : SIGNATURE_WRONG_KEY;
}

/* A refusal by what is remembered of the last fetch is the signature's fault now, not the key's. */
static bool refuse_wrong_key(struct inbox_attempt *attempt, enum key_lookup lookup, const struct key_owner *owner)
{
	if (lookup == KEY_WANTED)
		(void)has_no_key(attempt, lookup, owner);
	else
		(void)inbox_refuse(attempt, INBOX_UNAUTHORIZED, "signature_wrong");
	return false;
}

static bool find_maker(struct inbox_attempt *attempt, const struct signed_thing *thing, struct inbox_signer *ret_signer)
{
	struct key_owner owner = { 0 };
	enum key_lookup lookup = look_up(attempt, thing->key_id, false, &owner);
	AUTO(public_key) struct public_key *key = owner.key;
	if (has_no_key(attempt, lookup, &owner))
		return false;
	enum signature_verdict verdict = verify(thing, key);
	if (verdict == SIGNATURE_WRONG_KEY) {
		lookup = look_up(attempt, thing->key_id, true, &owner);
		if (lookup != KEY_FOUND)
			return refuse_wrong_key(attempt, lookup, &owner);
		public_key_unref(&key);
		key = owner.key;
		verdict = verify(thing, key);
	}
	if (verdict != SIGNATURE_ACCEPTED && !MUTANT("inbox_signature"))
		return inbox_refuse(attempt, INBOX_UNAUTHORIZED, "signature_wrong");
	if (!owner.is_proven)
		key_ring_prove(attempt->federation->keys, thing->key_id);
	*ret_signer = (struct inbox_signer){ .actor_uri = owner.actor_uri, .actor_id = owner.actor_id };
	return true;
}

static void tell_delivery(struct inbox_attempt *attempt, const struct inbox_signer *signer)
{
	struct url url;
	if (url_parse(attempt->arena, signer->actor_uri, &url))
		peer_heard(attempt->federation, url.authority, signer->speaks_rfc9421);
}

bool inbox_find_signer(struct inbox_attempt *attempt, struct inbox_signer *ret_signer)
{
	struct signature_policy policy = signature_policy_default;
	struct signature_claim claim;
	const char *reason = "unsigned";
	policy.scheme = attempt->request->scheme;
	enum signature_reading reading =
		signature_read(attempt->arena, attempt->request->http, &policy, clock_now_us(), &claim, &reason);
	if (reading != SIGNATURE_CLAIMED)
		return inbox_refuse(attempt, INBOX_UNAUTHORIZED, reason);
	if (policy_judge_url(attempt->federation->policy, claim.key_id).verdict == POLICY_REFUSED && !MUTANT("inbox_key_policy"))
		return inbox_refuse(attempt, INBOX_FORBIDDEN, "domain_refused");
	struct inbox_signer signer;
	if (!find_maker(attempt, &(struct signed_thing){ .key_id = claim.key_id, .request = &claim }, &signer))
		return false;
	signer.speaks_rfc9421 = claim.scheme == SIGNATURE_RFC9421;
	attempt->is_verified = true;
	tell_delivery(attempt, &signer);
	*ret_signer = signer;
	return true;
}

bool inbox_find_proof(struct inbox_attempt *attempt, const json_t *document, struct str actor_uri,
	struct inbox_signer *ret_signer)
{
	struct proof_claim claim;
	const char *reason = "no_proof";
	struct inbox_signer signer;
	if (proof_read(attempt->arena, document, clock_now_us(), &claim, &reason) != PROOF_CLAIMED)
		return inbox_refuse(attempt, INBOX_UNAUTHORIZED, reason);
	/* Before anything is fetched: a key of another origin could never be the actor's. */
	if (!vocab_same_origin(claim.verification_method, actor_uri))
		return inbox_refuse(attempt, INBOX_UNAUTHORIZED, "proof_of_another");
	struct str key_id = arena_str(attempt->arena, claim.verification_method);
	if (!find_maker(attempt, &(struct signed_thing){ .key_id = key_id, .proof = &claim }, &signer))
		return false;
	if (!str_eq(signer.actor_uri, actor_uri) && !MUTANT("inbox_proof_owner"))
		return inbox_refuse(attempt, INBOX_UNAUTHORIZED, "proof_of_another");
	*ret_signer = signer;
	return true;
}
