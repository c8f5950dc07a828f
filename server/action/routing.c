/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Conditions of rules, and what follows when they hold. */
#include "server/action/routing.h"

#include "server/action/service_steps.h"
#include "storage/ticket_story.h"
#include "storage/ticket_tag.h"

#include "base/html.h"
#include "base/json_in.h"
#include "base/search_text.h"

#define WORD_MAX_BYTES 200
#define NAME_SHOWN_BYTES 200
/* All rules of an organisation, and what one post says. */
#define READING_ARENA_BYTES ((size_t)256 * 1024 * 1024)

/* ---- JSON ---- */

/* False when it is there and is no list of texts. */
static bool read_list(struct arena *arena, const json_t *object, const char *key, struct str **ret_items, size_t *ret_count)
{
	const json_t *list = json_object_get(object, key);
	size_t count = json_array_size(list);
	if (list && (!json_is_array(list) || count > ROUTING_WORDS_MAX))
		return false;
	struct str *items = arena_alloc_array(arena, count, sizeof(*items));
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(list, i);
		struct str text = str_trim((struct str){ json_string_value(item), json_string_length(item) });
		if (!text.len || text.len > WORD_MAX_BYTES || !str_is_utf8(text))
			return false;
		items[i] = arena_str(arena, text);
	}
	*ret_items = items;
	*ret_count = count;
	return true;
}

static bool read_accounts(struct arena *arena, const json_t *object, struct routing_condition *condition)
{
	struct str *texts;
	if (!read_list(arena, object, "account_ids", &texts, &condition->actor_count))
		return false;
	condition->actor_ids = arena_alloc_array(arena, condition->actor_count, sizeof(*condition->actor_ids));
	for (size_t i = 0; i < condition->actor_count; i++)
		if (!str_to_int64(texts[i], &condition->actor_ids[i]))
			return false;
	return true;
}

/* One of two words, when it is there. */
static bool read_either(struct arena *arena, const json_t *object, const char *key, const char *one, const char *other, struct str *ret_word)
{
	const json_t *value = json_object_get(object, key);
	struct str word = json_in_str(object, key);
	*ret_word = (struct str){ 0 };
	if (!value || json_is_null(value))
		return true;
	*ret_word = arena_str(arena, word);
	return str_eq(word, str_from(one)) || str_eq(word, str_from(other));
}

/* A word of signs only would be in every post. */
static struct str fold(struct arena *arena, struct str text)
{
	AUTO(buf) struct buf out = { 0 };
	search_text_add(&out, text, false);
	return out.len ? arena_str(arena, buf_str(&out)) : STR_LITERAL("");
}

static bool words_say_something(struct arena *arena, struct routing_condition *condition)
{
	condition->patterns = arena_alloc_array(arena, condition->word_count, sizeof(*condition->patterns));
	for (size_t i = 0; i < condition->word_count; i++) {
		struct str word = fold(arena, condition->words[i]);
		if (!word.len)
			return false;
		condition->patterns[i] = arena_printf(arena, " %.*s%s", STR_ARG(word),
			str_ends_with(condition->words[i], STR_LITERAL("*")) ? "" : " ");
	}
	for (size_t i = 0; i < condition->tag_count; i++)
		if (!ticket_tag_is_valid(condition->tags[i]))
			return false;
	return true;
}

enum error routing_condition_read(struct arena *arena, const json_t *object, struct routing_condition *ret_condition,
	struct str *ret_message)
{
	struct routing_condition condition = { 0 };
	const char *wrong = NULL;
	if (!json_is_object(object))
		wrong = "condition";
	else if (!read_list(arena, object, "languages", &condition.languages, &condition.language_count))
		wrong = "condition: languages";
	else if (!read_list(arena, object, "words", &condition.words, &condition.word_count))
		wrong = "condition: words";
	else if (!read_list(arena, object, "tags", &condition.tags, &condition.tag_count) || !words_say_something(arena, &condition))
		wrong = "condition: words and tags";
	else if (!read_accounts(arena, object, &condition))
		wrong = "condition: account_ids";
	else if (!read_either(arena, object, "channel", "public", "private", &condition.channel))
		wrong = "condition: channel is public or private";
	else if (!read_either(arena, object, "hours", "open", "closed", &condition.hours))
		wrong = "condition: hours is open or closed";
	if (wrong) {
		*ret_message = str_from(wrong);
		return ERROR_UNPROCESSABLE;
	}
	*ret_condition = condition;
	return ERROR_NONE;
}

static void write_list(struct json_out *json, const char *key, const struct str *items, size_t count)
{
	if (!count)
		return;
	json_out_key_array_begin(json, key);
	for (size_t i = 0; i < count; i++)
		json_out_str(json, items[i]);
	json_out_array_end(json);
}

void routing_condition_write(struct json_out *json, const struct routing_condition *condition)
{
	json_out_object_begin(json);
	write_list(json, "languages", condition->languages, condition->language_count);
	write_list(json, "words", condition->words, condition->word_count);
	write_list(json, "tags", condition->tags, condition->tag_count);
	if (condition->actor_count) {
		json_out_key_array_begin(json, "account_ids");
		for (size_t i = 0; i < condition->actor_count; i++)
			json_out_id(json, condition->actor_ids[i]);
		json_out_array_end(json);
	}
	if (condition->channel.data)
		json_out_key_str(json, "channel", condition->channel);
	if (condition->hours.data)
		json_out_key_str(json, "hours", condition->hours);
	json_out_object_end(json);
}

/* ---- whether they hold ---- */

struct str routing_words(struct arena *arena, const struct routed_post *post)
{
	struct str words = fold(arena, html_text(arena, post->html));
	return arena_printf(arena, " %.*s ", STR_ARG(words));
}

static bool has_language(const struct routing_condition *condition, struct str language)
{
	for (size_t i = 0; i < condition->language_count; i++) {
		struct str wanted = condition->languages[i];
		if (str_eq_nocase(str_slice(language, 0, wanted.len), wanted) &&
		    (language.len <= wanted.len || language.data[wanted.len] == '-'))
			return true;
	}
	return !condition->language_count;
}

static bool has_word(const struct routing_condition *condition, struct str text)
{
	for (size_t i = 0; i < condition->word_count; i++)
		if (str_index_of_str(text, condition->patterns[i]) < text.len)
			return true;
	return !condition->word_count;
}

static bool has_account(const struct routing_condition *condition, int64_t actor_id)
{
	for (size_t i = 0; i < condition->actor_count; i++)
		if (condition->actor_ids[i] == actor_id)
			return true;
	return !condition->actor_count;
}

static bool has_tag(const struct routing_condition *condition, const struct routed_post *post)
{
	for (size_t i = 0; i < condition->tag_count; i++)
		for (size_t k = 0; k < post->tag_count; k++)
			if (str_eq(condition->tags[i], post->tags[k]))
				return true;
	return !condition->tag_count;
}

bool routing_condition_holds(const struct routing_condition *condition, const struct routed_post *post, struct str text)
{
	return has_language(condition, post->language) && has_account(condition, post->actor_id) && has_tag(condition, post) &&
		(!condition->channel.data || str_eq(condition->channel, str_from(ticket_channel_name(post->channel)))) &&
		(!condition->hours.data || str_eq(condition->hours, STR_LITERAL("open")) == post->is_open) &&
		has_word(condition, text);
}

static enum error parse_condition(struct arena *arena, const struct routing_rule *rule, struct routing_condition *ret_condition)
{
	json_t *object;
	struct str message;
	enum error error = json_in_parse(rule->condition, NULL, &object);
	if (error)
		return error;
	error = routing_condition_read(arena, object, ret_condition, &message);
	json_decref(object);
	return error;
}

/* ---- at work ---- */

static enum error apply_rule(struct db *db, struct arena *arena, const struct routing_rule *rule, bool is_first, struct ticket *ticket)
{
	struct service_steps *steps = arena_alloc(arena, sizeof(*steps));
	size_t shown = rule->name.len < NAME_SHOWN_BYTES ? rule->name.len : NAME_SHOWN_BYTES;
	enum error error = service_steps_parse(arena, rule->actions, STEPS_OF_RULE, steps);
	if (!error)
		error = service_steps_fill(db, arena, steps, is_first, ticket);
	while (shown && !str_is_utf8(str_slice(rule->name, 0, shown)))
		shown--;
	const struct ticket_event event = { .ticket_id = ticket->id, .kind = STR_LITERAL("routed"),
		.present = str_slice(rule->name, 0, shown), .version = ticket->version };
	return error ? error : ticket_event_add(db, arena, &event);
}

enum error routing_apply(struct db *db, struct arena *arena, int64_t post_id, bool is_first, struct ticket *ticket)
{
	AUTO(arena) struct arena *reading = arena_new(READING_ARENA_BYTES);
	struct routing_rule *rules;
	struct routed_post post;
	struct routing_condition condition;
	size_t count;
	enum error error = routing_rule_list(db, reading, ticket->organisation_id, true, &rules, &count);
	if (error || !count)
		return error;
	error = routing_post_find(db, reading, ticket->actor_id, post_id, &post);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	struct str text = routing_words(reading, &post);
	for (size_t i = 0; i < count && !error; i++) {
		error = parse_condition(reading, &rules[i], &condition);
		if (error || !routing_condition_holds(&condition, &post, text))
			continue;
		error = apply_rule(db, arena, &rules[i], is_first, ticket);
		if (!rules[i].goes_on)
			break;
	}
	return error;
}

enum error routing_try(struct arena *arena, const struct routing_rule *rules, size_t rule_count, const struct routed_post *posts,
	size_t post_count, struct routing_hit **ret_hits)
{
	struct routing_condition *conditions = arena_alloc_array(arena, rule_count, sizeof(*conditions));
	struct routing_hit *hits = arena_alloc_array(arena, post_count, sizeof(*hits));
	for (size_t i = 0; i < rule_count; i++) {
		enum error error = parse_condition(arena, &rules[i], &conditions[i]);
		if (error)
			return error;
	}
	AUTO(arena) struct arena *reading = arena_new(READING_ARENA_BYTES);
	for (size_t p = 0; p < post_count; p++) {
		arena_reset(reading);
		struct str text = routing_words(reading, &posts[p]);
		hits[p] = (struct routing_hit){ .count = 0 };
		for (size_t i = 0; i < rule_count && hits[p].count < ROUTING_HITS_MAX; i++) {
			if (!routing_condition_holds(&conditions[i], &posts[p], text))
				continue;
			hits[p].rules[hits[p].count++] = i;
			if (!rules[i].goes_on)
				break;
		}
	}
	*ret_hits = hits;
	return ERROR_NONE;
}
