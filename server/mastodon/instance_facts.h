/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an instance tells about itself besides its two big documents: rules, peers, blocked domains, activity, languages,
 * its policies, its emojis; and posts for other pages to embed. */
#ifndef COMPTOIR_SERVER_MASTODON_INSTANCE_FACTS_H
#define COMPTOIR_SERVER_MASTODON_INSTANCE_FACTS_H

#include "server/http/request.h"

enum error handle_instance_rules(struct request *request) MUST_CHECK;
enum error handle_instance_activity(struct request *request) MUST_CHECK;
enum error handle_instance_peers(struct request *request) MUST_CHECK;
enum error handle_peers_search(struct request *request) MUST_CHECK; /* ?q=: how a name begins, or a URL there */
enum error handle_instance_domain_blocks(struct request *request) MUST_CHECK;
enum error handle_instance_languages(struct request *request) MUST_CHECK;
enum error handle_instance_privacy_policy(struct request *request) MUST_CHECK;
enum error handle_instance_terms(struct request *request) MUST_CHECK;
enum error handle_instance_terms_of(struct request *request) MUST_CHECK; /* of the day that they began on */
enum error handle_custom_emojis(struct request *request) MUST_CHECK;
enum error handle_emoji_image(struct request *request) MUST_CHECK;
enum error handle_oembed(struct request *request) MUST_CHECK;

#endif
