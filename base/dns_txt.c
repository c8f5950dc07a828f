/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Questions by the resolver of the C library, answers by its parser. */
#include "base/dns_txt.h"

#include "base/net_address.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

#define ANSWER_MAX_BYTES 65535
#define TIMEOUT_S 3
#define TRIES 2
#define DNS_PORT 53

/* Of one record: strings, each behind its length. */
static struct str join_strings(struct arena *arena, const unsigned char *data, size_t len)
{
	char *text = arena_alloc(arena, len + 1);
	size_t used = 0;
	for (size_t at = 0; at < len && data[at] < len - at; at += 1 + (size_t)data[at]) {
		memcpy(text + used, data + at + 1, data[at]);
		used += data[at];
	}
	return (struct str){ text, used };
}

bool dns_txt_read(struct arena *arena, struct str message, struct str **ret_texts, size_t *ret_count)
{
	ns_msg handle;
	size_t count = 0;
	if (message.len > ANSWER_MAX_BYTES || ns_initparse((const unsigned char *)message.data, (int)message.len, &handle) < 0)
		return false;
	int records = ns_msg_count(handle, ns_s_an);
	struct str *texts = arena_alloc_array(arena, DNS_TXT_MAX_RECORDS, sizeof(*texts));
	for (int i = 0; i < records && count < DNS_TXT_MAX_RECORDS; i++) {
		ns_rr record;
		if (ns_parserr(&handle, ns_s_an, i, &record) < 0)
			return false;
		if (ns_rr_type(record) == ns_t_txt && ns_rr_class(record) == ns_c_in)
			texts[count++] = join_strings(arena, ns_rr_rdata(record), ns_rr_rdlen(record));
	}
	*ret_texts = texts;
	*ret_count = count;
	return true;
}

/* Only servers of IPv4 can be named: the resolver keeps others where no program may reach them. */
static bool set_server(struct __res_state *state, struct str text)
{
	struct net_address address;
	if (!net_address_parse_with_port(text, &address) || address.family != NET_IPV4)
		return false;
	address.port = address.port ? address.port : DNS_PORT;
	struct sockaddr_storage storage;
	if (net_address_to_sockaddr(&address, &storage) != sizeof(state->nsaddr_list[0]))
		return false;
	memcpy(&state->nsaddr_list[0], &storage, sizeof(state->nsaddr_list[0]));
	state->nscount = 1;
	return true;
}

static enum error ask(struct __res_state *state, struct arena *arena, const char *name, struct str **ret_texts, size_t *ret_count)
{
	unsigned char *answer = arena_alloc(arena, ANSWER_MAX_BYTES);
	int len = res_nquery(state, name, ns_c_in, ns_t_txt, answer, ANSWER_MAX_BYTES);
	if (len < 0)
		return state->res_h_errno == HOST_NOT_FOUND || state->res_h_errno == NO_DATA ? ERROR_NOT_FOUND : ERROR_UNAVAILABLE;
	if (len > ANSWER_MAX_BYTES || !dns_txt_read(arena, (struct str){ (const char *)answer, (size_t)len }, ret_texts, ret_count))
		return ERROR_UNAVAILABLE;
	return *ret_count ? ERROR_NONE : ERROR_NOT_FOUND;
}

enum error dns_txt_query(struct arena *arena, struct str server, struct str name, struct str **ret_texts, size_t *ret_count)
{
	struct __res_state state;
	memset(&state, 0, sizeof(state));
	if (!name.len || name.len > 253 || str_contains_char(name, '\0'))
		return ERROR_BAD_REQUEST;
	if (res_ninit(&state) < 0)
		return ERROR_UNAVAILABLE;
	state.retrans = TIMEOUT_S;
	state.retry = TRIES;
	enum error error = server.len && !set_server(&state, server) ? ERROR_BAD_REQUEST : ERROR_NONE;
	if (!error)
		error = ask(&state, arena, arena_printf(arena, "%.*s", STR_ARG(name)).data, ret_texts, ret_count);
	res_nclose(&state);
	return error;
}
