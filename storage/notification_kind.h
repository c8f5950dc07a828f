/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The words for kinds of notifications in their table. */
#ifndef COMPTOIR_STORAGE_NOTIFICATION_KIND_H
#define COMPTOIR_STORAGE_NOTIFICATION_KIND_H

#include "storage/notification.h"

const char *notification_kind_name(enum notification_kind kind);
bool notification_kind_from_name(struct str name, enum notification_kind *ret_kind) MUST_CHECK;

#endif
