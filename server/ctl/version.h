/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What runs here: our version and those of the libraries as loaded, not as compiled against. */
#ifndef COMPTOIR_SERVER_CTL_VERSION_H
#define COMPTOIR_SERVER_CTL_VERSION_H

#include "base/buf.h"

void version_write(struct buf *out, bool is_json);

#endif
