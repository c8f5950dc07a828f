/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Pictures made anew, by libvips, which nothing else of the program is linked with. */
#ifndef COMPTOIR_SERVER_MEDIA_HELPER_PICTURE_H
#define COMPTOIR_SERVER_MEDIA_HELPER_PICTURE_H

#include "server/media/helper_message.h"

/* Loads all that decoding will need. False when libvips is not as it should be. */
bool picture_start(const char *program);

/* Decodes bytes and writes the picture and its small one. ret_reply is filled in any case. */
void picture_make(struct str bytes, const struct helper_request *request, int picture_descriptor, int small_descriptor,
	struct helper_reply *ret_reply);

#endif
