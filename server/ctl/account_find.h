/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Accounts by what people type on the command line. */
#ifndef COMPTOIR_SERVER_CTL_ACCOUNT_FIND_H
#define COMPTOIR_SERVER_CTL_ACCOUNT_FIND_H

#include "server/ctl/context.h"

#include "storage/actor.h"

/* Configuration, database and instance, as every account command needs them. */
enum error account_open(struct invocation *invocation) MUST_CHECK;

/* The local account NAME, @NAME or NAME@DOMAIN of the first argument. Says what is wrong. */
enum error account_find_local(struct invocation *invocation, struct actor *ret_actor) MUST_CHECK;

/* A local one, or one of another server that is known here (NAME@DOMAIN or its id). Says what is wrong. */
enum error account_find_any(struct invocation *invocation, const char *text, struct actor *ret_actor) MUST_CHECK;

/* Prints a link to a new password for the account of the first argument. */
enum error account_print_reset_link(struct invocation *invocation) MUST_CHECK;

/* person, organization, group or service. */
bool account_kind_from_option(const char *text, enum actor_kind *ret_kind) MUST_CHECK;

/* @NAME@DOMAIN */
struct str account_handle(struct arena *arena, const struct actor *actor) MUST_CHECK;

#endif
