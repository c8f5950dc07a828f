/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the handlers of contact cards share. */
#ifndef COMPTOIR_SERVER_BRAND_CONTACTS_H
#define COMPTOIR_SERVER_BRAND_CONTACTS_H

#include "server/action/contact.h"
#include "server/brand/seat.h"
#include "storage/consent.h"

/* The card of the path, if the caller may do that with it. Answered otherwise: what they may not even read is not there. */
enum error contacts_find(struct request *request, const struct seat *seat, enum permission permission, struct contact *ret_card) MUST_CHECK;
/* The same for contact.edit, with the deed; has_version: If-Match is wanted. */
enum error contacts_begin(struct request *request, const struct seat *seat, bool has_version, struct contact_deed *ret_deed,
	struct contact *ret_card) MUST_CHECK;
/* The problem that an error of the deeds is. */
enum error contacts_refuse(struct request *request, enum error error, struct str message) MUST_CHECK;

/* The whole card; asked_id: the contact that was asked for. */
enum error contacts_write(struct request *request, struct json_out *json, const struct contact *card, int64_t asked_id) MUST_CHECK;
/* The card of the path as it is now, with its ETag. */
enum error contacts_respond(struct request *request, const struct seat *seat, int status) MUST_CHECK;
void contacts_write_consent(struct json_out *json, const struct consent *consent);

/* The handlers. */
#define OPERATION(method, path, name, handler, who, permission, scope, flags, takes, gives) \
	enum error handler(struct request *request, const struct seat *seat) MUST_CHECK;
#include "server/brand/operations/contacts.inc"
#undef OPERATION

#endif
