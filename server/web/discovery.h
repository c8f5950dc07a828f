/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The well-known documents by which peers, clients, robots and researchers find their way. */
#ifndef COMPTOIR_SERVER_WEB_DISCOVERY_H
#define COMPTOIR_SERVER_WEB_DISCOVERY_H

#include "server/http/request.h"

bool cached_webfinger(struct request *request);
enum error handle_webfinger(struct request *request);

bool cached_host_meta(struct request *request);
bool cached_host_meta_json(struct request *request);
enum error handle_host_meta(struct request *request);
enum error handle_host_meta_json(struct request *request);

bool cached_nodeinfo_links(struct request *request);
enum error handle_nodeinfo_links(struct request *request);
bool cached_nodeinfo(struct request *request);
enum error handle_nodeinfo(struct request *request); /* /nodeinfo/{version} */

/* On the loop: /robots.txt, /.well-known/security.txt (RFC 9116), /favicon.ico. */
enum error handle_robots(struct request *request);
enum error handle_security_txt(struct request *request);
enum error handle_favicon(struct request *request);

#endif
