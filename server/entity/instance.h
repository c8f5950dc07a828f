/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The instance as Mastodon's entities V1::Instance and Instance. */
#ifndef COMPTOIR_SERVER_ENTITY_INSTANCE_H
#define COMPTOIR_SERVER_ENTITY_INSTANCE_H

#include "base/config.h"
#include "base/json_out.h"
#include "storage/instance.h"
#include "storage/rule.h"

struct instance_facts {
	const struct config *config;
	struct str domain;   /* the primary account domain */
	struct str base_url; /* without trailing slash */
	struct instance_counts counts;
	struct str vapid_key; /* by which push services know us */
	const struct rule *rules;
	size_t rule_count;
	struct str contact_json; /* the entity Account of whom to ask; data NULL for nobody */
};

/* Whether anyone may sign up, and whether somebody looks at it first. */
bool instance_is_open(const struct config *config);
bool instance_wants_approval(const struct config *config);

/* base_url with ws: or wss: instead of http: or https:. */
struct str instance_streaming_url(struct arena *arena, struct str base_url) MUST_CHECK;

/* An array of the entity Rule. */
void instance_rules_write(struct json_out *json, const struct rule *rules, size_t count);

void instance_write_v1(struct json_out *json, struct arena *arena, const struct instance_facts *facts);
void instance_write_v2(struct json_out *json, struct arena *arena, const struct instance_facts *facts);

#endif
