/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Posts by their words, through the index of post_words.h. Whoever searches finds what concerns them: their own posts, those
 * that mention them, those that they favourited or bookmarked; and public posts of others who consent (FEP-5feb). Who may
 * see a post and who consents is asked of the rows themselves, not of the index. */
#ifndef COMPTOIR_STORAGE_POST_SEARCH_H
#define COMPTOIR_STORAGE_POST_SEARCH_H

#include "storage/db.h"

/* Of the newest posts, looked at one by one; of favourites and of bookmarks; and of those that the index finds, sorted. */
#define POST_SEARCH_MAX_LOOKED_AT 5000
#define POST_SEARCH_MAX_MARKS 32

enum post_search_mark_kind {
	MARK_AUTHOR,    /* id */
	MARK_MENTION,   /* id */
	MARK_TAG,       /* text */
	MARK_LANGUAGE,  /* text: two or three letters */
	MARK_MEDIA,     /* text: image, gifv, video, audio; empty: any */
	MARK_POLL,
	MARK_LINK,
	MARK_QUOTE,
	MARK_REPLY,
	MARK_SENSITIVE,
};

struct post_search_mark {
	enum post_search_mark_kind kind;
	bool is_excluded;
	int64_t id;
	struct str text;
};

struct post_search {
	int64_t reader_id;
	struct str words, french_words; /* for websearch_to_tsquery, folded (base/search_text.h); empty: any */
	struct post_search_mark marks[POST_SEARCH_MAX_MARKS];
	size_t mark_count;
	bool is_library_only; /* none of the public posts of others */
	bool is_public_only;  /* nothing else than public posts of those who consent */
	int64_t max_id, min_id; /* exclusive; 0 for none */
	int offset, limit;
};

/* The newest first. Words of posts in French and English match in their other forms. When the time for one statement is not
 * enough for all of it, what was found by then is the answer. */
enum error post_search_list(struct db *db, struct arena *arena, const struct post_search *search, int64_t **ret_ids,
	size_t *ret_count) MUST_CHECK;

#endif
