/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Accounts as others see them, and the lists of accounts that belong to one. */
#ifndef COMPTOIR_SERVER_MASTODON_ACCOUNTS_H
#define COMPTOIR_SERVER_MASTODON_ACCOUNTS_H

#include "server/http/request.h"

enum error handle_account(struct request *request);
enum error handle_accounts(struct request *request);
enum error handle_account_lookup(struct request *request);
enum error handle_account_search(struct request *request);
enum error handle_account_followers(struct request *request);
enum error handle_account_following(struct request *request);
enum error handle_account_endorsements(struct request *request);
enum error handle_account_lists(struct request *request);

/* Of the one who asks. */
enum error handle_follow_requests(struct request *request);
enum error handle_blocks(struct request *request);
enum error handle_mutes(struct request *request);
enum error handle_endorsements(struct request *request);

#endif
