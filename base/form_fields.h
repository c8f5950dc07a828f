/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the readers of forms share. */
#ifndef COMPTOIR_BASE_FORM_FIELDS_H
#define COMPTOIR_BASE_FORM_FIELDS_H

#include "base/form.h"

/* Appends; false when the form is full. */
bool form_add(struct arena *arena, struct form *form, const struct form_field *field) MUST_CHECK;

#endif
