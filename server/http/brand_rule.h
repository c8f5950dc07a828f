/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a token that is bound to a brand account may call: the permission that each route of the client API asks of the
 * person behind it. A route that changes something and is not named here is closed to such tokens. */
#ifndef COMPTOIR_SERVER_HTTP_BRAND_RULE_H
#define COMPTOIR_SERVER_HTTP_BRAND_RULE_H

#include "server/http/route.h"
#include "storage/permission.h"

struct brand_rule {
	enum http_method method;
	const char *path;       /* of the route; a last * stands for anything */
	uint64_t permissions;   /* PERMISSION_BIT: one of them is enough; 0: any right at all */
	const char *action;     /* what the audit log calls it; NULL: it changes nothing that others see */
};

/* NULL: closed. */
const struct brand_rule *brand_rule_find(const struct route *route);
bool brand_rule_allows(const struct route *route, struct rights rights);

#endif
