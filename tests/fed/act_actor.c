/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What local actors do to other actors. */
#include "tests/fed/act.h"

#include "server/action/follow.h"

static enum error run_follow(struct act *act)
{
	struct actor follower;
	struct actor followed;
	struct follow follow;
	enum error error = act_find_local(act, act->arguments[0], &follower);
	if (!error)
		error = act_find_actor(act, act->arguments[1], &followed);
	if (!error)
		error = follow_start(act->db, act->arena, follower.id, followed.id, &follow);
	if (error)
		return error;
	json_out_key_str(act->json, "uri", follow.uri);
	json_out_key_c_string(act->json, "state", follow.state == FOLLOW_ACCEPTED ? "accepted" : "pending");
	return ERROR_NONE;
}

const struct act_verb act_actor_verbs[] = {
	{ "follow", "FOLLOWER FOLLOWED", 2, 2, run_follow },
	{ NULL, NULL, 0, 0, NULL },
};
