/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Structured fields (RFC 8941) as far as Signature-Input, Signature, Content-Digest and Accept-Signature need
 * them: dictionaries whose members are items or inner lists, with parameters. Stricter than the RFC in one thing:
 * a name that stands twice makes the whole field malformed, where the RFC lets the last one win. */
#ifndef COMPTOIR_FEDERATION_STRUCTURED_FIELDS_H
#define COMPTOIR_FEDERATION_STRUCTURED_FIELDS_H

#include "base/arena.h"
#include "base/buf.h"

/* More of them than this is malformed. */
#define STRUCTURED_MAX_MEMBERS 16
#define STRUCTURED_MAX_ITEMS 64
#define STRUCTURED_MAX_PARAMETERS 16

enum structured_kind {
	STRUCTURED_BOOLEAN, /* the zero value is a flag that is not set */
	STRUCTURED_INTEGER,
	STRUCTURED_DECIMAL,
	STRUCTURED_STRING,
	STRUCTURED_TOKEN,
	STRUCTURED_BYTES,
};

struct structured_value {
	enum structured_kind kind;
	bool boolean;
	int64_t integer;
	struct str text; /* a string without quotes and escapes, a token, the decoded bytes, a decimal as written */
};

struct structured_parameter {
	struct str name;
	struct structured_value value;
};

struct structured_parameters {
	struct structured_parameter *entries;
	size_t count;
};

struct structured_item {
	struct structured_value value;
	struct structured_parameters parameters;
};

struct structured_member {
	struct str name;
	bool is_list;
	struct structured_item *items; /* of a list; else one */
	size_t item_count;
	struct structured_parameters parameters; /* of a list; an item carries its own */
};

struct structured_dictionary {
	struct structured_member *members;
	size_t count;
};

/* False for malformed text; an empty field is an empty dictionary. */
bool structured_parse_dictionary(struct arena *arena, struct str text, struct structured_dictionary *ret_dictionary)
	MUST_CHECK;

/* NULL when there is none. */
const struct structured_member *structured_find_member(const struct structured_dictionary *dictionary, struct str name);
const struct structured_value *structured_find_parameter(const struct structured_parameters *parameters,
	const char *name);

/* The strict serialisation of RFC 8941 4.1. */
void structured_write_list(struct arena *arena, const struct structured_member *list, struct buf *buf);
void structured_write_value(struct arena *arena, const struct structured_value *value, struct buf *buf);

#endif
