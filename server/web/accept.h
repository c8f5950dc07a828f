/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a client prefers to read: an ActivityPub document or a page, and in which language (RFC 9110 12.5). */
#ifndef COMPTOIR_SERVER_WEB_ACCEPT_H
#define COMPTOIR_SERVER_WEB_ACCEPT_H

#include "server/web/text.h"

/* Whether Accept asks for ActivityPub rather than HTML: application/activity+json, application/ld+json with the
 * ActivityStreams profile or without any, application/json; any case, parameters in any order. otherwise is
 * the answer when neither is named (absent, or wildcards only). */
bool accept_prefers_activity(struct str accept, bool otherwise);

/* The language of Accept-Language that we speak and that weighs most, the first of equals; otherwise when there
 * is none. */
enum language accept_choose_language(struct str accept_language, enum language otherwise);

#endif
