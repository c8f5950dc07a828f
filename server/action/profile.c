/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Profiles: checks and renders what was typed, then writes and sends it. */
#include "server/action/profile.h"

#include "server/action/deed.h"
#include "server/action/publish_text.h"

#include "federation/outbox.h"

#include "base/html.h"
#include "base/json_in.h"
#include "base/json_out.h"
#include "base/mutant.h"
#include "base/text_line.h"
#include "base/url.h"
#include "storage/job.h"

struct updating {
	int64_t actor_id;
	struct actor_profile profile;
	bool has_links; /* to be verified */
};

static enum error refuse(const char *field, const char *why, struct profile_fault *ret_fault)
{
	*ret_fault = (struct profile_fault){ .field = field, .sentence = str_from(why) };
	return ERROR_UNPROCESSABLE;
}

static enum error write_profile(struct db *db, struct arena *arena, void *owner)
{
	const struct updating *updating = owner;
	enum error error = actor_update_profile(db, arena, updating->actor_id, &updating->profile);
	if (!error && updating->has_links)
		error = job_add(db, arena, STR_LITERAL("verify_links"),
			arena_printf(arena, "%lld", (long long)updating->actor_id), STR_LITERAL("{}"), 0);
	return error ? error : outbox_update_actor(db, arena, updating->actor_id);
}

/* One line of plain text, without what must not be in it. */
static enum error plain(struct arena *arena, struct str text, size_t max_characters, struct str *ret_text)
{
	enum error error = publish_text_plain(arena, text, ret_text);
	if (error == ERROR_BAD_REQUEST || error == ERROR_CONTENT_TOO_LARGE)
		return ERROR_UNPROCESSABLE;
	if (!error && str_count_characters(*ret_text) > max_characters && !MUTANT("profile_length"))
		return ERROR_UNPROCESSABLE;
	if (!error)
		*ret_text = text_line(arena, *ret_text, ret_text->len);
	return error;
}

struct mention_search {
	struct db *db;
	struct arena *arena;
	struct str domain; /* the actor's */
	enum error error;  /* of the database; stops the search */
};

static bool find_mention(void *owner, struct str username, struct str domain, struct text_mention *ret_mention)
{
	struct mention_search *search = owner;
	struct actor actor;
	if (search->error)
		return false;
	enum error error =
		actor_find_by_handle(search->db, search->arena, username, domain.len ? domain : search->domain, &actor);
	if (error && error != ERROR_NOT_FOUND)
		search->error = error;
	if (error || actor.is_suspended || actor.is_pending)
		return false;
	*ret_mention = (struct text_mention){ .actor_id = actor.id, .url = actor.url };
	return true;
}

static enum error render_bio(struct db *db, struct arena *arena, const struct actor *actor, struct str bio,
	struct str *ret_html, struct str *ret_source, struct profile_fault *ret_fault)
{
	struct mention_search search = { .db = db, .arena = arena, .domain = actor->domain };
	struct publish_text_options options = { .base_url = actor->base_url, .find_mention = find_mention, .owner = &search };
	struct rendered_text rendered;
	enum error error = publish_text_render(arena, bio, &options, &rendered);
	if (error == ERROR_BAD_REQUEST)
		return refuse("note", "The bio is no plain text", ret_fault);
	if (error == ERROR_CONTENT_TOO_LARGE || (!error && rendered.characters > PROFILE_MAX_BIO_CHARACTERS))
		return refuse("note", "The bio is longer than 2,000 characters", ret_fault);
	if (!error)
		error = search.error;
	if (error)
		return error;
	*ret_html = rendered.html;
	*ret_source = rendered.text;
	return ERROR_NONE;
}

/* Whether it is a link. */
static bool add_field_html(struct buf *html, struct arena *arena, struct str value)
{
	struct url url;
	bool is_link = (str_starts_with(value, STR_LITERAL("https://")) || str_starts_with(value, STR_LITERAL("http://"))) &&
		url_parse(arena, value, &url);
	if (!is_link) {
		html_escape(html, value);
		return false;
	}
	buf_add_c_string(html, "<a href=\"");
	html_escape(html, url.text);
	buf_add_c_string(html, "\" rel=\"me nofollow noopener noreferrer\" target=\"_blank\">");
	html_escape(html, value);
	buf_add_c_string(html, "</a>");
	return true;
}

/* When the same field was verified before, it stays so. */
static struct str find_verified(const json_t *fields, struct str name, struct str html)
{
	for (size_t i = 0; i < json_array_size(fields); i++) {
		const json_t *field = json_array_get(fields, i);
		if (str_eq(json_in_str(field, "name"), name) && str_eq(json_in_str(field, "value"), html))
			return json_in_str(field, "verified_at");
	}
	return (struct str){ 0 };
}

static void write_field(struct json_out *json, const json_t *old_fields, struct str name, struct str html)
{
	struct str verified = find_verified(old_fields, name, html);
	json_out_object_begin(json);
	json_out_key_str(json, "name", name);
	json_out_key_str(json, "value", html);
	if (verified.len)
		json_out_key_str(json, "verified_at", verified);
	json_out_object_end(json);
}

static enum error render_fields(struct arena *arena, const struct actor *actor, const struct profile_change *change,
	struct str *ret_json, bool *ret_has_links, struct profile_fault *ret_fault)
{
	AUTO(buf) struct buf out = { 0 };
	json_auto_t *old_fields = NULL;
	struct json_out json;
	bool has_links = false;
	if (change->field_count > PROFILE_MAX_FIELDS && !MUTANT("profile_fields"))
		return refuse("fields", "A profile has at most 8 fields", ret_fault);
	if (actor->fields_json.len && json_in_parse(actor->fields_json, NULL, &old_fields))
		old_fields = NULL;
	json_out_init(&json, &out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < change->field_count; i++) {
		AUTO(buf) struct buf html = { 0 };
		struct str name;
		struct str value;
		if (plain(arena, change->fields[i].name, PROFILE_MAX_FIELD_CHARACTERS, &name) ||
			plain(arena, change->fields[i].value, PROFILE_MAX_FIELD_CHARACTERS, &value))
			return refuse("fields", "A field is longer than 255 characters or no plain text", ret_fault);
		if (name.len == 0)
			continue;
		has_links |= add_field_html(&html, arena, value);
		write_field(&json, old_fields, name, buf_str(&html));
	}
	json_out_array_end(&json);
	*ret_has_links = has_links;
	*ret_json = arena_str(arena, buf_str(&out));
	return ERROR_NONE;
}

static bool is_alt(const struct str *alt)
{
	return !alt || (str_is_utf8(*alt) && !str_contains_char(*alt, '\0') &&
		str_count_characters(*alt) <= PROFILE_MAX_ALT_CHARACTERS);
}

/* Hosts as people paste them: with a scheme, in capitals. */
static enum error render_domains(struct arena *arena, const struct profile_change *change, struct str *ret_json,
	struct profile_fault *ret_fault)
{
	AUTO(buf) struct buf out = { 0 };
	struct json_out json;
	if (change->attribution_domain_count > ACTOR_ATTRIBUTION_DOMAINS_MAX && !MUTANT("profile_domains"))
		return refuse("attribution_domains", "There are at most 100 attribution domains", ret_fault);
	json_out_init(&json, &out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < change->attribution_domain_count; i++) {
		struct str text = str_trim(change->attribution_domains[i]);
		struct url url;
		if (!text.len)
			continue;
		bool has_scheme = str_starts_with(text, STR_LITERAL("https://")) || str_starts_with(text, STR_LITERAL("http://"));
		if (!url_parse(arena, has_scheme ? text : arena_printf(arena, "https://%.*s", STR_ARG(text)), &url))
			return refuse("attribution_domains", "An attribution domain is no domain", ret_fault);
		json_out_str(&json, url.authority);
	}
	json_out_array_end(&json);
	*ret_json = arena_str(arena, buf_str(&out));
	return ERROR_NONE;
}

enum error profile_update(struct db *db, struct arena *arena, int64_t actor_id, const struct profile_change *change,
	struct profile_fault *ret_fault)
{
	struct actor actor;
	struct str display_name;
	struct str html;
	struct str source;
	struct str fields;
	struct str domains;
	enum actor_kind kind;
	enum error error = deed_find_doer(db, arena, actor_id, &actor);
	if (error)
		return error;
	struct updating updating = { .actor_id = actor_id, .profile = {
		.is_locked = change->is_locked, .is_discoverable = change->is_discoverable,
		.is_indexable = change->is_indexable, .hides_collections = change->hides_collections,
		.shows_media = change->shows_media, .shows_media_replies = change->shows_media_replies,
		.shows_featured = change->shows_featured, .avatar_alt = change->avatar_alt, .header_alt = change->header_alt,
		.removes_avatar = change->removes_avatar, .removes_header = change->removes_header } };
	if (!is_alt(change->avatar_alt) || !is_alt(change->header_alt))
		return refuse(is_alt(change->avatar_alt) ? "header_description" : "avatar_description",
			"A description of a picture is longer than 1,500 characters or no plain text", ret_fault);
	if (change->replaces_attribution_domains) {
		error = render_domains(arena, change, &domains, ret_fault);
		updating.profile.attribution_domains_json = &domains;
	}
	if (!error && change->display_name) {
		if (plain(arena, *change->display_name, PROFILE_MAX_DISPLAY_NAME_CHARACTERS, &display_name))
			return refuse("display_name", "The display name is longer than 100 characters or no plain text", ret_fault);
		updating.profile.display_name = &display_name;
	}
	if (!error && change->bio) {
		error = render_bio(db, arena, &actor, *change->bio, &html, &source, ret_fault);
		updating.profile.summary_html = &html;
		updating.profile.summary_source = &source;
	}
	if (!error && change->replaces_fields) {
		error = render_fields(arena, &actor, change, &fields, &updating.has_links, ret_fault);
		updating.profile.fields_json = &fields;
	}
	if (error)
		return error;
	if (change->is_bot) {
		if (actor.kind != ACTOR_PERSON && actor.kind != ACTOR_SERVICE)
			return refuse("bot", "Only a person or a service can say whether it is a bot", ret_fault);
		kind = *change->is_bot ? ACTOR_SERVICE : ACTOR_PERSON;
		updating.profile.kind = &kind;
	}
	return deed_write(db, arena, write_profile, &updating, ERROR_NONE);
}
