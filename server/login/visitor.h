/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who looks at our pages with a browser: by a cookie that is a session, and by one that ties forms to the browser they
 * were made for. Cookies count here only: the API knows tokens alone. */
#ifndef COMPTOIR_SERVER_LOGIN_VISITOR_H
#define COMPTOIR_SERVER_LOGIN_VISITOR_H

#include "server/http/request.h"
#include "server/web/page.h"
#include "storage/actor.h"
#include "storage/session.h"
#include "storage/user.h"

#define LOGIN_TOKEN_BYTES 32
#define LOGIN_HASH_BYTES 32

struct visitor {
	bool is_in;             /* the three below are there, and the user may use the account */
	bool is_half;           /* session and user are there; the second factor is still to come */
	struct session session;
	struct user user;
	struct actor actor;     /* that of the user */
	enum language language;
	struct str form_token;  /* for the hidden field of each form */
	struct str new_cookie;  /* of forms, to be set with the answer; data NULL when the browser has one */
};

/* ERROR_NONE also for somebody who is not logged in. */
enum error visitor_load(struct request *request, struct visitor *ret_visitor) MUST_CHECK;

/* Whether this POST comes from a form that we made for this browser. */
bool visitor_sent_form(const struct request *request, const struct visitor *visitor) MUST_CHECK;

/* The hidden fields that every form of ours has. */
void visitor_write_form_fields(const struct visitor *visitor, struct buf *out);

/* A new session, in place of the one that the visitor came with; the cookie goes with the answer that was begun. Alone,
 * without a transaction. */
enum error visitor_log_in(struct request *request, const struct visitor *visitor, int64_t user_id, bool is_half,
	struct str *ret_cookie) MUST_CHECK;
/* After the answer was begun, which throws headers away. cookie: of visitor_log_in; data NULL takes it away. */
void visitor_set_cookie(struct request *request, struct str cookie);
enum error visitor_log_out(struct request *request, const struct visitor *visitor) MUST_CHECK;

/* Starts a page for this visitor alone, with its cookie of forms. page->language is set here. */
struct buf *visitor_page(struct request *request, const struct visitor *visitor, int status, struct page *page);
/* 302, to a path of ours. */
void visitor_redirect(struct request *request, struct str path);
/* To the sign-in page, and back to where the visitor wanted to go when that is a page of ours. */
void visitor_send_to_sign_in(struct request *request, struct str next);

/* A whole page with one message. */
void visitor_message(struct request *request, const struct visitor *visitor, int status, enum text title, enum text help);

/* next, or fallback when it is no page that a login leads to. */
struct str login_next(struct str next, struct str fallback);

struct str login_hash(struct arena *arena, struct str secret) MUST_CHECK; /* LOGIN_HASH_BYTES */

#endif
