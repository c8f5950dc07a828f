/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Mails to people who have an account, in their language. Each is a job (kind "mail"): it is made and sent by a thread
 * that may wait for the mail server, and links in it are made then, so that no token is stored but as a hash. */
#ifndef COMPTOIR_SERVER_MAIL_MAIL_H
#define COMPTOIR_SERVER_MAIL_MAIL_H

#include "server/jobs/job_worker.h"
#include "storage/db.h"

enum mail_kind {
	MAIL_CONFIRM,          /* a link that confirms the address it is sent to */
	MAIL_RESET,            /* a link to a new password */
	MAIL_EMAIL_CHANGED,    /* to the old address */
	MAIL_PASSWORD_CHANGED,
	MAIL_APPROVED,
};

/* In the caller's transaction or alone. One of a kind waits per user: a later one takes its place. Without smtp.host it
 * waits for nothing: the job ends. */
enum error mail_add(struct db *db, struct arena *arena, enum mail_kind kind, int64_t user_id, struct str email) MUST_CHECK;

/* One that still waits is sent no more. In the caller's transaction or alone. */
enum error mail_forget(struct db *db, struct arena *arena, enum mail_kind kind, int64_t user_id) MUST_CHECK;

/* The same as mail_add, unless too many went there lately, which looks the same to who asked. */
enum error mail_add_counted(struct db *db, struct arena *arena, enum mail_kind kind, int64_t user_id, struct str email) MUST_CHECK;

/* A fresh link, as the mail would have it: for the command line where no mail can leave. */
struct app;
enum error mail_make_link(struct db *db, struct arena *arena, struct str base_url, enum mail_kind kind, int64_t user_id,
	struct str email, struct str *ret_url) MUST_CHECK;

#endif
