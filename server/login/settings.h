/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people change about how they come in: password, address, second factor, sessions, apps, and the end of the
 * account. */
#ifndef COMPTOIR_SERVER_LOGIN_SETTINGS_H
#define COMPTOIR_SERVER_LOGIN_SETTINGS_H

#include "server/login/visitor.h"

enum error handle_settings_page(struct request *request);      /* GET /settings */
enum error handle_settings_password(struct request *request);  /* POST /settings/password */
enum error handle_settings_email(struct request *request);     /* POST /settings/email */
enum error handle_settings_session_end(struct request *request); /* POST /settings/sessions/{id}/end */
enum error handle_settings_app_revoke(struct request *request); /* POST /settings/applications/{id}/revoke */
enum error handle_settings_delete(struct request *request);    /* POST /settings/delete */
enum error handle_change_password_link(struct request *request); /* GET /.well-known/change-password */

/* The beginning of every handler here. False: answered (not logged in, not our form), or *ret_error. */
bool settings_begin(struct request *request, struct visitor *ret_visitor, enum error *ret_error) MUST_CHECK;

/* The page, with what went wrong. */
enum error settings_write(struct request *request, const struct visitor *visitor, int status, const enum text *fault) MUST_CHECK;

enum settings_proof { PROOF_AWAITED, PROOF_RIGHT, PROOF_WRONG, PROOF_TOO_MANY };
/* Compares the field "current_password"; the first call of a request awaits it. wanted: to be hashed with it; data NULL:
 * none. */
enum error settings_prove(struct request *request, const struct visitor *visitor, struct str wanted,
	enum settings_proof *ret_proof) MUST_CHECK;
/* The same; false: answered or awaited, or *ret_error. */
bool settings_is_proven(struct request *request, const struct visitor *visitor, struct str wanted, enum error *ret_error) MUST_CHECK;

/* A new session for this browser, and back to the page. */
enum error settings_renew(struct request *request, const struct visitor *visitor) MUST_CHECK;

#endif
