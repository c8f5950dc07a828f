/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The resolver of the C library, with a state of its own for each question: no file or thread is shared. */
#include "server/jobs/dns_txt.h"

#include "base/config.h"
#include "base/net_address.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

#define ANSWER_MAX_BYTES 16384
#define RECORDS_MAX 100
#define ATTEMPT_SECONDS 2
#define ATTEMPTS 2

/* The strings of a record, put together, are what was wanted. */
static bool record_is(const unsigned char *data, size_t len, struct str wanted)
{
	size_t at = 0, matched = 0;
	while (at < len) {
		size_t part = data[at++];
		if (part > len - at || part > wanted.len - matched || memcmp(data + at, wanted.data + matched, part) != 0)
			return false;
		at += part;
		matched += part;
	}
	return matched == wanted.len;
}

bool dns_txt_answer_holds(const unsigned char *answer, size_t len, struct str wanted)
{
	ns_msg message;
	if (!wanted.len || len > ANSWER_MAX_BYTES || ns_initparse(answer, (int)len, &message) != 0)
		return false;
	if (ns_msg_getflag(message, ns_f_rcode) != ns_r_noerror)
		return false;
	int count = ns_msg_count(message, ns_s_an);
	for (int i = 0; i < count && i < RECORDS_MAX; i++) {
		ns_rr record;
		if (ns_parserr(&message, ns_s_an, i, &record) != 0)
			return false;
		if (ns_rr_type(record) == ns_t_txt && ns_rr_class(record) == ns_c_in &&
			record_is(ns_rr_rdata(record), ns_rr_rdlen(record), wanted))
			return true;
	}
	return false;
}

static bool choose_server(const struct config *config, struct __res_state *state)
{
	struct net_address address;
	struct str text = str_from(config_text(config, "dns.server"));
	if (!text.len)
		return true;
	if (!net_address_parse_with_port(text, &address) || address.family != NET_IPV4)
		return false;
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(address.port ? address.port : NS_DEFAULTPORT) };
	memcpy(&server.sin_addr, address.bytes, sizeof(server.sin_addr));
	state->nsaddr_list[0] = server;
	state->nscount = 1;
	return true;
}

enum error dns_txt_find(const struct config *config, struct arena *arena, struct str name, struct str wanted)
{
	struct __res_state state;
	memset(&state, 0, sizeof(state));
	unsigned char *answer = arena_alloc(arena, ANSWER_MAX_BYTES);
	if (res_ninit(&state) != 0)
		return ERROR_UNAVAILABLE;
	enum error error = ERROR_UNAVAILABLE;
	if (choose_server(config, &state)) {
		state.retrans = ATTEMPT_SECONDS;
		state.retry = ATTEMPTS;
		int len = res_nquery(&state, arena_str(arena, name).data, ns_c_in, ns_t_txt, answer, ANSWER_MAX_BYTES);
		if (len > 0)
			error = len <= ANSWER_MAX_BYTES && dns_txt_answer_holds(answer, (size_t)len, wanted) ? ERROR_NONE : ERROR_NOT_FOUND;
		else if (state.res_h_errno == HOST_NOT_FOUND || state.res_h_errno == NO_DATA)
			error = ERROR_NOT_FOUND;
	}
	res_nclose(&state);
	return error;
}
