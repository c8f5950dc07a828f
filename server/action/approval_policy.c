/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Policies of approval. */
#include "server/action/approval_policy.h"

#include "server/action/deed.h"
#include "server/action/organisation.h"

#include "storage/id.h"

#define NAME_MAX_BYTES 60

struct setting {
	struct approval_policy *policy;
	const struct audit_author *author;
};

static enum error refuse(struct str *ret_message, const char *message)
{
	*ret_message = str_from(message);
	return ERROR_UNPROCESSABLE;
}

static bool is_kind(struct str word)
{
	enum draft_kind kind;
	return draft_kind_from_name(word, &kind);
}

static enum error check_accounts(struct db *db, struct arena *arena, const struct approval_policy *policy, struct str *ret_message)
{
	struct brand_account account;
	for (size_t i = 0; i < policy->actor_count; i++) {
		enum error error = brand_account_find(db, arena, policy->actor_ids[i], &account);
		if (error && error != ERROR_NOT_FOUND)
			return error;
		if (error || account.organisation_id != policy->organisation_id)
			return refuse(ret_message, "an account of it is not one of this organisation");
	}
	return ERROR_NONE;
}

static enum error check(struct db *db, struct arena *arena, const struct approval_policy *policy, struct str *ret_message)
{
	if (!policy->name.len || policy->name.len > NAME_MAX_BYTES || !str_is_utf8(policy->name))
		return refuse(ret_message, "a policy has a name of 1 to 60 bytes");
	if (!policy->step_count)
		return refuse(ret_message, "a policy has 1 to 10 steps");
	for (size_t i = 0; i < policy->kind_count; i++)
		if (!is_kind(policy->kinds[i]))
			return refuse(ret_message, "a kind is post, edit or boost");
	for (size_t i = 0; i < policy->step_count; i++) {
		const struct approval_step *step = &policy->steps[i];
		if (!str_eq(step->permission, STR_LITERAL("draft.approve")) && !str_eq(step->permission, STR_LITERAL("draft.approve_legal")))
			return refuse(ret_message, "a step asks for draft.approve or draft.approve_legal");
		if (step->minimum < 1 || step->minimum > 20)
			return refuse(ret_message, "a step asks for 1 to 20 people");
	}
	return check_accounts(db, arena, policy, ret_message);
}

static enum error write_policy(struct db *db, struct arena *arena, void *owner)
{
	const struct setting *setting = owner;
	enum error error =
		organisation_authorise(db, arena, setting->policy->organisation_id, setting->author, PERMISSION_ORG_ADMIN);
	return error ? error : approval_policy_store(db, arena, setting->policy);
}

static enum error write_end(struct db *db, struct arena *arena, void *owner)
{
	const struct setting *setting = owner;
	const struct approval_policy *policy = setting->policy;
	enum error error = organisation_authorise(db, arena, policy->organisation_id, setting->author, PERMISSION_ORG_ADMIN);
	return error ? error : approval_policy_remove(db, arena, policy->organisation_id, policy->id);
}

static enum error run(struct db *db, struct arena *arena, struct setting *setting, const char *action,
	enum error (*write)(struct db *db, struct arena *arena, void *owner))
{
	const struct deed_author deed = { .organisation_id = setting->policy->organisation_id, .author = *setting->author,
		.action = str_from(action), .target = arena_printf(arena, "approval_policy:%lld", (long long)setting->policy->id) };
	deed_begin(&deed);
	enum error error = deed_write(db, arena, write, setting, ERROR_NONE);
	(void)deed_end();
	return error;
}

static enum error check_name(struct db *db, struct arena *arena, const struct approval_policy *policy, struct str *ret_message)
{
	struct approval_policy *policies;
	size_t count;
	enum error error = approval_policy_list(db, arena, policy->organisation_id, &policies, &count);
	for (size_t i = 0; !error && i < count; i++) {
		if (policies[i].id != policy->id && str_eq(policies[i].name, policy->name)) {
			*ret_message = STR_LITERAL("another policy has this name");
			return ERROR_CONFLICT;
		}
	}
	return error;
}

enum error approval_policy_set(struct db *db, struct arena *arena, struct approval_policy *policy,
	const struct audit_author *author, struct str *ret_message)
{
	struct setting setting = { .policy = policy, .author = author };
	bool is_new = !policy->id;
	enum error error = check(db, arena, policy, ret_message);
	if (!error)
		error = check_name(db, arena, policy, ret_message);
	if (error)
		return error;
	if (is_new)
		policy->id = id_new();
	return run(db, arena, &setting, is_new ? "approval_policy.create" : "approval_policy.change", write_policy);
}

enum error approval_policy_end(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id,
	const struct audit_author *author)
{
	struct approval_policy policy = { .id = id, .organisation_id = organisation_id };
	struct setting setting = { .policy = &policy, .author = author };
	return run(db, arena, &setting, "approval_policy.delete", write_end);
}
