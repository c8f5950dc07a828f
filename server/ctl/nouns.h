/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The commands, one file per noun; command_table lists them. */
#ifndef COMPTOIR_SERVER_CTL_NOUNS_H
#define COMPTOIR_SERVER_CTL_NOUNS_H

#include "server/ctl/command.h"

extern const struct command command_serve;
extern const struct command command_db_init, command_db_migrate, command_db_status, command_db_tidy;
extern const struct command command_account_create, command_account_list, command_account_show, command_account_disable,
	command_account_enable, command_account_reset_password, command_account_suspend, command_account_unsuspend,
	command_account_silence, command_account_unsilence, command_account_delete, command_account_rotate_keys,
	command_account_move, command_account_add_alias, command_account_remove_alias, command_account_list_aliases;
extern const struct command command_account_waiting, command_account_confirm, command_account_approve, command_account_reject;
extern const struct command command_invite_create, command_invite_list, command_invite_revoke;
extern const struct command command_account_limit, command_account_unlimit;
extern const struct command command_report_list, command_report_show, command_report_resolve;
extern const struct command command_domain_list, command_domain_add, command_domain_block, command_domain_unblock,
	command_domain_allow, command_domain_disallow;
extern const struct command command_mail_domain_block, command_mail_domain_unblock, command_mail_domain_list;
extern const struct command command_rule_add, command_rule_remove, command_rule_list;
extern const struct command command_search_rebuild, command_search_status;
extern const struct command command_announcement_add, command_announcement_remove, command_announcement_list;
extern const struct command command_emoji_add, command_emoji_remove, command_emoji_list;
extern const struct command command_media_list, command_media_sweep, command_media_refresh;
extern const struct command command_relay_add, command_relay_remove, command_relay_list;
extern const struct command command_inbox_list, command_inbox_show, command_inbox_retry, command_inbox_drop;
extern const struct command command_peer_list, command_peer_show, command_peer_pause, command_peer_resume, command_peer_forget;
extern const struct command command_delivery_show, command_delivery_receipts, command_delivery_retry;
extern const struct command command_org_create, command_org_list, command_org_show, command_org_add_account, command_org_change,
	command_org_delete;
extern const struct command command_org_domains, command_org_add_domain, command_org_verify_domain, command_org_remove_domain,
	command_org_look_alikes;
extern const struct command command_team_list, command_team_add, command_team_remove, command_team_join, command_team_leave;
extern const struct command command_member_add, command_member_list, command_member_remove, command_member_suspend,
	command_member_restore, command_member_grant, command_member_withdraw;
extern const struct command command_role_list, command_role_create, command_role_remove, command_role_demand, command_role_waive;
extern const struct command command_contact_list, command_contact_show, command_contact_merge, command_contact_unmerge;
extern const struct command command_audit_list, command_audit_verify, command_audit_post;
extern const struct command command_draft_list, command_draft_show, command_draft_submit, command_draft_approve, command_draft_reject,
	command_draft_schedule, command_draft_publish, command_draft_withdraw;
extern const struct command command_brand_call;
extern const struct command command_sla_policies, command_sla_due, command_sla_report;
extern const struct command command_ticket_list, command_ticket_show, command_ticket_arrivals;
extern const struct command command_demo;
extern const struct command command_check;
extern const struct command command_config;

#endif
