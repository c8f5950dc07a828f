/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who reads, from a request. */
#include "server/entity/reader.h"

#include "server/http/request.h"

bool reader_hides_direct(const struct access *access)
{
	return access->standing.membership_id && !rights_allow(access->standing.rights, PERMISSION_INBOX_READ);
}

struct reader reader_of(struct request *request, enum filter_context filters)
{
	return (struct reader){
		.app = request->app,
		.db = request->db,
		.arena = request->arena,
		.actor_id = request->access.actor_id,
		.filters = filters,
		.hides_direct = reader_hides_direct(&request->access),
	};
}
