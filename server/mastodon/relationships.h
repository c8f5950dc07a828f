/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What one does to another account: follow, block, mute, note, endorse; and how one stands to others. */
#ifndef COMPTOIR_SERVER_MASTODON_RELATIONSHIPS_H
#define COMPTOIR_SERVER_MASTODON_RELATIONSHIPS_H

#include "server/http/request.h"

enum error handle_relationships(struct request *request);
enum error handle_familiar_followers(struct request *request);

enum error handle_account_follow(struct request *request);
enum error handle_account_unfollow(struct request *request);
enum error handle_account_remove_from_followers(struct request *request);
enum error handle_account_block(struct request *request);
enum error handle_account_unblock(struct request *request);
enum error handle_account_mute(struct request *request);
enum error handle_account_unmute(struct request *request);
enum error handle_account_note(struct request *request);
enum error handle_account_endorse(struct request *request);
enum error handle_account_unendorse(struct request *request);

enum error handle_follow_request_authorize(struct request *request);
enum error handle_follow_request_reject(struct request *request);

#endif
