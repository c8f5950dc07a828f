/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Inside an element whose content goes, only its own tags count; raw text is skipped whole everywhere. */
#include "base/html_reader.h"

#include "base/mutant.h"

static bool is_dropped(const struct html_element *element)
{
	return element->treatment == HTML_DROP_CONTENT || element->treatment == HTML_DROP_RAW_TEXT ||
		element->treatment == HTML_DROP_REST;
}

static void start_dropping(struct html_reader *reader, const struct html_element *element,
	const struct html_token *token)
{
	if (element->treatment == HTML_DROP_RAW_TEXT && !MUTANT("html_script")) {
		html_skip_raw_text(&reader->tokenizer, token->name);
	} else if (element->treatment == HTML_DROP_REST) {
		html_skip_all(&reader->tokenizer);
	} else if (element->treatment == HTML_DROP_CONTENT && !str_ends_with(token->attributes, STR_LITERAL("/"))) {
		if (!reader->dropped)
			reader->dropped = element;
		if (reader->dropped == element)
			reader->dropped_depth++;
	}
}

static void end_dropping(struct html_reader *reader, const struct html_element *element)
{
	if (reader->dropped == element && --reader->dropped_depth == 0)
		reader->dropped = NULL;
}

bool html_reader_next(struct html_reader *reader, struct html_token *ret_token,
	const struct html_element **ret_element)
{
	struct html_token token;
	while (html_token_next(&reader->tokenizer, &token)) {
		const struct html_element *element = token.kind == HTML_TEXT ? NULL : html_element_find(token.name);
		if (element && is_dropped(element)) {
			if (token.kind == HTML_START_TAG)
				start_dropping(reader, element, &token);
			else
				end_dropping(reader, element);
		} else if (!reader->dropped) {
			*ret_token = token;
			*ret_element = element;
			return true;
		}
	}
	return false;
}
