/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The contexts that we write. Few peers process JSON-LD; those that do have activitystreams, security/v1 and
 * data-integrity/v1 (which defines "proof") at hand, and find every other term inline. */
#include "federation/vocab_out_parts.h"

#define AS "\"https://www.w3.org/ns/activitystreams\""
#define PROOF_CONTEXT "\"https://w3id.org/security/data-integrity/v1\""
#define ID_TERM(iri) "{\"@id\":\"" iri "\",\"@type\":\"@id\"}"
#define SET_TERM(iri) "{\"@id\":\"" iri "\",\"@type\":\"@id\",\"@container\":\"@set\"}"

static const struct str plain_context = STR("[" AS "," PROOF_CONTEXT "]");

static const struct str post_context = STR("[" AS "," PROOF_CONTEXT ",{"
	"\"sensitive\":\"as:sensitive\","
	"\"Hashtag\":\"as:Hashtag\","
	"\"quoteUrl\":\"as:quoteUrl\","
	"\"ostatus\":\"http://ostatus.org#\","
	"\"conversation\":\"ostatus:conversation\","
	"\"toot\":\"http://joinmastodon.org/ns#\","
	"\"Emoji\":\"toot:Emoji\","
	"\"votersCount\":\"toot:votersCount\","
	"\"blurhash\":\"toot:blurhash\","
	"\"focalPoint\":{\"@id\":\"toot:focalPoint\",\"@container\":\"@list\"},"
	"\"litepub\":\"http://litepub.social/ns#\","
	"\"EmojiReact\":\"litepub:EmojiReact\","
	"\"quote\":" ID_TERM("https://w3id.org/fep/044f#quote") ","
	"\"quoteAuthorization\":" ID_TERM("https://w3id.org/fep/044f#quoteAuthorization") ","
	"\"QuoteRequest\":\"https://w3id.org/fep/044f#QuoteRequest\","
	"\"QuoteAuthorization\":\"https://w3id.org/fep/044f#QuoteAuthorization\","
	"\"quoteUri\":\"http://fedibird.com/ns#quoteUri\","
	"\"_misskey_quote\":\"https://misskey-hub.net/ns#_misskey_quote\","
	"\"gts\":\"https://gotosocial.org/ns#\","
	"\"interactionPolicy\":" ID_TERM("gts:interactionPolicy") ","
	"\"canQuote\":" ID_TERM("gts:canQuote") ","
	"\"automaticApproval\":" ID_TERM("gts:automaticApproval") ","
	"\"interactingObject\":" ID_TERM("gts:interactingObject") ","
	"\"interactionTarget\":" ID_TERM("gts:interactionTarget")
	"}]");

static const struct str actor_context = STR("[" AS ",\"https://w3id.org/security/v1\"," PROOF_CONTEXT ",{"
	"\"manuallyApprovesFollowers\":\"as:manuallyApprovesFollowers\","
	"\"alsoKnownAs\":" ID_TERM("as:alsoKnownAs") ","
	"\"movedTo\":" ID_TERM("as:movedTo") ","
	"\"toot\":\"http://joinmastodon.org/ns#\","
	"\"featured\":" ID_TERM("toot:featured") ","
	"\"featuredTags\":" ID_TERM("toot:featuredTags") ","
	"\"discoverable\":\"toot:discoverable\","
	"\"indexable\":\"toot:indexable\","
	"\"memorial\":\"toot:memorial\","
	"\"suspended\":\"toot:suspended\","
	"\"schema\":\"http://schema.org#\","
	"\"PropertyValue\":\"schema:PropertyValue\","
	"\"value\":\"schema:value\","
	"\"sec\":\"https://w3id.org/security#\","
	"\"Multikey\":\"sec:Multikey\","
	"\"assertionMethod\":" SET_TERM("sec:assertionMethod") ","
	"\"controller\":" ID_TERM("sec:controller") ","
	"\"publicKeyMultibase\":{\"@id\":\"sec:publicKeyMultibase\",\"@type\":\"sec:multibase\"},"
	"\"webfinger\":{\"@id\":\"https://purl.archive.org/socialweb/webfinger#webfinger\","
	"\"@type\":\"http://www.w3.org/2001/XMLSchema#string\"},"
	"\"implements\":" SET_TERM("https://w3id.org/fep/844e#implements")
	"}]");

static void put_context(struct json_out *json, enum vocab_context context)
{
	static const struct str *const contexts[] = {
		[VOCAB_CONTEXT_PLAIN] = &plain_context, [VOCAB_CONTEXT_POST] = &post_context, [VOCAB_CONTEXT_ACTOR] = &actor_context,
	};

	if (context == VOCAB_CONTEXT_NONE)
		return;
	json_out_key(json, "@context");
	json_out_raw(json, *contexts[context]);
}

void vocab_begin(struct json_out *json, enum vocab_context context, struct str id, const char *type)
{
	json_out_object_begin(json);
	put_context(json, context);
	vocab_put_given(json, "id", id);
	json_out_key_c_string(json, "type", type);
}

void vocab_put_given(struct json_out *json, const char *key, struct str value)
{
	if (value.data)
		json_out_key_str(json, key, value);
}

void vocab_put_strs(struct json_out *json, const char *key, const struct str *values, size_t count)
{
	json_out_key_array_begin(json, key);
	for (size_t i = 0; i < count; i++)
		json_out_str(json, values[i]);
	json_out_array_end(json);
}

void vocab_put_addresses(struct json_out *json, const struct vocab_addresses *addresses)
{
	if (addresses->to_count > 0 || addresses->cc_count > 0)
		vocab_put_strs(json, "to", addresses->to, addresses->to_count);
	if (addresses->cc_count > 0)
		vocab_put_strs(json, "cc", addresses->cc, addresses->cc_count);
}
