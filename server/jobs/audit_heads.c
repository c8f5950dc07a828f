/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every hour the heads of the audit logs that have grown go to the file beside the database, and to the log of the program. */
#include "server/jobs/job_worker.h"

#include "server/app.h"
#include "server/audit/heads_file.h"

#include "base/encoding.h"
#include "base/log.h"

enum error job_audit_heads_run(struct job_run *run)
{
	struct str path = heads_file_path(run->arena, run->app->config);
	for (;;) {
		struct audit_head *heads;
		size_t count;
		enum error error = audit_head_list_unrecorded(run->db, run->arena, &heads, &count);
		if (error || !count)
			return error;
		error = heads_file_append(path.data, heads, count);
		for (size_t i = 0; i < count && !error; i++) {
			log_event(LOG_LEVEL_INFO, "audit_head", LOG_INT("organisation_id", heads[i].organisation_id),
				LOG_INT("count", heads[i].count), LOG_STR("hash", base64url_encode(run->arena, heads[i].hash)));
			error = audit_head_note_recorded(run->db, run->arena, heads[i].organisation_id, heads[i].count);
		}
		if (error)
			return error;
	}
}
