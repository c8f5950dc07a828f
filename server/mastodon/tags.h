/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Hashtags: shown, followed, featured. */
#ifndef COMPTOIR_SERVER_MASTODON_TAGS_H
#define COMPTOIR_SERVER_MASTODON_TAGS_H

#include "server/http/request.h"

enum error handle_tag(struct request *request);
enum error handle_tag_follow(struct request *request);
enum error handle_tag_unfollow(struct request *request);
enum error handle_tag_feature(struct request *request);
enum error handle_tag_unfeature(struct request *request);
enum error handle_followed_tags(struct request *request);
enum error handle_own_featured_tags(struct request *request);
enum error handle_featured_tag_add(struct request *request);
enum error handle_featured_tag_remove(struct request *request);
enum error handle_featured_tag_suggestions(struct request *request);
enum error handle_account_featured_tags(struct request *request);

/* hashtag_key of what can be a hashtag, with or without '#'; empty for what cannot. */
struct str tag_name_of(struct arena *arena, struct str text) MUST_CHECK;

#endif
