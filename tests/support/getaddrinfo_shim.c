/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Preloaded by tests: names are answered from GETADDRINFO_MAP and never looked up. Entries are separated by ';':
 * NAME=ANSWER or *.SUFFIX=ANSWER. ANSWER is a list of numeric addresses separated by ','; '|' separates what
 * successive look-ups get, the last stays. ~MS in front of an answer lets it take so long. */
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_ENTRIES 64

typedef int (*resolver)(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret_list);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned looked_up[MAX_ENTRIES];

static int matches(const char *pattern, size_t len, const char *name)
{
	size_t name_len = strlen(name);
	if (len > 1 && pattern[0] == '*')
		return name_len > len - 1 && strncasecmp(name + name_len - (len - 1), pattern + 1, len - 1) == 0;
	return name_len == len && strncasecmp(name, pattern, len) == 0;
}

/* The answer of this look-up, copied; 0 when the name is not in the map. */
static int find_answer(const char *name, char *ret_answer, size_t size)
{
	const char *at = getenv("GETADDRINFO_MAP");
	for (unsigned entry = 0; at && *at && entry < MAX_ENTRIES; entry++) {
		size_t len = strcspn(at, ";"), name_len = strcspn(at, "=");
		if (name_len < len && matches(at, name_len, name)) {
			const char *answer = at + name_len + 1, *end = at + len;
			pthread_mutex_lock(&lock);
			unsigned turn = looked_up[entry]++;
			pthread_mutex_unlock(&lock);
			size_t answer_len;
			while ((answer_len = strcspn(answer, "|;")), turn-- > 0 && answer + answer_len < end)
				answer += answer_len + 1;
			snprintf(ret_answer, size, "%.*s", (int)answer_len, answer);
			return 1;
		}
		at += len + (at[len] == ';');
	}
	return 0;
}

static const char *wait_as_told(const char *answer)
{
	if (*answer != '~')
		return answer;
	char *rest;
	long delay_ms = strtol(answer + 1, &rest, 10);
	struct timespec delay = { delay_ms / 1000, delay_ms % 1000 * 1000000 };
	nanosleep(&delay, NULL);
	return *rest == ',' ? rest + 1 : rest;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret_list)
{
	char answer[1024];
	resolver real = (resolver)(void *)dlsym(RTLD_NEXT, "getaddrinfo");
	struct addrinfo numeric = hints ? *hints : (struct addrinfo){ 0 }, *first = NULL, **tail = &first;
	numeric.ai_flags |= AI_NUMERICHOST;
	if (!node || !find_answer(node, answer, sizeof(answer)))
		return real(node, service, &numeric, ret_list);
	const char *at = wait_as_told(answer);
	while (*at) {
		char address[64];
		size_t len = strcspn(at, ",");
		snprintf(address, sizeof(address), "%.*s", (int)len, at);
		if (real(address, service, &numeric, tail) == 0) {
			while (*tail)
				tail = &(*tail)->ai_next;
		}
		at += len + (at[len] == ',');
	}
	*ret_list = first;
	return first ? 0 : EAI_NONAME;
}
