/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Libraries that do not tell their version at run time are named by the file that was loaded. */
#include "server/ctl/version.h"

#include "server/ctl/nouns.h"

#include "base/json_out.h"

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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writer {
	struct buf *out;
	struct json_out json;
	bool is_json;
};

static void add(struct writer *writer, const char *name, const char *version)
{
	if (writer->is_json)
		json_out_key_c_string(&writer->json, name, version);
	else
		buf_add_printf(writer->out, "  %-14s %s\n", name, version);
}

/* The name of the file that holds the function at address. */
static void add_file_of(struct writer *writer, const char *name, const void *address)
{
	Dl_info info;
	char resolved[4096]; /* PATH_MAX, as realpath wants it */
	const char *path = dladdr(address, &info) && info.dli_fname ? info.dli_fname : "unknown";
	if (realpath(path, resolved))
		path = resolved;
	const char *slash = strrchr(path, '/');
	add(writer, name, slash ? slash + 1 : path);
}

static void add_libraries(struct writer *writer)
{
	char text[48];
	add(writer, "glibc", gnu_get_libc_version());
	add(writer, "libevent", event_get_version());
	add(writer, "OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING));
	add(writer, "jansson", jansson_version_str());
	int pq = PQlibVersion();
	snprintf(text, sizeof(text), "%d.%d", pq / 10000, pq % 10000);
	add(writer, "libpq", text);
	add(writer, "libidn2", idn2_check_version(NULL));
	snprintf(text, sizeof(text), "%d.%d.%d", _libunistring_version >> 16, (_libunistring_version >> 8) & 0xff,
		_libunistring_version & 0xff);
	add(writer, "libunistring", text);
	/* Function pointers become object pointers here, as dladdr asks (POSIX lets them). */
	add_file_of(writer, "libwslay", (const void *)(uintptr_t)wslay_event_context_server_init);
	add_file_of(writer, "libargon2", (const void *)(uintptr_t)argon2id_verify);
	add_file_of(writer, "libuuid", (const void *)(uintptr_t)uuid_generate_random);
	add_file_of(writer, "libsystemd", (const void *)(uintptr_t)sd_notify);
}

void version_write(struct buf *out, bool is_json)
{
	struct writer writer = { .out = out, .is_json = is_json };
	if (!is_json) {
		buf_add_c_string(out, "comptoir " COMPTOIR_VERSION "\n\nLibraries as loaded:\n");
		add_libraries(&writer);
		return;
	}
	json_out_init(&writer.json, out);
	json_out_object_begin(&writer.json);
	json_out_key_c_string(&writer.json, "comptoir", COMPTOIR_VERSION);
	json_out_key_object_begin(&writer.json, "libraries");
	add_libraries(&writer);
	json_out_object_end(&writer.json);
	json_out_object_end(&writer.json);
	buf_add_char(out, '\n');
}
