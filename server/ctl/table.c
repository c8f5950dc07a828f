/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * All commands, in the order of `comptoir help`. */
#include "server/ctl/nouns.h"

const struct command *const command_table[] = {
	&command_serve,
	&command_db_init,
	&command_db_migrate,
	&command_db_status,
	&command_db_tidy,
	&command_account_create,
	&command_account_list,
	&command_account_show,
	&command_account_disable,
	&command_account_enable,
	&command_account_reset_password,
	&command_domain_list,
	&command_domain_add,
	&command_domain_block,
	&command_domain_unblock,
	&command_domain_allow,
	&command_domain_disallow,
	&command_relay_add,
	&command_relay_remove,
	&command_relay_list,
	&command_inbox_list,
	&command_inbox_show,
	&command_inbox_retry,
	&command_inbox_drop,
	&command_demo,
	&command_check,
	&command_config,
	NULL,
};
