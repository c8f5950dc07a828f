/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One small function per rule and a table that says which key obeys which. */
#include "base/config_check.h"

#include "base/mutant.h"
#include "base/net_address.h"
#include "base/url.h"

struct candidate {
	struct arena *arena;
	struct str text;
	const struct str *items;
	size_t item_count;
};

/* The reason follows the key's name: "must be ...". Empty: the value is good. */
typedef struct str (*rule)(const struct candidate *candidate);

static struct str good(void)
{
	return (struct str){ 0 };
}

static struct str one_of(const struct candidate *candidate, const char *const *words, size_t word_count, const char *list)
{
	for (size_t i = 0; i < word_count; i++)
		if (str_eq(candidate->text, str_from(words[i])))
			return good();
	return arena_printf(candidate->arena, "must be %s, not '%.*s'", list, STR_ARG(candidate->text));
}

static struct str check_registrations(const struct candidate *candidate)
{
	static const char *const words[] = { "open", "approval", "invitation", "closed" };
	return one_of(candidate, words, 4, "open, approval, invitation or closed");
}

static struct str check_organisation_creation(const struct candidate *candidate)
{
	static const char *const words[] = { "operator", "users" };
	return one_of(candidate, words, 2, "operator or users");
}

static struct str check_smtp_security(const struct candidate *candidate)
{
	static const char *const words[] = { "starttls", "tls", "none" };
	return one_of(candidate, words, 3, "starttls, tls or none");
}

static struct str check_log_format(const struct candidate *candidate)
{
	static const char *const words[] = { "json", "human" };
	return one_of(candidate, words, 2, "json or human");
}

static struct str check_log_level(const struct candidate *candidate)
{
	static const char *const words[] = { "error", "warning", "info", "debug" };
	return one_of(candidate, words, 4, "error, warning, info or debug");
}

static bool host_is_loopback(struct str host)
{
	struct net_address address;
	return str_eq(host, str_from("localhost")) || (net_address_parse(host, &address) && net_address_is_loopback(&address));
}

static struct str check_base_url(const struct candidate *candidate)
{
	struct url url;
	if (!url_parse(candidate->arena, candidate->text, &url))
		return arena_printf(candidate->arena, "must be a URL such as https://social.example, not '%.*s'",
			STR_ARG(candidate->text));
	if (url.path.len > 1 || url.query.data || url.fragment.data)
		return arena_printf(candidate->arena, "must end after the host, without path: '%.*s'", STR_ARG(candidate->text));
	if (str_eq(url.scheme, str_from("http")) && !host_is_loopback(url.host) && !MUTANT("config_plain_http"))
		return arena_printf(candidate->arena, "must begin with https:// (http:// is for loopback addresses only), not '%.*s'",
			STR_ARG(candidate->text));
	return good();
}

static struct str check_domain(const struct candidate *candidate)
{
	struct url url;
	struct str lower = arena_lower(candidate->arena, candidate->text);
	struct str as_url = arena_printf(candidate->arena, "https://%.*s/", STR_ARG(lower));
	if (candidate->text.len == 0 || (url_parse(candidate->arena, as_url, &url) && str_eq(url.authority, lower)))
		return good();
	return arena_printf(candidate->arena, "must be a host name such as company.example (in its xn-- form), not '%.*s'",
		STR_ARG(candidate->text));
}

static struct str check_source_url(const struct candidate *candidate)
{
	struct url url;
	if (candidate->text.len == 0 || url_parse(candidate->arena, candidate->text, &url))
		return good();
	return arena_printf(candidate->arena, "must be a URL such as https://code.example/comptoir, not '%.*s'",
		STR_ARG(candidate->text));
}

static struct str check_email(const struct candidate *candidate)
{
	size_t at = str_index_of(candidate->text, '@', 0);
	if (candidate->text.len == 0 || (at > 0 && at + 1 < candidate->text.len && !str_contains_char(candidate->text, ' ')))
		return good();
	return arena_printf(candidate->arena, "must be an e-mail address, not '%.*s'", STR_ARG(candidate->text));
}

static struct str check_path(const struct candidate *candidate)
{
	if (candidate->text.len == 0 || candidate->text.data[0] == '/')
		return good();
	return arena_printf(candidate->arena, "must be an absolute path, not '%.*s'", STR_ARG(candidate->text));
}

static struct str check_directory(const struct candidate *candidate)
{
	if (candidate->text.len == 0)
		return arena_str(candidate->arena, str_from("must not be empty"));
	return check_path(candidate);
}

static struct str check_user(const struct candidate *candidate)
{
	if (candidate->text.len == 0 || (str_eq(candidate->text, str_from("root")) && !MUTANT("config_service_root")))
		return arena_str(candidate->arena, str_from("must name a user other than root"));
	return good();
}

static bool is_ascii_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Enough of BCP 47: a language of two or three letters, then subtags of two to eight letters or digits. */
static bool is_language_tag(struct str tag)
{
	struct str rest = tag, part;
	bool is_first = true;
	if (str_ends_with(tag, str_from("-")))
		return false;
	while (str_split_next(&rest, '-', &part)) {
		if (part.len < 2 || part.len > (is_first ? 3u : 8u))
			return false;
		for (size_t i = 0; i < part.len; i++)
			if (!is_ascii_letter(part.data[i]) && (is_first || part.data[i] < '0' || part.data[i] > '9'))
				return false;
		is_first = false;
	}
	return !is_first;
}

static struct str check_languages(const struct candidate *candidate)
{
	if (candidate->item_count == 0)
		return arena_str(candidate->arena, str_from("must name at least one language, such as en"));
	for (size_t i = 0; i < candidate->item_count; i++)
		if (!is_language_tag(candidate->items[i]) && !MUTANT("config_language_tag"))
			return arena_printf(candidate->arena, "must hold language tags such as en, fr or pt-BR, not '%.*s'",
				STR_ARG(candidate->items[i]));
	return good();
}

/* ADDRESS:PORT with the port written out. */
static bool parse_endpoint(struct str text, struct net_address *ret_address)
{
	size_t colon = text.len;
	while (colon > 0 && text.data[colon - 1] != ':')
		colon--;
	uint64_t port;
	if (colon == 0 || !str_to_uint64(str_slice(text, colon, text.len), &port) || port > 65535)
		return false;
	struct str host = str_slice(text, 0, colon - 1);
	if (str_contains_char(host, ':') && host.data[0] != '[')
		return false;
	if (!net_address_parse(host, ret_address) || ret_address->family == NET_UNIX)
		return false;
	ret_address->port = (uint16_t)port;
	return true;
}

static struct str check_listen(const struct candidate *candidate)
{
	struct str unix_prefix = STR("unix:/");
	struct net_address address;
	if (candidate->item_count == 0)
		return arena_str(candidate->arena, str_from("must name at least one address"));
	for (size_t i = 0; i < candidate->item_count; i++)
		if (!str_starts_with(candidate->items[i], unix_prefix) && !parse_endpoint(candidate->items[i], &address))
			return arena_printf(candidate->arena,
				"must hold entries such as 127.0.0.1:8080, [::1]:8080 or unix:/run/comptoir/http, not '%.*s'",
				STR_ARG(candidate->items[i]));
	return good();
}

static struct str check_metrics_listen(const struct candidate *candidate)
{
	struct net_address address;
	if (candidate->text.len == 0)
		return good();
	if (!parse_endpoint(candidate->text, &address))
		return arena_printf(candidate->arena, "must be an address with port such as 127.0.0.1:9464, not '%.*s'",
			STR_ARG(candidate->text));
	if (!net_address_is_loopback(&address) && !MUTANT("metrics_loopback"))
		return arena_printf(candidate->arena,
			"must be a loopback address (127.0.0.1 or [::1]): the metrics tell everything to everyone, not '%.*s'",
			STR_ARG(candidate->text));
	return good();
}

static struct str check_networks(const struct candidate *candidate)
{
	struct str bad = { 0 };
	struct net_list *list = net_list_new(candidate->items, candidate->item_count, false, &bad);
	if (!list)
		return arena_printf(candidate->arena,
			"must hold ADDRESS[/BITS] entries such as 10.0.0.0/8 or 2001:db8::/32 (bits after the prefix zero), not '%.*s'",
			STR_ARG(bad));
	net_list_free(&list);
	return good();
}

static struct str check_allow_addresses(const struct candidate *candidate)
{
	struct str bad = { 0 }, reason = { 0 };
	struct net_list *list = net_list_new(candidate->items, candidate->item_count, true, &bad);
	if (!list)
		return arena_printf(candidate->arena,
			"must hold ADDRESS[/BITS][:PORT] entries such as 127.0.0.0/8, 192.0.2.7:8080 or [::1]:8080, not '%.*s'",
			STR_ARG(bad));
	for (size_t i = 0; i < net_list_count(list) && reason.len == 0; i++) {
		const struct net_network *network = net_list_entry(list, i);
		bool is_whole = network->bits == (network->address.family == NET_IPV4 ? 32u : 128u);
		/* ::1 is the only loopback address of IPv6; 127.0.0.0/8 ends at eight bits. */
		bool is_loopback = net_address_is_loopback(&network->address) &&
			(network->address.family == NET_IPV4 ? network->bits >= 8 : is_whole);
		if (network->address.family == NET_UNIX)
			reason = arena_str(candidate->arena, str_from("must hold addresses, not 'unix'"));
		else if (!is_loopback && (!is_whole || str_contains_char(candidate->items[i], '/')) &&
			!MUTANT("config_allow_addresses"))
			reason = arena_printf(candidate->arena,
				"takes /BITS for loopback networks only (127.0.0.0/8); name single addresses instead of '%.*s'",
				STR_ARG(candidate->items[i]));
	}
	net_list_free(&list);
	return reason;
}

static struct str check_federation_mode(const struct candidate *candidate)
{
	static const char *const words[] = { "open", "allow_list", "closed" };
	return one_of(candidate, words, 3, "open, allow_list or closed");
}

static struct str check_dns_server(const struct candidate *candidate)
{
	struct net_address address;
	if (!candidate->text.len || (net_address_parse_with_port(candidate->text, &address) && address.family == NET_IPV4))
		return (struct str){ 0 };
	return STR_LITERAL("must be an IPv4 address, with :PORT if need be");
}

static const struct {
	const char *key_name;
	rule check;
} rules[] = {
	{ "instance.base_url", check_base_url },
	{ "instance.domain", check_domain },
	{ "instance.contact_email", check_email },
	{ "instance.source_url", check_source_url },
	{ "instance.languages", check_languages },
	{ "instance.registrations", check_registrations },
	{ "organisation.creation", check_organisation_creation },
	{ "smtp.security", check_smtp_security },
	{ "smtp.from", check_email },
	{ "data.directory", check_directory },
	{ "data.key_file", check_path },
	{ "audit.heads_file", check_path },
	{ "database.binaries", check_path },
	{ "http.listen", check_listen },
	{ "http.trusted_proxies", check_networks },
	{ "http.tls_certificate", check_path },
	{ "http.tls_key", check_path },
	{ "limits.exempt_addresses", check_networks },
	{ "metrics.listen", check_metrics_listen },
	{ "log.format", check_log_format },
	{ "log.level", check_log_level },
	{ "service.user", check_user },
	{ "federation.allow_addresses", check_allow_addresses },
	{ "federation.ca_file", check_path },
	{ "federation.mode", check_federation_mode },
	{ "dns.server", check_dns_server },
};

bool config_check_value(struct arena *arena, const char *key_name, struct str text, const struct str *items,
	size_t item_count, struct str *ret_reason)
{
	struct candidate candidate = { arena, text, items, item_count };
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!str_eq(str_from(key_name), str_from(rules[i].key_name)))
			continue;
		*ret_reason = rules[i].check(&candidate);
		return ret_reason->len == 0;
	}
	return true;
}
