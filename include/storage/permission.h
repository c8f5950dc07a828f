/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What members of an organisation may do, word by word. The table of the same words is in the database, and the tests
 * hold both against each other. */
#ifndef COMPTOIR_STORAGE_PERMISSION_H
#define COMPTOIR_STORAGE_PERMISSION_H

#include "base/str.h"

#include <stdint.h>

#define PERMISSIONS(P)                                      \
	P(ACCOUNT_INTERACT, "account.interact")             \
	P(ACCOUNT_SPEAK, "account.speak")                   \
	P(ALERT_ACK, "alert.ack")                           \
	P(ANALYTICS_READ, "analytics.read")                 \
	P(CAMPAIGN_MANAGE, "campaign.manage")               \
	P(COMMUNITY_MODERATE, "community.moderate")         \
	P(CONTACT_EDIT, "contact.edit")                     \
	P(CONTACT_READ, "contact.read")                     \
	P(DRAFT_APPROVE, "draft.approve")                   \
	P(DRAFT_APPROVE_LEGAL, "draft.approve_legal")       \
	P(DRAFT_COMMENT, "draft.comment")                   \
	P(DRAFT_SCHEDULE, "draft.schedule")                 \
	P(DRAFT_WRITE, "draft.write")                       \
	P(FUND_MANAGE, "fund.manage")                       \
	P(IDEA_MANAGE, "idea.manage")                       \
	P(INBOX_ASSIGN, "inbox.assign")                     \
	P(INBOX_EXPORT, "inbox.export")                     \
	P(INBOX_MACROS, "inbox.macros")                     \
	P(INBOX_NOTE, "inbox.note")                         \
	P(INBOX_READ, "inbox.read")                         \
	P(INBOX_REPLY, "inbox.reply")                       \
	P(INBOX_REPLY_PRIVATE, "inbox.reply_private")       \
	P(INBOX_RESOLVE, "inbox.resolve")                   \
	P(JOB_MANAGE, "job.manage")                         \
	P(JOB_READ_APPLICATIONS, "job.read_applications")   \
	P(LISTEN_MANAGE, "listen.manage")                   \
	P(LISTEN_READ, "listen.read")                       \
	P(OFFER_MANAGE, "offer.manage")                     \
	P(ORG_ADMIN, "org.admin")                           \
	P(ORG_AUDIT, "org.audit")                           \
	P(ORG_BILLING, "org.billing")                       \
	P(ORG_DOMAINS, "org.domains")                       \
	P(ORG_EXPORT, "org.export")                         \
	P(ORG_MEMBERS, "org.members")                       \
	P(ORG_PRIVACY, "org.privacy")                       \
	P(ORG_ROLES, "org.roles")                           \
	P(POST_DELETE, "post.delete")                       \
	P(PROFILE_EDIT, "profile.edit")                     \
	P(REVIEW_REPLY, "review.reply")                     \
	P(SEGMENT_MANAGE, "segment.manage")

enum permission {
#define PERMISSION(name, word) PERMISSION_##name,
	PERMISSIONS(PERMISSION)
#undef PERMISSION
	PERMISSION_COUNT,
};
_Static_assert(PERMISSION_COUNT <= 64, "a set of permissions is one number");

const char *permission_name(enum permission permission);
bool permission_from_name(struct str name, enum permission *ret_permission) MUST_CHECK;

/* What somebody may do, bit by bit. */
struct rights {
	uint64_t all; /* with whatever it is */
	uint64_t own; /* with what they made, or what is assigned to them; not counting those above */
};

#define PERMISSION_BIT(permission) (UINT64_C(1) << (permission))

/* With things of anybody. */
bool rights_allow(struct rights rights, enum permission permission);
/* With a thing of their own. */
bool rights_allow_own(struct rights rights, enum permission permission);
bool rights_are_none(struct rights rights);

#endif
