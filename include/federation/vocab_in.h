/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The tolerant reader of ActivityPub JSON: parsed documents of other servers in, plain structs out. Nothing is
 * fetched, no context is processed, no database is asked. What a peer may write in several ways (one value or
 * an array, an id or the thing itself, as:, toot: and whole IRIs, @id and @type) comes out in one form; what
 * has the wrong type counts as absent; what is too long or too much is cut at the limits below.
 *
 * A struct says what the document claims. Who may claim it (the signer, the origin) is for the caller, with
 * vocab_same_origin and vocab_object_is_by. Text is raw: HTML is cleaned by whoever stores it.
 *
 * Everything lives in the given arena and nothing refers to the JSON afterwards. A document within
 * json_limits_default takes at most VOCAB_ARENA_BYTES of it. Any thread. */
#ifndef COMPTOIR_FEDERATION_VOCAB_IN_H
#define COMPTOIR_FEDERATION_VOCAB_IN_H

#include "base/arena.h"
#include "base/error.h"
#include "storage/actor.h"
#include "storage/post.h"

#include <jansson.h>

/* Limits. Lists: the first so many count, the rest is ignored. Texts: cut between two characters. Ids and URLs:
 * a longer one counts as absent. Numbers: clamped. */
#define VOCAB_ARENA_BYTES ((size_t)32 << 20)
#define VOCAB_ID_MAX_BYTES 2048
#define VOCAB_TYPE_MAX_BYTES 128             /* longer type names are unknown */
#define VOCAB_TYPES_MAX 8                    /* of an array of types */
#define VOCAB_RECIPIENTS_MAX 256             /* in each of to, cc, bto, bcc, audience; Public is found anywhere */
#define VOCAB_OBJECTS_MAX 256                /* in one activity: Flag has many, votes of GoToSocial some */
#define VOCAB_ACTIVITY_DEPTH_MAX 4           /* Announce, Undo, Like, Note; deeper things are only ids */
#define VOCAB_EMBEDDED_MAX 256               /* embedded things in a document; of later ones only the id is read */
#define VOCAB_ACTIVITY_CONTENT_MAX_BYTES 20000 /* the comment of a Flag, an emoji reaction */
#define VOCAB_CONTENT_MAX_BYTES 262144
#define VOCAB_SOURCE_MAX_BYTES 131072
#define VOCAB_SUMMARY_MAX_BYTES 20480        /* content warning, abstract, biography */
#define VOCAB_TITLE_MAX_BYTES 2048           /* name of an object */
#define VOCAB_ALT_MAX_BYTES 10000            /* name of an attachment */
#define VOCAB_MEDIA_TYPE_MAX_BYTES 128
#define VOCAB_LANGUAGE_MAX_BYTES 35
#define VOCAB_LANGUAGES_MAX 128              /* entries of contentMap that are looked at */
#define VOCAB_ATTRIBUTED_MAX 8
#define VOCAB_LINKS_MAX 64                   /* alternatives of one url property, nested ones counted */
#define VOCAB_ATTACHMENTS_MAX 32
#define VOCAB_DIMENSION_MAX 100000           /* pixels; more counts as unknown */
#define VOCAB_BLURHASH_MAX_BYTES 200
#define VOCAB_TAGS_MAX 256                   /* mentions, hashtags, emojis and object links together */
#define VOCAB_TAG_NAME_MAX_BYTES 2048        /* shortcodes as well */
#define VOCAB_OPTIONS_MAX 500
#define VOCAB_OPTION_MAX_BYTES 1000
#define VOCAB_POLICY_IDS_MAX 64              /* in each list of an interaction policy */
#define VOCAB_INLINE_REPLIES_MAX 64
#define VOCAB_COUNT_MAX 1000000000           /* votes, likes, totalItems */
#define VOCAB_USERNAME_MAX_BYTES 255         /* longer: no actor */
#define VOCAB_ACTOR_NAME_MAX_BYTES 500
#define VOCAB_ACTOR_ALT_MAX_BYTES 1500       /* of avatar and header */
#define VOCAB_FIELDS_MAX 50
#define VOCAB_FIELD_MAX_BYTES 2047           /* name and value each */
#define VOCAB_FIELDS_MAX_BYTES 32768         /* names and values of all fields together */
#define VOCAB_ALIASES_MAX 256                /* alsoKnownAs */
#define VOCAB_ATTRIBUTION_DOMAINS_MAX 256
#define VOCAB_KEYS_MAX 8                     /* in each of publicKey and assertionMethod */
#define VOCAB_KEY_MAX_BYTES 10000
#define VOCAB_IMPLEMENTS_MAX 32
#define VOCAB_ITEMS_MAX 10000                /* of one collection or page */

struct vocab_rules {
	int64_t received_us; /* no published date lies after it */
	bool allows_http;    /* http ids and URLs are accepted too (development and tests) */
};

enum vocab_kind {
	VOCAB_KIND_NONE,    /* absent */
	VOCAB_KIND_ID,      /* nothing but an id */
	VOCAB_KIND_UNKNOWN, /* a type that we do not know */
	VOCAB_KIND_ACTIVITY,
	VOCAB_KIND_OBJECT,
	VOCAB_KIND_ACTOR,
	VOCAB_KIND_COLLECTION,
	VOCAB_KIND_KEY,
};

enum vocab_activity_type {
	VOCAB_ACTIVITY_UNKNOWN, /* see type_name */
	VOCAB_ACCEPT,
	VOCAB_ADD,
	VOCAB_ANNOUNCE,
	VOCAB_BLOCK,
	VOCAB_CREATE,
	VOCAB_DELETE,
	VOCAB_DISLIKE,
	VOCAB_EMOJI_REACT,
	VOCAB_FLAG,
	VOCAB_FOLLOW,
	VOCAB_JOIN,
	VOCAB_LEAVE,
	VOCAB_LIKE,
	VOCAB_MOVE,
	VOCAB_QUOTE_REQUEST, /* FEP-044f */
	VOCAB_REJECT,
	VOCAB_REMOVE,
	VOCAB_UNDO,
	VOCAB_UPDATE,
};

enum vocab_object_type {
	VOCAB_OBJECT_UNKNOWN, /* see type_name */
	VOCAB_NOTE,           /* BookWyrm's Comment, Quotation, Rating and GeneratedNote too */
	VOCAB_QUESTION,
	VOCAB_ARTICLE,        /* BookWyrm's Review too */
	VOCAB_PAGE,
	VOCAB_EVENT,
	VOCAB_VIDEO,
	VOCAB_AUDIO,
	VOCAB_IMAGE,
	VOCAB_DOCUMENT,
	VOCAB_TOMBSTONE,
	VOCAB_QUOTE_AUTHORIZATION, /* FEP-044f */
};

/* All strings below: data is NULL, len 0 when absent. Times: microseconds, 0 when absent or unreadable. */

struct vocab_ids {
	struct str *ids;
	size_t count;
};

struct vocab_audience {
	struct vocab_ids to, cc, bto, bcc, audience; /* ids as written; Public is never among them */
	bool is_public_in_to;
	bool is_public_in_cc;
	bool is_direct_message; /* litepub:directMessage */
};

struct vocab_activity;
struct vocab_object;
struct vocab_actor;

/* Something named or embedded. Exactly the pointer of its kind is set; collections and keys are only named. */
struct vocab_item {
	enum vocab_kind kind;
	struct str id;        /* may be absent for what is embedded */
	struct str type_name; /* the first type as written; absent for VOCAB_KIND_ID */
	const struct vocab_activity *activity;
	const struct vocab_object *object;
	const struct vocab_actor *actor;
};

struct vocab_attributed {
	struct str id;
	struct str type_name; /* of an embedded actor (PeerTube) */
};

enum vocab_media_kind { VOCAB_MEDIA_UNKNOWN, VOCAB_MEDIA_IMAGE, VOCAB_MEDIA_VIDEO, VOCAB_MEDIA_AUDIO, VOCAB_MEDIA_LINK };

/* url and icon_url are canonical; a VOCAB_MEDIA_LINK may be http: it is shown, not fetched. */
struct vocab_attachment {
	enum vocab_media_kind kind; /* by type, else by media_type */
	struct str url;
	struct str media_type; /* lower case, without parameters */
	struct str name;       /* alternative text */
	struct str blurhash;
	struct str icon_url;
	int32_t width, height; /* 0: unknown */
	bool has_focus;
	double focus_x, focus_y; /* -1 to 1 */
	bool is_sensitive;       /* Misskey marks single files */
};

enum vocab_tag_kind { VOCAB_TAG_MENTION, VOCAB_TAG_HASHTAG, VOCAB_TAG_EMOJI, VOCAB_TAG_LINK };

struct vocab_tag {
	enum vocab_tag_kind kind;
	struct str name;       /* "@bob@example.org", "#cats", ":blob:", as written */
	struct str href;       /* mention: the actor's id; hashtag: a page; link: an object's id (FEP-e232) */
	struct str id;         /* emoji */
	struct str icon_url;   /* emoji; one without is dropped */
	struct str media_type; /* of the icon, or of what is linked */
	int64_t updated_us;    /* emoji */
	bool is_quote;         /* link whose rel says so */
};

struct vocab_option {
	struct str name;
	int64_t votes;
};

struct vocab_poll {
	struct vocab_option *options;
	size_t option_count; /* 0: no poll */
	bool is_multiple;    /* anyOf */
	bool is_closed;
	int64_t ends_us;     /* endTime, or closed when that is a date */
	int64_t voters_count; /* -1: unknown */
};

/* Of whom the author accepts an interaction (GoToSocial; canQuote FEP-044f). */
struct vocab_permission {
	bool is_present;          /* false: the author said nothing */
	bool is_public_automatic; /* everyone, at once */
	bool is_public_manual;    /* everyone may ask */
	struct vocab_ids automatic;
	struct vocab_ids manual;
};

/* A collection that hangs at something, with what was sent of it. */
struct vocab_thread {
	struct str id;
	int64_t total;    /* -1: unknown */
	struct str first; /* next page to read when first was embedded; same origin as the owner */
	struct vocab_ids items;
};

struct vocab_object {
	enum vocab_object_type type;
	struct str type_name;
	struct str id;
	struct str name;    /* title; of a vote the chosen option */
	struct str summary; /* content warning of a Note or Question, abstract of the others; may be HTML */
	struct str content; /* HTML unless content_type says otherwise */
	struct str content_type; /* "text/markdown" of PeerTube; absent means HTML */
	struct str language;     /* BCP 47; absent when unknown */
	struct str source;
	struct str source_type;
	struct str preview; /* content of the short form of an article (FEP-b2b8) */
	struct vocab_attributed *attributed_to;
	size_t attributed_count;
	struct str author_id; /* the Person of several, else the first; absent unless of the object's origin */
	struct vocab_audience audience;
	struct str in_reply_to;
	struct str url; /* page, canonical; the id when there is none on the id's host */
	struct vocab_attachment *attachments;
	size_t attachment_count;
	struct vocab_attachment *media; /* what a Video, Audio, Image or Document is; NULL for others */
	struct vocab_attachment *image; /* title picture or thumbnail; NULL for none */
	struct vocab_tag *tags;
	size_t tag_count;
	struct vocab_poll poll;
	struct str quote; /* from quote, quoteUri, quoteUrl, _misskey_quote, a Link tag; in this order */
	bool is_quote_removed; /* quote is a Tombstone */
	struct str quote_authorization;
	struct vocab_permission can_quote, can_reply, can_like, can_announce;
	struct str context;      /* FEP-7888 */
	struct str conversation; /* OStatus; any URI */
	struct vocab_thread replies, likes, shares;
	bool is_sensitive;
	bool has_published;   /* a believable date was given */
	int64_t published_us; /* received_us when not given, before 1970 or after received_us */
	int64_t updated_us;   /* between published_us and received_us */
	int64_t start_us, end_us; /* Event */
	struct str location;      /* Event: name of the place */
	struct str former_type;   /* Tombstone */
	struct str interacting_object, interaction_target; /* QuoteAuthorization */
};

enum vocab_key_kind { VOCAB_KEY_PEM, VOCAB_KEY_MULTIBASE };

struct vocab_key {
	enum vocab_key_kind kind;
	struct str id;
	struct str owner; /* owner or controller */
	struct str text;  /* not yet checked to be a key */
};

struct vocab_field {
	struct str name;
	struct str value; /* HTML */
};

struct vocab_actor {
	enum actor_kind type;
	struct str id;
	struct str username;
	struct str name;
	struct str summary; /* HTML */
	struct str url;     /* page, canonical; the id when there is none on the id's host */
	/* Only of the actor's own origin; a foreign one counts as absent. */
	struct str inbox, outbox, shared_inbox, followers, following, featured, featured_tags;
	struct vocab_attachment *icon;  /* NULL for none */
	struct vocab_attachment *image; /* NULL for none */
	struct vocab_key *keys; /* ids of the actor's origin, owned by the actor */
	size_t key_count;
	struct vocab_field *fields;
	size_t field_count;
	struct vocab_tag *tags;
	size_t tag_count;
	struct vocab_ids also_known_as;
	struct str moved_to;
	struct vocab_ids attribution_domains; /* host names */
	struct vocab_ids implements;          /* FEP-844e, of the generator or the actor */
	struct str attributed_to;             /* of a Group: its moderators' collection (Lemmy) or owner (PeerTube) */
	struct str webfinger;                 /* FEP-2c59, as written */
	bool is_locked;                       /* manuallyApprovesFollowers */
	bool is_discoverable, is_indexable, is_memorial, is_suspended;
	int64_t published_us;
};

struct vocab_activity {
	enum vocab_activity_type type;
	struct str type_name;
	struct str id;
	struct str actor_id;
	struct vocab_item *objects;
	size_t object_count;
	struct vocab_item target;
	struct vocab_item instrument; /* QuoteRequest: the quoting post */
	struct str result;            /* Accept of a QuoteRequest: the QuoteAuthorization */
	struct vocab_audience audience;
	struct str content; /* reaction of a Like (_misskey_reaction too) or EmojiReact, comment of a Flag */
	struct vocab_tag *tags;
	size_t tag_count;
	bool has_published;
	int64_t published_us; /* as in vocab_object */
	int64_t end_us;       /* Block of Lemmy */
};

struct vocab_collection {
	bool is_ordered;
	bool is_page;
	struct str id;
	int64_t total; /* -1: unknown */
	/* Only of the collection's own origin. next is that of an embedded first page when there is no other. */
	struct str first, next, prev, part_of;
	struct vocab_item *items; /* those of an embedded first page when the collection has none itself */
	size_t item_count;
};

/* What to read a document as. VOCAB_KIND_NONE when it is no JSON object. */
enum vocab_kind vocab_kind_of(const json_t *document) MUST_CHECK;

/* The readers. ERROR_BAD_REQUEST for what must not be read at all: no JSON object; @graph, @included or @reverse
 * anywhere; id and @id, or type and @type, both there and different, anywhere; nested too deep.
 * ERROR_UNPROCESSABLE for what lacks the indispensable: an acceptable id (all of them), exactly one actor
 * (activities), an actor's type and preferredUsername, a collection's type. */
enum error vocab_read_activity(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_activity *ret_activity) MUST_CHECK;
enum error vocab_read_object(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_object *ret_object) MUST_CHECK;
enum error vocab_read_actor(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_actor *ret_actor) MUST_CHECK;
enum error vocab_read_collection(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_collection *ret_collection) MUST_CHECK;

/* A key served as a document of its own. ERROR_UNPROCESSABLE without owner on the key's origin or key text. */
enum error vocab_read_key(struct arena *arena, const json_t *document, const struct vocab_rules *rules,
	struct vocab_key *ret_key) MUST_CHECK;

enum vocab_id_kind {
	VOCAB_ID_DOCUMENT, /* can be fetched: no fragment */
	VOCAB_ID_EMBEDDED, /* activities and votes, which Mastodon and Misskey name by fragments of the actor */
	VOCAB_ID_KEY,
};

/* https (http by rules), at most VOCAB_ID_MAX_BYTES, a URL in the sense of base/url.h (no userinfo), a fragment
 * only where the kind has one. Our own host is not refused here. */
bool vocab_id_is_acceptable(struct str id, enum vocab_id_kind kind, const struct vocab_rules *rules) MUST_CHECK;

/* Same scheme, host and port in canonical form. False when one is no URL. */
bool vocab_same_origin(struct str a, struct str b) MUST_CHECK;

/* CHECKLIST A2: an embedded object may be believed when its sender is its only author and shares its origin. */
bool vocab_object_is_by(const struct vocab_object *object, struct str actor_id) MUST_CHECK;

/* A vote: a Note that answers something with a name and no content. */
bool vocab_object_is_vote(const struct vocab_object *object);

/* followers_url: the author's; empty when unknown. */
enum post_visibility vocab_visibility(const struct vocab_audience *audience, struct str followers_url);

/* "https://www.w3.org/ns/activitystreams#Public" and its short forms. */
bool vocab_is_public(struct str id);

#endif
