/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * host-meta (RFC 6415): where WebFinger is asked. Older peers and web clients read it first. */
#ifndef COMPTOIR_FEDERATION_HOST_META_H
#define COMPTOIR_FEDERATION_HOST_META_H

#include "base/buf.h"

/* The XRD; base_url has no trailing slash. */
void host_meta_write(struct buf *out, struct str base_url);

/* The same as JSON (RFC 6415 3.1.3). */
void host_meta_write_json(struct buf *out, struct str base_url);

#endif
