/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One link in an XRD. */
#include "federation/host_meta.h"

#include "base/html.h"
#include "base/json_out.h"

void host_meta_write(struct buf *out, struct str base_url)
{
	buf_add_c_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n"
		"  <Link rel=\"lrdd\" template=\"");
	html_escape(out, base_url); /* the five characters are the same in XML */
	buf_add_c_string(out, "/.well-known/webfinger?resource={uri}\"/>\n</XRD>\n");
}

void host_meta_write_json(struct buf *out, struct str base_url)
{
	AUTO(buf) struct buf template = { 0 };
	struct json_out json;
	buf_add_str(&template, base_url);
	buf_add_c_string(&template, "/.well-known/webfinger?resource={uri}");
	json_out_init(&json, out);
	json_out_object_begin(&json);
	json_out_key_array_begin(&json, "links");
	json_out_object_begin(&json);
	json_out_key_c_string(&json, "rel", "lrdd");
	json_out_key_str(&json, "template", buf_str(&template));
	json_out_object_end(&json);
	json_out_array_end(&json);
	json_out_object_end(&json);
}
