/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whose pictures, videos and sounds we show. */
#ifndef COMPTOIR_FEDERATION_MEDIA_POLICY_H
#define COMPTOIR_FEDERATION_MEDIA_POLICY_H

#include "base/str.h"

struct federation;

/* False for hosts that are blocked or whose media are, for our own, and for what is no URL. Any thread. */
bool federation_takes_media(const struct federation *federation, struct str url);

#endif
