/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One link in an XRD. */
#include "federation/host_meta.h"

#include "base/html.h"

void host_meta_write(struct buf *out, struct str base_url)
{
	buf_add_c_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n"
		"  <Link rel=\"lrdd\" template=\"");
	html_escape(out, base_url); /* the five characters are the same in XML */
	buf_add_c_string(out, "/.well-known/webfinger?resource={uri}\"/>\n</XRD>\n");
}
