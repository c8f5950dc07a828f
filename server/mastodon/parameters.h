/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a client asks, wherever it put it: the body (form, multipart or JSON) goes before the query string, on every
 * method, as Rails merges them. Names are those of the API with their brackets: "poll[expires_in]". */
#ifndef COMPTOIR_SERVER_MASTODON_PARAMETERS_H
#define COMPTOIR_SERVER_MASTODON_PARAMETERS_H

#include "server/http/request.h"
#include "storage/id_page.h"

/* The first value; data NULL when it is not there, which a JSON null is too. */
struct str parameter_text(const struct request *request, const char *name);
bool parameter_is_there(const struct request *request, const char *name);

/* Everything but "", 0, f, F, false, FALSE, off, OFF is true. Absent: otherwise. */
bool parameter_bool(const struct request *request, const char *name, bool otherwise);
/* NULL when absent; for changes that leave what was not said. */
const bool *parameter_bool_pointer(const struct request *request, const char *name);
const struct str *parameter_text_pointer(const struct request *request, const char *name);
/* What a picture shows, in lines of plain text (base/text_line.h). */
const struct str *parameter_description_pointer(const struct request *request, const char *name);

/* Absent or no number: otherwise. Clamped to the bounds. */
int64_t parameter_int(const struct request *request, const char *name, int64_t otherwise, int64_t minimum, int64_t maximum);

/* An id; 0 when absent. What is no id gives -1, which nothing has. */
int64_t parameter_id(const struct request *request, const char *name);
/* A captured segment as an id: -1 when it is none, so that looking it up gives ERROR_NOT_FOUND. */
int64_t parameter_path_id(const struct request *request, unsigned index);

/* All values of "name[]", "name[0]"... or a repeated or single "name", in order; of the body, or of the query when the
 * body has none. */
size_t parameter_list(const struct request *request, const char *name, struct str **ret_values);
/* The ids among them, each once; at most maximum, those beyond are ignored. */
size_t parameter_ids(const struct request *request, const char *name, size_t maximum, int64_t **ret_ids);

/* A list of objects: "name[][key]" (a key that comes again begins the next one), "name[3][key]", and the same from JSON
 * arrays and objects with numbers for keys. At most maximum. member_value: data NULL when it has no such key. */
struct parameter_member {
	const struct form_field *fields; /* names cut to what stands in the last brackets */
	size_t count;
};
size_t parameter_members(const struct request *request, const char *name, size_t maximum,
	struct parameter_member **ret_members);
struct str parameter_member_value(const struct parameter_member *member, const char *key);

/* The file of that name in a multipart body, or NULL. */
const struct form_field *parameter_file(const struct request *request, const char *name);

/* max_id, since_id, min_id, limit (clamped to 1..maximum). */
void parameter_page(const struct request *request, int otherwise_limit, int maximum, struct id_page *ret_page);
/* offset and limit, for search, trends and directory. */
void parameter_offset(const struct request *request, int otherwise_limit, int maximum, int *ret_offset, int *ret_limit);

/* Adds the Link header for a page that was answered: next is max_id=last_id, when has_more, prev is min_id=first_id. All
 * other parameters of the request are kept. Nothing when count is 0. */
void respond_link(struct request *request, size_t count, int64_t first_id, int64_t last_id, bool has_more);
/* The same for pages by offset. */
void respond_offset_link(struct request *request, size_t count, int offset, int limit);

/* {} with 200. */
enum error respond_empty_object(struct request *request);

/* ERROR_UNPROCESSABLE with the sentence for the client, such as "Validation failed: Text can't be blank". */
enum error refuse(struct request *request, const char *sentence) MUST_CHECK;

#endif
