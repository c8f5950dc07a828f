/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Consents. */
#include "server/action/consent.h"

#include "base/clock.h"

#define CLOCK_TOLERANCE_US 300000000

static enum error run_record(struct db *db, struct arena *arena, struct contact_work *work, const struct contact *card)
{
	struct consent *consent = work->thing;
	consent->contact_id = card->id;
	work->data = arena_printf(arena, "{\"consent\":%lld}", (long long)consent->id);
	enum error error = consent_add(db, arena, consent);
	if (error == ERROR_UNPROCESSABLE)
		work->message = STR_LITERAL("A card has at most 500 consents");
	return error ? error : contact_touch(db, arena, card->id);
}

static struct str find_fault(const struct consent *consent)
{
	if (!consent_purpose_is_known(consent->purpose))
		return STR_LITERAL("purpose: service, segment, ambassador, review_reuse, job, donation or profiling");
	if (!consent_basis_is_known(consent->basis))
		return STR_LITERAL("basis: consent, contract, legitimate_interest or legal");
	if (!consent->evidence.len || !str_is_utf8(consent->evidence) ||
	    str_count_characters(consent->evidence) > CONSENT_EVIDENCE_MAX_CHARACTERS)
		return STR_LITERAL("evidence: an address or words that show it, 1 to 2,000 characters");
	if (consent->given_us <= 0 || consent->given_us > clock_now_us() + CLOCK_TOLERANCE_US)
		return STR_LITERAL("given_at: a time that has been");
	return (struct str){ 0 };
}

enum error consent_record(struct db *db, struct arena *arena, const struct contact_deed *deed, const struct consent *consent,
	struct str *ret_message)
{
	struct consent given = *consent;
	struct contact_work work = { .deed = deed, .action = "consent.record", .repeated = ERROR_CONFLICT, .run = run_record,
		.thing = &given };
	given.user_id = deed->author.user_id;
	given.membership_id = deed->author.membership_id;
	struct str fault = find_fault(&given);
	if (fault.len) {
		*ret_message = fault;
		return ERROR_UNPROCESSABLE;
	}
	return contact_work_do(db, arena, &work, ret_message);
}

static enum error run_end(struct db *db, struct arena *arena, struct contact_work *work, const struct contact *card)
{
	const int64_t *id = work->thing;
	work->data = arena_printf(arena, "{\"consent\":%lld}", (long long)*id);
	enum error error = consent_withdraw(db, arena, card->id, *id, &work->deed->author);
	return error ? error : contact_touch(db, arena, card->id);
}

enum error consent_end(struct db *db, struct arena *arena, const struct contact_deed *deed, int64_t id, struct str *ret_message)
{
	struct contact_work work = { .deed = deed, .action = "consent.withdraw", .repeated = ERROR_NONE, .run = run_end, .thing = &id };
	return contact_work_do(db, arena, &work, ret_message);
}
