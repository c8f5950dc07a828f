/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who is there, and whom one might follow. */
#ifndef COMPTOIR_SERVER_MASTODON_DIRECTORY_H
#define COMPTOIR_SERVER_MASTODON_DIRECTORY_H

#include "server/http/request.h"

enum error handle_directory(struct request *request);
enum error handle_suggestions_v1(struct request *request);
enum error handle_suggestions(struct request *request);
enum error handle_suggestion_dismiss(struct request *request);

#endif
