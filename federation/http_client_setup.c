/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What a client is made of: the addresses allowed, one store of authorities for all its connections (libcurl
 * would read the system's bundle for each), its name, and how many descriptors it may take. */
#include "federation/http_client_internal.h"

#include "base/config.h"

#include <pthread.h>
#include <sys/resource.h>

#include <openssl/err.h>

#define MAX_ACTIVE 512
#define MAX_KEPT 2048

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *unusable; /* what libcurl lacks, NULL for nothing */

static void check_library(void)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		unusable = "libcurl cannot be initialised";
	else if (info->version_num < 0x075500)
		unusable = "libcurl is older than 7.85";
	else if (!(info->features & CURL_VERSION_ASYNCHDNS))
		unusable = "libcurl looks names up without a thread of its own (no AsynchDNS)";
	else if (!(info->features & CURL_VERSION_LIBZ))
		unusable = "libcurl cannot read gzip";
}

static enum error fail_setup(char **ret_message, const char *what, const char *detail)
{
	AUTO(buf) struct buf text = { 0 };
	size_t len;
	buf_add_printf(&text, "%s%s%s", what, detail ? ": " : "", detail ? detail : "");
	buf_add_char(&text, '\0');
	*ret_message = buf_take(&text, &len);
	return ERROR_CONFIGURATION;
}

static enum error read_allowed(struct curl_setup *setup, const struct config *config, char **ret_message)
{
	struct str bad;
	const struct str *items;
	size_t count = config_list(config, "federation.allow_addresses", &items);
	setup->allowed = net_list_new(items, count, true, &bad);
	return setup->allowed ? ERROR_NONE : fail_setup(ret_message, "federation.allow_addresses cannot be read", NULL);
}

static enum error read_authorities(struct curl_setup *setup, const struct config *config, char **ret_message)
{
	const char *file = config_text(config, "federation.ca_file");
	setup->authorities = X509_STORE_new();
	if (!setup->authorities)
		memory_fatal("no store of certificates");
	if (X509_STORE_set_default_paths(setup->authorities) != 1)
		return fail_setup(ret_message, "the system's certificate authorities cannot be read", NULL);
	if (file[0] != '\0' && X509_STORE_load_file(setup->authorities, file) != 1) {
		const char *reason = ERR_reason_error_string(ERR_peek_last_error());
		ERR_clear_error();
		AUTO(buf) struct buf text = { 0 };
		buf_add_printf(&text, "federation.ca_file %s cannot be read%c", file, '\0');
		return fail_setup(ret_message, text.data, reason);
	}
	ERR_clear_error();
	return ERROR_NONE;
}

static unsigned share_of(rlim_t total, unsigned part, unsigned most)
{
	rlim_t share = total / part;
	return share > most ? most : share < 1 ? 1 : (unsigned)share;
}

/* A request takes two descriptors while its name is looked up, and two while both families are tried. */
static void count_descriptors(struct curl_setup *setup)
{
	struct rlimit limit = { 0 };
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		limit.rlim_cur = 256;
	setup->max_active = share_of(limit.rlim_cur, 8, MAX_ACTIVE);
	setup->max_kept = share_of(limit.rlim_cur, 4, MAX_KEPT);
}

enum error curl_setup_init(struct curl_setup *setup, const struct config *config, char **ret_message)
{
	pthread_once(&once, check_library);
	if (unusable)
		return fail_setup(ret_message, unusable, NULL);
	enum error error = read_allowed(setup, config, ret_message);
	if (!error)
		error = read_authorities(setup, config, ret_message);
	if (error)
		return error;
	AUTO(buf) struct buf agent = { 0 };
	size_t len;
	buf_add_printf(&agent, "Comptoir/%s (+%s)%c", COMPTOIR_VERSION, config_text(config, "instance.base_url"), '\0');
	setup->user_agent = buf_take(&agent, &len);
	count_descriptors(setup);
	return ERROR_NONE;
}

void curl_setup_clear(struct curl_setup *setup)
{
	net_list_free(&setup->allowed);
	X509_STORE_free(setup->authorities);
	setup->authorities = NULL;
	memory_free(setup->user_agent);
	setup->user_agent = NULL;
}
