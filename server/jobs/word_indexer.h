/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The thread that keeps the index of words up to date (storage/post_words.h): a look a second. Several processes share the
 * work. */
#ifndef COMPTOIR_SERVER_JOBS_WORD_INDEXER_H
#define COMPTOIR_SERVER_JOBS_WORD_INDEXER_H

#include "base/memory.h"

struct app;
struct word_indexer;

/* The app must be prepared and outlive it. */
struct word_indexer *word_indexer_start(struct app *app) MUST_CHECK;
void word_indexer_stop(struct word_indexer **indexer); /* waits for the batch under way; accepts NULL */

#endif
