/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What has just happened, for those who watch: streams, push, caches. Ids only: whoever cares reads the rows. Heard in
 * the process at once after the commit, in other processes by NOTIFY outside of the transaction, a few milliseconds
 * later. Nothing depends on an event being heard: what must happen is a row. */
#ifndef COMPTOIR_STORAGE_EVENT_H
#define COMPTOIR_STORAGE_EVENT_H

#include "base/arena.h"
#include "base/list.h"

struct db;

enum event_kind {
	EVENT_POST_CREATED,         /* id: post; actor_id: author */
	EVENT_POST_EDITED,          /* id: post; actor_id: author */
	EVENT_POST_DELETED,         /* id: post; actor_id: author */
	EVENT_BOOST_CREATED,        /* id: boost; actor_id: who boosted */
	EVENT_BOOST_DELETED,        /* id: boost; actor_id: who boosted */
	EVENT_NOTIFICATION,         /* id: notification; actor_id: who is told */
	EVENT_NOTIFICATIONS_MERGED, /* actor_id: whose requests were accepted */
	EVENT_CONVERSATION,         /* id: conversation of conversations; actor_id: whose */
	EVENT_FILTERS_CHANGED,      /* actor_id */
	EVENT_RELATIONS_CHANGED,    /* actor_id: follows, blocks, mutes, lists of theirs */
	EVENT_PROFILE_CHANGED,      /* actor_id: what a local one tells of itself, or how it likes to post */
	EVENT_ANNOUNCEMENT,         /* id */
	EVENT_ANNOUNCEMENT_DELETED, /* id */
	EVENT_ANNOUNCEMENT_REACTION,/* id: announcement */
	EVENT_TOKEN_ENDED,          /* id: token */
	EVENT_APPLICATION_ENDED,    /* id: application */
	EVENT_USER_ENDED,           /* id: user: disabled or deleted */
	EVENT_ACTOR_ENDED,          /* actor_id: suspended, disabled or deleted */
	EVENT_TICKET,               /* id: ticket; actor_id: brand account */
	EVENT_DRAFT,                /* id: draft; actor_id: brand account */
	EVENT_DELIVERY,             /* id: post; actor_id: brand account: it has arrived wherever it will */
	EVENT_QUOTE,                /* id: the post that quotes; actor_id: whose post is quoted: it was accepted or refused */
	EVENT_GONE_IN_PUBLIC,       /* id: post that everybody could read */
	EVENT_GONE_AT_HOME,         /* id: post or boost; actor_id: whose followers could see it */
	EVENT_GONE_FOR,             /* id: post; actor_id: who could see it for another reason */
	EVENT_GAP,                  /* other processes may have said something that we missed; emitted by this module */
	EVENT_KIND_COUNT
};

struct event {
	enum event_kind kind;
	int64_t id;
	int64_t actor_id;
};

/* Emits when db's open transaction has committed (with a COMMIT whose answer was lost too), at once outside of one,
 * never after a rollback. */
void event_emit_on_commit(struct db *db, enum event_kind kind, int64_t id, int64_t actor_id);

struct event_listener {
	struct list_link link;
	/* On any thread, in order per emitter; quick, emits nothing. */
	void (*heard)(struct event_listener *listener, const struct event *event);
	unsigned kinds; /* bits 1u << kind */
};
void event_listen(struct event_listener *listener);
/* heard is not running and will not run again when this returns. */
void event_unlisten(struct event_listener *listener);

#endif
