/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A tree of path segments, built once: literal children sorted for binary search, one child for {name}, and the
 * routes of a last {rest*}. A match walks it with the path's own slices and allocates nothing. Where several
 * paths fit, the first that has the method wins, most literal first. */
#include "server/http/route.h"

#include <string.h>

struct node {
	struct str segment; /* as the parent names it */
	struct node **children;
	size_t child_count;
	struct node *value_child;
	const struct route *routes[HTTP_METHOD_COUNT];      /* the path ends here */
	const struct route *rest_routes[HTTP_METHOD_COUNT]; /* {rest*} takes what follows */
};

struct router {
	struct node *root;
};

static void node_free(struct node *node)
{
	if (!node)
		return;
	for (size_t i = 0; i < node->child_count; i++)
		node_free(node->children[i]);
	node_free(node->value_child);
	memory_free(node->children);
	memory_free(node);
}

void router_free(struct router **router)
{
	if (!*router)
		return;
	node_free((*router)->root);
	memory_free(*router);
	*router = NULL;
}

/* Where segment is among the children, or would be inserted. */
static size_t child_index(const struct node *node, struct str segment, bool *ret_found)
{
	size_t low = 0;
	size_t high = node->child_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = str_compare(node->children[middle]->segment, segment);
		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_found = false;
	return low;
}

static struct node *literal_child(struct node *node, struct str segment)
{
	bool is_found;
	size_t index = child_index(node, segment, &is_found);
	if (is_found)
		return node->children[index];
	struct node *child = memory_new(sizeof(*child));
	child->segment = segment;
	node->children = memory_resize(node->children, (node->child_count + 1) * sizeof(struct node *));
	memmove(node->children + index + 1, node->children + index, (node->child_count - index) * sizeof(struct node *));
	node->children[index] = child;
	node->child_count++;
	return child;
}

static bool is_plain_segment(struct str segment)
{
	return !str_contains_char(segment, '{') && !str_contains_char(segment, '}') && str_is_utf8(segment);
}

/* {name}: is_rest for {name*}. */
static bool is_value_segment(struct str segment, bool *ret_is_rest)
{
	if (segment.len < 3 || segment.data[0] != '{' || segment.data[segment.len - 1] != '}')
		return false;
	struct str name = str_slice(segment, 1, segment.len - 1);
	*ret_is_rest = name.data[name.len - 1] == '*';
	if (*ret_is_rest)
		name.len--;
	return name.len > 0 && is_plain_segment(name) && !str_contains_char(name, '*');
}

static void set_route(const struct route **routes, const struct route *route)
{
	if (routes[route->method])
		memory_fatal("two routes have the same method and path");
	routes[route->method] = route;
}

static void add_route(struct node *root, const struct route *route)
{
	struct str rest = str_from(route->path);
	if (rest.len == 0 || rest.data[0] != '/' || route->method >= HTTP_METHOD_OTHER)
		memory_fatal("a route has a malformed path or method");
	rest = str_slice(rest, 1, rest.len);
	struct node *node = root;
	unsigned value_count = 0;
	struct str segment;
	while (str_split_next(&rest, '/', &segment)) {
		bool is_rest = false;
		if (is_plain_segment(segment)) {
			if (segment.len == 0 && node != root)
				memory_fatal("a route has an empty segment");
			node = literal_child(node, segment);
			continue;
		}
		if (!is_value_segment(segment, &is_rest) || ++value_count > ROUTE_MAX_VALUES || (is_rest && rest.data))
			memory_fatal("a route has a malformed {segment}");
		if (is_rest) {
			set_route(node->rest_routes, route);
			return;
		}
		if (!node->value_child)
			node->value_child = memory_new(sizeof(*node));
		node = node->value_child;
	}
	set_route(node->routes, route);
}

struct router *router_new(const struct route *routes, size_t count)
{
	struct router *router = memory_new(sizeof(*router));
	router->root = memory_new(sizeof(*router->root));
	for (size_t i = 0; i < count; i++)
		add_route(router->root, &routes[i]);
	return router;
}

struct search {
	enum http_method method;
	struct route_match *match;
	const struct route *other; /* a route of this path with another method */
};

static bool take_route(struct search *search, const struct route *const *routes)
{
	for (enum http_method method = HTTP_GET; method < HTTP_METHOD_OTHER; method++) {
		if (!routes[method])
			continue;
		search->match->allowed_methods |= 1u << method;
		if (method == HTTP_GET)
			search->match->allowed_methods |= 1u << HTTP_HEAD;
		if (!search->other)
			search->other = routes[method];
	}
	const struct route *route = routes[search->method];
	if (!route && search->method == HTTP_HEAD)
		route = routes[HTTP_GET];
	search->match->route = route;
	return route != NULL;
}

/* path is what follows the slash after node, its data NULL when the path ended at node. Depth is that of the tree. */
static bool find_route(struct search *search, const struct node *node, struct str path, unsigned value_count)
{
	if (!path.data)
		return take_route(search, node->routes);
	struct str rest = path;
	struct str segment;
	(void)str_split_next(&rest, '/', &segment);
	bool is_found;
	size_t index = child_index(node, segment, &is_found);
	if (is_found && find_route(search, node->children[index], rest, value_count))
		return true;
	if (node->value_child && segment.len > 0) {
		search->match->values[value_count] = segment;
		if (find_route(search, node->value_child, rest, value_count + 1))
			return true;
		search->match->values[value_count] = (struct str){ 0 };
	}
	if (path.len > 0 && value_count < ROUTE_MAX_VALUES && take_route(search, node->rest_routes)) {
		search->match->values[value_count] = path;
		return true;
	}
	return false;
}

/* toot and Mastodon.py put a slash behind some paths of the API. */
static bool has_client_slash(struct str path)
{
	return str_ends_with(path, STR_LITERAL("/")) &&
		(str_starts_with(path, STR_LITERAL("/api/")) || str_starts_with(path, STR_LITERAL("/oauth/")));
}

enum error router_match(const struct router *router, enum http_method method, struct str path,
	struct route_match *ret_match)
{
	struct search search = { .method = method, .match = ret_match };
	*ret_match = (struct route_match){ 0 };
	bool is_usable = method < HTTP_METHOD_OTHER;
	if (path.len > 0 && path.data[0] == '/') {
		struct str below = str_slice(path, 1, path.len - has_client_slash(path));
		search.method = is_usable ? method : HTTP_OPTIONS;
		if (find_route(&search, router->root, below, 0) && is_usable)
			return ERROR_NONE;
	}
	ret_match->route = search.other;
	memset(ret_match->values, 0, sizeof(ret_match->values));
	return search.other || !is_usable ? ERROR_METHOD_NOT_ALLOWED : ERROR_NOT_FOUND;
}
