/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every property that vocab_in reads, with the vocabulary whose prefixes its longer spellings begin with. One table,
 * so that the reader accepts the same aliases everywhere and a test can send each property in every wrong shape. */
#ifndef COMPTOIR_FEDERATION_VOCAB_IN_PROPERTIES_H
#define COMPTOIR_FEDERATION_VOCAB_IN_PROPERTIES_H

/* X(CONSTANT, VOCABULARY, "name") */
#define VOCAB_PROPERTIES(X) \
	X(ACTOR, AS, "actor") \
	X(ALSO_KNOWN_AS, AS, "alsoKnownAs") \
	X(ALWAYS, GTS, "always") \
	X(ANY_OF, AS, "anyOf") \
	X(APPROVAL_REQUIRED, GTS, "approvalRequired") \
	X(ASSERTION_METHOD, SEC, "assertionMethod") \
	X(ATTACHMENT, AS, "attachment") \
	X(ATTRIBUTED_TO, AS, "attributedTo") \
	X(ATTRIBUTION_DOMAINS, TOOT, "attributionDomains") \
	X(AUDIENCE, AS, "audience") \
	X(AUTOMATIC_APPROVAL, GTS, "automaticApproval") \
	X(BCC, AS, "bcc") \
	X(BLURHASH, TOOT, "blurhash") \
	X(BTO, AS, "bto") \
	X(CAN_ANNOUNCE, GTS, "canAnnounce") \
	X(CAN_LIKE, GTS, "canLike") \
	X(CAN_QUOTE, GTS, "canQuote") \
	X(CAN_REPLY, GTS, "canReply") \
	X(CC, AS, "cc") \
	X(CLOSED, AS, "closed") \
	X(CONTENT, AS, "content") \
	X(CONTENT_MAP, AS, "contentMap") \
	X(CONTEXT, AS, "context") \
	X(CONTROLLER, SEC, "controller") \
	X(CONVERSATION, OSTATUS, "conversation") \
	X(DIRECT_MESSAGE, LITEPUB, "directMessage") \
	X(DISCOVERABLE, TOOT, "discoverable") \
	X(ENDPOINTS, AS, "endpoints") \
	X(END_TIME, AS, "endTime") \
	X(FEATURED, TOOT, "featured") \
	X(FEATURED_TAGS, TOOT, "featuredTags") \
	X(FIRST, AS, "first") \
	X(FOCAL_POINT, TOOT, "focalPoint") \
	X(FOLLOWERS, AS, "followers") \
	X(FOLLOWING, AS, "following") \
	X(FORMER_TYPE, AS, "formerType") \
	X(GENERATOR, AS, "generator") \
	X(HEIGHT, AS, "height") \
	X(HREF, AS, "href") \
	X(ICON, AS, "icon") \
	X(IDENTIFIER, SCHEMA, "identifier") \
	X(IMAGE, AS, "image") \
	X(IMPLEMENTS, CAPABILITY, "implements") \
	X(INBOX, LDP, "inbox") \
	X(INDEXABLE, TOOT, "indexable") \
	X(INSTRUMENT, AS, "instrument") \
	X(INTERACTING_OBJECT, GTS, "interactingObject") \
	X(INTERACTION_POLICY, GTS, "interactionPolicy") \
	X(INTERACTION_TARGET, GTS, "interactionTarget") \
	X(IN_LANGUAGE, SCHEMA, "inLanguage") \
	X(IN_REPLY_TO, AS, "inReplyTo") \
	X(ITEMS, AS, "items") \
	X(LANGUAGE, SCHEMA, "language") \
	X(LIKES, AS, "likes") \
	X(LOCATION, AS, "location") \
	X(MANUALLY_APPROVES_FOLLOWERS, AS, "manuallyApprovesFollowers") \
	X(MANUAL_APPROVAL, GTS, "manualApproval") \
	X(MEDIA_TYPE, AS, "mediaType") \
	X(MEMORIAL, TOOT, "memorial") \
	X(MISSKEY_CONTENT, MISSKEY, "_misskey_content") \
	X(MISSKEY_QUOTE, MISSKEY, "_misskey_quote") \
	X(MISSKEY_REACTION, MISSKEY, "_misskey_reaction") \
	X(MISSKEY_VOTES, MISSKEY, "_misskey_votes") \
	X(MOVED_TO, AS, "movedTo") \
	X(NAME, AS, "name") \
	X(NAME_MAP, AS, "nameMap") \
	X(NEXT, AS, "next") \
	X(OBJECT, AS, "object") \
	X(ONE_OF, AS, "oneOf") \
	X(ORDERED_ITEMS, AS, "orderedItems") \
	X(OUTBOX, AS, "outbox") \
	X(OWNER, SEC, "owner") \
	X(PART_OF, AS, "partOf") \
	X(PREFERRED_USERNAME, AS, "preferredUsername") \
	X(PREV, AS, "prev") \
	X(PREVIEW, AS, "preview") \
	X(PUBLIC_KEY, SEC, "publicKey") \
	X(PUBLIC_KEY_MULTIBASE, SEC, "publicKeyMultibase") \
	X(PUBLIC_KEY_PEM, SEC, "publicKeyPem") \
	X(PUBLISHED, AS, "published") \
	X(QUOTE, QUOTE, "quote") \
	X(QUOTE_AUTHORIZATION, QUOTE, "quoteAuthorization") \
	X(QUOTE_URI, FEDIBIRD, "quoteUri") \
	X(QUOTE_URL, AS, "quoteUrl") \
	X(REL, AS, "rel") \
	X(REPLIES, AS, "replies") \
	X(RESULT, AS, "result") \
	X(SENSITIVE, AS, "sensitive") \
	X(SHARED_INBOX, AS, "sharedInbox") \
	X(SHARES, AS, "shares") \
	X(SOURCE, AS, "source") \
	X(START_TIME, AS, "startTime") \
	X(SUMMARY, AS, "summary") \
	X(SUMMARY_MAP, AS, "summaryMap") \
	X(SUSPENDED, TOOT, "suspended") \
	X(TAG, AS, "tag") \
	X(TARGET, AS, "target") \
	X(TO, AS, "to") \
	X(TOTAL_ITEMS, AS, "totalItems") \
	X(UPDATED, AS, "updated") \
	X(URL, AS, "url") \
	X(VALUE, SCHEMA, "value") \
	X(VOTERS_COUNT, TOOT, "votersCount") \
	X(WEBFINGER, WEBFINGER, "webfinger") \
	X(WIDTH, AS, "width")

enum vocab_property {
#define X(constant, vocabulary, name) PROPERTY_##constant,
	VOCAB_PROPERTIES(X)
#undef X
	PROPERTY_COUNT
};

#endif
