/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The demonstration: who is there, who speaks for whom, who follows whom and what they said. Grows as
 * features land; what is here once is never renamed, since it is looked up by name on every run. */
#ifndef COMPTOIR_SERVER_CTL_DEMO_WORLD_H
#define COMPTOIR_SERVER_CTL_DEMO_WORLD_H

#include "base/str.h"

struct demo_person {
	struct str username;
	struct str email;
	struct str display_name;
	struct str locale;
	struct str role; /* in the story: owner, lead, agent, editor, customer */
	struct str brand_role; /* in the organisation, beside what its founder has; empty for none */
};

#define DEMO_MAX_SPEAKERS 4

struct demo_brand {
	struct str username;
	struct str display_name;
	struct str speakers[DEMO_MAX_SPEAKERS]; /* usernames, the founder first; the rest are empty */
};

struct demo_follow {
	struct str follower;
	struct str followed;
};

struct demo_post {
	struct str author;
	int answers; /* which post, counted from 1; 0 for none */
	unsigned minutes_ago; /* before the florist's account was made */
	struct str language;
	struct str text;
};

extern const struct demo_person demo_people[];
extern const size_t demo_people_count;
extern const struct demo_brand demo_brands[]; /* the florist first */
extern const size_t demo_brand_count;
extern const struct demo_follow demo_follows[];
extern const size_t demo_follow_count;
extern const struct demo_post demo_posts[]; /* an answer comes after what it answers */
extern const size_t demo_post_count;

#endif
