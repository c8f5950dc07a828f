/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Everyone who speaks, local and remote, in one table: people, organisations, groups, services,
 * applications. A user logs in; an actor speaks.
 *
 * A local actor NAME on base URL BASE has the id BASE/users/NAME, the page BASE/@NAME, and below its id
 * /inbox, /outbox, /followers, /following, /collections/featured, /collections/tags; the shared inbox is
 * BASE/inbox. NAME is spelled as it was created; handles are unique and looked up in lower case. The Application
 * actor of a domain, at most one, stands for the instance: BASE/actor. */
#ifndef COMPTOIR_STORAGE_ACTOR_H
#define COMPTOIR_STORAGE_ACTOR_H

#include "storage/db.h"

enum actor_kind { ACTOR_PERSON, ACTOR_ORGANIZATION, ACTOR_GROUP, ACTOR_SERVICE, ACTOR_APPLICATION };

struct actor {
	int64_t id;
	enum actor_kind kind;
	bool is_local;
	bool is_locked;       /* follow requests wait for approval */
	bool is_discoverable; /* FEP-5feb */
	bool is_indexable;    /* FEP-5feb */
	bool is_memorial;
	bool is_suspended;    /* shown nowhere */
	bool is_silenced;     /* shown to its followers only */
	bool is_disabled;     /* cannot log in; still shown */
	bool is_pending;      /* local: has not confirmed an address, or waits for approval; found by no name */
	bool is_deleted;      /* gone for good: only the id is kept; is_suspended is set as well */
	bool hides_collections; /* of its followers and followed only the number is told */
	bool is_handle_confirmed; /* remote: WebFinger of its domain led back to it */
	struct str username;
	struct str domain;    /* account domain of a local actor, host of a remote one */
	struct str base_url;  /* local only */
	struct str uri;       /* ActivityPub id */
	struct str url;       /* page */
	struct str inbox_url;
	struct str outbox_url;
	struct str followers_url;
	struct str following_url;
	struct str featured_url;
	struct str featured_tags_url; /* data NULL when there is none */
	struct str shared_inbox_url; /* data NULL when there is none */
	struct str display_name;
	struct str summary_html;
	struct str avatar_url; /* data NULL when there is none */
	struct str header_url; /* data NULL when there is none */
	struct str avatar_alt, header_alt; /* empty for none */
	bool shows_media, shows_media_replies, shows_featured; /* what apps show of a local profile */
	struct str fields_json; /* [{"name":..., "value": HTML}], local with "verified_at" where the link leads back */
	struct str also_known_as_json; /* array of ids */
	int64_t moved_to_id; /* 0 for none */
	struct str moved_to_uri; /* data NULL for none */
	int64_t moved_us;        /* when it last moved; 0 for never */
	int64_t created_us;
	int64_t updated_us;
	int64_t fetched_us;  /* remote: when it was last read from its server */
	int64_t followers_count;
	int64_t following_count;
	int64_t posts_count;
	int64_t last_post_us;  /* 0 for never */
	struct str main_public_pem;      /* RSA-2048, SPKI PEM; local ones always have it */
	struct str ed25519_public_bytes; /* 32 bytes; data NULL when unknown */
};

/* "Person", "Organization", ... as ActivityStreams spells them. */
const char *actor_kind_name(enum actor_kind kind);
bool actor_kind_from_name(struct str name, enum actor_kind *ret_kind) MUST_CHECK;

/* ERROR_NOT_FOUND when absent. Suspended ones are found; callers decide what to show. */
enum error actor_find_by_id(struct db *db, struct arena *arena, int64_t id, struct actor *ret_actor) MUST_CHECK;
enum error actor_find_by_uri(struct db *db, struct arena *arena, struct str uri, struct actor *ret_actor) MUST_CHECK;

/* A local actor by handle (username in any case) and account domain. */
enum error actor_find_local(struct db *db, struct arena *arena, struct str username, struct str domain,
	struct actor *ret_actor) MUST_CHECK;

/* The Application actor of the instance itself (/actor). */
enum error actor_find_instance(struct db *db, struct arena *arena, struct actor *ret_actor) MUST_CHECK;

enum actor_scope {
	ACTORS_LOCAL,
	ACTORS_LISTED, /* local ones that want to be found (FEP-5feb) and are no Application nor suspended */
	ACTORS_ALL,    /* local and remote */
};

struct actor_page {
	int64_t after_id; /* 0 for the first page */
	int limit;        /* 1 to 200 */
	enum actor_scope scope;
};
enum error actor_list(struct db *db, struct arena *arena, const struct actor_page *page,
	struct actor **ret_actors, size_t *ret_count) MUST_CHECK;

/* What is stored for a new local actor; ids and urls are made from the domain's base URL, keys are
 * already encrypted by the caller (base/secret_box.h). */
struct actor_new {
	int64_t id; /* id_new() */
	enum actor_kind kind;
	int64_t domain_id;
	struct str username;
	struct str display_name;
	struct str summary_html;
	bool is_locked, is_discoverable, is_indexable;
	struct str main_public_pem;
	struct str main_private_sealed;
	struct str ed25519_public_bytes;
	struct str ed25519_private_sealed;
};

/* In the caller's transaction. ERROR_CONFLICT when the handle is taken on that domain. */
enum error actor_create_local(struct db *db, struct arena *arena, const struct actor_new *actor) MUST_CHECK;

enum error actor_set_disabled(struct db *db, struct arena *arena, int64_t id, bool is_disabled) MUST_CHECK;

/* By username in any case and account domain, local or remote. */
enum error actor_find_by_handle(struct db *db, struct arena *arena, struct str username, struct str domain,
	struct actor *ret_actor) MUST_CHECK;

/* Those of the given ids or URIs that are here, in no order. */
#define ACTOR_FIND_MANY_MAX 1000
enum error actor_find_many(struct db *db, struct arena *arena, const int64_t *ids, size_t count,
	struct actor **ret_actors, size_t *ret_count) MUST_CHECK;
enum error actor_find_many_by_uri(struct db *db, struct arena *arena, const struct str *uris, size_t count,
	struct actor **ret_actors, size_t *ret_count) MUST_CHECK;

#define ACTOR_ALSO_KNOWN_AS_MAX 32
#define ACTOR_ATTRIBUTION_DOMAINS_MAX 100

struct actor_key_new {
	struct str uri;          /* key id */
	struct str public_pem;   /* RSA; data NULL for Ed25519 */
	struct str public_bytes; /* Ed25519, 32 bytes; data NULL for RSA */
};

/* A remote actor as its own server tells it: texts cleaned, URLs of its own origin, everything within the limits of
 * the table. */
struct actor_remote {
	enum actor_kind kind;
	struct str username;
	struct str domain; /* its host, or the account domain that WebFinger confirmed */
	bool is_handle_confirmed;
	struct str uri, url, inbox_url;
	struct str outbox_url, followers_url, following_url, featured_url, featured_tags_url, shared_inbox_url; /* or data NULL */
	struct str display_name, summary_html, fields_json;
	struct str avatar_url, avatar_alt, header_url, header_alt; /* URLs: data NULL for none */
	const struct str *also_known_as;
	size_t also_known_as_count; /* the first ACTOR_ALSO_KNOWN_AS_MAX are kept */
	const struct str *attribution_domains; /* canonical hosts of the sites that may name it as an author */
	size_t attribution_domain_count; /* the first ACTOR_ATTRIBUTION_DOMAINS_MAX are kept */
	bool is_locked, is_discoverable, is_indexable, is_memorial;
	int64_t created_us; /* 0 when unknown */
	int64_t fetched_us;
	const struct actor_key_new *keys; /* replace those stored; one of a kind */
	size_t key_count;
};

/* Inserts or refreshes by uri, alone or in the caller's transaction. Another remote actor that bears the handle loses
 * it (its server gave it away), unless only the other one's is confirmed: then this one is found by its uri alone.
 * Never touches a local actor: ERROR_FORBIDDEN when the uri or the handle is one's. ERROR_GONE when it is tombstoned or
 * deleted. Another actor's key keeps its owner. ERROR_UNAVAILABLE when somebody stored the same just now: try again. */
enum error actor_store_remote(struct db *db, struct arena *arena, const struct actor_remote *actor, int64_t *ret_id,
	bool *ret_is_new) MUST_CHECK;

/* Those of whom nothing is here, in one statement, in the caller's transaction: ret_ids[i] is 0 where the uri, the handle
 * or a tombstone is known, or the host of its id, authorities[i], is one of ours; actor_store_remote tells which.
 * is_handle_confirmed is taken as false. */
enum error actor_store_new(struct db *db, struct arena *arena, const struct actor_remote *actors,
	const struct str *authorities, size_t count, int64_t *ret_ids) MUST_CHECK;

/* In the caller's transaction: its posts, follows, boosts, favourites, votes and blocks go, with all counters that they
 * moved, and the keys of a remote one (its own Delete is still to be signed with those of a local one); the row stays,
 * suspended and without its texts, and a tombstone, so that the id and the name never come back. Twice is fine.
 * ERROR_NOT_FOUND when absent. */
enum error actor_delete(struct db *db, struct arena *arena, int64_t id) MUST_CHECK;

enum error actor_set_suspended(struct db *db, struct arena *arena, int64_t id, bool is_suspended) MUST_CHECK;
enum error actor_set_silenced(struct db *db, struct arena *arena, int64_t id, bool is_silenced) MUST_CHECK;
enum error actor_set_moved(struct db *db, struct arena *arena, int64_t id, int64_t target_id) MUST_CHECK; /* 0: no more */

/* A local actor's own texts; sets updated_us. Pointers that are NULL leave the value. */
struct actor_profile {
	const struct str *display_name, *summary_html, *summary_source, *fields_json;
	const bool *is_locked, *is_discoverable, *is_indexable, *hides_collections;
	const enum actor_kind *kind; /* Person or Service; Organization or Group */
	const struct str *also_known_as_json; /* array of ids */
	const struct str *avatar_alt, *header_alt;
	const bool *shows_media, *shows_media_replies, *shows_featured;
	const struct str *attribution_domains_json; /* array of hosts, at most ACTOR_ATTRIBUTION_DOMAINS_MAX */
	bool removes_avatar, removes_header;
};
enum error actor_update_profile(struct db *db, struct arena *arena, int64_t id, const struct actor_profile *profile) MUST_CHECK;

/* What only the owner of a local actor is shown. ERROR_NOT_FOUND when it is no local actor. */
struct actor_source {
	struct str summary_source; /* as typed; data NULL when nothing was typed yet */
	struct str attribution_domains_json; /* array of hosts */
	int64_t follow_requests_count; /* counted up to 40 */
};
enum error actor_find_source(struct db *db, struct arena *arena, int64_t id, struct actor_source *ret_source) MUST_CHECK;

/* Replaces fields_json unless it is no longer what the caller has read: ERROR_CONFLICT then. */
enum error actor_replace_fields(struct db *db, struct arena *arena, int64_t id, struct str old_fields_json,
	struct str fields_json) MUST_CHECK;

/* New keys for a local actor under the same key ids; sets updated_us. */
struct actor_keys_sealed {
	struct str main_public_pem, main_private_sealed, ed25519_public_bytes, ed25519_private_sealed;
};
enum error actor_replace_keys(struct db *db, struct arena *arena, int64_t id, const struct actor_keys_sealed *keys) MUST_CHECK;

#endif
