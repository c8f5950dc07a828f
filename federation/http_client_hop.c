/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One hop as options of libcurl. The guard stands where the socket is made: there, and only there, the address
 * is the one that will be dialled. */
#include "federation/http_client_internal.h"

#include "federation/address_guard.h"
#include "federation/http_client_multi.h"

#include "base/clock.h"
#include "base/mutant.h"

#include <openssl/ssl.h>

#include <sys/socket.h>

static curl_socket_t open_socket(void *argument, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct curl_call *call = argument;
	bool is_https = str_eq(call->hop.url.scheme, STR_LITERAL("https"));
	enum address_verdict verdict = ADDRESS_NOT_PUBLIC;
	if (purpose == CURLSOCKTYPE_IPCXN && call->client->setup.only)
		verdict = url_same_origin(call->client->setup.only, &call->hop.url) ? ADDRESS_ALLOWED : ADDRESS_NOT_PUBLIC;
	else if (purpose == CURLSOCKTYPE_IPCXN)
		verdict = address_guard_judge(call->client->setup.allowed, is_https, &address->addr, address->addrlen);
	if (verdict != ADDRESS_ALLOWED && !MUTANT("outbound_guard")) {
		call->was_refused = true;
		http_client_multi_kick(call->client->multi);
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* When the handshake begins. libcurl fills no store of its own, since it was given neither file nor directory. */
static CURLcode use_authorities(CURL *easy, void *ssl_context, void *argument)
{
	struct curl_client *client = argument;
	char *private_pointer = NULL;
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private_pointer);
	struct curl_call *call = (struct curl_call *)(void *)private_pointer;
	call->handshake_began_us = clock_monotonic_us();
	SSL_CTX_set1_cert_store(ssl_context, client->setup.authorities);
	return CURLE_OK;
}

#define MUST_SET(easy, option, value)                                                                       \
	do {                                                                                                \
		CURLcode set_code = curl_easy_setopt((easy), (option), (value));                            \
		if (set_code != CURLE_OK)                                                                   \
			memory_fatal(curl_easy_strerror(set_code));                                         \
	} while (0)

static void set_trust(CURL *easy, struct curl_client *client)
{
	bool is_verified = !MUTANT("outbound_tls_verify");
	MUST_SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	MUST_SET(easy, CURLOPT_SSL_VERIFYPEER, is_verified ? 1L : 0L);
	MUST_SET(easy, CURLOPT_SSL_VERIFYHOST, is_verified && !MUTANT("outbound_tls_name") ? 2L : 0L);
	MUST_SET(easy, CURLOPT_CAINFO, NULL);
	MUST_SET(easy, CURLOPT_CAPATH, NULL);
	MUST_SET(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
	MUST_SET(easy, CURLOPT_SSL_CTX_FUNCTION, use_authorities);
	MUST_SET(easy, CURLOPT_SSL_CTX_DATA, client);
}

CURL *curl_hop_new_handle(struct curl_client *client)
{
	CURL *easy = curl_easy_init();
	if (!easy)
		memory_fatal("no handle of libcurl");
	const char *protocols = client->setup.only || net_list_count(client->setup.allowed) > 0 ? "http,https" : "https";
	MUST_SET(easy, CURLOPT_PROTOCOLS_STR, protocols);
	MUST_SET(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	MUST_SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
	MUST_SET(easy, CURLOPT_PROXY, "");
	MUST_SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	MUST_SET(easy, CURLOPT_NOSIGNAL, 1L);
	MUST_SET(easy, CURLOPT_QUICK_EXIT, 1L); /* a look-up that is given up is not waited for */
	MUST_SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	MUST_SET(easy, CURLOPT_PATH_AS_IS, 1L);
	MUST_SET(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	MUST_SET(easy, CURLOPT_USERAGENT, client->setup.user_agent);
	MUST_SET(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	MUST_SET(easy, CURLOPT_HEADERFUNCTION, curl_answer_take_header);
	MUST_SET(easy, CURLOPT_WRITEFUNCTION, curl_answer_take_body);
	MUST_SET(easy, CURLOPT_CONNECTTIMEOUT_MS, 3600000L); /* deadlines are ours */
	/* Each transfer that ends walks through all addresses that are remembered: not those of thousands of dead hosts. */
	MUST_SET(easy, CURLOPT_DNS_CACHE_TIMEOUT, 5L);
	set_trust(easy, client);
	return easy;
}

/* The nodes of libcurl's list in the arena: it only reads them. */
static void append_line(struct arena *arena, struct curl_slist ***tail, struct str line)
{
	struct curl_slist *node = arena_alloc(arena, sizeof(*node));
	node->data = arena_c_string(arena, line);
	**tail = node;
	*tail = &node->next;
}

/* libcurl drops "Name:" and sends "Name;" as an empty header. */
static struct curl_slist *build_header_list(struct http_client_hop *hop)
{
	struct curl_slist *first = NULL, **tail = &first;
	bool has_type = false;
	for (size_t i = 0; i < hop->header_count; i++) {
		const struct http_client_header *header = &hop->headers[i];
		has_type = has_type || str_eq_nocase(header->name, STR_LITERAL("content-type"));
		append_line(hop->arena, &tail, header->value.len > 0
			? arena_printf(hop->arena, "%.*s: %.*s", STR_ARG(header->name), STR_ARG(header->value))
			: arena_printf(hop->arena, "%.*s;", STR_ARG(header->name)));
	}
	append_line(hop->arena, &tail, STR_LITERAL("Expect:"));
	if (!has_type)
		append_line(hop->arena, &tail, STR_LITERAL("Content-Type:"));
	return first;
}

static bool sign(struct curl_call *call)
{
	struct http_client_hop *hop = &call->hop;
	hop->method = call->method == HTTP_CLIENT_POST ? "POST" : "GET";
	hop->arena = call->arena;
	hop->headers = NULL;
	hop->header_count = 0;
	hop->is_broken = false;
	for (size_t i = 0; i < call->header_count; i++)
		http_client_add_header(hop, call->headers[i].name, call->headers[i].value);
	return (!call->sign || call->sign(call->base.argument, hop)) && !hop->is_broken;
}

enum http_client_error curl_hop_prepare(struct curl_call *call)
{
	CURL *easy = call->easy;
	if (!sign(call))
		return HTTP_CLIENT_NOT_SIGNED;
	curl_answer_reset(&call->answer);
	call->failure = HTTP_CLIENT_OK;
	call->was_refused = false;
	call->handshake_began_us = 0;
	call->curl_error[0] = '\0';
	MUST_SET(easy, CURLOPT_PRIVATE, call);
	MUST_SET(easy, CURLOPT_ERRORBUFFER, call->curl_error);
	MUST_SET(easy, CURLOPT_OPENSOCKETDATA, call);
	MUST_SET(easy, CURLOPT_HEADERDATA, call);
	MUST_SET(easy, CURLOPT_WRITEDATA, call);
	MUST_SET(easy, CURLOPT_MAXFILESIZE_LARGE, call->limits.cuts_body ? 0 : (curl_off_t)call->limits.max_body_bytes);
	MUST_SET(easy, CURLOPT_URL, arena_c_string(call->arena, call->hop.url.text));
	MUST_SET(easy, CURLOPT_HTTPHEADER, build_header_list(&call->hop));
	if (call->method == HTTP_CLIENT_POST) {
		MUST_SET(easy, CURLOPT_POST, 1L);
		MUST_SET(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->hop.body.len);
		MUST_SET(easy, CURLOPT_POSTFIELDS, call->hop.body.data ? call->hop.body.data : "");
	} else {
		MUST_SET(easy, CURLOPT_POSTFIELDS, NULL);
		MUST_SET(easy, CURLOPT_HTTPGET, 1L);
	}
	return HTTP_CLIENT_OK;
}

enum http_client_error curl_hop_error(const struct curl_call *call, CURLcode code)
{
	static const struct {
		CURLcode code;
		enum http_client_error error;
	} meanings[] = {
		{ CURLE_OK, HTTP_CLIENT_OK },
		{ CURLE_URL_MALFORMAT, HTTP_CLIENT_BAD_URL },
		{ CURLE_COULDNT_RESOLVE_HOST, HTTP_CLIENT_DNS },
		{ CURLE_COULDNT_CONNECT, HTTP_CLIENT_CONNECT },
		{ CURLE_SSL_CONNECT_ERROR, HTTP_CLIENT_TLS },
		{ CURLE_PEER_FAILED_VERIFICATION, HTTP_CLIENT_TLS },
		{ CURLE_SSL_CERTPROBLEM, HTTP_CLIENT_TLS },
		{ CURLE_SSL_CIPHER, HTTP_CLIENT_TLS },
		{ CURLE_SSL_ISSUER_ERROR, HTTP_CLIENT_TLS },
		{ CURLE_OPERATION_TIMEDOUT, HTTP_CLIENT_TIMEOUT },
		{ CURLE_FILESIZE_EXCEEDED, HTTP_CLIENT_TOO_LARGE },
		{ CURLE_OUT_OF_MEMORY, HTTP_CLIENT_TOO_LARGE }, /* a header line of more than 100 KiB */
	};
	if (call->failure != HTTP_CLIENT_OK)
		return call->failure;
	if (code == CURLE_COULDNT_CONNECT && call->was_refused)
		return HTTP_CLIENT_REFUSED;
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (meanings[i].code == code)
			return meanings[i].error;
	}
	return HTTP_CLIENT_PROTOCOL;
}
