/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * /api/v1/lists: groups of people with a timeline of their own. */
#ifndef COMPTOIR_SERVER_MASTODON_LISTS_H
#define COMPTOIR_SERVER_MASTODON_LISTS_H

#include "server/http/request.h"
#include "storage/contact_list.h"

/* An array of Mastodon's entity List. */
void lists_write(struct json_out *json, const struct contact_list *lists, size_t count);

enum error handle_lists(struct request *request);
enum error handle_list(struct request *request);
enum error handle_list_create(struct request *request);
enum error handle_list_update(struct request *request);
enum error handle_list_delete(struct request *request);
enum error handle_list_accounts(struct request *request);
enum error handle_list_accounts_add(struct request *request);
enum error handle_list_accounts_remove(struct request *request);

#endif
