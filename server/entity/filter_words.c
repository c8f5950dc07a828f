/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A tree of the folded keywords by their bytes; each node knows the longest end of what led to it that is itself the
 * beginning of a keyword (fail), and the next shorter keyword that ends here (shorter). Node 0 is the root and stands for
 * none; keyword numbers are stored one higher, so that 0 is none there too. */
#include "server/entity/filter_words.h"

#include "base/memory.h"
#include "base/text_fold.h"
#include "base/utf8.h"

#include <string.h>

struct keyword {
	uint32_t filter;
	uint32_t text_at, text_len;
	uint32_t folded_len;
	uint32_t same; /* the next one that is spelled the same when folded */
	bool begins_word, ends_word; /* no word may go on there */
};

struct post {
	int64_t id;
	uint32_t filter;
};

struct node {
	uint32_t child, sibling;
	uint32_t fail, shorter;
	uint32_t keyword;
	unsigned char byte;
};

struct filter_words {
	size_t size;
	uint32_t filter_count, keyword_count, post_count, node_count;
	size_t filters_at, keywords_at, posts_at, nodes_at, texts_at;
	uint32_t text_len;
	uint32_t first[256]; /* children of the root */
};

static const void *part(const struct filter_words *words, size_t at)
{
	return (const char *)words + at;
}

static const struct keyword *keywords_of(const struct filter_words *words)
{
	return part(words, words->keywords_at);
}

static const struct node *nodes_of(const struct filter_words *words)
{
	return part(words, words->nodes_at);
}

static uint32_t child_of(const struct filter_words *words, const struct node *nodes, uint32_t node, unsigned char byte)
{
	if (!node)
		return words->first[byte];
	uint32_t child = nodes[node].child;
	while (child && nodes[child].byte != byte)
		child = nodes[child].sibling;
	return child;
}

/* ---- building ---- */

struct building {
	struct filter_words *words;
	struct filter_words_filter *filters;
	struct keyword *keywords;
	struct post *posts;
	struct node *nodes;
	char *texts;
};

static uint32_t add_text(struct building *building, struct str text)
{
	uint32_t at = building->words->text_len;
	if (text.len)
		memcpy(building->texts + at, text.data, text.len);
	building->words->text_len += (uint32_t)text.len;
	return at;
}

static bool is_word_at_start(struct str text)
{
	uint32_t code_point;
	return text.len && utf8_read(text.data, text.len, &code_point) && text_is_word_character(code_point);
}

/* Of the character that ends at the end of text. */
static bool is_word_at_end(struct str text)
{
	size_t at = text.len;
	while (at && text.len - at < UTF8_MAX_BYTES) {
		at--;
		if (((unsigned char)text.data[at] & 0xC0) != 0x80)
			break;
	}
	return is_word_at_start(str_slice(text, at, text.len));
}

static uint32_t add_node(struct building *building, uint32_t parent, unsigned char byte)
{
	uint32_t number = building->words->node_count++;
	struct node *node = &building->nodes[number];
	node->byte = byte;
	if (parent) {
		node->sibling = building->nodes[parent].child;
		building->nodes[parent].child = number;
	} else {
		building->words->first[byte] = number;
	}
	return number;
}

static void add_keyword(struct building *building, uint32_t filter, const struct filter_keyword *keyword, struct str folded)
{
	uint32_t at = 0, number = building->words->keyword_count++;
	for (size_t i = 0; i < folded.len; i++) {
		unsigned char byte = (unsigned char)folded.data[i];
		uint32_t child = child_of(building->words, building->nodes, at, byte);
		at = child ? child : add_node(building, at, byte);
	}
	building->keywords[number] = (struct keyword){
		.filter = filter,
		.text_at = add_text(building, keyword->keyword),
		.text_len = (uint32_t)keyword->keyword.len,
		.folded_len = (uint32_t)folded.len,
		.same = building->nodes[at].keyword,
		.begins_word = keyword->is_whole_word && is_word_at_start(folded),
		.ends_word = keyword->is_whole_word && is_word_at_end(folded),
	};
	building->nodes[at].keyword = number + 1;
}

static void link_node(const struct building *building, uint32_t parent, uint32_t number)
{
	struct node *nodes = building->nodes, *node = &nodes[number];
	uint32_t fail = parent ? nodes[parent].fail : 0;
	if (parent) {
		uint32_t next;
		while (!(next = child_of(building->words, nodes, fail, node->byte)) && fail)
			fail = nodes[fail].fail;
		node->fail = next;
	}
	node->shorter = nodes[node->fail].keyword ? node->fail : nodes[node->fail].shorter;
}

/* Breadth first: what fail points at is nearer to the root. */
static void link_nodes(const struct building *building, struct arena *arena)
{
	uint32_t *queue = arena_alloc_array(arena, building->words->node_count, sizeof(*queue));
	size_t head = 0, tail = 0;
	for (unsigned byte = 0; byte < 256; byte++) {
		if (building->words->first[byte]) {
			link_node(building, 0, building->words->first[byte]);
			queue[tail++] = building->words->first[byte];
		}
	}
	while (head < tail) {
		uint32_t parent = queue[head++];
		for (uint32_t child = building->nodes[parent].child; child; child = building->nodes[child].sibling) {
			link_node(building, parent, child);
			queue[tail++] = child;
		}
	}
}

struct sizes {
	size_t keywords, posts, folded_bytes, text_bytes;
};

static struct str **fold_all(struct arena *arena, const struct filter *filters, size_t count, struct sizes *sizes)
{
	struct str **folded = arena_alloc_array(arena, count, sizeof(struct str *));
	for (size_t i = 0; i < count; i++) {
		folded[i] = arena_alloc_array(arena, filters[i].keyword_count, sizeof(**folded));
		for (size_t k = 0; k < filters[i].keyword_count; k++) {
			folded[i][k] = text_fold(arena, filters[i].keywords[k].keyword);
			sizes->folded_bytes += folded[i][k].len;
			sizes->text_bytes += filters[i].keywords[k].keyword.len;
		}
		sizes->keywords += filters[i].keyword_count;
		sizes->posts += filters[i].post_count;
		sizes->text_bytes += filters[i].title.len;
	}
	return folded;
}

static size_t reserve(size_t *size, size_t bytes)
{
	size_t at = (*size + 7) & ~(size_t)7;
	*size = at + bytes;
	return at;
}

static struct building make_room(size_t filter_count, const struct sizes *sizes)
{
	size_t size = sizeof(struct filter_words);
	size_t filters_at = reserve(&size, filter_count * sizeof(struct filter_words_filter));
	size_t keywords_at = reserve(&size, sizes->keywords * sizeof(struct keyword));
	size_t posts_at = reserve(&size, sizes->posts * sizeof(struct post));
	size_t nodes_at = reserve(&size, (sizes->folded_bytes + 1) * sizeof(struct node));
	size_t texts_at = reserve(&size, sizes->text_bytes);
	char *block = memory_new(size);
	struct filter_words *words = (struct filter_words *)(void *)block;
	*words = (struct filter_words){
		.size = size, .node_count = 1, .filters_at = filters_at, .keywords_at = keywords_at, .posts_at = posts_at,
		.nodes_at = nodes_at, .texts_at = texts_at,
	};
	return (struct building){
		.words = words,
		.filters = (void *)(block + filters_at),
		.keywords = (void *)(block + keywords_at),
		.posts = (void *)(block + posts_at),
		.nodes = (void *)(block + nodes_at),
		.texts = block + texts_at,
	};
}

struct filter_words *filter_words_new(struct arena *arena, const struct filter *filters, size_t count)
{
	struct sizes sizes = { 0 };
	struct str **folded = fold_all(arena, filters, count, &sizes);
	struct building building = make_room(count, &sizes);
	for (size_t i = 0; i < count; i++) {
		building.filters[i] = (struct filter_words_filter){
			.id = filters[i].id,
			.expires_us = filters[i].expires_us,
			.contexts = filters[i].contexts,
			.action = filters[i].action,
			.title_at = add_text(&building, filters[i].title),
			.title_len = (uint32_t)filters[i].title.len,
		};
		for (size_t k = 0; k < filters[i].keyword_count; k++)
			if (folded[i][k].len)
				add_keyword(&building, (uint32_t)i, &filters[i].keywords[k], folded[i][k]);
		for (size_t p = 0; p < filters[i].post_count; p++)
			building.posts[building.words->post_count++] = (struct post){ filters[i].posts[p].post_id, (uint32_t)i };
	}
	building.words->filter_count = (uint32_t)count;
	link_nodes(&building, arena);
	return building.words;
}

/* ---- applying ---- */

size_t filter_words_size(const struct filter_words *words)
{
	return words->size;
}

size_t filter_words_count(const struct filter_words *words)
{
	return words->filter_count;
}

const struct filter_words_filter *filter_words_filter(const struct filter_words *words, size_t number)
{
	const struct filter_words_filter *filters = part(words, words->filters_at);
	return &filters[number];
}

struct str filter_words_title(const struct filter_words *words, size_t number)
{
	const struct filter_words_filter *filter = filter_words_filter(words, number);
	const char *texts = part(words, words->texts_at);
	return (struct str){ texts + filter->title_at, filter->title_len };
}

size_t filter_words_keyword_count(const struct filter_words *words)
{
	return words->keyword_count;
}

size_t filter_words_owner(const struct filter_words *words, size_t keyword)
{
	return keywords_of(words)[keyword].filter;
}

struct str filter_words_keyword(const struct filter_words *words, size_t keyword)
{
	const struct keyword *found = &keywords_of(words)[keyword];
	const char *texts = part(words, words->texts_at);
	return (struct str){ texts + found->text_at, found->text_len };
}

static bool stands_alone(const struct keyword *keyword, struct str text, size_t end)
{
	return !(keyword->begins_word && is_word_at_end(str_slice(text, 0, end - keyword->folded_len))) &&
		!(keyword->ends_word && is_word_at_start(str_slice(text, end, text.len)));
}

void filter_words_look(const struct filter_words *words, struct str folded, bool *ret_found)
{
	const struct node *nodes = nodes_of(words);
	const struct keyword *keywords = keywords_of(words);
	uint32_t state = 0;
	for (size_t i = 0; i < folded.len; i++) {
		unsigned char byte = (unsigned char)folded.data[i];
		uint32_t next;
		while (!(next = child_of(words, nodes, state, byte)) && state)
			state = nodes[state].fail;
		state = next;
		uint32_t match = nodes[state].keyword ? state : nodes[state].shorter;
		for (; match; match = nodes[match].shorter)
			for (uint32_t number = nodes[match].keyword; number; number = keywords[number - 1].same)
				if (!ret_found[number - 1] && stands_alone(&keywords[number - 1], folded, i + 1))
					ret_found[number - 1] = true;
	}
}

bool filter_words_has_post(const struct filter_words *words, size_t filter, int64_t post_id)
{
	const struct post *posts = part(words, words->posts_at);
	for (uint32_t i = 0; i < words->post_count; i++)
		if (posts[i].id == post_id && posts[i].filter == filter)
			return true;
	return false;
}

void filter_words_look_for_post(const struct filter_words *words, int64_t post_id, bool *ret_found)
{
	const struct post *posts = part(words, words->posts_at);
	for (uint32_t i = 0; i < words->post_count; i++)
		if (posts[i].id == post_id)
			ret_found[posts[i].filter] = true;
}
