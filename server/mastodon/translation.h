/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Translations by a LibreTranslate server that the operator named. Handlers of slow workers: they wait for it. */
#ifndef COMPTOIR_SERVER_MASTODON_TRANSLATION_H
#define COMPTOIR_SERVER_MASTODON_TRANSLATION_H

#include "server/http/request.h"

/* 404 without such a server, 403 for what is not for everybody, 503 when it does not answer as it should. */
enum error handle_status_translate(struct request *request);
bool cached_translation_languages(struct request *request);
enum error handle_translation_languages(struct request *request);

#endif
