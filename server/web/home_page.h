/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The pages about the server itself. */
#ifndef COMPTOIR_SERVER_WEB_HOME_PAGE_H
#define COMPTOIR_SERVER_WEB_HOME_PAGE_H

#include "server/http/request.h"

/* GET / */
bool cached_home_page(struct request *request);
enum error handle_home_page(struct request *request);

/* GET /about */
bool cached_about_page(struct request *request);
enum error handle_about_page(struct request *request);

/* GET /authorize_interaction?uri=…, where other servers send a person who wants to follow or answer from here;
 * on the loop. While nobody can sign in on a page, it says how to go on from one's own server. */
enum error handle_interaction_page(struct request *request);

#endif
