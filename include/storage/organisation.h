/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Organisations and the accounts they speak by. */
#ifndef COMPTOIR_STORAGE_ORGANISATION_H
#define COMPTOIR_STORAGE_ORGANISATION_H

#include "storage/db.h"

#define ORGANISATION_NAME_MAX 200
#define ORGANISATION_LIST_MAX 1000
#define ORGANISATION_ACCOUNTS_MAX 200

struct organisation {
	int64_t id; /* id_new() */
	struct str slug;
	struct str name;
	struct str kind;      /* company, association, public_body, education, ngo, other */
	struct str country;   /* two capitals; data NULL for none */
	struct str locale;    /* "en" or "fr" */
	struct str time_zone; /* of the tz database */
	int64_t created_us;   /* read, not written */
};

/* 1 to 40 small letters, digits and hyphens, none of these at an end. */
bool organisation_slug_is_valid(struct str slug);
bool organisation_kind_is_known(struct str kind);

/* ERROR_CONFLICT when the slug is taken. */
enum error organisation_create(struct db *db, struct arena *arena, const struct organisation *organisation) MUST_CHECK;
enum error organisation_find(struct db *db, struct arena *arena, int64_t id, struct organisation *ret_organisation) MUST_CHECK;
/* Until the end of the caller's transaction, so that what is counted before something is added stays as it was counted: who
 * adds to one organisation waits here for the other. db must be in one. ERROR_NOT_FOUND. */
enum error organisation_lock(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;
enum error organisation_find_by_slug(struct db *db, struct arena *arena, struct str slug,
	struct organisation *ret_organisation) MUST_CHECK;
/* By slug; the first ORGANISATION_LIST_MAX. */
enum error organisation_list(struct db *db, struct arena *arena, struct organisation **ret_organisations,
	size_t *ret_count) MUST_CHECK;
/* Name, kind, country, locale and time zone. */
enum error organisation_update(struct db *db, struct arena *arena, const struct organisation *organisation) MUST_CHECK;
/* With all that hangs on it but its accounts' actors and its log. ERROR_NOT_FOUND. */
enum error organisation_remove(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;
/* The time zones that PostgreSQL knows. */
enum error organisation_has_time_zone(struct db *db, struct arena *arena, struct str time_zone, bool *ret_has) MUST_CHECK;

struct brand_account {
	int64_t actor_id;
	int64_t organisation_id;
	struct str purpose;      /* brand, support, press, jobs, shop, community */
	struct str username;     /* these are read, not written */
	struct str domain;
	struct str display_name;
};

bool brand_account_purpose_is_known(struct str purpose);
/* ERROR_CONFLICT when the actor is a brand account already, whoever's. */
enum error brand_account_create(struct db *db, struct arena *arena, const struct brand_account *account) MUST_CHECK;
/* ERROR_NOT_FOUND when the actor is none. */
enum error brand_account_find(struct db *db, struct arena *arena, int64_t actor_id, struct brand_account *ret_account) MUST_CHECK;
/* ERROR_NOT_FOUND when the actor is none. */
enum error brand_account_set_purpose(struct db *db, struct arena *arena, int64_t actor_id, struct str purpose) MUST_CHECK;
/* The oldest first; the first ORGANISATION_ACCOUNTS_MAX. */
enum error brand_account_list(struct db *db, struct arena *arena, int64_t organisation_id,
	struct brand_account **ret_accounts, size_t *ret_count) MUST_CHECK;

#endif
