/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Libraries that do not tell their version at run time are named by the file that was loaded. */
#include "server/ctl/version.h"

#include "server/ctl/nouns.h"

#include <argon2.h>
#include <event2/event.h>
#include <idn2.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <openssl/crypto.h>
#include <systemd/sd-daemon.h>
#include <unistring/version.h>
#include <uuid/uuid.h>
#include <wslay/wslay.h>

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <stdlib.h>
#include <string.h>

/* The name of the file that holds the function at address. */
static void add_file_of(struct buf *out, const char *name, const void *address)
{
	Dl_info info;
	char resolved[4096]; /* PATH_MAX, as realpath wants it */
	const char *path = dladdr(address, &info) && info.dli_fname ? info.dli_fname : "unknown";
	if (realpath(path, resolved))
		path = resolved;
	const char *slash = strrchr(path, '/');
	buf_add_printf(out, "  %-14s %s\n", name, slash ? slash + 1 : path);
}

static void add(struct buf *out, const char *name, const char *version)
{
	buf_add_printf(out, "  %-14s %s\n", name, version);
}

void version_write(struct buf *out)
{
	buf_add_c_string(out, "comptoir " COMPTOIR_VERSION "\n\nLibraries as loaded:\n");
	add(out, "glibc", gnu_get_libc_version());
	add(out, "libevent", event_get_version());
	add(out, "OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING));
	add(out, "jansson", jansson_version_str());
	int pq = PQlibVersion();
	buf_add_printf(out, "  %-14s %d.%d\n", "libpq", pq / 10000, pq % 10000);
	add(out, "libidn2", idn2_check_version(NULL));
	buf_add_printf(out, "  %-14s %d.%d.%d\n", "libunistring", _libunistring_version >> 16, (_libunistring_version >> 8) & 0xff,
		_libunistring_version & 0xff);
	/* Function pointers become object pointers here, as dladdr asks (POSIX lets them). */
	add_file_of(out, "libwslay", (const void *)(uintptr_t)wslay_event_context_server_init);
	add_file_of(out, "libargon2", (const void *)(uintptr_t)argon2id_verify);
	add_file_of(out, "libuuid", (const void *)(uintptr_t)uuid_generate_random);
	add_file_of(out, "libsystemd", (const void *)(uintptr_t)sd_notify);
}
