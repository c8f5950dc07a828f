/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The instance's policies, from Markdown files that the operator names. */
#ifndef COMPTOIR_SERVER_ACTION_POLICY_TEXT_H
#define COMPTOIR_SERVER_ACTION_POLICY_TEXT_H

#include "base/arena.h"
#include "base/config.h"

enum policy_kind { POLICY_PRIVACY, POLICY_TERMS };

#define POLICY_MAX_BYTES (256 * 1024)

struct policy_text {
	struct str html; /* clean */
	int64_t updated_us;
};

/* ERROR_NOT_FOUND when there is none; without a file the privacy policy is a short one of ours, in English or
 * French. ERROR_IO when the file
 * that is named cannot be read, ERROR_CONTENT_TOO_LARGE above POLICY_MAX_BYTES. */
enum error policy_text_read(struct arena *arena, const struct config *config, enum policy_kind kind,
	bool in_french, struct policy_text *ret_policy) MUST_CHECK;

/* Markdown as clean HTML; raw HTML in it is left out. */
struct str policy_text_render(struct arena *arena, struct str markdown) MUST_CHECK;

#endif
