/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Rules that say where a customer's post goes, and whose turn it is. What conditions and actions mean is
 * server/action/routing.h. */
#ifndef COMPTOIR_STORAGE_ROUTING_H
#define COMPTOIR_STORAGE_ROUTING_H

#include "storage/ticket.h"

#define ROUTING_RULES_MAX 200
#define ROUTING_POSTS_MAX 1000

struct routing_rule {
	int64_t id; /* id_new() */
	int64_t organisation_id;
	struct str name;      /* 1 to 100 characters, once in an organisation */
	int position;         /* they are looked at in this order */
	bool is_enabled;
	bool goes_on;         /* those after it are looked at too when it fits */
	struct str condition; /* a JSON object */
	struct str actions;   /* a JSON array */
	int64_t version;
};

/* By position. */
enum error routing_rule_list(struct db *db, struct arena *arena, int64_t organisation_id, bool enabled_only,
	struct routing_rule **ret_rules, size_t *ret_count) MUST_CHECK;
enum error routing_rule_find(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id, struct routing_rule *ret_rule) MUST_CHECK;
/* version 0: a new one. ERROR_CONFLICT when the name is another's, ERROR_GONE when it is newer than version, ERROR_CONTENT_TOO_LARGE
 * when there are ROUTING_RULES_MAX already. */
enum error routing_rule_store(struct db *db, struct arena *arena, const struct routing_rule *rule) MUST_CHECK;
enum error routing_rule_remove(struct db *db, struct arena *arena, int64_t organisation_id, int64_t id) MUST_CHECK;

/* What a rule looks at. */
struct routed_post {
	int64_t post_id;
	int64_t ticket_id;
	int64_t number;          /* of the ticket */
	int64_t actor_id;        /* the brand account */
	int64_t author_id;
	enum ticket_channel channel;
	struct str language;     /* of the post, else of its ticket; data NULL when unknown */
	struct str html;
	bool is_open;            /* the organisation was, when it came */
	const struct str *tags;  /* of its ticket */
	size_t tag_count;
};
/* ERROR_NOT_FOUND when it is no customer's post of a ticket, or gone. */
enum error routing_post_find(struct db *db, struct arena *arena, int64_t actor_id, int64_t post_id, struct routed_post *ret_post) MUST_CHECK;
/* The newest of customers of those accounts; limit at most ROUTING_POSTS_MAX. */
enum error routing_post_list(struct db *db, struct arena *arena, const int64_t *actor_ids, size_t actor_count, int limit,
	struct routed_post **ret_posts, size_t *ret_count) MUST_CHECK;

enum routing_turn { TURN_ROUND_ROBIN, TURN_LEAST_LOADED };
/* Active members of a team in the order in which they should get the next ticket: who got one by a rule the longest ago, or who
 * has the fewest that are open. In a transaction, holds up others who ask for the team's. */
enum error routing_turn_list(struct db *db, struct arena *arena, int64_t organisation_id, int64_t team_id, enum routing_turn turn,
	int64_t **ret_membership_ids, size_t *ret_count) MUST_CHECK;
enum error routing_turn_note(struct db *db, struct arena *arena, int64_t team_id, int64_t membership_id) MUST_CHECK;

#endif
