/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What all threads share. Built once before they start, never changed afterwards but for the caches,
 * which lock themselves, and for the secret box and the federation, which come with is_prepared. */
#ifndef COMPTOIR_SERVER_APP_H
#define COMPTOIR_SERVER_APP_H

#include "base/config.h"
#include "base/secret_box.h"

#include <stdatomic.h>

struct document_cache;
struct federation;
struct kept_pages;
struct job_workers;
struct word_indexer;
struct limits;
struct push_sender;
struct media_service;
struct push_sender;
struct static_files;
struct vapid;
struct stream_hub;
struct brand_streams;
struct ticket_threader;

struct app {
	const struct config *config;
	const struct secret_box *secret_box; /* NULL until is_prepared */
	struct federation *federation;       /* NULL until is_prepared; stopped before the app is freed */
	atomic_bool is_prepared;             /* the schema is ours, the domain and its actor are there */
	struct document_cache *documents; /* rendered documents by key */
	struct job_workers *jobs;            /* NULL until is_prepared, and without the web role */
	struct kept_pages *kept_pages;       /* NULL without the web role */
	struct word_indexer *words;          /* beside jobs */
	struct stream_hub *streams;          /* NULL without the web role */
	struct brand_streams *brand_streams; /* likewise */
	struct ticket_threader *tickets;     /* beside jobs */
	struct media_service *media;         /* media/service.h */
	struct limits *limits;
	struct vapid *vapid;                 /* NULL until is_prepared: the key that push services know us by */
	struct push_sender *pushes;          /* beside jobs */
	struct static_files *static_files;
	int64_t started_us;   /* wall time: since when the configuration is what it is */
	struct str base_url;  /* instance.base_url without trailing slash */
	struct str authority; /* its host, with port if not the default */
	struct str domain;    /* instance.domain, or authority when that is empty */
	struct arena *arena;  /* of the texts above */
};

/* config must outlive it. *ret_message (arena) on failure. */
enum error app_new(const struct config *config, struct arena *arena, struct app **ret_app, struct str *ret_message) MUST_CHECK;
void app_free(struct app **app); /* also closes the secret box; accepts NULL */

/* Hands them over and says that requests can be served. Once, from one thread. */
void app_set_prepared(struct app *app, const struct secret_box *box, struct vapid *vapid, struct federation *federation);
bool app_is_prepared(const struct app *app);

/* data.key_file, or secret.key in the data directory. */
const char *app_key_file(const struct config *config, struct arena *arena);

/* instance.base_url in canonical form without trailing slash, and the account domain that goes with it. */
void app_instance_names(const struct config *config, struct arena *arena, struct str *ret_base_url,
	struct str *ret_authority, struct str *ret_domain);

#endif
