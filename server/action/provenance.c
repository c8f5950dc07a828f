/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Read from what is kept anyway: releases, drafts with their versions and approvals, and the log. */
#include "server/action/provenance.h"

#include "storage/membership.h"
#include "storage/organisation.h"
#include "storage/post.h"

#define ACTS_MAX 100

enum error provenance_find_subject(struct db *db, struct arena *arena, int64_t post_id, struct provenance_subject *ret_subject)
{
	struct release *releases;
	struct post post;
	struct brand_account account;
	size_t count;
	int64_t actor_id = 0;
	enum error error = post_find_any(db, arena, post_id, &post);
	if (!error)
		actor_id = post.actor_id;
	if (error && error != ERROR_NOT_FOUND)
		return error;
	if (!actor_id) {
		error = release_list_of_post(db, arena, post_id, &releases, &count);
		if (error)
			return error;
		if (!count)
			return ERROR_NOT_FOUND;
		actor_id = releases[count - 1].actor_id;
	}
	error = brand_account_find(db, arena, actor_id, &account);
	if (!error)
		*ret_subject = (struct provenance_subject){ post_id, actor_id, account.organisation_id };
	return error;
}

static enum error find_person(struct db *db, struct arena *arena, int64_t organisation_id, int64_t membership_id,
	struct provenance_person *ret_person)
{
	struct membership membership;
	*ret_person = (struct provenance_person){ .membership_id = membership_id };
	if (!membership_id)
		return ERROR_NONE;
	enum error error = membership_find(db, arena, organisation_id, membership_id, &membership);
	if (!error)
		ret_person->username = membership.username;
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

static enum error add_writer(struct db *db, struct arena *arena, int64_t organisation_id, int64_t membership_id,
	struct provenance_step *step)
{
	for (size_t i = 0; i < step->writer_count; i++)
		if (step->writers[i].membership_id == membership_id)
			return ERROR_NONE;
	return find_person(db, arena, organisation_id, membership_id, &step->writers[step->writer_count++]);
}

/* Of all versions up to the one that was said. */
static enum error find_writers(struct db *db, struct arena *arena, int64_t organisation_id, struct provenance_step *step)
{
	struct draft_version *versions;
	size_t count;
	enum error error = draft_version_list(db, arena, step->draft.id, &versions, &count);
	if (error)
		return error;
	step->writers = arena_alloc_array(arena, count + 1, sizeof(*step->writers));
	error = add_writer(db, arena, organisation_id, step->draft.author_id, step);
	for (size_t i = count; !error && i > 0; i--)
		if (versions[i - 1].version <= step->release.version)
			error = add_writer(db, arena, organisation_id, versions[i - 1].author_id, step);
	return error;
}

static enum error find_approvals(struct db *db, struct arena *arena, int64_t organisation_id, struct provenance_step *step)
{
	struct approval *approvals;
	size_t count;
	enum error error = approval_list(db, arena, step->draft.id, &approvals, &count);
	if (error)
		return error;
	step->approvals = arena_alloc_array(arena, count, sizeof(*step->approvals));
	for (size_t i = 0; !error && i < count; i++) {
		if (approvals[i].version != step->release.version)
			continue;
		struct provenance_approval *approval = &step->approvals[step->approval_count++];
		*approval = (struct provenance_approval){ .version = approvals[i].version, .step = approvals[i].step,
			.is_rejection = approvals[i].is_rejection, .decided_us = approvals[i].decided_us };
		error = find_person(db, arena, organisation_id, approvals[i].membership_id, &approval->person);
	}
	return error;
}

static enum error find_step(struct db *db, struct arena *arena, int64_t organisation_id, const struct release *release,
	struct provenance_step *step)
{
	*step = (struct provenance_step){ .release = *release };
	enum error error = find_person(db, arena, organisation_id, release->membership_id, &step->pressed_by);
	if (error)
		return error;
	if (release->draft_id) {
		error = draft_find(db, arena, organisation_id, release->draft_id, &step->draft);
		step->has_draft = !error;
		if (error && error != ERROR_NOT_FOUND)
			return error;
	}
	if (!step->has_draft) {
		step->writers = arena_alloc(arena, sizeof(*step->writers));
		step->writers[0] = step->pressed_by;
		step->writer_count = release->membership_id != 0;
		return ERROR_NONE;
	}
	error = find_writers(db, arena, organisation_id, step);
	return error ? error : find_approvals(db, arena, organisation_id, step);
}

static enum error find_acts(struct db *db, struct arena *arena, const struct provenance_subject *subject,
	struct provenance *provenance)
{
	struct audit_record *records;
	size_t count;
	enum error error = audit_search(db, arena, subject->organisation_id, 0, 0, (struct str){ 0 },
		arena_printf(arena, "post:%lld", (long long)subject->post_id), ACTS_MAX, &records, &count);
	if (error)
		return error;
	provenance->acts = arena_alloc_array(arena, count, sizeof(*provenance->acts));
	provenance->act_count = count;
	for (size_t i = 0; !error && i < count; i++) {
		provenance->acts[i].record = records[i];
		error = find_person(db, arena, subject->organisation_id, records[i].membership_id, &provenance->acts[i].person);
	}
	return error;
}

enum error provenance_find(struct db *db, struct arena *arena, const struct provenance_subject *subject,
	struct provenance *ret_provenance)
{
	struct provenance provenance = { .subject = *subject };
	struct release *releases;
	size_t count;
	enum error error = release_list_of_post(db, arena, subject->post_id, &releases, &count);
	if (error)
		return error;
	provenance.steps = arena_alloc_array(arena, count, sizeof(*provenance.steps));
	/* Others boost it as well: that is theirs. */
	for (size_t i = 0; !error && i < count; i++)
		if (releases[i].actor_id == subject->actor_id)
			error = find_step(db, arena, subject->organisation_id, &releases[i], &provenance.steps[provenance.step_count++]);
	if (!error)
		error = find_acts(db, arena, subject, &provenance);
	if (!error)
		*ret_provenance = provenance;
	return error;
}

/* ---- as JSON ---- */

static void write_id(struct json_out *json, const char *key, int64_t id)
{
	if (id)
		json_out_key_id(json, key, id);
	else
		json_out_key_null(json, key);
}

static void write_person_members(struct json_out *json, const struct provenance_person *person)
{
	write_id(json, "member_id", person->membership_id);
	if (person->username.data)
		json_out_key_str(json, "username", person->username);
	else
		json_out_key_null(json, "username");
}

static void write_person(struct json_out *json, const struct provenance_person *person)
{
	json_out_object_begin(json);
	write_person_members(json, person);
	json_out_object_end(json);
}

const char *provenance_kind(const struct provenance_step *step)
{
	static const struct { struct str type; enum draft_kind kind; } all[] = {
		{ STR("Create"), DRAFT_POST }, { STR("Update"), DRAFT_EDIT }, { STR("Announce"), DRAFT_BOOST } };
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (str_eq(step->release.type, all[i].type))
			return draft_kind_name(all[i].kind);
	return step->has_draft ? draft_kind_name(step->draft.kind) : NULL;
}

static void write_step(struct json_out *json, const struct provenance_step *step)
{
	json_out_object_begin(json);
	json_out_key_time_ms(json, "at", step->release.released_us);
	json_out_key_c_string(json, "ground", release_ground_name(step->release.ground));
	write_id(json, "draft_id", step->release.draft_id);
	if (step->release.draft_id)
		json_out_key_int(json, "version", step->release.version);
	else
		json_out_key_null(json, "version");
	if (step->has_draft)
		json_out_key_int(json, "number", step->draft.number);
	else
		json_out_key_null(json, "number");
	json_out_key_c_string(json, "kind", provenance_kind(step));
	write_id(json, "conversation_id", step->release.ticket_id);
	json_out_key_array_begin(json, "writers");
	for (size_t i = 0; i < step->writer_count; i++)
		write_person(json, &step->writers[i]);
	json_out_array_end(json);
	json_out_key_array_begin(json, "approvals");
	for (size_t i = 0; i < step->approval_count; i++) {
		const struct provenance_approval *approval = &step->approvals[i];
		json_out_object_begin(json);
		write_person_members(json, &approval->person);
		json_out_key_int(json, "step", approval->step);
		json_out_key_c_string(json, "decision", approval->is_rejection ? "reject" : "approve");
		json_out_key_time_ms(json, "decided_at", approval->decided_us);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_key(json, "pressed_by");
	write_person(json, &step->pressed_by);
	json_out_object_end(json);
}

void provenance_write(struct json_out *json, const struct provenance *provenance)
{
	json_out_object_begin(json);
	json_out_key_id(json, "post_id", provenance->subject.post_id);
	json_out_key_id(json, "account_id", provenance->subject.actor_id);
	json_out_key_array_begin(json, "steps");
	for (size_t i = 0; i < provenance->step_count; i++)
		write_step(json, &provenance->steps[i]);
	json_out_array_end(json);
	json_out_key_array_begin(json, "log");
	for (size_t i = 0; i < provenance->act_count; i++) {
		const struct provenance_act *act = &provenance->acts[i];
		json_out_object_begin(json);
		json_out_key_int(json, "number", act->record.number);
		json_out_key_time_ms(json, "at", act->record.at_us);
		json_out_key_str(json, "door", act->record.door);
		json_out_key_str(json, "action", act->record.action);
		write_person_members(json, &act->person);
		json_out_object_end(json);
	}
	json_out_array_end(json);
	json_out_object_end(json);
}
