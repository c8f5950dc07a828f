/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Organisations. Keys are made before the transaction begins: they cost tens of milliseconds. */
#include "server/action/organisation.h"

#include "server/action/account_end.h"
#include "server/action/deed.h"
#include "storage/id.h"
#include "storage/role.h"

#include "base/json_out.h"
#include "base/mutant.h"

static enum error refuse(struct arena *arena, struct str *ret_message, enum error error, const char *format, ...)
	PRINTF_LIKE(4, 5);
static enum error refuse(struct arena *arena, struct str *ret_message, enum error error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	*ret_message = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return error;
}

enum error organisation_authorise(struct db *db, struct arena *arena, int64_t organisation_id, const struct audit_author *author,
	enum permission permission)
{
	struct standing standing;
	if (!author->user_id)
		return author->door == AUDIT_COMMAND ? ERROR_NONE : ERROR_FORBIDDEN;
	enum error error = rights_find_in_organisation(db, arena, author->user_id, organisation_id, &standing);
	if (error)
		return error;
	return rights_allow(standing.rights, permission) && standing.membership_id == author->membership_id ? ERROR_NONE :
		ERROR_FORBIDDEN;
}

static enum error check_organisation(struct db *db, struct arena *arena, const struct organisation *organisation,
	struct str *ret_message)
{
	struct str name = organisation->name;
	bool has_time_zone = false;
	if (!organisation_slug_is_valid(organisation->slug))
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE,
			"'%.*s' is no short name: 1 to 40 small letters, digits and hyphens", STR_ARG(organisation->slug));
	if (!name.len || name.len > ORGANISATION_NAME_MAX || !str_is_utf8(name))
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE, "an organisation has a name of at most %d bytes",
			ORGANISATION_NAME_MAX);
	if (!organisation_kind_is_known(organisation->kind))
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE,
			"'%.*s' is no kind: company, association, public_body, education, ngo, other", STR_ARG(organisation->kind));
	if (!str_eq(organisation->locale, STR_LITERAL("en")) && !str_eq(organisation->locale, STR_LITERAL("fr")))
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE, "the language is en or fr, not '%.*s'",
			STR_ARG(organisation->locale));
	struct str country = organisation->country;
	if (country.data && (country.len != 2 || country.data[0] < 'A' || country.data[0] > 'Z' || country.data[1] < 'A' ||
		country.data[1] > 'Z'))
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE, "a country is two capitals, as FR, not '%.*s'",
			STR_ARG(country));
	enum error error = organisation_has_time_zone(db, arena, organisation->time_zone, &has_time_zone);
	if (!error && !has_time_zone)
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE, "'%.*s' is no time zone; Europe/Paris is one",
			STR_ARG(organisation->time_zone));
	return error;
}

static struct str target_of(struct arena *arena, const char *kind, int64_t id)
{
	return arena_printf(arena, "%s:%lld", kind, (long long)id);
}

struct founding {
	const struct organisation *organisation;
	struct account_prepared account;
	bool has_account;
	struct str purpose;
	const struct audit_author *author;
	int64_t founder_user_id;
	int64_t membership_id;
	struct str message;
};

static enum error add_account(struct db *db, struct arena *arena, struct founding *founding, int64_t organisation_id)
{
	const struct brand_account account = {
		.actor_id = founding->account.actor.id,
		.organisation_id = organisation_id,
		.purpose = founding->purpose,
	};
	enum error error = account_write(db, arena, &founding->account, &founding->message);
	return error ? error : brand_account_create(db, arena, &account);
}

static struct str describe_purpose(struct arena *arena, struct str purpose)
{
	AUTO(buf) struct buf data = { 0 };
	struct json_out json;
	json_out_init(&json, &data);
	json_out_object_begin(&json);
	json_out_key_str(&json, "purpose", purpose);
	json_out_object_end(&json);
	return arena_str(arena, buf_str(&data));
}

static enum error log_account(struct db *db, struct arena *arena, const struct founding *founding, int64_t organisation_id)
{
	const struct audit_entry entry = {
		.organisation_id = organisation_id,
		.author = *founding->author,
		.action = STR_LITERAL("account.create"),
		.target = target_of(arena, "actor", founding->account.actor.id),
		.data = describe_purpose(arena, founding->purpose),
	};
	return audit_write(db, arena, &entry);
}

static enum error grant_founder(struct db *db, struct arena *arena, const struct founding *founding)
{
	static const char *const roles[] = { "owner", "agent-lead" };
	struct grant grant = { .membership_id = founding->membership_id };
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		struct role role;
		enum error error = role_find(db, arena, 0, str_from(roles[i]), &role);
		if (error)
			return error;
		grant.id = id_new();
		grant.role_id = role.id;
		error = grant_store(db, arena, &grant);
		if (error)
			return error;
	}
	grant.id = id_new();
	grant.role_id = 0;
	grant.permission = str_from(permission_name(PERMISSION_ACCOUNT_SPEAK));
	return grant_store(db, arena, &grant);
}

static enum error add_founder(struct db *db, struct arena *arena, const struct founding *founding)
{
	const struct membership membership = {
		.id = founding->membership_id,
		.organisation_id = founding->organisation->id,
		.user_id = founding->founder_user_id,
		.state = MEMBERSHIP_ACTIVE,
	};
	enum error error = membership_create(db, arena, &membership);
	return error ? error : grant_founder(db, arena, founding);
}

static enum error write_founding(struct db *db, struct arena *arena, void *owner)
{
	struct founding *founding = owner;
	const struct organisation *organisation = founding->organisation;
	enum error error = organisation_create(db, arena, organisation);
	if (error == ERROR_CONFLICT)
		return refuse(arena, &founding->message, error, "there is an organisation '%.*s' already",
			STR_ARG(organisation->slug));
	if (!error && founding->has_account)
		error = add_account(db, arena, founding, organisation->id);
	if (!error && founding->founder_user_id)
		error = add_founder(db, arena, founding);
	const struct audit_entry created = {
		.organisation_id = organisation->id,
		.author = *founding->author,
		.action = STR_LITERAL("organisation.create"),
		.target = target_of(arena, "organisation", organisation->id),
	};
	const struct audit_entry joined = {
		.organisation_id = organisation->id,
		.author = *founding->author,
		.action = STR_LITERAL("member.found"),
		.target = target_of(arena, "membership", founding->membership_id),
	};
	if (!error)
		error = audit_write(db, arena, &created);
	if (!error && founding->has_account)
		error = log_account(db, arena, founding, organisation->id);
	if (!error && founding->founder_user_id)
		error = audit_write(db, arena, &joined);
	return error;
}

static struct str or_else(struct str text, const char *otherwise)
{
	return text.len ? text : str_from(otherwise);
}

enum error organisation_found(struct db *db, struct arena *arena, const struct secret_box *box,
	const struct organisation_founding *wanted, const struct audit_author *author,
	struct organisation_founded *ret_founded, struct str *ret_message)
{
	struct organisation organisation = wanted->organisation;
	organisation.id = id_new();
	organisation.kind = or_else(organisation.kind, "company");
	organisation.locale = or_else(organisation.locale, "en");
	organisation.time_zone = or_else(organisation.time_zone, "Europe/Paris");
	struct founding founding = {
		.organisation = &organisation,
		.has_account = wanted->account_username.len > 0,
		.purpose = STR_LITERAL("brand"),
		.author = author,
		.founder_user_id = wanted->founder_user_id,
		.membership_id = wanted->founder_user_id ? id_new() : 0,
	};
	const struct account_new account = {
		.kind = ACTOR_ORGANIZATION,
		.username = wanted->account_username,
		.domain = wanted->account_domain,
		.display_name = wanted->account_display_name.len ? wanted->account_display_name : organisation.name,
	};
	enum error error = check_organisation(db, arena, &organisation, ret_message);
	if (!error && founding.has_account)
		error = account_prepare(db, arena, box, &account, &founding.account, ret_message);
	if (!error)
		error = deed_write(db, arena, write_founding, &founding, ERROR_CONFLICT);
	if (founding.message.data)
		*ret_message = founding.message;
	if (!error)
		*ret_founded = (struct organisation_founded){
			.organisation = organisation,
			.account_actor_id = founding.has_account ? founding.account.actor.id : 0,
			.membership_id = founding.membership_id,
		};
	return error;
}

struct account_addition {
	struct founding founding;
	int64_t organisation_id;
};

static enum error write_account(struct db *db, struct arena *arena, void *owner)
{
	struct account_addition *addition = owner;
	enum error error = organisation_authorise(db, arena, addition->organisation_id, addition->founding.author,
		PERMISSION_ORG_ADMIN);
	if (!error)
		error = add_account(db, arena, &addition->founding, addition->organisation_id);
	return error ? error : log_account(db, arena, &addition->founding, addition->organisation_id);
}

enum error organisation_add_account(struct db *db, struct arena *arena, const struct secret_box *box, int64_t organisation_id,
	const struct account_new *account, struct str purpose, const struct audit_author *author, int64_t *ret_actor_id,
	struct str *ret_message)
{
	struct account_addition addition = {
		.founding = { .has_account = true, .purpose = or_else(purpose, "brand"), .author = author },
		.organisation_id = organisation_id,
	};
	if (!brand_account_purpose_is_known(addition.founding.purpose))
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE,
			"'%.*s' is no purpose: brand, support, press, jobs, shop, community", STR_ARG(purpose));
	if (account->kind != ACTOR_ORGANIZATION && account->kind != ACTOR_SERVICE && account->kind != ACTOR_GROUP)
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE, "an organisation speaks by an organization, service or group");
	enum error error = organisation_authorise(db, arena, organisation_id, author, PERMISSION_ORG_ADMIN);
	if (!error)
		error = account_prepare(db, arena, box, account, &addition.founding.account, ret_message);
	if (!error)
		error = deed_write(db, arena, write_account, &addition, ERROR_CONFLICT);
	if (addition.founding.message.data)
		*ret_message = addition.founding.message;
	if (!error)
		*ret_actor_id = addition.founding.account.actor.id;
	return error;
}

struct change {
	const struct organisation *organisation;
	const struct audit_author *author;
};

static enum error write_change(struct db *db, struct arena *arena, void *owner)
{
	const struct change *change = owner;
	const struct audit_entry entry = {
		.organisation_id = change->organisation->id,
		.author = *change->author,
		.action = STR_LITERAL("organisation.change"),
		.target = target_of(arena, "organisation", change->organisation->id),
	};
	enum error error = organisation_authorise(db, arena, change->organisation->id, change->author, PERMISSION_ORG_ADMIN);
	if (!error)
		error = organisation_update(db, arena, change->organisation);
	return error ? error : audit_write(db, arena, &entry);
}

enum error organisation_change(struct db *db, struct arena *arena, const struct organisation *organisation,
	const struct audit_author *author, struct str *ret_message)
{
	struct change change = { organisation, author };
	enum error error = check_organisation(db, arena, organisation, ret_message);
	return error ? error : deed_write(db, arena, write_change, &change, ERROR_NONE);
}

struct purpose_change {
	int64_t organisation_id;
	int64_t actor_id;
	struct str purpose;
	const struct audit_author *author;
};

static enum error write_purpose(struct db *db, struct arena *arena, void *owner)
{
	const struct purpose_change *change = owner;
	struct brand_account account = { 0 };
	const struct audit_entry entry = {
		.organisation_id = change->organisation_id,
		.author = *change->author,
		.action = STR_LITERAL("account.set_purpose"),
		.target = target_of(arena, "actor", change->actor_id),
		.data = describe_purpose(arena, change->purpose),
	};
	enum error error = organisation_authorise(db, arena, change->organisation_id, change->author, PERMISSION_ORG_ADMIN);
	if (!error)
		error = brand_account_find(db, arena, change->actor_id, &account);
	if (!error && account.organisation_id != change->organisation_id)
		error = ERROR_NOT_FOUND;
	if (!error)
		error = brand_account_set_purpose(db, arena, change->actor_id, change->purpose);
	return error ? error : audit_write(db, arena, &entry);
}

enum error organisation_set_purpose(struct db *db, struct arena *arena, int64_t organisation_id, int64_t actor_id, struct str purpose,
	const struct audit_author *author, struct str *ret_message)
{
	struct purpose_change change = { organisation_id, actor_id, purpose, author };
	if (!brand_account_purpose_is_known(purpose))
		return refuse(arena, ret_message, ERROR_UNPROCESSABLE,
			"'%.*s' is no purpose: brand, support, press, jobs, shop, community", STR_ARG(purpose));
	return deed_write(db, arena, write_purpose, &change, ERROR_NONE);
}

struct ending {
	int64_t organisation_id;
	const struct audit_author *author;
};

static enum error write_end(struct db *db, struct arena *arena, void *owner)
{
	const struct ending *ending = owner;
	const struct audit_entry entry = {
		.organisation_id = ending->organisation_id,
		.author = *ending->author,
		.action = STR_LITERAL("organisation.delete"),
		.target = target_of(arena, "organisation", ending->organisation_id),
	};
	enum error error = organisation_authorise(db, arena, ending->organisation_id, ending->author, PERMISSION_ORG_ROLES);
	if (!error)
		error = organisation_remove(db, arena, ending->organisation_id);
	return error ? error : audit_write(db, arena, &entry);
}

enum error organisation_end(struct db *db, struct arena *arena, int64_t organisation_id, const struct audit_author *author)
{
	struct ending ending = { organisation_id, author };
	struct brand_account *accounts = NULL;
	size_t count = 0;
	enum error error = organisation_authorise(db, arena, organisation_id, author, PERMISSION_ORG_ROLES);
	if (!error)
		error = brand_account_list(db, arena, organisation_id, &accounts, &count);
	for (size_t i = 0; i < count && !error; i++) {
		error = account_delete(db, arena, accounts[i].actor_id);
		if (error == ERROR_NOT_FOUND) /* deleted already */
			error = ERROR_NONE;
	}
	if (error)
		return error;
	return deed_write(db, arena, write_end, &ending, author->user_id ? ERROR_FORBIDDEN : ERROR_NOT_FOUND);
}
